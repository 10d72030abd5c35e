"""Checkpoints on disk: published whole or not at all, and read only if they are one's own."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

# A network filesystem may hide from one node, for up to a minute, what another has just published.
VISIBLE_WITHIN_SECONDS = 60.0


@contextmanager
def published(parent: Path, name: str) -> Iterator[Path]:
    """Give a directory to write into; publish it as `parent/name` when the block ends well.

    Its files are on disk before the name appears. If the block raises, the directory is removed
    and nothing is published.

    Raises:
        ValueError: the block wrote nothing.
        FileExistsError: there is a checkpoint of this name.
    """
    final = parent / name
    if os.path.lexists(final):
        raise FileExistsError(f"{final} is there already: a checkpoint is published once")
    temporary = Path(tempfile.mkdtemp(prefix=f"tmp.{name}.", dir=parent))
    try:
        yield temporary
        if not any(temporary.iterdir()):
            raise ValueError(f"checkpoint {name} is empty: write its files into {temporary}")
        _sync_tree(temporary)
        os.rename(temporary, final)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _sync(parent)


@contextmanager
def discarded(name: str) -> Iterator[Path]:
    """Give a directory to write into and remove it afterwards, so that saving can be tried."""
    with tempfile.TemporaryDirectory(prefix=f"stune.{name}.") as directory:
        yield Path(directory)


def trusted(path: Path, patience: float = VISIBLE_WITHIN_SECONDS) -> Path:
    """Return the path if it is there and nobody else can have written it.

    Loading a checkpoint often means running what is in it (pickle does), so a file of another
    user, or one that anyone may write, is refused.

    Raises:
        FileNotFoundError: it did not appear within `patience` seconds.
        PermissionError: it is a symbolic link, another user's, or writable by everyone.
    """
    status = _status(path, patience)
    if stat.S_ISLNK(status.st_mode):
        raise PermissionError(f"the checkpoint {path} is a symbolic link: not followed")
    if status.st_uid != os.geteuid():
        raise PermissionError(
            f"the checkpoint {path} belongs to user {status.st_uid}, this process to user "
            f"{os.geteuid()}: not loaded"
        )
    if status.st_mode & stat.S_IWOTH:
        raise PermissionError(f"the checkpoint {path} is writable by everyone: not loaded")
    return path


def _status(path: Path, patience: float) -> os.stat_result:
    """Return the status of a path, waiting for it to appear."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return os.lstat(path)
        except FileNotFoundError:
            if time.monotonic() >= deadline:
                raise
        if path.parent.is_dir():
            os.listdir(path.parent)  # Makes a network filesystem ask its server again.
        time.sleep(min(0.5, max(0.0, deadline - time.monotonic())))


def _sync_tree(directory: Path) -> None:
    """Bring every file below the directory to disk, then the directories that name them."""
    for folder, _, names in os.walk(directory, topdown=False):
        for name in names:
            file = os.path.join(folder, name)
            if stat.S_ISREG(os.lstat(file).st_mode):
                _sync(file)
        _sync(folder)


def _sync(path: "os.PathLike[str] | str") -> None:
    """Bring one file or directory to disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
