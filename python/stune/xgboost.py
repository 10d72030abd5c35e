"""XGBoost as a trial.

    from stune.xgboost import StuneCallback

    trial = stune.trial(200, eta=0.3)
    callback = StuneCallback(trial, every=10)
    xgboost.train(params, train, num_boost_round=callback.rounds(200), xgb_model=callback.resume,
                  evals=[(valid, "valid")], callbacks=[callback])

A boosting round is a unit of the resource. The metrics are named `valid-logloss` and so on.
"""

from __future__ import annotations

from typing import Any, Dict

import xgboost

from stune import _loops
from stune._trial import Trial

FILE = "model.ubj"


class StuneCallback(_loops.Boosting, xgboost.callback.TrainingCallback):
    """Reports the evaluations of rounds, saves the model, and stops the training."""

    def __init__(self, trial: Trial, every: int = 1) -> None:
        """Report to this trial each so many rounds, and at its target."""
        _loops.Boosting.__init__(self, trial, FILE, every)
        xgboost.callback.TrainingCallback.__init__(self)

    def after_iteration(self, model: Any, epoch: int, evals_log: Dict[str, Any]) -> bool:
        """Report a round; True stops the training."""
        resource = model.num_boosted_rounds()
        if not self._is_due(resource):
            return False
        metrics = {
            f"{data}-{metric}": values[-1][0] if isinstance(values[-1], tuple) else values[-1]
            for data, log in evals_log.items()
            for metric, values in log.items()
        }
        answer = _loops.report(self._trial, resource, metrics)
        if answer.saves:
            _loops.save(self._trial, resource, lambda place: model.save_model(str(place / FILE)))
        return not answer.goes_on
