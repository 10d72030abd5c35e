"""The columns of tables of trials: no name twice, the same as in `stune trials --csv`."""

from __future__ import annotations

from typing import Dict, Iterable, List, NamedTuple, Sequence, Set, Tuple

FIRST = ("trial", "state", "rung", "resource", "parent")
LAST = (
    "attempts", "begin", "end", "seconds", "host", "checkpoint", "cpu_seconds", "memory_bytes",
    "gpu_percent", "gpu_memory_bytes", "reason",
)  # fmt: skip


class Names(NamedTuple):
    """Metrics and parameters, each with its column."""

    metrics: List[Tuple[str, str]]
    parameters: List[Tuple[str, str]]


def named(
    objectives: Sequence[str],
    reported: Iterable[str],
    parameters: Sequence[str],
    own: Sequence[str] = FIRST + LAST,
) -> Names:
    """Give columns to metrics and parameters.

    A metric keeps its name unless stune has a column of that name; a parameter keeps its name
    unless a metric or stune has it. Otherwise `metrics.` or `params.` goes before it.
    """
    taken = set(own)
    others = sorted(set(reported) - set(objectives), key=lambda name: name.encode())
    return Names(
        metrics=_claim([*objectives, *others], "metrics", taken),
        parameters=_claim(parameters, "params", taken),
    )


def claimed(names: Iterable[str], prefix: str, own: Iterable[str]) -> Dict[str, str]:
    """Give each name a key that is neither another one's nor one of `own`.

    A name is its own key unless `own` has it; then `metrics.` or `params.` goes before it.
    """
    return dict(_claim(list(names), prefix, set(own)))


def _claim(names: Sequence[str], prefix: str, taken: Set[str]) -> List[Tuple[str, str]]:
    """Give each name a column that is not taken; names that are free as they are come first."""
    free = {name for name in names if name not in taken}
    taken |= free
    claimed = []
    for name in names:
        column = name
        if name not in free:
            column = f"{prefix}.{name}"
            while column in taken:
                column = f"{prefix}.{column}"
            taken.add(column)
        claimed.append((name, column))
    return claimed
