"""A Trainer of transformers as a trial.

    from stune.transformers import StuneCallback

    trial = stune.trial(27, lr=1e-3)
    callback = StuneCallback(trial)
    args = TrainingArguments("out", num_train_epochs=27, eval_strategy="epoch",
                             save_strategy="no", learning_rate=trial["lr"])
    trainer = Trainer(model, args, train_dataset=train, eval_dataset=valid, callbacks=[callback])
    trainer.train(resume_from_checkpoint=callback.resume)

A report is made at each evaluation. An epoch is a unit of the resource, or with `unit="step"` an
optimizer step. Give `num_train_epochs` (`max_steps`) the study's max_resource, so that the learning
rate has the same schedule in all trials: the callback stops the training where the trial pauses.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Dict, Optional

from transformers import TrainerCallback

from stune import _loops
from stune._trial import Trial

FOLDER = "checkpoint"


class StuneCallback(TrainerCallback):  # type: ignore[misc]
    """Reports each evaluation, publishes the trainer's own checkpoints, and stops the training."""

    def __init__(self, trial: Trial, unit: str = "epoch") -> None:
        """Report to this trial.

        Args:
            trial: the trial.
            unit: what the resource counts: `epoch` or `step`.

        Raises:
            ValueError: it is neither.
        """
        if unit not in ("epoch", "step"):
            raise ValueError(f"unit={unit!r}: 'epoch' or 'step'")
        self._trial, self._unit = trial, unit
        self._due: Optional[int] = None

    @property
    def resume(self) -> Optional[str]:
        """The checkpoint to go on from, for `Trainer.train`; None: from scratch."""
        directory = self._trial.resume
        return None if directory is None else str(directory / FOLDER)

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Optional[Dict[str, Any]] = None,
        **_: Any,
    ) -> Any:  # fmt: skip
        """Report an evaluation."""
        resource = round(state.epoch or 0) if self._unit == "epoch" else state.global_step
        # Rank 0 alone knows when it is time to leave: all leave together.
        answer = self._trial.broadcast(_loops.report(self._trial, resource, metrics or {}))
        if answer.saves:
            self._due = resource
            control.should_save = True
        if not answer.goes_on:
            control.should_training_stop = True
        return control

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Publish what the trainer has saved, if the study asked for it."""
        resource, self._due = self._due, None
        if resource is None or not state.is_world_process_zero:
            return
        made = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        # Its own checkpoints stay, if the user wants some.
        is_ours = str(getattr(args.save_strategy, "value", args.save_strategy)) == "no"

        def write(place: Path) -> None:
            """Copy the checkpoint: it may lie on another file system."""
            shutil.copytree(
                made, place / FOLDER, copy_function=_linked if is_ours else shutil.copy2
            )

        _loops.save(self._trial, resource, write)
        if is_ours:
            shutil.rmtree(made)


def _linked(source: str, target: str) -> str:
    """Give a file a second name instead of copying it, where that is possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
