# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs what is measured, keeps what came out of it by name, and goes on where something failed."""
import collections
import shutil
import subprocess
import time

from comparison.machine import busy_share
from comparison.processes import Failure, TimedOut, cancel_all


class Rounds:
    """The rows, which are measured in turns, and what came out of them by the name of the row."""

    def __init__(self, directory, tuning, ingest):
        self.directory = directory
        self.tuning = tuning
        self.ingest = ingest
        self.outcomes = collections.defaultdict(list)
        self.rates = collections.defaultdict(list)
        self.failures = collections.defaultdict(list)
        self.given_up = set()  # what took too long once would take as long again
        self.busy = []

    def run(self, repeats):
        for number in range(1, repeats + 1):
            for row in self.tuning:
                self.once(number, row, lambda place: self.tune(row, place))
            for row in self.ingest:
                self.once(number, row, lambda place: self.take_in(row, place))

    def once(self, number, row, measure):
        if row.name in self.given_up:
            return
        self.busy.append(busy_share())
        place = self.directory / f"{number}-{row.name}"
        place.mkdir()
        began = time.monotonic()
        try:
            # Nothing is removed before the end: on some file systems that makes new files slower for minutes.
            words = measure(place)
        except Failure as failure:
            self.failures[row.name].append(str(failure))
            if isinstance(failure, TimedOut):
                self.given_up.add(row.name)
            words = f"failed: {failure} (see {place})"
        finally:
            if self.tuning:
                cancel_all()  # what is left of it in the queue is not in the way of the next
        print(f"round {number}, {row.name}: {words} [{time.monotonic() - began:.0f} s]", flush=True)

    def tune(self, row, place):
        outcome = row.measure(row, place)
        if outcome.trials != row.trials:
            raise Failure(f"{outcome.trials} of {row.trials} trials have a result")
        self.outcomes[row.name].append(outcome)
        return f"{outcome.rate:.1f} evaluations/s after {outcome.start_up:.1f} s of start-up"

    def take_in(self, row, place):
        self.rates[row.name].append(row.measure(place))
        return f"{self.rates[row.name][-1]:.0f} reports/s"


class Alone:
    """The parts, each measured once, and what came out of them by the name of the part."""

    def __init__(self, directory, parts):
        self.directory = directory
        self.parts = parts
        self.results = {}
        self.failures = {}
        self.busy = []

    def run(self, is_trial, beside):
        """Measures all; the files of their results go into the directory `beside`."""
        for part in self.parts:
            self.busy.append(busy_share())
            place = self.directory / part.name
            place.mkdir()
            began = time.monotonic()
            try:
                result = part.measure(place, is_trial)
                for name, path in result.files.items():
                    shutil.copyfile(path, beside / name)
                self.results[part.name] = result
                words = "; ".join(f"{figure.what} {figure.text}" for figure in result.figures)
            except (Failure, OSError, subprocess.SubprocessError) as failure:
                self.failures[part.name] = str(failure)
                words = f"failed: {failure} (see {place})"
            print(f"{part.name}: {words} [{time.monotonic() - began:.0f} s]", flush=True)
