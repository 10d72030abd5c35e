"""Report metrics and checkpoints from training code to a stune study, and read what came out.

    import stune

    trial = stune.trial(27, lr=1e-3, hidden=64)
    model = Model(trial["lr"], trial["hidden"])
    if trial.resume:
        model.load(trial.resume / "model.npz")
    for epoch in trial.resources():
        loss = model.train_one_epoch()
        trial.report(epoch, val_loss=loss)
        if trial.should_save(epoch):
            with trial.checkpoint(epoch) as directory:
                model.save(directory / "model.npz")

Outside a study the same script trains 27 epochs with the given values and prints its reports.

Read a study that runs or is over:

    study = stune.open("digits.stune")
    print(study.best)
    study.reports.to_pandas()
"""

import os
from typing import TYPE_CHECKING, Any, Union

from stune._environment import StudyError
from stune._trial import Trial, report, trial
from stune._version import __version__ as __version__

if TYPE_CHECKING:
    from stune._opened import NotAStudy, OpenedStudy
    from stune._study import InvalidStudy, RunFailed, Study

__all__ = [
    "InvalidStudy", "NotAStudy", "RunFailed", "Study", "StudyError", "Trial", "open", "report",
    "trial",
]  # fmt: skip


def open(directory: "Union[str, os.PathLike[str]]") -> "OpenedStudy":
    """Open a study for reading, while it runs or afterwards.

    Args:
        directory: the study's directory, such as `digits.stune`. A copy of it will do.

    Raises:
        NotAStudy: there is no study, or it cannot be read; the message says what to do.
    """
    from stune._opened import open_study

    return open_study(directory)


def __getattr__(name: str) -> Any:
    """Import what training code does not need when it is first used."""
    if name == "NotAStudy":
        from stune._opened import NotAStudy

        return NotAStudy
    if name in ("InvalidStudy", "RunFailed", "Study"):
        from stune import _study

        return getattr(_study, name)
    raise AttributeError(f"module 'stune' has no attribute {name!r}")
