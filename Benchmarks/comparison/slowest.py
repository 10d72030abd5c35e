# SPDX-License-Identifier: GPL-3.0-or-later
"""What is slowest now: a text written by hand, beside the limits of the machine that it speaks of."""
import os
import time

from comparison.machine import ROOT
from comparison.parts import Part, Result, beside, percentile

TEXT = ROOT / "Benchmarks" / "slowest.md"
BLOCK = b"\0" * 4096
FLOOD = 256 << 20

NOTE = """\
What this machine's disk can do, measured in this run in the directory that everything else was measured in: what is
made durable cannot be quicker. The text below the table is written by hand ([slowest.md](slowest.md)), and says
when."""


def measure(place, is_trial):
    return Result(
        [
            *durable("a write of 4 KiB and its fsync", syncs(place / "sync", 100 if is_trial else 1000)),
            *durable("a file, its rename and the fsync of both", publications(place, 50 if is_trial else 500)),
            beside("written in a row, with one fsync", flood(place / "flood", FLOOD // (8 if is_trial else 1)), " MB/s",
                   0),
        ],
        TEXT.read_text(encoding="utf-8").split("-->", 1)[1].strip() + "\n",
    )


def durable(what, seconds):
    return [
        beside(f"{what}, median", percentile(seconds, 0.5) * 1000, " ms", 2),
        beside(f"{what}, 99th percentile", percentile(seconds, 0.99) * 1000, " ms", 2),
    ]


def syncs(path, count):
    """What it takes to make each of so many writes at the end of a file durable, as a store's commit does."""
    seconds = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(count):
            began = time.monotonic()
            file.write(BLOCK)
            os.fdatasync(file.fileno())
            seconds.append(time.monotonic() - began)
    return seconds


def publications(place, count):
    """What it takes to publish each of so many files, as a worker does with a letter."""
    directory = place / "letters"
    directory.mkdir()
    seconds = []
    for number in range(count):
        began = time.monotonic()
        with open(directory / "tmp", "wb", buffering=0) as file:
            file.write(BLOCK[:500])
            os.fsync(file.fileno())
        os.rename(directory / "tmp", directory / str(number))
        descriptor = os.open(directory, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        seconds.append(time.monotonic() - began)
    return seconds


def flood(path, size):
    """Megabytes a second of a long write."""
    began = time.monotonic()
    with open(path, "wb", buffering=0) as file:
        for _ in range(size >> 20):
            file.write(BLOCK * 256)
        os.fsync(file.fileno())
    return size / 1e6 / (time.monotonic() - began)


def part():
    return Part("slowest", "What is slowest now", NOTE, measure)
