"""Callbacks of scikit-learn, XGBoost and LightGBM.

A framework that is not installed is skipped; `make test-frameworks` installs them all.
"""

from __future__ import annotations

import os
import unittest

from callbacks import CallbackTestCase, points
from installed import needs
from study import stune


@needs("sklearn", "joblib")
class PartialFit(CallbackTestCase):
    """scikit-learn by partial_fit."""

    metric = "accuracy"

    def train(self, trial: stune.Trial) -> None:
        import stune.sklearn
        from sklearn.linear_model import SGDClassifier

        x, y = points()
        model = SGDClassifier(random_state=0, shuffle=False)
        stune.sklearn.fit(
            trial, model, x, y, classes=[0, 1], score=lambda one: {"accuracy": one.score(x, y)}
        )


@needs("sklearn", "joblib")
class WarmStart(CallbackTestCase):
    """scikit-learn by warm_start."""

    metric = "accuracy"

    def train(self, trial: stune.Trial) -> None:
        import stune.sklearn
        from sklearn.ensemble import RandomForestClassifier

        x, y = points()
        model = RandomForestClassifier(random_state=0, max_depth=2)
        self.model = stune.sklearn.fit(
            trial, model, x, y, grow="n_estimators",
            score=lambda one: {"accuracy": one.score(x, y)},
        )  # fmt: skip

    def test_the_forest_has_a_tree_for_each_unit(self) -> None:
        self.run_trial(to=5)
        self.assertEqual(len(self.model.estimators_), 5)

    def test_an_estimator_that_cannot_grow_is_refused(self) -> None:
        import stune.sklearn
        from sklearn.svm import SVC

        for grow, message in [(None, "SVC has no partial_fit; with warm_start, name the parameter"),
                              ("max_iter", "SVC has no warm_start with max_iter")]:  # fmt: skip
            with self.assertRaisesRegex(TypeError, message):
                stune.sklearn.fit(stune.trial(2), SVC(), [], [], score=dict, grow=grow)


@needs("xgboost")
class XGBoost(CallbackTestCase):
    """XGBoost."""

    metric = "valid-logloss"

    def train(self, trial: stune.Trial) -> None:
        import xgboost
        from stune.xgboost import StuneCallback

        x, y = points()
        train, valid = xgboost.DMatrix(x[:80], y[:80]), xgboost.DMatrix(x[80:], y[80:])
        callback = StuneCallback(trial)
        self.model = xgboost.train(
            {"objective": "binary:logistic", "eval_metric": ["logloss", "error"], "nthread": 1},
            train,
            num_boost_round=callback.rounds(self.most),
            xgb_model=callback.resume,
            evals=[(valid, "valid")],
            verbose_eval=False,
            callbacks=[callback],
        )

    def test_the_model_has_a_tree_for_each_unit(self) -> None:
        self.run_trial(to=3)
        self.assertEqual(self.model.num_boosted_rounds(), 3)
        self.assertEqual(set(self.lines()[0]["metrics"]), {"valid-logloss", "valid-error"})


@needs("lightgbm")
class LightGBM(CallbackTestCase):
    """LightGBM."""

    metric = "valid_0-binary_logloss"

    def train(self, trial: stune.Trial) -> None:
        import lightgbm
        from stune.lightgbm import StuneCallback

        x, y = points()
        train = lightgbm.Dataset(x[:80], y[:80], params={"verbose": -1}, free_raw_data=False)
        callback = StuneCallback(trial)
        self.model = lightgbm.train(
            {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5},
            train,
            num_boost_round=callback.rounds(self.most),
            init_model=callback.resume,
            valid_sets=[lightgbm.Dataset(x[80:], y[80:], reference=train, free_raw_data=False)],
            callbacks=[callback],
        )

    def test_the_saved_model_has_all_trees(self) -> None:
        import lightgbm

        self.run_trial(to=2)
        kept = self.directory / "kept"
        os.rename(self.checkpoints / "2", kept)
        self.run_trial(start=2, to=5, resume=kept)
        saved = lightgbm.Booster(model_file=str(self.checkpoints / "5" / "model.txt"))
        self.assertEqual(saved.num_trees(), 5)


if __name__ == "__main__":
    unittest.main()
