# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers in virtual time, who train configurations of a recorded table as a strategy says."""
import heapq
import itertools
import math
from typing import NamedTuple

from kinds import table
from kinds.space import parameters


class Step(NamedTuple):
    """One step of a training: the resource that it leads to, how long it takes, and the loss there."""

    resource: int
    seconds: float
    loss: float


class Landscape:
    """A recorded table: its configurations, and the curve of each."""

    def __init__(self, recorded):
        self.recorded = recorded
        self.parameters = parameters(recorded.space)
        self.configurations, self.curves = [], []
        name = None
        for row in table.read(recorded.path):
            if row["config"] != name:
                name = row["config"]
                self.configurations.append(self._configuration(row))
                self.curves.append([])
            step = Step(int(row["resource"]), float(row["seconds"]), float(row[recorded.metric]))
            self.curves[-1].append(step)
        finite = [[step.loss for step in curve if math.isfinite(step.loss)] for curve in self.curves]
        bests = sorted(min(losses) for losses in finite if losses)
        # A regret of 0 is the best value in the table, of 1 the median of the configurations' best ones.
        self.best, self.median = bests[0], bests[len(bests) // 2]
        # One training, on average.
        self.training = sum(step.seconds for curve in self.curves for step in curve) / len(self.curves)

    def _configuration(self, row):
        """The values of a row; a parameter that is not active has none."""
        found = {}
        for one in self.parameters:
            text = row[one.name]
            if text == "":
                continue
            if one.kind == "choice":
                found[one.name] = next(value for value in one.values if str(value) == text)
            else:
                found[one.name] = int(text) if one.kind == "int" else float(text)
        return found

    def regret(self, value):
        return (value - self.best) / (self.median - self.best)


class Nearest:
    """The configurations of a table that are left: each is taken once, the nearest to a proposal first."""

    def __init__(self, landscape):
        self._landscape = landscape
        self.left = list(range(len(landscape.configurations)))

    def take(self, proposal):
        """The nearest one that is left; None: none is."""
        if not self.left:
            return None
        found = min(self.left, key=lambda number: self._distance(proposal, number))
        self.left.remove(found)
        return found

    def _distance(self, proposal, number):
        """The squared distance where every parameter lies between 0 and 1; a parameter that is not active is no matter."""
        total, own = 0.0, self._landscape.configurations[number]
        for one in self._landscape.parameters:
            if one.name not in own:
                continue
            if one.kind == "choice":
                total += own[one.name] != proposal[one.name]
            else:
                total += (one.place(own[one.name]) - one.place(proposal[one.name])) ** 2
        return total


class Strategy:
    """What a peer decides. A subclass drives the peer's own code."""

    def begin(self):
        """A new trial: its identity, and the number of its configuration in the table; None: there is none."""
        raise NotImplementedError

    def report(self, trial, resource, loss):
        """Whether a trial goes on, having reported a finite loss or infinity."""
        raise NotImplementedError

    def end(self, trial, resource, loss, is_complete):
        """A trial is over: trained to the end, or stopped."""


def run(landscape, strategy, workers, longest):
    """Let workers train until the time is over or nothing is left; return the best values over time, as stairs."""
    stairs, best = [], math.inf
    order = itertools.count()
    events = []

    def start(now):
        """Give a worker a new trial."""
        begun = strategy.begin()
        if begun is not None:
            trial, number = begun
            heapq.heappush(events, (now + landscape.curves[number][0].seconds, next(order), trial, number, 0))

    for _ in range(workers):
        start(0.0)
    while events:
        now, _, trial, number, place = heapq.heappop(events)
        if now > longest:
            break
        curve = landscape.curves[number]
        step = curve[place]
        loss = step.loss if math.isfinite(step.loss) else math.inf
        if loss < best:
            best = loss
            stairs.append((now, best))
        is_complete = place + 1 == len(curve)
        if strategy.report(trial, step.resource, loss) and not is_complete:
            following = now + curve[place + 1].seconds
            heapq.heappush(events, (following, next(order), trial, number, place + 1))
        else:
            strategy.end(trial, step.resource, loss, is_complete)
            start(now)
    return stairs


def at(stairs, seconds):
    """The best value at a moment; infinity before the first one."""
    reached = [value for time, value in stairs if time <= seconds]
    return reached[-1] if reached else math.inf
