"""The executables of this clone or of this machine, for tests that need a real study."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

from study import PACKAGE_ROOT


def stune_executable() -> Optional[str]:
    """Return the path of `stune`: that of STUNE, of this clone's build, or of PATH."""
    named = os.environ.get("STUNE")
    if named:
        return named
    for build in ("debug", "release"):
        built = PACKAGE_ROOT.parent / ".build" / build / "stune"
        if built.exists():
            return str(built)
    return shutil.which("stune")


def run(*command: str, cwd: Path, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command with this clone's client; raise if it fails."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    # Commands of studies start `python3`, which is to be this one, with all that it has.
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    executable = stune_executable()
    if executable:
        environment["PATH"] = f"{Path(executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        command, cwd=str(cwd), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True, timeout=240, **options,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done
