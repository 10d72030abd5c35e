"""The file of the worker's answers, for the trials of a process that wait at their target."""

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


class Answers:
    """The answers to the trials of one process, each read once, in their order."""

    def __init__(self, path: Path) -> None:
        """Begin before the first answer of the file, which need not be there yet."""
        self.path = path
        self._offset = 0

    def wait(self, attempt: Optional[str], resource: int) -> Answer:
        """Wait for the answer to an attempt's report of a resource.

        Without one (the worker is gone) the trial is to save and leave.
        """
        content = self._line(attempt, lambda content: content.get("resource") == resource)
        if content is None:
            return Answer(to=None, save=True)
        return Answer(to=content.get("to"), save=bool(content.get("save", False)))

    def wait_for_more(self, attempt: Optional[str]) -> Optional[Dict[str, str]]:
        """Wait for what follows an attempt: the environment of another trial.

        Returns:
            The variables; None: there is no other trial, or the worker is gone.
        """
        content = self._line(attempt, lambda content: "next" in content)
        return None if content is None else content["next"]

    def _line(
        self, attempt: Optional[str], is_meant: Callable[[Dict[str, Any]], bool]
    ) -> Optional[Dict[str, Any]]:
        """Wait for a line and return its content; None: it has not come for hours."""
        end = time.monotonic() + _PATIENCE
        pause = _FIRST_PAUSE
        while time.monotonic() < end:
            for content in self._contents():
                if content.get("attempt") == attempt and is_meant(content):
                    return content
            time.sleep(pause)
            # Longer by a fifth each time: what comes soon is seen soon.
            pause = min(pause * 1.2, _LONGEST_PAUSE)
        return None

    def _contents(self) -> Iterator[Dict[str, Any]]:
        """Go through the lines that were not read yet."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                lines = file.read().splitlines(keepends=True)
        except FileNotFoundError:
            return
        for line in lines:
            # What follows the last line's end is still on its way.
            if not line.endswith(b"\n"):
                return
            self._offset += len(line)
            yield json.loads(line)
