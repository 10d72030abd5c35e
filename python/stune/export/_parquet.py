"""Parquet files, with pyarrow: written whole whenever there is something new."""

from __future__ import annotations

import json
import math
from array import array
from pathlib import Path
from typing import Any, List

from stune._opened import OpenedStudy
from stune._table import Table
from stune.export._formats import Exporter
from stune.export._place import Place, replace


class Export(Exporter):
    """`trials.parquet`, `reports.parquet` and `attempts.parquet`."""

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the directory."""
        self._place = Place(Path(to), "parquet", study)

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write all files whole: a reader sees the last state or the one before."""
        import pyarrow.parquet

        for name in ("trials", "attempts", "reports"):
            table = arrow(getattr(study, name))
            replace(
                self._place.path / f"{name}.parquet",
                lambda file, table=table: pyarrow.parquet.write_table(table, file),  # type: ignore
            )

    def close(self) -> None:
        """Close the directory."""
        self._place.close()


def arrow(table: Table) -> Any:
    """Return a table of pyarrow. NaN is null; a parameter with values of several kinds is text."""
    import pyarrow

    columns = {}
    for name in table.columns:
        values = table.raw(name)
        if name in table.times:
            moments = [
                None if one is None or math.isnan(one) else round(one * 1e6) for one in values
            ]
            columns[name] = pyarrow.array(moments, pyarrow.timestamp("us", tz="UTC"))
        elif name in table.flags:
            columns[name] = pyarrow.array([bool(one) for one in values], pyarrow.bool_())
        elif isinstance(values, array):
            kind = pyarrow.float64() if values.typecode == "d" else pyarrow.int64()
            columns[name] = pyarrow.array(values, kind, from_pandas=True)
        elif name in table.reals:
            columns[name] = pyarrow.array(values, pyarrow.float64(), from_pandas=True)
        elif name in table.wholes:
            columns[name] = pyarrow.array(values, pyarrow.int64())
        else:
            columns[name] = _mixed(values)
    return pyarrow.table(columns)


def _mixed(values: List[Any]) -> Any:
    """Return an array of values whose kind is not known before."""
    import pyarrow

    kinds = {type(one) for one in values if one is not None}
    if kinds == {int, float}:
        return pyarrow.array([None if one is None else float(one) for one in values])
    if not kinds:
        return pyarrow.array(values, pyarrow.string())
    if len(kinds) > 1:
        return pyarrow.array([None if one is None else _as_text(one) for one in values])
    if kinds == {str}:
        values = [None if one is None else _as_text(one) for one in values]
    return pyarrow.array(values)


def _as_text(value: Any) -> str:
    """Return a value as text that UTF-8 can hold."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "backslashreplace").decode()
