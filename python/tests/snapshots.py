"""Snapshots as stune's controller publishes them, made by hand for tests.

`test_real_studies.py` holds the reader against snapshots that the executable has written.
"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

# As Sources/Store/SQLite/Schema.swift leaves them, without what a reader does not need.
TABLES = """
PRAGMA application_id = 0x7374756E;
CREATE TABLE grdb_migrations (identifier TEXT PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1-log'), ('16-packed-metrics'), ('17-usage');
CREATE TABLE study (only INTEGER PRIMARY KEY, name TEXT, spec TEXT, created REAL);
CREATE TABLE log (last INTEGER PRIMARY KEY, time REAL, body TEXT, checks TEXT, digest TEXT);
CREATE TABLE trials (
  id INTEGER PRIMARY KEY, configuration TEXT, state TEXT, rung INTEGER, resource INTEGER,
  value REAL, reason TEXT DEFAULT '', parent INTEGER);
CREATE TABLE assignments (
  id INTEGER PRIMARY KEY, trial INTEGER, rung INTEGER, "from" INTEGER, "to" INTEGER, start TEXT,
  reason TEXT, token TEXT, "index" INTEGER, turn INTEGER DEFAULT 0, epoch INTEGER DEFAULT 0,
  open INTEGER DEFAULT 1, out_of_memory INTEGER DEFAULT 0, task INTEGER DEFAULT 0);
CREATE INDEX assignments_of_trial ON assignments (trial);
CREATE TABLE attempts (
  assignment INTEGER, epoch INTEGER, next INTEGER, task TEXT DEFAULT '', host TEXT DEFAULT '',
  directory TEXT DEFAULT '', started REAL, ended REAL, ending TEXT, stderr TEXT DEFAULT '',
  missing TEXT DEFAULT '[]', used TEXT, PRIMARY KEY (assignment, epoch)) WITHOUT ROWID;
CREATE TABLE metric_names (id INTEGER PRIMARY KEY, names TEXT UNIQUE);
CREATE TABLE reports (
  assignment INTEGER, epoch INTEGER, resource INTEGER, event INTEGER, current INTEGER, value REAL,
  names INTEGER, metrics BLOB, PRIMARY KEY (assignment, epoch, resource, event)) WITHOUT ROWID;
CREATE TABLE checkpoints (
  assignment INTEGER, epoch INTEGER, resource INTEGER, path TEXT, bytes INTEGER,
  PRIMARY KEY (assignment, epoch, resource)) WITHOUT ROWID;
CREATE TABLE resumes (assignment INTEGER, epoch INTEGER, start TEXT,
  PRIMARY KEY (assignment, epoch)) WITHOUT ROWID;
CREATE TABLE results (
  rung INTEGER, trial INTEGER, resource INTEGER, value REAL, promoted INTEGER DEFAULT 0,
  violation REAL, PRIMARY KEY (rung, trial)) WITHOUT ROWID;
CREATE TABLE rungs (
  rung INTEGER PRIMARY KEY, results INTEGER, promoted INTEGER, lowest REAL, lowest_trial INTEGER,
  highest REAL, highest_trial INTEGER);
CREATE TABLE trial_counts (state TEXT PRIMARY KEY, trials INTEGER) WITHOUT ROWID;
CREATE TABLE outcome (only INTEGER PRIMARY KEY, body TEXT, time REAL);
"""

BEGAN = 1_700_000_000.0
SPACE: List[Dict[str, Any]] = [
    {
        "name": "lr",
        "domain": {"float": {"min": 1e-4, "max": 0.1, "scale": "log"}},
        "conditions": [],
    },
    {
        "name": "hidden",
        "domain": {"int": {"min": 16, "max": 256, "scale": "log"}},
        "conditions": [],
    },
    {"name": "optimizer", "domain": {"choice": {"_0": ["sgd", "adam"]}}, "conditions": []},
    {
        "name": "momentum",
        "domain": {"float": {"min": 0.0, "max": 0.99, "scale": "linear"}},
        "conditions": [{"parent": "optimizer", "values": ["sgd"]}],
    },
]


class StudyMaker:
    """Writes a study event by event, and publishes snapshots of it."""

    def __init__(
        self,
        directory: Path,
        name: str = "digits",
        objectives: Tuple[Tuple[str, str], ...] = (("val_loss", "minimize"),),
        space: Optional[List[Dict[str, Any]]] = None,
        levels: Tuple[int, ...] = (1, 3, 9),
        bounds: Tuple[Tuple[str, str, float], ...] = (),
    ) -> None:
        """Begin a study."""
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.levels = levels
        self.objectives = objectives
        self._database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._database.executescript(TABLES)
        (metric, goal), *others = objectives
        plan: Dict[str, Any] = {
            "objective": {"metric": metric, "goal": goal},
            "space": {"parameters": SPACE if space is None else space},
            "scheduler": {"asha": {"_0": {"minResource": levels[0], "maxResource": levels[-1]}}},
            "trials": 100,
        }
        if others:
            plan["others"] = [{"metric": one, "goal": goal} for one, goal in others]
        if bounds:
            plan["bounds"] = [
                {"metric": one, "side": side, "limit": limit} for one, side, limit in bounds
            ]
        self._run("INSERT INTO study VALUES (1, ?, ?, ?)", name, json.dumps({"plan": plan}), BEGAN)
        self.event = 0
        self._kinds: Dict[Tuple[str, ...], int] = {}
        self._assignments = 0

    def _run(self, statement: str, *arguments: Any) -> None:
        """Run a statement."""
        self._database.execute(statement, arguments)

    def trial(self, number: int, /, parent: Optional[int] = None, **configuration: Any) -> None:
        """Begin a trial."""
        self._run(
            "INSERT INTO trials (id, configuration, state, rung, parent) "
            "VALUES (?, ?, 'running', 0, ?)",
            number,
            json.dumps(configuration),
            parent,
        )

    def assign(self, trial: int, rung: int, host: str = "node1", epoch: int = 0) -> int:
        """Give a trial a task that trains it to a rung, and start it; return the assignment."""
        number, self._assignments = self._assignments, self._assignments + 1
        start = self.levels[rung - 1] if rung else 0
        self._run(
            'INSERT INTO assignments (id, trial, rung, "from", "to", reason, token, "index") '
            "VALUES (?, ?, ?, ?, ?, '{}', 'token', ?)",
            number, trial, rung, start, self.levels[rung], trial,
        )  # fmt: skip
        self._run("UPDATE trials SET state = 'running', rung = ? WHERE id = ?", rung, trial)
        self.start(number, epoch, host)
        return number

    def start(self, assignment: int, epoch: int, host: str = "node1") -> None:
        """Start a task, perhaps once more: what earlier starts reported is superseded."""
        self._run("UPDATE reports SET current = 0 WHERE assignment = ?", assignment)
        self._run(
            "INSERT INTO attempts (assignment, epoch, next, task, host, started, used) "
            "VALUES (?, ?, 0, ?, ?, ?, ?)",
            assignment, epoch, f"4821_{assignment}", host, BEGAN + self.event,
            json.dumps({"cpuSeconds": 1.5, "memoryBytes": 1e6}),
        )  # fmt: skip

    def report(
        self, assignment: int, resource: int, /, epoch: int = 0, **metrics: float
    ) -> None:
        """Take in a report."""
        self.event += 1
        self._run("INSERT INTO log VALUES (?, ?, '{}', '0000', '')", self.event, BEGAN + self.event)
        names = tuple(sorted(metrics, key=str.encode))
        kind = self._kinds.get(names)
        if kind is None:
            kind = self._kinds[names] = len(self._kinds) + 1
            self._run("INSERT INTO metric_names VALUES (?, ?)", kind, json.dumps(names))
        self._run(
            "INSERT INTO reports VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
            assignment, epoch, resource, self.event, metrics.get(self.objectives[0][0]), kind,
            struct.pack(f"<{len(names)}d", *(metrics[name] for name in names)),
        )  # fmt: skip

    def checkpoint(self, assignment: int, resource: int, path: str, epoch: int = 0) -> None:
        """Record a checkpoint."""
        self._run(
            "INSERT INTO checkpoints VALUES (?, ?, ?, ?, 10)", assignment, epoch, resource, path
        )

    def end(
        self,
        trial: int,
        assignment: int,
        value: Optional[float],
        state: str = "paused",
        epoch: int = 0,
        ending: Any = None,
        stderr: str = "",
        reason: str = "",
        violation: Optional[float] = None,
    ) -> None:
        """End a trial's assignment with a result."""
        rung, resource = self._database.execute(
            'SELECT rung, "to" FROM assignments WHERE id = ?', (assignment,)
        ).fetchone()
        self._run("UPDATE assignments SET open = 0 WHERE id = ?", assignment)
        self._run(
            "UPDATE attempts SET ended = ?, ending = ?, stderr = ? "
            "WHERE assignment = ? AND epoch = ?",
            BEGAN + self.event + 0.5, json.dumps(ending or "finished"), stderr, assignment, epoch,
        )  # fmt: skip
        self._run(
            "UPDATE trials SET state = ?, resource = ?, value = ?, reason = ? WHERE id = ?",
            state, resource, value, reason, trial,
        )  # fmt: skip
        self._run(
            "INSERT INTO results (rung, trial, resource, value, violation) VALUES (?, ?, ?, ?, ?)",
            rung, trial, resource, value, violation,
        )  # fmt: skip
        if rung:
            self._run(
                "UPDATE results SET promoted = 1 WHERE rung = ? AND trial = ?", rung - 1, trial
            )

    def finish(self, outcome: Any = None) -> None:
        """End the study."""
        self._run(
            "INSERT INTO outcome VALUES (1, ?, ?)",
            json.dumps(outcome or {"completed": {}}),
            BEGAN + self.event + 1,
        )

    def publish(self) -> Path:
        """Publish a snapshot as the controller does: by rename; return the study's directory."""
        database = self._database
        database.execute("DELETE FROM rungs")
        database.execute("DELETE FROM trial_counts")
        database.execute(
            "INSERT INTO trial_counts SELECT state, count(*) FROM trials GROUP BY state"
        )
        database.execute(
            "INSERT INTO rungs (rung, results, promoted) "
            "SELECT rung, count(*), sum(promoted) FROM results GROUP BY rung"
        )
        for which, order in (("lowest", "r.value"), ("highest", "-r.value")):
            first = (
                "FROM results r WHERE r.rung = rungs.rung AND r.value IS NOT NULL "
                f"ORDER BY coalesce(r.violation, 0), {order}, r.trial LIMIT 1"
            )
            database.execute(
                f"UPDATE rungs SET {which} = (SELECT r.value {first}), "
                f"{which}_trial = (SELECT r.trial {first})"
            )
        temporary = self.directory / "snapshot.db.tmp"
        if temporary.exists():
            temporary.unlink()
        copy = sqlite3.connect(str(temporary))
        database.backup(copy)
        copy.close()
        os.replace(temporary, self.directory / "snapshot.db")
        return self.directory


def asha(maker: StudyMaker, trials: int) -> None:
    """Fill a study: each third trial is promoted; number 1 fails, number 2 diverges."""
    for trial in range(trials):
        configuration: Dict[str, Any] = {
            "lr": 0.1 / (1 + trial), "hidden": 16 + trial % 240, "optimizer": "adam"
        }  # fmt: skip
        if trial % 2:
            configuration.update(optimizer="sgd", momentum=0.5)
        maker.trial(trial, **configuration)
    top = len(maker.levels) - 1
    for rung, level in enumerate(maker.levels):
        for trial in range(0, trials, 3**rung):
            if rung and trial in (1, 2):
                continue
            first = maker.levels[rung - 1] + 1 if rung else 1
            work = maker.assign(trial, rung)
            if trial == 1:
                maker.end(
                    trial, work, None, "failed", ending=["exited", 1],
                    stderr="Traceback\nValueError: no", reason="exit code 1 (last words: no)",
                )  # fmt: skip
                continue
            loss = 0.0
            for resource in range(first, level + 1):
                loss = (1 + trial % 7) / (resource + 0.25)
                if trial == 2:
                    maker.report(work, resource, accuracy=0.5)
                else:
                    maker.report(work, resource, val_loss=loss, accuracy=1 - loss / 10)
            maker.checkpoint(work, level, f"trials/{trial}/{level}")
            if trial == 2:
                maker.end(trial, work, None, "diverged", reason="val_loss is nan at 1")
            else:
                maker.end(trial, work, loss, "completed" if rung == top else "paused")
