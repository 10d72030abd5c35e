# SPDX-License-Identifier: GPL-3.0-or-later
"""A network by stochastic gradient descent on Friedman's function. Some diverge."""
import numpy as np

from kinds.clock import timed
from kinds.diverged import nan_if_diverged
from kinds.table import Size

SPACE = """
  lr:         {type: float, min: 1.0e-5, max: 0.1, scale: log}
  width:      {type: int, min: 4, max: 128, scale: log}
  depth:      {type: int, min: 1, max: 3}
  alpha:      {type: float, min: 1.0e-7, max: 1.0, scale: log}
  batch:      {type: choice, values: [16, 32, 64, 128]}
  momentum:   {type: float, min: 0.0, max: 0.99}
  activation: {type: choice, values: [relu, tanh]}
"""
TABLE = Size(configurations=300, steps=104, every=2)


def train(parameters, steps, seed):
    from sklearn.datasets import make_friedman1
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPRegressor

    inputs, target = make_friedman1(600, 12, noise=1.0, random_state=3)
    inputs, target = (inputs - 0.5) * 2, (target - target.mean()) / target.std()
    train_inputs, check, train_target, check_target = train_test_split(
        inputs, target, test_size=0.5, random_state=0
    )
    model = MLPRegressor(
        hidden_layer_sizes=(parameters["width"],) * parameters["depth"], activation=parameters["activation"],
        solver="sgd", alpha=parameters["alpha"], batch_size=parameters["batch"], learning_rate_init=parameters["lr"],
        momentum=parameters["momentum"], random_state=seed,
    )  # fmt: skip

    def step(_):
        with nan_if_diverged() as loss:
            model.partial_fit(train_inputs, train_target)
            loss.value = float(np.mean((model.predict(check) - check_target) ** 2))
        return loss.value

    return timed(step, steps)
