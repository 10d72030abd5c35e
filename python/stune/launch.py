"""Runs a function of a module as the training command of a study.

    python -m stune.launch train.py:train
    python -m stune.launch package.module:train

`stune.Study(function, …)` writes such a command. The function gets the trial. It reports by itself,
or returns its metrics at the end: a mapping by name, or the number that is the study's metric.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any, Callable, List, Mapping, Optional

import stune


def main(arguments: Optional[List[str]] = None) -> None:
    """Find the function and give it one trial after the other."""
    words = sys.argv[1:] if arguments is None else arguments
    if len(words) != 1 or ":" not in words[0]:
        sys.exit("stune: python -m stune.launch FILE.py:FUNCTION, or MODULE:FUNCTION")
    function = found(words[0])
    trial: Optional[stune.Trial] = stune.trial()
    while trial is not None:
        finish(trial, function(trial))
        trial = trial.next() if trial.is_over else None


def finish(trial: stune.Trial, result: Any) -> None:
    """Report what a function has returned, if it has not reported by itself.

    Raises:
        TypeError: it returned something else than metrics.
    """
    if result is None or trial.is_over:
        return
    if trial.to is None or trial.reported >= trial.to:
        return
    if isinstance(result, Mapping):
        trial.report(trial.to, **result)
        return
    try:
        value = float(result)
    except (TypeError, ValueError):
        raise TypeError(
            f"the function returned {result!r}: a mapping of metrics by name, a number, or nothing"
        ) from None
    trial.report(trial.to, **{os.environ.get("STUNE_METRIC", "value"): value})


def found(target: str) -> Callable[[stune.Trial], Any]:
    """Return the function that a target names.

    Raises:
        SystemExit: there is none.
    """
    place, _, name = target.rpartition(":")
    if place.endswith(".py"):
        path = Path(place).absolute()
        # What lies beside the file can be imported, as when it is run.
        sys.path.insert(0, str(path.parent))
        specification = importlib.util.spec_from_file_location(path.stem, path)
        if specification is None or specification.loader is None or not path.exists():
            sys.exit(f"stune: {path} is not there")
        module = importlib.util.module_from_spec(specification)
        sys.modules[path.stem] = module
        specification.loader.exec_module(module)
    else:
        sys.path.insert(0, os.getcwd())
        module = importlib.import_module(place)
    function = getattr(module, name, None)
    if not callable(function):
        sys.exit(f"stune: {place} has no function {name!r}")
    return function  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
