"""A study in a store of MLflow, read by MlflowClient."""

from __future__ import annotations

import json
import unittest
from typing import Any, List, Tuple

from exporting import HOSTILE, OddMaker, ToolTestCase, expected, hostile_study
from installed import needs
from study import stune

from stune.export import export


@needs("mlflow")
class MLflow(ToolTestCase):
    """A SQLite store, read by MlflowClient."""

    format = "mlflow"

    def setUp(self) -> None:
        super().setUp()
        self.to = f"sqlite:///{self.directory}/mlflow.db"

    def runs(self) -> Tuple[Any, List[Any]]:
        """Return the client and the runs of trials."""
        from mlflow.tracking import MlflowClient

        client = MlflowClient(tracking_uri=self.to)
        experiment = client.get_experiment_by_name(self.study.name)
        assert experiment is not None
        found = client.search_runs([experiment.experiment_id], max_results=1_000)
        parents = [run for run in found if "stune.trial" not in run.data.tags]
        self.assertEqual([run.info.run_name for run in parents], [self.study.name])
        children = [run for run in found if "stune.trial" in run.data.tags]
        for run in children:
            self.assertEqual(run.data.tags["mlflow.parentRunId"], parents[0].info.run_id)
        return client, children

    def check(self) -> None:
        client, runs = self.runs()
        curves = expected(self.study)
        numbers = sorted(int(run.data.tags["stune.trial"]) for run in runs)
        self.assertEqual(numbers, self.study.trials["trial"])
        states = {"failed": "FAILED", "diverged": "FAILED"}
        for run in runs:
            own = self.study.trials[int(run.data.tags["stune.trial"])]
            self.assertEqual(run.data.params["lr"], repr(own["lr"]))
            self.assertEqual(run.data.params["optimizer"], own["optimizer"])
            if own["state"] in ("paused", "running") and not self.study.is_over:
                self.assertEqual(run.info.status, "RUNNING")
            else:
                self.assertEqual(run.info.status, states.get(own["state"], "FINISHED"))
                self.assertEqual(run.data.tags["stune.state"], own["state"])
            known = curves.get(own["trial"], {})
            self.assertEqual(set(run.data.metrics), set(known))
            for key, points in known.items():
                history = client.get_metric_history(run.info.run_id, key)
                self.assertEqual(sorted((one.step, one.value) for one in history), points)

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=2, longest=12.0)

    def test_hostile_names(self) -> None:
        self.study = stune.open(hostile_study(self.directory / "hostile"))
        export("mlflow", self.study, self.to)
        _, (run,) = self.runs()
        self.assertEqual(sorted(run.data.metrics.values()), [0.25, 0.5])
        self.assertEqual(list(run.data.params.values()), [HOSTILE])
        self.assertIn(HOSTILE, json.loads(run.data.tags["stune.names"]).values())


    def test_odd_names(self) -> None:
        odd = OddMaker(self.directory / "odd")
        self.study = odd.study
        self.export()
        odd.finish()
        for _ in range(2):
            self.export()
            client, (run,) = self.runs()
            names = json.loads(run.data.tags["stune.names"])
            found = {}
            for key in run.data.metrics:
                history = client.get_metric_history(run.info.run_id, key)
                found[names.get(key, key)] = sorted((one.step, one.value) for one in history)
            self.assertEqual(found, odd.curves)
            values = {names.get(key, key): float(one) for key, one in run.data.params.items()}
            self.assertEqual(values, odd.parameters)
        self.assertIn("損失 ünï", run.data.metrics)
        self.assertEqual((names["a/b_2"], names["_1_1"]), ("a//b", "=1+1"))


if __name__ == "__main__":
    unittest.main()
