# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of training whose learning curves are recorded: a module each.

A module has

    SPACE          the parameters, as a study file has them
    TABLE          the size of the table in Benchmarks/curves/tables
    train(parameters, steps, seed)
                   goes through the steps of one training: the loss after it, and the processor's seconds that it took.
                   A loss that is not finite says that the training diverged.
"""
import importlib

# The number of a kind is part of what its configurations are drawn with: add new ones at the end.
NAMES = (
    "boosting", "linear", "network", "svm", "forest", "recurrent", "unstable", "annealed", "sizes",
)  # fmt: skip


def module(name):
    """The module of a kind."""
    return importlib.import_module(f"kinds.{name}")
