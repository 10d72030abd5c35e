"""A tracking store of MLflow: an experiment for the study, a run below one parent for a trial."""

from __future__ import annotations

import json
import os
import posixpath
import re
from typing import Any, Dict, Iterable, List, Optional, Set

from stune._opened import OpenedStudy
from stune.export._domains import as_text
from stune.export._curves import News, Point, Settled, settled
from stune.export._formats import Exporter, identity
from stune.export._place import Store

_PARENT = "mlflow.parentRunId"
_MOST_METRICS, _MOST_PARAMETERS = 1_000, 100
_LONGEST_NAME, _LONGEST_PARAMETER = 200, 6_000
_STATUS = {"failed": "FAILED", "diverged": "FAILED", "cancelled": "KILLED"}


class _Run:
    """A run in the store, and what it has already."""

    def __init__(self, number: str, is_over: bool, is_new: bool) -> None:
        """Know a run by its number in the store."""
        self.number = number
        self.is_over = is_over
        # The steps of each metric; None: not looked up yet.
        self.steps: Optional[Dict[str, Set[int]]] = {} if is_new else None


class Export(Exporter):
    """Runs named `trial 12`, with the tags `stune.trial`, `stune.state` and `stune.study`.

    Runs are found again by their tags, and what a run has is asked of the store, so that nothing is
    written twice.
    """

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the store, and find the runs that it has of this study."""
        from mlflow.entities import ViewType
        from mlflow.tracking import MlflowClient

        self._store = Store(to)
        path = self._store.path
        if path is not None and self._store.is_sqlite:
            if not path.exists():
                _make_database(str(path))
        elif path is not None:
            path.mkdir(exist_ok=True)
        self._client = MlflowClient(tracking_uri=to)
        self._identity = identity(study)
        self._names = _Names()
        name = study.name
        found = self._client.get_experiment_by_name(name)
        self._experiment = found.experiment_id if found else self._client.create_experiment(name)
        self._runs: Dict[int, _Run] = {}
        self._parent: Optional[str] = None
        reached: Dict[int, int] = {}
        token = None
        while True:
            page = self._client.search_runs(
                [self._experiment],
                f"tags.`stune.study` = '{self._identity}'",
                run_view_type=ViewType.ALL,
                max_results=1_000,
                page_token=token,
            )
            for run in page:
                number = run.data.tags.get("stune.trial")
                if number is None:
                    self._parent = run.info.run_id
                else:
                    is_over = run.info.status != "RUNNING"
                    self._runs[int(number)] = _Run(run.info.run_id, is_over, is_new=False)
                    if is_over:
                        reached[int(number)] = int(run.data.tags.get("stune.resource", -1))
            token = page.token
            if not token:
                break
        self._news = News(reached)
        if self._parent is None:
            self._parent = self._begin(study.name, study.snapshot.created, {}).info.run_id

    def _begin(self, name: str, time: float, tags: Dict[str, str]) -> Any:
        """Make a run of this study."""
        return self._client.create_run(
            self._experiment,
            start_time=round(time * 1000),
            run_name=name,
            tags={"stune.study": self._identity, **tags},
        )

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write what is new."""
        self._names.learn(one["name"] for one in study.snapshot.parameters)
        self._names.learn(study.snapshot.metric_names)
        new = self._news.take(study)
        for trial in settled(study, final):
            run = self._runs.get(trial.number)
            if run is None:
                tags = {_PARENT: self._parent or "", "stune.trial": str(trial.number)}
                made = self._begin(f"trial {trial.number}", trial.begin, tags)
                run = self._runs[trial.number] = _Run(made.info.run_id, False, is_new=True)
                self._log_parameters(run, trial)
            if new.get(trial.number) or not run.is_over:
                self._log(run, trial, new.get(trial.number, []))
        if final and study.is_over and self._parent is not None:
            self._client.set_tag(self._parent, "stune.outcome", study.outcome)
            if self._client.get_run(self._parent).info.status == "RUNNING":
                self._client.set_terminated(self._parent, "FINISHED")

    def _log_parameters(self, run: _Run, trial: Settled) -> None:
        """Write the parameters of a trial: the same ones again change nothing."""
        from mlflow.entities import Param

        items = [
            Param(self._names[name], as_text(value)[:_LONGEST_PARAMETER])
            for name, value in trial.parameters.items()
        ]
        for first in range(0, len(items), _MOST_PARAMETERS):
            self._client.log_batch(run.number, params=items[first : first + _MOST_PARAMETERS])

    def _log(self, run: _Run, trial: Settled, new: List[Point]) -> None:
        """Write the new reports of a trial, and how it ended."""
        from mlflow.entities import Metric

        if run.steps is None:
            self._log_parameters(run, trial)
            run.steps = self._steps(run.number)
        metrics = []
        for point in new:
            for name, value in point.metrics.items():
                key = self._names[name]
                if point.resource not in run.steps.setdefault(key, set()):
                    run.steps[key].add(point.resource)
                    metrics.append(Metric(key, value, round(point.time * 1000), point.resource))
        for first in range(0, len(metrics), _MOST_METRICS):
            self._client.log_batch(run.number, metrics=metrics[first : first + _MOST_METRICS])
        if trial.over:
            last = str(self._news.reached.get(trial.number, -1))
            self._client.set_tag(run.number, "stune.resource", last)
            self._client.set_tag(run.number, "stune.state", trial.state)
            if trial.reason:
                self._client.set_tag(run.number, "stune.reason", trial.reason[:5_000])
            if self._names.changed:
                self._client.set_tag(run.number, "stune.names", json.dumps(self._names.changed))
            self._client.set_terminated(
                run.number, _STATUS.get(trial.state, "FINISHED"), round(trial.end * 1000)
            )
            run.is_over = True

    def _steps(self, number: str) -> Dict[str, Set[int]]:
        """Return which steps of which metrics a run has."""
        keys: Iterable[str] = self._client.get_run(number).data.metrics
        return {
            key: {one.step for one in self._client.get_metric_history(number, key)} for key in keys
        }

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def _make_database(path: str) -> None:
    """Make a database of MLflow whole: a kill meanwhile would leave one that MLflow cannot open."""
    from mlflow.tracking import MlflowClient

    half = f"{path}.half"
    for part in ("", "-journal", "-wal", "-shm"):
        if os.path.exists(half + part):
            os.remove(half + part)
    MlflowClient(tracking_uri=f"sqlite:///{half}").search_experiments(max_results=1)
    os.replace(half, path)


class _Names:
    """Names as MLflow allows them: what it refuses becomes an underscore.

    Two names that become the same one are told apart by a number. Every process has to number them
    alike, so it learns all names in the order in which the study got them.
    """

    def __init__(self) -> None:
        """Know no name yet."""
        self._known: Dict[str, str] = {}
        self._taken: Set[str] = set()
        # What differs, by the name in MLflow.
        self.changed: Dict[str, str] = {}

    def learn(self, names: Iterable[str]) -> None:
        """Give a name in MLflow to each name that has none yet."""
        for name in names:
            if name not in self._known:
                self._known[name] = own = self._free(_allowed(name))
                self._taken.add(own)
                if own != name:
                    self.changed[own] = name

    def __getitem__(self, name: str) -> str:
        """Return the name in MLflow, which no other name has."""
        return self._known[name]

    def _free(self, plain: str) -> str:
        """Return a name that no other has."""
        own, count = plain, 2
        while own in self._taken:
            own, count = f"{plain}_{count}", count + 1
        return own


def _allowed(name: str) -> str:
    """Return a name that MLflow takes, which refuses some characters and paths like `a/../b`."""
    plain = re.sub(r"\.\.+", "_", re.sub(r"[^\w./ -]", "_", name))
    plain = posixpath.normpath(plain.strip("/")[:_LONGEST_NAME])
    return "_" if plain == "." else plain
