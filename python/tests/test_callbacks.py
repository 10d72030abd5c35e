"""Callbacks in the real frameworks: reports, checkpoints, resuming, leaving, going on in place.

A framework that is not installed is skipped; `make test-frameworks` installs them all.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import subprocess
import sys
import textwrap
import unittest
import warnings
from pathlib import Path
from typing import Any, Dict, List, Optional

from study import PACKAGE_ROOT, StudyTestCase, stune


def needs(*modules: str) -> Any:
    """Return a decorator that skips tests if a module is not installed."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    return unittest.skipIf(bool(missing), f"{', '.join(missing)} is not installed")


class CallbackTestCase(StudyTestCase):
    """What holds for every framework; a subclass says how it trains."""

    metric = "val_loss"
    most = 6
    # Whether a training that was resumed gives the same numbers as one that was not.
    repeats_exactly = True

    def setUp(self) -> None:
        super().setUp()
        if type(self) is CallbackTestCase:
            self.skipTest("for its subclasses")
        quiet = warnings.catch_warnings()
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)
        warnings.simplefilter("ignore")
        os.chdir(self.directory)
        self.addCleanup(os.chdir, PACKAGE_ROOT)

    def train(self, trial: stune.Trial) -> None:
        """Train a trial."""
        raise NotImplementedError

    def run_trial(
        self, start: int = 0, to: int = 3, resume: Optional[Path] = None, waits: bool = False
    ) -> None:
        """Train in the environment that a worker sets."""
        os.environ.update(self.variables(start=start, to=to, resume=resume))
        os.environ["STUNE_METRIC"] = self.metric
        if waits:
            os.environ["STUNE_ANSWERS"] = str(self.answers)
        with contextlib.redirect_stdout(io.StringIO()):
            self.train(stune.trial(self.most))

    def reported(self) -> List[int]:
        """Return the resources of the reports, each of which must have the metric."""
        lines = [line for line in self.lines() if "metrics" in line]
        for line in lines:
            self.assertIsInstance(line["metrics"][self.metric], float)
        return [line["resource"] for line in lines]

    def saved(self) -> List[int]:
        """Return the resources of the checkpoints that were published."""
        return [line["checkpoint"] for line in self.lines() if "checkpoint" in line]

    def test_it_reports_and_saves_at_its_target(self) -> None:
        self.run_trial(to=3)
        self.assertEqual((self.reported(), self.saved()), ([1, 2, 3], [3]))

    def test_it_goes_on_from_its_checkpoint(self) -> None:
        self.run_trial(to=4)
        at_once = [line["metrics"] for line in self.lines() if "metrics" in line]
        self.reports.unlink()
        os.rename(self.checkpoints / "4", self.directory / "not this one")
        self.run_trial(to=2)
        kept = self.directory / "kept"
        os.rename(self.checkpoints / "2", kept)
        self.run_trial(start=2, to=4, resume=kept)
        self.assertEqual((self.reported(), self.saved()), ([1, 2, 3, 4], [2, 4]))
        resumed = [line["metrics"] for line in self.lines() if "metrics" in line]
        if self.repeats_exactly:
            for one, other in zip(resumed, at_once):
                self.assertAlmostEqual(one[self.metric], other[self.metric], places=5)

    def test_it_saves_and_leaves_when_it_is_told_to(self) -> None:
        self.leave.write_text("")
        self.run_trial(to=5)
        self.assertEqual((self.reported(), self.saved()), ([1], [1]))

    def test_it_goes_on_in_place_when_it_is_promoted(self) -> None:
        self.answer(resource=2, to=4)
        self.answer(resource=4, save=True)
        self.run_trial(to=2, waits=True)
        self.assertEqual((self.reported(), self.saved()), ([1, 2, 3, 4], [4]))

    def test_outside_a_study_it_trains_to_the_end(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            self.train(stune.trial(2))
        self.assertIn("stune: 2: ", self.printed.getvalue())
        self.assertIn("checkpoint 2 discarded", self.printed.getvalue())


def points() -> Any:
    """Return data for two classes."""
    import numpy

    chance = numpy.random.RandomState(1)
    x = chance.randn(120, 4).astype("float32")
    return x, (x.sum(axis=1) + 0.3 * chance.randn(120) > 0).astype("int64")


@needs("sklearn", "joblib")
class PartialFit(CallbackTestCase):
    """scikit-learn by partial_fit."""

    metric = "accuracy"

    def train(self, trial: stune.Trial) -> None:
        import stune.sklearn
        from sklearn.linear_model import SGDClassifier

        x, y = points()
        model = SGDClassifier(random_state=0, shuffle=False)
        stune.sklearn.fit(
            trial, model, x, y, classes=[0, 1], score=lambda one: {"accuracy": one.score(x, y)}
        )


@needs("sklearn", "joblib")
class WarmStart(CallbackTestCase):
    """scikit-learn by warm_start."""

    metric = "accuracy"

    def train(self, trial: stune.Trial) -> None:
        import stune.sklearn
        from sklearn.ensemble import RandomForestClassifier

        x, y = points()
        model = RandomForestClassifier(random_state=0, max_depth=2)
        self.model = stune.sklearn.fit(
            trial, model, x, y, grow="n_estimators",
            score=lambda one: {"accuracy": one.score(x, y)},
        )  # fmt: skip

    def test_the_forest_has_a_tree_for_each_unit(self) -> None:
        self.run_trial(to=5)
        self.assertEqual(len(self.model.estimators_), 5)

    def test_an_estimator_that_cannot_grow_is_refused(self) -> None:
        import stune.sklearn
        from sklearn.svm import SVC

        for grow, message in [(None, "SVC has no partial_fit; with warm_start, name the parameter"),
                              ("max_iter", "SVC has no warm_start with max_iter")]:  # fmt: skip
            with self.assertRaisesRegex(TypeError, message):
                stune.sklearn.fit(stune.trial(2), SVC(), [], [], score=dict, grow=grow)


@needs("xgboost")
class XGBoost(CallbackTestCase):
    """XGBoost."""

    metric = "valid-logloss"

    def train(self, trial: stune.Trial) -> None:
        import xgboost
        from stune.xgboost import StuneCallback

        x, y = points()
        train, valid = xgboost.DMatrix(x[:80], y[:80]), xgboost.DMatrix(x[80:], y[80:])
        callback = StuneCallback(trial)
        self.model = xgboost.train(
            {"objective": "binary:logistic", "eval_metric": ["logloss", "error"], "nthread": 1},
            train,
            num_boost_round=callback.rounds(self.most),
            xgb_model=callback.resume,
            evals=[(valid, "valid")],
            verbose_eval=False,
            callbacks=[callback],
        )

    def test_the_model_has_a_tree_for_each_unit(self) -> None:
        self.run_trial(to=3)
        self.assertEqual(self.model.num_boosted_rounds(), 3)
        self.assertEqual(set(self.lines()[0]["metrics"]), {"valid-logloss", "valid-error"})


@needs("lightgbm")
class LightGBM(CallbackTestCase):
    """LightGBM."""

    metric = "valid_0-binary_logloss"

    def train(self, trial: stune.Trial) -> None:
        import lightgbm
        from stune.lightgbm import StuneCallback

        x, y = points()
        train = lightgbm.Dataset(x[:80], y[:80], params={"verbose": -1}, free_raw_data=False)
        callback = StuneCallback(trial)
        self.model = lightgbm.train(
            {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5},
            train,
            num_boost_round=callback.rounds(self.most),
            init_model=callback.resume,
            valid_sets=[lightgbm.Dataset(x[80:], y[80:], reference=train, free_raw_data=False)],
            callbacks=[callback],
        )

    def test_the_saved_model_has_all_trees(self) -> None:
        import lightgbm

        self.run_trial(to=2)
        kept = self.directory / "kept"
        os.rename(self.checkpoints / "2", kept)
        self.run_trial(start=2, to=5, resume=kept)
        saved = lightgbm.Booster(model_file=str(self.checkpoints / "5" / "model.txt"))
        self.assertEqual(saved.num_trees(), 5)


@needs("keras")
class Keras(CallbackTestCase):
    """Keras 3, on JAX or PyTorch, whichever is there."""

    def train(self, trial: stune.Trial) -> None:
        import keras
        from stune.keras import StuneCallback

        x, y = points()
        keras.utils.set_random_seed(3)
        if trial.resume:
            model = keras.models.load_model(trial.resume / "model.keras")
        else:
            model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
            model.compile(optimizer="adam", loss="mse")
        model.fit(
            x, y, validation_split=0.3, epochs=self.most, initial_epoch=trial.start, shuffle=False,
            verbose=0, callbacks=[StuneCallback(trial)],
        )  # fmt: skip


if importlib.util.find_spec("keras") is not None and "KERAS_BACKEND" not in os.environ:
    os.environ["KERAS_BACKEND"] = "jax" if importlib.util.find_spec("jax") else "torch"


@needs("torch", "lightning")
class Lightning(CallbackTestCase):
    """Lightning in one process."""

    def train(self, trial: stune.Trial) -> None:
        import logging

        logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
        import torch
        from lightning import LightningModule, Trainer, seed_everything
        from stune.lightning import StuneCallback

        class Line(LightningModule):
            def __init__(self) -> None:
                super().__init__()
                self.layer = torch.nn.Linear(4, 1)

            def loss(self, batch: Any) -> Any:
                x, y = batch
                return ((self.layer(x).squeeze(1) - y) ** 2).mean()

            def training_step(self, batch: Any, index: int) -> Any:
                return self.loss(batch)

            def validation_step(self, batch: Any, index: int) -> None:
                self.log("val_loss", self.loss(batch))

            def configure_optimizers(self) -> Any:
                return torch.optim.Adam(self.parameters(), lr=0.01)

        seed_everything(1, verbose=False)
        x, y = points()
        data = torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y).float())
        loader = torch.utils.data.DataLoader(data, batch_size=40)
        callback = StuneCallback(trial)
        trainer = Trainer(
            max_epochs=self.most, callbacks=[callback], accelerator="cpu", logger=False,
            enable_progress_bar=False, enable_model_summary=False,
        )  # fmt: skip
        trainer.fit(Line(), loader, loader, ckpt_path=callback.ckpt_path)

    def test_it_leaves_no_files_of_its_own(self) -> None:
        before = sorted(os.listdir())
        self.run_trial(to=2)
        self.assertEqual(
            set(os.listdir()) - set(before), {"reports.jsonl", "checkpoints"} - set(before)
        )


@needs("torch", "transformers", "accelerate")
class Transformers(CallbackTestCase):
    """A Trainer of transformers."""

    metric = "eval_loss"

    def train(self, trial: stune.Trial) -> None:
        import torch
        import transformers
        from stune.transformers import StuneCallback

        class Line(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.layer = torch.nn.Linear(4, 1)

            def forward(self, x: Any, labels: Any) -> Dict[str, Any]:
                y = self.layer(x).squeeze(1)
                return {"loss": ((y - labels) ** 2).mean(), "logits": y}

        transformers.set_seed(1)
        transformers.logging.set_verbosity_error()
        x, y = points()
        data = [{"x": torch.tensor(a), "labels": float(b)} for a, b in zip(x, y)]
        callback = StuneCallback(trial)
        arguments = transformers.TrainingArguments(
            "out", num_train_epochs=self.most, eval_strategy="epoch", save_strategy="no",
            report_to=[], disable_tqdm=True, use_cpu=True, logging_strategy="no",
            learning_rate=0.01, per_device_train_batch_size=40,
        )  # fmt: skip
        trainer = transformers.Trainer(
            Line(), arguments, train_dataset=data, eval_dataset=data, callbacks=[callback]
        )
        trainer.train(resume_from_checkpoint=callback.resume)

    def test_it_leaves_none_of_its_own_checkpoints(self) -> None:
        self.run_trial(to=2)
        self.assertEqual([path.name for path in Path("out").glob("checkpoint-*")], [])


@needs("torch")
class DistributedTorch(StudyTestCase):
    """Two processes of gloo: one trial, collective saving, leaving together."""

    PROGRAM = """
        import os, sys
        import torch.distributed as dist
        import stune
        from stune.torch import shared_checkpoint

        trial = stune.trial(6)
        dist.init_process_group("gloo")
        rank = dist.get_rank()
        for epoch in trial.resources():
            total = torch_sum(rank + epoch)
            goes_on = trial.broadcast(trial.report(epoch, val_loss=total))
            if trial.broadcast(trial.should_save(epoch)):
                try:
                    with shared_checkpoint(trial, epoch) as directory:
                        if os.environ.get("FAILS") == str(rank):
                            raise OSError("disk full")
                        (directory / f"rank{rank}").write_text(str(total))
                except (OSError, RuntimeError) as error:
                    print(f"rank {rank}: {error}", flush=True)
            if not goes_on:
                break
        print(f"rank {rank} left after {epoch}", flush=True)
        dist.destroy_process_group()
    """

    def run_two(self, **extra: str) -> str:
        """Run two ranks; return what they printed, line by line in order."""
        code = textwrap.dedent(self.PROGRAM).replace(
            "trial = stune", textwrap.dedent("""
            import torch
            def torch_sum(value):
                tensor = torch.tensor(float(value))
                dist.all_reduce(tensor)
                return tensor.item()
            trial = stune""").strip(), 1
        )  # fmt: skip
        (self.directory / "train.py").write_text(code)
        port = str(20_000 + os.getpid() % 20_000)
        processes = []
        for rank in range(2):
            environment = {
                **os.environ, "PYTHONPATH": str(PACKAGE_ROOT), "RANK": str(rank), "WORLD_SIZE": "2",
                "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, **extra,
            }  # fmt: skip
            processes.append(
                subprocess.Popen(
                    [sys.executable, "train.py"],
                    cwd=str(self.directory),
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    universal_newlines=True,
                )  # fmt: skip
            )
        printed = []
        for process in processes:
            output, _ = process.communicate(timeout=240)
            self.assertEqual(process.returncode, 0, output)
            printed += [line for line in output.splitlines() if line.startswith("rank")]
        return "\n".join(sorted(printed))

    def test_they_report_once_and_save_together(self) -> None:
        printed = self.run_two(**self.variables(to=3))
        self.assertEqual(printed, "rank 0 left after 3\nrank 1 left after 3")
        reports = [line for line in self.lines() if "metrics" in line]
        self.assertEqual([line["metrics"]["val_loss"] for line in reports], [3.0, 5.0, 7.0])
        self.assertEqual([line["checkpoint"] for line in self.lines() if "checkpoint" in line], [3])
        names = sorted(path.name for path in (self.checkpoints / "3").iterdir())
        self.assertEqual(names, ["rank0", "rank1"])

    def test_they_leave_together(self) -> None:
        variables = self.variables(to=5)
        self.leave.write_text("")
        self.assertEqual(self.run_two(**variables), "rank 0 left after 1\nrank 1 left after 1")
        self.assertEqual(sorted(os.listdir(self.checkpoints)), ["1"])

    def test_a_rank_that_cannot_save_spoils_it_for_all(self) -> None:
        for rank in "01":
            with self.subTest(rank):
                printed = self.run_two(**self.variables(to=1), FAILS=rank)
                self.assertIn(f"rank {rank}: disk full", printed)
                self.assertIn(f"rank {rank} could not save: OSError('disk full')", printed)
                self.assertEqual(os.listdir(self.checkpoints), [])

    def test_alone_everything_is_the_same(self) -> None:
        import torch.distributed  # noqa: F401
        from stune.torch import shared_checkpoint

        trial = self.trial_in_study(to=1)
        self.assertFalse(trial.broadcast(trial.report(1, val_loss=1.0)))
        with shared_checkpoint(trial, 1) as directory:
            (directory / "state").write_text("")
        self.assertEqual(os.listdir(self.checkpoints), ["1"])


if __name__ == "__main__":
    unittest.main()
