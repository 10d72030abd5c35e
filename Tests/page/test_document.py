"""The document of the tests is as the schema says: the page is tested with what stune writes."""

import json
import os
import unittest

import documents
import schema

with open(os.path.join(documents.ROOT, "docs", "report.schema.json"), encoding="utf-8") as file:
    SCHEMA = json.load(file)


class Document(unittest.TestCase):
    def test_the_documents_of_these_tests_are_as_the_schema_says(self):
        for options in [{}, {"metrics": 2}, {"with_parents": True}, {"state": "unfinished"}]:
            doc = documents.document(60, **options)
            doc["details"]["3"] = documents.detail(doc, 3)
            self.assertEqual(schema.findings(doc, SCHEMA), [])

    def test_what_is_not_as_the_schema_says_is_found(self):
        doc = documents.document(5)
        doc["extra"] = 1
        doc["trials"]["value"][0] = "much"
        del doc["best"]
        doc["state"] = "asleep"
        self.assertEqual(len(schema.findings(doc, SCHEMA)), 4)


if __name__ == "__main__":
    unittest.main()
