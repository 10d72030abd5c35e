"""A log directory of TensorBoard: a run for each trial, with scalars and hyperparameters.

Needs the package tensorboard, and not TensorFlow.
"""

from __future__ import annotations

import io
import os
import re
import struct
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from stune._opened import OpenedStudy
from stune.export import _domains
from stune.export._curves import News, Point, Settled, settled
from stune.export._formats import Exporter
from stune.export._place import Place, replace

# TensorBoard reads the files of a run in the order of their names; there is one.
_FILE = "events.out.tfevents.0000000000.stune"


class _Run(NamedTuple):
    """How far the file of a run has come: its last resource, and whether it has its end."""

    resource: int
    is_over: bool


class Export(Exporter):
    """`trial-000012/` for each trial, and what the HParams tab has to know beside them.

    A report is one record. A file's own records say how far it has come, and what a kill left half
    is cut off, so nothing is lost or written twice.
    """

    def __init__(self, study: OpenedStudy, to: str) -> None:
        """Open the directory and see how far its runs have come."""
        self._place = Place(Path(to), "tensorboard", study)
        runs: Dict[int, _Run] = {}
        for path in self._place.path.glob(f"trial-*/{_FILE}"):
            run = _come_so_far(path)
            if run is not None:
                runs[int(path.parent.name[len("trial-") :])] = run
        self._is_over = {trial: run.is_over for trial, run in runs.items()}
        self._news = News({trial: run.resource for trial, run in runs.items()})
        experiment = self._place.path / _FILE
        if not experiment.exists():
            records = [_version(study), _experiment(study)]
            replace(experiment, lambda file: _write(file, records))

    def update(self, study: OpenedStudy, final: bool) -> None:
        """Append what is new to the files of the runs."""
        new = self._news.take(study)
        for trial in settled(study, final):
            records: List[Any] = []
            if trial.number not in self._is_over:
                records += [_version(study), _session_start(study, trial)]
            scalars = [_scalars(point) for point in new.get(trial.number, [])]
            records += scalars
            if trial.over and (scalars or not self._is_over.get(trial.number, False)):
                records.append(_session_end(trial))
            if records:
                self._append(trial.number, records)
            self._is_over[trial.number] = trial.over

    def _append(self, trial: int, records: List[Any]) -> None:
        """Append records to the file of a run, by one write."""
        directory = self._place.path / f"trial-{trial:06}"
        directory.mkdir(exist_ok=True)
        content = io.BytesIO()
        _write(content, records)
        with open(directory / _FILE, "ab") as file:
            file.write(content.getvalue())

    def close(self) -> None:
        """Close the directory."""
        self._place.close()


def _write(file: Any, records: List[Any]) -> None:
    """Write events in TensorFlow's format of records."""
    from tensorboard.summary.writer.record_writer import RecordWriter

    writer = RecordWriter(file)
    for record in records:
        writer.write(record.SerializeToString())


def _read(path: Path) -> Iterator[Tuple[Any, int]]:
    """Go through the whole events of a file: each with the place where it ends."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    content = path.read_bytes()
    place = 0
    while place + 12 <= len(content):
        (length,) = struct.unpack_from("<Q", content, place)
        end = place + 12 + length
        if end + 4 > len(content):
            return
        body = content[place + 12 : end]
        if struct.unpack_from("<I", content, end)[0] != masked_crc32c(body):
            return
        place = end + 4
        yield Event.FromString(body), place


def _come_so_far(path: Path) -> Optional[_Run]:
    """Return how far a file has come, and cut off what a kill left half.

    A file whose beginning is not whole is removed: then there is none.
    """
    from tensorboard.plugins.hparams import metadata

    resource, is_over, end, begun = -1, False, 0, False
    for event, end in _read(path):
        for value in event.summary.value:
            if value.tag == metadata.SESSION_END_INFO_TAG:
                is_over = True
            elif value.tag == metadata.SESSION_START_INFO_TAG:
                begun = True
            else:
                resource = max(resource, event.step)
    if not begun:
        path.unlink()
        return None
    os.truncate(path, end)
    return _Run(resource, is_over)


def _event(time: float, step: int = 0, **content: Any) -> Any:
    """Return an event."""
    from tensorboard.compat.proto.event_pb2 import Event

    return Event(wall_time=time, step=step, **content)


def _version(study: OpenedStudy) -> Any:
    """Return what every file begins with."""
    return _event(study.snapshot.created, file_version="brain.Event:2")


def _scalars(point: Point) -> Any:
    """Return a report as an event: all its metrics in one."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.scalar import summary_v2

    summary = Summary()
    for name, value in point.metrics.items():
        summary.value.extend(summary_v2.scalar_pb(_tag(name), value).value)
    return _event(point.time, point.resource, summary=summary)


def _tag(metric: str) -> str:
    """Return the tag of a metric: its name, unless the HParams tab would take it for its own."""
    return f"metrics.{metric}" if re.match(r"(metrics\.)*_hparams_/", metric) else metric


def _session_start(study: OpenedStudy, trial: Settled) -> Any:
    """Return the hyperparameters of a trial for the HParams tab."""
    from tensorboard.plugins.hparams import summary_v2

    kinds = {one["name"]: _domains.kind(one["domain"]) for one in study.snapshot.parameters}
    values = {
        name: _as_kind(kinds.get(name, "text"), value) for name, value in trial.parameters.items()
    }
    summary = summary_v2.hparams_pb(
        values, trial_id=f"trial {trial.number}", start_time_secs=trial.begin
    )
    return _event(trial.begin, summary=summary)


def _session_end(trial: Settled) -> Any:
    """Return how a trial ended for the HParams tab."""
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    failed = trial.state in ("failed", "diverged")
    content = plugin_data_pb2.HParamsPluginData(
        session_end_info=plugin_data_pb2.SessionEndInfo(
            status=api_pb2.STATUS_FAILURE if failed else api_pb2.STATUS_SUCCESS,
            end_time_secs=trial.end,
        )
    )
    own = metadata.create_summary_metadata(content)
    summary = Summary()
    summary.value.add(
        tag=metadata.SESSION_END_INFO_TAG,
        metadata=SummaryMetadata.FromString(own.SerializeToString()),
        tensor=metadata.NULL_TENSOR,
    )
    return _event(trial.end, summary=summary)


def _as_kind(kind: str, value: Any) -> Any:
    """Return a value of the kind that its parameter has for TensorBoard."""
    if kind == "number":
        return float(value)
    return bool(value) if kind == "flag" else _domains.as_text(value)


def _experiment(study: OpenedStudy) -> Any:
    """Return the search space and the study's metrics for the HParams tab."""
    from tensorboard.plugins.hparams import summary_v2 as hparams

    parameters = []
    for one in study.snapshot.parameters:
        domain = one["domain"]
        kind, values, bounds = (
            _domains.kind(domain),
            _domains.values(domain),
            _domains.bounds(domain),
        )
        if values is not None:
            listed = hparams.Discrete([_as_kind(kind, value) for value in dict.fromkeys(values)])
        elif bounds is not None and bounds[0] < bounds[1]:
            listed = hparams.RealInterval(float(bounds[0]), float(bounds[1]))
        else:
            listed = None
        parameters.append(hparams.HParam(one["name"], listed))
    summary = hparams.hparams_config_pb(
        hparams=parameters,
        metrics=[hparams.Metric(_tag(name)) for name in study.metrics],
        time_created_secs=study.snapshot.created,
    )
    return _event(study.snapshot.created, summary=summary)
