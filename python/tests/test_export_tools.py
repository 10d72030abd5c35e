"""Exports to tools, each read by its own tool, value by value, live and after the end.

A tool that is not installed is skipped; `make test-frameworks` installs them all.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import random
import struct
import subprocess
import sys
import threading
import unittest
import warnings
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

from snapshots import StudyMaker, asha
from study import PACKAGE_ROOT, StudyTestCase, stune
from test_exports import Player, follow_and_kill

from stune.export import ExportError, export

HOSTILE = '<b>\x1b[31m\u202e=1+1 $x$ \'../\\ "q"'


def needs(module: str) -> Any:
    """Return a decorator that skips a test if a module is not installed."""
    return unittest.skipUnless(
        importlib.util.find_spec(module) is not None, f"{module} is not installed"
    )


def expected(study: Any) -> Dict[int, Dict[str, List[Tuple[int, float]]]]:
    """Return the curves of each trial: by metric, the resource and the value."""
    found: Dict[int, Dict[str, List[Tuple[int, float]]]] = {}
    for row in study.reports:
        for metric in ("val_loss", "accuracy"):
            if row[metric] == row[metric]:
                point = (row["resource"], row[metric])
                found.setdefault(row["trial"], {}).setdefault(metric, []).append(point)
    return found


class ToolTestCase(StudyTestCase):
    """A study of 12 trials: exported while trial 3 is on its way, and again when all is over."""

    format = ""

    def setUp(self) -> None:
        super().setUp()
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        quiet = warnings.catch_warnings()
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)
        warnings.simplefilter("ignore")
        self.to = str(self.directory / "out")
        self.maker = StudyMaker(self.directory / "digits.stune")
        asha(self.maker, 12)
        self.work = self.maker.assign(4, 1)
        self.maker.report(self.work, 2, val_loss=0.75, accuracy=0.5)
        self.maker.publish()
        self.study = stune.open(self.maker.directory)

    def export_live_and_over(self) -> None:
        """Export, go on, end the study, export again."""
        self.export()
        self.check()
        self.maker.report(self.work, 3, val_loss=0.7, accuracy=0.6)
        self.maker.end(4, self.work, 0.7)
        self.maker.finish()
        self.maker.publish()
        for _ in range(2):
            self.export()
            self.check()

    def export(self) -> None:
        """Export as the study is now."""
        export(self.format, self.study, self.to)

    def check(self) -> None:
        """See that the tool reads what the study has."""
        raise NotImplementedError

    def follow_and_check(self, kills: int, longest: float) -> None:
        """Follow a study by processes that are killed at random, and check what is there."""
        seed = random.randrange(1 << 30)
        directory = self.directory / "followed.stune"
        player = Player(directory, trials=9)
        thread = threading.Thread(target=player.play, args=(4, 0.1))
        thread.start()
        try:
            follow_and_kill(self.format, directory, self.to, seed, kills, longest)
        finally:
            thread.join()
        self.study = stune.open(directory)
        with self.subTest(seed=seed):
            self.check()


@needs("pyarrow")
class Parquet(ToolTestCase):
    """Parquet files, read by pyarrow."""

    format = "parquet"

    def check(self) -> None:
        import pyarrow.parquet

        for name in ("trials", "reports", "attempts"):
            own = getattr(self.study, name)
            read = pyarrow.parquet.read_table(Path(self.to) / f"{name}.parquet")
            self.assertEqual(read.column_names, own.columns)
            for column in own.columns:
                values = read[column].to_pylist()
                for value, known in zip(values, own[column]):
                    if column in own.times and known is not None:
                        self.assertAlmostEqual(value.timestamp(), known, places=5)
                    elif known is None or known != known:
                        self.assertIsNone(value)
                    else:
                        self.assertEqual(value, known)

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=4, longest=1.5)

    def test_values_of_several_kinds_are_text(self) -> None:
        import pyarrow.parquet

        space = [
            {"name": name, "domain": {"choice": {"_0": []}}, "conditions": []} for name in "abc"
        ]
        maker = StudyMaker(self.directory / "mixed", space=space)
        maker.trial(0, a=1, b=True, c="\ud800")
        maker.trial(1, a=2.5, b=None, c=HOSTILE)
        maker.trial(2, a=None, b=HOSTILE)
        export("parquet", maker.publish(), self.to)
        read = pyarrow.parquet.read_table(Path(self.to) / "trials.parquet")
        self.assertEqual(read["a"].to_pylist(), [1.0, 2.5, None])
        self.assertEqual(read["b"].to_pylist(), ["true", None, HOSTILE])
        self.assertEqual(read["c"].to_pylist(), ["\\ud800", HOSTILE, None])


@needs("tensorboard")
class TensorBoard(ToolTestCase):
    """Runs, read by TensorBoard's EventAccumulator and its HParams plugin."""

    format = "tensorboard"

    def check(self) -> None:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        curves = expected(self.study)
        runs = sorted(Path(self.to).glob("trial-*"))
        self.assertEqual([int(path.name[6:]) for path in runs], self.study.trials["trial"])
        for path in runs:
            accumulator = EventAccumulator(str(path), size_guidance={"scalars": 0})
            accumulator.Reload()
            known = curves.get(int(path.name[6:]), {})
            tags = accumulator.Tags()
            scalars = {
                tag: [(one.step, one.tensor_proto.float_val[0]) for one in accumulator.Tensors(tag)]
                for tag in tags["tensors"]
                if not tag.startswith("_hparams_")
            }
            self.assertEqual(set(scalars), set(known))
            for tag, points in scalars.items():
                self.assertEqual([step for step, _ in points], [step for step, _ in known[tag]])
                for (_, value), (_, own) in zip(points, known[tag]):
                    self.assertAlmostEqual(value, own, places=5)

    def hparams(self) -> Any:
        """Return what the HParams tab shows: the experiment, and the groups of sessions."""
        from tensorboard.backend.event_processing import data_provider
        from tensorboard.backend.event_processing import plugin_event_multiplexer
        from tensorboard.plugins import base_plugin
        from tensorboard.plugins.hparams import api_pb2, backend_context
        from tensorboard.plugins.hparams import list_session_groups

        multiplexer = plugin_event_multiplexer.EventMultiplexer()
        multiplexer.AddRunsFromDirectory(self.to)
        multiplexer.Reload()
        provider = data_provider.MultiplexerDataProvider(multiplexer, self.to)
        context = backend_context.Context(base_plugin.TBContext(data_provider=provider))
        from tensorboard.context import RequestContext

        request_context = RequestContext()
        metadata = context.hparams_metadata(request_context, "")
        experiment = context.experiment_from_metadata(request_context, "", True, metadata, [])
        request = api_pb2.ListSessionGroupsRequest(
            start_index=0,
            slice_size=1_000,
            allowed_statuses=[
                api_pb2.STATUS_SUCCESS,
                api_pb2.STATUS_FAILURE,
                api_pb2.STATUS_RUNNING,
                api_pb2.STATUS_UNKNOWN,
            ],
        )
        groups = list_session_groups.Handler(request_context, context, "", request).run()
        return experiment, groups

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_the_hparams_tab(self) -> None:
        self.export_live_and_over()
        experiment, groups = self.hparams()
        infos = {one.name: one for one in experiment.hparam_infos}
        self.assertEqual(set(infos), {"lr", "hidden", "optimizer", "momentum"})
        self.assertEqual(infos["lr"].domain_interval.max_value, 0.1)
        choices = [one.string_value for one in infos["optimizer"].domain_discrete.values]
        self.assertEqual(sorted(choices), ["adam", "sgd"])
        self.assertEqual([one.name.tag for one in experiment.metric_infos], ["val_loss"])
        self.assertEqual(len(groups.session_groups), 12)
        for group in groups.session_groups:
            trial = int(group.sessions[0].name[len("trial-") :])
            own = self.study.trials[trial]
            self.assertEqual(group.hparams["lr"].number_value, own["lr"])
            self.assertEqual(group.hparams["optimizer"].string_value, own["optimizer"])
            failed = own["state"] in ("failed", "diverged")
            self.assertEqual(group.sessions[0].status, 2 if failed else 1)
            if own["val_loss"] is not None:
                value = group.metric_values[0].value
                self.assertAlmostEqual(value, own["val_loss"], places=5)

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=5, longest=2.5)

    def test_what_a_kill_left_half_is_cut(self) -> None:
        export("tensorboard", self.study, self.to)
        file = next(Path(self.to, "trial-000000").iterdir())
        whole = file.read_bytes()
        for cut in range(1, len(whole), 7):
            file.write_bytes(whole[:-cut])
            export("tensorboard", self.study, self.to)
            self.assertEqual(file.read_bytes(), whole, f"{cut} bytes were missing")

    def test_hostile_names(self) -> None:
        maker = hostile_study(self.directory / "hostile")
        self.study = stune.open(maker)
        export("tensorboard", self.study, self.to)
        experiment, groups = self.hparams()
        self.assertEqual([one.name for one in experiment.hparam_infos], [HOSTILE])
        value = groups.session_groups[0].hparams[HOSTILE].string_value
        self.assertEqual(value, HOSTILE)


def hostile_study(directory: Path) -> Path:
    """Make a study with hostile names and values."""
    space = [{"name": HOSTILE, "domain": {"choice": {"_0": [HOSTILE]}}, "conditions": []}]
    maker = StudyMaker(
        directory, name=HOSTILE, objectives=((HOSTILE, "minimize"),), space=space, levels=(1,)
    )
    maker.trial(0, **{HOSTILE: HOSTILE})
    work = maker.assign(0, 0)
    maker.report(work, 1, **{HOSTILE: 0.5, HOSTILE.replace("=", "?"): 0.25})
    maker.end(0, work, 0.5, "completed", reason=HOSTILE)
    maker.finish()
    return maker.publish()


@needs("mlflow")
class MLflow(ToolTestCase):
    """A SQLite store, read by MlflowClient."""

    format = "mlflow"

    def setUp(self) -> None:
        super().setUp()
        self.to = f"sqlite:///{self.directory}/mlflow.db"

    def runs(self) -> Tuple[Any, List[Any]]:
        """Return the client and the runs of trials."""
        from mlflow.tracking import MlflowClient

        client = MlflowClient(tracking_uri=self.to)
        experiment = client.get_experiment_by_name(self.study.name)
        assert experiment is not None
        found = client.search_runs([experiment.experiment_id], max_results=1_000)
        parents = [run for run in found if "stune.trial" not in run.data.tags]
        self.assertEqual([run.info.run_name for run in parents], [self.study.name])
        children = [run for run in found if "stune.trial" in run.data.tags]
        for run in children:
            self.assertEqual(run.data.tags["mlflow.parentRunId"], parents[0].info.run_id)
        return client, children

    def check(self) -> None:
        client, runs = self.runs()
        curves = expected(self.study)
        numbers = sorted(int(run.data.tags["stune.trial"]) for run in runs)
        self.assertEqual(numbers, self.study.trials["trial"])
        states = {"failed": "FAILED", "diverged": "FAILED"}
        for run in runs:
            own = self.study.trials[int(run.data.tags["stune.trial"])]
            self.assertEqual(run.data.params["lr"], repr(own["lr"]))
            self.assertEqual(run.data.params["optimizer"], own["optimizer"])
            if own["state"] in ("paused", "running") and not self.study.is_over:
                self.assertEqual(run.info.status, "RUNNING")
            else:
                self.assertEqual(run.info.status, states.get(own["state"], "FINISHED"))
                self.assertEqual(run.data.tags["stune.state"], own["state"])
            known = curves.get(own["trial"], {})
            self.assertEqual(set(run.data.metrics), set(known))
            for key, points in known.items():
                history = client.get_metric_history(run.info.run_id, key)
                self.assertEqual(sorted((one.step, one.value) for one in history), points)

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=2, longest=12.0)

    def test_hostile_names(self) -> None:
        self.study = stune.open(hostile_study(self.directory / "hostile"))
        export("mlflow", self.study, self.to)
        _, (run,) = self.runs()
        self.assertEqual(sorted(run.data.metrics.values()), [0.25, 0.5])
        self.assertEqual(list(run.data.params.values()), [HOSTILE])
        self.assertIn(HOSTILE, json.loads(run.data.tags["stune.names"]).values())


@needs("optuna")
class Optuna(ToolTestCase):
    """Storages, read by load_study, the importances and trials_dataframe."""

    format = "optuna"

    def load(self) -> Any:
        """Return the study as Optuna loads it."""
        import optuna

        storage: Any = self.to
        if "://" not in self.to:
            backend = optuna.storages.journal.JournalFileBackend(self.to)
            storage = optuna.storages.JournalStorage(backend)
        return optuna.load_study(study_name=self.study.name, storage=storage)

    def check(self) -> None:
        loaded = self.load()
        curves = expected(self.study)
        self.assertEqual([one.number for one in loaded.trials], self.study.trials["trial"])
        self.assertEqual(loaded.metric_names, ["val_loss"])
        states = {"completed": "COMPLETE", "failed": "FAIL", "diverged": "FAIL"}
        for one in loaded.trials:
            own = self.study.trials[one.number]
            rests = "PRUNED" if self.study.is_over else "RUNNING"
            self.assertEqual(one.state.name, states.get(own["state"], rests))
            self.assertEqual(one.params["lr"], own["lr"])
            self.assertEqual(one.params.get("momentum"), own["momentum"])
            points = curves.get(one.number, {}).get("val_loss", [])
            self.assertEqual(sorted(one.intermediate_values.items()), points)
            if one.state.name == "COMPLETE":
                self.assertEqual(one.values, [own["val_loss"]])
                self.assertEqual(one.user_attrs["metric accuracy"], own["accuracy"])

    def test_a_journal_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_sqlite_live_and_over(self) -> None:
        self.to = f"sqlite:///{self.directory}/optuna.db"
        self.export_live_and_over()
        best = self.study.best
        assert best is not None
        loaded = self.load()
        self.assertEqual((loaded.best_trial.number, loaded.best_value), (best.trial, best.value))
        self.assertEqual(len(loaded.trials_dataframe()), 12)

    def test_importances(self) -> None:
        import optuna

        maker = StudyMaker(self.directory / "many", levels=(1,))
        asha(maker, 40)
        maker.finish()
        self.study = stune.open(maker.publish())
        export("optuna", self.study, self.to)
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(
            self.load(), evaluator=evaluator, params=["lr", "hidden"]
        )
        self.assertEqual(set(found), {"lr", "hidden"})

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=5, longest=3.0)

    def test_two_metrics_and_hostile_names(self) -> None:
        self.study = stune.open(hostile_study(self.directory / "hostile"))
        export("optuna", self.study, self.to)
        self.assertEqual(self.load().trials[0].params, {HOSTILE: HOSTILE})
        maker = StudyMaker(
            self.directory / "two", name="two", levels=(1,), space=DOMAINS,
            objectives=(("loss", "minimize"), ("speed", "maximize")),
        )  # fmt: skip
        configuration = {
            "normal": 3.0, "lognormal": 2.0, "step": 0.3, "int": 8, "mixed": None, "always": 1,
            "reverse": 0.5,
        }  # fmt: skip
        maker.trial(0, **configuration)
        work = maker.assign(0, 0)
        maker.report(work, 1, loss=1.0, speed=2.0)
        maker.end(0, work, 1.0, "completed")
        maker.finish()
        self.study = stune.open(maker.publish())
        export("optuna", self.study, self.to)
        loaded = self.load()
        self.assertEqual([one.name for one in loaded.directions], ["MINIMIZE", "MAXIMIZE"])
        self.assertEqual([one.values for one in loaded.best_trials], [[1.0, 2.0]])
        self.assertEqual(loaded.trials[0].params, configuration)

    def test_another_study_of_the_same_name_is_refused(self) -> None:
        export("optuna", self.study, self.to)
        other = StudyMaker(self.directory / "other")
        other._run("UPDATE study SET created = 1")
        with self.assertRaisesRegex(ExportError, "has another study that is called 'digits'"):
            export("optuna", other.publish(), self.to)


DOMAINS: List[Dict[str, Any]] = [
    {"name": name, "domain": domain, "conditions": []}
    for name, domain in [
        ("normal", {"normal": {"mean": 0, "sd": 1}}),
        ("lognormal", {"lognormal": {"mean": 0, "sd": 1, "max": 5}}),
        ("step", {"float": {"min": 0, "max": 1, "scale": "linear", "step": 0.1}}),
        ("int", {"int": {"min": 1, "max": 10, "scale": "log", "step": 7}}),
        ("mixed", {"choice": {"_0": ["a", 1, True, None]}}),
        ("always", {"constant": {"_0": 1}}),
        ("reverse", {"float": {"min": 0.1, "max": 1, "scale": "reverseLog"}}),
    ]
]


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


@needs("wandb")
class WandB(ToolTestCase):
    """Offline runs, whose files are read as `wandb sync` reads them."""

    format = "wandb"

    def check(self) -> None:
        from wandb.proto import wandb_internal_pb2

        curves = expected(self.study)
        over = {
            row["trial"]
            for row in self.study.trials
            if self.study.is_over or row["state"] not in ("paused", "running")
        }
        found = {}
        for path in Path(self.to).glob("offline-run-*"):
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
                    for key in ("val_loss", "accuracy"):
                        if key in items:
                            points.setdefault(key, []).append((items["_step"], items[key]))
                if record.WhichOneof("record_type") == "exit":
                    exit_code = record.exit.exit_code
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


@needs("trackio")
class Trackio(ToolTestCase):
    """A directory, read by trackio in a process of its own, since it has one for each process."""

    format = "trackio"

    READ = (
        "import json, sys\n"
        "from trackio.sqlite_storage import SQLiteStorage as S\n"
        "project = sys.argv[1]\n"
        "print(json.dumps({run: [S.get_run_config(project, run), S.get_logs(project, run)]"
        " for run in S.get_runs(project)}))\n"
    )

    def environment(self) -> Dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT), "TRACKIO_DIR": self.to}

    def export(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "stune.export", "trackio", str(self.study.directory),
             "--to", self.to],
            env=self.environment(), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def check(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", self.READ, self.study.name],
            env=self.environment(), stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        curves = expected(self.study)
        runs = json.loads(done.stdout)
        self.assertEqual(set(runs), {f"trial {number}" for number in curves})
        for number, known in curves.items():
            config, logs = runs[f"trial {number}"]
            self.assertEqual(config["lr"], self.study.trials[number]["lr"])
            self.assertEqual(config["stune.trial"], number)
            for metric, points in known.items():
                read = [(one["step"], one[metric]) for one in logs if metric in one]
                self.assertEqual(sorted(read), points)

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=2, longest=8.0)


if __name__ == "__main__":
    unittest.main()
