"""Offline runs of Weights & Biases, which `wandb sync` uploads: one for each trial that is over."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Dict, List

from stune._columns import claimed
from stune._opened import OpenedStudy
from stune.export._curves import News, Point, Settled, keyed, settled
from stune.export._domains import as_text
from stune.export._formats import Exporter, identity
from stune.export._place import Place

# Keys that W&B keeps for itself.
_RESERVED = ("_step", "_runtime", "_timestamp", "_wandb")
_FAILED = ("failed", "diverged", "cancelled")


class Export(Exporter):
    """`offline-run-…` for each trial that is over; one that rests is written when the study ends.

    A run is written into a temporary directory and renamed when it is whole. Its name has the study
    and the trial, so what is there is not written again.
    """

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the directory, remove what a kill left half, and see which runs are there."""
        self._place = Place(Path(to), "wandb", study)
        self._identity = identity(study)[:8]
        self._written = set()
        for path in self._place.path.iterdir():
            if path.name.startswith(".half."):
                shutil.rmtree(path)
            elif path.name.startswith("offline-run-"):
                self._written.add(path.name.rsplit("-", 1)[-1])
        self._news = News()
        self._points: Dict[int, List[Point]] = {}

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write the trials that are over."""
        for number, points in self._news.take(study).items():
            self._points.setdefault(number, []).extend(points)
        for trial in settled(study, final):
            run_id = f"{self._identity}t{trial.number}"
            if trial.over and run_id not in self._written:
                self._write(study, trial, run_id, self._points.pop(trial.number, []))
                self._written.add(run_id)

    def _write(self, study: OpenedStudy, trial: Settled, run_id: str, points: List[Point]) -> None:
        """Write a run whole, then give it its name."""
        import wandb

        half = tempfile.mkdtemp(prefix=".half.", dir=str(self._place.path))
        settings = wandb.Settings(
            console="off", disable_git=True, save_code=False, silent=True, x_disable_stats=True,
            x_disable_meta=True, disable_code=True,
        )  # fmt: skip
        run = wandb.init(
            mode="offline",
            dir=half,
            id=run_id,
            project=_project(study.name),
            group=study.name[:128],
            name=f"trial {trial.number}",
            job_type="trial",
            tags=[trial.state],
            config=_config(trial),
            settings=settings,
            reinit="create_new",
        )
        own = {"stune/state": trial.state, "stune/resource": trial.resource}
        if trial.reason:
            own["stune/reason"] = trial.reason
        names = {name for point in points for name in point.metrics} | set(trial.metrics)
        keys = claimed(sorted(names), "metrics", [*_RESERVED, "stune/reason", *own])
        for point in points:
            metrics = {keys[name]: value for name, value in point.metrics.items()}
            run.log(metrics, step=point.resource)
        for name, value in trial.metrics.items():
            run.summary[keys[name]] = value
        run.summary.update(own)
        run.finish(exit_code=1 if trial.state in _FAILED else 0)
        (made,) = Path(half, "wandb").glob("offline-run-*")
        os.rename(made, self._place.path / made.name)
        shutil.rmtree(half)

    def close(self) -> None:
        """Close the directory."""
        self._place.close()


def _config(trial: Settled) -> Dict[str, Any]:
    """Return the parameters, and which trial it is; what is no plain value becomes text."""
    plain = (bool, int, float, str)
    return {
        key: value if value is None or isinstance(value, plain) else as_text(value)
        for key, value in keyed(trial, _RESERVED).items()
    }


def _project(name: str) -> str:
    """Return a name that W&B allows for a project: without / \\ # ? % :, at most 128 characters."""
    return "".join("_" if one in "/\\#?%:" else one for one in name)[:128]
