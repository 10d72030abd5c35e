"""Train a small network on handwritten digits, as a trial of a study or by hand.

The numbered lines are all that tuning adds to the script.
"""

import sys
from pathlib import Path

from data import load
from network import Network

# With `pip install stune` this block is `import stune` alone. It lets the template run from a
# clone of the project with nothing installed.
try:
    import stune  # 1
except ImportError:
    sys.path.append(str(Path(__file__).resolve().parents[2] / "python"))
    import stune

DEFAULTS = {"lr": 0.01, "hidden": 64, "batch_size": 32, "optimizer": "sgd", "momentum": 0.9}


def main() -> None:
    """Train from the checkpoint, or from scratch, to the epoch that the study asks for."""
    trial = stune.trial(27, **DEFAULTS)  # 2
    settings = dict(trial.parameters)
    network = Network(settings.pop("hidden"))
    if trial.resume:  # 3
        network = Network.load(trial.resume / "network.npz")
    training, validation, _ = load()
    for epoch in trial.resources():
        network.train_epoch(training, epoch, **settings)
        loss, accuracy = network.evaluate(validation)
        trial.report(epoch, val_loss=loss, val_accuracy=accuracy)  # 4
        if trial.should_save(epoch):  # 5
            with trial.checkpoint(epoch) as directory:  # 6
                network.save(directory / "network.npz")


if __name__ == "__main__":
    main()
