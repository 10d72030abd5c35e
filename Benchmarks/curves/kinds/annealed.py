# SPDX-License-Identifier: GPL-3.0-or-later
"""A network on digits with wrong labels, whose learning rate falls to nothing at the end. The first rungs mislead.

Who begins with a large learning rate is bad until it has fallen, and ends best; who begins with a small one learns the wrong
labels by heart.
"""
import math

import numpy as np

from kinds.clock import timed
from kinds.table import Size

SPACE = """
  lr:       {type: float, min: 0.03, max: 3.0, scale: log}
  hidden:   {type: int, min: 16, max: 128, scale: log}
  noise:    {type: float, min: 0.0, max: 4.0}
  momentum: {type: float, min: 0.0, max: 0.95}
  decay:    {type: float, min: 1.0e-5, max: 1.0e-2, scale: log}
"""
TABLE = Size(configurations=300, steps=54, every=2)
CLASSES, BATCH, SHOWN = 10, 40, 600


def train(parameters, steps, seed):
    from sklearn.datasets import load_digits

    inputs, target = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(inputs))
    inputs, target = inputs[order] / 16.0, target[order]
    wrong = np.random.default_rng(1).random(SHOWN) < 0.3
    labels = np.where(wrong, np.random.default_rng(2).integers(0, CLASSES, SHOWN), target[:SHOWN])
    random = np.random.default_rng([seed, 1])
    hidden = parameters["hidden"]
    weights = [
        random.normal(0, math.sqrt(2 / 64), (64, hidden)), np.zeros(hidden),
        random.normal(0, math.sqrt(1 / hidden), (hidden, CLASSES)), np.zeros(CLASSES),
    ]  # fmt: skip
    speeds = [np.zeros_like(one) for one in weights]

    def forward(rows):
        inner = np.maximum(rows @ weights[0] + weights[1], 0)
        scores = inner @ weights[2] + weights[3]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return inner, scores / scores.sum(axis=1, keepdims=True)

    def step(number):
        lr = parameters["lr"] * (1 + math.cos(math.pi * number / steps)) / 2
        rows = np.random.default_rng([seed, number]).permutation(SHOWN)
        for first in range(0, SHOWN, BATCH):
            some = rows[first : first + BATCH]
            # The inputs are shaken less and less, as the learning rate falls.
            shaken = inputs[some] + random.normal(0, parameters["noise"], (len(some), 64)) * lr / parameters["lr"]
            inner, error = forward(shaken)
            error[np.arange(len(some)), labels[some]] -= 1
            error /= len(some)
            back = (error @ weights[2].T) * (inner > 0)
            gradients = [shaken.T @ back, back.sum(axis=0), inner.T @ error, error.sum(axis=0)]
            for weight, speed, gradient in zip(weights, speeds, gradients):
                speed *= parameters["momentum"]
                speed -= lr * (gradient + parameters["decay"] * weight)
                weight += speed
        likely = forward(inputs[1000:])[1]
        return -float(np.mean(np.log(np.clip(likely[np.arange(len(likely)), target[1000:]], 1e-6, 1))))

    return timed(step, steps)
