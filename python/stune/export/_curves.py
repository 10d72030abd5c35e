"""Trials and their learning curves, as tools for curves take them."""

from __future__ import annotations

import math
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Tuple

from stune import _tables
from stune._columns import claimed
from stune._opened import OpenedStudy
from stune._table import Table


class Point(NamedTuple):
    """One report: its finite metrics by name."""

    resource: int
    time: float
    metrics: Dict[str, float]


class News:
    """Tells at each look what trials have reported since the last one.

    A tool for curves has one point of a trial for each resource. A start of a task that follows
    another one repeats resources: the first report counts.

    Attributes:
        reached: the greatest resource that each trial has reported.
    """

    def __init__(self, reached: Mapping[int, int] = {}) -> None:
        """Begin with what is written already: by trial, the greatest resource."""
        self.reached = dict(reached)
        self._last_event = 0

    def take(self, study: OpenedStudy) -> Dict[int, List[Point]]:
        """Return what is new in this state of the study, by trial."""
        reports = _tables.reports(study.snapshot, after=self._last_event)
        if len(reports):
            self._last_event = reports.raw("event")[-1]
        found: Dict[int, List[Point]] = {}
        for trial, point in _points(reports):
            if point.resource > self.reached.get(trial, -1):
                self.reached[trial] = point.resource
                if point.metrics:
                    found.setdefault(trial, []).append(point)
        return found


def _points(reports: Table) -> Iterator[Tuple[int, Point]]:
    """Go through reports: the number of the trial, and what it reported."""
    metrics = [(name, reports.raw(column)) for name, column in reports.metrics.items()]
    trials, resources, times = (reports.raw(name) for name in ("trial", "resource", "time"))
    for place in range(len(reports)):
        values = {name: column[place] for name, column in metrics if not math.isnan(column[place])}
        yield trials[place], Point(resources[place], times[place], values)


class Settled(NamedTuple):
    """A trial with its last result.

    Attributes:
        over: whether nothing follows. A trial that rests may be promoted until the study is over.
        resource: the resource of its last result; None: it has none.
        begin: when it began, in seconds since 1970: the study's beginning if it never ran.
        end: when it ended; its beginning if that is not known.
    """

    number: int
    state: str
    over: bool
    resource: Any
    parameters: Dict[str, Any]
    metrics: Dict[str, float]
    begin: float
    end: float
    reason: str


_TRIAL = "stune.trial"


def keyed(trial: Settled, reserved: Iterable[str]) -> Dict[str, Any]:
    """Return the parameters of a trial, and its number as `stune.trial`.

    `params.` goes before a name that is reserved.
    """
    keys = claimed(trial.parameters, "params", [_TRIAL, *reserved])
    return {**{keys[name]: value for name, value in trial.parameters.items()}, _TRIAL: trial.number}


_RESTING = ("running", "paused")


def settled(study: OpenedStudy, final: bool) -> Iterator[Settled]:
    """Go through the trials in the order of their numbers.

    Args:
        study: one state of the study.
        final: whether nothing follows: the study is over, or is exported as it is now.
    """
    snapshot = study.snapshot
    ends = final and study.is_over
    read = _tables.configuration_reader(snapshot)
    metrics, spans = _tables.last_metrics(snapshot), _tables.spans(snapshot)
    for number, state, resource, reason, text in snapshot.all(
        "SELECT id, state, resource, reason, configuration FROM trials ORDER BY id"
    ):
        span = spans.get(number, _tables.NEVER_RAN)
        begin = snapshot.created if span.begin is None else span.begin
        yield Settled(
            number=number,
            state=state,
            over=ends or state not in _RESTING,
            resource=resource,
            parameters=read(text),
            metrics=metrics.get(number, {}),
            begin=begin,
            end=begin if span.end is None else span.end,
            reason=reason or "",
        )
