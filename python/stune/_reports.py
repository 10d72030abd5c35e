"""The lines that a trial appends to its file of reports, and their limits."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any, Dict, Mapping, Union

# The worker's limits. What exceeds one is refused here, where the traceback names the line.
LINE_BYTES = 64 << 10
METRICS = 256
NAME_BYTES = 256


def metric_values(metrics: Mapping[str, Any]) -> Dict[str, float]:
    """Return the metrics as floats.

    Whatever float() takes is a number: numpy and torch scalars, tensors of one element, Decimal.
    Text is not, even when it looks like one.

    Raises:
        TypeError: a metric is not a number.
        ValueError: no metric, too many, or a name that is empty or too long.
    """
    if not metrics:
        raise ValueError("a report needs at least one metric, as in report(epoch, val_loss=0.31)")
    if len(metrics) > METRICS:
        raise ValueError(f"a report has at most {METRICS} metrics, not {len(metrics)}")
    return {_checked_name(name): _number(name, value) for name, value in metrics.items()}


def report_line(resource: int, values: Mapping[str, float], waits: bool = False) -> bytes:
    """Return the line for a report, with its newline.

    Args:
        resource: where the metrics were reached.
        values: the metrics.
        waits: whether the sender waits for what the controller decides because of it.

    Raises:
        ValueError: the line is longer than the worker reads.
    """
    metrics = {name: _json_number(value) for name, value in values.items()}
    content: Dict[str, Any] = {"resource": resource, "metrics": metrics}
    if waits:
        content["waits"] = True
    line = _line(content)
    if len(line) > LINE_BYTES:
        raise ValueError(f"a report has at most {LINE_BYTES} bytes, this one {len(line)}")
    return line


def checkpoint_line(resource: int) -> bytes:
    """Return the line that says that a checkpoint is published, with its newline."""
    return _line({"checkpoint": resource})


def append(path: Path, line: bytes) -> None:
    """Append a line to the file in a single write, so that lines of several writers never mix.

    The file is opened for each line: on a network filesystem closing it is what makes the line
    visible to a worker on another node.

    Raises:
        OSError: the file cannot be written, or took only a part of the line (disk or quota full).
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    try:
        written = os.write(descriptor, line)
    finally:
        os.close(descriptor)
    if written != len(line):
        raise OSError(f"{path} took {written} of {len(line)} bytes: is the disk or a quota full?")


def _line(content: Dict[str, Any]) -> bytes:
    """Return the content as one line of ASCII JSON."""
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def _checked_name(name: str) -> str:
    """Return the name of a metric if the worker takes it."""
    size = len(name.encode("utf-8", "surrogatepass"))
    if not 0 < size <= NAME_BYTES:
        raise ValueError(
            f"the name of a metric has 1 to {NAME_BYTES} bytes, {name[:40]!r} has {size}"
        )
    return name


def _number(name: str, value: Any) -> float:
    """Return the value of a metric as a float."""
    kind = type(value)
    if hasattr(kind, "__float__") or hasattr(kind, "__index__"):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError, RuntimeError) as error:
            reason = f" ({error})"
    else:
        reason = ""
    raise TypeError(f"metric {name!r} must be a number, not {_shortened(value)}{reason}")


def _shortened(value: Any) -> str:
    """Return type and value in a few words."""
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _json_number(value: float) -> Union[float, str]:
    """Return what stands for the number in JSON, which knows neither NaN nor infinity."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value
