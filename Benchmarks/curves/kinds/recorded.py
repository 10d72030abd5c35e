# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded tables, each with the study file that goes with it. What is missing is recorded once."""
import pathlib
import re
from typing import NamedTuple

from kinds import NAMES, module
from kinds.record import METRIC, record

ROOT = pathlib.Path(__file__).resolve().parents[3]
CURVES = ROOT / "Benchmarks" / "curves"
# Tables that take minutes to record are kept here, and not in the repository.
PLACE = ROOT / ".build" / "curves" / "tables"


class Recorded(NamedTuple):
    """A table: its kind, its file, the metric, the parameters as a study file has them, and the greatest resource."""

    name: str
    path: pathlib.Path
    metric: str
    space: str
    most: int

    def study(self, searcher="random", scheduler="asha", workers=16, trials=1000, seed=7):
        """A study file for `stune simulate`."""
        return (
            f"name: {self.name}\n"
            f"metric: {{name: {self.metric}, goal: minimize}}\n"
            f"parameters:\n{self.space}"
            f"searcher: {{type: {searcher}, seed: {seed}}}\n"
            f"scheduler: {{type: {scheduler}, max_resource: {self.most}}}\n"
            f"trials: {trials}\n"
            f"parallel: {workers}\n"
            'command: ["true"]\n'
            "execution: {mode: reuse}\n"
        )


def digits():
    """The table in the repository: the network of templates/digits."""
    study = (ROOT / "Benchmarks" / "studies-simulate" / "digits.yaml").read_text(encoding="utf-8")
    space = re.search(r"(?m)^parameters:\n((?:  .*\n)+)", study)[1]
    return Recorded("digits", CURVES / "digits.csv.gz", "val_loss", space, 27)


def recorded(name, processes=None):
    """A table by its name, which is `digits` or that of a kind."""
    if name == "digits":
        return digits()
    kind = module(name)
    path = PLACE / f"{name}.csv.gz"
    if not path.exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.half")
        record(name, half, kind.TABLE, processes=processes)
        half.replace(path)
    return Recorded(name, path, METRIC, kind.SPACE.lstrip("\n"), kind.TABLE.most)


TABLES = ("digits", *NAMES)
