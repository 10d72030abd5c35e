"""The progress of a study that runs, in a notebook; elsewhere nothing is shown."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Optional, Type

from stune._opened import NotAStudy, open_study

_SECONDS = 2.0


class Progress:
    """Shows a study again and again in one place of a notebook."""

    def __init__(self, directory: Path) -> None:
        """Show the study in this directory, once it has begun."""
        self._directory = directory
        self._place: Any = None
        self._notebook: Any = None

    @property
    def is_shown(self) -> bool:
        """Whether this is a notebook."""
        return self._place is not None

    def __enter__(self) -> "Progress":
        """Make the place, in a notebook."""
        ipython = sys.modules.get("IPython")
        if ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None:
            self._notebook = importlib.import_module("IPython.display")
            page = self._notebook.HTML("<p>starting …</p>")
            self._place = self._notebook.display(page, display_id=True)
        return self

    def wait(self, process: "subprocess.Popen[Any]") -> None:
        """Wait until a process has ended, and show the study meanwhile and afterwards."""
        while True:
            try:
                process.wait(_SECONDS if self._place is not None else None)
            except subprocess.TimeoutExpired:
                self.show()
                continue
            self.show()
            return

    def show(self) -> None:
        """Show the study as it is now."""
        if self._place is None:
            return
        try:
            page = open_study(self._directory)._repr_html_()
            self._place.update(self._notebook.HTML(page))
        except NotAStudy:
            return  # It begins within seconds.

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        """Leave what is shown."""
