"""`stune report` on a study that ran: the document against what other commands print, and its page in Chromium."""

import json
import os
import shutil
import tempfile
import time
import unittest

import browser
import documents
import large
import schema
import studies


@unittest.skipUnless(os.path.exists(studies.STUNE), f"there is no {studies.STUNE}; build it, or set STUNE_PRODUCTS")
class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="stune-report-")
        cls.directory = studies.make(cls.place.name)
        cls.doc = studies.document(cls.directory)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def test_the_document_is_as_the_schema_says(self):
        with open(os.path.join(documents.ROOT, "docs", "report.schema.json"), encoding="utf-8") as file:
            self.assertEqual(schema.findings(self.doc, json.load(file)), [])

    def test_the_columns_have_what_stune_trials_prints(self):
        rows = json.loads(studies.run("trials", self.directory, "--json"))
        trials = self.doc["trials"]
        self.assertEqual(trials["trial"], [row["trial"] for row in rows])
        self.assertEqual([trials["states"][place] for place in trials["state"]], [row["state"] for row in rows])
        self.assertEqual(trials["value"], [row.get("value") for row in rows])
        self.assertEqual(trials["resource"], [row.get("resource") for row in rows])
        self.assertEqual(trials["attempts"], [row["attempts"] for row in rows])
        self.assertEqual(trials["metrics"]["<b>accuracy</b>"], [row["metrics"].get("<b>accuracy</b>") for row in rows])
        for parameter, column in zip(self.doc["parameters"], trials["parameters"]):
            for row, value in zip(rows, column):
                own = row["configuration"][parameter["name"]]
                self.assertEqual(own, value if parameter["kind"] == "number" else parameter["values"][value])

    def test_the_head_and_the_ladder_are_those_of_stune_status(self):
        status = json.loads(studies.run("status", self.directory, "--json"))
        self.assertEqual(self.doc["state"], "complete")
        self.assertEqual(self.doc["counts"], status["trials"])
        self.assertEqual(self.doc["best"]["trial"], status["best"]["trial"])
        self.assertEqual(self.doc["best"]["value"], status["best"]["value"])
        self.assertEqual(
            [(own["rung"], own["results"], own["promoted"]) for own in self.doc["rungs"]],
            [(own["rung"], own["results"], own["promoted"]) for own in status["ladder"]],
        )
        self.assertEqual(self.doc["checkpoints"]["bytes"], status["checkpointBytes"])

    def test_curves_and_progress_are_what_was_reported(self):
        best = self.doc["best"]["trial"]
        story = json.loads(studies.run("show", self.directory, str(best), "--json"))
        points = next(own for own in self.doc["curves"]["series"] if own[0] == best)[1:]
        reported = {own["resource"]: own["value"] for own in story["reports"] if own["current"]}
        self.assertEqual(points[0::2], sorted(reported))
        for resource, value in zip(points[0::2], points[1::2]):
            self.assertAlmostEqual(value, reported[resource], delta=1e-6 * abs(reported[resource]))
        top = self.doc["progress"]["rungs"][-1]
        self.assertEqual(top["steps"][-1][2:], [self.doc["best"]["value"], best])
        values = [step[2] for step in top["steps"]]
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertLessEqual(top["steps"][-1][0], self.doc["progress"]["end"][0])

    def test_the_timeline_has_every_attempt_and_its_wait(self):
        timeline = self.doc["timeline"]
        self.assertEqual(timeline["of"], sum(self.doc["trials"]["attempts"]))
        self.assertEqual(sum(own["count"] for own in self.doc["ends"]), timeline["of"])
        self.assertGreater(timeline["waits"]["count"], 0)
        for begin, end, queued in zip(timeline["begin"], timeline["end"], timeline["queued"]):
            self.assertLessEqual(begin, end)
            if queued is not None:
                self.assertLessEqual(queued, begin + 0.001)
        self.assertIn("the command exited with code 1", [own["cause"] for own in self.doc["ends"]])

    def test_importances_name_the_parameter_that_matters(self):
        lowest = self.doc["importances"][0]
        self.assertEqual(lowest["rung"], 0)
        self.assertGreater(lowest["values"][0], lowest["values"][1])

    def test_a_trials_detail_has_its_output_and_the_command_to_train_it_again(self):
        detail = self.doc["details"]["3"]
        self.assertEqual(detail["story"], json.loads(studies.run("show", self.directory, "3", "--json")))
        self.assertIn("<script>window.hurt=1</script>", detail["outputs"][0]["text"])
        self.assertIn("train.py", detail["again"])
        self.assertIn("Traceback", self.doc["details"]["5"]["story"]["attempts"][-1]["stderr"])

    def test_a_copy_of_the_directory_gives_the_same_page(self):
        copy = os.path.join(self.place.name, "copy.stune")
        shutil.copytree(self.directory, copy)
        doc = studies.document(copy)
        for name in ["trials", "curves", "rungs", "importances", "timeline", "progress"]:
            self.assertEqual(doc[name], self.doc[name])

    def test_the_file_shows_it_with_the_network_off(self):
        if browser.program() is None:
            self.skipTest("there is no Chromium; apt-get install chromium-headless-shell")
        path = os.path.join(self.place.name, "out.html")
        self.assertEqual(studies.run("report", self.directory, "-o", path), f"{path}\n")
        with browser.Browser() as own:
            own.open(f"file://{path}")
            own.run("for (const host of [...page.waiting.keys()]) drawSection(host)")
            own.run("location.hash = 'trial-5'")
            own.wait("document.querySelector('#trial pre.output')")
            self.assertIn("Traceback: <script>window.hurt=1</script>\\u{1b}[31m", own.text("#trial"))
            self.assertIn("30 of 30", own.text("#overview"))
            self.assertIn("<img src=x onerror=window.hurt=1>", own.text("#importances"))
            self.assertIsNone(own.run("window.hurt ?? null"))
            self.assertEqual(own.complaints(), [])
            self.assertEqual([url for url in own.requests() if not url.startswith("file:")], [])

    def test_ten_thousand_trials_are_thinned_and_all_in_the_table(self):
        directory = large.enlarge(self.directory, os.path.join(self.place.name, "large.stune"), 10_000)
        begin = time.monotonic()
        path = os.path.join(self.place.name, "large.html")
        studies.run("report", directory, "-o", path)
        print(f"stune report of 10000 trials: {time.monotonic() - begin:.2f} s, {os.path.getsize(path)} bytes", flush=True)
        doc = studies.document(directory)
        self.assertEqual(len(doc["trials"]["trial"]), 10_000)
        self.assertEqual(len(doc["curves"]["series"]), 1_500)
        self.assertEqual(len(doc["timeline"]["trial"]), 4_000)
        self.assertEqual(len(doc["details"]), 150)
        self.assertEqual(doc["timeline"]["of"], 10_000 + 3_333 + 1_111)
        self.assertEqual([own["results"] for own in doc["rungs"]], [10_000, 3_333, 1_111])
        self.assertEqual(doc["curves"]["series"][-1][0], doc["best"]["trial"])

    def test_what_cannot_be_done_is_said(self):
        studies.run("report", self.place.name, code=2)
        studies.run("report", self.directory, "-o", "/nonexistent/x.html", code=1)
        studies.run("report", self.directory, "--json", "-o", "x.html", code=2)


if __name__ == "__main__":
    unittest.main()
