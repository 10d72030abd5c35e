"""A Keras 3 model as a trial.

    from stune.keras import StuneCallback

    trial = stune.trial(27, lr=1e-3)
    saved = trial.resume and trial.resume / "model.keras"
    model = keras.models.load_model(saved) if saved else build(trial["lr"])
    model.fit(x, y, validation_split=0.2, epochs=27, initial_epoch=trial.start,
              callbacks=[StuneCallback(trial)])

An epoch is a unit of the resource. Give `epochs` the study's max_resource: the callback stops the
training where the trial pauses.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

import keras

from stune import _loops
from stune._trial import Trial

FILE = "model.keras"


class StuneCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports the logs of each epoch, saves model and optimizer, and stops the training."""

    def __init__(self, trial: Trial) -> None:
        """Report to this trial."""
        super().__init__()
        self._trial = trial

    def on_epoch_end(self, epoch: int, logs: Optional[Dict[str, Any]] = None) -> None:
        """Report the epoch, counted from 1."""
        answer = _loops.report(self._trial, epoch + 1, logs or {})
        if answer.saves:
            _loops.save(self._trial, epoch + 1, lambda place: self.model.save(place / FILE))
        if not answer.goes_on:
            self.model.stop_training = True
