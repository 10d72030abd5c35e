"""Trials, reports and attempts as rows of text: rewritten whole, or reports appended."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO, Any, Callable, Dict, List, Optional, Tuple

from stune import _tables
from stune._opened import OpenedStudy
from stune._table import Table
from stune.export._formats import Exporter
from stune.export._place import Place, replace

_ROWS_AT_ONCE = 10_000
_TAIL = 1 << 20


class RowsExport(Exporter):
    """Three files with a row a line. A subclass says how a line looks.

    While the study is followed, new reports are appended. How far the file has come is read from
    its own last line, so a kill loses nothing and repeats nothing. At the end all files are written
    once more, whole, and are then the same as without following.
    """

    format = ""
    # Finds the number of the event in a line.
    event = re.compile(rb"")

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the directory."""
        self._place = Place(Path(to), self.format, study)
        self._last: Optional[int] = None
        self._head = b""

    def head(self, columns: List[str]) -> bytes:
        """Return what the file begins with."""
        raise NotImplementedError

    def line(self, columns: List[str], times: "frozenset[str]") -> Callable[[Dict[str, Any]], str]:
        """Return what makes a row into a line."""
        raise NotImplementedError

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write what is new."""
        self._write("trials", study.trials)
        self._write("attempts", study.attempts)
        if final:
            self._write("reports", study.reports)
        else:
            self._append(study)

    def close(self) -> None:
        """Close the directory."""
        self._place.close()

    def _path(self, name: str) -> Path:
        """Return the path of a file."""
        return self._place.path / f"{name}.{self.format}"

    def _write(self, name: str, table: Table) -> None:
        """Write a table whole."""

        def write(file: "IO[bytes]") -> None:
            """Write all rows."""
            file.write(self.head(table.columns))
            self._write_rows(table, file)

        replace(self._path(name), write)

    def _write_rows(self, table: Table, file: "IO[bytes]") -> None:
        """Write the rows of a table."""
        line = self.line(table.columns, frozenset(table.times))
        for first in range(0, len(table), _ROWS_AT_ONCE):
            rows = table[first : first + _ROWS_AT_ONCE]
            file.write("".join(map(line, rows)).encode("utf-8", "backslashreplace"))

    def _append(self, study: OpenedStudy) -> None:
        """Append the reports that are new."""
        path = self._path("reports")
        if self._last is None:
            self._last, self._head = self._come_so_far(path)
        table = _tables.reports(study.snapshot, after=self._last)
        if not len(table) and self._last:
            return
        if self._last == 0 or not self._head.startswith(self.head(table.columns)):
            # A metric that none of the earlier reports had needs a column in all of them.
            table = _tables.reports(study.snapshot)
            self._write("reports", table)
            self._head = self.head(table.columns)
        else:
            with open(path, "ab") as file:
                self._write_rows(table, file)
                file.flush()
                os.fsync(file.fileno())
        if len(table):
            self._last = table.raw("event")[-1]

    def _come_so_far(self, path: Path) -> Tuple[int, bytes]:
        """Return the event of the last whole line, and the first line; cut what follows it."""
        try:
            file = open(path, "r+b")
        except FileNotFoundError:
            return 0, b""
        with file:
            head = file.readline()
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            tail = file.read()
            whole = tail[: tail.rfind(b"\n") + 1]
            file.truncate(size - len(tail) + len(whole))
            found = self.event.search(whole[whole.rfind(b"\n", 0, -1) + 1 :])
            return (int(found.group(1)) if found else 0), head
