"""The formats by name, and what each exporter does."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import math
import sys
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

from stune._opened import OpenedStudy
from stune._table import Table
from stune._tables import REPORT_COLUMNS


class ExportError(Exception):
    """An export that cannot be done: why, and what to do."""


class Format(NamedTuple):
    """A format: its module here, what brings its library, and where it goes by default."""

    module: str
    extra: str
    library: str
    to: str
    what: str


FORMATS: Dict[str, Format] = {
    "csv": Format("_csv", "", "", "{name}-csv", "three CSV files"),
    "jsonl": Format("_jsonl", "", "", "{name}-jsonl", "three files of JSON lines"),
    "parquet": Format("_parquet", "parquet", "pyarrow", "{name}-parquet", "three Parquet files"),
    "tensorboard": Format(
        "_tensorboard", "tensorboard", "tensorboard", "{name}-tensorboard", "a log directory"
    ),
    "mlflow": Format("_mlflow", "mlflow", "mlflow", "sqlite:///{name}-mlflow.db", "a tracking URI"),
    "wandb": Format("_wandb", "wandb", "wandb", "{name}-wandb", "a directory of offline runs"),
    "trackio": Format("_trackio", "trackio", "trackio", "{name}-trackio", "a TRACKIO_DIR"),
    "optuna": Format("_optuna", "optuna", "optuna", "sqlite:///{name}-optuna.db", "a storage URL"),
}


class Exporter:
    """Writes one study into one place. A format's module has a subclass called `Export`."""

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the place.

        Raises:
            ExportError: the place is not usable, or has something else.
        """

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write what is new.

        Args:
            study: one state of the study, which does not change meanwhile.
            final: whether nothing follows: the study is over, or is exported as it is now.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close the place."""


def load(name: str) -> "type[Exporter]":
    """Return the exporter of a format.

    Raises:
        ExportError: there is no such format, or its library is not installed.
    """
    if name not in FORMATS:
        raise ExportError(f"no format {name!r}; there is: {', '.join(FORMATS)}")
    wanted = FORMATS[name]
    if wanted.library and importlib.util.find_spec(wanted.library) is None:
        raise ExportError(
            f"{sys.executable} has no {wanted.library}, which writes this format; install it: "
            f"pip install {wanted.library} (or 'stune[{wanted.extra}]')"
        )
    exporter: "type[Exporter]" = importlib.import_module(f"stune.export.{wanted.module}").Export
    return exporter


def identity(study: OpenedStudy) -> str:
    """Return what tells this study from others, also of the same name."""
    text = f"{study.name}\0{study.snapshot.created!r}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Point(NamedTuple):
    """One report as a tool for curves takes it: its finite metrics by name."""

    event: int
    resource: int
    time: float
    metrics: Dict[str, float]


def points(reports: Table) -> Iterator[Tuple[int, Point]]:
    """Go through reports: the number of the trial, and what it reported."""
    metrics = [
        (column, reports.raw(column)) for column in reports.columns if column not in REPORT_COLUMNS
    ]
    events, trials = reports.raw("event"), reports.raw("trial")
    resources, times = reports.raw("resource"), reports.raw("time")
    for place in range(len(reports)):
        values = {name: column[place] for name, column in metrics if not math.isnan(column[place])}
        yield trials[place], Point(events[place], resources[place], times[place], values)


def curves(reports: Table, last: Dict[int, int]) -> Dict[int, List[Point]]:
    """Return by trial what goes beyond the resource that each had; `last` is moved on.

    A start of a task that follows another one repeats resources: the first report counts.
    """
    found: Dict[int, List[Point]] = {}
    for trial, point in points(reports):
        if point.resource > last.get(trial, -1):
            last[trial] = point.resource
            if point.metrics:
                found.setdefault(trial, []).append(point)
    return found


class Settled(NamedTuple):
    """A trial as tools for curves take it."""

    number: int
    state: str
    over: bool
    resource: Any
    parameters: Dict[str, Any]
    metrics: Dict[str, float]
    begin: float
    end: float
    reason: str


RESTING = ("running", "paused")


def settled(study: OpenedStudy, final: bool) -> Iterator[Settled]:
    """Go through the trials. A trial that rests may still be promoted until the study is over."""
    from stune import _tables

    snapshot = study.snapshot
    parameters = {
        number: _tables.configuration(snapshot, text)
        for number, text in snapshot.all("SELECT id, configuration FROM trials")
    }
    metrics = _tables.last_metrics(snapshot)
    for row in study.trials:
        begin = row["begin"] if row["begin"] is not None else snapshot.created
        yield Settled(
            number=row["trial"],
            state=row["state"],
            over=(final and study.is_over) or row["state"] not in RESTING,
            resource=row["resource"],
            parameters=parameters[row["trial"]],
            metrics=metrics.get(row["trial"], {}),
            begin=begin,
            end=row["end"] if row["end"] is not None else begin,
            reason=row["reason"] or "",
        )
