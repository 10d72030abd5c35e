# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains nothing: sleeps about a second, reports at its target, and writes down how long the answer took."""
import os
import pathlib
import random
import time

import stune


def note(directory, question, asked):
    """Adds a line: what was asked, when by a clock that all processes share, how long it took, and who asked."""
    now = time.monotonic()
    with open(directory / "answers", "a", encoding="ascii") as file:
        file.write(f"{question} {now} {now - asked} {os.getpid()}\n")


trial = stune.trial()
while trial is not None:
    directory = pathlib.Path(os.environ["STUNE_REPORTS"]).parent
    goes_on = True
    while goes_on:
        time.sleep(random.uniform(0.5, 1.5))
        asked = time.monotonic()
        goes_on = trial.report(trial.to, loss=trial["x"])
        note(directory, "rung", asked)
    asked = time.monotonic()
    trial = trial.next()
    note(directory, "work", asked)
