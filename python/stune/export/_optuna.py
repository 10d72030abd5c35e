"""A storage of Optuna: a study with a trial for each trial, under the same numbers."""

from __future__ import annotations

import warnings
from datetime import datetime
from typing import Any, Dict

from stune._opened import OpenedStudy
from stune.export import _domains
from stune.export._curves import News, Settled, settled
from stune.export._formats import Exporter, ExportError, identity
from stune.export._place import Store


class Export(Exporter):
    """The study under its name, in an RDB storage (a URL) or a journal (a path).

    Completed trials are COMPLETE with the values of their metrics; those that were stopped, or
    paused when the study ended, are PRUNED; failed, diverged and cancelled ones are FAIL. Reports
    of the first metric are intermediate values. What a trial has is asked of the storage.
    """

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the storage and the study in it."""
        import optuna

        self._optuna = optuna
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._store = Store(to)
        storage = _storage(optuna, to)
        self._study = optuna.create_study(
            study_name=study.name,
            storage=storage,
            directions=list(study.metrics.values()),  # type: ignore
            load_if_exists=True,
        )
        self._storage, self._id = self._study._storage, self._study._study_id
        known = self._study.user_attrs.get("stune.study")
        trials = self._study.get_trials(deepcopy=False)
        if known is None and not trials:
            self._study.set_user_attr("stune.directory", str(study.directory))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Optuna calls it experimental since 3.2.
                self._study.set_metric_names(list(study.metrics))
            self._study.set_user_attr("stune.study", identity(study))
        elif known != identity(study):
            self.close()
            raise ExportError(f"{to} has another study that is called {study.name!r}")
        self._trials = {one.number: one for one in trials}
        self._finished = {one.number for one in trials if one.state.is_finished()}
        self._values = {one.number: dict(one.intermediate_values) for one in trials}
        self._distributions = {
            one["name"]: _distribution(optuna.distributions, one["domain"])
            for one in study.snapshot.parameters
        }
        self._news = News()

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write what is new."""
        new = self._news.take(study)
        objective = next(iter(study.metrics))
        for trial in settled(study, final):
            if trial.number in self._finished:
                continue
            points = new.get(trial.number, [])
            values = {
                point.resource: point.metrics[objective]
                for point in points
                if objective in point.metrics
            }
            if trial.number not in self._trials:
                self._create(study, trial, values)
            else:
                self._add(study, trial, values)
        if final and study.outcome is not None:
            self._study.set_user_attr("stune.outcome", study.outcome)

    def _state(self, study: OpenedStudy, trial: Settled) -> Any:
        """Return what a trial is for Optuna."""
        states = self._optuna.trial.TrialState
        if not trial.over:
            return states.RUNNING
        complete = all(name in trial.metrics for name in study.metrics)
        if trial.state == "completed" and complete:
            return states.COMPLETE
        return states.PRUNED if trial.state in ("stopped", "paused") else states.FAIL

    def _create(self, study: OpenedStudy, trial: Settled, values: Dict[int, float]) -> None:
        """Make a trial with all that is known of it, in one piece."""
        state = self._state(study, trial)
        complete = state == self._optuna.trial.TrialState.COMPLETE
        parameters = {
            name: _as_optuna(self._distributions[name], value)
            for name, value in trial.parameters.items()
            if name in self._distributions
        }
        frozen = self._optuna.trial.FrozenTrial(
            number=-1,
            trial_id=-1,
            state=state,
            value=None,
            values=[trial.metrics[name] for name in study.metrics] if complete else None,
            datetime_start=datetime.fromtimestamp(trial.begin),
            datetime_complete=datetime.fromtimestamp(trial.end) if state.is_finished() else None,
            params=parameters,
            distributions={name: self._distributions[name] for name in parameters},
            user_attrs=_attributes(trial) if trial.over else {"stune.trial": trial.number},
            system_attrs={},
            intermediate_values=values,
        )
        made = self._storage.create_new_trial(self._id, template_trial=frozen)
        if self._storage.get_trial_number_from_id(made) != trial.number:
            raise ExportError(
                f"trial {trial.number} got another number in Optuna: something else writes to "
                "this study; export to a storage of its own"
            )
        self._trials[trial.number] = self._storage.get_trial(made)
        self._values[trial.number] = dict(values)
        if state.is_finished():
            self._finished.add(trial.number)

    def _add(self, study: OpenedStudy, trial: Settled, values: Dict[int, float]) -> None:
        """Add what is new to a trial that is running in Optuna."""
        own = self._trials[trial.number]._trial_id
        known = self._values[trial.number]
        for resource, value in values.items():
            if resource not in known:
                self._storage.set_trial_intermediate_value(own, resource, value)
                known[resource] = value
        state = self._state(study, trial)
        if state.is_finished():
            for name, value in _attributes(trial).items():
                self._storage.set_trial_user_attr(own, name, value)
            complete = state == self._optuna.trial.TrialState.COMPLETE
            numbers = [trial.metrics[name] for name in study.metrics] if complete else None
            self._storage.set_trial_state_values(own, state=state, values=numbers)
            self._finished.add(trial.number)

    def close(self) -> None:
        """Close the storage."""
        self._store.close()


def _storage(optuna: Any, to: str) -> Any:
    """Return a storage: a URL names an RDB or Redis, a path a journal."""
    if "://" in to:
        return to
    journal = optuna.storages.journal
    return optuna.storages.JournalStorage(journal.JournalFileBackend(to))


def _attributes(trial: Settled) -> Dict[str, Any]:
    """Return what Optuna has no place of its own for."""
    found: Dict[str, Any] = {
        "stune.trial": trial.number,
        "stune.state": trial.state,
        "stune.resource": trial.resource,
    }
    if trial.reason:
        found["stune.reason"] = trial.reason
    found.update({f"metric {name}": value for name, value in trial.metrics.items()})
    return found


def _distribution(distributions: Any, domain: Dict[str, Any]) -> Any:
    """Return the distribution of a domain, or the nearest one that Optuna has."""
    name, details = _domains.case(domain)
    listed = _domains.values(domain)
    if listed is not None:
        return distributions.CategoricalDistribution(tuple(listed))
    bounds = _domains.bounds(domain)
    assert bounds is not None
    low, high = bounds
    is_log = name == "lognormal" or details.get("scale") == "log"
    step = None if is_log else details.get("step")
    if step is not None:
        # The values end at the last whole step.
        count = int((high - low) / step * (1 + 1e-12))
        high = low + count * step
    if name == "int":
        return distributions.IntDistribution(int(low), int(high), log=is_log, step=step or 1)
    return distributions.FloatDistribution(float(low), float(high), log=is_log, step=step)


def _as_optuna(distribution: Any, value: Any) -> Any:
    """Return a value such that the distribution contains it: rounding may have put it outside."""
    low = getattr(distribution, "low", None)
    if low is None or isinstance(value, str):
        return value
    return min(max(value, low), distribution.high)
