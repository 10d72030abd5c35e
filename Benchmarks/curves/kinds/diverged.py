# SPDX-License-Identifier: GPL-3.0-or-later
"""What scikit-learn says of weights that are not finite any more."""
import contextlib
import math
import re
from types import SimpleNamespace


@contextlib.contextmanager
def nan_if_diverged():
    """A place for a loss, which stays NaN if scikit-learn refuses what is not finite. Other errors pass."""
    loss = SimpleNamespace(value=math.nan)
    try:
        yield loss
    except ValueError as error:
        if not re.search("finite|NaN|infinity", str(error)):
            raise
