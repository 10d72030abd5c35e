"""The programs of docs/first-study.md, from-*.md and jupyter.md run as they stand, old and new.

What a page's program needs and is not installed is skipped; `make test-frameworks` installs it.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Dict

from executables import run, stune_executable
from study import PACKAGE_ROOT, stune

DOCS = PACKAGE_ROOT.parent / "docs"


def files(page: str) -> Dict[str, str]:
    """Return the files that a page shows."""
    blocks = re.findall(r"^```\w+ (\S+\.\w+)\n(.*?)^```$", (DOCS / page).read_text(), re.M | re.S)
    return dict(blocks)


class Pages(unittest.TestCase):
    """Each page in a directory of its own."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.place = Path(scratch.name)

    def write(self, page: str, *modules: str) -> None:
        """Write the files of a page, if the modules that they need are installed."""
        for name in modules:
            if importlib.util.find_spec(name) is None:
                self.skipTest(f"{name} is not installed")
        if stune_executable() is None:
            self.skipTest("no stune on PATH and none built in this clone")
        for name, text in files(page).items():
            (self.place / name).write_text(text)

    def python(self, file: str) -> str:
        """Run a program of the page; return the last line that it printed."""
        return run(sys.executable, file, cwd=self.place).stdout.splitlines()[-1]

    def stune(self, file: str = "study.yaml") -> None:
        """Run a study of the page."""
        run(stune_executable() or "", "run", file, "--cluster", "local", cwd=self.place)

    def test_the_first_study(self) -> None:
        self.write("first-study.md", "sklearn", "joblib")
        by_hand = run(sys.executable, "train.py", cwd=self.place).stderr.splitlines()
        self.assertRegex(by_hand[0], r"^stune: 1: error=0\.\d+$")
        printed = run("bash", "-e", "session.sh", cwd=self.place).stdout
        self.assertIn("valid. Study 'first': 3 parameters, 12 trials, 2 at once", printed)
        study = stune.open(self.place / "first.stune")
        best = study.best
        assert best is not None
        self.assertEqual((study.outcome, best.resource), ("completed", 9))
        self.assertLess(best.value, 0.2)
        self.assertIn("<title>", (self.place / "first.html").read_text())
        self.assertTrue((self.place / "results" / "trials.csv").exists())
        # The page promises less than ten commands.
        page = (DOCS / "first-study.md").read_text()
        blocks = re.findall(r"^```sh \S+\n(.*?)^```$", page, re.M | re.S)[:-1]
        self.assertEqual(sum(len(block.splitlines()) for block in blocks), 8)

    def test_from_optuna(self) -> None:
        self.write("from-optuna.md", "optuna")
        theirs = self.python("optuna_study.py")
        self.assertRegex(theirs, r"^\d+ \d\.\d+ \{'lr': .*'optimizer': ")
        self.stune()
        ours = self.python("read.py")
        self.assertRegex(ours, r"^\d+ \d\.\d+ \{'lr': .*'optimizer': ")
        # Both find what is good: a loss that only a rate near 0.01 gives.
        for line in (theirs, ours):
            self.assertLess(float(line.split()[1]), 1.5)

    def test_from_ray_tune(self) -> None:
        self.write("from-ray-tune.md", "ray")
        theirs = self.python("ray_study.py")
        self.stune()
        ours = self.python("read.py")
        for line in (theirs, ours):
            self.assertRegex(line, r"^\d\.\d+ \{'lr': .*'hidden': \d+")
            self.assertLess(float(line.split()[0]), 1.5)

    def test_from_submitit(self) -> None:
        self.write("from-submitit-and-hydra.md", "submitit")
        theirs = self.python("submitit_sweep.py")
        ours = self.python("sweep.py")
        self.assertRegex(theirs, r"^\(0\.111+\d*, 0\.01\)$")
        self.assertRegex(ours, r"^0\.111+\d* \{'lr': 0\.01\}$")

    def test_from_hydra(self) -> None:
        self.write("from-submitit-and-hydra.md", "hydra")
        run(
            sys.executable, "train_hydra.py", "--multirun", "lr=0.001,0.01", "optimizer=sgd,adam",
            cwd=self.place,
        )  # fmt: skip
        self.stune("hydra.yaml")
        best = stune.open(self.place / "hydra.stune").best
        assert best is not None
        self.assertEqual((best.parameters["lr"], best.resource), (0.01, 9))

    def test_in_jupyter(self) -> None:
        self.write("jupyter.md")
        printed = run(sys.executable, "cells.py", cwd=self.place).stdout
        self.assertIn("Result(trial=", printed)

    def test_in_jupyter_in_a_kernel(self) -> None:
        self.write("jupyter.md", "nbclient", "ipykernel")
        notebook = {
            "nbformat": 4, "nbformat_minor": 5,
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "", "language": "python"}
            },
            "cells": [
                {"cell_type": "code", "id": f"c{number}", "metadata": {}, "outputs": [],
                 "execution_count": None, "source": source}
                for number, source in enumerate(
                    ["%%writefile train.py\n" + files("jupyter.md")["train.py"],
                     files("jupyter.md")["cells.py"], "stune.open('notebook.stune')"])
            ],
        }  # fmt: skip
        import json

        (self.place / "train.py").unlink()
        (self.place / "study.ipynb").write_text(json.dumps(notebook))
        program = (
            "import nbclient, nbformat\n"
            "book = nbformat.read('study.ipynb', 4)\n"
            "nbclient.NotebookClient(book, timeout=200).execute()\n"
            "nbformat.write(book, 'done.ipynb')\n"
        )
        run(sys.executable, "-c", program, cwd=self.place)
        done = json.loads((self.place / "done.ipynb").read_text())
        pages = [
            "".join(output["data"]["text/html"])
            for cell in done["cells"]
            for output in cell["outputs"]
            if "text/html" in output.get("data", {})
        ]
        self.assertEqual(len(pages), 2, "the progress, and the study that was opened")
        for page in pages:
            self.assertIn("Best trial", page)
            self.assertIn("<b>notebook</b>: completed", page)


if __name__ == "__main__":
    unittest.main()
