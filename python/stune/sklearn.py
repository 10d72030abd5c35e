"""scikit-learn estimators as trials: by `partial_fit`, or by `warm_start`.

    import stune.sklearn

    trial = stune.trial(27, alpha=1e-4)
    model = stune.sklearn.fit(
        trial, SGDClassifier(alpha=trial["alpha"]), x, y, classes=[0, 1],
        score=lambda model: {"accuracy": model.score(x_valid, y_valid)})

With `partial_fit` a unit of the resource is a pass over the data. With `warm_start` it is a unit of
the parameter that `grow` names: a tree of `n_estimators`, an iteration of `max_iter`.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

import joblib

from stune import _loops
from stune._trial import Trial

FILE = "model.joblib"


def fit(
    trial: Trial,
    estimator: Any,
    x: Any,
    y: Any,
    score: Callable[[Any], Mapping[str, Any]],
    grow: Optional[str] = None,
    every: int = 1,
    **options: Any,
) -> Any:
    """Train an estimator as far as the trial goes, from its checkpoint if it has one.

    Args:
        trial: the trial.
        estimator: a new one; a checkpoint replaces it.
        x: the data, given to `partial_fit` or `fit`.
        y: the target.
        score: returns the metrics of the estimator by name.
        grow: the parameter that grows, for an estimator with `warm_start`; None: `partial_fit`.
        every: with `grow`, how far it grows between two reports.
        options: more arguments of `partial_fit` or `fit`, such as `classes`.

    Returns:
        The trained estimator.

    Raises:
        TypeError: the estimator has neither `partial_fit` nor, with `grow`, `warm_start`.
    """
    if trial.resume is not None:
        estimator = joblib.load(trial.resume / FILE)
    if grow is None and not hasattr(estimator, "partial_fit"):
        raise TypeError(
            f"{type(estimator).__name__} has no partial_fit; with warm_start, name the parameter "
            "that grows: grow='n_estimators' or grow='max_iter'"
        )
    if grow is not None and not {"warm_start", grow} <= set(estimator.get_params()):
        raise TypeError(f"{type(estimator).__name__} has no warm_start with {grow}")
    for resource in trial.resources():
        if grow is None:
            estimator.partial_fit(x, y, **options)
        elif resource % every and resource != trial.to:
            continue
        else:
            estimator.set_params(warm_start=True, **{grow: resource})
            estimator.fit(x, y, **options)
        answer = _loops.report(trial, resource, score(estimator))
        if answer.saves:
            _loops.save(trial, resource, lambda place: joblib.dump(estimator, place / FILE))
    return estimator
