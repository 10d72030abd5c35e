"""Values from outside as text for people: literal, whatever they contain."""

from __future__ import annotations

import html
from typing import Any


def shown(value: Any) -> str:
    """Return a value for people: short numbers, nothing for None."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def escaped(text: str) -> str:
    """Return text for HTML, literally: control characters and marks of direction are spelt out."""
    return html.escape(spelt(text))


def spelt(text: str) -> str:
    """Return text in which characters that would not be seen are spelt out, such as `\\x1b`."""
    return "".join(one if one.isprintable() else _escape(one) for one in text)


def _escape(character: str) -> str:
    """Return a character as Python's string literals spell it."""
    return character.encode("unicode_escape").decode("ascii")
