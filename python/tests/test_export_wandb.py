"""A study as offline runs of W&B, whose files are read as `wandb sync` reads them."""

from __future__ import annotations

import json
import struct
import unittest
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

from exporting import OddMaker, ToolTestCase, expected
from installed import needs


def records_of_wandb(content: bytes) -> Iterator[bytes]:
    """Go through the records of a .wandb file: a header of 7 bytes, then LevelDB's log format."""
    if content[:4] != b":W&B":
        raise AssertionError("no header of W&B")
    place, parts = 7, b""
    while place + 7 <= len(content):
        left = 32_768 - place % 32_768
        if left < 7:
            place += left
            continue
        length, kind = struct.unpack_from("<HB", content, place + 4)
        parts += content[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):  # Whole, or its last part.
            yield parts
            parts = b""


def read_run(path: Path) -> Tuple[Dict[str, Any], Dict[str, List[Tuple[int, float]]], Any]:
    """Return the configuration, the curves and the exit code of a run's directory."""
    from wandb.proto import wandb_internal_pb2

    (file,) = path.glob("run-*.wandb")
    config: Dict[str, Any] = {}
    points: Dict[str, List[Tuple[int, float]]] = {}
    exit_code = None
    for data in records_of_wandb(file.read_bytes()):
        record = wandb_internal_pb2.Record.FromString(data)
        for item in record.run.config.update:
            config[item.key] = json.loads(item.value_json)
        if record.WhichOneof("record_type") == "history":
            items = {
                item.key or ".".join(item.nested_key): json.loads(item.value_json)
                for item in record.history.item
            }
            for key in set(items) - {"_step", "_runtime", "_timestamp"}:
                points.setdefault(key, []).append((items["_step"], items[key]))
        if record.WhichOneof("record_type") == "exit":
            exit_code = record.exit.exit_code
    return config, points, exit_code


@needs("wandb")
class WandB(ToolTestCase):
    """Offline runs, whose files are read as `wandb sync` reads them."""

    format = "wandb"

    def check(self) -> None:
        curves = expected(self.study)
        over = {
            row["trial"]
            for row in self.study.trials
            if self.study.is_over or row["state"] not in ("paused", "running")
        }
        found = {}
        for path in Path(self.to).glob("offline-run-*"):
            config, points, exit_code = read_run(path)
            trial = config.pop("stune.trial")
            self.assertNotIn(trial, found)
            found[trial] = points
            own = self.study.trials[trial]
            for name in ("lr", "hidden", "optimizer"):
                self.assertEqual(config[name], own[name])
            self.assertEqual(points, curves.get(trial, {}))
            self.assertEqual(exit_code, 1 if own["state"] in ("failed", "diverged") else 0)
        self.assertEqual(set(found), over)

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=2, longest=8.0)


    def test_odd_names(self) -> None:
        odd = OddMaker(self.directory / "odd")
        odd.finish()
        self.study = odd.study
        self.export()
        (path,) = Path(self.to).glob("offline-run-*")
        config, points, exit_code = read_run(path)
        self.assertEqual(exit_code, 0)
        own = {"_step", "_runtime", "_timestamp"}
        for name, curve in odd.curves.items():
            key = f"metrics.{name}" if name in own | {"stune/state"} else name
            self.assertEqual(points.pop(key), curve, name)
        self.assertEqual(points, {})
        for name, value in odd.parameters.items():
            key = f"params.{name}" if name in own | {"stune.trial"} else name
            self.assertEqual(config[key], value)
        self.assertEqual(config["stune.trial"], 0)


if __name__ == "__main__":
    unittest.main()
