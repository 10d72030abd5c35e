"""A study that goes on while an export follows it, and exports that are killed meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, List

from snapshots import StudyMaker, asha
from study import PACKAGE_ROOT


class Player:
    """Plays a study: a report, then a snapshot, and so on, until it is over."""

    def __init__(self, directory: Path, trials: int = 12) -> None:
        """Prepare the study; nothing has happened yet."""
        self.maker = StudyMaker(directory)
        self._steps: List[Callable[[], Any]] = []
        recorded = _Recorder(self.maker, self._steps)
        asha(recorded, trials)  # type: ignore[arg-type]
        self.maker.publish()

    def play(self, steps_at_once: int, pause: float) -> None:
        """Play it to its end."""
        for first in range(0, len(self._steps), steps_at_once):
            for step in self._steps[first : first + steps_at_once]:
                step()
            self.maker.publish()
            time.sleep(pause)
        self.maker.finish()
        self.maker.publish()


class _Recorder:
    """Keeps what is done to a study, to be done later."""

    def __init__(self, maker: StudyMaker, steps: List[Callable[[], Any]]) -> None:
        self._maker, self._steps = maker, steps
        self.levels = maker.levels
        self._assignments = 0

    def assign(self, trial: int, rung: int) -> int:
        self._steps.append(lambda: self._maker.assign(trial, rung))
        self._assignments += 1
        return self._assignments - 1

    def __getattr__(self, name: str) -> Callable[..., None]:
        def keep(*arguments: Any, **options: Any) -> None:
            self._steps.append(lambda: getattr(self._maker, name)(*arguments, **options))

        return keep


def follow_and_kill(
    format: str, study: Path, to: str, seed: int, kills: int, longest: float
) -> None:
    """Follow a study by processes that are killed at random moments, the last one excepted."""
    chance = random.Random(seed)
    command = [
        sys.executable, "-m", "stune.export", format, str(study), "--to", to, "--follow",
        "--interval", "0.01",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
    for attempt in range(kills + 1):
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            output, _ = process.communicate(
                timeout=chance.uniform(0.05, longest) if attempt < kills else 300
            )
            if process.returncode != 0:
                raise AssertionError(f"seed {seed}: {output.decode()}")
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if attempt == kills:
                raise
