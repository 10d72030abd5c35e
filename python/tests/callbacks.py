"""Tests that hold for the callbacks of every framework.

Each callback reports, saves, resumes, leaves when it is told to, and goes on in place.
"""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from pathlib import Path
from typing import Any, List, Optional

from study import PACKAGE_ROOT, StudyTestCase, stune


class CallbackTestCase(StudyTestCase):
    """What holds for every framework; a subclass says how it trains."""

    metric = "val_loss"
    most = 6
    # Whether a training that was resumed gives the same numbers as one that was not.
    repeats_exactly = True

    def setUp(self) -> None:
        super().setUp()
        if type(self) is CallbackTestCase:
            self.skipTest("for its subclasses")
        quiet = warnings.catch_warnings()
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)
        warnings.simplefilter("ignore")
        os.chdir(self.directory)
        self.addCleanup(os.chdir, PACKAGE_ROOT)

    def train(self, trial: stune.Trial) -> None:
        """Train a trial."""
        raise NotImplementedError

    def run_trial(
        self, start: int = 0, to: int = 3, resume: Optional[Path] = None, waits: bool = False
    ) -> None:
        """Train in the environment that a worker sets."""
        os.environ.update(self.variables(start=start, to=to, resume=resume))
        os.environ["STUNE_METRIC"] = self.metric
        if waits:
            os.environ["STUNE_ANSWERS"] = str(self.answers)
        with contextlib.redirect_stdout(io.StringIO()):
            self.train(stune.trial(self.most))

    def reported(self) -> List[int]:
        """Return the resources of the reports, each of which must have the metric."""
        lines = [line for line in self.lines() if "metrics" in line]
        for line in lines:
            self.assertIsInstance(line["metrics"][self.metric], float)
        return [line["resource"] for line in lines]

    def saved(self) -> List[int]:
        """Return the resources of the checkpoints that were published."""
        return [line["checkpoint"] for line in self.lines() if "checkpoint" in line]

    def test_it_reports_and_saves_at_its_target(self) -> None:
        self.run_trial(to=3)
        self.assertEqual((self.reported(), self.saved()), ([1, 2, 3], [3]))

    def test_it_goes_on_from_its_checkpoint(self) -> None:
        self.run_trial(to=4)
        at_once = [line["metrics"] for line in self.lines() if "metrics" in line]
        self.reports.unlink()
        os.rename(self.checkpoints / "4", self.directory / "not this one")
        self.run_trial(to=2)
        kept = self.directory / "kept"
        os.rename(self.checkpoints / "2", kept)
        self.run_trial(start=2, to=4, resume=kept)
        self.assertEqual((self.reported(), self.saved()), ([1, 2, 3, 4], [2, 4]))
        resumed = [line["metrics"] for line in self.lines() if "metrics" in line]
        if self.repeats_exactly:
            for one, other in zip(resumed, at_once):
                self.assertAlmostEqual(one[self.metric], other[self.metric], places=5)

    def test_it_saves_and_leaves_when_it_is_told_to(self) -> None:
        self.leave.write_text("")
        self.run_trial(to=5)
        self.assertEqual((self.reported(), self.saved()), ([1], [1]))

    def test_it_goes_on_in_place_when_it_is_promoted(self) -> None:
        self.answer(resource=2, to=4)
        self.answer(resource=4, save=True)
        self.run_trial(to=2, waits=True)
        self.assertEqual((self.reported(), self.saved()), ([1, 2, 3, 4], [4]))

    def test_outside_a_study_it_trains_to_the_end(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            self.train(stune.trial(2))
        self.assertIn("stune: 2: ", self.printed.getvalue())
        self.assertIn("checkpoint 2 discarded", self.printed.getvalue())


def points() -> Any:
    """Return data for two classes."""
    import numpy

    chance = numpy.random.RandomState(1)
    x = chance.randn(120, 4).astype("float32")
    return x, (x.sum(axis=1) + 0.3 * chance.randn(120) > 0).astype("int64")
