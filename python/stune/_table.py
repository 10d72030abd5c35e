"""A table that is kept in columns and read by rows: small in memory, and a data frame if asked."""

from __future__ import annotations

from array import array
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple, Union, overload

from stune import _html

Column = Union["array[int]", "array[float]", List[Any]]

_SHOWN = 20


class Table(Sequence[Dict[str, Any]]):
    """Rows with the same columns.

    `table[0]` is a row as a dictionary, `table["lr"]` a column as a list, `len(table)` the number
    of rows; `for row in table` goes through them. What is not known is None, and a metric that a
    report does not have is NaN.
    """

    def __init__(
        self,
        columns: Mapping[str, Column],
        times: Sequence[str] = (),
        wholes: Sequence[str] = (),
        flags: Sequence[str] = (),
        reals: Sequence[str] = (),
        metrics: Sequence[Tuple[str, str]] = (),
        parameters: Sequence[Tuple[str, str]] = (),
    ) -> None:
        """Take columns of one length.

        Args:
            columns: the values by column.
            times: the columns with seconds since 1970, which become moments in a data frame.
            wholes: the columns with whole numbers that may be missing.
            flags: the columns with truth values, kept as 0 and 1.
            reals: the columns with real numbers that may be missing.
            metrics: the metrics, each with its column.
            parameters: the parameters, each with its column.
        """
        self._columns = dict(columns)
        self.times, self.wholes = frozenset(times), frozenset(wholes)
        self.reals, self.flags = frozenset(reals), frozenset(flags)
        self._metrics, self._parameters = dict(metrics), dict(parameters)

    @property
    def columns(self) -> List[str]:
        """The names of the columns."""
        return list(self._columns)

    @property
    def metrics(self) -> Dict[str, str]:
        """The column of each metric, which has another name if stune has a column of that name."""
        return dict(self._metrics)

    @property
    def parameters(self) -> Dict[str, str]:
        """The column of each parameter, which has another name if stune or a metric has it."""
        return dict(self._parameters)

    def metric(self, name: str) -> List[Any]:
        """Return the column of a metric.

        Raises:
            KeyError: the study has no such metric.
        """
        return self[_column("metric", name, self._metrics)]

    def parameter(self, name: str) -> List[Any]:
        """Return the column of a parameter.

        Raises:
            KeyError: the study has no such parameter.
        """
        return self[_column("parameter", name, self._parameters)]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    @overload
    def __getitem__(self, which: int) -> Dict[str, Any]: ...

    @overload
    def __getitem__(self, which: slice) -> "List[Dict[str, Any]]": ...

    @overload
    def __getitem__(self, which: str) -> List[Any]: ...

    def __getitem__(self, which: Any) -> Any:
        """Return a row by its place, some rows by a slice, or a column by its name."""
        if isinstance(which, str):
            if which not in self._columns:
                raise KeyError(f"no column {which!r}; there is: {', '.join(self._columns)}")
            values = list(self._columns[which])
            return [bool(value) for value in values] if which in self.flags else values
        if isinstance(which, slice):
            return [self._row(place) for place in range(*which.indices(len(self)))]
        place = which + len(self) if which < 0 else which
        if not 0 <= place < len(self):
            raise IndexError(f"no row {which}: the table has {len(self)}")
        return self._row(place)

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        """Go through the rows."""
        return (self._row(place) for place in range(len(self)))

    def _row(self, place: int) -> Dict[str, Any]:
        """Return a row."""
        return {
            name: bool(column[place]) if name in self.flags else column[place]
            for name, column in self._columns.items()
        }

    def raw(self, name: str) -> Any:
        """Return a column as it is kept: not to be changed."""
        return self._columns[name]

    def to_dicts(self) -> List[Dict[str, Any]]:
        """Return all rows."""
        return list(self)

    def to_pandas(self) -> Any:
        """Return a pandas data frame; `pip install 'stune[analysis]'` brings pandas.

        Times are moments in UTC; whole numbers that may be missing are of pandas' type Int64.
        """
        import numpy
        import pandas

        frame: Dict[str, Any] = {}
        for name, column in self._columns.items():
            if name in self.times:
                seconds = pandas.Series(column, dtype="float64")
                frame[name] = pandas.to_datetime(seconds, unit="s", utc=True)
            elif name in self.wholes:
                frame[name] = pandas.array(column, dtype="Int64")
            elif name in self.reals:
                frame[name] = pandas.Series(column, dtype="float64")
            elif isinstance(column, array):
                values = numpy.array(column)
                frame[name] = values.astype(bool) if name in self.flags else values
            else:
                frame[name] = pandas.Series(column, dtype=object).infer_objects()
        return pandas.DataFrame(frame)

    @property
    def df(self) -> Any:
        """The same as `to_pandas()`."""
        return self.to_pandas()

    def __repr__(self) -> str:
        """Return the size and the columns."""
        return f"<stune table: {len(self)} rows of {', '.join(map(repr, self._columns))}>"

    def _repr_html_(self) -> str:
        """Return the first rows for a notebook; every value is shown literally."""
        rows = [list(row.values()) for row in self[:_SHOWN]]
        rest = len(self) - len(rows)
        more = f"<p>and {rest} more rows</p>" if rest > 0 else ""
        return _html.table(self.columns, rows) + more


def _column(what: str, name: str, columns: Mapping[str, str]) -> str:
    """Return the column of a metric or a parameter."""
    if name not in columns:
        raise KeyError(f"no {what} {name!r}; there is: {', '.join(columns) or 'none'}")
    return columns[name]
