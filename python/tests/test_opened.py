"""A study that is read from its snapshot: tables, best, Pareto set, ladder, waiting."""

from __future__ import annotations

import math
import os
import sqlite3
import threading
import time
import unittest
from typing import Any, Dict, List, Tuple

from exporting import ODD, OddMaker
from installed import needs
from snapshots import BEGAN, StudyMaker, asha
from study import StudyTestCase, stune


class OpenedTestCase(StudyTestCase):
    """A study of 20 trials on three rungs."""

    def setUp(self) -> None:
        super().setUp()
        self.maker = StudyMaker(self.directory / "digits.stune")
        asha(self.maker, 20)
        self.maker.publish()
        self.study = stune.open(self.maker.directory)


class Opening(StudyTestCase):
    """What is no study is refused in words that say what to do."""

    def refused(self, message: str) -> None:
        with self.assertRaisesRegex(stune.NotAStudy, message):
            stune.open(self.directory)

    def test_another_directory(self) -> None:
        self.refused("is not a study's directory: name the one that 'stune run' made")

    def test_a_study_that_has_just_begun(self) -> None:
        (self.directory / "study.db").write_bytes(b"")
        self.refused("has no snapshot yet: its controller writes one within seconds")

    def test_a_file_of_something_else(self) -> None:
        (self.directory / "snapshot.db").write_text(
            "not a database, but long enough to be read" * 9
        )
        self.refused("snapshot.db cannot be read")
        (self.directory / "snapshot.db").unlink()
        sqlite3.connect(str(self.directory / "snapshot.db")).execute(
            "CREATE TABLE t (x)"
        ).connection.commit()
        self.refused("is not a snapshot of stune")

    def test_an_older_version(self) -> None:
        StudyMaker(self.directory).publish()
        database = sqlite3.connect(str(self.directory / "snapshot.db"))
        database.execute("DELETE FROM grdb_migrations WHERE identifier = '16-packed-metrics'")
        database.commit()
        database.close()
        self.refused("older version of stune; resume the study with 'stune run', or read it with")

    def test_odd_paths_and_directories_that_cannot_be_written(self) -> None:
        directory = self.directory / "a?b#c%20 d'e"
        StudyMaker(directory).publish()
        directory.chmod(0o500)
        self.addCleanup(directory.chmod, 0o700)
        self.assertEqual(stune.open(str(directory)).name, "digits")
        self.assertEqual(sorted(os.listdir(directory)), ["snapshot.db"])


class Tables(OpenedTestCase):
    """Trials, reports and attempts, in rows and in columns."""

    def test_trials(self) -> None:
        trials = self.study.trials
        self.assertEqual(
            trials.columns,
            ["trial", "state", "rung", "resource", "val_loss", "accuracy", "lr", "hidden",
             "optimizer", "momentum", "attempts", "begin", "end", "seconds", "host", "checkpoint",
             "cpu_seconds", "memory_bytes", "gpu_percent", "gpu_memory_bytes", "reason"],
        )  # fmt: skip
        self.assertEqual(len(trials), 20)
        self.assertEqual(trials["trial"], list(range(20)))
        first = trials[0]
        self.assertEqual((first["state"], first["rung"], first["resource"]), ("completed", 2, 9))
        self.assertEqual(
            (first["attempts"], first["cpu_seconds"], first["memory_bytes"]), (3, 4.5, 1e6)
        )
        self.assertAlmostEqual(first["val_loss"], 1 / 9.25)
        self.assertEqual(first["momentum"], None)
        self.assertEqual(trials[1]["reason"], "exit code 1 (last words: no)")
        self.assertEqual(trials[-1]["trial"], 19)
        self.assertEqual([row["trial"] for row in trials[2:4]], [2, 3])
        with self.assertRaises(IndexError):
            trials[20]
        with self.assertRaisesRegex(KeyError, "no column 'loss'; there is: trial"):
            trials["loss"]

    def test_reports_come_in_their_order_with_all_metrics(self) -> None:
        reports = self.study.reports
        self.assertEqual(len(reports), 19 + 7 * 2 + 3 * 6)
        self.assertEqual(reports["event"], list(range(1, len(reports) + 1)))
        self.assertEqual(reports["time"], [BEGAN + event for event in reports["event"]])
        own = [row for row in reports if row["trial"] == 0]
        self.assertEqual([row["resource"] for row in own], list(range(1, 10)))
        self.assertEqual([row["attempt"] for row in own], [1, 2, 2, 3, 3, 3, 3, 3, 3])
        self.assertEqual([row["rung"] for row in own], [0, 1, 1, 2, 2, 2, 2, 2, 2])
        for row in own:
            self.assertEqual(row["val_loss"], 1 / (row["resource"] + 0.25))
        diverged = [row for row in reports if row["trial"] == 2]
        self.assertEqual([row["accuracy"] for row in diverged], [0.5])
        self.assertTrue(math.isnan(diverged[0]["val_loss"]))

    def test_what_a_superseded_start_reported_is_marked(self) -> None:
        self.maker.trial(20, lr=0.1)
        work = self.maker.assign(20, 0)
        self.maker.report(work, 1, val_loss=1.0)
        self.maker.start(work, epoch=1)
        self.maker.report(work, 1, epoch=1, val_loss=2.0)
        self.maker.publish()
        rows = [row for row in self.study.reports if row["trial"] == 20]
        self.assertEqual(
            [(row["attempt"], row["current"], row["val_loss"]) for row in rows],
            [(1, False, 1.0), (2, True, 2.0)],
        )

    def test_attempts(self) -> None:
        attempts = self.study.attempts
        self.assertEqual(len(attempts), 20 + 7 + 3)
        failed = next(row for row in attempts if row["trial"] == 1)
        self.assertEqual((failed["ending"], failed["detail"]), ("exited", "1"))
        self.assertEqual(failed["stderr"], "Traceback\nValueError: no")
        self.assertEqual([row["attempt"] for row in attempts if row["trial"] == 0], [1, 2, 3])

    def test_no_column_name_occurs_twice(self) -> None:
        space = [
            {
                "name": name,
                "domain": {"float": {"min": 0, "max": 1, "scale": "linear"}},
                "conditions": [],
            }
            for name in ("loss", "state", "params.loss")
        ]
        maker = StudyMaker(
            self.directory / "names", objectives=(("loss", "minimize"),), space=space
        )
        maker.trial(0, **{"loss": 1, "state": 0.5, "params.loss": 0.25})
        work = maker.assign(0, 0)
        maker.report(work, 1, **{"loss": 3.0, "host": 4.0, "event": 5.0})
        maker.end(0, work, 3.0)
        study = stune.open(maker.publish())
        row = study.trials[0]
        self.assertEqual(row["loss"], 3.0)
        self.assertEqual(row["metrics.host"], 4.0)
        self.assertIsInstance(row["params.params.loss"], float)
        self.assertEqual((row["params.params.loss"], row["params.loss"]), (1.0, 0.25))
        self.assertEqual((row["params.state"], row["state"]), (0.5, "paused"))
        self.assertEqual(study.reports[0]["metrics.event"], 5.0)

    def test_metrics_and_parameters_are_found_by_name(self) -> None:
        odd = OddMaker(self.directory / "odd")
        odd.finish()
        trials, reports = odd.study.trials, odd.study.reports
        for name, curve in odd.curves.items():
            found = list(zip(reports["resource"], reports.metric(name)))
            self.assertEqual((found, trials.metric(name)), (curve, [curve[-1][1]]))
            self.assertEqual(trials.parameter(name), [odd.parameters[name]])
        # There is a metric `metrics.time`, too, and one `params.time`.
        self.assertEqual(reports.metrics["time"], "metrics.metrics.time")
        self.assertEqual(trials.metrics["time"], "time")
        self.assertEqual(trials.parameters["time"], "params.params.time")
        self.assertEqual(trials["state"], ["completed"])
        for ask, message in [
            (trials.metric, "no metric .*loss.*; there is: time, "),
            (trials.parameter, "no parameter .*loss.*; there is: time, "),
            (reports.parameter, "no parameter .*loss.*; there is: none"),
        ]:
            with self.assertRaisesRegex(KeyError, message):
                ask("loss")
        best = odd.study.best
        assert best is not None
        self.assertEqual((best.value, best.metrics), (0.375, odd.metrics(3)))
        self.assertEqual(best.parameters, odd.parameters)

    @needs("pandas")
    def test_data_frames(self) -> None:
        frame = self.study.reports.df
        self.assertEqual(len(frame), len(self.study.reports))
        self.assertEqual(str(frame.dtypes["current"]), "bool")
        self.assertIn("UTC", str(frame.dtypes["time"]))
        self.assertEqual(frame["time"][0].timestamp(), BEGAN + 1)
        self.assertEqual(list(frame["val_loss"].dropna()), [
            value for value in self.study.reports["val_loss"] if not math.isnan(value)
        ])  # fmt: skip
        trials = self.study.trials.to_pandas()
        self.assertEqual(str(trials.dtypes["val_loss"]), "float64")
        self.assertEqual(str(trials.dtypes["resource"]), "Int64")
        self.assertEqual(trials["hidden"].tolist(), self.study.trials["hidden"])


class Results(OpenedTestCase):
    """The best trial, the Pareto set, the ladder, checkpoints."""

    def test_the_best_is_the_one_that_went_furthest(self) -> None:
        best = self.study.best
        assert best is not None
        self.assertEqual((best.trial, best.resource, best.value), (0, 9, 1 / 9.25))
        self.assertEqual(best.parameters, {"lr": 0.1, "hidden": 16, "optimizer": "adam"})
        self.assertEqual(set(best.metrics), {"val_loss", "accuracy"})
        self.assertEqual(best.checkpoint, self.maker.directory / "trials/0/9")
        self.assertEqual([one.trial for one in self.study.pareto], [0])

    def test_without_a_result_there_is_none(self) -> None:
        study = stune.open(StudyMaker(self.directory / "new").publish())
        self.assertIsNone(study.best)
        self.assertEqual(
            (study.pareto, study.ladder, len(study.trials), len(study.reports)), ([], [], 0, 0)
        )

    def test_several_metrics_have_a_set(self) -> None:
        maker = StudyMaker(
            self.directory / "two",
            objectives=(("loss", "minimize"), ("speed", "maximize")),
            levels=(1,),
        )
        for trial, (loss, speed) in enumerate(
            [(3.0, 1.0), (1.0, 1.0), (2.0, 5.0), (2.0, 4.0), (1.0, 1.0)]
        ):
            maker.trial(trial, lr=0.1)
            work = maker.assign(trial, 0)
            maker.report(work, 1, loss=loss, speed=speed)
            maker.end(trial, work, loss, "completed")
        study = stune.open(maker.publish())
        self.assertEqual([one.trial for one in study.pareto], [1, 4, 2])
        with self.assertRaisesRegex(
            ValueError, "compared by loss, speed: no single one is the best"
        ):
            _ = study.best

    def test_the_ladder(self) -> None:
        self.assertEqual(
            [
                (one.rung, one.resource, one.running, one.results, one.promoted)
                for one in self.study.ladder
            ],
            [(0, 1, 0, 20, 7), (1, 3, 0, 7, 3), (2, 9, 0, 3, 0)],
        )
        self.assertAlmostEqual(self.study.ladder[0].best or 0, 1 / 1.25)

    def test_trials_that_break_bounds_come_behind_all_that_keep_them(self) -> None:
        """At the top all break the bound, so the best of the rung below is the best."""
        for objectives in ((("loss", "minimize"),), (("loss", "minimize"), ("size", "minimize"))):
            with self.subTest(objectives):
                place = self.directory / f"bounded{len(objectives)}"
                maker = StudyMaker(
                    place, objectives=objectives, bounds=(("latency", "atMost", 20.0),)
                )
                for trial, (loss, latency) in enumerate([(0.1, 35.0), (0.2, 20.0), (0.3, 5.0)]):
                    maker.trial(trial, lr=0.1)
                    work = maker.assign(trial, 0)
                    maker.report(work, 1, loss=loss, size=trial, latency=latency)
                    maker.end(trial, work, loss, violation=max(0.0, latency / 20 - 1))
                work = maker.assign(0, 1)
                maker.report(work, 3, loss=0.05, size=0, latency=35.0)
                maker.end(0, work, 0.05, violation=0.75)
                study = stune.open(maker.publish())
                pareto = [(one.trial, one.resource) for one in study.pareto]
                self.assertEqual(pareto, [(1, 1)])
                if len(objectives) == 1:
                    best = study.best
                    assert best is not None
                    self.assertEqual((best.trial, best.resource, best.value), (1, 1, 0.2))

    def test_checkpoints(self) -> None:
        self.assertEqual(self.study.checkpoint(0), self.maker.directory / "trials/0/9")
        self.assertIsNone(self.study.checkpoint(1))
        with self.assertRaisesRegex(KeyError, "no trial 99 in digits"):
            self.study.checkpoint(99)

    def test_each_look_is_at_the_newest_snapshot(self) -> None:
        self.assertEqual(len(self.study.trials), 20)
        self.assertIs(self.study.trials, self.study.trials)
        self.maker.trial(20, lr=0.1)
        self.maker.publish()
        self.assertEqual(len(self.study.trials), 21)
        self.assertEqual(self.study.counts["running"], 1)

    def test_waiting_for_the_end(self) -> None:
        self.assertFalse(self.study.is_over)
        with self.assertRaisesRegex(TimeoutError, "digits is not over after 0 s.*stune status"):
            self.study.wait(timeout=0)

        def finish() -> None:
            time.sleep(0.3)
            self.maker.publish()

        self.maker.finish({"stopped": {"_0": {"target": {"trial": 3, "value": 0.5}}}})
        thread = threading.Thread(target=finish)
        thread.start()
        self.assertEqual(self.study.wait(30), "completed: trial 3 has reached the target, with 0.5")
        thread.join()

    def test_outcomes_in_words(self) -> None:
        bodies: List[Tuple[Dict[str, Any], str]] = [
            ({"completed": {}}, "completed"),
            ({"cancelled": {}}, "cancelled"),
            ({"tooManyFailures": {"count": 8, "last": "exit code 1"}},
             "stopped after 8 failures in a row; the last: exit code 1"),
            ({"refused": {"reason": "no"}}, "stopped: the cluster refused its jobs: no"),
            ({"stopped": {"_0": {"hours": {"_0": "gpu", "spent": 1.00004}}}},
             "completed: its tasks have used 1.0 gpu-hours"),
            ({"stopped": {"_0": {"noImprovement": {"trials": 5}}}},
             "completed: 5 trials in a row brought nothing better"),
        ]  # fmt: skip
        for number, (body, words) in enumerate(bodies):
            with self.subTest(words):
                maker = StudyMaker(self.directory / f"ended{number}")
                maker.finish(body)
                self.assertEqual(stune.open(maker.publish()).outcome, words)


HOSTILE = '<script>alert(1)</script>\x1b[31m\u202e$x$ & "q" \''


class Shown(OpenedTestCase):
    """What is shown in a notebook and in pictures is literal."""

    def test_a_notebook_shows_the_study(self) -> None:
        page = self.study._repr_html_()
        for part in ("<b>digits</b>", "3 completed", "Best trial", "0.108108", "<td>adam</td>"):
            self.assertIn(part, page)
        self.assertIn("and 31 more rows", self.study.reports._repr_html_())

    def test_hostile_names_and_values_are_literal(self) -> None:
        space = [{"name": HOSTILE, "domain": {"choice": {"_0": [HOSTILE]}}, "conditions": []}]
        maker = StudyMaker(
            self.directory / "hostile",
            name=HOSTILE,
            objectives=((HOSTILE, "minimize"),),
            space=space,
        )
        maker.trial(0, **{HOSTILE: HOSTILE})
        work = maker.assign(0, 0, host=HOSTILE)
        maker.report(work, 1, **{HOSTILE: 1.0})
        maker.end(0, work, 1.0, stderr=HOSTILE, reason=HOSTILE)
        study = stune.open(maker.publish())
        literal = "&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31m\\u202e"
        for page in (study._repr_html_(), study.trials._repr_html_(), study.attempts._repr_html_()):
            self.assertIn(literal, page)
            for character in ("<script", "\x1b", "\u202e"):
                self.assertNotIn(character, page)

    @needs("matplotlib")
    def test_pictures(self) -> None:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot

        axes = self.study.plot.curves()
        self.assertEqual(len(axes.lines), 18)
        front = axes.lines[-1]
        self.assertEqual(front.get_label(), "trial 0")
        self.assertEqual(list(front.get_xdata()), list(range(1, 10)))
        self.assertEqual(list(front.get_ydata()), [1 / (one + 0.25) for one in range(1, 10)])
        self.assertEqual(self.study.plot.curves("accuracy").get_ylabel(), "accuracy")
        steps = self.study.plot.progress().lines[0]
        self.assertAlmostEqual(steps.get_ydata()[-1], 1 / 9.25)
        self.assertEqual(self.study.plot.parameter("lr").get_xscale(), "log")
        self.study.plot.parameter("optimizer")
        with self.assertRaisesRegex(ValueError, "needs two metrics"):
            self.study.plot.pareto()
        pyplot.close("all")


    @needs("matplotlib")
    def test_pictures_of_odd_names(self) -> None:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot

        odd = OddMaker(self.directory / "odd")
        odd.finish()
        for name in ODD:
            (line,) = odd.study.plot.curves(name).lines
            self.assertEqual(list(zip(line.get_xdata(), line.get_ydata())), odd.curves[name])
            axes = odd.study.plot.parameter(name)
            x, y = axes.collections[0].get_offsets()[0]
            self.assertEqual((x, y), (odd.parameters[name], odd.metrics(3)["time"]))
            pyplot.close("all")
        steps = odd.study.plot.progress().lines[0]
        self.assertEqual(list(steps.get_ydata()), [odd.metrics(3)["time"]])
        with self.assertRaisesRegex(KeyError, "no metric .*loss"):
            odd.study.plot.curves("loss")
        pyplot.close("all")


if __name__ == "__main__":
    unittest.main()
