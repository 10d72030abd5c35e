# SPDX-License-Identifier: GPL-3.0-or-later
"""Random forests on breast cancer; the resource is the number of trees. Ranks hardly change after the first ones."""
import numpy as np

from kinds.clock import timed
from kinds.table import Size

SPACE = """
  max_depth:    {type: int, min: 1, max: 12}
  max_features: {type: float, min: 0.05, max: 1.0}
  min_leaf:     {type: int, min: 1, max: 60, scale: log}
  max_samples:  {type: float, min: 0.05, max: 1.0}
  criterion:    {type: choice, values: [gini, entropy]}
"""
TABLE = Size(configurations=300, steps=54, every=2)


def train(parameters, steps, seed):
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier

    inputs, target = load_breast_cancer(return_X_y=True)
    train_inputs, check, train_target, check_target = train_test_split(
        inputs, target, test_size=0.5, random_state=0
    )
    total = np.zeros(len(check))

    def step(number):
        random = np.random.default_rng([seed, number])
        rows = random.integers(0, len(train_inputs), max(2, int(parameters["max_samples"] * len(train_inputs))))
        tree = DecisionTreeClassifier(
            max_depth=parameters["max_depth"], max_features=parameters["max_features"],
            min_samples_leaf=parameters["min_leaf"], criterion=parameters["criterion"],
            random_state=int(random.integers(1 << 30)),
        ).fit(train_inputs[rows], train_target[rows])  # fmt: skip
        classes = list(tree.classes_)
        if 1 in classes:
            total[:] += tree.predict_proba(check)[:, classes.index(1)]
        likely = np.clip(total / (number + 1), 0.001, 0.999)
        return -float(np.mean(np.where(check_target == 1, np.log(likely), np.log(1 - likely))))

    return timed(step, steps)
