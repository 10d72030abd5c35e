"""Reading parameters, the way through a trial, and being told to leave."""

from __future__ import annotations

import itertools
import json
import os
import threading
import unittest
import warnings

from study import ATTEMPT, StudyTestCase, stune


class OutsideAStudy(StudyTestCase):
    """A script runs unchanged where no worker has started it."""

    def test_parameters_are_the_defaults(self) -> None:
        trial = stune.trial(3, lr=0.1, optimizer="adam")
        self.assertEqual(trial.parameters, {"lr": 0.1, "optimizer": "adam"})
        self.assertIsNone(trial.study)
        self.assertIsNone(trial.resume)

    def test_the_script_says_how_long(self) -> None:
        trial = stune.trial(3)
        answers = [trial.report(epoch, loss=1.0) for epoch in trial.resources()]
        self.assertEqual(answers, [True, True, False])

    def test_without_a_length_there_is_no_end(self) -> None:
        trial = stune.trial()
        self.assertEqual(list(itertools.islice(trial.resources(), 4)), [1, 2, 3, 4])
        self.assertTrue(trial.report(1_000_000, loss=1.0))

    def test_reports_are_printed(self) -> None:
        stune.trial(3).report(2, val_loss=0.31, acc=0.9)
        self.assertEqual(self.printed.getvalue(), "stune: 2: val_loss=0.31 acc=0.9\n")

    def test_single_variables_can_be_set_by_hand(self) -> None:
        os.environ.update(STUNE_PARAMETERS='{"lr": 0.5}', STUNE_TO="9")
        trial = stune.trial(27, lr=0.1, hidden=64)
        self.assertEqual(trial.parameters, {"lr": 0.5, "hidden": 64})
        self.assertEqual(trial.to, 9)

    def test_the_module_reports_without_a_trial(self) -> None:
        self.assertTrue(stune.report(1, loss=2.0))
        self.assertIn("1: loss=2", self.printed.getvalue())

    def test_a_length_below_one_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "at least 1"):
            stune.trial(0)


class Parameters(StudyTestCase):
    """The study's values win, the script's defaults fill up."""

    def test_values_come_from_the_study(self) -> None:
        self.trial_in_study(parameters={"lr": 0.01, "text": "a b\";$(touch x)'", "flag": True})
        trial = stune.trial(99, lr=1.0, text="", flag=False, momentum=0.9)
        self.assertEqual(trial["lr"], 0.01)
        self.assertEqual(trial["text"], "a b\";$(touch x)'")
        self.assertIs(trial["flag"], True)
        self.assertEqual(trial["momentum"], 0.9)
        self.assertEqual(trial.to, 3)

    def test_null_is_none_and_wins_over_the_default(self) -> None:
        self.trial_in_study(parameters={"cap": None, "lr": None})
        trial = stune.trial(cap=8, lr=0.1)
        self.assertIsNone(trial["cap"])
        self.assertIsNone(trial["lr"])
        self.assertIsNone(trial.get("cap", 5))

    def test_a_float_stays_a_float(self) -> None:
        self.trial_in_study(parameters={"lr": 1, "hidden": 16})
        trial = stune.trial(lr=0.1, hidden=64)
        self.assertIsInstance(trial["lr"], float)
        self.assertIsInstance(trial["hidden"], int)

    def test_an_unknown_one_is_named(self) -> None:
        trial = self.trial_in_study(parameters={"lr": 1.0})
        with self.assertRaisesRegex(KeyError, "no parameter 'hidden' .there is: lr"):
            trial["hidden"]
        self.assertEqual(trial.get("hidden", 8), 8)
        self.assertIn("lr", trial)
        self.assertNotIn("hidden", trial)
        self.assertEqual(list(trial), ["lr"])

    def test_one_without_a_default_is_warned_of(self) -> None:
        self.trial_in_study(parameters={"learning_rate": 1.0})
        with self.assertWarnsRegex(UserWarning, "sets learning_rate.*only for lr"):
            stune.trial(lr=0.1)

    def test_a_script_without_defaults_is_not_warned(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.trial_in_study(parameters={"lr": 1.0})

    def test_any_name_may_be_a_default(self) -> None:
        self.assertEqual(stune.trial(1, to=3, self=4).parameters, {"to": 3, "self": 4})


class DamagedEnvironment(StudyTestCase):
    """What the worker does not set is refused, with the variable's name."""

    def check(self, message: str, **changes: str) -> None:
        os.environ.update(self.variables())
        os.environ.update(changes)
        with self.assertRaisesRegex(stune.StudyError, message):
            stune.trial()

    def test_values_that_cannot_be_understood(self) -> None:
        for changes, message in [
            ({"STUNE_TO": "x"}, "STUNE_TO='x' is not a whole number"),
            ({"STUNE_FROM": "-1"}, "STUNE_FROM=-1"),
            ({"STUNE_FROM": "3"}, "STUNE_FROM=3 and STUNE_TO=3"),
            ({"STUNE_PARAMETERS": "{"}, "STUNE_PARAMETERS is not JSON"),
            ({"STUNE_PARAMETERS": "[1]"}, "STUNE_PARAMETERS is not a JSON object"),
            ({"SLURM_PROCID": "first"}, "SLURM_PROCID='first'"),
        ]:
            with self.subTest(message):
                self.check(message, **changes)

    def test_a_launcher_that_drops_variables(self) -> None:
        os.environ.update(self.variables())
        del os.environ["STUNE_TO"], os.environ["STUNE_REPORTS"]
        with self.assertRaisesRegex(stune.StudyError, "not STUNE_TO, STUNE_REPORTS"):
            stune.trial()


class Leaving(StudyTestCase):
    """The worker asks to save and leave by creating a file."""

    def train(self, trial: stune.Trial, ask_at: int, when: str) -> list:
        """Train as the documentation shows; the worker asks to leave at some point."""
        done = []
        for epoch in trial.resources():
            if epoch == ask_at and when == "before saving":
                self.leave.touch()
            if trial.should_save(epoch):
                with trial.checkpoint(epoch) as directory:
                    (directory / "state").write_text(str(epoch))
                done.append(f"saved {epoch}")
            if epoch == ask_at and when == "after saving":
                self.leave.touch()
            done.append((epoch, trial.report(epoch, val_loss=1.0)))
        return done

    def test_the_loop_saves_and_ends(self) -> None:
        done = self.train(self.trial_in_study(to=9), 2, "before saving")
        self.assertEqual(done, [(1, True), "saved 2", (2, False)])
        self.assertEqual(
            self.lines()[1:],
            [{"checkpoint": 2}, {"resource": 2, "metrics": {"val_loss": 1.0}}],
        )

    def test_a_wish_between_saving_and_reporting_waits_for_the_next_epoch(self) -> None:
        done = self.train(self.trial_in_study(to=9), 2, "after saving")
        self.assertEqual(done, [(1, True), (2, True), "saved 3", (3, False)])

    def test_undisturbed_it_saves_at_the_end_only(self) -> None:
        done = self.train(self.trial_in_study(to=3), 0, "never")
        self.assertEqual(done, [(1, True), (2, True), "saved 3", (3, False)])

    def test_a_script_without_checkpoints_leaves_at_once(self) -> None:
        trial = self.trial_in_study(to=9)
        self.assertTrue(trial.report(1, val_loss=1.0))
        self.leave.touch()
        self.assertFalse(trial.report(2, val_loss=1.0))

    def test_it_can_be_asked_for_at_any_time(self) -> None:
        trial = self.trial_in_study(to=9)
        self.assertFalse(trial.leaving)
        self.leave.touch()
        self.assertTrue(trial.leaving)
        self.leave.unlink()
        self.assertTrue(trial.leaving, "a wish that was seen holds")


class SeveralProcesses(StudyTestCase):
    """Only rank 0 of a job reports and publishes."""

    def test_the_nearest_launcher_says_the_rank(self) -> None:
        for variables, rank in [
            ({}, 0),
            ({"SLURM_PROCID": "1"}, 1),
            ({"SLURM_PROCID": "1", "RANK": "0", "WORLD_SIZE": "8"}, 0),
            ({"SLURM_PROCID": "0", "RANK": "3", "WORLD_SIZE": "8"}, 3),
            ({"RANK": "3"}, 0),
            ({"SLURM_PROCID": "1", "OMPI_COMM_WORLD_RANK": "0"}, 0),
            ({"PMIX_RANK": "2"}, 2),
            ({"PMI_RANK": "2", "SLURM_PROCID": "0"}, 2),
        ]:
            with self.subTest(variables), unittest.mock.patch.dict(os.environ, variables):
                self.assertEqual(stune.trial().rank, rank)

    def test_the_other_ranks_write_nothing(self) -> None:
        os.environ["SLURM_PROCID"] = "1"
        trial = self.trial_in_study()
        self.assertTrue(trial.report(1, val_loss=1.0))
        self.assertFalse(trial.should_save(3))
        with trial.checkpoint(3) as directory:
            (directory / "state").write_text("")
        self.assertFalse(trial.report(3, val_loss=1.0))
        self.assertEqual(self.lines(), [])
        self.assertEqual(list(self.checkpoints.iterdir()), [])

    def test_the_other_ranks_are_told_of_mistakes_too(self) -> None:
        os.environ["SLURM_PROCID"] = "1"
        trial = self.trial_in_study()
        with self.assertRaises(TypeError):
            trial.report(1, val_loss="0.3")


class Waiting(StudyTestCase):
    """A worker that stays answers at the target."""

    def test_a_promoted_trial_trains_on_where_it_is(self) -> None:
        trial = self.trial_that_waits(to=1)
        self.answer(resource=1, to=3)
        self.answer(resource=3, save=True)
        seen = []
        for resource in trial.resources():
            goes_on = trial.report(resource, val_loss=1.0)
            seen.append((resource, goes_on, trial.should_save(resource)))
        self.assertEqual(seen, [(1, True, False), (2, True, False), (3, False, True)])
        self.assertEqual([line.get("waits") for line in self.lines()], [True, None, True])

    def test_a_trial_that_ends_saves_only_if_it_is_told_to(self) -> None:
        trial = self.trial_that_waits(to=1)
        self.answer(resource=1, save=False)
        self.assertFalse(trial.report(1, val_loss=1.0))
        self.assertFalse(trial.should_save(1))

    def test_it_waits_for_the_whole_line(self) -> None:
        trial = self.trial_that_waits(to=1)
        self.answers.write_text('{"resource": 1, "to"')
        whole = json.dumps({"attempt": ATTEMPT, "resource": 1, "to": 3}) + "\n"
        writer = threading.Timer(0.05, lambda: self.answers.write_text(whole))
        writer.start()
        self.addCleanup(writer.join)
        self.assertTrue(trial.report(1, val_loss=1.0))
        self.assertEqual(trial.to, 3)

    def test_a_process_gets_another_trial(self) -> None:
        trial = self.trial_that_waits(to=1)
        self.answer(resource=1, save=False)
        with self.assertRaisesRegex(RuntimeError, "over"):
            trial.next()
        self.assertFalse(trial.report(1, val_loss=1.0))
        reports = self.directory / "more.jsonl"
        more = self.variables(start=1, to=3, parameters={"lr": 1})
        self.answer(next={**more, "STUNE_TRIAL": "18", "STUNE_REPORTS": str(reports)})
        following = trial.next()
        assert following is not None
        self.assertEqual((following.number, following.start, following.to), (18, 1, 3))
        self.assertEqual(following["lr"], 1)
        self.assertEqual(self.lines()[-1], {"next": True})
        stune.report(2, val_loss=0.5)
        self.assertEqual(json.loads(reports.read_text())["resource"], 2)
        # Its worker does not answer: then there is no other one.
        self.assertNotIn("STUNE_ANSWERS", os.environ)

    def test_each_trial_of_a_process_reads_its_own_answers(self) -> None:
        trial = self.trial_that_waits(to=1)
        self.answer(resource=1, save=False)
        trial.report(1, val_loss=1.0)
        attempt = "1122334455667788.0.0.1"
        more = {**self.variables(to=1), "STUNE_ATTEMPT": attempt}
        more["STUNE_ANSWERS"] = str(self.answers)
        more["STUNE_CHECKPOINTS"] = str(self.directory / "18" / "checkpoints")
        self.answer(next=more)
        following = trial.next()
        assert following is not None
        self.answer(attempt=attempt, resource=1, to=2)
        self.answer(attempt=attempt, resource=2, save=True)
        self.assertTrue(following.report(1, val_loss=1.0))
        self.assertFalse(following.report(2, val_loss=1.0))
        with following.checkpoint(2) as directory:
            (directory / "model").write_text("2")
        self.assertTrue((self.directory / "18" / "checkpoints" / "2" / "model").exists())

    def test_a_process_is_told_that_there_is_no_other_trial(self) -> None:
        trial = self.trial_that_waits(to=1)
        self.answer(resource=1, save=False)
        self.answer(next=None)
        trial.report(1, val_loss=1.0)
        self.assertIsNone(trial.next())

    def test_outside_a_study_there_is_no_other_trial(self) -> None:
        trial = stune.trial(1)
        trial.report(1, val_loss=1.0)
        self.assertIsNone(trial.next())

    def test_defaults_hold_for_each_trial_of_a_process(self) -> None:
        os.environ.update(self.variables(to=1), STUNE_ANSWERS=str(self.answers))
        trial = stune.trial(1, lr=0.5, hidden=64)
        self.answer(resource=1, save=False)
        self.answer(next=self.variables(to=1, parameters={"lr": 2}))
        trial.report(1, val_loss=1.0)
        following = trial.next()
        assert following is not None
        self.assertEqual(following.parameters, {"lr": 2.0, "hidden": 64})

    def test_all_ranks_hear_the_same(self) -> None:
        os.environ.update(RANK="1", WORLD_SIZE="2")
        trial = self.trial_that_waits(to=1)
        self.answer(resource=1, to=3)
        self.assertTrue(trial.report(1, val_loss=1.0))
        self.assertEqual((trial.to, self.lines()), (3, []))


if __name__ == "__main__":
    unittest.main()
