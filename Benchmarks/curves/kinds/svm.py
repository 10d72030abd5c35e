# SPDX-License-Identifier: GPL-3.0-or-later
"""Support vector machines on handwritten digits; the resource is the size of the training set, in parts of 27.

A machine is trained from scratch for each size. The seconds of a step are what it takes longer than the size before, so that
a training to any size costs what one machine of that size does. The loss is the share of wrong answers: many are equal.
"""
import time

import numpy as np

from kinds.table import Size

SPACE = """
  C:         {type: float, min: 1.0e-3, max: 1.0e+3, scale: log}
  gamma:     {type: float, min: 1.0e-5, max: 1.0, scale: log}
  kernel:    {type: choice, values: [rbf, poly, sigmoid]}
  shrinking: {type: choice, values: [0, 1]}
"""
PARTS = 27
TABLE = Size(configurations=300, steps=PARTS)


def train(parameters, steps, seed):
    from sklearn.datasets import load_digits
    from sklearn.svm import SVC

    inputs, target = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(inputs))
    inputs, target = inputs[order] / 16.0, target[order]
    # The labels of one in ten are wrong, so that too large a C overfits.
    wrong = np.random.default_rng(1).random(540) < 0.1
    labels = np.where(wrong, np.random.default_rng(2).integers(0, 10, 540), target[:540])
    longest = 0.0
    for part in range(1, steps + 1):
        rows = part * 540 // PARTS
        start = time.process_time()
        model = SVC(
            C=parameters["C"], gamma=parameters["gamma"], kernel=parameters["kernel"],
            shrinking=bool(parameters["shrinking"]), cache_size=50,
        ).fit(inputs[:rows], labels[:rows])  # fmt: skip
        loss = float(np.mean(model.predict(inputs[540:1040]) != target[540:1040]))
        took = time.process_time() - start
        yield loss, max(took - longest, 1e-5)
        longest = max(longest, took)
