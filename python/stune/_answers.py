"""The file that the worker appends its answers to, for a trial that waits at its target."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, NamedTuple, Optional

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
    content = _line(path, lambda content: content.get("resource") == resource)
    if content is None:
        return Answer(to=None, save=True)
    return Answer(to=content.get("to"), save=bool(content.get("save", False)))


def wait_for_more(path: Path) -> Optional[Dict[str, str]]:
    """Wait for the environment of another trial; None: there is none, or the worker is gone."""
    content = _line(path, lambda content: "next" in content)
    return None if content is None else content["next"]


def _line(path: Path, is_meant: Callable[[Dict[str, Any]], bool]) -> Optional[Dict[str, Any]]:
    """Wait for a line and return its content; None: it has not come for hours."""
    end = time.monotonic() + _PATIENCE
    pause = _FIRST_PAUSE
    while time.monotonic() < end:
        for content in _contents(path):
            if is_meant(content):
                return content
        time.sleep(pause)
        # Longer by a fifth each time: what comes soon is seen soon.
        pause = min(pause * 1.2, _LONGEST_PAUSE)
    return None


def _contents(path: Path) -> Iterator[Dict[str, Any]]:
    """Go through the lines that are there, the newest first."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    # What follows the last line's end is still on its way.
    for line in reversed(lines[:-1]):
        yield json.loads(line)
