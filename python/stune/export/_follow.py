"""Export once, or follow a study until it is over."""

from __future__ import annotations

import os
import time
from typing import Optional, Union

from stune._opened import OpenedStudy, open_study
from stune.export._formats import FORMATS, ExportError, load

# Of its time, following spends at most this share on writing what is new.
_SHARE = 0.1


def export(
    format: str,
    study: "Union[str, os.PathLike[str], OpenedStudy]",
    to: Optional[str] = None,
    follow: bool = False,
    interval: float = 2.0,
) -> str:
    """Export a study.

    Args:
        format: a key of `FORMATS`.
        study: the study's directory, or a study that `stune.open` has opened.
        to: where to write; None: a place named after the study in the current directory.
        follow: whether to add what is new until the study is over.
        interval: how many seconds to wait at least before the next look.

    Returns:
        Where it was written.

    Raises:
        ExportError: it cannot be done: why, and what to do.
        NotAStudy: there is no study.
    """
    opened = study if isinstance(study, OpenedStudy) else open_study(study)
    exporter_class = load(format)
    place = to or FORMATS[format].to.format(name=_file_name(opened.name))
    exporter = exporter_class(opened, place)
    try:
        while True:
            begin = time.monotonic()
            state = opened.frozen()
            is_over = state.is_over
            exporter.update(state, final=is_over or not follow)
            if is_over or not follow:
                return place
            _wait_for_news(opened, state, max(interval, (time.monotonic() - begin) / _SHARE))
    finally:
        exporter.close()


def _wait_for_news(opened: OpenedStudy, state: OpenedStudy, seconds: float) -> None:
    """Wait so long at least, and until there is another snapshot."""
    time.sleep(seconds)
    while opened.mark == state.mark:
        time.sleep(min(seconds, 1.0))


def _file_name(name: str) -> str:
    """Return a name for files: letters, digits and some marks of the study's name."""
    kept = "".join(one if one.isalnum() or one in "-_." else "_" for one in name)
    return kept.lstrip(".-") or "study"


__all__ = ["ExportError", "export"]
