"""The published snapshot of a study: opened for reading, and read in columns.

A controller replaces `snapshot.db` by rename, every few seconds at most, so an open one never
changes. Sources/Store/SQLite/Schema.swift of stune has its tables. Nothing here asks Slurm or the
controller for anything.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from stune import _outcomes

APPLICATION_ID = 0x7374756E  # "stun" in ASCII
# The newest changes of the tables that this reader depends on.
_NEEDED = ("16-packed-metrics", "17-usage")
_ROWS_AT_ONCE = 20_000
NOT_A_NUMBER = float("nan")


class NotAStudy(ValueError):
    """There is no study here that can be read: why, and what to do."""


class Reports(NamedTuple):
    """Reports in columns, in the order in which the controller took them in."""

    event: "array[int]"
    trial: "array[int]"
    attempt: "array[int]"
    rung: "array[int]"
    resource: "array[int]"
    time: "array[float]"
    current: "array[int]"
    metrics: Dict[str, "array[float]"]


class Snapshot:
    """One state of a study.

    Attributes:
        path: the snapshot's file.
        spec: the accepted study file, as the store has it.
        name: the study's name.
        created: when the study began, in seconds since 1970.
    """

    def __init__(self, path: Path) -> None:
        """Open a snapshot.

        Raises:
            NotAStudy: the file is missing, of another program, or of another version of stune.
        """
        self.path = path
        if not path.exists():
            raise NotAStudy(_why_missing(path))
        # Nobody writes to this file, so no lock is needed, and a read-only directory will do.
        quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        try:
            self._database = sqlite3.connect(
                f"file:{quoted}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._check()
            row = self.first("SELECT name, spec, created FROM study")
        except sqlite3.DatabaseError as error:
            raise NotAStudy(f"{path} cannot be read: {error}") from error
        if row is None:
            raise NotAStudy(f"{path} has no study; look at its directory with 'stune status'")
        self.name: str = row[0]
        self.spec: Dict[str, Any] = json.loads(row[1])
        self.created: float = row[2]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _check(self) -> None:
        """Refuse what this reader does not understand."""
        if self.first("PRAGMA application_id") != (APPLICATION_ID,):
            raise NotAStudy(f"{self.path} is not a snapshot of stune")
        known = {name for (name,) in self.all("SELECT identifier FROM grdb_migrations")}
        if not known.issuperset(_NEEDED):
            raise NotAStudy(
                f"{self.path} was written by an older version of stune; resume the study with "
                "'stune run', or read it with 'stune trials --json'"
            )

    def all(self, query: str, *arguments: Any) -> "sqlite3.Cursor":
        """Run a query."""
        return self._database.execute(query, arguments)

    def first(self, query: str, *arguments: Any) -> Optional[Tuple[Any, ...]]:
        """Return the first row of a query."""
        row: Optional[Tuple[Any, ...]] = self.all(query, *arguments).fetchone()
        return row

    # What the study file said

    @property
    def objectives(self) -> List[Tuple[str, str]]:
        """The metrics that trials are compared by, each with `minimize` or `maximize`."""
        plan = self.spec["plan"]
        objectives = [plan["objective"], *plan.get("others", [])]
        return [(one["metric"], one["goal"]) for one in objectives]

    @property
    def bounds(self) -> List[Tuple[str, str, float]]:
        """The bounds that trials are to keep: a metric, `atMost` or `atLeast`, and the limit."""
        bounds = self.spec["plan"].get("bounds", [])
        return [(one["metric"], one["side"], one["limit"]) for one in bounds]

    def violation(self, metrics: Dict[str, float]) -> float:
        """Return by how much metrics break the bounds together, as shares of the limits."""
        total = 0.0
        for metric, side, limit in self.bounds:
            value = metrics.get(metric, NOT_A_NUMBER)
            distance = value - limit if side == "atMost" else limit - value
            if distance > 0 or distance != distance:
                total += distance / abs(limit) if limit else distance
        return total

    @property
    def parameters(self) -> List[Dict[str, Any]]:
        """The parameters in the order of the study file: `name`, `domain`, `conditions`."""
        parameters: List[Dict[str, Any]] = self.spec["plan"]["space"]["parameters"]
        return parameters

    @property
    def reals(self) -> List[str]:
        """The parameters whose values are real numbers."""
        kinds = {"float", "normal", "lognormal"}
        return [one["name"] for one in self.parameters if kinds & set(one["domain"])]

    def outcome(self) -> Optional[str]:
        """Return why the study is over, in words; None while it is not."""
        row = self.first("SELECT body FROM outcome")
        return None if row is None else _outcomes.in_words(json.loads(row[0]))

    # Reports

    @property
    def metric_names(self) -> List[str]:
        """The metrics that were reported, in the order in which the store met them."""
        found = (name for _, names in sorted(self._names().items()) for name in names)
        return list(dict.fromkeys(found))

    def reports(self, after: int = 0) -> Reports:
        """Return all reports that were taken in after an event."""
        numbers = self._attempt_numbers()
        trials: Dict[int, int] = {}
        rungs: Dict[int, int] = {}
        for one, trial, rung in self.all("SELECT id, trial, rung FROM assignments"):
            trials[one], rungs[one] = trial, rung
        names = self._names()
        columns = Reports(
            array("q"), array("q"), array("q"), array("q"), array("q"), array("d"), array("b"), {}
        )
        rows = self.all(
            "SELECT event, assignment, epoch, resource, current, names, metrics FROM reports "
            "WHERE event > ? ORDER BY event",
            after,
        )
        while True:
            chunk = rows.fetchmany(_ROWS_AT_ONCE)
            if not chunk:
                break
            events, assignments, epochs, resources, current, kinds, blobs = zip(*chunk)
            begin = len(columns.event)
            for column, values in [
                (columns.event, events),
                (columns.resource, resources),
                (columns.current, current),
                (columns.attempt, list(map(numbers.__getitem__, zip(assignments, epochs)))),
                (columns.trial, list(map(trials.__getitem__, assignments))),
                (columns.rung, list(map(rungs.__getitem__, assignments))),
            ]:
                # An array of the same type is copied at once.
                column.extend(array(column.typecode, values))
            _add_metrics(columns.metrics, begin, kinds, blobs, names)
        for column in columns.metrics.values():
            column.extend([NOT_A_NUMBER] * (len(columns.event) - len(column)))
        columns.time.extend(self._times(columns.event))
        return columns

    def _times(self, events: "array[int]") -> "array[float]":
        """Return when events were recorded; the log has a time for each transaction.

        The events ascend.
        """
        times = array("d")
        first = events[0] if events else 0
        rows = self.all("SELECT last, time FROM log WHERE last >= ? ORDER BY last", first)
        last, time = -1, NOT_A_NUMBER
        for event in events:
            while last < event:
                last, time = next(rows, (event, NOT_A_NUMBER))
            times.append(time)
        return times

    def _attempt_numbers(self) -> Dict[Tuple[int, int], int]:
        """Return the number that `stune show` gives to each attempt, by assignment and epoch."""
        numbers: Dict[Tuple[int, int], int] = {}
        counts: Dict[int, int] = {}
        for assignment, epoch, trial in self.all(
            "SELECT a.id, coalesce(t.epoch, 0), a.trial FROM assignments a "
            "LEFT JOIN attempts t ON t.assignment = a.id ORDER BY a.id, t.epoch"
        ):
            counts[trial] = counts.get(trial, 0) + 1
            numbers[assignment, epoch] = counts[trial]
        return _Numbers(numbers)

    # Metrics of single reports

    def unpacker(self) -> "Unpacker":
        """Return what reads the metrics of a row of reports."""
        return Unpacker(self._names())

    def _names(self) -> Dict[int, List[str]]:
        """Return the lists of names of metrics, of which a study has one or two."""
        return {
            one: json.loads(text) for one, text in self.all("SELECT id, names FROM metric_names")
        }


class _Numbers(Dict[Tuple[int, int], int]):
    """Numbers of attempts; a report of an attempt without a row has 0."""

    def __missing__(self, key: Tuple[int, int]) -> int:
        """Return 0."""
        return 0


class Unpacker:
    """Reads the metrics of a report: 8 bytes for each of a list of names."""

    def __init__(self, names: Dict[int, List[str]]) -> None:
        """Know the lists of names, by number."""
        self._names = names

    def __call__(self, kind: int, blob: bytes) -> Dict[str, float]:
        """Return the metrics by name. Only finite ones are in a report."""
        return dict(zip(self._names[kind], _numbers(blob)))


def _numbers(blob: bytes) -> "array[float]":
    """Return the numbers of a blob, whose lowest byte comes first."""
    values = array("d")
    values.frombytes(blob)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _add_metrics(
    columns: Dict[str, "array[float]"],
    begin: int,
    kinds: Tuple[int, ...],
    blobs: Tuple[bytes, ...],
    names: Dict[int, List[str]],
) -> None:
    """Append the metrics of some reports to the columns, which end before report `begin`."""
    for kind in sorted(set(kinds)):
        for name in names[kind]:
            column = columns.setdefault(name, array("d"))
            if len(column) < begin:
                column.extend([NOT_A_NUMBER] * (begin - len(column)))
    if len(set(kinds)) == 1:
        values = _numbers(b"".join(blobs))
        width = len(names[kinds[0]])
        for place, name in enumerate(names[kinds[0]]):
            columns[name].extend(values[place::width])
        return
    end = begin + len(kinds)
    for name in {name for kind in set(kinds) for name in names[kind]}:
        columns[name].extend([NOT_A_NUMBER] * (end - begin))
    for place, (kind, blob) in enumerate(zip(kinds, blobs), begin):
        for name, value in zip(names[kind], _numbers(blob)):
            columns[name][place] = value


def _why_missing(path: Path) -> str:
    """Say why there is no snapshot."""
    if list(path.parent.glob("study*.db")):
        return (
            f"the study in {path.parent} has no snapshot yet: its controller writes one within "
            "seconds of its start"
        )
    return f"{path.parent} is not a study's directory: name the one that 'stune run' made"
