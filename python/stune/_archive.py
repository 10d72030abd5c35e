"""An archive of a study, as `stune archive` writes it: a tar file with digests inside."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from pathlib import Path
from typing import Dict, Optional

from stune._snapshot import NotAStudy

_MARK, _DIGESTS = "stune-archive", "SHA256SUMS"
_CHUNK = 1 << 20
_END = 1024  # A tar archive ends with two blocks of zeros.


class Archive:
    """An archive that was opened for reading.

    Its files are unpacked into a private directory, which goes with this object; checkpoints only
    when they are asked for.

    Attributes:
        path: the archive.
        directory: what was unpacked.
    """

    def __init__(self, path: Path) -> None:
        """Open an archive and unpack all but its checkpoints.

        Raises:
            NotAStudy: it is torn, damaged, or no archive of a study.
        """
        self.path = path.absolute()
        self._members: Dict[str, tarfile.TarInfo] = {}
        self._digests: Dict[str, str] = {}
        self._read_members()
        self._place = tempfile.TemporaryDirectory(prefix="stune-archive-")
        self.directory = Path(self._place.name)
        for name in self._members:
            if not name.startswith("trials/"):
                self._unpack(name)

    def checkpoint(self, path: str) -> Optional[Path]:
        """Unpack a checkpoint, unless it was before, and return where it is; None: it has none."""
        names = [name for name in self._members if name == path or name.startswith(f"{path}/")]
        for name in names:
            if not (self.directory / name).exists():
                self._unpack(name)
        return self.directory / path if names else None

    def _read_members(self) -> None:
        """Look at all headers, and at the digests."""
        size = os.path.getsize(self.path)
        end = 0
        try:
            with tarfile.open(self.path, "r:") as archive:
                for member in archive:
                    end = member.offset_data + (member.size + 511) // 512 * 512
                    if not self._members and member.name != _MARK:
                        raise NotAStudy(self._foreign())
                    if end > size:
                        raise NotAStudy(self._torn())
                    self._members[member.name] = member
        except tarfile.TarError as error:
            raise NotAStudy(self._torn() if self._members else self._foreign()) from error
        if _MARK not in self._members:
            raise NotAStudy(self._foreign())
        if size < end + _END:
            raise NotAStudy(self._torn())
        self._read_digests()

    def _read_digests(self) -> None:
        """Read the digests, which the first member vouches for."""
        mark = self._members.pop(_MARK)
        try:
            fields = json.loads(self._content(mark))
            version, digest = int(fields["version"]), str(fields.get("digest"))
        except (ValueError, KeyError, TypeError) as error:
            raise NotAStudy(self._damaged(_MARK)) from error
        if version != 1:
            raise NotAStudy(f"{self.path} was written by a newer stune; read it with that")
        if _DIGESTS not in self._members:
            raise NotAStudy(self._damaged(_DIGESTS))
        text = self._content(self._members.pop(_DIGESTS))
        if hashlib.sha256(text).hexdigest() != digest:
            raise NotAStudy(self._damaged(_DIGESTS))
        for line in text.decode().split("\n"):
            if not line:
                continue
            name = line.lstrip("\\")[66:]
            if line.startswith("\\"):  # As sha256sum spells a line break or a backslash.
                name = name.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
            self._digests[name] = line.lstrip("\\")[:64]
        files = {name for name, member in self._members.items() if member.isfile()}
        if files != self._digests.keys():
            raise NotAStudy(self._damaged(min(files ^ self._digests.keys())))

    def _content(self, member: tarfile.TarInfo) -> bytes:
        """Return what a small member holds."""
        with open(self.path, "rb") as file:
            file.seek(member.offset_data)
            return file.read(member.size)

    def _unpack(self, name: str) -> None:
        """Unpack a member, and compare its digest."""
        member = self._members[name]
        parts = name.split("/")
        if "" in parts or "." in parts or ".." in parts or not (member.isfile() or member.isdir()):
            raise NotAStudy(self._damaged(name))
        target = self.directory.joinpath(*parts)
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, left = hashlib.sha256(), member.size
        with open(self.path, "rb") as source, open(target, "xb") as file:
            source.seek(member.offset_data)
            while left > 0:
                piece = source.read(min(_CHUNK, left))
                if not piece:
                    raise NotAStudy(self._torn())
                digest.update(piece)
                file.write(piece)
                left -= len(piece)
        if digest.hexdigest() != self._digests.get(name):
            target.unlink()
            raise NotAStudy(self._damaged(name))

    def _foreign(self) -> str:
        """Say that it is something else."""
        return (
            f"{self.path} is neither a study's directory nor an archive that 'stune archive' has "
            "written"
        )

    def _torn(self) -> str:
        """Say that it ends too early."""
        return (
            f"the archive {self.path} is torn: it ends too early. Copy it again, or make another "
            "with 'stune archive'"
        )

    def _damaged(self, name: str) -> str:
        """Say which member is not what was written."""
        return (
            f"the archive {self.path} is damaged: {name!r} is not what was written. Copy it again, "
            "or make another with 'stune archive'"
        )
