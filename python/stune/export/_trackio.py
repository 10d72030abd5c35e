"""A directory of trackio: a project for the study, a run for each trial."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from stune._opened import OpenedStudy
from stune.export._curves import News, keyed, settled
from stune.export._formats import Exporter, ExportError, identity
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
        self._news = News()

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write the reports that are new."""
        new = self._news.take(study)
        for trial in settled(study, final):
            points = new.get(trial.number)
            if not points:
                continue
            self._storage.bulk_log(
                self._project,
                f"trial {trial.number}",
                [
                    {_key(name): value for name, value in point.metrics.items()}
                    for point in points
                ],
                steps=[point.resource for point in points],
                timestamps=[
                    datetime.fromtimestamp(point.time, tz=timezone.utc).isoformat()
                    for point in points
                ],
                # A key of trackio's own begins with an underscore.
                config=keyed(trial, [name for name in trial.parameters if name.startswith("_")]),
                log_ids=[f"{self._identity}-{trial.number}-{point.resource}" for point in points],
                run_id=f"{self._identity}-{trial.number}",
            )

    def close(self) -> None:
        """Close the directory."""
        self._place.close()


def _key(name: str) -> str:
    """Return the name of a metric as `trackio.log` changes it: trackio's own keys are reserved."""
    from trackio.utils import RESERVED_KEYS

    return f"__{name}" if name in RESERVED_KEYS or name.startswith("__") else name
