# SPDX-License-Identifier: GPL-3.0-or-later
"""The processor's time that steps take."""
import time


def timed(step, steps):
    """The loss and the seconds of each step; `step` gets its number, from 0."""
    for number in range(steps):
        start = time.process_time()
        loss = step(number)
        yield loss, time.process_time() - start
