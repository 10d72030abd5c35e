"""A study that was opened for reading: live or over, on any machine that has its directory."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

from stune import _html, _tables
from stune._archive import Archive
from stune._plots import Plots
from stune._snapshot import NotAStudy, Snapshot
from stune._table import Table

_SNAPSHOT = "snapshot.db"
_SHORTEST_WAIT, _LONGEST_WAIT = 0.2, 5.0


class Result(NamedTuple):
    """A trial with its result: what it was trained to, and what came out.

    Attributes:
        trial: the number of the trial.
        resource: the resource at which it was compared.
        value: the study's metric there, or the first of several.
        metrics: all finite metrics there, by name.
        parameters: the values of its active parameters, by name.
        checkpoint: the path of its newest checkpoint; None: it has none.
    """

    trial: int
    resource: int
    value: float
    metrics: Dict[str, float]
    parameters: Dict[str, Any]
    checkpoint: Optional[Path]


class Rung(NamedTuple):
    """A rung of the ladder, as `stune status` shows it.

    Attributes:
        rung: its number, from 0.
        resource: what trials are trained to there.
        running: how many trials are on their way to it.
        results: how many have a result there, failed and diverged ones included.
        promoted: how many of them went on.
        best: the best finite value of the study's metric; None: there is none.
    """

    rung: int
    resource: int
    running: int
    results: int
    promoted: int
    best: Optional[float]


class OpenedStudy:
    """A study, read from the snapshot that its controller publishes.

    `stune.open()` makes it. Each look reads the newest snapshot: for a study that runs, it is some
    seconds old. Nothing is asked of Slurm or of the controller.
    """

    def __init__(self, directory: Path, archive: Optional[Archive] = None) -> None:
        """Open the study in a directory, or in an archive.

        Raises:
            NotAStudy: there is none, or it cannot be read.
        """
        if archive is None and directory.is_file():
            archive = Archive(directory)
        self._archive = archive
        self.directory = directory.absolute()
        # Where its files are.
        self._place = self.directory if archive is None else archive.directory
        self._open: Optional[Tuple[Tuple[int, int, int], Snapshot]] = None
        self._is_frozen = False
        self._kept: Dict[str, Any] = {}
        _ = self.snapshot

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot; of a frozen study the one that it was frozen with."""
        if self._is_frozen and self._open is not None:
            return self._open[1]
        path = self._place / _SNAPSHOT
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return Snapshot(path)  # Says why it is missing.
        mark = (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._open is None or self._open[0] != mark:
            self._open, self._kept = (mark, Snapshot(path)), {}
        return self._open[1]

    def frozen(self) -> "OpenedStudy":
        """Return the study as it is now: all looks at it are at one state of it."""
        view = OpenedStudy(self.directory, self._archive)
        view._is_frozen = True
        return view

    @property
    def mark(self) -> Tuple[int, int, int]:
        """What tells this snapshot from others."""
        _ = self.snapshot
        assert self._open is not None
        return self._open[0]

    def _once(self, name: str, make: Any) -> Any:
        """Return what a snapshot gives, made at the first look at it."""
        snapshot = self.snapshot
        if name not in self._kept:
            self._kept[name] = make(snapshot)
        return self._kept[name]

    @property
    def name(self) -> str:
        """The name of the study."""
        return self.snapshot.name

    @property
    def metrics(self) -> Dict[str, str]:
        """The metrics that trials are compared by, each with `minimize` or `maximize`."""
        return dict(self.snapshot.objectives)

    @property
    def outcome(self) -> Optional[str]:
        """Why the study is over, in words such as `completed`; None while it is not."""
        return self.snapshot.outcome()

    @property
    def is_over(self) -> bool:
        """Whether the study is over."""
        return self.outcome is not None

    @property
    def age(self) -> float:
        """How many seconds ago the snapshot was written."""
        return max(0.0, time.time() - os.stat(self._place / _SNAPSHOT).st_mtime)

    @property
    def counts(self) -> Dict[str, int]:
        """How many trials are in each state."""
        return dict(
            self.snapshot.all(
                "SELECT state, trials FROM trial_counts WHERE trials > 0 ORDER BY state"
            ).fetchall()
        )

    @property
    def trials(self) -> Table:
        """A row for each trial, with the columns of `stune trials --csv`."""
        table: Table = self._once("trials", lambda one: _tables.trials(one, self.directory))
        return table

    @property
    def reports(self) -> Table:
        """A row for each report, in the order in which they came.

        `event` numbers them, with gaps; `attempt` is the one of the trial, from 1; `time` is when
        the controller took it in; `current` is False for what a start of a task reported that was
        superseded by another one.
        """
        table: Table = self._once("reports", _tables.reports)
        return table

    @property
    def attempts(self) -> Table:
        """A row for each attempt: where, when, how it ended, what it used."""
        table: Table = self._once("attempts", lambda one: _tables.attempts(one, self.directory))
        return table

    @property
    def best(self) -> Optional[Result]:
        """The trial with the best value at the greatest resource that any reached; None: no result.

        Trials that keep all bounds of the study come first, wherever they are.

        Raises:
            ValueError: trials are compared by several metrics.
        """
        snapshot = self.snapshot
        (_, goal), *others = snapshot.objectives
        if others:
            raise ValueError(
                f"trials are compared by {', '.join(self.metrics)}: no single one is the best; "
                "see .pareto"
            )
        column = "lowest_trial" if goal == "minimize" else "highest_trial"
        row = snapshot.first(
            "SELECT r.trial, r.resource, r.value, r.rung FROM rungs g "
            f"JOIN results r ON r.rung = g.rung AND r.trial = g.{column} "
            f"ORDER BY {'coalesce(r.violation, 0) > 0, ' if snapshot.bounds else ''}g.rung DESC "
            "LIMIT 1"
        )
        return None if row is None else self._result(*row)

    @property
    def pareto(self) -> List[Result]:
        """The trials that no other dominates, at the greatest resource that any reached.

        The best in the first metric comes first. With one metric this is the best trial. If the
        study has bounds: at the greatest resource at which a trial keeps them all; if there is
        none, of the trials that break them the least.
        """
        snapshot = self.snapshot
        goals = snapshot.objectives
        rungs = snapshot.all("SELECT rung FROM rungs WHERE lowest IS NOT NULL ORDER BY rung DESC")
        places = ((rung, _tables.result_metrics(snapshot, rung)) for (rung,) in rungs.fetchall())
        highest = next(places, None)
        if highest is None:
            return []
        top, results = next(
            (
                place
                for place in itertools.chain([highest], places)
                if any(snapshot.violation(one) == 0 for one in place[1].values())
            ),
            highest,
        )
        least = min((snapshot.violation(one) for one in results.values()), default=0.0)
        losses = {}
        for trial, metrics in results.items():
            if snapshot.violation(metrics) > least:
                continue
            loss = tuple(
                metrics[name] if goal == "minimize" else -metrics[name]
                for name, goal in goals
                if name in metrics
            )
            if len(loss) == len(goals):
                losses[trial] = loss
        members = sorted(_not_dominated(losses), key=lambda trial: (losses[trial][0], trial))
        if len(goals) == 1:
            members = members[:1]
        found = []
        for trial in members:
            place = snapshot.first(
                "SELECT resource, value FROM results WHERE rung = ? AND trial = ?", top, trial
            )
            if place is not None:
                found.append(self._result(trial, place[0], place[1], top))
        return found

    @property
    def ladder(self) -> List[Rung]:
        """The rungs that any trial has reached or is on its way to, from the lowest up."""
        snapshot = self.snapshot
        best = "lowest" if snapshot.objectives[0][1] == "minimize" else "highest"
        levels = dict(
            snapshot.all('SELECT rung, max("to") FROM assignments GROUP BY rung').fetchall()
        )
        return [
            Rung(rung, levels.get(rung, 0), running, results, promoted, value)
            for rung, running, results, promoted, value in snapshot.all(
                "SELECT rung, sum(running), sum(results), sum(promoted), max(best) FROM ("
                f"SELECT rung, 0 AS running, results, promoted, {best} AS best FROM rungs "
                "UNION ALL SELECT rung, count(*), 0, 0, NULL FROM assignments "
                "WHERE open = 1 GROUP BY rung) GROUP BY rung ORDER BY rung"
            )
        ]

    def checkpoint(self, trial: int) -> Optional[Path]:
        """Return the path of a trial's newest checkpoint that is kept; None: it has none.

        One in an archive is unpacked into a directory that goes with this object.

        Loading a checkpoint may run what is in it (pickle does): load only your own.

        Raises:
            KeyError: there is no such trial.
        """
        snapshot = self.snapshot
        row = snapshot.first(
            "SELECT c.path FROM checkpoints c JOIN assignments a ON a.id = c.assignment "
            "WHERE a.trial = ? ORDER BY c.resource DESC, c.assignment DESC LIMIT 1",
            trial,
        )
        if row is not None and self._archive is not None:
            return self._archive.checkpoint(str(row[0]))
        if row is not None:
            return self.directory / str(row[0])
        if snapshot.first("SELECT 1 FROM trials WHERE id = ?", trial) is None:
            raise KeyError(f"no trial {trial} in {self.name}")
        return None

    def wait(self, timeout: Optional[float] = None) -> str:
        """Wait until the study is over and return why.

        Nothing happens to the study: a controller must run somewhere.

        Args:
            timeout: how many seconds to wait; None: as long as it takes.

        Raises:
            TimeoutError: it is not over by then.
        """
        end = None if timeout is None else time.monotonic() + timeout
        pause = _SHORTEST_WAIT
        while True:
            outcome = self.outcome
            if outcome is not None:
                return outcome
            if end is not None and time.monotonic() >= end:
                raise TimeoutError(
                    f"{self.name} is not over after {timeout:g} s; its snapshot is "
                    f"{self.age:.0f} s old; 'stune status {self.directory}' says what runs"
                )
            left = pause if end is None else max(0.0, min(pause, end - time.monotonic()))
            time.sleep(left)
            pause = min(pause * 1.5, _LONGEST_WAIT)

    @property
    def plot(self) -> Plots:
        """Pictures of the study, with matplotlib."""
        return Plots(self)

    def _result(self, trial: int, resource: int, value: float, rung: int) -> Result:
        """Return a trial with its result at a rung."""
        row = self.snapshot.first("SELECT configuration FROM trials WHERE id = ?", trial)
        return Result(
            trial=trial,
            resource=resource,
            value=value,
            metrics=_tables.result_metrics(self.snapshot, rung, trial).get(trial, {}),
            parameters=_tables.configuration_reader(self.snapshot)(row[0]) if row else {},
            checkpoint=self.checkpoint(trial),
        )

    def __repr__(self) -> str:
        """Return the study in one line."""
        counts = ", ".join(f"{count} {state}" for state, count in self.counts.items())
        return f"<stune study {self.name!r}: {counts or 'no trials yet'}; {self.outcome or 'open'}>"

    def _repr_html_(self) -> str:
        """Show the study in a notebook: its head, its ladder, its best trials."""
        return _html.study(self)


def _not_dominated(losses: Dict[int, Tuple[float, ...]]) -> List[int]:
    """Return the trials that no other is at least as good as everywhere, and better somewhere."""
    # Whoever dominates a trial comes before it in this order.
    members: List[int] = []
    for trial in sorted(losses, key=lambda one: (losses[one], one)):
        loss = losses[trial]
        if not any(
            losses[other] != loss and all(a <= b for a, b in zip(losses[other], loss))
            for other in members
        ):
            members.append(trial)
    return members


def open_study(directory: Union[str, "os.PathLike[str]"]) -> OpenedStudy:
    """Open a study for reading, while it runs or afterwards.

    Args:
        directory: the study's directory, such as `digits.stune`, or a copy of it, or an archive
            that `stune archive` has written.

    Raises:
        NotAStudy: there is no study, or it cannot be read; the message says what to do.
    """
    return OpenedStudy(Path(directory))


__all__ = ["NotAStudy", "OpenedStudy", "Result", "Rung", "open_study"]
