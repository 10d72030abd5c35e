# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller and its store can do: `bench-controller`, and the rows and tables made of its figures."""
import json

from comparison.machine import ROOT
from comparison.parts import Part, Result, at_least, at_most, beside, under
from comparison.processes import Failure, run

BENCH = ROOT / ".build" / "release" / "bench-controller"

NOTE = """\
A study of a million trials from its first to its last, then its controller once more: ASHA with the rungs 1, 3, 9 and
27, 1,000 tasks in flight, a report for each unit of resource. Controller, core, letters and store are the program's
own, the store on the local disk. Only the tasks are not: their letters are in a file system in memory the moment that
they are submitted, and the time that this takes is not counted. **Last by first tenth** is the processor's time for a
report in the last tenth of the reports by that in the first: 1 if the size of a study costs nothing. **Restart** is
from the start of a controller to the moment when it has all that it knew."""

LOAD_NOTE = """\
A study of 100,000 trials of which 1,000 tasks run, each with one report a second, written by a process of their own.
`stune status` is the whole program from its start to its end."""


def figures(arguments, place, seconds):
    """What `bench-controller` says, by name."""
    result = place / "figures.json"
    run([BENCH, *arguments, "--json", "--place", place], place / "log", seconds, output=result)
    try:
        return json.loads(result.read_text(encoding="utf-8"))
    except ValueError:
        raise Failure("bench-controller printed no figures") from None


def ingest(per_letter):
    """A measure of reports a second from letters of so many reports."""

    def measure(place):
        name = f"{per_letter}/letter"
        arguments = ["ingest", "--runs", 1, "--letters", 20_000, "--reports", 200_000, "--per-letter", per_letter]
        return figures(arguments, place, 300)[name]

    return measure


def measure(place, is_trial):
    trials = 10_000 if is_trial else 1_000_000
    found = figures(["scale", "--trials", trials], place, 1800)
    return Result([
        beside("trials", trials, digits=0),
        beside("reports", found["reports"], digits=0),
        at_least("reports a second", found["reports/s"], 30_000, digits=0),
        at_most("last by first tenth", found["last/first tenth"], 1.5, digits=2),
        under("peak of memory", found["peak MiB"], 1024, " MiB", 0),
        under("restart", found["restart seconds"], 30, " s"),
        beside("peak of memory with a restart", found["peak MiB after restart"], " MiB", 0),
        beside("the store at the end", found["store MB"], " MB", 0),
        beside("the store's bytes for a trial", found["store MB"] * 1e6 / trials, digits=0),
        beside("written to the disk for a trial, in bytes", found["written MB"] * 1e6 / trials, digits=0),
    ])


def measure_load(place, is_trial):
    size = ["--trials", 5_000, "--seconds", 5] if is_trial else ["--trials", 100_000, "--seconds", 30]
    found = figures(["load", "--runs", 1, *size], place, 600)
    return Result([
        under("`stune status`", found["status ms"], 200, " ms", 0),
        under("of a core for the controller", found["% of a core"], 30, " %", 0),
        beside("reports a second meanwhile", found["events/s"], digits=0),
    ])


def parts():
    return [
        Part("scale", "A million trials", NOTE, measure),
        Part("load", "A large study that runs", LOAD_NOTE, measure_load),
    ]
