# SPDX-License-Identifier: GPL-3.0-or-later
"""From a report to its answer, with 32 tasks that run."""
import re
import shutil

from comparison.machine import ROOT, BusyTime, stune_environment, throwaway_slurm
from comparison.parts import Part, Result, beside, percentile, under
from comparison.processes import Failure, run
from comparison.rows import STUNE
from comparison.spool import SpoolWatch

TASKS = 32
INPUT = ROOT / "Benchmarks" / "latency"
FEWEST = 100

NOTE = f"""\
A study in `reuse` mode with {TASKS} tasks that run at once, on a throwaway Slurm of {TASKS} slots, study and tasks on
the local file system. Each task is one Python process with the client; it sleeps half a second to a second and a
half, then reports at its target and waits for the answer. **In the training process** is from before the report's
line is written (`trial.report`) to the answer in hand: the worker that finds the line, its letter, the controller,
its directive, the worker that finds that and writes the answer, the client that finds it. **In the spool** is the
part of the controller: from the rename of the letter to its name in the inbox, to the moment at which the directive
has its name, both as inotify tells another process. Only answers between the moment when the last task has its first
answer and the moment when the first task ends are counted."""


def measure(place, is_trial):
    study = place / "study"
    shutil.copytree(INPUT, place / "input")
    if is_trial:
        text = (place / "input" / "study.yaml").read_text(encoding="utf-8")
        (place / "input" / "study.yaml").write_text(re.sub(r"(?m)^trials: .*", "trials: 320", text), encoding="utf-8")
    with throwaway_slurm(place / "slurm", TASKS), SpoolWatch(study) as watch, BusyTime() as busy:
        command = [STUNE, "run", place / "input" / "study.yaml", "--dir", study]
        run(command, place / "log", 600, stune_environment(), place)
    answers = told(study)
    first, last = window(answers)
    process = {question: chosen(answers[question], first, last) for question in answers}
    spool = {question: chosen(watch.answers[question], first, last) for question in watch.answers}
    count = len(process["rung"])
    if min(count, len(spool["rung"])) < FEWEST:
        raise Failure(f"only {count} answers while all tasks ran, and {len(spool['rung'])} directives seen")
    return Result([
        under("in the training process, median", percentile(process["rung"], 0.5), 20, " ms"),
        under("in the training process, 99th percentile", percentile(process["rung"], 0.99), 100, " ms"),
        under("in the spool, median", percentile(spool["rung"], 0.5), 20, " ms"),
        under("in the spool, 99th percentile", percentile(spool["rung"], 0.99), 100, " ms"),
        beside("another trial for the same process (`trial.next`), median", percentile(process["work"], 0.5), " ms"),
        beside("another trial, 99th percentile", percentile(process["work"], 0.99), " ms"),
        beside("answers counted", count, digits=0),
        beside("answers a second", count / (last - first)),
        beside("of the cores in use meanwhile", busy.share * 100, " %", 0),
    ])


def told(study):
    """What the tasks wrote down: (seconds, moment, process), by question."""
    answers = {"rung": [], "work": []}
    for path in study.glob("live/*/answers"):
        for line in path.read_text(encoding="ascii").splitlines():
            question, moment, seconds, process = line.split()
            answers[question].append((float(seconds), float(moment), int(process)))
    return answers


def window(answers):
    """The moments between which all tasks run."""
    moments = {}
    for _, moment, process in answers["rung"]:
        moments.setdefault(process, []).append(moment)
    if len(moments) < TASKS:
        raise Failure(f"{len(moments)} of {TASKS} tasks had an answer")
    return max(min(one) for one in moments.values()), min(max(one) for one in moments.values())


def chosen(answers, first, last):
    """The milliseconds of the answers between two moments."""
    return [1000 * seconds for seconds, moment, *_ in answers if first < moment < last]


def part():
    return Part("latency", "From a report to its answer", NOTE, measure)
