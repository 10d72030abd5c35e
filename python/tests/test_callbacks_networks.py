"""Callbacks of Keras, Lightning and transformers.

A framework that is not installed is skipped; `make test-frameworks` installs them all.
"""

from __future__ import annotations

import os
import unittest
from pathlib import Path
from typing import Any, Dict

from callbacks import CallbackTestCase, points
from installed import has, needs
from study import stune


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


if has("keras") and "KERAS_BACKEND" not in os.environ:
    os.environ["KERAS_BACKEND"] = "jax" if has("jax") else "torch"


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


if __name__ == "__main__":
    unittest.main()
