"""Take a study to other tools: files, TensorBoard, MLflow, W&B, trackio, Optuna.

    python -m stune.export csv digits.stune --to results
    python -m stune.export tensorboard digits.stune --to runs --follow

`stune export` runs this module. Each format is a module of its own, which imports its library when
it is used. What is exported comes from the published snapshot alone.
"""

from __future__ import annotations

from stune.export._follow import export
from stune.export._formats import FORMATS, ExportError

__all__ = ["FORMATS", "ExportError", "export"]
