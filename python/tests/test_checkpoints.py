"""Checkpoints are published whole or not at all, and only one's own are read."""

from __future__ import annotations

import os
import threading
import time
import unittest
from pathlib import Path
from typing import List
from unittest import mock

from study import StudyTestCase
from stune import _checkpoints

import stune


class Publishing(StudyTestCase):
    """The name appears last."""

    def names(self) -> List[str]:
        """Return what is in the directory of checkpoints."""
        return sorted(path.name for path in self.checkpoints.iterdir())

    def test_the_name_appears_when_all_is_written(self) -> None:
        trial = self.trial_in_study()
        with trial.checkpoint(2) as directory:
            (directory / "weights").write_bytes(b"w" * 1000)
            (directory / "more").mkdir()
            (directory / "more" / "state").write_text("s")
            self.assertEqual(directory.parent, self.checkpoints)
            self.assertTrue(directory.name.startswith("tmp."))
            self.assertEqual(self.names(), [directory.name])
            self.assertEqual(self.lines(), [])
        self.assertEqual(self.names(), ["2"])
        self.assertEqual((self.checkpoints / "2" / "more" / "state").read_text(), "s")
        self.assertEqual(self.lines(), [{"checkpoint": 2}])

    def test_everything_is_on_disk_before_the_rename_and_the_line_comes_last(self) -> None:
        trial = self.trial_in_study()
        calls: List[str] = []

        def synced(path: object) -> None:
            name = os.path.basename(os.fspath(path))  # type: ignore[call-overload]
            calls.append("sync " + ("tmp" if name.startswith("tmp.") else name))

        def renamed(source: object, target: Path) -> None:
            calls.append(f"rename to {target.name}")
            real_rename(source, target)

        real_rename = os.rename
        with mock.patch.object(_checkpoints, "_sync", synced), mock.patch.object(
            os, "rename", renamed
        ), mock.patch("stune._reports.append", lambda *_: calls.append("line")):
            with trial.checkpoint(2) as directory:
                (directory / "folder").mkdir()
                (directory / "folder" / "file").write_text("")
        self.assertEqual(
            calls,
            ["sync file", "sync folder", "sync tmp", "rename to 2", "sync checkpoints", "line"],
        )

    def test_a_save_that_fails_publishes_nothing(self) -> None:
        trial = self.trial_in_study()
        for error in (OSError("disk full"), KeyboardInterrupt()):
            with self.subTest(error), self.assertRaises(type(error)):
                with trial.checkpoint(2) as directory:
                    (directory / "half").write_text("half")
                    raise error
        self.assertEqual(self.names(), [])
        self.assertEqual(self.lines(), [])
        with trial.checkpoint(2) as directory:
            (directory / "whole").write_text("whole")
        self.assertEqual(self.names(), ["2"])

    def test_an_empty_one_is_refused(self) -> None:
        trial = self.trial_in_study()
        with self.assertRaisesRegex(ValueError, "checkpoint 1 is empty"):
            with trial.checkpoint(1):
                pass
        self.assertEqual(self.names(), [])

    def test_one_that_exists_is_not_replaced(self) -> None:
        trial = self.trial_in_study()
        (self.checkpoints / "1").mkdir()
        with self.assertRaises(FileExistsError):
            with trial.checkpoint(1):
                self.fail("nothing may be written")

    def test_the_resource_must_be_due(self) -> None:
        trial = self.trial_in_study(start=3, to=9)
        with trial.checkpoint(5) as directory:
            (directory / "state").write_text("")
        for resource, message in [(3, "last checkpoint was of 5"), (5, "of 5"), (10, "ends at 9")]:
            with self.subTest(resource), self.assertRaisesRegex(ValueError, message):
                with trial.checkpoint(resource):
                    self.fail("nothing may be written")
        with self.assertRaisesRegex(TypeError, "whole number"):
            with trial.checkpoint("6"):  # type: ignore[arg-type]
                self.fail("nothing may be written")

    def test_it_may_come_after_the_last_report(self) -> None:
        trial = self.trial_in_study()
        self.assertFalse(trial.report(3, val_loss=1.0))
        self.assertTrue(trial.should_save(3))
        with trial.checkpoint(3) as directory:
            (directory / "state").write_text("")
        self.assertFalse(trial.should_save(3))
        self.assertEqual([line.get("checkpoint") for line in self.lines()], [None, 3])

    def test_the_study_may_want_more_of_them(self) -> None:
        os.environ["STUNE_SAVE_EVERY"] = "2"
        trial = self.trial_in_study(to=5)
        wanted = []
        for resource in trial.resources():
            before = trial.should_save(resource)
            trial.report(resource, val_loss=1.0)
            wanted.append((before, trial.should_save(resource)))
        never, always = (False, False), (True, True)
        self.assertEqual(wanted, [never, always, never, always, always])

    def test_only_the_user_can_read_it(self) -> None:
        trial = self.trial_in_study()
        with trial.checkpoint(1) as directory:
            (directory / "state").write_text("")
        self.assertEqual((self.checkpoints / "1").stat().st_mode & 0o777, 0o700)


class OutsideAStudy(StudyTestCase):
    """Saving is tried, and kept only on demand."""

    def test_it_is_tried_and_discarded(self) -> None:
        trial = stune.trial(2)
        self.assertFalse(trial.should_save(1))
        self.assertTrue(trial.should_save(2))
        with trial.checkpoint(2) as directory:
            (directory / "state").write_text("")
        self.assertFalse(directory.exists())
        self.assertIn("checkpoint 2 discarded; STUNE_CHECKPOINTS=DIR", self.printed.getvalue())

    def test_it_is_kept_where_asked_for(self) -> None:
        os.environ["STUNE_CHECKPOINTS"] = str(self.directory / "by" / "hand")
        with stune.trial(2).checkpoint(2) as directory:
            (directory / "state").write_text("kept")
        self.assertEqual((self.directory / "by/hand/2/state").read_text(), "kept")


class Resuming(StudyTestCase):
    """A checkpoint is read if it is there and one's own."""

    def test_a_published_one_is_found_by_the_next_attempt(self) -> None:
        trial = self.trial_in_study(to=3)
        with trial.checkpoint(3) as directory:
            (directory / "state").write_text("three")
        trial = self.trial_in_study(start=3, to=9, resume=self.checkpoints / "3")
        assert trial.resume is not None
        self.assertEqual((trial.resume / "state").read_text(), "three")
        self.assertEqual(trial.start, 3)

    def test_it_may_be_a_file(self) -> None:
        file = self.directory / "3"
        file.write_text("state")
        self.assertEqual(self.trial_in_study(start=1, resume=file).resume, file)

    def test_a_new_trial_has_none(self) -> None:
        self.assertIsNone(self.trial_in_study().resume)

    def test_what_others_can_write_is_not_loaded(self) -> None:
        mine = self.directory / "mine"
        mine.mkdir()
        link = self.directory / "link"
        link.symlink_to(mine)
        with self.assertRaisesRegex(PermissionError, "symbolic link"):
            _checkpoints.trusted(link)
        with mock.patch.object(os, "geteuid", return_value=os.geteuid() + 1):
            with self.assertRaisesRegex(PermissionError, "belongs to user"):
                _checkpoints.trusted(mine)
        mine.chmod(0o777)
        with self.assertRaisesRegex(PermissionError, "writable by everyone"):
            _checkpoints.trusted(mine)

    def test_one_that_is_missing_is_waited_for_and_then_named(self) -> None:
        late = self.directory / "late"
        with self.assertRaisesRegex(FileNotFoundError, "late"):
            _checkpoints.trusted(late, patience=0.05)
        timer = threading.Timer(0.1, late.mkdir)
        timer.start()
        began = time.monotonic()
        self.assertEqual(_checkpoints.trusted(late, patience=5.0), late)
        self.assertLess(time.monotonic() - began, 3.0)
        timer.join()


if __name__ == "__main__":
    unittest.main()
