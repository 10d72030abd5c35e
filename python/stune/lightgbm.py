"""LightGBM as a trial.

    from stune.lightgbm import StuneCallback

    trial = stune.trial(200, num_leaves=31)
    callback = StuneCallback(trial, every=10)
    lightgbm.train(params, train, num_boost_round=callback.rounds(200),
                   init_model=callback.resume, valid_sets=[valid], callbacks=[callback])

A boosting round is a unit of the resource. The metrics are named `valid_0-l2` and so on.
"""

from __future__ import annotations

from typing import Any

import lightgbm

from stune import _loops
from stune._trial import Trial

FILE = "model.txt"


class StuneCallback(_loops.Boosting):
    """Reports the evaluations of rounds, saves the model, and stops the training."""

    # After the callbacks that evaluate and record, before LightGBM's own early stopping.
    order = 25
    before_iteration = False

    def __init__(self, trial: Trial, every: int = 1) -> None:
        """Report to this trial each so many rounds, and at its target."""
        super().__init__(trial, FILE, every)

    def __call__(self, env: Any) -> None:
        """Report a round.

        Raises:
            lightgbm.callback.EarlyStopException: the training stops here.
        """
        resource = env.iteration + 1
        if not self._is_due(resource):
            return
        results = env.evaluation_result_list or []
        metrics = {f"{one[0]}-{one[1]}": one[2] for one in results}
        answer = _loops.report(self._trial, resource, metrics)
        if answer.saves:
            _loops.save(
                self._trial,
                resource,
                lambda place: env.model.save_model(str(place / FILE), num_iteration=-1),
            )
        if not answer.goes_on:
            raise lightgbm.callback.EarlyStopException(env.iteration, results)
