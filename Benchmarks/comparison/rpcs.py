# SPDX-License-Identifier: GPL-3.0-or-later
"""What slurmctld is asked, as its own statistics (`sdiag`) count it."""
import re
import subprocess
import time

from comparison.machine import ROOT, SLOTS, stune_environment, throwaway_slurm
from comparison.parts import Part, Result, beside, number, table, under
from comparison.processes import Failure, run, started, text_of
from comparison.rows import STUDIES, STUNE

IDLE = ROOT / "Benchmarks" / "rpcs" / "idle.yaml"

# Every task of any tool has these: its node's daemons send them.
OF_TASKS = {
    "MESSAGE_EPILOG_COMPLETE",
    "REQUEST_COMPLETE_BATCH_SCRIPT",
    "REQUEST_COMPLETE_JOB_ALLOCATION",
    "REQUEST_COMPLETE_PROLOG",
    "REQUEST_STEP_COMPLETE",
}
# So has every Slurm, whatever runs on it.
OF_SLURM = {"MESSAGE_NODE_REGISTRATION_STATUS", "REQUEST_NODE_REGISTRATION_STATUS"}
OF_THE_BENCH = {"REQUEST_STATS_INFO", "REQUEST_STATS_RESET"}

NOTE = f"""\
`sdiag -r`, then a study of 1,000 trials in `reuse` mode from its start to its end ([reuse.yaml](studies/reuse.yaml),
{SLOTS} slots), then `sdiag`: what slurmctld was asked, by type. On a throwaway Slurm one user is all users, so what
the nodes' daemons send is told apart by its type; all else counts as the controller's and its workers'."""

IDLE_NOTE = """\
A study whose one task sleeps ([idle.yaml](rpcs/idle.yaml)): requests within {minutes} minutes, from a minute after
the task has begun. A controller in a batch job asks once a minute more, when its own job ends; this one is in none."""


def counts():
    """The requests so far, by type, but for those that asking for them makes."""
    text = text_of("sdiag")
    section = re.search(r"statistics by message type.*?\n(.*?)\n\s*\n", text, re.DOTALL)
    if not section:
        raise Failure("sdiag tells no requests by message type")
    found = re.findall(r"(?m)^\s*(\S+)\s+\(\s*\d+\)\s+count:(\d+)", section[1])
    return {name: int(count) for name, count in found if name not in OF_THE_BENCH}


def reset():
    """Sets all counts to zero."""
    if subprocess.run(["sdiag", "--reset"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise Failure("sdiag --reset failed")


def measure(place, is_trial):
    study = (STUDIES / "reuse.yaml").read_text(encoding="utf-8")
    if is_trial:
        study = re.sub(r"(?m)^trials: .*", "trials: 50", study)
    (place / "study.yaml").write_text(study, encoding="utf-8")
    with throwaway_slurm(place / "slurm"):
        reset()
        command = [STUNE, "run", place / "study.yaml", "--dir", place / "study"]
        run(command, place / "log", 300, stune_environment(), place)
        found = counts()
    return Result([
        under("requests of the controller and its workers", asked(found), 100, digits=0),
        beside("requests of the nodes' daemons", sum(found.values()) - asked(found), digits=0),
    ], by_type(found))


def measure_idle(place, is_trial):
    settling, seconds = (10, 20) if is_trial else (60, 180)
    with throwaway_slurm(place / "slurm"):
        command = [STUNE, "run", IDLE, "--dir", place / "study"]
        with started(command, place / "log", stune_environment(), place) as controller:
            wait_for_task(controller, 60)
            time.sleep(settling)
            reset()
            time.sleep(seconds)
            found = counts()
            if controller.poll() is not None:
                raise Failure(f"the controller ended with {controller.returncode}")
    return Result([
        under("requests a minute of the controller", asked(found) / (seconds / 60), 3),
        beside("of the nodes' daemons", (sum(found.values()) - asked(found)) / (seconds / 60)),
    ], by_type(found))


def wait_for_task(controller, seconds):
    """Waits until a task runs."""
    end = time.monotonic() + seconds
    while not text_of("squeue", "--noheader", "--states=RUNNING", "--format=%A"):
        if controller.poll() is not None or time.monotonic() > end:
            raise Failure("no task came to run")
        time.sleep(0.5)


def asked(found):
    """How many of the requests are stune's."""
    return sum(count for name, count in found.items() if name not in OF_TASKS | OF_SLURM)


def by_type(found):
    whose = {**dict.fromkeys(OF_TASKS, "nodes: for each task"), **dict.fromkeys(OF_SLURM, "nodes: from time to time")}
    ordered = sorted(found.items(), key=lambda one: (one[0] in whose, -one[1], one[0]))
    lines = [[f"`{name}`", whose.get(name, "stune"), number(count, digits=0)] for name, count in ordered]
    return table(["request", "whose", "count"], lines) if lines else "No request at all.\n"


def parts():
    return [
        Part("rpcs", "What Slurm is asked for a study of 1,000 trials", NOTE, measure),
        Part("rpcs-idle", "What Slurm is asked by an idle controller", IDLE_NOTE.format(minutes=3), measure_idle),
    ]
