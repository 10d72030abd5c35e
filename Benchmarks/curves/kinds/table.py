# SPDX-License-Identifier: GPL-3.0-or-later
"""The sizes of tables, and how they are written and read."""
import csv
import gzip
import io
from typing import NamedTuple


class Size(NamedTuple):
    """How much is recorded: so many configurations, so many steps each, and every so many of them a row."""

    configurations: int
    steps: int
    every: int = 1

    @property
    def most(self):
        """The greatest resource in the table."""
        return self.steps // self.every


def rows(curve, every):
    """The rows of a curve: the resource, the loss there, and the seconds since the row before."""
    seconds = 0.0
    for step, (loss, took) in enumerate(curve, 1):
        seconds += took
        if step % every == 0:
            yield step // every, loss, seconds
            seconds = 0.0


def write(path, header, lines):
    """Write a table, gzipped: the same rows give the same bytes, since no name and no time is in it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def read(path):
    """The rows of a table as dictionaries of text."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
