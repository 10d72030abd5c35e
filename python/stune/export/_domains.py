"""The domains of parameters, as tools that have fewer kinds of them take them."""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, Optional, Tuple

# So many standard deviations from the mean, a double has nothing left to draw.
_FARTHEST = 9.0


def case(domain: Dict[str, Any]) -> Tuple[str, Any]:
    """Return the name of a domain, such as `float`, and its details."""
    ((name, details),) = domain.items()
    return name, details


def values(domain: Dict[str, Any]) -> Optional[List[Any]]:
    """Return the values of a domain that lists them."""
    name, details = case(domain)
    if name in ("choice", "ordinal"):
        listed: List[Any] = details["_0"]
        return listed
    return [details["_0"]] if name == "constant" else None


def kind(domain: Dict[str, Any]) -> str:
    """Return what the values are: `number`, `flag` (truth values), or `text` for all others."""
    listed = values(domain)
    if listed is None:
        return "number"
    if all(isinstance(value, bool) for value in listed):
        return "flag"
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in listed):
        return "number"
    return "text"


def as_text(value: Any) -> str:
    """Return a value as text: a text as it is, others as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def bounds(domain: Dict[str, Any]) -> Optional[Tuple[float, float]]:
    """Return the least and the greatest value of numbers; None where values are listed.

    A normal distribution without a bound ends 9 standard deviations from its mean.
    """
    name, details = case(domain)
    if name in ("float", "int"):
        return details["min"], details["max"]
    if name in ("normal", "lognormal"):
        ends = [details["mean"] + sign * _FARTHEST * details["sd"] for sign in (-1, 1)]
        if name == "lognormal":
            ends = [max(math.exp(max(end, -700.0)), 1e-300) if end < 700 else 1e300 for end in ends]
        low, high = details.get("min"), details.get("max")
        return ends[0] if low is None else low, ends[1] if high is None else high
    return None
