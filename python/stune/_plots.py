"""Pictures of a study, with matplotlib: `pip install 'stune[analysis]'`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from stune._literal import spelt

if TYPE_CHECKING:
    from stune._opened import OpenedStudy

# More curves than this are one grey mass; the best of them are drawn.
_MOST_CURVES = 1_000


class Plots:
    """Each method draws into `ax`, or into a new figure, and returns the axes."""

    def __init__(self, study: "OpenedStudy") -> None:
        """Draw this study."""
        self._study = study

    def curves(self, metric: Optional[str] = None, ax: Any = None) -> Any:
        """Draw the learning curve of each trial; the best one is in front.

        Args:
            metric: the metric to draw; the study's own, or the first of several, if it is None.
            ax: matplotlib's axes to draw into.
        """
        ax, name = _axes(ax), metric or next(iter(self._study.metrics))
        reports = self._study.reports
        lines: Dict[int, Dict[int, float]] = {}
        for trial, resource, current, value in zip(
            reports.raw("trial"),
            reports.raw("resource"),
            reports.raw("current"),
            reports.metric(name),
        ):
            if current and not math.isnan(value):
                lines.setdefault(trial, {}).setdefault(resource, value)
        best = {one.trial for one in self._study.pareto}
        order = sorted(lines, key=lambda trial: (trial in best, len(lines[trial])))
        for trial in order[-_MOST_CURVES:]:
            points = sorted(lines[trial].items())
            style: Dict[str, Any] = {"color": "0.7", "linewidth": 0.6}
            if trial in best:
                style = {"linewidth": 2.0, "label": f"trial {trial}"}
            ax.plot(
                [resource for resource, _ in points],
                [value for _, value in points],
                marker="." if len(points) == 1 else None,
                **style,
            )
        ax.set_xlabel("resource")
        ax.set_ylabel(_literal(name))
        if best & set(lines):
            ax.legend()
        return ax

    def progress(self, ax: Any = None) -> Any:
        """Draw the best value so far over time, of the greatest resource reached by then."""
        ax = _axes(ax)
        (name, goal), *_ = self._study.metrics.items()
        reports = self._study.reports
        targets = {one.resource for one in self._study.ladder}
        points: List[Tuple[float, float]] = []
        top, best = 0, math.nan
        for resource, current, time, value in zip(
            reports.raw("resource"),
            reports.raw("current"),
            reports.raw("time"),
            reports.metric(name),
        ):
            if not current or math.isnan(value) or resource not in targets or resource < top:
                continue
            better = value < best if goal == "minimize" else value > best
            if resource > top or better:
                top, best = resource, value
                points.append((time, best))
        begin = self._study.snapshot.created
        ax.step([time - begin for time, _ in points], [value for _, value in points], where="post")
        ax.set_xlabel("seconds since the study began")
        ax.set_ylabel(_literal(f"best {name}"))
        return ax

    def parameter(self, name: str, ax: Any = None) -> Any:
        """Draw each trial's last value over one parameter; the darker, the further trained."""
        ax = _axes(ax)
        metric = next(iter(self._study.metrics))
        trials = self._study.trials
        columns = (trials.parameter(name), trials.metric(metric), trials["resource"])
        points = [
            (x, y, resource)
            for x, y, resource in zip(*columns)
            if x is not None and y is not None
        ]
        xs: List[Any] = [x for x, _, _ in points]
        if not all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in xs):
            xs = [_literal(str(x)) for x in xs]
        drawn = ax.scatter(
            xs, [y for _, y, _ in points], c=[one for _, _, one in points], cmap="viridis_r"
        )
        ax.figure.colorbar(drawn, ax=ax, label="resource")
        if _is_logarithmic(self._study, name):
            ax.set_xscale("log")
        ax.set_xlabel(_literal(name))
        ax.set_ylabel(_literal(metric))
        return ax

    def pareto(self, ax: Any = None) -> Any:
        """Draw all results of the first two metrics, and the trials that no other dominates.

        Raises:
            ValueError: the study has one metric.
        """
        ax, names = _axes(ax), list(self._study.metrics)
        if len(names) < 2:
            raise ValueError("a Pareto set needs two metrics; see plot.progress()")
        first, second = names[:2]
        trials = self._study.trials
        ax.scatter(trials.metric(first), trials.metric(second), color="0.7", s=8)
        members = self._study.pareto
        ax.plot(
            [one.metrics[first] for one in members],
            [one.metrics[second] for one in members],
            marker="o",
            linestyle="none",
        )
        ax.set_xlabel(_literal(first))
        ax.set_ylabel(_literal(second))
        return ax


def _axes(ax: Any) -> Any:
    """Return the axes, or new ones."""
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots()
    return ax


def _is_logarithmic(study: "OpenedStudy", name: str) -> bool:
    """Return whether a parameter's values are spread by their logarithm."""
    for parameter in study.snapshot.parameters:
        if parameter["name"] == name:
            ((kind, details),) = parameter["domain"].items()
            return kind == "lognormal" or (
                kind in ("float", "int") and details.get("scale") == "log"
            )
    return False


def _literal(text: str) -> str:
    """Return a text that matplotlib does not read as mathematics."""
    return spelt(text).replace("$", r"\$")
