"""A study as Parquet files, read by pyarrow, value by value, live and after the end."""

from __future__ import annotations

import unittest
from pathlib import Path

from exporting import HOSTILE, OddMaker, ToolTestCase
from installed import needs
from snapshots import StudyMaker

from stune.export import export


@needs("pyarrow")
class Parquet(ToolTestCase):
    """Parquet files, read by pyarrow."""

    format = "parquet"

    def check(self) -> None:
        import pyarrow.parquet

        for name in ("trials", "reports", "attempts"):
            own = getattr(self.study, name)
            read = pyarrow.parquet.read_table(Path(self.to) / f"{name}.parquet")
            self.assertEqual(read.column_names, own.columns)
            for column in own.columns:
                values = read[column].to_pylist()
                for value, known in zip(values, own[column]):
                    if column in own.times and known is not None:
                        self.assertAlmostEqual(value.timestamp(), known, places=5)
                    elif known is None or known != known:
                        self.assertIsNone(value)
                    else:
                        self.assertEqual(value, known)

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=4, longest=1.5)

    def test_values_of_several_kinds_are_text(self) -> None:
        import pyarrow.parquet

        space = [
            {"name": name, "domain": {"choice": {"_0": []}}, "conditions": []} for name in "abc"
        ]
        maker = StudyMaker(self.directory / "mixed", space=space)
        maker.trial(0, a=1, b=True, c="\ud800")
        maker.trial(1, a=2.5, b=None, c=HOSTILE)
        maker.trial(2, a=None, b=HOSTILE)
        export("parquet", maker.publish(), self.to)
        read = pyarrow.parquet.read_table(Path(self.to) / "trials.parquet")
        self.assertEqual(read["a"].to_pylist(), [1.0, 2.5, None])
        self.assertEqual(read["b"].to_pylist(), ["true", None, HOSTILE])
        self.assertEqual(read["c"].to_pylist(), ["\\ud800", HOSTILE, None])


    def test_odd_names(self) -> None:
        odd = OddMaker(self.directory / "odd")
        self.study = odd.study
        self.export()
        self.check()
        odd.finish()
        self.export()
        self.check()


if __name__ == "__main__":
    unittest.main()
