"""What is installed beside the package: tests of the rest are skipped."""

from __future__ import annotations

import importlib.util
import unittest
from typing import Any


def has(*modules: str) -> bool:
    """Return whether modules are installed."""
    return not _missing(modules)


def needs(*modules: str) -> Any:
    """Return a decorator that skips tests if a module is not installed."""
    missing = _missing(modules)
    return unittest.skipIf(bool(missing), f"{', '.join(missing)} is not installed")


def _missing(modules: "tuple[str, ...]") -> "list[str]":
    """Return the modules that are not installed."""
    return [name for name in modules if importlib.util.find_spec(name) is None]
