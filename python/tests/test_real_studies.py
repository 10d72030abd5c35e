"""What `stune.open` reads is what the executable prints: of a study that it has run."""

from __future__ import annotations

import csv
import io
import json
import math
import tempfile
import unittest
from pathlib import Path
from typing import Any

from executables import run, stune_executable
from study import stune

STUDY = """
name: digits
metric: {name: val_loss, goal: minimize}
parameters:
  lr: {type: float, min: 1.0e-4, max: 1.0e-1, scale: log}
  optimizer: {type: choice, values: [sgd, adam]}
  momentum: {type: float, min: 0.0, max: 0.99, when: {optimizer: [sgd]}}
searcher: {type: random, seed: 7}
scheduler: {type: asha, min_resource: 1, max_resource: 9, reduction_factor: 3}
trials: 12
parallel: 2
max_retries: 0
command: [python3, train.py]
slurm: {time: "00:10:00"}
"""

# One trial fails, one diverges; metrics come and go.
TRAIN = r"""
import math, sys
import stune

trial = stune.trial(9, lr=1e-3, optimizer="sgd", momentum=0.0)
if trial.number == 3:
    sys.exit("no luck\x1b[31m")
for epoch in trial.resources():
    loss = abs(math.log10(trial["lr"]) + 2) + 1 / epoch
    if trial.number == 4:
        loss = math.nan
    more = {"extra": 2.0} if epoch > 2 else {}
    trial.report(epoch, val_loss=loss, accuracy=1 / (1 + loss), **more)
    if trial.should_save(epoch):
        with trial.checkpoint(epoch) as directory:
            (directory / "state").write_text("x")
"""


@unittest.skipUnless(stune_executable(), "no stune on PATH and none built in this clone")
class RealStudy(unittest.TestCase):
    """One study, run once on local processes."""

    place: "tempfile.TemporaryDirectory[str]"

    @classmethod
    def setUpClass(cls) -> None:
        cls.place = tempfile.TemporaryDirectory()
        cls.directory = Path(cls.place.name)
        (cls.directory / "study.yaml").write_text(STUDY)
        (cls.directory / "train.py").write_text(TRAIN)
        run(stune_executable() or "", "run", "study.yaml", "--cluster", "local", cwd=cls.directory)
        cls.study = stune.open(cls.directory / "digits.stune")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.place.cleanup()

    def told(self, *arguments: str) -> Any:
        """Return what the executable says, as JSON."""
        command = (stune_executable() or "", *arguments, "--json")
        return json.loads(run(*command, cwd=self.directory).stdout)

    def test_trials(self) -> None:
        rows = self.told("trials", "digits.stune")
        trials = self.study.trials
        self.assertEqual(len(rows), len(trials))
        used = {"cpu_seconds": "cpuSeconds", "memory_bytes": "memoryBytes"}
        for row, own in zip(rows, trials):
            for name in ("trial", "state", "rung", "resource", "attempts", "begin", "end", "host",
                         "checkpoint", "reason"):  # fmt: skip
                self.assertEqual(own[name], row.get(name), f"{name} of {row}")
            self.assertAlmostEqual(own["seconds"], row["seconds"])
            for name in ("val_loss", "accuracy", "extra"):
                self.assertEqual(own[name], row["metrics"].get(name))
            for name in ("lr", "optimizer", "momentum"):
                self.assertEqual(own[name], row["configuration"].get(name))
            for name, key in used.items():
                self.assertEqual(own[name], row["used"].get(key))
        self.assertEqual({"failed", "diverged"} - set(trials["state"]), set())

    def test_columns(self) -> None:
        command = (stune_executable() or "", "trials", "digits.stune", "--csv")
        header = next(csv.reader(io.StringIO(run(*command, cwd=self.directory).stdout)))
        self.assertEqual(self.study.trials.columns, header)

    def test_reports_and_attempts(self) -> None:
        for trial in range(12):
            told = self.told("show", "digits.stune", str(trial))
            own = [row for row in self.study.reports if row["trial"] == trial]
            self.assertEqual(len(own), len(told["reports"]))
            for row, report in zip(own, told["reports"]):
                for name in ("attempt", "resource", "current"):
                    self.assertEqual(row[name], report[name])
                for name in ("val_loss", "accuracy", "extra"):
                    value = None if math.isnan(row[name]) else row[name]
                    self.assertEqual(value, report["metrics"].get(name))
            attempts = [row for row in self.study.attempts if row["trial"] == trial]
            self.assertEqual(len(attempts), len(told["attempts"]))
            for row, attempt in zip(attempts, told["attempts"]):
                for name, key in [("attempt", "attempt"), ("rung", "rung"), ("from", "from"),
                                  ("to", "to"), ("task", "task"), ("host", "host"),
                                  ("begin", "started"), ("end", "ended"),
                                  ("stderr", "stderr")]:  # fmt: skip
                    self.assertEqual(row[name], attempt[key], f"{name} of {attempt}")
        endings = {row["ending"] for row in self.study.attempts}
        self.assertTrue({"finished", "exited"} <= endings, endings)

    def test_times_of_reports_are_within_the_study(self) -> None:
        times = self.study.reports["time"]
        self.assertEqual(times, sorted(times))
        self.assertGreaterEqual(times[0], self.study.snapshot.created)

    def test_the_best_and_the_ladder(self) -> None:
        status = self.told("status", "digits.stune")
        best = self.study.best
        assert best is not None
        told = {"trial": best.trial, "value": best.value, "resource": best.resource}
        self.assertEqual(told, status["best"])
        self.assertTrue((best.checkpoint or Path("none")).is_dir())
        for rung, row in zip(self.study.ladder, status["ladder"]):
            self.assertEqual(rung._asdict(), {"best": None, **row})
        self.assertEqual(self.study.counts, status["trials"])
        self.assertEqual(self.study.wait(), "completed")


if __name__ == "__main__":
    unittest.main()
