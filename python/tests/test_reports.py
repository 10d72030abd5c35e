"""The lines of reports: their form, their order, their limits, and several writers at once."""

from __future__ import annotations

import decimal
import fractions
import json
import math
import multiprocessing
import os
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from study import StudyTestCase, stune
from stune import _reports


class Scalar:
    """A number as numpy and torch have them: not a float, but float() takes it."""

    def __float__(self) -> float:
        return 0.25


class Vector:
    """What float() refuses, as it does an array of two elements."""

    def __float__(self) -> float:
        raise TypeError("only length-1 arrays can be converted")


class Number(int):
    """A whole number that is not an int, as numpy's are."""


class Metrics(StudyTestCase):
    """What is a metric, and how it is written."""

    def test_numbers_of_every_kind(self) -> None:
        trial = self.trial_in_study()
        trial.report(
            1, a=1, b=0.5, c=True, d=Scalar(), e=decimal.Decimal("0.1"), f=fractions.Fraction(1, 4)
        )
        metrics = {"a": 1.0, "b": 0.5, "c": 1.0, "d": 0.25, "e": 0.1, "f": 0.25}
        self.assertEqual(self.lines(), [{"resource": 1, "metrics": metrics}])

    def test_not_a_number_and_infinity_are_words(self) -> None:
        trial = self.trial_in_study()
        trial.report(1, val_loss=math.nan, top=math.inf, bottom=-math.inf)
        self.assertEqual(
            self.lines()[0]["metrics"], {"val_loss": "nan", "top": "inf", "bottom": "-inf"}
        )

    def test_floats_keep_every_digit(self) -> None:
        trial = self.trial_in_study()
        trial.report(1, val_loss=0.1 + 0.2, tiny=5e-324)
        self.assertEqual(self.lines()[0]["metrics"], {"val_loss": 0.1 + 0.2, "tiny": 5e-324})

    def test_what_is_no_number_is_named(self) -> None:
        values: "list[tuple[Any, str]]" = [
            ("0.31", "metric 'acc' must be a number, not str '0.31'"),
            (b"1", "not bytes b'1'"),
            (None, "not NoneType None"),
            ([1.0], r"not list \[1.0\]"),
            (1j, "not complex 1j"),
            (Vector(), r"only length-1 arrays can be converted"),
            (10**400, "too large"),
            ("x" * 1000, r"not str 'x{56}\.\.\.$"),
        ]
        trial = self.trial_in_study()
        for value, message in values:
            with self.subTest(message), self.assertRaisesRegex(TypeError, message):
                trial.report(1, val_loss=0.1, acc=value)
        self.assertEqual(self.lines(), [], "a report is written whole or not at all")

    def test_any_name_is_literal(self) -> None:
        trial = self.trial_in_study()
        names = ["val/loss", "résumé", "a b\n", "self", "resource", "\ud800"]
        trial.report(1, **{name: 1.0 for name in names})
        self.assertEqual(list(self.lines()[0]["metrics"]), names)
        self.assertEqual(self.reports.read_bytes().count(b"\n"), 1)

    def test_limits(self) -> None:
        trial = self.trial_in_study()
        for metrics, message in [
            ({}, "at least one metric"),
            ({"": 1.0}, "1 to 256 bytes, '' has 0"),
            ({"é" * 129: 1.0}, "has 258"),
            ({f"m{i}": 1.0 for i in range(257)}, "at most 256 metrics, not 257"),
            ({f"{i:03}{'é' * 120}": 0.1 for i in range(256)}, "at most 65536 bytes"),
        ]:
            with self.subTest(message), self.assertRaisesRegex(ValueError, message):
                trial.report(1, **metrics)
        trial.report(1, **{f"m{i}": 1.0 for i in range(256)})
        trial.report(2, **{"é" * 128: 1.0})

    def test_the_objective_is_due_at_the_end(self) -> None:
        trial = self.trial_in_study(to=2)
        trial.report(1, train_loss=1.0)
        with self.assertRaisesRegex(ValueError, "of 2 lacks 'val_loss'.*has train_loss"):
            trial.report(2, train_loss=1.0)
        trial.report(2, train_loss=1.0, val_loss=1.0)


class Order(StudyTestCase):
    """Resources are whole, grow, and stay within the assignment."""

    def test_a_resource_that_is_not_due(self) -> None:
        trial = self.trial_in_study(start=3, to=9)
        for resource, message in [
            (3, "report of 3 is not due: the trial starts from 3"),
            (0, "the trial starts from 3"),
            (10, "report of 10 is not due: the trial ends at 9"),
        ]:
            with self.subTest(resource), self.assertRaisesRegex(ValueError, message):
                trial.report(resource, val_loss=1.0)
        trial.report(5, val_loss=1.0)
        for resource in (4, 5):
            with self.subTest(resource), self.assertRaisesRegex(ValueError, "last report was of 5"):
                trial.report(resource, val_loss=1.0)
        trial.report(9, val_loss=1.0)
        self.assertEqual([line["resource"] for line in self.lines()], [5, 9])

    def test_a_resource_is_a_whole_number(self) -> None:
        trial = self.trial_in_study()
        for resource in (1.0, "1", None, True):
            with self.subTest(resource), self.assertRaisesRegex(TypeError, "whole number"):
                trial.report(resource, val_loss=1.0)
        trial.report(Number(1), val_loss=1.0)
        self.assertEqual(self.lines()[0]["resource"], 1)

    def test_it_trains_what_is_left(self) -> None:
        trial = self.trial_in_study(start=3, to=6)
        self.assertEqual(list(trial.resources()), [4, 5, 6])


def append_many(path: Path, writer: int) -> None:
    """Append lines as one of several processes."""
    for number in range(200):
        _reports.append(path, _reports.report_line(number + 1, {f"writer{writer}": 0.5}))


class Appending(StudyTestCase):
    """One write a line, to a file that is opened for it."""

    def test_lines_of_several_processes_never_mix(self) -> None:
        writers = [
            multiprocessing.get_context("fork").Process(target=append_many, args=(self.reports, i))
            for i in range(4)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        lines = self.lines()
        self.assertEqual(len(lines), 800)
        for i in range(4):
            own = [line["resource"] for line in lines if f"writer{i}" in line["metrics"]]
            self.assertEqual(own, list(range(1, 201)))

    def test_a_line_is_one_write(self) -> None:
        trial = self.trial_in_study()
        with mock.patch.object(os, "write", wraps=os.write) as write:
            trial.report(1, **{f"metric{i}": 0.123456789 for i in range(256)})
        self.assertEqual(write.call_count, 1)
        self.assertEqual(len(json.loads(self.reports.read_bytes())["metrics"]), 256)

    def test_a_full_disk_is_told(self) -> None:
        trial = self.trial_in_study()
        with mock.patch.object(os, "write", return_value=7):
            with self.assertRaisesRegex(OSError, "took 7 of .* quota full"):
                trial.report(1, val_loss=1.0)

    def test_a_planted_link_is_not_followed(self) -> None:
        trial = self.trial_in_study()
        target = self.directory / "precious"
        self.reports.symlink_to(target)
        with self.assertRaises(OSError):
            trial.report(1, val_loss=1.0)
        self.assertFalse(target.exists())

    def test_in_a_study_nothing_is_printed(self) -> None:
        self.trial_in_study().report(1, val_loss=1.0)
        self.assertEqual(self.printed.getvalue(), "")

    def test_the_module_reports_to_the_trial_that_was_made(self) -> None:
        self.trial_in_study()
        stune.report(1, val_loss=1.0)
        with self.assertRaisesRegex(ValueError, "last report was of 1"):
            stune.report(1, val_loss=1.0)


if __name__ == "__main__":
    unittest.main()
