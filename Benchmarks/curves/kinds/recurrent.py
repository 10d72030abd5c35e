# SPDX-License-Identifier: GPL-3.0-or-later
"""A small recurrent network that reads digits row by row, trained by backpropagation through time, in numpy.

Without clipping the gradients of some explode; others learn nothing for many epochs, then all at once.
"""
import numpy as np

from kinds.clock import timed
from kinds.table import Size

SPACE = """
  lr:     {type: float, min: 1.0e-3, max: 3.0, scale: log}
  hidden: {type: int, min: 4, max: 48, scale: log}
  radius: {type: float, min: 0.1, max: 3.0, scale: log}
  clip:   {type: float, min: 1.0e-2, max: 100, scale: log}
  batch:  {type: choice, values: [20, 40, 80]}
  decay:  {type: float, min: 1.0e-6, max: 1.0e-2, scale: log}
"""
TABLE = Size(configurations=300, steps=27)
CLASSES = 10


def train(parameters, steps, seed):
    from sklearn.datasets import load_digits

    inputs, target = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(inputs))
    # A digit is a sequence of 8 rows with 8 pixels each.
    inputs, target = inputs[order].reshape(-1, 8, 8) / 16.0, target[order]
    model = Recurrent(parameters, np.random.default_rng([seed, 1]))

    def step(number):
        rows = np.random.default_rng([seed, number]).permutation(600)
        for first in range(0, 600, parameters["batch"]):
            some = rows[first : first + parameters["batch"]]
            model.learn(inputs[some], target[some])
        likely = model.forward(inputs[1200:])[1]
        return -float(np.mean(np.log(np.clip(likely[np.arange(len(likely)), target[1200:]], 1e-12, 1))))

    return timed(step, steps)


class Recurrent:
    """tanh(U x + W h + b) from row to row, and a softmax of the last state."""

    def __init__(self, parameters, random):
        hidden = parameters["hidden"]
        self.lr, self.clip, self.decay = parameters["lr"], parameters["clip"], parameters["decay"]
        self.inward = random.normal(0, 0.5, (8, hidden))
        self.across = random.normal(0, parameters["radius"] / np.sqrt(hidden), (hidden, hidden))
        self.bias = np.zeros(hidden)
        self.outward = random.normal(0, 1 / np.sqrt(hidden), (hidden, CLASSES))

    def forward(self, inputs):
        """The states after each row, and how likely each class is."""
        states = [np.zeros((len(inputs), len(self.bias)))]
        for row in range(inputs.shape[1]):
            states.append(np.tanh(inputs[:, row] @ self.inward + states[-1] @ self.across + self.bias))
        scores = states[-1] @ self.outward
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return states, scores / scores.sum(axis=1, keepdims=True)

    def learn(self, inputs, target):
        """One step of gradient descent."""
        states, error = self.forward(inputs)
        error[np.arange(len(target)), target] -= 1
        error /= len(target)
        gradients = {"outward": states[-1].T @ error}
        backward = error @ self.outward.T
        for name in ("inward", "across", "bias"):
            gradients[name] = np.zeros_like(getattr(self, name))
        for row in range(inputs.shape[1] - 1, -1, -1):
            inner = backward * (1 - states[row + 1] ** 2)
            gradients["inward"] += inputs[:, row].T @ inner
            gradients["across"] += states[row].T @ inner
            gradients["bias"] += inner.sum(axis=0)
            backward = inner @ self.across.T
        norm = np.sqrt(sum((one**2).sum() for one in gradients.values()))
        scale = self.lr * min(1.0, self.clip / max(norm, 1e-12))
        for name, gradient in gradients.items():
            value = getattr(self, name)
            value *= 1 - self.lr * self.decay
            value -= scale * gradient
