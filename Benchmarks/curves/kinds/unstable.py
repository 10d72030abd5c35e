# SPDX-License-Identifier: GPL-3.0-or-later
"""Q-learning of a windy walk along a cliff; the resource is parts of the episodes. Values jump from report to report.

The loss is the negative mean return of a few greedy episodes, so that one report says little, and what was learned is lost
again where the step size is too large.
"""
import random as plain_random

from kinds.clock import timed
from kinds.table import Size

SPACE = """
  step:     {type: float, min: 1.0e-3, max: 1.0, scale: log}
  decay:    {type: float, min: 0.0, max: 1.0}
  explore:  {type: float, min: 1.0e-3, max: 0.9, scale: log}
  discount: {type: float, min: 0.5, max: 1.0}
  hope:     {type: float, min: -60, max: 10}
"""
TABLE = Size(configurations=300, steps=27)
WIDTH, HEIGHT = 9, 4
EPISODES, LONGEST, TRIALS = 12, 60, 5
WIND = 0.15
MOVES = ((0, 1), (1, 0), (0, -1), (-1, 0))


def train(parameters, steps, seed):
    random = plain_random.Random(seed)
    values = [[parameters["hope"]] * len(MOVES) for _ in range(WIDTH * HEIGHT)]
    seen = [[0] * len(MOVES) for _ in range(WIDTH * HEIGHT)]

    def best(place):
        own = values[place]
        return own.index(max(own))

    def episode(explore, learns):
        """One walk; what it has cost."""
        place, total = 0, 0.0
        for _ in range(LONGEST):
            move = random.randrange(len(MOVES)) if random.random() < explore else best(place)
            after, reward, is_over = walk(place, move, random)
            if learns:
                seen[place][move] += 1
                step = parameters["step"] * seen[place][move] ** -parameters["decay"]
                aim = reward + (0 if is_over else parameters["discount"] * max(values[after]))
                values[place][move] += step * (aim - values[place][move])
            place, total = after, total + reward
            if is_over:
                break
        return -total

    def step(_):
        for _ in range(EPISODES):
            episode(parameters["explore"], learns=True)
        return sum(episode(0.0, learns=False) for _ in range(TRIALS)) / TRIALS

    return timed(step, steps)


def walk(place, move, random):
    """Where a move leads, its reward, and whether the walk is over. Wind blows towards the cliff, which is row 0."""
    across, up = place % WIDTH, place // WIDTH
    right, rise = MOVES[move]
    across = min(max(across + right, 0), WIDTH - 1)
    up = min(max(up + rise - (random.random() < WIND), 0), HEIGHT - 1)
    if up == 0 and across == WIDTH - 1:
        return across, 10.0, True
    if up == 0 and across > 0:
        return 0, -30.0, False  # Off the cliff, and back to the start.
    return up * WIDTH + across, -1.0, False
