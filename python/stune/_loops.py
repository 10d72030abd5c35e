"""What the callbacks of all frameworks do: report, save if the study asks for it, go on or stop."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from pathlib import Path

from stune._trial import Trial


class Answer(NamedTuple):
    """What follows a report: whether training goes on, and whether a checkpoint is wanted."""

    goes_on: bool
    saves: bool


class Boosting:
    """What callbacks of boosting libraries have in common: a round is a unit of the resource."""

    def __init__(self, trial: Trial, file: str, every: int) -> None:
        """Keep the trial, the name of the model's file in a checkpoint, and how often to report."""
        self._trial, self._file, self._every = trial, file, every

    @property
    def resume(self) -> Optional[str]:
        """The model to go on from; None: from scratch."""
        directory = self._trial.resume
        return None if directory is None else str(directory / self._file)

    def rounds(self, total: int) -> int:
        """Return `num_boost_round`: what is left of so many rounds; it counts new ones."""
        return total - self._trial.start

    def _is_due(self, resource: int) -> bool:
        """Return whether this round is reported: each so many, and the target."""
        return resource % self._every == 0 or resource == self._trial.to


def report(trial: Trial, resource: int, metrics: Mapping[str, Any]) -> Answer:
    """Report the metrics that are numbers, and return what follows.

    A resource that the trial has reached already, for example because a user evaluates a model
    after training, is passed over.
    """
    if resource <= trial.reported:
        return Answer(goes_on=True, saves=False)
    goes_on = trial.report(resource, **numbers(metrics))
    return Answer(goes_on, trial.should_save(resource))


def save(trial: Trial, resource: int, write: Callable[[Path], Any]) -> None:
    """Publish a checkpoint that `write` puts into a directory."""
    with trial.checkpoint(resource) as directory:
        write(directory)


def numbers(metrics: Mapping[str, Any]) -> Dict[str, float]:
    """Return the metrics that are numbers: frameworks also log texts and tables."""
    found: Dict[str, float] = {}
    for name, value in metrics.items():
        if isinstance(value, (str, bytes)) or value is None:
            continue
        try:
            found[name] = float(value)
        except (TypeError, ValueError):
            continue
    return found
