# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures to Markdown: medians, spread and ratios; what failed is in its row, with the reason."""
import statistics

from comparison.machine import SLOTS
from comparison.parts import at_least, table
from comparison.rows import WANTED_OF_RAY

IDLE_SHARE = 0.1

HOW = f"""\
One throwaway Slurm on loopback, of one node with {SLOTS} slots, which all rows share; rows are run in turns, one run of
each a round, so that a slow minute of the machine meets all. Everything is on one machine: the tools, Slurm's daemons
and the tasks share its cores.

The objective is trivial, a parameter drawn from 0 to 1 is the loss, so that the tools alone are measured; where trials
train for minutes, most of these differences do not show. Every tool uses random search and ASHA with the rungs 1, 3
and 9. **An evaluation is one trial's result at one rung.** stune and the rows with job arrays or job steps start a
process for each evaluation or trial; Ray with actors reused, Optuna's workers and `stune, warm` keep their processes.
The rate is the evaluations of a run by the time from the moment at which the tool begins to tune to its end; what a
peer needs before (an allocation, daemons, imports) is its start-up and not part of it, while for stune all is counted
from the start of its controller. Slow rows have fewer trials: rates are what is compared. A cell has the median of all
runs, then the least and the greatest.

Ratios: "of array" is the rate by that of the plain array, "of best peer" by that of the fastest peer."""


def spread(values, digits=1):
    """Median, least and greatest."""
    middle, low, high = (f"{figure:,.{digits}f}" for figure in (statistics.median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} – {high})"


def ratio(values, base):
    return f"{statistics.median(values) / base:.2f}×" if base else "–"


def tuning_table(rows, outcomes, failures):
    """`outcomes` and `failures` are lists by the row's name."""
    rates = {row.name: [outcome.rate for outcome in outcomes[row.name]] for row in rows}
    array = statistics.median(rates["plain"]) if rates.get("plain") else None
    peers = [statistics.median(rates[row.name]) for row in rows if row.is_peer and rates[row.name]]
    lines = []
    for row in rows:
        runs = outcomes[row.name]
        if runs:
            one = runs[-1]
            cells = [
                f"**{spread(rates[row.name])}**",
                ratio(rates[row.name], array),
                ratio(rates[row.name], max(peers, default=None)),
                f"{one.trials:,}",
                spread([run.evaluations for run in runs], 0),
                spread([run.start_up for run in runs]),
                f"{len(runs)} of {len(runs) + len(failures[row.name])}",
            ]
        else:
            reason = f"failed: {failures[row.name][-1]}"
            cells = [reason, "–", "–", f"{row.trials:,}", "–", "–", f"0 of {len(failures[row.name])}"]
        lines.append([row.label, *cells])
    heads = ["tool", "evaluations/s", "of array", "of best peer", "trials", "evaluations", "start-up, s", "runs"]
    return table(heads, lines)


def wishes(rows):
    """What is wanted of the rows, as figures."""
    figures, array = [], [run.rate for run in rows.outcomes["plain"]]
    for row in rows.tuning:
        if row.wanted and array and rows.outcomes[row.name]:
            share = statistics.median(run.rate for run in rows.outcomes[row.name]) / statistics.median(array)
            figures.append(at_least(f"{row.label}, by the plain array's rate", share, row.wanted, "×", 2))
    ray, warm = ([run.trial_rate for run in rows.outcomes[name]] for name in ("ray", "stune-warm"))
    if ray and warm:
        share = statistics.median(warm) / statistics.median(ray)
        figures.append(at_least("stune, warm, trials a second by Ray Tune's", share, WANTED_OF_RAY, "×", 0))
    for row in rows.ingest:
        if row.name == "ingest-stune-1" and rows.rates[row.name]:
            figures.append(at_least(row.label, statistics.median(rows.rates[row.name]), 20_000, " reports/s", 0))
    return figures


def judged_table(figures):
    """Figures beside what is wanted of them."""
    lines = [[figure.what, f"**{figure.text}**" if figure.is_met is not None else figure.text, figure.wanted,
              {None: "–", True: "yes", False: "**no**"}[figure.is_met]] for figure in figures]
    return table(["", "measured", "wanted", "met"], lines)


def ingest_table(rows, rates, failures):
    peers = [statistics.median(rates[row.name]) for row in rows if row.is_peer and rates[row.name]]
    lines = []
    for row in rows:
        if rates[row.name]:
            count = len(rates[row.name])
            lines.append([
                row.label,
                f"**{spread(rates[row.name], 0)}**",
                ratio(rates[row.name], max(peers, default=None)),
                f"{count} of {count + len(failures[row.name])}",
            ])
        else:
            reason = f"failed: {failures[row.name][-1]}"
            lines.append([row.label, reason, "–", f"0 of {len(failures[row.name])}"])
    return table(["storage", "reports/s", "of best peer", "runs"], lines)


def failure_list(rows, failures):
    lines = []
    for row in rows:
        for reason in sorted(set(failures[row.name])):
            times = failures[row.name].count(reason)
            lines.append(f"- {row.label}: {reason}" + (f" ({times} times)" if times > 1 else ""))
    return "\nEvery failure, with its reason:\n\n" + "\n".join(lines) + "\n" if lines else ""


def part_section(part, result, failure):
    """One part, with its note and its table; `result` is None where it failed."""
    words = [f"## {part.title}\n", f"{part.note.strip()}\n"]
    if result is None:
        return "\n".join([*words, f"**failed: {failure}**\n"])
    if any(figure.is_met is not None for figure in result.figures):
        words.append(judged_table(result.figures))
    else:
        words.append(table(["", "measured"], [[figure.what, figure.text] for figure in result.figures]))
    return "\n".join([*words, *([result.text] if result.text else [])])


def verdict(rows, parts, results):
    """How much of what is wanted was met, and what was not."""
    judged = [("Evaluations a second", figure) for figure in wishes(rows)]
    judged += [(part.title, figure) for part in parts if part.name in results for figure in results[part.name].figures
               if figure.is_met is not None]
    if not judged:
        return ""
    missed = [f"- {title}: {figure.what} is {figure.text}, wanted {figure.wanted}"
              for title, figure in judged if not figure.is_met]
    words = f"Of {len(judged)} figures of which something is wanted, {len(judged) - len(missed)} are as wanted."
    return words + ("\n" if not missed else " These are not:\n\n" + "\n".join(missed) + "\n")


def quiet(busy):
    """What else the machine did."""
    words = f"Other work used {statistics.median(busy):.0%} of the cores between runs (median; at most {max(busy):.0%})"
    if statistics.median(busy) > IDLE_SHARE:
        words = f"**The machine was not quiet: take these figures as provisional.** {words}"
    return f"{words}.\n"


def markdown(facts, rows, alone):
    """The whole report.

    `facts` has date, machine, versions, busy, repeats, minutes and the command; `rows` the rows of tuning and ingest,
    and their outcomes, rates and failures by name; `alone` the parts, and their results and failures by name.
    """
    parts = ["# Results\n"]
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    rounds = "1 round" if facts["repeats"] == 1 else f"{facts['repeats']} rounds"
    parts.append(f"{facts['date']}, {rounds} in {facts['minutes']:.0f} minutes. {facts['machine']}.\n\n"
                 f"{versions}.\n")
    parts.append(quiet(facts["busy"]))
    if facts["is_trial"]:
        parts.append("**Made with `--small`, to try the programs out: these figures are worth nothing.**\n")
    parts.append(verdict(rows, alone.parts, alone.results))
    if rows.tuning:
        parts.append("## Evaluations a second\n")
        parts.append(tuning_table(rows.tuning, rows.outcomes, rows.failures) + failure_list(rows.tuning, rows.failures))
    if rows.ingest:
        parts.append("## Reports a second into the storage\n")
        parts.append(ingest_table(rows.ingest, rows.rates, rows.failures) + failure_list(rows.ingest, rows.failures))
    if figures := wishes(rows):
        parts.append("## What is wanted of these\n")
        parts.append(judged_table(figures))
    if rows.tuning or rows.ingest:
        parts.append("## How these were run\n")
        parts.append(HOW + "\n")
        parts.append("\n".join(f"- {row.label}: {row.note}" for row in [*rows.tuning, *rows.ingest]) + "\n")
    for part in alone.parts:
        parts.append(part_section(part, alone.results.get(part.name), alone.failures.get(part.name)))
    parts.append("## Once more\n")
    parts.append(f"`{facts['command']}` runs all this again. [README.md](README.md) says what that installs, and "
                 "where. This file is written by it.\n")
    return "\n".join(part for part in parts if part)
