"""CSV files (RFC 4180) whose cells no spreadsheet takes for formulas."""

from __future__ import annotations

import math
import re
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List

from stune._literal import spelt
from stune.export._rows import RowsExport

# What spreadsheets take for the beginning of a formula, also in its full-width form.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


class Export(RowsExport):
    """`trials.csv`, `reports.csv` and `attempts.csv`."""

    format = "csv"
    event = re.compile(rb"^(\d+),")

    def head(self, columns: List[str]) -> bytes:
        """Return the header."""
        return (",".join(map(text, columns)) + "\r\n").encode("utf-8", "backslashreplace")

    def line(self, columns: List[str], times: "frozenset[str]") -> Callable[[Dict[str, Any]], str]:
        """Return what makes a row into a line."""
        kinds = [(name, moment if name in times else cell) for name in columns]
        return lambda row: ",".join([kind(row[name]) for name, kind in kinds]) + "\r\n"


def cell(value: Any) -> str:
    """Return a value as a cell: nothing for None and NaN."""
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else text(str(value))


def text(value: str) -> str:
    """Return a text as a cell.

    Control characters, line breaks and marks of direction are spelt out. An apostrophe goes before
    what a spreadsheet would take for a formula.
    """
    value = spelt(value)
    if value.lstrip().startswith(_FORMULA):
        value = "'" + value
    if '"' in value or "," in value or value != value.strip():
        return '"' + value.replace('"', '""') + '"'
    return value


def moment(seconds: Any) -> str:
    """Return a time as ISO 8601 in UTC, to the millisecond."""
    if seconds is None or math.isnan(seconds):
        return ""
    whole = datetime.fromtimestamp(round(seconds * 1000) // 1000, tz=timezone.utc)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{round(seconds * 1000) % 1000:03}Z"
