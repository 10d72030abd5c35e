# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of very different sizes on digits: an epoch of the slowest takes a hundred times that of the fastest."""
import numpy as np

from kinds.clock import timed
from kinds.diverged import nan_if_diverged
from kinds.table import Size

SPACE = """
  lr:    {type: float, min: 1.0e-4, max: 0.1, scale: log}
  width: {type: int, min: 4, max: 384, scale: log}
  depth: {type: int, min: 1, max: 3}
  batch: {type: choice, values: [8, 32, 128, 400]}
  alpha: {type: float, min: 1.0e-6, max: 1.0, scale: log}
"""
TABLE = Size(configurations=300, steps=27)
CLASSES = 10


def train(parameters, steps, seed):
    from sklearn.datasets import load_digits
    from sklearn.neural_network import MLPClassifier

    inputs, target = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(inputs))
    inputs, target = inputs[order] / 16.0, target[order]
    model = MLPClassifier(
        hidden_layer_sizes=(parameters["width"],) * parameters["depth"], learning_rate_init=parameters["lr"],
        batch_size=parameters["batch"], alpha=parameters["alpha"], random_state=seed,
    )  # fmt: skip

    def step(_):
        with nan_if_diverged() as loss:
            model.partial_fit(inputs[:400], target[:400], classes=range(CLASSES))
            likely = model.predict_proba(inputs[1000:])[np.arange(len(inputs) - 1000), target[1000:]]
            loss.value = -float(np.mean(np.log(np.clip(likely, 1e-9, 1))))
        return loss.value

    return timed(step, steps)
