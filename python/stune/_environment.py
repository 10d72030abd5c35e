"""What the worker says to the training command: the variables `STUNE_*`, parsed once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Mapping, NamedTuple, Optional

_ALWAYS_SET = (
    "STUNE_TRIAL",
    "STUNE_ATTEMPT",
    "STUNE_PARAMETERS",
    "STUNE_METRIC",
    "STUNE_FROM",
    "STUNE_TO",
    "STUNE_REPORTS",
    "STUNE_CHECKPOINTS",
    "STUNE_LEAVE",
)

# The launcher nearest to the process knows best: under `srun torchrun`, SLURM_PROCID counts the
# torchruns and RANK the processes. RANK is too common a name to be believed without WORLD_SIZE.
_RANKS = (
    ("RANK", "WORLD_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_RANK"),
    ("PMIX_RANK", "PMIX_RANK"),
    ("PMI_RANK", "PMI_RANK"),
    ("SLURM_PROCID", "SLURM_PROCID"),
)


class StudyError(RuntimeError):
    """The environment of the training command is not what stune-worker sets."""


class Environment(NamedTuple):
    """The variables `STUNE_*` with their types; None where one is not set."""

    study: Optional[str]
    trial: Optional[int]
    attempt: Optional[str]
    parameters: Dict[str, Any]
    metric: Optional[str]
    start: int
    to: Optional[int]
    resume: Optional[Path]
    reports: Optional[Path]
    checkpoints: Optional[Path]
    leave: Optional[Path]
    answers: Optional[Path]
    save_every: Optional[int]
    rank: int
    replicate: int


def read(variables: Mapping[str, str]) -> Environment:
    """Parse the variables.

    STUNE_STUDY tells that this is a trial of a study; then every other variable must be there.
    Without it each is optional, so that a single one can be set by hand to try something.

    Raises:
        StudyError: a variable is missing or cannot be understood.
    """
    if "STUNE_STUDY" in variables:
        missing = [name for name in _ALWAYS_SET if name not in variables]
        if missing:
            raise StudyError(
                f"STUNE_STUDY is set, but not {', '.join(missing)}: the launcher between "
                "stune-worker and this process must pass on every STUNE_ variable "
                "(srun does; for mpirun give -x NAME for each)"
            )
    to = _whole(variables, "STUNE_TO")
    start = _whole(variables, "STUNE_FROM") or 0
    if start < 0 or (to is not None and to <= start):
        raise StudyError(f"STUNE_FROM={start} and STUNE_TO={to}: 0 <= STUNE_FROM < STUNE_TO is due")
    return Environment(
        study=variables.get("STUNE_STUDY"),
        trial=_whole(variables, "STUNE_TRIAL"),
        attempt=variables.get("STUNE_ATTEMPT"),
        parameters=_parameters(variables.get("STUNE_PARAMETERS", "{}")),
        metric=variables.get("STUNE_METRIC"),
        start=start,
        to=to,
        resume=_path(variables, "STUNE_RESUME"),
        reports=_path(variables, "STUNE_REPORTS"),
        checkpoints=_path(variables, "STUNE_CHECKPOINTS"),
        leave=_path(variables, "STUNE_LEAVE"),
        answers=_path(variables, "STUNE_ANSWERS"),
        save_every=_whole(variables, "STUNE_SAVE_EVERY"),
        rank=_rank(variables),
        replicate=_whole(variables, "STUNE_REPLICATE") or 0,
    )


def _whole(variables: Mapping[str, str], name: str) -> Optional[int]:
    """Return the variable as a whole number, None where it is not set."""
    text = variables.get(name)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise StudyError(f"{name}={text!r} is not a whole number") from None


def _path(variables: Mapping[str, str], name: str) -> Optional[Path]:
    """Return the variable as an absolute path, None where it is not set or empty."""
    text = variables.get(name)
    return Path(text).absolute() if text else None


def _parameters(text: str) -> Dict[str, Any]:
    """Return the values of the active parameters by name."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise StudyError(f"STUNE_PARAMETERS is not JSON ({error}): {text[:200]!r}") from None
    if not isinstance(values, dict):
        raise StudyError(f"STUNE_PARAMETERS is not a JSON object: {text[:200]!r}")
    return values


def _rank(variables: Mapping[str, str]) -> int:
    """Return this process's number within a job of several processes, 0 in a job of one."""
    for name, witness in _RANKS:
        if name in variables and witness in variables:
            return _whole(variables, name) or 0
    return 0
