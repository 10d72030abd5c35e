"""A directory of trackio: a project for the study, a run for each trial."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict

from stune._opened import OpenedStudy
from stune.export._formats import Exporter, ExportError, curves, identity, settled
from stune.export._place import Place


class Export(Exporter):
    """The database that `trackio show` opens, with TRACKIO_DIR set to the directory.

    Each report has an identity of its own in trackio, which takes it only once.
    """

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the directory. trackio has one for each process, from its import on."""
        self._place = Place(Path(to).absolute(), "trackio", study, shared=True)
        own = str(self._place.path)
        known = sys.modules.get("trackio.utils")
        if known is not None and str(known.TRACKIO_DIR) != own:
            self.close()
            raise ExportError(
                f"trackio was imported before, with TRACKIO_DIR={known.TRACKIO_DIR}: export to "
                "that directory, or in a process of its own"
            )
        os.environ["TRACKIO_DIR"] = own
        from trackio.sqlite_storage import SQLiteStorage

        self._storage: Any = SQLiteStorage
        self._identity = identity(study)
        self._project = study.name
        self._last_event = 0
        self._last: Dict[int, int] = {}

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write the reports that are new."""
        from stune import _tables

        reports = _tables.reports(study.snapshot, after=self._last_event)
        new = curves(reports, self._last)
        for trial in settled(study, final):
            points = new.get(trial.number)
            if not points:
                continue
            self._storage.bulk_log(
                self._project,
                f"trial {trial.number}",
                [point.metrics for point in points],
                steps=[point.resource for point in points],
                timestamps=[
                    datetime.fromtimestamp(point.time, tz=timezone.utc).isoformat()
                    for point in points
                ],
                config={**trial.parameters, "stune.trial": trial.number},
                log_ids=[f"{self._identity}-{trial.number}-{point.resource}" for point in points],
                run_id=f"{self._identity}-{trial.number}",
            )
        if len(reports):
            self._last_event = reports.raw("event")[-1]

    def close(self) -> None:
        """Close the directory."""
        self._place.close()
