"""A study in a storage of Optuna, read by load_study, the importances and trials_dataframe."""

from __future__ import annotations

import json
import unittest
import wsgiref.util
from typing import Any, Dict, List

from exporting import HOSTILE, OddMaker, ToolTestCase, expected, hostile_study
from installed import needs
from snapshots import StudyMaker, asha
from study import stune

from stune.export import ExportError, export


@needs("optuna")
class Optuna(ToolTestCase):
    """Storages, read by load_study, the importances and trials_dataframe."""

    format = "optuna"

    def load(self) -> Any:
        """Return the study as Optuna loads it."""
        import optuna

        storage: Any = self.to
        if "://" not in self.to:
            backend = optuna.storages.journal.JournalFileBackend(self.to)
            storage = optuna.storages.JournalStorage(backend)
        return optuna.load_study(study_name=self.study.name, storage=storage)

    def check(self) -> None:
        loaded = self.load()
        curves = expected(self.study)
        self.assertEqual([one.number for one in loaded.trials], self.study.trials["trial"])
        self.assertEqual(loaded.metric_names, ["val_loss"])
        states = {"completed": "COMPLETE", "failed": "FAIL", "diverged": "FAIL"}
        for one in loaded.trials:
            own = self.study.trials[one.number]
            rests = "PRUNED" if self.study.is_over else "RUNNING"
            self.assertEqual(one.state.name, states.get(own["state"], rests))
            self.assertEqual(one.params["lr"], own["lr"])
            self.assertEqual(one.params.get("momentum"), own["momentum"])
            points = curves.get(one.number, {}).get("val_loss", [])
            self.assertEqual(sorted(one.intermediate_values.items()), points)
            if one.state.name == "COMPLETE":
                self.assertEqual(one.values, [own["val_loss"]])
                self.assertEqual(one.user_attrs["metric accuracy"], own["accuracy"])

    def test_a_journal_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_sqlite_live_and_over(self) -> None:
        self.to = f"sqlite:///{self.directory}/optuna.db"
        self.export_live_and_over()
        best = self.study.best
        assert best is not None
        loaded = self.load()
        self.assertEqual((loaded.best_trial.number, loaded.best_value), (best.trial, best.value))
        self.assertEqual(len(loaded.trials_dataframe()), 12)

    @needs("optuna_dashboard")
    def test_the_dashboard(self) -> None:
        import optuna_dashboard

        self.to = f"sqlite:///{self.directory}/optuna.db"
        self.export()
        application = optuna_dashboard.wsgi(self.to)

        def ask(path: str) -> Any:
            """Return what the dashboard answers to its own page."""
            environment: Dict[str, Any] = {"PATH_INFO": path}
            wsgiref.util.setup_testing_defaults(environment)
            statuses: List[str] = []
            body = b"".join(application(environment, lambda status, *_: statuses.append(status)))
            self.assertEqual(statuses, ["200 OK"], body)
            return json.loads(body)

        (summary,) = ask("/api/studies")["study_summaries"]
        self.assertEqual(summary["study_name"], "digits")
        shown = ask(f"/api/studies/{summary['study_id']}")
        self.assertEqual(shown["objective_names"], ["val_loss"])
        curves = expected(self.study)
        self.assertEqual(len(shown["trials"]), 12)
        for one in shown["trials"]:
            points = [(point["step"], point["value"]) for point in one["intermediate_values"]]
            known = curves.get(one["number"], {}).get("val_loss", [])
            self.assertEqual(sorted(points), known)

    def test_importances(self) -> None:
        import optuna

        maker = StudyMaker(self.directory / "many", levels=(1,))
        asha(maker, 40)
        maker.finish()
        self.study = stune.open(maker.publish())
        export("optuna", self.study, self.to)
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(
            self.load(), evaluator=evaluator, params=["lr", "hidden"]
        )
        self.assertEqual(set(found), {"lr", "hidden"})

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=5, longest=3.0)

    def test_two_metrics_and_hostile_names(self) -> None:
        self.study = stune.open(hostile_study(self.directory / "hostile"))
        export("optuna", self.study, self.to)
        self.assertEqual(self.load().trials[0].params, {HOSTILE: HOSTILE})
        maker = StudyMaker(
            self.directory / "two", name="two", levels=(1,), space=DOMAINS,
            objectives=(("loss", "minimize"), ("speed", "maximize")),
        )  # fmt: skip
        configuration = {
            "normal": 3.0, "lognormal": 2.0, "step": 0.3, "int": 8, "mixed": None, "always": 1,
            "reverse": 0.5,
        }  # fmt: skip
        maker.trial(0, **configuration)
        work = maker.assign(0, 0)
        maker.report(work, 1, loss=1.0, speed=2.0)
        maker.end(0, work, 1.0, "completed")
        maker.finish()
        self.study = stune.open(maker.publish())
        export("optuna", self.study, self.to)
        loaded = self.load()
        self.assertEqual([one.name for one in loaded.directions], ["MINIMIZE", "MAXIMIZE"])
        self.assertEqual([one.values for one in loaded.best_trials], [[1.0, 2.0]])
        self.assertEqual(loaded.trials[0].params, configuration)

    def test_another_study_of_the_same_name_is_refused(self) -> None:
        export("optuna", self.study, self.to)
        other = StudyMaker(self.directory / "other")
        other._run("UPDATE study SET created = 1")
        with self.assertRaisesRegex(ExportError, "has another study that is called 'digits'"):
            export("optuna", other.publish(), self.to)

    def test_odd_names(self) -> None:
        odd = OddMaker(self.directory / "odd")
        self.study = odd.study
        self.export()
        odd.finish()
        for _ in range(2):
            self.export()
            (trial,) = self.load().trials
            self.assertEqual(sorted(trial.intermediate_values.items()), odd.curves["time"])
            self.assertEqual(trial.params, odd.parameters)
            self.assertEqual(trial.values, [odd.metrics(3)["time"]])
            for name, value in odd.metrics(3).items():
                self.assertEqual(trial.user_attrs[f"metric {name}"], value)


DOMAINS: List[Dict[str, Any]] = [
    {"name": name, "domain": domain, "conditions": []}
    for name, domain in [
        ("normal", {"normal": {"mean": 0, "sd": 1}}),
        ("lognormal", {"lognormal": {"mean": 0, "sd": 1, "max": 5}}),
        ("step", {"float": {"min": 0, "max": 1, "scale": "linear", "step": 0.1}}),
        ("int", {"int": {"min": 1, "max": 10, "scale": "log", "step": 7}}),
        ("mixed", {"choice": {"_0": ["a", 1, True, None]}}),
        ("always", {"constant": {"_0": 1}}),
        ("reverse", {"float": {"min": 0.1, "max": 1, "scale": "reverseLog"}}),
    ]
]


if __name__ == "__main__":
    unittest.main()
