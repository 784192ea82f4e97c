"""Every test says what is true: it asserts, expects an exception, or calls a step that asserts.

That nothing is raised, or that few queries were asked, is also true of a page that says no.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = [path for path in ROOT.iterdir() if (path / "__init__.py").exists()]
TESTS = sorted(test for folder in FOLDERS for test in folder.rglob("test_*.py"))
# Of pytest, Playwright and `tests.processes`: they fail when what they wait for is not true.
ASSERTING = {"raises", "warns", "fail", "expect", "wait_until"}


@cache
def functions_of(file: Path) -> dict[str, ast.FunctionDef]:
    nodes = ast.walk(ast.parse(file.read_text()))
    return {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}


@cache
def imports_of(file: Path) -> dict[str, Path]:
    """The names that a file has from other files with tests and their steps."""
    found = {}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and "tests" in node.module:
            source = ROOT / f"{node.module.replace('.', '/')}.py"
            found.update({name.name: source for name in node.names if source.exists()})
    return found


def called(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            named = node.func
            yield named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")


def asserts(file: Path, name: str) -> bool:
    """Whether a function, or one that is called on its way, asserts anything."""
    to_read, met = [(file, name)], set()
    while to_read:
        file, name = to_read.pop()
        function = functions_of(file).get(name)
        if function is None or function in met:
            continue
        met.add(function)
        calls = {*called(function)}
        if ASSERTING & calls or any(isinstance(node, ast.Assert) for node in ast.walk(function)):
            return True
        to_read += [(imports_of(file).get(step, file), step) for step in calls]
    return False


def silent(file: Path) -> list[str]:
    """The tests of a file that cannot fail but by an accident."""
    tests = [name for name in functions_of(file) if name.startswith("test_")]
    return [test for test in tests if not asserts(file, test)]


@pytest.mark.parametrize("file", TESTS, ids=[str(test.relative_to(ROOT)) for test in TESTS])
def test_every_test_asserts(file: Path) -> None:
    assert silent(file) == []


def test_control_a_test_that_only_calls_is_found(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(
        "from tests.processes import wait_until\n"
        "def ask(): assert 1\n"
        "def act(): print(2)\n"
        "def test_silent(django_assert_max_num_queries):\n"
        "    with django_assert_max_num_queries(9): act()\n"
        "def test_step(): ask()\n"
        "def test_wait(): wait_until(act)\n"
    )

    assert silent(file) == ["test_silent"]
