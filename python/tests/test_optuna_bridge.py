"""The bridge to Optuna: its samplers give through it what they give alone."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import unittest
from typing import Any, Callable, Dict, List

from study import PACKAGE_ROOT

HAS_OPTUNA = importlib.util.find_spec("optuna") is not None
HAS_TORCH = importlib.util.find_spec("torch") is not None

PARAMETERS: List[Dict[str, Any]] = [
    {"name": "x", "type": "float", "min": -5.0, "max": 10.0, "scale": "linear"},
    {"name": "lr", "type": "float", "min": 1e-5, "max": 0.1, "scale": "log"},
    {"name": "kind", "type": "choice", "values": ["a", "b"]},
    {"name": "n", "type": "int", "min": 1, "max": 9, "scale": "linear", "when": {"kind": ["b"]}},
]


def loss(values: Dict[str, Any]) -> float:
    """Return something that depends on every parameter."""
    return (values["x"] - 2) ** 2 + abs(values["lr"] - 0.01) * 100 + values.get("n", 5)


@unittest.skipUnless(HAS_OPTUNA, "Optuna is not installed")
class OptunaBridge(unittest.TestCase):
    """The conversation of docs/external-searchers.md, with the program itself."""

    def start(self, **greeting: Any) -> "subprocess.Popen[str]":
        """Start the bridge, and greet it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "stune.optuna_bridge"],
            cwd=PACKAGE_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(self.end, process)
        hello = {"type": "study", "version": 1, "goal": "minimize", "levels": [9]}
        self.say(process, {**hello, "parameters": PARAMETERS, "seed": 7, **greeting})
        return process

    def end(self, process: "subprocess.Popen[str]") -> None:
        """End the bridge as a controller does: nothing more is said."""
        process.communicate(timeout=60)

    def say(self, process: "subprocess.Popen[str]", message: Dict[str, Any]) -> None:
        """Write a line."""
        assert process.stdin is not None
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()

    def ask(self, process: "subprocess.Popen[str]", trial: int) -> Dict[str, Any]:
        """Ask for a trial, and return its parameters."""
        assert process.stdout is not None
        self.say(process, {"type": "ask", "trial": trial})
        answer = json.loads(process.stdout.readline())
        self.assertEqual(answer["trial"], trial)
        parameters: Dict[str, Any] = answer["parameters"]
        return parameters

    def test_null_is_a_value_and_no_inactive_parent(self) -> None:
        """A condition on null holds where the parent is null, not where it is not active."""
        space: List[Dict[str, Any]] = [
            {"name": "cap", "type": "choice", "values": [None, 4]},
            {"name": "mode", "type": "choice", "values": ["a", None], "when": {"cap": [4]}},
            {"name": "inner", "type": "int", "min": 1, "max": 9, "when": {"mode": [None]}},
            {"name": "rate", "type": "float", "min": 0.0, "max": 1.0, "when": {"cap": [None]}},
        ]
        process = self.start(parameters=space, sampler="RandomSampler")
        for trial in range(30):
            values = self.ask(process, trial)
            names = ["cap"]
            if values["cap"] is None:
                names.append("rate")
            else:
                names.append("mode")
                names += ["inner"] if values["mode"] is None else []
            self.assertEqual(sorted(values), sorted(names))

    def test_a_trial_with_other_parameters_than_proposed_counts_with_these(self) -> None:
        """A result belongs to what the trial has, not to what was proposed for it."""
        import optuna

        from stune.optuna_bridge import Bridge

        greeting = {"goal": "minimize", "levels": [1, 9], "parameters": PARAMETERS, "seed": 7}
        bridge = Bridge({**greeting, "sampler": "TPESampler"})
        bridge.ask(0)
        bridge.adopt(0, {"x": 2.5, "lr": 1e-3, "kind": "a"})
        bridge.tell(0, 9, 0.25)
        learned = [
            trial
            for trial in bridge._study.trials
            if trial.state == optuna.trial.TrialState.COMPLETE
        ]
        self.assertEqual([trial.params for trial in learned], [{"x": 2.5, "lr": 1e-3, "kind": "a"}])
        self.assertEqual([trial.value for trial in learned], [0.25])

    def alone(self, sampler: Any, trials: int) -> List[Dict[str, Any]]:
        """Return what Optuna proposes without stune."""
        import optuna

        def objective(trial: Any) -> float:
            values = {
                "x": trial.suggest_float("x", -5.0, 10.0),
                "lr": trial.suggest_float("lr", 1e-5, 0.1, log=True),
                "kind": trial.suggest_categorical("kind", ["a", "b"]),
            }
            if values["kind"] == "b":
                values["n"] = trial.suggest_int("n", 1, 9)
            return loss(values)

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(sampler=sampler)
        study.optimize(objective, n_trials=trials)
        return [trial.params for trial in study.trials]

    def compare(self, name: str, make: Callable[[], Any], trials: int, **settings: Any) -> None:
        """Hold what comes through the bridge against Optuna alone, one trial at a time."""
        process = self.start(sampler=name, settings=settings)
        proposed = []
        for trial in range(trials):
            parameters = self.ask(process, trial)
            proposed.append(parameters)
            told = {"type": "result", "trial": trial, "resource": 9, "value": loss(parameters)}
            self.say(process, told)
        self.assertEqual(proposed, self.alone(make(), trials))

    def test_tpe_gives_what_it_gives_alone(self) -> None:
        import optuna

        self.compare(
            "TPESampler",
            lambda: optuna.samplers.TPESampler(seed=7, multivariate=True),
            trials=25,
            multivariate=True,
        )

    def test_nsga_ii_gives_what_it_gives_alone(self) -> None:
        import optuna

        self.compare(
            "NSGAIISampler",
            lambda: optuna.samplers.NSGAIISampler(seed=7, population_size=6),
            trials=25,
            population_size=6,
        )

    @unittest.skipUnless(HAS_TORCH, "GPSampler needs torch")
    def test_gaussian_processes_give_what_they_give_alone(self) -> None:
        import optuna

        self.compare("GPSampler", lambda: optuna.samplers.GPSampler(seed=7), trials=15)

    def test_a_new_bridge_goes_on_with_what_it_is_told(self) -> None:
        process = self.start(sampler="TPESampler", settings={"n_startup_trials": 2})
        for trial in range(4):
            values = {"x": float(trial), "lr": 0.01, "kind": "a"}
            self.say(process, {"type": "trial", "trial": trial, "parameters": values})
            if trial != 3:
                told = {"type": "result", "trial": trial, "resource": 9, "value": loss(values)}
                self.say(process, told)
        self.assertEqual(set(self.ask(process, 4)) - {"n"}, {"x", "lr", "kind"})
        self.say(process, {"type": "result", "trial": 3, "resource": 9})
        self.say(process, {"type": "refused", "trial": 4})
        self.ask(process, 4)

    def test_results_below_the_last_resource_count_as_pruned(self) -> None:
        from stune.optuna_bridge import Bridge

        greeting = {"goal": "maximize", "levels": [1, 3], "sampler": "RandomSampler"}
        bridge = Bridge({**greeting, "parameters": PARAMETERS})
        bridge.ask(0)
        bridge.tell(0, 1, 0.5)
        bridge.tell(0, 3, 0.75)
        bridge.ask(1)
        bridge.tell(1, 1, None)
        states = [(trial.state.name, trial.value) for trial in bridge._study.trials]
        self.assertEqual(states, [("PRUNED", 0.5), ("COMPLETE", 0.75), ("FAIL", None)])

    def test_optuna_learns_which_trials_break_bounds(self) -> None:
        from stune.optuna_bridge import Bridge

        greeting = {"goal": "minimize", "levels": [1, 3], "bounds": True, "sampler": "TPESampler"}
        bridge = Bridge({**greeting, "parameters": PARAMETERS})
        for trial, violation in enumerate([0.0, 0.5]):
            bridge.ask(trial)
            bridge.tell(trial, 1, 0.1, violation)
            bridge.tell(trial, 3, 0.1, violation)
        told = []
        for trial in bridge._study.trials:
            known = getattr(trial, "constraints", None)
            # Before Optuna 5 they are among the attributes, in a list.
            told += list(known.values()) if known else trial.system_attrs["constraints"]
        self.assertEqual(told, [0.0, 0.0, 0.5, 0.5])

    def test_an_unknown_sampler_and_setting_are_told(self) -> None:
        for greeting, words in [
            ({"sampler": "GridsSampler"}, "no sampler 'GridsSampler'; it has "),
            ({"sampler": "TPESampler", "settings": {"speed": 1}}, "does not take its settings"),
        ]:
            with self.subTest(words):
                process = self.start(**greeting)
                _, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 2)
                self.assertIn(words, errors)


class WithoutOptuna(unittest.TestCase):
    """What a user sees who has not installed it."""

    def test_a_missing_module_is_named_with_the_fix(self) -> None:
        result = subprocess.run(
            [sys.executable, "-S", "-m", "stune.optuna_bridge"],
            cwd=PACKAGE_ROOT,
            input=json.dumps({"type": "study", "sampler": "x", "levels": [1], "parameters": []}),
            capture_output=True,
            text=True,
            timeout=60,
            env={"PYTHONPATH": ""},
        )
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, "No module named 'optuna' .*pip install optuna")


if __name__ == "__main__":
    unittest.main()
