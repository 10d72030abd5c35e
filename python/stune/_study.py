"""A study that is written in Python: it becomes a study file, which is what runs."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Union

from stune import _studyfile
from stune._opened import NotAStudy, OpenedStudy, open_study
from stune._progress import Progress
from stune._literal import escaped

# Exit codes of `stune run` with which the study is over and has a result.
_OVER = (0, 6)


class InvalidStudy(ValueError):
    """The study file is refused: its mistakes, a line for each."""


class RunFailed(RuntimeError):
    """`stune` or `sbatch` ended otherwise than hoped for: its exit code, and what it said."""

    def __init__(self, command: Sequence[str], code: int, text: str) -> None:
        """Keep the exit code."""
        super().__init__(f"{' '.join(command)} ended with code {code}\n{text}".rstrip())
        self.code = code


class Study:
    """A study file in the making.

        study = stune.Study(
            train, name="digits", metric=("val_loss", "minimize"),
            parameters={"lr": {"type": "float", "min": 1e-4, "max": 1e-1, "scale": "log"}},
            scheduler={"type": "asha", "max_resource": 27}, trials=64,
            slurm={"time": "00:10:00"})
        result = study.run(cluster="local")

    Attributes:
        sections: the sections of the study file by name, which may be changed before it is saved.
    """

    def __init__(
        self,
        what: Union[Sequence[Any], Callable[[Any], Any]],
        *,
        name: str,
        metric: Any,
        parameters: Any,
        scheduler: Mapping[str, Any],
        trials: int,
        searcher: Optional[Mapping[str, Any]] = None,
        slurm: Optional[Mapping[str, Any]] = None,
        **sections: Any,
    ) -> None:
        """Describe a study. docs/study.md of stune describes the sections.

        Args:
            what: the training command as a list, or a function of a module that takes the trial.
            name: the study's name.
            metric: the metric's name and `minimize` or `maximize`, or a list of such pairs.
            parameters: as in a study file; or a ConfigSpace; or Optuna's distributions by name.
            scheduler: which trials get more training.
            trials: how many configurations are tried.
            searcher: how configurations are chosen; None: `auto`, see docs/searchers.md.
            slurm: what each task asks of Slurm.
            sections: all other sections, such as `parallel`, `points`, `stop`, `execution`.

        Raises:
            TypeError: `what` is no command and no function that a module has.
        """
        self._function = what if callable(what) else None
        self.sections: Dict[str, Any] = {"name": name}
        metrics = _metrics(metric)
        if len(metrics) == 1:
            self.sections["metric"] = metrics[0]
        else:
            self.sections["metrics"] = metrics
        self._space = _Space(parameters)
        if self._space.plain is not None:
            self.sections["parameters"] = self._space.plain
        if searcher is not None:
            self.sections["searcher"] = dict(searcher)
        self.sections["scheduler"] = dict(scheduler)
        self.sections["trials"] = trials
        self.sections.update(sections)
        if callable(what):
            _target(what, Path.cwd())  # Refused now rather than later.
        else:
            self.sections["command"] = _command(what)
        if slurm is not None:
            self.sections["slurm"] = dict(slurm)

    @property
    def name(self) -> str:
        """The study's name."""
        return str(self.sections["name"])

    def text(self, beside: Optional[Path] = None) -> str:
        """Return the study file.

        Args:
            beside: the directory that it is to lie in: the current one if it is None.
        """
        sections = dict(self.sections)
        if self._function is not None:
            target = _target(self._function, beside or Path.cwd())
            sections.setdefault("command", [sys.executable, "-m", "stune.launch", target])
        return _studyfile.text(sections, self._space.imported)

    def save(self, path: "Union[str, os.PathLike[str]]" = "study.yaml") -> Path:
        """Write the study file, read it back with `stune validate`, and return its path.

        Raises:
            InvalidStudy: it has mistakes. What was there before stays.
        """
        path = Path(path)
        text = self.text(path.absolute().parent)
        handle, half = tempfile.mkstemp(prefix=f".{path.name}.", dir=str(path.absolute().parent))
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            done = _stune("validate", half)
            if done.returncode != 0:
                raise InvalidStudy((done.stdout + done.stderr).replace(half, str(path)).strip())
            os.chmod(half, 0o666 & ~_umask())
            os.replace(half, path)
        except BaseException:
            os.unlink(half)
            raise
        return path

    @property
    def directory(self) -> Path:
        """Where the study runs, unless told otherwise: `NAME.stune` in the current directory."""
        return Path(f"{self.name}.stune").absolute()

    def run(
        self,
        path: "Union[str, os.PathLike[str]]" = "study.yaml",
        cluster: Optional[str] = None,
        directory: "Union[str, os.PathLike[str], None]" = None,
    ) -> OpenedStudy:
        """Save the study file, run the study to its end, and open it.

        A study that was stopped goes on. In a notebook the study shows its progress meanwhile;
        elsewhere `stune run` prints what it always does.

        Args:
            path: where to save the study file.
            cluster: `slurm`, `slurm-commands` or `local`; None: what the file or the machine says.
            directory: the study's directory; None: `NAME.stune`.

        Raises:
            InvalidStudy: the study file has mistakes.
            RunFailed: the study ended without a result.
        """
        file, place = self.save(path), Path(directory or self.directory)
        command = [executable(), "run", str(file), "--dir", str(place)]
        if cluster is not None:
            command += ["--cluster", cluster]
        with Progress(place) as progress, tempfile.TemporaryFile("w+") as printed:
            # In a notebook the study shows itself instead.
            output = printed if progress.is_shown else None
            process = subprocess.Popen(command, stdout=output, stderr=output)
            try:
                progress.wait(process)
            except BaseException:
                process.terminate()  # The controller stops in order; its tasks go on.
                process.wait()
                raise
            printed.seek(0)
            text = printed.read()
        if process.returncode not in _OVER:
            raise RunFailed(command, process.returncode, text)
        return open_study(place)

    def submit(
        self,
        *options: str,
        path: "Union[str, os.PathLike[str]]" = "study.yaml",
        directory: "Union[str, os.PathLike[str], None]" = None,
    ) -> str:
        """Save the study file, submit the controller as a job of Slurm, and return the job's id.

        Args:
            options: options of sbatch, such as `--partition=long`.
            path: where to save the study file.
            directory: the study's directory; None: `NAME.stune`.

        Raises:
            InvalidStudy: the study file has mistakes.
            RunFailed: sbatch refused the job.
        """
        file = self.save(path)
        script = _stune("where", "controller.sbatch").stdout.strip()
        command = ["sbatch", "--parsable", *options, script, str(file)]
        command += ["--dir", str(Path(directory or self.directory))]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True
        )
        if done.returncode != 0:
            raise RunFailed(command, done.returncode, done.stderr)
        return done.stdout.strip()

    def open(self) -> OpenedStudy:
        """Open the study in its directory.

        Raises:
            NotAStudy: it has not begun yet.
        """
        return open_study(self.directory)

    def __repr__(self) -> str:
        """Return the name and the sections."""
        return f"<stune.Study {self.name!r}: {', '.join(self.sections)}>"

    def _repr_html_(self) -> str:
        """Show the study file in a notebook, and how far the study has come."""
        lines = "\n".join(escaped(line) for line in self.text().splitlines())
        try:
            state = self.open()._repr_html_()
        except NotAStudy:
            state = "<p>It has not begun.</p>"
        return f"<pre>{lines}</pre>{state}"


class _Space:
    """Parameters: as in a study file, or imported from another tool by `stune space import`."""

    def __init__(self, parameters: Any) -> None:
        """Take what the user gave."""
        self.plain: Optional[Dict[str, Any]] = None
        self.imported = ""
        if hasattr(parameters, "to_serialized_dict"):
            self.imported = _imported(parameters.to_serialized_dict(), "configspace")
        elif isinstance(parameters, Mapping) and any(map(_is_distribution, parameters.values())):
            from optuna.distributions import distribution_to_json

            self.imported = _imported(
                {name: json.loads(distribution_to_json(one)) for name, one in parameters.items()},
                "optuna",
            )
        elif isinstance(parameters, Mapping):
            self.plain = {name: dict(one) for name, one in parameters.items()}
        else:
            raise TypeError(
                f"parameters={parameters!r}: a mapping as in a study file, a ConfigSpace, or "
                "Optuna's distributions by name"
            )


def _is_distribution(value: Any) -> bool:
    """Return whether a value is a distribution of Optuna."""
    return type(value).__module__.startswith("optuna.")


def _imported(space: Any, format: str) -> str:
    """Return another tool's space as sections of a study file."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(space, file)
        file.flush()
        done = _stune("space", "import", file.name, "--from", format)
        if done.returncode != 0:
            raise InvalidStudy(done.stderr.replace(f"{file.name}:", f"{format}:").strip())
    return done.stdout


def _metrics(metric: Any) -> List[Dict[str, str]]:
    """Return the metrics as a study file has them."""
    if isinstance(metric, Mapping):
        return [dict(metric)]
    if isinstance(metric, str) or not isinstance(metric, Sequence):
        raise TypeError(f"metric={metric!r}: its name and its goal, ('val_loss', 'minimize')")
    if len(metric) == 2 and all(isinstance(one, str) for one in metric):
        return [{"name": metric[0], "goal": metric[1]}]
    return [found for one in metric for found in _metrics(one)]


def _command(what: Any) -> List[Any]:
    """Return a training command."""
    if isinstance(what, (str, bytes)) or not isinstance(what, Sequence):
        raise TypeError(
            f"{what!r} is no command: give a list such as ['python3', 'train.py'], or a function"
        )
    return list(what)


def _target(function: Callable[..., Any], beside: Path) -> str:
    """Return how `stune.launch` finds a function: `FILE.py:NAME` or `MODULE:NAME`.

    Raises:
        TypeError: no module has it under its name, so another process could not find it.
    """
    name = getattr(function, "__qualname__", "")
    module = inspect.getmodule(function)
    file = getattr(module, "__file__", None)
    if not re.fullmatch(r"[^\W\d]\w*", name) or module is None or file is None:
        raise TypeError(
            f"{function!r} cannot be found by another process: write it at the top level of a file "
            "(in a notebook: %%writefile train.py), import it from there, and pass that"
        )
    package = getattr(module, "__package__", None)
    if package or "site-packages" in Path(file).parts:
        return f"{module.__spec__.name if module.__spec__ else module.__name__}:{name}"
    path = Path(file).absolute()
    try:
        return f"{path.relative_to(beside.absolute())}:{name}"
    except ValueError:
        return f"{path}:{name}"


def executable() -> str:
    """Return the path of `stune`: beside this Python, or on PATH.

    Raises:
        FileNotFoundError: it is not installed.
    """
    beside = Path(sys.executable).with_name("stune")
    found = shutil.which("stune") or (str(beside) if os.access(beside, os.X_OK) else None)
    if found is None:
        raise FileNotFoundError(
            "no 'stune' on PATH; install it (docs/install.md), or put its directory on PATH"
        )
    return found


def _stune(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of stune and return what it printed."""
    return subprocess.run(
        [executable(), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )


def _umask() -> int:
    """Return which permissions new files do not get."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


__all__ = ["InvalidStudy", "RunFailed", "Study"]
