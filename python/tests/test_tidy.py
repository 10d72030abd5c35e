"""The package runs on the Python versions it names and needs nothing but the standard library."""

from __future__ import annotations

import ast
import unittest
from pathlib import Path

from study import PACKAGE_ROOT, TEMPLATES

SOURCES = sorted((PACKAGE_ROOT / "stune").glob("*.py"))
STANDARD = {
    "__future__", "contextlib", "inspect", "itertools", "json", "math", "operator", "os",
    "pathlib", "shutil", "stat", "sys", "tempfile", "time", "typing", "warnings",
}  # fmt: skip
# What a file that nothing else imports may need besides.
OWN = {"optuna_bridge.py": {"optuna"}}


class Tidy(unittest.TestCase):
    """Rules that hold for every file."""

    def every_file(self) -> "list[Path]":
        """Return the package's files, the tests and the templates' programs."""
        return (
            SOURCES
            + sorted((PACKAGE_ROOT / "tests").glob("*.py"))
            + sorted(TEMPLATES.rglob("*.py"))
        )

    def test_the_syntax_is_that_of_python_3_8(self) -> None:
        for path in self.every_file():
            with self.subTest(path.name):
                ast.parse(path.read_text(), filename=str(path), feature_version=(3, 8))

    def test_lines_have_at_most_100_characters(self) -> None:
        for path in self.every_file():
            for number, line in enumerate(path.read_text().splitlines(), 1):
                self.assertLessEqual(len(line), 100, f"{path}:{number}")

    def test_the_package_imports_the_standard_library_only(self) -> None:
        for path in SOURCES:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    names = [node.module or ""]
                else:
                    continue
                for name in names:
                    known = STANDARD | {"stune"} | OWN.get(path.name, set())
                    self.assertIn(name.split(".")[0], known, path.name)

    def test_everything_is_documented_and_typed(self) -> None:
        for path in SOURCES:
            tree = ast.parse(path.read_text())
            self.assertTrue(ast.get_docstring(tree), path.name)
            for node in ast.walk(tree):
                if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                    self.assertTrue(ast.get_docstring(node), f"{path.name}: {node.name}")
                if isinstance(node, ast.FunctionDef):
                    self.assertIsNotNone(node.returns, f"{path.name}: {node.name}")
        self.assertTrue((PACKAGE_ROOT / "stune" / "py.typed").exists())


if __name__ == "__main__":
    unittest.main()
