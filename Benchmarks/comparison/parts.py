# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured of stune alone: figures, each with what is wanted of it."""
import dataclasses
import math
import pathlib
from typing import Callable, Dict, List, Optional


@dataclasses.dataclass(frozen=True)
class Figure:
    """One line of a part's table; without a wish where it is there for comparison."""

    what: str
    text: str
    wanted: str = "–"
    is_met: Optional[bool] = None


@dataclasses.dataclass(frozen=True)
class Result:
    """What came out of a part: its figures, Markdown that follows their table, and files beside it, by name."""

    figures: List[Figure]
    text: str = ""
    files: Dict[str, pathlib.Path] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Part:
    """One section of the report. It is measured once, after the rounds."""

    name: str  # for ONLY=
    title: str
    note: str  # what is measured, and how
    measure: Callable  # (new directory, whether only to try it out) -> Result


def under(what, value, bound, unit="", digits=1):
    """A figure that is to be less than the bound."""
    return _judged(what, value, f"< {bound:,}{unit}", value is not None and value < bound, unit, digits)


def at_most(what, value, bound, unit="", digits=1):
    """A figure that may be the bound, and not more."""
    return _judged(what, value, f"≤ {bound:,}{unit}", value is not None and value <= bound, unit, digits)


def at_least(what, value, bound, unit="", digits=1):
    """A figure that may be the bound, and not less."""
    return _judged(what, value, f"≥ {bound:,}{unit}", value is not None and value >= bound, unit, digits)


def beside(what, value, unit="", digits=1):
    """A figure that nothing is wanted of."""
    return Figure(what, number(value, unit, digits))


def number(value, unit="", digits=1):
    """A number for the report; a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}{unit}"


def percentile(values, share):
    """The value that this share of the values does not exceed; None of none."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None


def table(heads, lines):
    """A table; all but the first column to the right."""
    lines = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    rule = ["---", *("--:" for _ in heads[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, rule, *lines)) + "\n"


def _judged(what, value, wanted, is_met, unit, digits):
    # Judged as it stands in the table would be wrong: 19.96 is 20.0 there, and under 20.
    return Figure(what, number(value, unit, digits), wanted, is_met)
