"""The file that the worker appends its answers to, for a trial that waits at its target."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple, Optional

# Longer than any worker waits for its controller: only one that is gone lets a trial wait so long.
_PATIENCE = 2 * 3600.0
_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.25


class Answer(NamedTuple):
    """What a trial is told: to train on to a resource, or to leave, perhaps after saving."""

    to: Optional[int]
    save: bool


def wait(path: Path, resource: int) -> Answer:
    """Wait for the answer to the report of a resource.

    Without one (the worker is gone) the trial is to save and leave.
    """
    end = time.monotonic() + _PATIENCE
    pause = _FIRST_PAUSE
    while time.monotonic() < end:
        answer = _find(path, resource)
        if answer is not None:
            return answer
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
    return Answer(to=None, save=True)


def _find(path: Path, resource: int) -> Optional[Answer]:
    """Return the answer at a resource, None while it is not there."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return None
    # What follows the last line's end is still on its way.
    for line in reversed(lines[:-1]):
        content = json.loads(line)
        if content["resource"] == resource:
            return Answer(to=content.get("to"), save=bool(content.get("save", False)))
    return None
