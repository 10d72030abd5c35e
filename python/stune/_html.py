"""A study for a notebook: plain HTML, every value literal, no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Sequence

from stune._literal import escaped, shown

if TYPE_CHECKING:
    from stune._opened import OpenedStudy, Result


def study(opened: "OpenedStudy") -> str:
    """Show the head, the ladder and the best trials."""
    counts = ", ".join(f"{count} {state}" for state, count in opened.counts.items())
    state = opened.outcome or f"open; as of {opened.age:.0f} s ago"
    rungs = [
        (one.rung, one.resource, one.running, one.results, one.promoted, one.best)
        for one in opened.ladder
    ]
    several = len(opened.metrics) > 1
    best: List[Result] = opened.pareto if several else [one for one in [opened.best] if one]
    metrics = list(opened.metrics)
    names = sorted({name for one in best for name in one.parameters})
    rows = [
        [one.trial, one.resource, *(one.metrics.get(name) for name in metrics)]
        + [one.parameters.get(name) for name in names]
        for one in best
    ]
    what = escaped(f"{state}. {counts or 'no trials yet'}")
    parts = [
        f"<p><b>{escaped(opened.name)}</b>: {what}</p>",
        table(["rung", "resource", "running", "results", "promoted", "best"], rungs),
    ]
    if rows:
        title = "Trials that no other dominates" if several else "Best trial"
        parts.append(f"<p>{title}</p>" + table(["trial", "resource", *metrics, *names], rows))
    return "".join(parts)


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table."""
    top = "".join(f"<th>{escaped(name)}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escaped(shown(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
