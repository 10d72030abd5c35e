"""The tables of a study that was opened: trials, reports, attempts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple

from stune import _columns, _outcomes
from stune._snapshot import Snapshot
from stune._table import Column, Table

REPORT_COLUMNS = ("event", "trial", "attempt", "rung", "resource", "time", "current")
_USED = {
    "cpu_seconds": "cpuSeconds",
    "memory_bytes": "memoryBytes",
    "gpu_percent": "gpuPercent",
    "gpu_memory_bytes": "gpuMemoryBytes",
}


def trials(snapshot: Snapshot, directory: Path) -> Table:
    """Return a row for each trial, with the columns of `stune trials --csv`."""
    rows = snapshot.all(
        "SELECT id, state, rung, resource, reason, parent FROM trials ORDER BY id"
    ).fetchall()
    numbers = [row[0] for row in rows]
    configured, metrics = configurations(snapshot), last_metrics(snapshot)
    names = _columns.named(
        [name for name, _ in snapshot.objectives],
        {name for one in metrics.values() for name in one},
        [parameter["name"] for parameter in snapshot.parameters],
    )
    table: Dict[str, Column] = {
        "trial": numbers,
        "state": [row[1] for row in rows],
        "rung": [row[2] for row in rows],
        "resource": [row[3] for row in rows],
    }
    if "pbt" in snapshot.spec["plan"]["scheduler"]:
        table["parent"] = [row[5] for row in rows]
    for name, column in names.metrics:
        table[column] = [metrics.get(trial, {}).get(name) for trial in numbers]
    for name, column in names.parameters:
        table[column] = [configured[trial].get(name) for trial in numbers]
    table.update(_runs(snapshot, directory, numbers))
    table["reason"] = [row[4] for row in rows]
    return Table(
        table,
        times=("begin", "end"),
        wholes=("resource", "parent"),
        reals=[column for _, column in names.metrics] + ["seconds", *_USED],
        metrics=names.metrics,
        parameters=names.parameters,
    )


def configurations(snapshot: Snapshot) -> Dict[int, Dict[str, Any]]:
    """Return the active parameters of each trial by name."""
    read = configuration_reader(snapshot)
    rows = snapshot.all("SELECT id, configuration FROM trials ORDER BY id")
    return {trial: read(text) for trial, text in rows}


def configuration_reader(snapshot: Snapshot) -> Callable[[str], Dict[str, Any]]:
    """Return what reads the parameters of a trial from their text, in the order of the study file.

    JSON has the same 1 for 1 and 1.0: real numbers become real again.
    """
    order = {one["name"]: place for place, one in enumerate(snapshot.parameters)}
    reals = snapshot.reals

    def read(text: str) -> Dict[str, Any]:
        """Return the values by name."""
        found: Dict[str, Any] = json.loads(text)
        values = dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order))))
        for name in reals:
            if type(values.get(name)) is int:
                values[name] = float(values[name])
        return values

    return read


def last_metrics(snapshot: Snapshot) -> Dict[int, Dict[str, float]]:
    """Return the finite metrics of each trial's last result, as its report has them."""
    rows = snapshot.all(
        "SELECT a.id, a.trial, r.names, r.metrics, t.value FROM trials t "
        'JOIN assignments a ON a.trial = t.id AND a."to" = t.resource '
        "JOIN reports r ON r.assignment = a.id AND r.resource = t.resource AND r.current = 1 "
        "ORDER BY a.id, r.event"
    )
    return _that_count(snapshot, rows)


def result_metrics(
    snapshot: Snapshot, rung: int, trial: Optional[int] = None
) -> Dict[int, Dict[str, float]]:
    """Return the metrics of the finite results at a rung, as the reports there have them.

    Args:
        snapshot: the study's.
        rung: the number of the rung.
        trial: the only trial to look at; None: all.
    """
    rows = snapshot.all(
        "SELECT a.id, a.trial, r.names, r.metrics, o.value FROM results o "
        "JOIN assignments a ON a.trial = o.trial AND a.rung = o.rung "
        "JOIN attempts t ON t.assignment = a.id "
        "JOIN reports r ON r.assignment = a.id AND r.epoch = t.epoch "
        'AND r.resource = a."to" AND r.current '
        "WHERE o.rung = ? AND (? IS NULL OR o.trial = ?) "
        "AND o.value IS NOT NULL AND r.value IS NOT NULL ORDER BY a.id, r.event",
        rung,
        trial,
        trial,
    )
    return _that_count(snapshot, rows)


def _that_count(
    snapshot: Snapshot, rows: Iterable[Tuple[int, int, int, bytes, Optional[float]]]
) -> Dict[int, Dict[str, float]]:
    """Return the metrics of each trial, of its reports in the order of assignments.

    Of one assignment the first report counts, of several assignments the last. Where replicates
    decided together, the objective is what they have in common.
    """
    unpack = snapshot.unpacker()
    objective = snapshot.objectives[0][0]
    metrics: Dict[int, Dict[str, float]] = {}
    owners: Dict[int, int] = {}
    for assignment, trial, kind, blob, value in rows:
        if owners.get(trial) != assignment:
            owners[trial] = assignment
            metrics[trial] = unpack(kind, blob)
            if value is not None:
                metrics[trial][objective] = value
    return metrics


class Span(NamedTuple):
    """When a trial ran: how many attempts, from when to when, how many seconds in all.

    Moments are seconds since 1970. None: it is not known, or an attempt runs, so there is no end.
    """

    attempts: int
    begin: Optional[float]
    end: Optional[float]
    seconds: Optional[float]


NEVER_RAN = Span(0, None, None, None)


def spans(snapshot: Snapshot) -> Dict[int, Span]:
    """Return when each trial ran that has an attempt."""
    rows = snapshot.all(
        "SELECT a.trial, count(*), min(t.started), max(t.ended), sum(t.ended - t.started), "
        "count(*) FILTER (WHERE t.started IS NOT NULL AND t.ended IS NULL AND a.open = 1) "
        "FROM assignments a LEFT JOIN attempts t ON t.assignment = a.id GROUP BY a.trial"
    )
    return {
        trial: Span(attempts, begin, None if running else end, seconds)
        for trial, attempts, begin, end, seconds, running in rows
    }


def _runs(snapshot: Snapshot, directory: Path, trials: List[int]) -> Dict[str, Column]:
    """Return where and when each trial ran, and what it used."""
    # With max(), SQLite takes the other columns from the row that has it.
    hosts = {
        row[0]: row[1]
        for row in snapshot.all(
            "SELECT a.trial, t.host, max(t.started) FROM assignments a "
            "JOIN attempts t ON t.assignment = a.id WHERE t.host <> '' GROUP BY a.trial"
        )
    }
    checkpoints = {
        row[0]: str(directory / row[1])
        for row in snapshot.all(
            "SELECT a.trial, c.path, max(c.resource) FROM checkpoints c "
            "JOIN assignments a ON a.id = c.assignment GROUP BY a.trial"
        )
    }
    by_trial = spans(snapshot)
    found = [by_trial.get(trial, NEVER_RAN) for trial in trials]
    runs: Dict[str, Column] = {
        "attempts": [one.attempts for one in found],
        "begin": [one.begin for one in found],
        "end": [one.end for one in found],
        "seconds": [one.seconds for one in found],
        "host": [hosts.get(trial) for trial in trials],
        "checkpoint": [checkpoints.get(trial) for trial in trials],
    }
    used = _used(snapshot)
    for column, name in _USED.items():
        runs[column] = [used.get(trial, {}).get(name) for trial in trials]
    return runs


def _used(snapshot: Snapshot) -> Dict[int, Dict[str, float]]:
    """Return what each trial's attempts used: the seconds together, of the rest the most."""
    found: Dict[int, Dict[str, float]] = {}
    for trial, text in snapshot.all(
        "SELECT a.trial, t.used FROM attempts t JOIN assignments a ON a.id = t.assignment "
        "WHERE t.used IS NOT NULL"
    ):
        sums = found.setdefault(trial, {})
        for name, value in json.loads(text).items():
            known = sums.get(name)
            if known is None:
                sums[name] = value
            else:
                sums[name] = known + value if name == "cpuSeconds" else max(known, value)
    return found


def reports(snapshot: Snapshot, after: int = 0) -> Table:
    """Return a row for each report that was taken in after an event."""
    columns = snapshot.reports(after)
    names = _columns.named(
        [name for name, _ in snapshot.objectives], columns.metrics, [], own=REPORT_COLUMNS
    )
    table: Dict[str, Column] = {name: getattr(columns, name) for name in REPORT_COLUMNS}
    missing = [float("nan")] * len(columns.event)
    for name, column in names.metrics:
        table[column] = columns.metrics.get(name, missing)
    return Table(table, times=("time",), flags=("current",), metrics=names.metrics)


def attempts(snapshot: Snapshot, directory: Path) -> Table:
    """Return a row for each attempt, numbered as in `stune show`."""
    names = (
        "trial", "attempt", "rung", "from", "to", "task", "host", "begin", "end", "ending",
        "detail", "start", *_USED, "stderr",
    )  # fmt: skip
    columns: Dict[str, List[Any]] = {name: [] for name in names}
    counts: Dict[int, int] = {}
    for (
        trial, rung, origin, target, start, task, host, begin, end, ending, used, stderr,
    ) in snapshot.all(
        'SELECT a.trial, a.rung, a."from", a."to", coalesce(r.start, a.start), t.task, t.host, '
        "t.started, t.ended, t.ending, t.used, t.stderr FROM assignments a "
        "LEFT JOIN attempts t ON t.assignment = a.id "
        "LEFT JOIN resumes r ON r.assignment = a.id AND r.epoch = t.epoch ORDER BY a.id, t.epoch"
    ):  # fmt: skip
        counts[trial] = counts.get(trial, 0) + 1
        word, detail = _outcomes.ending(json.loads(ending)) if ending else (None, None)
        sums = json.loads(used) if used else {}
        row = (
            trial, counts[trial], rung, origin, target, task or None, host or None, begin, end,
            word, detail, None if start is None else str(directory / start),
            *(sums.get(name) for name in _USED.values()), stderr or "",
        )  # fmt: skip
        for name, value in zip(names, row):
            columns[name].append(value)
    return Table(columns, times=("begin", "end"), reals=list(_USED))
