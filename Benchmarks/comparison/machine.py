# SPDX-License-Identifier: GPL-3.0-or-later
"""What it runs on: the throwaway Slurm, the peers' virtual environment, and the facts of the machine."""
import contextlib
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import time

from comparison.processes import text_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "Benchmarks" / "peers"
SLOTS = 8

# What the direct peers are called in requirements.txt.
NAMED = ("ray", "optuna", "submitit", "slurm-sweeps", "SQLAlchemy")


@contextlib.contextmanager
def throwaway_slurm(directory, slots=SLOTS):
    """A Slurm of one node with so many slots, found by all that is started meanwhile; stopped at the end.

    One node, since all of Ray is to run in one allocation.
    """
    program = ROOT / "sbatch" / "throwaway-slurm"
    subprocess.run(
        [program, "start", directory, "--nodes", "1", "--cpus", str(slots)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        # what was set by a job that we may be in ourselves is not for these jobs
        for name in [name for name in os.environ if re.match(r"SLURM|SBATCH_|SRUN_|PMI", name)]:
            del os.environ[name]
        os.environ["SLURM_CONF"] = f"{directory}/slurm.conf"
        yield
    finally:
        subprocess.run([program, "stop", directory], check=True)


def peers_environment():
    """The environment in which `python` has all peers; installs them once, outside of the repository."""
    requirements = PEERS / "requirements.txt"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "stune-bench"
    venv = cache / f"peers-{digest}"
    complete = venv / "complete"
    if not complete.exists():
        if sys.version_info < (3, 11):
            sys.exit("compare: the peers need Python 3.11 or later")
        print(f"installing the peers into {venv}", flush=True)
        shutil.rmtree(venv, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [venv / "bin" / "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--requirement", requirements], check=True)
        complete.touch()
    environment = dict(os.environ)
    environment.update(
        PATH=f"{venv}/bin:{os.environ['PATH']}",
        PEERS=str(PEERS),
        PYTHONDONTWRITEBYTECODE="1",  # nothing is written beside the programs
        PYTHONUNBUFFERED="1",
    )
    return environment


def stune_environment():
    """The environment of stune and its tasks, in which the Python client is found."""
    environment = dict(os.environ)
    paths = [str(ROOT / "python"), environment.get("PYTHONPATH", "")]
    environment.update(
        PYTHONPATH=":".join(path for path in paths if path), PYTHONDONTWRITEBYTECODE="1"
    )
    return environment


# ---------------------------------------------------------------- facts


class BusyTime:
    """Which part of all processors is used while a `with` block runs: `share`, from 0 to 1."""

    share = 0.0

    def __enter__(self):
        self._all, self._idle = self._look()
        return self

    def __exit__(self, *_):
        every, idle = self._look()
        self.share = 1 - (idle - self._idle) / max(1, every - self._all)

    @staticmethod
    def _look():
        with open("/proc/stat", encoding="ascii") as file:
            fields = [int(field) for field in file.readline().split()[1:9]]
        return sum(fields), fields[3] + fields[4]  # all, idle and waiting for disks


def busy_share(seconds=0.5):
    """Which part of all processors others use just now, from 0 to 1."""
    with BusyTime() as busy:
        time.sleep(seconds)
    return busy.share


def machine():
    """The machine in one line, without its name."""
    model, memory = platform.machine(), 0
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(file.readline().split()[1]) / 1048576
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores ({model}), {memory:.0f} GiB of memory, {platform.system()} {platform.release()}"


def versions():
    """Name and version of all that was compared, in order."""
    found = {"stune": text_of(str(ROOT / ".build/release/stune"), "--version") or "unknown"}
    commit = text_of("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    if commit:
        changes = text_of("git", "-C", str(ROOT), "status", "--porcelain", "--", "Sources", "Package.swift")
        found["stune"] += f" at commit {commit}" + (" with changes" if changes else "")
    # The other programs of Slurm want one that runs before they tell their version.
    slurmctld = shutil.which("slurmctld", path=f"{os.environ['PATH']}:/usr/local/sbin:/usr/sbin:/sbin")
    told = text_of(slurmctld, "-V") if slurmctld else ""
    found["Slurm"] = told.removeprefix("slurm").removeprefix("-wlm").strip() or "unknown"
    found["Python"] = platform.python_version()
    for line in (PEERS / "requirements.txt").read_text(encoding="utf-8").splitlines():
        pinned = re.match(r"([A-Za-z-]+)(?:\[\w+\])?==(\S+)", line)
        if pinned and pinned[1] in NAMED:
            found[pinned[1]] = pinned[2]
    return found
