"""Tests of exports to tools: each study is read by its own tool, live and after the end."""

from __future__ import annotations

import logging
import random
import threading
import warnings
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

from following import Player, follow_and_kill
from snapshots import StudyMaker, asha
from study import StudyTestCase, stune

from stune.export import export

HOSTILE = '<b>\x1b[31m\u202e=1+1 $x$ \'../\\ "q"'


# Names that stune, or a tool, has a column, key or tag of its own for, and names that are paths.
ODD = (
    "time", "attempt", "seconds", "trial", "resource", "event", "current", "state", "step",
    "timestamp", "metrics", "run", "_step", "_runtime", "_timestamp", "__time", "stune.trial",
    "stune/state", "metrics.time", "params.time", "_hparams_/session_end_info", "a", "a/b", "a//b",
    "a.b", "../c", "損失 ünï", "=1+1", "%s", "\u202e", HOSTILE,
)  # fmt: skip


def expected(
    study: Any, names: Sequence[str] = ("val_loss", "accuracy")
) -> Dict[int, Dict[str, List[Tuple[int, float]]]]:
    """Return the curves of each trial: by metric, the resource and the value."""
    found: Dict[int, Dict[str, List[Tuple[int, float]]]] = {}
    for metric in names:
        for row, value in zip(study.reports, study.reports.metric(metric)):
            if value == value:
                point = (row["resource"], value)
                found.setdefault(row["trial"], {}).setdefault(metric, []).append(point)
    return found


class ToolTestCase(StudyTestCase):
    """A study of 12 trials: exported while trial 3 is on its way, and again when all is over."""

    format = ""

    def setUp(self) -> None:
        super().setUp()
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        quiet = warnings.catch_warnings()
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)
        warnings.simplefilter("ignore")
        self.to = str(self.directory / "out")
        self.maker = StudyMaker(self.directory / "digits.stune")
        asha(self.maker, 12)
        self.work = self.maker.assign(4, 1)
        self.maker.report(self.work, 2, val_loss=0.75, accuracy=0.5)
        self.maker.publish()
        self.study = stune.open(self.maker.directory)

    def export_live_and_over(self) -> None:
        """Export, go on, end the study, export again."""
        self.export()
        self.check()
        self.maker.report(self.work, 3, val_loss=0.7, accuracy=0.6)
        self.maker.end(4, self.work, 0.7)
        self.maker.finish()
        self.maker.publish()
        for _ in range(2):
            self.export()
            self.check()

    def export(self) -> None:
        """Export as the study is now."""
        export(self.format, self.study, self.to)

    def check(self) -> None:
        """See that the tool reads what the study has."""
        raise NotImplementedError

    def follow_and_check(self, kills: int, longest: float) -> None:
        """Follow a study by processes that are killed at random, and check what is there."""
        seed = random.randrange(1 << 30)
        directory = self.directory / "followed.stune"
        player = Player(directory, trials=9)
        thread = threading.Thread(target=player.play, args=(4, 0.1))
        thread.start()
        try:
            follow_and_kill(self.format, directory, self.to, seed, kills, longest)
        finally:
            thread.join()
        self.study = stune.open(directory)
        with self.subTest(seed=seed):
            self.check()


def hostile_study(directory: Path) -> Path:
    """Make a study with hostile names and values."""
    space = [{"name": HOSTILE, "domain": {"choice": {"_0": [HOSTILE]}}, "conditions": []}]
    maker = StudyMaker(
        directory, name=HOSTILE, objectives=((HOSTILE, "minimize"),), space=space, levels=(1,)
    )
    maker.trial(0, **{HOSTILE: HOSTILE})
    work = maker.assign(0, 0)
    maker.report(work, 1, **{HOSTILE: 0.5, HOSTILE.replace("=", "?"): 0.25})
    maker.end(0, work, 0.5, "completed", reason=HOSTILE)
    maker.finish()
    return maker.publish()


class OddMaker:
    """A study whose metrics and parameters all have names of `ODD`: one trial that trains to 3.

    At a resource the metric in place n is n + resource / 8, the parameter in place n is n / 2.
    """

    def __init__(self, directory: Path) -> None:
        """Begin it: the trial has reported 1."""
        space: List[Dict[str, Any]] = [
            {"name": name, "domain": {"float": {"min": 0, "max": 99, "scale": "linear"}},
             "conditions": []}
            for name in ODD
        ]  # fmt: skip
        self.maker = StudyMaker(
            directory, objectives=(("time", "minimize"),), space=space, levels=(3,)
        )
        self.maker.trial(0, **self.parameters)
        self.work = self.maker.assign(0, 0)
        self.report(1)
        self.study = stune.open(self.maker.publish())

    @property
    def parameters(self) -> Dict[str, float]:
        """The parameters of the trial."""
        return {name: place / 2 for place, name in enumerate(ODD)}

    def metrics(self, resource: int) -> Dict[str, float]:
        """The metrics at a resource."""
        return {name: place + resource / 8 for place, name in enumerate(ODD)}

    @property
    def curves(self) -> Dict[str, List[Tuple[int, float]]]:
        """The whole curves of the trial."""
        return {
            name: [(resource, self.metrics(resource)[name]) for resource in (1, 2, 3)]
            for name in ODD
        }

    def report(self, resource: int) -> None:
        """Report all metrics."""
        self.maker.report(self.work, resource, **self.metrics(resource))

    def finish(self) -> None:
        """Report the rest, and end the study."""
        for resource in (2, 3):
            self.report(resource)
        self.maker.end(0, self.work, self.metrics(3)["time"], "completed")
        self.maker.finish()
        self.maker.publish()
