"""Writes a study file: YAML, a section a line, a parameter a line."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Mapping

# Words that YAML reads as they stand; true, no, null and the like are none.
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def text(sections: Mapping[str, Any], imported: str) -> str:
    """Return a study file.

    Args:
        sections: the sections by name.
        imported: sections that are text already.

    Raises:
        TypeError: a value is nothing that YAML has.
        ValueError: a number is not finite.
    """
    lines = ["# Written by stune.Study."]
    for name, value in sections.items():
        if name == "parameters" and value:
            lines.append("parameters:")
            lines += [f"  {flow(one)}: {flow(domain)}" for one, domain in value.items()]
        else:
            lines.append(f"{flow(name)}: {flow(value)}")
    return "\n".join(lines) + "\n" + imported


def flow(value: Any) -> str:
    """Return a value in YAML's flow style."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        if _WORD.fullmatch(value) and value.lower() not in _SPECIAL:
            return value
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{flow(str(name))}: {flow(one)}" for name, one in value.items())
        return "{" + inside + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return _number(value)


def _number(value: Any) -> str:
    """Return a number, also one of numpy. YAML wants a point before an exponent."""
    if isinstance(value, int) or hasattr(value, "__index__"):
        return str(int(value))
    if not hasattr(value, "__float__"):
        raise TypeError(f"{value!r} cannot stand in a study file")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} cannot stand in a study file")
    plain = repr(number)
    if "e" in plain and "." not in plain:
        plain = plain.replace("e", ".0e")
    return plain
