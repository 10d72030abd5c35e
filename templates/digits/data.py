"""Scikit-learn's bundled handwritten digits: 1797 images of 8 by 8 pixels, in three fixed parts.

The file is read where scikit-learn installs it, without importing scikit-learn: that import takes
about a second, several times as long as most trials of this study train.
"""

import importlib.util
import os
import sys
from pathlib import Path
from typing import NamedTuple, Tuple

# One thread: a trial has one core, and the order of summation must not depend on the machine's
# load. The libraries read these variables when numpy is imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

try:
    import numpy as np
except ImportError:
    sys.exit(
        f"{sys.executable} has no numpy. Name a Python that has numpy and scikit-learn in the "
        "study file's command, or install them: apt install python3-sklearn"
    )

SPLIT_SEED = 20180905


class Part(NamedTuple):
    """One part of the data: pixels from 0 to 1 of shape (images, 64), and labels from 0 to 9."""

    images: np.ndarray
    labels: np.ndarray


def load() -> Tuple[Part, Part, Part]:
    """Return the parts for training, validation and the final test: 60, 20 and 20 per cent.

    The split is always the same, and each digit has its share in each part.
    """
    table = np.loadtxt(_bundled_file(), delimiter=",")
    images, labels = table[:, :-1] / 16.0, table[:, -1].astype(int)
    random = np.random.default_rng(SPLIT_SEED)
    parts: Tuple[list, list, list] = ([], [], [])
    for digit in range(10):
        rows = random.permutation(np.flatnonzero(labels == digit))
        cuts = [len(rows) * 6 // 10, len(rows) * 8 // 10]
        for part, piece in zip(parts, np.split(rows, cuts)):
            part.append(piece)
    training, validation, held_out = (np.sort(np.concatenate(part)) for part in parts)
    return (
        Part(images[training], labels[training]),
        Part(images[validation], labels[validation]),
        Part(images[held_out], labels[held_out]),
    )


def _bundled_file() -> Path:
    """Return the path of the digits in the installed scikit-learn."""
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        sys.exit(
            f"{sys.executable} has no scikit-learn, whose bundled digits this study needs: "
            "apt install python3-sklearn"
        )
    return Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
