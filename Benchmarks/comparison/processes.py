# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that are started here, waited for, and ended by their own process ids."""
import contextlib
import os
import signal
import subprocess
import time

SECONDS_TO_END = 15
SECONDS_BETWEEN_LOOKS = 0.25


class Failure(Exception):
    """A measurement that gave no figure, with the reason as it stands in the table."""


class TimedOut(Failure):
    """One that was not over in its time, and would take as long again."""


def last_line(path):
    """The last line of a log that says something, for a reason."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file if line.strip()]
    except OSError:
        return "no output"
    return lines[-1][:160] if lines else "no output"


@contextlib.contextmanager
def started(arguments, log, environment=None, directory=None, output=None):
    """A program that runs while a `with` block does, in a process group of its own, with its words in the file `log`.

    Its standard output goes to the file `output` if there is one. At the end it is ended, with all it has started.
    """
    with open(log, "ab") as words, open(output or os.devnull, "wb") as result:
        process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=result if output else words,
            stderr=words,
            env=environment,
            cwd=directory,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            end_group(process)


def run(arguments, log, seconds, environment=None, directory=None, output=None):
    """Runs a program to its end, as `started` does. What is not over after `seconds` is ended."""
    with started(arguments, log, environment, directory, output) as process:
        try:
            status = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimedOut(f"not over after {seconds} s") from None
    if status != 0:
        raise Failure(f"{os.path.basename(arguments[0])} ended with {status}: {last_line(log)}")


def end_group(process):
    """Ends the process and what it has started and left in its group: first asked, then killed."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            pass
    process.wait()


def text_of(*arguments):
    """What a program prints, without the ends; an empty text if it cannot be run."""
    try:
        done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


# ---------------------------------------------------------------- jobs


def submit(script, log, environment, options=()):
    """Submits a batch script with its arguments; returns the job's number."""
    command = ["sbatch", "--parsable", f"--output={log}", *options, *(str(part) for part in script)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        raise Failure(f"sbatch: {done.stderr.strip()}")
    return done.stdout.strip().split(";")[0]


def is_in_queue(job):
    """Whether a task of the job waits or runs. That Slurm does not answer is no sign that it is over."""
    command = ["squeue", "--noheader", "--format=%A", f"--jobs={job}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return "Invalid job id" not in done.stderr
    return bool(done.stdout.strip())


def wait_for_job(job, seconds):
    """Waits until no task of the job is in the queue."""
    end = time.monotonic() + seconds
    while is_in_queue(job):
        if time.monotonic() > end:
            raise TimedOut(f"not over after {seconds} s")
        time.sleep(SECONDS_BETWEEN_LOOKS)


def cancel_all():
    """Cancels every job of the throwaway Slurm, which is ours alone, and waits until they are gone."""
    end = time.monotonic() + 60
    while jobs := text_of("squeue", "-h", "-o", "%A").split():
        subprocess.run(["scancel", "--quiet", *sorted(set(jobs))], check=False)
        if time.monotonic() > end:
            raise Failure(f"{len(jobs)} tasks do not end")
        time.sleep(1)
