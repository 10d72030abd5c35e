# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution modes on simulated clusters, by `stune simulate`."""
import csv
import gzip
import json
import re
import statistics
import time

from comparison.machine import ROOT
from comparison.parts import Figure, Part, Result, at_least, at_most, beside, number, table, under
from comparison.picture import chart
from comparison.processes import run
from comparison.rows import STUNE

CURVES = ROOT / "Benchmarks" / "curves" / "digits.csv.gz"
STUDY = ROOT / "Benchmarks" / "studies-simulate" / "digits.yaml"
HARTMANN = ROOT / "Benchmarks" / "curves" / "hartmann6.yaml"

FIXED = ("rung", "continue", "reuse")
MODES = (*FIXED, "auto")
RANDOM = "random search"
STRETCHES = (1, 1000)  # by which the table's seconds are multiplied
WORKERS = (16, 64)
SHARES = (0, 5, 20)  # of a full training, in percent
CASES = [(stretch, workers) for stretch in STRETCHES for workers in WORKERS]
DRAWN = STRETCHES[-1]
# The setting by which each differs from the study file.
SETTINGS = {
    "rung": None,
    **{mode: f"execution.mode={mode}" for mode in MODES[1:]},
    RANDOM: "scheduler.type=none",
}

NOTE = """\
[digits.yaml](studies-simulate/digits.yaml) over [digits.csv.gz](curves/digits.csv.gz) in virtual time, with the real
controller: the time until a trial has measured what one in a hundred of the table's configurations reaches at its end.
A full training takes {training:.3f} s there (the median of the configurations' total seconds), so short that the
controller's own pauses of some milliseconds count; so all is also run with the table's seconds **times 1,000**. A queue
wait is drawn separately for each task, exponential, with a mean of 0, 5 and 20 % of a full training. Random search trains
each trial to its end, in a task of its own. **By the best fixed mode**: auto's median by the least of those of rung,
continue and reuse. **Gain**: random search's median by auto's at the same wait. **Kept**: the gain by that without a
wait; where that is no gain, there is none to keep."""


def measure(place, is_trial):
    repeats, training = 2 if is_trial else 20, full_training()
    found = {}
    for stretch, workers in CASES:
        curves = stretched(stretch, place / f"curves-{stretch}.csv")
        for share in SHARES:
            wait = share / 100 * training * stretch
            for name, case in simulated(place, curves, workers, wait, repeats).items():
                found[name, stretch, workers, share] = case
    seconds, is_same = thousand(place, 1 if is_trial else 5)
    spreads = {key: case["secondsToTarget"] for key, case in found.items()}
    (place / "modes.svg").write_text(picture(spreads, repeats), encoding="utf-8")
    return Result(
        [
            *judged({key: spread["median"] for key, spread in spreads.items()}),
            under("1,000 trials, simulated in", seconds, 2, " s", 2),
            Figure("the same bytes from the same seed", "yes" if is_same else "no", "yes", is_same),
            at_least("runs that reached the target, in the worst case",
                     min(case["reached"] for case in found.values()) / repeats * 100, 95, " %", 0),
        ],
        f"Seconds to the target: the median of {repeats} runs, then the quartiles.\n\n" + times(spreads)
        + "\n![Seconds to the target by execution mode and queue wait](modes.svg)\n",
        {"modes.svg": place / "modes.svg"},
    )


def stretched(factor, path):
    """The table with its seconds multiplied."""
    with gzip.open(CURVES, "rt", encoding="utf-8", newline="") as table_file, \
            open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(table_file)
        writer = csv.DictWriter(file, rows.fieldnames)
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "seconds": f"{float(row['seconds']) * factor:.6g}"})
    return path


def full_training():
    """What a configuration of the table takes from its first step to its last, in seconds: the median."""
    seconds = {}
    with gzip.open(CURVES, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seconds[row["config"]] = seconds.get(row["config"], 0) + float(row["seconds"])
    return statistics.median(seconds.values())


def simulated(place, curves, workers, wait, repeats):
    """All variants over one table, at one number of workers and one wait, by name."""
    against = ",".join(setting for setting in SETTINGS.values() if setting)
    queue = f"exp:{wait:.4f}" if wait else "0"
    command = [STUNE, "simulate", STUDY, "--curves", curves, "--workers", workers, "--queue-wait", queue,
               "--repeats", repeats, "--against", against, "--json"]
    output = place / "simulated.json"
    run(command, place / "log", 1200, output=output)
    cases = json.loads(output.read_text(encoding="utf-8"))["cases"]
    names = {setting: name for name, setting in SETTINGS.items()}
    return {names[case.get("variant")]: case for case in cases}


def thousand(place, runs):
    """The seconds that simulating 1,000 trials takes, the median, and whether every run printed the same."""
    study = re.sub(r"(?m)^trials: .*", "trials: 1000", HARTMANN.read_text(encoding="utf-8"))
    (place / "thousand.yaml").write_text(study, encoding="utf-8")
    seconds, outputs = [], set()
    for _ in range(max(2, runs)):
        command = [STUNE, "simulate", place / "thousand.yaml", "--function", "hartmann6", "--queue-wait", "exp:600",
                   "--repeats", 1, "--json"]
        began = time.monotonic()
        run(command, place / "log", 120, output=place / "thousand.json")
        seconds.append(time.monotonic() - began)
        outputs.add((place / "thousand.json").read_bytes())
    return statistics.median(seconds), len(outputs) == 1


def judged(medians):
    """What is wanted of the modes, over each table, at each number of workers and each wait."""
    figures = []
    for case in CASES:
        gains = {share: quotient(medians[(RANDOM, *case, share)], medians[("auto", *case, share)]) for share in SHARES}
        for share in SHARES:
            where = place_of(*case, share)
            best = min(medians[(mode, *case, share)] or float("inf") for mode in FIXED)
            figures.append(at_most(f"{where}: auto by the best fixed mode",
                                   quotient(medians[("auto", *case, share)], best), 1.1, digits=2))
            figures.append(beside(f"{where}: gain", gains[share], "×", 2))
            if share and (gains[SHARES[0]] or 0) > 1:
                figures.append(at_least(f"{where}: kept", quotient(gains[share], gains[SHARES[0]]), 0.75, digits=2))
    return figures


def place_of(stretch, workers, share):
    return f"{workers} workers, wait {share} %" + (f", times {stretch:,}" if stretch != 1 else "")


def quotient(one, other):
    """One number by another; None where either is infinite or not there."""
    return one / other if one and other and other != float("inf") else None


def quartiles(spread):
    digits = 3 if (spread["median"] or 0) < 10 else 1
    words = [number(spread[name], digits=digits) for name in ("median", "lower", "upper")]
    return f"{words[0]} ({words[1]} – {words[2]})"


def times(spreads):
    lines = [[place_of(*case, share), *(quartiles(spreads[(name, *case, share)]) for name in SETTINGS)]
             for case in CASES for share in SHARES]
    return table(["", *SETTINGS], lines)


def picture(spreads, repeats):
    """Seconds to the target over the wait, a panel for each number of workers, with long trainings."""
    waits = {share: f"wait {share} %" for share in SHARES}
    panels = [
        (f"{workers} workers", {(name, waits[share]): spreads[name, DRAWN, workers, share]
                                for name in SETTINGS for share in SHARES})
        for workers in WORKERS
    ]
    training = f"{full_training() * DRAWN:.0f} s"
    title = f"Seconds to the target where a full training takes {training}: {repeats} runs, medians and quartiles"
    return chart(title, "queue wait, in parts of a full training", panels, list(SETTINGS), list(waits.values()))


def part():
    return Part("modes", "Execution modes on simulated clusters", NOTE.format(training=full_training()), measure)
