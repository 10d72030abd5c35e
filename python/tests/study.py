"""What stune-worker gives to a training command, set up in a temporary directory."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List, Optional
from unittest import mock

PACKAGE_ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = PACKAGE_ROOT.parent / "templates"
sys.path.insert(0, str(PACKAGE_ROOT))

import stune  # noqa: E402  (the package is tested where it lies, not installed)


ATTEMPT = "1122334455667788.0.0"


class StudyTestCase(unittest.TestCase):
    """A test with a directory of its own and no variable of a study or a launcher around it."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = Path(scratch.name)
        self.reports = self.directory / "reports.jsonl"
        self.checkpoints = self.directory / "checkpoints"
        self.leave = self.directory / "leave"
        self.answers = self.directory / "answers.jsonl"
        clean = mock.patch.dict(os.environ)
        clean.start()
        self.addCleanup(clean.stop)
        for name in list(os.environ):
            if name.startswith(("STUNE_", "SLURM_", "OMPI_", "PMI")) or name in ("RANK",):
                del os.environ[name]
        self.printed = io.StringIO()
        stderr = contextlib.redirect_stderr(self.printed)
        stderr.__enter__()
        self.addCleanup(stderr.__exit__, None, None, None)

    def variables(
        self,
        start: int = 0,
        to: int = 3,
        parameters: Optional[Dict[str, Any]] = None,
        resume: Optional[Path] = None,
    ) -> Dict[str, str]:
        """Return the variables that the worker sets, having made what they name."""
        self.checkpoints.mkdir(exist_ok=True)
        variables = {
            "STUNE_STUDY": "digits",
            "STUNE_TRIAL": "17",
            "STUNE_ATTEMPT": ATTEMPT,
            "STUNE_PARAMETERS": json.dumps(parameters or {}),
            "STUNE_METRIC": "val_loss",
            "STUNE_FROM": str(start),
            "STUNE_TO": str(to),
            "STUNE_REPORTS": str(self.reports),
            "STUNE_CHECKPOINTS": str(self.checkpoints),
            "STUNE_LEAVE": str(self.leave),
        }
        if resume is not None:
            variables["STUNE_RESUME"] = str(resume)
        return variables

    def trial_in_study(self, **arguments: Any) -> stune.Trial:
        """Return a trial in the environment that the worker sets."""
        os.environ.update(self.variables(**arguments))
        return stune.trial()

    def trial_that_waits(self, **arguments: Any) -> stune.Trial:
        """Return a trial whose worker stays for the controller's answers."""
        os.environ.update(self.variables(**arguments), STUNE_ANSWERS=str(self.answers))
        return stune.trial()

    def answer(self, **content: Any) -> None:
        """Append an answer, as the worker does."""
        with self.answers.open("a") as file:
            file.write(json.dumps({"attempt": ATTEMPT, **content}) + "\n")

    def lines(self) -> List[Dict[str, Any]]:
        """Return what has been appended to the file of reports."""
        if not self.reports.exists():
            return []
        return [json.loads(line) for line in self.reports.read_text().splitlines()]
