# SPDX-License-Identifier: GPL-3.0-or-later
"""Logistic regression by stochastic gradient descent on made data. Slow and fast learners cross."""
import numpy as np

from kinds.clock import timed
from kinds.table import Size

SPACE = """
  eta0:    {type: float, min: 1.0e-5, max: 1.0, scale: log}
  alpha:   {type: float, min: 1.0e-7, max: 1.0e-1, scale: log}
  power:   {type: float, min: 0, max: 0.9}
  penalty: {type: choice, values: [l1, l2, elasticnet]}
"""
TABLE = Size(configurations=300, steps=104, every=2)


def train(parameters, steps, seed):
    from sklearn.datasets import make_classification
    from sklearn.linear_model import SGDClassifier
    from sklearn.model_selection import train_test_split

    inputs, target = make_classification(
        3000, 100, n_informative=15, n_redundant=20, flip_y=0.1, class_sep=0.7, random_state=5
    )
    train_inputs, check, train_target, check_target = train_test_split(
        inputs, target, test_size=0.5, random_state=0
    )
    model = SGDClassifier(
        loss="log_loss", learning_rate="invscaling", eta0=parameters["eta0"], alpha=parameters["alpha"],
        power_t=parameters["power"], penalty=parameters["penalty"], random_state=seed,
    )  # fmt: skip

    def step(number):
        rows = np.random.default_rng([seed, number]).permutation(len(train_inputs))[:300]
        model.partial_fit(train_inputs[rows], train_target[rows], classes=[0, 1])
        likely = np.clip(model.predict_proba(check)[:, 1], 1e-12, 1 - 1e-12)
        return -float(np.mean(np.where(check_target == 1, np.log(likely), np.log(1 - likely))))

    return timed(step, steps)
