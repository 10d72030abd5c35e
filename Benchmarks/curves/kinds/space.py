# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters as a study file has them, one a line, and configurations that are drawn from them."""
import math
import re
from typing import Any, List, NamedTuple, Optional, Tuple

LINE = re.compile(
    r"\s*(\w+): +\{type: (\w+)(?:, min: ([^,}]+), max: ([^,}]+))?(?:, scale: (\w+))?(?:, values: \[(.*?)\])?"
    r"(?:, when: \{(\w+): \[(.*?)\]\})?\}"
)


class Parameter(NamedTuple):
    """A parameter.

    Attributes:
        kind: `float`, `int` or `choice`.
        low, high: the least and the greatest number.
        is_log: whether the logarithm is spread evenly.
        values: those of a choice.
        when: another parameter and the values of it with which this one is active; None: always.
    """

    name: str
    kind: str
    low: float = 0.0
    high: float = 0.0
    is_log: bool = False
    values: Tuple[Any, ...] = ()
    when: Optional[Tuple[str, Tuple[Any, ...]]] = None

    def place(self, value):
        """Where a number lies between the least and the greatest, from 0 to 1."""
        low, high, value = (math.log(one) if self.is_log else one for one in (self.low, self.high, value))
        return (value - low) / (high - low)


def parameters(space) -> List[Parameter]:
    """The parameters of a space, line by line."""
    found = []
    for line in space.strip("\n").splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"not a parameter of a study file, as it is written here: {line!r}")
        name, kind, low, high, scale, values, parent, wanted = match.groups()
        found.append(
            Parameter(
                name, kind, float(low or 0), float(high or 0), scale == "log", plain(values),
                (parent, plain(wanted)) if parent else None,
            )
        )  # fmt: skip
    return found


def plain(text):
    """The values of a list: whole numbers and words."""
    return tuple(int(one) if one.isdigit() else one for one in (text or "").split(", ") if one)


def draw(space, random):
    """A configuration, parameter by parameter: `random` is a generator of numpy."""
    configuration = {}
    for one in parameters(space):
        if one.kind == "choice":
            value = random.choice(list(one.values)).item()
        elif one.is_log:
            value = log_uniform(random, one.low, one.high)
            value = value if one.kind == "float" else int(round(value))
        elif one.kind == "int":
            value = int(random.integers(int(one.low), int(one.high) + 1))
        else:
            value = round(float(random.uniform(one.low, one.high)), 3)
        configuration[one.name] = value
    return configuration


def log_uniform(random, low, high):
    return float(f"{math.exp(random.uniform(math.log(low), math.log(high))):.5g}")
