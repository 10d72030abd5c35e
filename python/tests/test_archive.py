"""An archive of a study: opened as it is, refused where it is torn, damaged, or something else."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Dict

from snapshots import StudyMaker, asha
from study import StudyTestCase, stune


def archive(path: Path, files: Dict[str, bytes], version: int = 1) -> None:
    """Write an archive as `stune archive` does."""
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    ).encode()
    mark = {"digest": hashlib.sha256(sums).hexdigest(), "version": version}
    members = {"stune-archive": json.dumps(mark).encode(), "SHA256SUMS": sums, **files}
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


class Archives(StudyTestCase):
    """A study of 20 trials in an archive."""

    def setUp(self) -> None:
        super().setUp()
        self.maker = StudyMaker(self.directory / "digits.stune")
        asha(self.maker, 20)
        self.maker.publish()
        self.files = {
            "outputs/packs/1": b"packed",
            "snapshot.db": (self.maker.directory / "snapshot.db").read_bytes(),
        }
        self.path = self.directory / "digits.stune.tar"

    def test_it_reads_as_its_directory(self) -> None:
        archive(self.path, self.files)
        opened, study = stune.open(self.path), stune.open(self.maker.directory)
        self.assertEqual(opened.name, study.name)
        self.assertEqual(opened.counts, study.counts)
        self.assertEqual(opened.trials["trial"], study.trials["trial"])
        self.assertEqual(opened.frozen().ladder, study.ladder)
        self.assertEqual(opened.directory, self.path)

    def test_a_checkpoint_is_unpacked_when_it_is_asked_for(self) -> None:
        study = stune.open(self.maker.directory)
        trial = next(n for n in study.trials["trial"] if study.checkpoint(n) is not None)
        place = study.checkpoint(trial)
        assert place is not None
        name = str(place.relative_to(study.directory))
        archive(self.path, {**self.files, f"{name}/state": b"weights", f"{name}0": b"another"})
        opened = stune.open(self.path)
        found = opened.checkpoint(trial)
        assert found is not None
        self.assertEqual((found / "state").read_bytes(), b"weights")
        self.assertEqual(opened.checkpoint(trial), found)
        other = next(n for n in study.trials["trial"] if study.checkpoint(n) not in (None, place))
        self.assertIsNone(opened.checkpoint(other))

    def refused(self, message: str) -> None:
        with self.assertRaisesRegex(stune.NotAStudy, message):
            stune.open(self.path)

    def test_a_torn_one(self) -> None:
        archive(self.path, self.files)
        whole = self.path.read_bytes()
        end = whole.rstrip(b"\0")
        for length in (700, 2_000, len(end) // 2, len(end) - 600):
            self.path.write_bytes(whole[:length])
            self.refused("is torn|is damaged")

    def test_a_damaged_one(self) -> None:
        archive(self.path, self.files)
        whole = self.path.read_bytes()
        self.path.write_bytes(whole.replace(b"packed", b"pocked"))
        self.refused("'outputs/packs/1' is not what was written")
        self.path.write_bytes(whole.replace(b"  outputs/packs/1", b"  outputs/packs/2"))
        self.refused("SHA256SUMS")

    def test_another_file(self) -> None:
        for content in (b"", b"hello", b"\0" * 5_000):
            self.path.write_bytes(content)
            self.refused("neither a study's directory nor an archive")
        with tarfile.open(self.path, "w") as tar:
            tar.addfile(tarfile.TarInfo("something"), io.BytesIO())
        self.refused("neither a study's directory nor an archive")

    def test_one_of_a_newer_version(self) -> None:
        archive(self.path, self.files, version=2)
        self.refused("by a newer stune")

    def test_a_path_that_leaves_the_directory(self) -> None:
        archive(self.path, {**self.files, "outputs/../../x": b""})
        self.refused("'outputs/../../x'")
