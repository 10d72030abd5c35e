# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains configurations of a kind, drawn at random, and makes a table of their learning curves."""
import multiprocessing
import os
import sys
import warnings

from kinds import NAMES, module, table
from kinds.space import draw

METRIC = "loss"


def record(kind, path, size, seed=1, processes=None):
    """Write a table. The same seed gives the same losses on one kind of machine."""
    tasks = [(kind, size, seed, number) for number in range(size.configurations)]
    lines = []
    # Numpy's libraries read this when they are loaded: a step's seconds are those of one processor.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    with multiprocessing.Pool(processes) as pool:
        for number, (parameters, curve) in enumerate(pool.imap(_one, tasks)):
            lines += ([number, *parameters.values(), *row] for row in curve)
            if (number + 1) % 50 == 0:
                print(f"{kind}: {number + 1} of {len(tasks)}", file=sys.stderr)
    table.write(path, ["config", *parameters, "resource", METRIC, "seconds"], lines)


def _one(task):
    """The parameters and the rows of one configuration."""
    import numpy as np

    kind, size, seed, number = task
    parameters = draw(module(kind).SPACE, np.random.default_rng([seed, NAMES.index(kind), number]))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        curve = module(kind).train(parameters, size.steps, number)
        return parameters, [
            (resource, f"{loss:.4g}", f"{seconds:.2g}")
            for resource, loss, seconds in table.rows(curve, size.every)
        ]
