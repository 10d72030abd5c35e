# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the table: what is measured, and how each is run.

A row of `tuning()` runs once a round and returns an Outcome. Time is counted from the moment at which the tool
begins to tune to its end; what passes before that (an allocation, daemons, imports) is its start-up.

A further mode of stune is one more study file in Benchmarks/studies, and becomes a row by lying there.
"""
import dataclasses
import json
import pathlib
import re
import socket
import time
from typing import Callable

from comparison.machine import PEERS, ROOT, SLOTS, peers_environment, stune_environment
from comparison.processes import Failure, last_line, run, submit, wait_for_job

STUNE = ROOT / ".build" / "release" / "stune"
STUDIES = ROOT / "Benchmarks" / "studies"
RUNGS = (1, 3, 9)
# At least so many times the plain array's rate, by the name of the study.
WANTED = {"task-per-rung": 0.9, "reuse": 10, "warm-long": 40}
# At least so many times the trials that Ray Tune does in a second, with the same number of slots.
WANTED_OF_RAY = 50


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one run did, and when: seconds since 1970."""

    trials: int
    evaluations: int
    submitted: float
    began: float
    ended: float

    @property
    def rate(self):
        return self.evaluations / (self.ended - self.began)

    @property
    def trial_rate(self):
        return self.trials / (self.ended - self.began)

    @property
    def start_up(self):
        return self.began - self.submitted


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str  # for ONLY=
    label: str
    is_peer: bool
    trials: int
    note: str  # how it was run
    measure: Callable  # (row, new directory) -> Outcome
    seconds: int = 300  # the time-out
    wanted: float = None  # at least so many times the plain array's rate


def plain(row, place):
    submitted = time.time()
    options = [f"--array=0-{row.trials - 1}", "--wrap=true", "--job-name=bench-plain"]
    wait_for_job(submit([], "/dev/null", stune_environment(), options), row.seconds)
    return Outcome(row.trials, row.trials, submitted, submitted, time.time())


def stune(row, place):
    """A study to its end."""
    study, log = STUDIES / f"{row.name.removeprefix('stune-')}.yaml", place / "log"
    environment = stune_environment()
    began = time.time()
    run([STUNE, "run", study, "--dir", place / "study"], log, row.seconds, environment, place)
    ended = time.time()
    run([STUNE, "trials", place / "study", "--json"], log, 60, environment, output=place / "trials.json")
    trials = json.loads((place / "trials.json").read_text(encoding="utf-8"))
    reached = [trial["resource"] for trial in trials if trial.get("value") is not None]
    evaluations = sum(RUNGS.index(resource) + 1 for resource in reached)
    return Outcome(len(reached), evaluations, began, began, ended)


def told(path, log):
    """What a peer's program wrote when it was done."""
    try:
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except OSError:
        raise Failure(f"it ended without a result: {last_line(log)}") from None


def batch(row, place, script, options=()):
    """A peer that is one job, whose script is told last where the result is to be written."""
    log, result = place / "log", place / "result"
    submitted = time.time()
    wait_for_job(submit([*script, result], log, peers_environment(), options), row.seconds)
    return Outcome(submitted=submitted, **told(result, log))


def ray(row, place):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kind = "reuse" if row.name == "ray-reuse" else "plain"
    script = [PEERS / "ray.sbatch", kind, row.trials, place, port]
    return batch(row, place, script, [f"--cpus-per-task={SLOTS}"])


def optuna(row, place):
    kind, result, environment = row.name.removeprefix("optuna-"), place / "result", peers_environment()
    worker, log = ["python", PEERS / "optuna_worker.py"], place / "log"
    run([*worker, "create", kind, place], log, 60, environment)
    script = [PEERS / "optuna.sbatch", kind, place, row.trials // SLOTS, result]
    submitted = time.time()
    wait_for_job(submit(script, place / "log.%a", environment, [f"--array=0-{SLOTS - 1}"]), row.seconds)
    workers = [told(f"{result}.{index}", place / f"log.{index}") for index in range(SLOTS)]
    run([*worker, "count", kind, place, place / "count"], log, 60, environment)
    return Outcome(
        submitted=submitted,
        began=min(one["began"] for one in workers),
        ended=max(one["ended"] for one in workers),
        **told(place / "count", log),
    )


def submitit(row, place):
    log, result = place / "log", place / "result"
    program = ["python", PEERS / "submitit_optuna.py", row.trials, SLOTS, place / "jobs", result]
    submitted = time.time()
    run(program, log, row.seconds, peers_environment(), place)
    return Outcome(submitted=submitted, **told(result, log))


def slurm_sweeps(row, place):
    script = [PEERS / "slurm_sweeps.sbatch", row.trials, place / "sweeps"]
    return batch(row, place, script, [f"--ntasks={SLOTS}", f"--chdir={place}"])


def stune_rows():
    """A row for each study. Its note is the first paragraph of the comments that the file begins with."""
    for path in sorted(STUDIES.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        comment = " ".join(line[2:] for line in re.match(r"(?:# .*\n)*", text)[0].splitlines())
        trials = int(re.search(r"(?m)^trials: *(\d+)", text)[1])
        wanted = WANTED.get(path.stem)
        yield Row(f"stune-{path.stem}", f"stune, {path.stem}", False, trials, comment, stune, wanted=wanted)


def tuning():
    """All rows of evaluations a second, in the order of the table and of each round."""
    return [
        Row("plain", "plain `sbatch --array` of `true`", False, 600,
            "One array of 600 tasks, no output; tasks are counted. The floor: what Slurm takes alone.",
            plain),
        *stune_rows(),
        Row("ray", "Ray Tune, ASHAScheduler", True, 48,
            "One allocation with a head of 8 CPUs, after Ray's guide for Slurm; a function as trainable, and a "
            "new actor for each trial, as is the default.", ray),
        Row("ray-reuse", "Ray Tune, ASHAScheduler, actors reused", True, 96,
            "The same allocation; a class as trainable that can be reset, and `reuse_actors=True`.", ray),
        Row("optuna-journal", "Optuna, journal file, SuccessiveHalvingPruner", True, 1000,
            "Eight workers in the tasks of an array, which share a journal file; each runs its eighth of the "
            "trials in one process.", optuna),
        Row("optuna-sqlite", "Optuna, SQLite, SuccessiveHalvingPruner", True, 200,
            "Eight workers in the tasks of an array, with RDBStorage on SQLite, which Optuna's reference advises "
            "against for processes in parallel.", optuna),
        Row("submitit", "submitit with Optuna, ask and tell", True, 192,
            "Job arrays of up to 64 tasks, each one trial at one rung; after an array, results are told to "
            "Optuna, and what is not pruned goes on in the next.", submitit),
        Row("slurm-sweeps", "slurm-sweeps, ASHA", True, 120,
            "One allocation of 8 tasks, in which each trial is a job step.", slurm_sweeps),
    ]
