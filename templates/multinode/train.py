"""Train one logistic regression with a process on each node, as a trial of a study.

Every rank has a part of the data; gradients are summed over all. What tuning needs of several
processes is three rules:

- every rank reads parameters and checkpoint, since srun gives all of them the same environment;
- only rank 0 saves and reports: on the others the client does nothing;
- rank 0 alone hears that it is time to leave, so it tells the others, who wait for it otherwise.
"""

import json
import math
import os
import random
import sys
from pathlib import Path
from typing import List, Tuple

from group import Group

try:
    import stune
except ImportError:  # Not installed: take the client from the clone that this template is in.
    sys.path.append(str(Path(__file__).resolve().parents[2] / "python"))
    import stune

FEATURES = 8
TRAINING, VALIDATION = 600, 300
STEPS = 5  # Gradient steps in one unit of resource.

Row = Tuple[List[float], float]


def rows(seed: int, count: int) -> List[Row]:
    """Return made-up data: features, and a label that depends on them but for some noise."""
    source = random.Random(seed)
    truth = [(-1) ** i / (i + 1) for i in range(FEATURES)]
    table = []
    for _ in range(count):
        features = [source.gauss(0.0, 1.0) for _ in range(FEATURES)]
        score = sum(a * b for a, b in zip(truth, features)) + source.gauss(0.0, 0.5)
        table.append((features, 1.0 if score > 0.0 else 0.0))
    return table


def loss_and_gradient(weights: List[float], part: List[Row]) -> Tuple[float, List[float]]:
    """Return the sums of cross-entropy and of its gradient over these rows."""
    loss, gradient = 0.0, [0.0] * FEATURES
    for features, label in part:
        score = sum(a * b for a, b in zip(weights, features))
        # log(1 + exp(score)) without overflow.
        loss += max(score, 0.0) + math.log1p(math.exp(-abs(score))) - label * score
        slope = 0.5 * (1.0 + math.tanh(0.5 * score)) - label
        for i, feature in enumerate(features):
            gradient[i] += slope * feature
    return loss, gradient


def main() -> None:
    """Train from the checkpoint, or from zero, to the resource that the study asks for."""
    trial = stune.trial(9, lr=0.5, l2=1e-4)
    group = Group(Path(os.environ.get("STUNE_CHECKPOINTS", ".")))  # Every node sees it.
    training = rows(1, TRAINING)[group.rank :: group.size]
    validation = rows(2, VALIDATION)[group.rank :: group.size]
    weights = [0.0] * FEATURES
    if trial.resume:
        weights = json.loads((trial.resume / "weights.json").read_text())
    for resource in trial.resources():
        for _ in range(STEPS):
            gradient = group.total(loss_and_gradient(weights, training)[1])
            for i in range(FEATURES):
                weights[i] -= trial["lr"] * (gradient[i] / TRAINING + trial["l2"] * weights[i])
        loss = group.total([loss_and_gradient(weights, validation)[0]])[0] / VALIDATION
        goes_on = group.from_first(trial.report(resource, val_loss=loss))
        if trial.should_save(resource):
            with trial.checkpoint(resource) as directory:
                (directory / "weights.json").write_text(json.dumps(weights))
        if not goes_on:
            break


if __name__ == "__main__":
    main()
