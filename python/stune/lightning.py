"""A Lightning module as a trial, in one process or several.

    from stune.lightning import StuneCallback

    trial = stune.trial(27, lr=1e-3)
    callback = StuneCallback(trial)
    trainer = Trainer(max_epochs=27, callbacks=[callback])
    trainer.fit(Module(trial["lr"]), train, valid, ckpt_path=callback.ckpt_path)

An epoch is a unit of the resource. Give `max_epochs` the study's max_resource: the callback stops
the training where the trial pauses. It takes the place of Lightning's own checkpoints.
"""

from __future__ import annotations

from typing import Any, Optional

from stune import _loops
from stune._trial import Trial

try:
    from lightning.pytorch.callbacks import Checkpoint
except ImportError:
    from pytorch_lightning.callbacks import Checkpoint  # Its name before Lightning 2.

FILE = "lightning.ckpt"


class StuneCallback(Checkpoint):  # type: ignore[misc]
    """Reports what was logged in each epoch, saves by the trainer, and stops it on all ranks."""

    def __init__(self, trial: Trial) -> None:
        """Report to this trial."""
        super().__init__()
        self._trial = trial

    @property
    def ckpt_path(self) -> Optional[str]:
        """The checkpoint to go on from, for `Trainer.fit`; None: from scratch."""
        directory = self._trial.resume
        return None if directory is None else str(directory / FILE)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Report the epoch, counted from 1."""
        resource = trainer.current_epoch + 1
        answer = None
        if trainer.global_rank == 0:
            answer = _loops.report(self._trial, resource, trainer.callback_metrics)
        # Only rank 0 knows; saving is a collective operation, and all ranks leave together.
        answer = trainer.strategy.broadcast(answer, src=0)
        if answer.saves:
            self._save(trainer, resource)
        if not answer.goes_on:
            trainer.should_stop = True

    def _save(self, trainer: Any, resource: int) -> None:
        """Save on all ranks into the directory of rank 0."""
        if trainer.global_rank != 0:
            trainer.save_checkpoint(trainer.strategy.broadcast(None, src=0))
            return

        def write(place: Any) -> None:
            """Save the state of the training."""
            path = trainer.strategy.broadcast(str(place / FILE), src=0)
            trainer.save_checkpoint(path)

        _loops.save(self._trial, resource, write)
