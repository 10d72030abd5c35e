"""The templates' programs do what a worker expects of them, without a worker or Slurm."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any, Dict, List

from study import TEMPLATES, StudyTestCase

# Stands in for `stune-worker report` and `stune-worker checkpoint`.
WORKER = r"""#!/bin/sh
set -eu
case $1 in
report)
    line="{\"resource\":$4,\"metrics\":{\"${2%%=*}\":${2#*=}}}"
    if [ "$4" -ge "$STUNE_TO" ] || [ -e "$STUNE_LEAVE" ]; then echo leave; else echo continue; fi ;;
checkpoint) mv "$2" "$STUNE_CHECKPOINTS/$4"; line="{\"checkpoint\":$4}" ;;
esac
echo "$line" | sed 's/:inf}/:"inf"}/' >>"$STUNE_REPORTS"
"""


def interpreter_with_digits() -> str:
    """Return a Python that has numpy and scikit-learn's files, or an empty string."""
    probe = "import sys, numpy, importlib.util; sys.exit(not importlib.util.find_spec('sklearn'))"
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python):
            answer = subprocess.run([python, "-c", probe], stderr=subprocess.DEVNULL)
            if answer.returncode == 0:
                return python
    return ""


class TemplateTestCase(StudyTestCase):
    """Runs a template's command as the worker does: in the template's directory."""

    def start(
        self, template: str, command: List[str], extra: Dict[str, str], **arguments: Any
    ) -> "subprocess.Popen[str]":
        """Start the command in the environment that the worker sets."""
        variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        variables.update(self.variables(**arguments), PYTHONDONTWRITEBYTECODE="1", **extra)
        return subprocess.Popen(
            command,
            cwd=TEMPLATES / template,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
        )

    def finish(self, process: "subprocess.Popen[str]") -> str:
        """Wait for the command, which must succeed; return what it printed."""
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output)
        return output

    def forget(self) -> None:
        """Remove reports and checkpoints, for another attempt."""
        self.reports.unlink()
        shutil.rmtree(self.checkpoints)

    def move_checkpoint(self, resource: int) -> Path:
        """Take a checkpoint out of the way, for another attempt to resume from."""
        kept = self.directory / f"kept.{resource}"
        os.rename(self.checkpoints / str(resource), kept)
        return kept


class Digits(TemplateTestCase):
    """A network on handwritten digits."""

    def train(self, **arguments: Any) -> None:
        python = interpreter_with_digits()
        if not python:
            self.skipTest("no Python with numpy and scikit-learn")
        self.finish(self.start("digits", [python, "train.py"], {}, **arguments))

    def test_resuming_gives_the_same_as_never_stopping(self) -> None:
        for optimizer in ("sgd", "adam"):
            with self.subTest(optimizer):
                parameters = {"lr": 0.01, "hidden": 32, "batch_size": 32, "optimizer": optimizer}
                self.train(parameters=parameters, to=4)
                at_once = [line for line in self.lines() if "metrics" in line]
                self.forget()
                self.train(parameters=parameters, to=2)
                kept = self.move_checkpoint(2)
                self.train(parameters=parameters, start=2, to=4, resume=kept)
                self.assertEqual([line for line in self.lines() if "metrics" in line], at_once)
                self.assertEqual([line.get("checkpoint") for line in self.lines()].index(4), 5)
                shutil.rmtree(kept)
                self.forget()

    def test_a_good_configuration_passes_on_held_out_digits(self) -> None:
        parameters = {"lr": 0.003, "hidden": 200, "batch_size": 32, "optimizer": "adam"}
        self.train(parameters=parameters, to=27)
        command = [interpreter_with_digits(), "holdout.py", str(self.checkpoints / "27")]
        output = self.finish(self.start("digits", command, {}))
        match = re.fullmatch(r"held-out accuracy: (0\.\d{3})\n", output)
        assert match, output
        self.assertGreaterEqual(float(match.group(1)), 0.96)

    def test_a_bad_one_does_not(self) -> None:
        parameters = {"lr": 0.0001, "hidden": 16, "batch_size": 128, "optimizer": "sgd"}
        self.train(parameters=parameters, to=1)
        python = interpreter_with_digits()
        bad = self.start("digits", [python, "holdout.py", str(self.checkpoints / "1")], {})
        self.assertIn("held-out accuracy: 0.", bad.communicate()[0])
        self.assertEqual(bad.returncode, 1)
        none = self.start("digits", [python, "holdout.py", str(self.checkpoints)], {})
        self.assertIn("does not exist", none.communicate()[0])
        self.assertEqual(none.returncode, 2)


class Shell(TemplateTestCase):
    """A shell script."""

    def train(self, *values: str, **arguments: Any) -> None:
        worker = self.directory / "bin" / "stune-worker"
        worker.parent.mkdir(exist_ok=True)
        worker.write_text(WORKER)
        worker.chmod(0o755)
        path = f"{worker.parent}:{os.environ['PATH']}"
        self.finish(self.start("shell", ["sh", "train.sh", *values], {"PATH": path}, **arguments))

    def losses(self) -> List[float]:
        return [float(line["metrics"]["loss"]) for line in self.lines() if "metrics" in line]

    def test_resuming_gives_the_same_as_never_stopping(self) -> None:
        self.train("0.001", "0.9", to=3)
        at_once = self.losses()
        self.assertEqual(sorted(at_once, reverse=True), at_once)
        self.forget()
        self.train("0.001", "0.9", to=1)
        self.train("0.001", "0.9", start=1, to=3, resume=self.move_checkpoint(1))
        self.assertEqual(self.losses(), at_once)
        self.assertEqual(self.lines()[-1], {"checkpoint": 3})

    def test_momentum_may_be_left_out(self) -> None:
        self.train("0.001", to=1)
        self.assertEqual(len(self.losses()), 1)

    def test_what_diverges_is_infinite(self) -> None:
        self.train("0.01", "0.99", to=2)
        self.assertEqual(self.losses(), [float("inf")] * 2)

    def test_it_saves_and_leaves_when_asked_to(self) -> None:
        self.leave.touch()
        self.train("0.001", to=9)
        self.assertEqual(self.lines()[1:], [{"checkpoint": 1}])


class Multinode(TemplateTestCase):
    """Several processes, as srun starts them."""

    def train(self, ranks: int, **arguments: Any) -> List[float]:
        parameters = {"lr": 0.5, "l2": 1e-4}
        processes = []
        for rank in reversed(range(ranks)):
            step = {
                "SLURM_JOB_ID": "1",
                "SLURM_STEP_ID": "0",
                "SLURM_STEP_NUM_TASKS": str(ranks),
                "SLURM_PROCID": str(rank),
            }
            processes.append(
                self.start(
                    "multinode",
                    [sys.executable, "train.py"],
                    step,
                    parameters=parameters,
                    **arguments,
                )
            )
        for process in processes:
            self.finish(process)
        return [line["metrics"]["val_loss"] for line in self.lines() if "metrics" in line]

    def test_two_ranks_train_one_model_and_one_reports(self) -> None:
        alone = self.train(1, to=3)
        self.forget()
        together = self.train(2, to=3)
        self.assertEqual(len(together), 3)
        for a, b in zip(alone, together):
            self.assertAlmostEqual(a, b, places=12)
        self.assertEqual([path.name for path in self.checkpoints.iterdir()], ["3"])

    def test_resuming_gives_the_same_as_never_stopping(self) -> None:
        at_once = self.train(2, to=3)
        self.forget()
        self.train(2, to=1)
        resumed = self.train(2, start=1, to=3, resume=self.move_checkpoint(1))
        self.assertEqual(resumed, at_once)

    def test_all_ranks_leave_when_the_first_is_asked_to(self) -> None:
        self.leave.touch()
        self.assertEqual(len(self.train(3, to=9)), 1)
        self.assertEqual(self.lines()[1:], [{"checkpoint": 1}])


if __name__ == "__main__":
    unittest.main()
