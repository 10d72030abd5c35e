# SPDX-License-Identifier: GPL-3.0-or-later
"""All parts that measure stune alone, in the order of the report."""
from comparison import latency, modes, rpcs, scale, slowest


def parts():
    return [latency.part(), *rpcs.parts(), *scale.parts(), modes.part(), slowest.part()]
