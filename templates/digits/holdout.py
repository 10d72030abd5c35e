"""Print the accuracy of a checkpoint on digits that neither training nor tuning has seen.

    python3 holdout.py CHECKPOINT

The exit code is 0 if it is at least 0.95, 1 if it is less, 2 if there is no such checkpoint.
"""

import sys
from pathlib import Path
from typing import List

from data import load
from network import Network

DUE = 0.95


def main(arguments: List[str]) -> int:
    """Return the exit code."""
    if len(arguments) != 1:
        print("usage: holdout.py CHECKPOINT", file=sys.stderr)
        return 2
    file = Path(arguments[0]) / "network.npz"
    if not file.is_file():
        print(f"holdout.py: {file} does not exist: give a checkpoint of train.py", file=sys.stderr)
        return 2
    _, _, held_out = load()
    _, accuracy = Network.load(file).evaluate(held_out)
    print(f"held-out accuracy: {accuracy:.3f}")
    if accuracy < DUE:
        print(f"holdout.py: {accuracy:.4f} is less than the {DUE} that is due", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
