"""The directory or store that an export goes into: written by one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
import re
from pathlib import Path
from typing import IO, Any, Callable, Optional

from stune._opened import OpenedStudy
from stune.export._formats import ExportError, identity

_MARK = ".stune-export"
# The file of a database, as SQLAlchemy names it.
_SQLITE = re.compile(r"sqlite(?:\+\w+)?:///([^?]+)")


class Place:
    """A directory with a mark of whose export it has. The mark is locked while it is written to."""

    def __init__(self, path: Path, format: str, study: OpenedStudy, shared: bool = False) -> None:
        """Make or open the directory.

        Args:
            path: the directory.
            format: the name of the format.
            study: whose export it is.
            shared: whether several studies may go into one directory.

        Raises:
            ExportError: another study or format is there, or another process writes to it.
        """
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        name = f"{_MARK}-{identity(study)}" if shared else _MARK
        mark = path / f"{name}.json"
        self._lock = locked(path / f"{name}.lock")
        try:
            _claim(mark, format, study, shared)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let other processes write."""
        self._lock.close()


def _claim(mark: Path, format: str, study: OpenedStudy, shared: bool) -> None:
    """Mark a directory that is empty as this study's, or see that it is."""
    content = {"format": format, "study": study.name, "identity": identity(study)}
    if not mark.exists():
        others = [one.name for one in mark.parent.iterdir() if not one.name.startswith(".")]
        if others and not shared:
            raise ExportError(
                f"{mark.parent} has files that are not of an export, such as {others[0]!r}; name a "
                "directory that is empty or not there yet with --to"
            )
        replace(mark, lambda file: file.write(json.dumps(content).encode()))
        return
    found = json.loads(mark.read_text())
    if found != content:
        raise ExportError(
            f"{mark.parent} has another export already, {found['format']} of the study "
            f"{found['study']!r}; name another directory with --to"
        )


class Store:
    """A store that may have several studies: a URL, or the path of a file or directory.

    One of this machine is locked while it is written to.

    Attributes:
        path: the database's file or the path; None: the store is elsewhere.
        is_sqlite: whether it is a database of SQLite.
    """

    def __init__(self, to: str) -> None:
        """Lock the store, whose directory is made.

        Raises:
            ExportError: another process writes to it.
        """
        found = _SQLITE.match(to)
        self.is_sqlite = found is not None
        self.path: Optional[Path] = None
        self._lock: Optional[IO[bytes]] = None
        if found is not None:
            self.path = Path(found[1])
        elif "://" not in to:
            self.path = Path(to)
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = locked(Path(f"{self.path}.stune-lock"))

    def close(self) -> None:
        """Let other processes write."""
        if self._lock is not None:
            self._lock.close()


def locked(path: Path) -> "IO[bytes]":
    """Open a file and lock it until it is closed.

    Raises:
        ExportError: another process has it.
    """
    file = open(path, "ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise ExportError(f"another export writes to {path.parent}; end it first") from None
    except OSError:
        pass  # A file system without locks: the user sees to it that there is one export.
    return file


def replace(path: Path, write: Callable[["IO[bytes]"], Any]) -> None:
    """Write a file whole: into a temporary one beside it, which then takes its name."""
    temporary = path.with_name(f".{path.name}.tmp")
    with open(temporary, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
