"""A network with one hidden layer, trained by SGD with momentum or by Adam, in numpy.

Its whole state is a few arrays, so that a checkpoint resumes exactly: training 9 epochs at once
and training 3, saving, loading and training 6 more give the same bits.
"""

from pathlib import Path
from typing import Dict, Tuple

from data import Part, np

SEED = 7
LAYERS = ("w1", "b1", "w2", "b2")
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Network:
    """64 pixels, a hidden layer of rectified units, 10 classes."""

    def __init__(self, hidden: int) -> None:
        """Draw the initial weights after He et al. 2015; the same for the same size."""
        random = np.random.default_rng([SEED, 0])
        self.weights: Dict[str, np.ndarray] = {
            "w1": random.normal(0.0, np.sqrt(2.0 / 64), (64, hidden)),
            "b1": np.zeros(hidden),
            "w2": random.normal(0.0, np.sqrt(2.0 / hidden), (hidden, 10)),
            "b2": np.zeros(10),
        }
        # First moment (SGD: the velocity) and second moment of each gradient, and the step count.
        self.first = {name: np.zeros_like(array) for name, array in self.weights.items()}
        self.second = {name: np.zeros_like(array) for name, array in self.weights.items()}
        self.steps = 0

    def train_epoch(
        self,
        part: Part,
        epoch: int,
        lr: float,
        batch_size: int,
        optimizer: str = "adam",
        momentum: float = 0.0,
    ) -> None:
        """Go once through the data in an order that depends on the epoch's number alone."""
        order = np.random.default_rng([SEED, epoch]).permutation(len(part.labels))
        for begin in range(0, len(order), batch_size):
            rows = order[begin : begin + batch_size]
            gradients = self._gradients(part.images[rows], part.labels[rows])
            self.steps += 1
            if optimizer == "sgd":
                self._step_sgd(gradients, lr, momentum)
            elif optimizer == "adam":
                self._step_adam(gradients, lr)
            else:
                raise ValueError(f"the optimizer is sgd or adam, not {optimizer!r}")

    def evaluate(self, part: Part) -> Tuple[float, float]:
        """Return the mean cross-entropy (in nats) and the share of right answers."""
        _, logarithms = self._forward(part.images)
        loss = -logarithms[np.arange(len(part.labels)), part.labels].mean()
        return float(loss), float((logarithms.argmax(axis=1) == part.labels).mean())

    def save(self, path: Path) -> None:
        """Write the whole state as arrays, with no pickle in it."""
        arrays = dict(self.weights, steps=np.array(self.steps))
        for name in LAYERS:
            arrays[f"first_{name}"] = self.first[name]
            arrays[f"second_{name}"] = self.second[name]
        np.savez(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Network":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            network = cls(arrays["w1"].shape[1])
            network.weights = {name: arrays[name] for name in LAYERS}
            network.first = {name: arrays[f"first_{name}"] for name in LAYERS}
            network.second = {name: arrays[f"second_{name}"] for name in LAYERS}
            network.steps = int(arrays["steps"])
        return network

    def _forward(self, images: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Return the hidden layer's output and the logarithms of the classes' probabilities."""
        hidden = np.maximum(images @ self.weights["w1"] + self.weights["b1"], 0.0)
        scores = hidden @ self.weights["w2"] + self.weights["b2"]
        scores -= scores.max(axis=1, keepdims=True)
        return hidden, scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))

    def _gradients(self, images: np.ndarray, labels: np.ndarray) -> Dict[str, np.ndarray]:
        """Return the gradient of the mean cross-entropy for each array of weights."""
        hidden, logarithms = self._forward(images)
        slope = np.exp(logarithms)
        slope[np.arange(len(labels)), labels] -= 1.0
        slope /= len(labels)
        below = (slope @ self.weights["w2"].T) * (hidden > 0.0)
        return {
            "w1": images.T @ below,
            "b1": below.sum(axis=0),
            "w2": hidden.T @ slope,
            "b2": slope.sum(axis=0),
        }

    def _step_sgd(self, gradients: Dict[str, np.ndarray], lr: float, momentum: float) -> None:
        """Take one step of stochastic gradient descent with momentum."""
        for name in LAYERS:
            self.first[name] = momentum * self.first[name] - lr * gradients[name]
            self.weights[name] = self.weights[name] + self.first[name]

    def _step_adam(self, gradients: Dict[str, np.ndarray], lr: float) -> None:
        """Take one step of Adam (Kingma and Ba 2015, Algorithm 1)."""
        scale1 = 1.0 / (1.0 - BETA1**self.steps)
        scale2 = 1.0 / (1.0 - BETA2**self.steps)
        for name in LAYERS:
            gradient = gradients[name]
            self.first[name] = BETA1 * self.first[name] + (1.0 - BETA1) * gradient
            self.second[name] = BETA2 * self.second[name] + (1.0 - BETA2) * gradient**2
            step = scale1 * self.first[name] / (np.sqrt(scale2 * self.second[name]) + EPSILON)
            self.weights[name] = self.weights[name] - lr * step
