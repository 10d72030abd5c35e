# SPDX-License-Identifier: GPL-3.0-or-later
"""Regression trees on the diabetes data; the resource is the number of trees. Many overfit."""
import time

import numpy as np

from kinds.table import Size

SPACE = """
  lr:        {type: float, min: 0.003, max: 1.0, scale: log}
  depth:     {type: int, min: 1, max: 8}
  subsample: {type: float, min: 0.2, max: 1.0}
  min_leaf:  {type: int, min: 1, max: 40}
"""
TABLE = Size(configurations=300, steps=200, every=5)


def train(parameters, steps, seed):
    from sklearn.datasets import load_diabetes
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.model_selection import train_test_split

    inputs, target = load_diabetes(return_X_y=True)
    target = (target - target.mean()) / target.std()
    train_inputs, check, train_target, check_target = train_test_split(
        inputs, target, test_size=0.4, random_state=0
    )
    start = time.process_time()
    model = GradientBoostingRegressor(
        learning_rate=parameters["lr"], max_depth=parameters["depth"], subsample=parameters["subsample"],
        min_samples_leaf=parameters["min_leaf"], n_estimators=steps, random_state=seed,
    ).fit(train_inputs, train_target)  # fmt: skip
    seconds = (time.process_time() - start) / steps
    for guess in model.staged_predict(check):
        yield float(np.mean((guess - check_target) ** 2)), seconds
