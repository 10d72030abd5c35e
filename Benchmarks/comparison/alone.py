# SPDX-License-Identifier: GPL-3.0-or-later
"""All parts that measure stune alone, in the order of the report."""
from comparison import scale


def parts():
    return [*scale.parts()]
