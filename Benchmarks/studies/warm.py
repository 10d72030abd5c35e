# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains nothing, for one trial after the other: what is left is what stune takes."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "python"))

import stune  # noqa: E402  (the client of this clone)

trial = stune.trial()
while trial is not None:
    for resource in trial.resources():
        trial.report(resource, loss=trial["x"])
    trial = trial.next()
