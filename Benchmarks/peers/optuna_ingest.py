# SPDX-License-Identifier: GPL-3.0-or-later
"""optuna_ingest.py journal|sqlite WRITERS SECONDS DIRECTORY RESULT

How many reports a second Optuna's storages take in: WRITERS processes call trial.report for SECONDS. Each
report is on disk when the call returns. A trial has 100 reports, then the next one begins; asking for a
trial is part of the time. No pruner is asked and no other work is done.
"""
import multiprocessing
import sys
import time

import optuna

from objective import tell
from optuna_worker import NAME, open_storage

REPORTS_OF_A_TRIAL = 100


def write(kind, directory, ready, seconds, counts):
    storage = open_storage(kind, directory)
    study = optuna.load_study(study_name=NAME, storage=storage, sampler=optuna.samplers.RandomSampler())
    ready.wait()  # until all have imported what they need
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        trial = study.ask()
        for step in range(REPORTS_OF_A_TRIAL):
            trial.report(0.5, step)
            count += 1
            if time.monotonic() >= end:
                break
    counts.put(count)


def main():
    kind, directory, result = sys.argv[1], sys.argv[4], sys.argv[5]
    writers, seconds = int(sys.argv[2]), float(sys.argv[3])
    optuna.create_study(study_name=NAME, storage=open_storage(kind, directory))
    context = multiprocessing.get_context("spawn")
    ready, counts = context.Barrier(writers + 1), context.Queue()
    processes = [
        context.Process(target=write, args=(kind, directory, ready, seconds, counts)) for _ in range(writers)
    ]
    for process in processes:
        process.start()
    ready.wait()
    began = time.monotonic()
    for process in processes:
        process.join()
    took = time.monotonic() - began
    failed = sum(process.exitcode != 0 for process in processes)
    if failed:
        sys.exit(f"{failed} of {writers} writers failed")
    tell(result, reports=sum(counts.get() for _ in processes), seconds=took)


if __name__ == "__main__":
    main()
