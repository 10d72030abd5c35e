"""The formats by name, and what each exporter does."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from typing import Dict, NamedTuple

from stune._opened import OpenedStudy


class ExportError(Exception):
    """An export that cannot be done: why, and what to do."""


class Format(NamedTuple):
    """A format: its module here, what brings its library, and where it goes by default."""

    module: str
    extra: str
    library: str
    to: str
    what: str


FORMATS: Dict[str, Format] = {
    "csv": Format("_csv", "", "", "{name}-csv", "three CSV files"),
    "jsonl": Format("_jsonl", "", "", "{name}-jsonl", "three files of JSON lines"),
    "parquet": Format("_parquet", "parquet", "pyarrow", "{name}-parquet", "three Parquet files"),
    "tensorboard": Format(
        "_tensorboard", "tensorboard", "tensorboard", "{name}-tensorboard", "a log directory"
    ),
    "mlflow": Format("_mlflow", "mlflow", "mlflow", "sqlite:///{name}-mlflow.db", "a tracking URI"),
    "wandb": Format("_wandb", "wandb", "wandb", "{name}-wandb", "a directory of offline runs"),
    "trackio": Format("_trackio", "trackio", "trackio", "{name}-trackio", "a TRACKIO_DIR"),
    "optuna": Format("_optuna", "optuna", "optuna", "sqlite:///{name}-optuna.db", "a storage URL"),
}


class Exporter:
    """Writes one study into one place. A format's module has a subclass called `Export`."""

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the place.

        Raises:
            ExportError: the place is not usable, or has something else.
        """

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Write what is new.

        Args:
            study: one state of the study, which does not change meanwhile.
            final: whether nothing follows: the study is over, or is exported as it is now.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close the place."""


def load(name: str) -> "type[Exporter]":
    """Return the exporter of a format.

    Raises:
        ExportError: there is no such format, or its library is not installed.
    """
    if name not in FORMATS:
        raise ExportError(f"no format {name!r}; there is: {', '.join(FORMATS)}")
    wanted = FORMATS[name]
    if wanted.library and importlib.util.find_spec(wanted.library) is None:
        raise ExportError(
            f"{sys.executable} has no {wanted.library}, which writes this format; install it: "
            f"pip install {wanted.library} (or 'stune[{wanted.extra}]')"
        )
    exporter: "type[Exporter]" = importlib.import_module(f"stune.export.{wanted.module}").Export
    return exporter


def identity(study: OpenedStudy) -> str:
    """Return what tells this study from others, also of the same name."""
    text = f"{study.name}\0{study.snapshot.created!r}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
