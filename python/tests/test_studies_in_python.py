"""A study that is written in Python is a study file, which the executable reads back and runs."""

from __future__ import annotations

import importlib.util
import json
import os

import subprocess
import sys
import types
import unittest
from pathlib import Path
from typing import Any, Dict
from unittest import mock

from executables import stune_executable
from study import PACKAGE_ROOT, StudyTestCase, stune

from stune import _studyfile, launch
from stune._study import InvalidStudy, RunFailed

SPACE: Dict[str, Any] = {
    "lr": {"type": "float", "min": 1e-05, "max": 0.1, "scale": "log"},
    "optimizer": {"type": "choice", "values": ["sgd", "adam", "no", "1", None, True]},
    "momentum": {"type": "float", "min": 0.0, "max": 0.99, "when": {"optimizer": ["sgd"]}},
}

TRAIN = """
def train(trial):
    for epoch in trial.resources():
        trial.report(epoch, val_loss=abs(trial["lr"] - 0.01) + 1 / epoch)


def at_once(trial):
    return trial["lr"] * trial.to


class Holder:
    def train(self, trial):
        pass
"""


def make(what: Any = ("python3", "train.py"), **changes: Any) -> "stune.Study":
    """Return a study with changes."""
    sections: Dict[str, Any] = {
        "name": "digits",
        "metric": ("val_loss", "minimize"),
        "parameters": SPACE,
        "scheduler": {"type": "asha", "max_resource": 4, "reduction_factor": 2},
        "trials": 4,
        "parallel": 2,
        "slurm": {"time": "00:10:00"},
        **changes,
    }
    return stune.Study(list(what) if isinstance(what, tuple) else what, **sections)


class InADirectory(StudyTestCase):
    """A test in a directory of its own, with a module train."""

    def setUp(self) -> None:
        super().setUp()
        before = os.getcwd()
        os.chdir(self.directory)
        self.addCleanup(os.chdir, before)
        (self.directory / "train.py").write_text(TRAIN)
        sys.path.insert(0, str(self.directory))
        self.addCleanup(sys.path.remove, str(self.directory))
        self.addCleanup(sys.modules.pop, "train", None)
        sys.modules.pop("train", None)
        executable = stune_executable()
        if executable:
            os.environ["PATH"] = f"{Path(executable).parent}:{os.environ['PATH']}"
        os.environ["PYTHONPATH"] = str(PACKAGE_ROOT)


class Text(InADirectory):
    """What is written."""

    def test_the_file(self) -> None:
        self.assertEqual(
            make(stop={"hours": 1.5}).text(),
            "# Written by stune.Study.\n"
            "name: digits\n"
            "metric: {name: val_loss, goal: minimize}\n"
            "parameters:\n"
            "  lr: {type: float, min: 1.0e-05, max: 0.1, scale: log}\n"
            '  optimizer: {type: choice, values: [sgd, adam, "no", "1", null, true]}\n'
            "  momentum: {type: float, min: 0.0, max: 0.99, when: {optimizer: [sgd]}}\n"
            "scheduler: {type: asha, max_resource: 4, reduction_factor: 2}\n"
            "trials: 4\n"
            "parallel: 2\n"
            "stop: {hours: 1.5}\n"
            'command: [python3, "train.py"]\n'
            'slurm: {time: "00:10:00"}\n',
        )

    def test_several_metrics(self) -> None:
        study = make(metric=[("loss", "minimize"), ("speed", "maximize")])
        self.assertIn(
            "metrics: [{name: loss, goal: minimize}, {name: speed, goal: maximize}]", study.text()
        )

    def test_values(self) -> None:
        for value, text in [
            (1, "1"), (1.0, "1.0"), (1e300, "1.0e+300"), (1.5e-9, "1.5e-09"), ("a b", '"a b"'),
            ("", '""'), ("Yes", '"Yes"'), ("=1", '"=1"'), ("\x1b\u202e\"'", '"\\u001b\u202e\\"\'"'),
            ((1, "x"), "[1, x]"), ({"a: b": None}, '{"a: b": null}'),
        ]:  # fmt: skip
            self.assertEqual(_studyfile.flow(value), text)
        for value, error in [(float("nan"), ValueError), (object(), TypeError)]:
            with self.assertRaises(error):
                _studyfile.flow(value)

    def test_a_function_is_named_by_its_file_or_module(self) -> None:
        import train  # type: ignore[import-not-found]

        command = f'command: ["{sys.executable}", "-m", "stune.launch", '
        self.assertIn(command + '"train.py:train"]', make(train.train).text())
        elsewhere = make(train.train).text(self.directory / "elsewhere")
        self.assertIn(f'"{self.directory}/train.py:train"]', elsewhere)
        self.assertIn('"stune.launch:main"]', make(launch.main).text())

    def test_a_function_that_no_other_process_finds_is_refused(self) -> None:
        import train

        made = types.FunctionType(compile("0", "cell", "eval"), {"__name__": "__main__"})
        for function in (lambda trial: None, train.Holder().train, made):
            with self.assertRaisesRegex(TypeError, "cannot be found by another process.*writefile"):
                make(function)

    def test_what_is_no_command_and_no_space(self) -> None:
        with self.assertRaisesRegex(TypeError, "is no command: give a list"):
            make("python3 train.py")
        with self.assertRaisesRegex(TypeError, "a mapping as in a study file"):
            make(parameters=[1])
        with self.assertRaisesRegex(TypeError, "its name and its goal"):
            make(metric="val_loss")

    def test_a_notebook_shows_it_literally(self) -> None:
        page = make(name="<b>\u202e</b>")._repr_html_()
        self.assertIn("&lt;b&gt;\\u202e&lt;/b&gt;", page)
        self.assertIn("It has not begun.", page)


@unittest.skipUnless(stune_executable(), "no stune on PATH and none built in this clone")
class WithTheExecutable(InADirectory):
    """What is written is read back, and runs."""

    def test_it_is_read_back(self) -> None:
        path = make().save()
        self.assertEqual(path.read_text(), make().text())
        self.assertEqual(sorted(os.listdir()), ["study.yaml", "train.py"])

    def test_mistakes_are_told_and_the_last_file_stays(self) -> None:
        path = make().save()
        before = path.read_text()
        with self.assertRaisesRegex(InvalidStudy, r"study\.yaml:\d+:\d+: scheduler.*"):
            make(scheduler={"type": "asha", "max_resource": -1}).save()
        self.assertEqual(path.read_text(), before)
        self.assertEqual(sorted(os.listdir()), ["study.yaml", "train.py"])

    def run_quietly(self, study: "stune.Study") -> Any:
        """Run a study without its output."""
        with mock.patch("stune._study.Progress", Quiet):
            return study.run(cluster="local")

    def test_a_function_is_trained(self) -> None:
        import train

        result = self.run_quietly(make(train.train))
        self.assertEqual(result.outcome, "completed")
        self.assertEqual(len(result.trials), 4)
        best = result.best
        assert best is not None
        self.assertEqual(best.resource, 4)
        self.assertAlmostEqual(best.value, abs(best.parameters["lr"] - 0.01) + 0.25)
        self.assertIn("best", make(train.train)._repr_html_())

    def test_a_function_may_return_its_metric(self) -> None:
        import train

        scheduler = {"type": "none", "max_resource": 2}
        result = self.run_quietly(make(train.at_once, name="once", scheduler=scheduler))
        for row in result.trials:
            self.assertEqual(row["val_loss"], row["lr"] * 2)

    def test_a_run_without_a_result_is_an_error(self) -> None:
        with self.assertRaisesRegex(RunFailed, "ended with code 1") as caught:
            self.run_quietly(make(("false",), max_retries=0, max_failures=1))
        self.assertEqual(caught.exception.code, 1)

    def test_a_controller_is_submitted(self) -> None:
        (self.directory / "sbatch").write_text(
            '#!/bin/sh\nprintf "%s\\n" "$@" > arguments\necho 4821\n'
        )
        (self.directory / "sbatch").chmod(0o755)
        os.environ["PATH"] = f"{self.directory}:{os.environ['PATH']}"
        self.assertEqual(make().submit("--partition=long"), "4821")
        arguments = Path("arguments").read_text().split()
        self.assertEqual(arguments[:2], ["--parsable", "--partition=long"])
        self.assertTrue(arguments[2].endswith("controller.sbatch"))
        self.assertEqual(arguments[3:], ["study.yaml", "--dir", str(make().directory)])
        (self.directory / "sbatch").write_text("#!/bin/sh\necho no such partition >&2\nexit 1\n")
        with self.assertRaisesRegex(RunFailed, "no such partition"):
            make().submit()

    def imported(self, parameters: Any) -> str:
        """Return the section of parameters that another tool's space becomes."""
        study = make(parameters=parameters)
        study.save()
        return study.text().split("slurm:")[1].partition("\n")[2]

    @unittest.skipUnless(importlib.util.find_spec("optuna"), "optuna is not installed")
    def test_distributions_of_optuna(self) -> None:
        from optuna import distributions

        text = self.imported(
            {
                "lr": distributions.FloatDistribution(1e-4, 0.1, log=True),
                "layers": distributions.IntDistribution(1, 5),
                "kind": distributions.CategoricalDistribution(["a", "b"]),
            }
        )
        self.assertRegex(text, r"lr: \{type: float, min: .*, max: 0\.1, scale: log\}")
        self.assertRegex(text, r"layers: \{type: int, min: 1, max: 5\}")
        self.assertRegex(text, r"kind: \{type: choice, values: \[.?a.?, .?b.?\]\}")

    @unittest.skipUnless(importlib.util.find_spec("ConfigSpace"), "ConfigSpace is not installed")
    def test_a_space_of_configspace(self) -> None:
        import ConfigSpace

        space = ConfigSpace.ConfigurationSpace(seed=1)
        kind = ConfigSpace.Categorical("kind", ["a", "b"])
        depth = ConfigSpace.Integer("depth", (1, 8))
        space.add([kind, depth])
        space.add(ConfigSpace.EqualsCondition(depth, kind, "a"))
        text = self.imported(space)
        self.assertIn("depth: {type: int, min: 1, max: 8", text)
        self.assertRegex(text, r"when: \{kind: .?a.?\}")

    @unittest.skipUnless(importlib.util.find_spec("IPython"), "IPython is not installed")
    def test_a_notebook_shows_the_progress(self) -> None:
        import train

        shown = []

        class Place:
            def update(self, page: Any) -> None:
                shown.append(page.data)

        import IPython

        kernel = types.SimpleNamespace(kernel=object())
        with mock.patch.object(IPython, "get_ipython", lambda: kernel), mock.patch(
            "IPython.display.display", lambda *_, **__: Place()
        ):
            make(train.train).run(cluster="local")
        self.assertIn("completed", shown[-1])
        self.assertIn("Best trial", shown[-1])


class Quiet:
    """Stands in for the progress: what is printed goes nowhere."""

    is_shown = True

    def __init__(self, directory: Path) -> None: ...

    def __enter__(self) -> "Quiet":
        return self

    def __exit__(self, *_: Any) -> None: ...

    def wait(self, process: Any) -> None:
        process.wait()


class Launching(InADirectory):
    """The command that runs a function."""

    def launch(self, target: str) -> "subprocess.CompletedProcess[bytes]":
        """Run a function in the environment that a worker sets."""
        variables = self.variables(to=2, parameters={"lr": 0.5})
        return subprocess.run(
            [sys.executable, "-m", "stune.launch", target],
            env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def test_by_file_and_by_module(self) -> None:
        for target in ("train.py:train", "train:train", f"{self.directory}/train.py:train"):
            done = self.launch(target)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual([line["resource"] for line in self.lines()], [1, 2])
            self.reports.unlink()

    def test_a_number_is_the_metric(self) -> None:
        self.launch("train.py:at_once")
        self.assertEqual([line["metrics"] for line in self.lines()], [{"val_loss": 1.0}])

    def test_what_is_not_there(self) -> None:
        for target, message in [
            ("none.py:train", "none.py is not there"),
            ("train.py:none", "train.py has no function 'none'"),
            ("train", "FILE.py:FUNCTION, or MODULE:FUNCTION"),
        ]:
            done = self.launch(target)
            self.assertEqual(done.returncode, 1)
            self.assertIn(message, done.stderr.decode())

    def test_a_result_that_is_no_metric(self) -> None:
        trial = self.trial_in_study(to=2)
        with self.assertRaisesRegex(TypeError, "returned 'good': a mapping of metrics"):
            launch.finish(trial, "good")
        launch.finish(trial, {"val_loss": 1, "more": 2})
        launch.finish(trial, {"val_loss": 5})
        self.assertEqual([line["metrics"]["val_loss"] for line in self.lines()], [1.0])

    def test_one_trial_after_the_other(self) -> None:
        second = json.dumps(
            {**self.variables(to=1, parameters={"lr": 0.25}), "STUNE_ATTEMPT": "b.0.0",
             "STUNE_ANSWERS": str(self.answers)}
        )  # fmt: skip
        self.answer(resource=2)
        self.answers.open("a").write('{"attempt": "%s", "next": %s}\n' % (
            "1122334455667788.0.0", second))  # fmt: skip
        self.answers.open("a").write('{"attempt": "b.0.0", "resource": 1}\n')
        self.answers.open("a").write('{"attempt": "b.0.0", "next": null}\n')
        os.environ["STUNE_ANSWERS"] = str(self.answers)
        done = self.launch("train.py:train")
        self.assertEqual(done.returncode, 0, done.stderr)
        reported = [line["resource"] for line in self.lines() if "metrics" in line]
        self.assertEqual(reported, [1, 2, 1])


if __name__ == "__main__":
    unittest.main()
