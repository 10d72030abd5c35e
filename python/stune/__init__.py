"""Report metrics and checkpoints from training code to a stune study.

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
"""

from stune._environment import StudyError
from stune._trial import Trial, report, trial
from stune._version import __version__ as __version__

__all__ = ["StudyError", "Trial", "report", "trial"]
