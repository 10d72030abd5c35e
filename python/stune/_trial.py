"""One trial as the training code sees it."""

from __future__ import annotations

import itertools
import operator
import os
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, Optional

from stune import _checkpoints, _reports
from stune._answers import Answers
from stune._environment import Environment, read


class Trial:
    """One trial: its parameters, what to train, and where its reports and checkpoints go.

    `stune.trial()` makes it. In a job with several processes only rank 0 reports and publishes; on
    the others `report()` writes nothing, `should_save()` is False and `checkpoint()` discards.

    Attributes:
        parameters: the value of every parameter by name.
        study: the name of the study, None outside one.
        number: the number of the trial, None outside a study.
        start: the resource already trained, 0 for a new trial; `resume` leads there.
        to: the resource to reach. None means no end, and only happens outside a study.
        rank: the number of this process in a job with several, otherwise 0.
        replicate: which of the trial's replicates this is, from 0; use it in the seed.
    """

    def __init__(
        self,
        environment: Environment,
        defaults: Mapping[str, Any],
        to: Optional[int] = None,
        answers: Optional[Answers] = None,
    ) -> None:
        """Take the study's values from the environment, and the rest from the script's defaults.

        `answers`: those of the previous trial in the same process, which may be this one's too.
        """
        self.parameters: Dict[str, Any] = _merged(environment.parameters, defaults)
        self._defaults = defaults
        self.study = environment.study
        self.number = environment.trial
        self.start = environment.start
        self.to = environment.to if environment.to is not None else to
        self.rank = environment.rank
        self.replicate = environment.replicate
        self._environment = environment
        path = environment.answers
        if answers is None or answers.path != path:
            answers = None if path is None else Answers(path)
        self._answers = answers
        self._reported = environment.start
        self._saved = environment.start
        self._leave_seen = False
        self._asked_at: Optional[int] = None
        self._ended = False
        self._save_wanted = False

    def __repr__(self) -> str:
        """Return the trial in one line."""
        where = f"trial {self.number} of {self.study}" if self.study else "outside a study"
        return f"<stune.Trial {where}: {self.start} to {self.to}, {self.parameters}>"

    def __getitem__(self, name: str) -> Any:
        """Return the value of a parameter.

        Raises:
            KeyError: neither the study nor a default of the script sets it.
        """
        try:
            return self.parameters[name]
        except KeyError:
            known = ", ".join(self.parameters) or "none"
            raise KeyError(
                f"no parameter {name!r} (there is: {known}); "
                f"stune.trial({name}=...) gives it a default"
            ) from None

    def __contains__(self, name: object) -> bool:
        """Return whether a parameter has a value."""
        return name in self.parameters

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the parameters."""
        return iter(self.parameters)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a parameter, or the default if it has none."""
        return self.parameters.get(name, default)

    @property
    def resume(self) -> Optional[Path]:
        """The checkpoint to start from, as it was published; None: start from scratch.

        Raises:
            FileNotFoundError: it is not there, even after a minute.
            PermissionError: another user may have written it.
        """
        path = self._environment.resume
        return None if path is None else _checkpoints.trusted(path)

    @property
    def leaving(self) -> bool:
        """Whether the worker has asked to save and leave, at a time limit or a cancellation."""
        path = self._environment.leave
        if not self._leave_seen and path is not None:
            self._leave_seen = path.exists()
        return self._leave_seen

    @property
    def reported(self) -> int:
        """The resource of the last report; `start` before the first."""
        return self._reported

    @property
    def is_over(self) -> bool:
        """Whether the last report was answered with False."""
        return self._ended

    def broadcast(self, value: Any) -> Any:
        """Return the value of rank 0 on all ranks of torch.distributed; alone, the value itself.

        With it all ranks of a job leave and save together:
        `if not trial.broadcast(trial.report(epoch, val_loss=loss)): break`.
        """
        if "torch.distributed" not in sys.modules:
            return value
        from stune.torch import broadcast

        return broadcast(value)

    def resources(self) -> Iterator[int]:
        """Count the resources left to train: `start` + 1 to `to`.

        Ends early after a report that was answered with False.
        """
        for resource in itertools.count(self.start + 1):
            # Read each time: a trial that is promoted in place gets a new `to`.
            if self._ended or (self.to is not None and resource > self.to):
                return
            yield resource

    def should_save(self, resource: int) -> bool:
        """Return whether a checkpoint of this resource is wanted.

        Ask after the report of the resource: then the answer is yes if the trial pauses, ends or is
        to leave, and no if it trains on at once. Before the report this is not known, so the answer
        at `to` is always yes. It is also yes at each multiple of `checkpoints.every` in the study
        file.
        """
        if self.rank != 0:
            return False
        every = self._environment.save_every
        is_due = every is not None and resource % every == 0
        if resource == self._reported:
            return (self._save_wanted or is_due) and self._saved < resource
        self._asked_at = resource
        return self._at_end(resource) or self.leaving or is_due

    @contextmanager
    def checkpoint(self, resource: int) -> Iterator[Path]:
        """Give an empty directory to save into, and publish it if the `with` block ends well.

        If the block raises, nothing is published. Outside a study the directory is removed
        afterwards, unless STUNE_CHECKPOINTS names a directory to keep checkpoints in.

        Raises:
            TypeError: the resource is not a whole number.
            ValueError: the resource is not due, or the block saved nothing.
        """
        resource = self._due(resource, self._saved, "checkpoint")
        if self.rank != 0:
            with _checkpoints.discarded(str(resource)) as directory:
                yield directory
            return
        parent = self._environment.checkpoints
        if parent is None:
            with _checkpoints.discarded(str(resource)) as directory:
                yield directory
            self._say(f"checkpoint {resource} discarded; STUNE_CHECKPOINTS=DIR keeps it")
        else:
            # Its first checkpoint makes the directory of a trial that shares a process with others.
            parent.mkdir(parents=True, exist_ok=True)
            with _checkpoints.published(parent, str(resource)) as directory:
                yield directory
            self._append(_reports.checkpoint_line(resource))
            self._say(f"checkpoint {resource} in {parent / str(resource)}")
        self._saved = resource

    def report(self, resource: int, /, **metrics: Any) -> bool:
        """Report the metrics reached at this resource; return whether to train on.

        A metric is anything that float() accepts: numbers, numpy scalars, tensors of one element.
        NaN and infinity may be reported; the trial has then diverged. False means: save if
        should_save() says so, and exit with code 0. If the study's workers stay (`execution` in the
        study file), the answer at `to` takes a moment and may be True: then `to` has grown.

        Raises:
            TypeError: a metric is not a number, or the resource not a whole number.
            ValueError: the resource is not due, the objective is missing at `to`, or a limit is
                exceeded (256 metrics, 256 bytes for a name, 64 KiB in all).
            OSError: the report cannot be written.
        """
        resource = self._due(resource, self._reported, "report")
        values = _reports.metric_values(metrics)
        objective = self._environment.metric
        if objective is not None and resource == self.to and objective not in values:
            raise ValueError(
                f"the report of {resource} lacks {objective!r}, the study's metric; "
                f"it has {', '.join(values)}"
            )
        answers = self._answers if self._at_end(resource) else None
        line = _reports.report_line(resource, values, waits=answers is not None)
        if self.rank == 0:
            self._append(line)
            shown = " ".join(f"{name}={value:.6g}" for name, value in values.items())
            self._say(f"{resource}: {shown}")
        self._reported = resource
        if answers is not None:
            answer = answers.wait(self._environment.attempt, resource)
            self._ended = answer.to is None
            self._save_wanted = answer.save
            self.to = answer.to or self.to
        else:
            self._ended = self._at_end(resource) or self._leaves_after(resource)
            self._save_wanted = self._ended
        return not self._ended

    def next(self) -> Optional["Trial"]:
        """Return another trial for this process; None if the process should end.

        Call it when this trial is over: its last report was answered with False, and everything is
        saved. Data and imports stay loaded, which helps if trials are short. There is another trial
        only if tasks take other work (`execution` in the study file). What the process prints is
        shown with its first trial.

        Raises:
            RuntimeError: this trial is not over.
            StudyError: the environment of the next trial is not what stune-worker sets.
        """
        if not self._ended:
            raise RuntimeError("next() is for a trial that is over: report() has answered False")
        if self._answers is None:
            return None
        if self.rank == 0:
            self._append(_reports.next_line())
        variables = self._answers.wait_for_more(self._environment.attempt)
        if variables is None:
            return None
        last = os.environ.get("STUNE_DIRECTORY")
        for name in [name for name in os.environ if name.startswith("STUNE_")]:
            del os.environ[name]
        os.environ.update(variables)
        directory = os.environ.get("STUNE_DIRECTORY")
        if directory is not None and directory != last:
            # Each trial has a directory of its own.
            os.chdir(directory)
        return _begun(Trial(read(os.environ), self._defaults, answers=self._answers))

    def _at_end(self, resource: int) -> bool:
        """Return whether the resource is the last one."""
        return self.to is not None and resource >= self.to

    def _leaves_after(self, resource: int) -> bool:
        """Return whether to leave after the report of this resource.

        A script that asked should_save() for it leaves only if that was answered with True: else a
        wish that arrives between the two would make it leave with nothing saved. The other ranks
        don't look, since each would see the wish at a resource of its own.
        """
        if self.rank != 0:
            return False
        return self._leave_seen if self._asked_at == resource else self.leaving

    def _due(self, resource: int, last: int, what: str) -> int:
        """Return the resource as an int if a report or checkpoint of it may follow the last one."""
        if isinstance(resource, bool):
            raise TypeError(f"the resource of a {what} is a whole number, not {resource}")
        try:
            resource = operator.index(resource)
        except TypeError:
            raise TypeError(
                f"the resource of a {what} is a whole number, not {resource!r}"
            ) from None
        if resource <= last:
            since = "the trial starts from" if last == self.start else f"the last {what} was of"
            raise ValueError(f"a {what} of {resource} is not due: {since} {last}")
        if self.to is not None and resource > self.to:
            raise ValueError(f"a {what} of {resource} is not due: the trial ends at {self.to}")
        return resource

    def _append(self, line: bytes) -> None:
        """Append a line to the file of reports, where there is one."""
        if self._environment.reports is not None:
            _reports.append(self._environment.reports, line)

    def _say(self, text: str) -> None:
        """Outside a study, tell the user at the terminal."""
        if self.study is None:
            print(f"stune: {text}", file=sys.stderr, flush=True)


def _merged(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the study's values over the script's defaults.

    Where the default is a float, a whole number becomes one: JSON has the same 1 for both.
    """
    merged = dict(defaults)
    for name, value in values.items():
        if isinstance(defaults.get(name), float) and type(value) is int:
            value = float(value)
        merged[name] = value
    unknown = [name for name in values if name not in defaults]
    if defaults and unknown:
        warnings.warn(
            f"the study sets {', '.join(unknown)}, and stune.trial() has a default only for "
            f"{', '.join(defaults)}: is a name misspelt?",
            stacklevel=4,
        )
    return merged


_current: Optional[Trial] = None


def trial(to: Optional[int] = None, /, **defaults: Any) -> Trial:
    """Return the trial that this process is to train.

    Args:
        to: the resource (epochs, steps) to train outside a study. In a study the study says it.
        defaults: values of parameters that the study does not set: outside a study all, and in it
            those that are not tuned or not active (`when`).

    Raises:
        StudyError: the environment is not what stune-worker sets.
        ValueError: `to` is less than 1.
    """
    if to is not None and to < 1:
        raise ValueError(f"stune.trial({to}): the resource to reach is at least 1")
    return _begun(Trial(read(os.environ), defaults, to))


def _begun(trial: Trial) -> Trial:
    """Make this the trial that `stune.report` reports to."""
    global _current
    _current = trial
    return trial


def report(resource: int, /, **metrics: Any) -> bool:
    """Report to the trial of this process, for a script that needs nothing else of it.

    The same as `stune.trial().report(resource, **metrics)`; see `Trial.report`.
    """
    return (trial() if _current is None else _current).report(resource, **metrics)
