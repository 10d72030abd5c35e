"""Files of JSON lines: an object a row, what is not known is null."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Callable, Dict, List

from stune.export._rows import RowsExport


class Export(RowsExport):
    """`trials.jsonl`, `reports.jsonl` and `attempts.jsonl`."""

    format = "jsonl"
    event = re.compile(rb'^{"event": (\d+),')

    def head(self, columns: List[str]) -> bytes:
        """Return nothing: the rows name their columns."""
        return b""

    def line(self, columns: List[str], times: "frozenset[str]") -> Callable[[Dict[str, Any]], str]:
        """Return what makes a row into a line."""

        def line(row: Dict[str, Any]) -> str:
            """Write a row; JSON has no NaN."""
            plain = {
                name: None if isinstance(value, float) and not math.isfinite(value) else value
                for name, value in row.items()
            }
            return json.dumps(plain, allow_nan=False) + "\n"

        return line
