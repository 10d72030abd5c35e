"""A study in a directory of trackio, read by its own storage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest
from typing import Any, Dict

from exporting import OddMaker, ToolTestCase, expected
from installed import needs
from study import PACKAGE_ROOT


@needs("trackio")
class Trackio(ToolTestCase):
    """A directory, read by trackio in a process of its own, since it has one for each process."""

    format = "trackio"

    READ = (
        "import json, sys\n"
        "from trackio.sqlite_storage import SQLiteStorage as S\n"
        "project = sys.argv[1]\n"
        "print(json.dumps({run: [S.get_run_config(project, run), S.get_logs(project, run)]"
        " for run in S.get_runs(project)}))\n"
    )

    def environment(self) -> Dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT), "TRACKIO_DIR": self.to}

    def export(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "stune.export", "trackio", str(self.study.directory),
             "--to", self.to],
            env=self.environment(), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def read(self) -> Any:
        """Return what trackio has: by run, the configuration and the reports."""
        done = subprocess.run(
            [sys.executable, "-c", self.READ, self.study.name],
            env=self.environment(), stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        return json.loads(done.stdout)

    def check(self) -> None:
        curves = expected(self.study)
        runs = self.read()
        self.assertEqual(set(runs), {f"trial {number}" for number in curves})
        for number, known in curves.items():
            config, logs = runs[f"trial {number}"]
            self.assertEqual(config["lr"], self.study.trials[number]["lr"])
            self.assertEqual(config["stune.trial"], number)
            for metric, points in known.items():
                read = [(one["step"], one[metric]) for one in logs if metric in one]
                self.assertEqual(sorted(read), points)

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=2, longest=8.0)


    def test_odd_names(self) -> None:
        odd = OddMaker(self.directory / "odd")
        self.study = odd.study
        self.export()
        odd.finish()
        self.export()
        config, logs = self.read()["trial 0"]
        self.assertEqual([one["step"] for one in logs], [1, 2, 3])
        reserved = {"step", "time", "timestamp", "metrics", "run", "__time"}
        for name, points in odd.curves.items():
            key = f"__{name}" if name in reserved else name
            self.assertEqual([(one["step"], one[key]) for one in logs], points)
        for name, value in odd.parameters.items():
            key = f"params.{name}" if name.startswith("_") or name == "stune.trial" else name
            self.assertEqual(config[key], value)
        self.assertEqual(config["stune.trial"], 0)


if __name__ == "__main__":
    unittest.main()
