# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the second table: how many reports a second each storage takes in, no Slurm needed."""
import dataclasses
from typing import Callable

from comparison import scale
from comparison.machine import PEERS, SLOTS, peers_environment
from comparison.processes import run
from comparison.rows import told

SECONDS = 5


@dataclasses.dataclass(frozen=True)
class IngestRow:
    """One line of the table; its measure returns reports a second."""

    name: str
    label: str
    is_peer: bool
    note: str
    measure: Callable  # (new directory) -> reports a second


def optuna(kind, writers):
    def measure(place):
        log, result = place / "log", place / "result"
        program = ["python", PEERS / "optuna_ingest.py", kind, writers, SECONDS, place, result]
        run(program, log, 120, peers_environment())
        facts = told(result, log)
        return facts["reports"] / facts["seconds"]

    return measure


def ingest():
    """All rows, in the order of the table and of each round."""
    storages = [("journal", "journal file"), ("sqlite", "SQLite")]
    return [
        *(
            IngestRow(
                f"ingest-stune-{count}", f"stune: the controller takes in letters of {reports}", False,
                f"`bench-controller ingest`: from letters of 1,000 tasks in the inbox, which lie there already, to "
                f"committed rows of the store; {reports} in each letter. A worker puts what is reported within a "
                f"tenth of a second into one letter.", scale.ingest(count))
            for count, reports in ((1, "1 report"), (10, "10 reports"))
        ),
        *(
            IngestRow(
                f"ingest-optuna-{kind}-{writers}", f"Optuna, {name}, `trial.report` by {writers}", True,
                f"{writers} {'process calls' if writers == 1 else 'processes call'} `trial.report` for "
                f"{SECONDS} s.", optuna(kind, writers))
            for kind, name in storages
            for writers in (1, SLOTS)
        ),
    ]
