"""The package runs on the Python versions it names and needs nothing but the standard library."""

from __future__ import annotations

import ast
import subprocess
import sys
import unittest
from pathlib import Path

from study import PACKAGE_ROOT, TEMPLATES

PACKAGE = PACKAGE_ROOT / "stune"
SOURCES = sorted(PACKAGE.rglob("*.py"))
STANDARD = {
    "__future__", "argparse", "array", "bisect", "contextlib", "csv", "datetime", "fcntl",
    "hashlib", "html", "importlib", "inspect", "io", "itertools", "json", "math", "operator", "os",
    "pathlib", "posixpath", "re", "shutil", "signal", "sqlite3", "stat", "struct", "subprocess",
    "sys", "tarfile", "tempfile", "time", "types", "typing", "warnings",
}  # fmt: skip
# What else a file may import: nothing that training code imports without asking for it needs it.
OWN = {
    "optuna_bridge.py": {"optuna"},
    "_table.py": {"numpy", "pandas"},
    "_plots.py": {"matplotlib"},
    "_study.py": {"optuna"},
    "keras.py": {"keras"},
    "lightgbm.py": {"lightgbm"},
    "lightning.py": {"lightning", "pytorch_lightning"},
    "sklearn.py": {"joblib"},
    "transformers.py": {"transformers"},
    "xgboost.py": {"xgboost"},
    "export/_mlflow.py": {"mlflow"},
    "export/_optuna.py": {"optuna"},
    "export/_parquet.py": {"pyarrow"},
    "export/_tensorboard.py": {"tensorboard"},
    "export/_trackio.py": {"trackio"},
    "export/_wandb.py": {"wandb"},
}


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
                    own = OWN.get(str(path.relative_to(PACKAGE)), set())
                    self.assertIn(name.split(".")[0], STANDARD | {"stune"} | own, path.name)

    def test_importing_the_package_imports_nothing_that_is_large(self) -> None:
        code = "import sys, stune; print(sorted(set(sys.modules) & {'sqlite3', 'numpy', 'html'}))"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=str(PACKAGE_ROOT), stdout=subprocess.PIPE, check=True
        )
        self.assertEqual(done.stdout, b"[]\n")

    def test_everything_is_documented_and_typed(self) -> None:
        for path in SOURCES:
            tree = ast.parse(path.read_text())
            self.assertTrue(ast.get_docstring(tree), path.name)
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and any(
                    isinstance(one, ast.Name) and one.id == "overload"
                    for one in node.decorator_list
                ):
                    continue
                if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                    self.assertTrue(ast.get_docstring(node), f"{path.name}: {node.name}")
                if isinstance(node, ast.FunctionDef):
                    self.assertIsNotNone(node.returns, f"{path.name}: {node.name}")
        self.assertTrue((PACKAGE_ROOT / "stune" / "py.typed").exists())


if __name__ == "__main__":
    unittest.main()
