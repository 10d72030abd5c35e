"""Exports to files: value by value, appended while a study runs, killed at random moments."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import os
import random
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List

from exporting import OddMaker
from following import Player, follow_and_kill
from snapshots import BEGAN, StudyMaker, asha
from study import PACKAGE_ROOT, StudyTestCase, stune

from stune.export import FORMATS, ExportError, export
from stune.export.__main__ import main

FORMULA = '=HYPERLINK("http://example.org","x")'
HOSTILE = '<b>\x1b[31m\u202e,"quoted"\r\nnext line'


def row_by_row(path: Path) -> List[Dict[str, str]]:
    """Return the rows of a CSV file."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class ExportTestCase(StudyTestCase):
    """A study of 12 trials."""

    def setUp(self) -> None:
        super().setUp()
        self.maker = StudyMaker(self.directory / "digits.stune")
        asha(self.maker, 12)
        self.maker.publish()
        self.study = stune.open(self.maker.directory)
        self.to = self.directory / "out"

    def export(self, format: str, **options: Any) -> Path:
        """Export the study."""
        return Path(export(format, self.study, str(self.to), **options))


class Files(ExportTestCase):
    """What the files have is what the tables have."""

    def test_csv_value_by_value(self) -> None:
        self.export("csv")
        for name in ("trials", "reports", "attempts"):
            table = getattr(self.study, name)
            rows = row_by_row(self.to / f"{name}.csv")
            self.assertEqual(len(rows), len(table))
            for row, own in zip(rows, table):
                self.assertEqual(list(row), list(own))
                for column, value in own.items():
                    self.check_cell(row[column], value, column in table.times)

    def check_cell(self, cell: str, value: Any, is_time: bool) -> None:
        """See that a cell reads back as the value."""
        if value is None or isinstance(value, float) and math.isnan(value):
            self.assertEqual(cell, "")
        elif is_time:
            self.assertTrue(cell.endswith("Z"))
            self.assertLess(abs(_seconds(cell) - value), 0.001)
        elif isinstance(value, bool):
            self.assertEqual(cell, str(value).lower())
        elif isinstance(value, (int, float)):
            self.assertEqual(type(value)(cell), value)
        else:
            self.assertEqual(cell, value.replace("\n", "\\n"))

    def test_json_lines_value_by_value(self) -> None:
        self.export("jsonl")
        for name in ("trials", "reports", "attempts"):
            lines = (self.to / f"{name}.jsonl").read_text().splitlines()
            table = getattr(self.study, name)
            self.assertEqual(len(lines), len(table))
            for line, own in zip(lines, table):
                expected = {
                    column: None if isinstance(value, float) and math.isnan(value) else value
                    for column, value in own.items()
                }
                self.assertEqual(json.loads(line), expected)

    def test_a_second_export_replaces_the_first(self) -> None:
        self.export("csv")
        before = (self.to / "reports.csv").read_bytes()
        self.export("csv")
        self.assertEqual((self.to / "reports.csv").read_bytes(), before)
        work = self.maker.assign(3, 1)
        self.maker.report(work, 2, val_loss=0.25)
        self.maker.publish()
        self.export("csv")
        self.assertEqual(len(row_by_row(self.to / "reports.csv")), len(self.study.reports))

    def test_no_cell_starts_a_formula_and_all_is_literal(self) -> None:
        space = [
            {"name": FORMULA, "domain": {"choice": {"_0": [FORMULA, HOSTILE]}}, "conditions": []},
            {"name": "x", "domain": {"float": {"min": -1, "max": 1, "scale": "linear"}},
             "conditions": []},
        ]  # fmt: skip
        maker = StudyMaker(self.directory / "hostile", name=FORMULA, space=space, levels=(1,))
        for trial, text in enumerate([FORMULA, HOSTILE, "@SUM(A1)", "\t=1", "+1", "-1", "\uff1d1"]):
            maker.trial(trial, **{FORMULA: text, "x": -0.5})
            work = maker.assign(trial, 0, host=text)
            maker.report(work, 1, **{"val_loss": -1.0, "=cmd": 2.0})
            maker.end(trial, work, -1.0, stderr=text, reason=text)
        self.study = stune.open(maker.publish())
        self.export("csv")
        for name in ("trials", "reports", "attempts"):
            content = (self.to / f"{name}.csv").read_bytes()
            for bad in (b"\x1b", b"\t", "\u202e".encode()):
                self.assertNotIn(bad, content)
            self.assertEqual(content.count(b"\n"), len(getattr(self.study, name)) + 1)
            for row in csv.reader(io.StringIO(content.decode(), newline="")):
                for cell in row:
                    if cell and cell.lstrip()[0] in "=+-@\uff1d":
                        float(cell)  # A number may begin with a sign.
        first = row_by_row(self.to / "trials.csv")[0]
        self.assertEqual(first["'" + FORMULA], "'" + FORMULA)
        self.assertEqual((first["x"], first["val_loss"], first["'=cmd"]), ("-0.5", "-1.0", "2.0"))
        second = row_by_row(self.to / "trials.csv")[1]
        self.assertEqual(second["host"], '<b>\\x1b[31m\\u202e,"quoted"\\r\\nnext line')
        self.to = self.directory / "lines"
        self.export("jsonl")
        content = (self.to / "trials.jsonl").read_bytes()
        self.assertTrue(content.isascii() and b"\x1b" not in content)
        self.assertEqual(json.loads(content.splitlines()[1])["host"], HOSTILE)


    def test_odd_names(self) -> None:
        odd = OddMaker(self.directory / "odd")
        self.study = odd.study
        self.export("csv")
        odd.finish()
        self.export("csv")
        rows = row_by_row(self.to / "reports.csv")
        # There is a metric `metrics.time`, too.
        times = [float(row["metrics.metrics.time"]) for row in rows]
        self.assertEqual(times, [0.125, 0.25, 0.375])
        self.assertEqual([row["resource"] for row in rows], ["1", "2", "3"])
        self.assertEqual(float(rows[0]["metrics.attempt"]), odd.metrics(1)["attempt"])
        self.assertTrue(all(row["time"].endswith("Z") for row in rows))
        (row,) = row_by_row(self.to / "trials.csv")
        self.assertEqual((row["state"], row["trial"], row["resource"]), ("completed", "0", "3"))
        self.assertEqual((float(row["time"]), float(row["params.params.time"])), (0.375, 0.0))
        self.assertEqual(float(row["'=1+1"]), odd.metrics(3)["=1+1"])
        self.assertEqual(float(row["params.損失 ünï"]), odd.parameters["損失 ünï"])
        self.to = self.directory / "lines"
        self.export("jsonl")
        line = json.loads((self.to / "trials.jsonl").read_text())
        trials = self.study.trials
        for columns, values in [
            (trials.metrics, odd.metrics(3)),
            (trials.parameters, odd.parameters),
        ]:
            self.assertEqual({name: line[columns[name]] for name in columns}, values)


def _seconds(cell: str) -> float:
    """Return a moment as seconds since 1970."""
    from datetime import datetime

    return datetime.fromisoformat(cell.replace("Z", "+00:00")).timestamp()


class Refusals(ExportTestCase):
    """What cannot be done is said in words."""

    def refused(self, message: str, format: str = "csv") -> None:
        with self.assertRaisesRegex(ExportError, message):
            self.export(format)

    def test_an_unknown_format(self) -> None:
        self.refused("no format 'xlsx'; there is: csv, jsonl, parquet", "xlsx")

    def test_a_directory_with_other_files(self) -> None:
        self.to.mkdir()
        (self.to / "thesis.tex").write_text("")
        self.refused("has files that are not of an export, such as 'thesis.tex'; name a directory")

    def test_a_directory_of_another_study(self) -> None:
        self.export("csv")
        self.refused("has another export already, csv of the study 'digits'; name", "jsonl")
        self.study = stune.open(StudyMaker(self.directory / "o", name="other").publish())
        self.refused("has another export already, csv of the study 'digits'; name another dir")

    def test_a_second_export_at_the_same_time(self) -> None:
        from stune.export._place import Place

        place = Place(self.to, "csv", self.study)
        self.addCleanup(place.close)
        self.refused("another export writes to .*out; end it first")

    def test_a_second_export_into_the_same_store(self) -> None:
        from stune.export._place import Store

        path = self.to / "deep" / "store.db"
        for to, is_sqlite in [
            (str(path), False),
            (f"sqlite:///{path}", True),
            (f"sqlite+pysqlite:///{path}?timeout=3", True),
        ]:
            with self.subTest(to):
                store = Store(to)
                self.assertEqual((store.path, store.is_sqlite), (path, is_sqlite))
                with self.assertRaisesRegex(ExportError, "another export writes to .*deep; end it"):
                    Store(to)
                store.close()
                Store(to).close()
        elsewhere = Store("postgresql://host/store")
        self.addCleanup(elsewhere.close)
        self.assertEqual((elsewhere.path, elsewhere.is_sqlite), (None, False))

    def test_a_library_that_is_missing(self) -> None:
        FORMATS["none"] = FORMATS["mlflow"]._replace(library="no_such_library")
        self.addCleanup(FORMATS.pop, "none")
        self.refused("has no no_such_library, which writes this format; install it: pip", "none")

    def run_main(self, *arguments: str) -> int:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            code = main(list(arguments))
        self.output = printed.getvalue()
        return code

    def test_the_command(self) -> None:
        study = str(self.maker.directory)
        self.assertEqual(self.run_main("csv", study, "--to", str(self.to)), 0)
        self.assertEqual(self.output, f"{self.to}\n")
        self.assertEqual(self.run_main("xlsx", study), 2)
        self.assertEqual(self.run_main("csv", str(self.directory / "none")), 2)
        self.assertIn("stune: no format 'xlsx'", self.printed.getvalue())
        self.assertIn("is not a study's directory", self.printed.getvalue())
        with self.assertRaises(SystemExit) as caught:
            self.run_main("csv", study, "--interval", "0")
        self.assertEqual(caught.exception.code, 2)

    def test_by_default_the_place_has_the_name_of_the_study(self) -> None:
        os.chdir(self.directory)
        self.addCleanup(os.chdir, PACKAGE_ROOT)
        maker = StudyMaker(self.directory / "s", name="../a b\x1b=")
        self.assertEqual(self.run_main("csv", str(maker.publish())), 0)
        self.assertEqual(self.output, "_a_b__-csv\n")


class Following(StudyTestCase):
    """What a follower leaves at the end is what an export afterwards writes."""

    def check(self, format: str, kills: int) -> None:
        seed = random.randrange(1 << 30)
        study, to = self.directory / "digits.stune", self.directory / "followed"
        player = Player(study)
        thread = threading.Thread(target=player.play, args=(3, 0.04))
        thread.start()
        try:
            follow_and_kill(format, study, str(to), seed, kills, longest=0.6)
        finally:
            thread.join()
        export(format, study, str(self.directory / "at once"))
        for name in ("trials", "reports", "attempts"):
            with self.subTest(name, seed=seed):
                followed = (to / f"{name}.{format}").read_bytes()
                at_once = (self.directory / "at once" / f"{name}.{format}").read_bytes()
                self.assertEqual(followed, at_once)

    def test_csv_without_kills(self) -> None:
        self.check("csv", 0)

    def test_csv_killed_at_random_moments(self) -> None:
        self.check("csv", 12)

    def test_json_lines_killed_at_random_moments(self) -> None:
        self.check("jsonl", 8)

    def test_while_it_runs_each_report_is_there_once(self) -> None:
        from stune.export._csv import Export

        maker = StudyMaker(self.directory / "digits.stune")
        asha(maker, 6)
        study = stune.open(maker.publish())
        path = self.directory / "out" / "reports.csv"
        writer = Export(study, str(self.directory / "out"))
        writer.update(study.frozen(), final=False)
        writer.close()
        whole = path.read_bytes()
        # A kill in the middle of a row: the next process goes on from the row before.
        for cut in (1, 5, 30, 200):
            path.write_bytes(whole[:-cut])
            writer = Export(study, str(self.directory / "out"))
            writer.update(study.frozen(), final=False)
            self.assertEqual(path.read_bytes(), whole)
            work = maker.assign(4, 1)
            maker.report(work, 2, val_loss=float(cut))
            maker.publish()
            writer.update(study.frozen(), final=False)
            writer.update(study.frozen(), final=False)
            writer.close()
            whole = path.read_bytes()
            events = [int(row["event"]) for row in row_by_row(path)]
            self.assertEqual(events, study.reports["event"])

    def test_a_metric_that_comes_later_gets_a_column(self) -> None:
        from stune.export._csv import Export

        maker = StudyMaker(self.directory / "digits.stune")
        maker.trial(0, lr=0.1)
        work = maker.assign(0, 2)
        maker.report(work, 4, val_loss=1.0)
        study = stune.open(maker.publish())
        writer = Export(study, str(self.directory / "out"))
        writer.update(study.frozen(), final=False)
        maker.report(work, 5, val_loss=0.5, zeal=3.0)
        maker.report(work, 6, zeal=4.0)
        maker.publish()
        writer.update(study.frozen(), final=False)
        writer.close()
        rows = row_by_row(self.directory / "out" / "reports.csv")
        self.assertEqual([row["zeal"] for row in rows], ["", "3.0", "4.0"])
        self.assertEqual([row["val_loss"] for row in rows], ["1.0", "0.5", ""])
        self.assertEqual(_seconds(rows[0]["time"]), BEGAN + 1)

    def test_a_signal_ends_it_with_a_sentence(self) -> None:
        study = self.directory / "digits.stune"
        StudyMaker(study).publish()
        process = subprocess.Popen(
            [sys.executable, "-m", "stune.export", "csv", str(study), "--to",
             str(self.directory / "out"), "--follow", "--interval", "0.01"],
            env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)},
            stderr=subprocess.PIPE,
        )  # fmt: skip
        while not (self.directory / "out" / "reports.csv").exists():
            time.sleep(0.01)
        process.terminate()
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3)
        self.assertEqual(errors, b"stune: stopped; run the same command again to go on\n")


if __name__ == "__main__":
    unittest.main()
