"""
What needs the machine to itself says so.

``make test`` runs two tests at a time. One that measures time, is given so many seconds of it, or
waits for other processes to act would then fail for the machine's sake: it carries the mark
``alone`` and is run afterwards by itself. Here the text of each test is read for signs of that, so
that whoever writes another such test is told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import ROOT

# What tells the time, and what acts by itself in another process or at a port of the machine.
CLOCKS = {"perf_counter", "monotonic", "process_time", "quickest"}
OTHERS = {"Popen", "free_port", "wait_for"}
# Called with `seconds`, each works as long as it may, and does less on a machine that is taken.
TIMED = {"SolveParams", "plan_day", "whole_chain"}
OPTION = "--seconds"
FILES = sorted((ROOT / "tests").rglob("test_*.py"))


def signs(node: ast.AST) -> Iterator[str]:
    """The names below a node that are signs of a test that must be alone."""
    for each in ast.walk(node):
        name = _name(each)
        if name in CLOCKS | OTHERS:
            yield name
        if isinstance(each, ast.Call):
            if _name(each.func) in TIMED and any(key.arg == "seconds" for key in each.keywords):
                yield f"seconds of {_name(each.func)}"
            yield from _options(each.args)
        if isinstance(each, ast.List):
            yield from _options(each.elts)


def _options(words: list[ast.expr]) -> Iterator[str]:
    """A command's option of time with some that it would take."""
    for option, value in pairwise(words):
        if isinstance(option, ast.Constant) and option.value == OPTION:
            given = str(value.value) if isinstance(value, ast.Constant) else "1"
            if given.isdecimal() and int(given) > 0:
                yield OPTION


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def is_alone(node: ast.AST) -> bool:
    """Whether ``pytest.mark.alone`` stands in a node."""
    return any(isinstance(each, ast.Attribute) and each.attr == "alone" for each in ast.walk(node))


def unmarked(source: str) -> dict[str, list[str]]:
    """
    Tests of a file that are not marked though they show signs, with the signs.

    A test shows those of the functions and fixtures of its file that it names, and of what these
    name in turn.
    """
    tree = ast.parse(source)
    if any(isinstance(each, ast.Assign) and _name(each.targets[0]) == "pytestmark"
           and is_alone(each.value) for each in tree.body):  # fmt: skip
        return {}
    parts = {
        each.name: each for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)
    }
    found = {}
    for name, part in parts.items():
        if name.startswith("test_") and isinstance(part, ast.FunctionDef):
            shown = sorted({sign for each in reached(name, parts) for sign in signs(parts[each])})
            if shown and not any(map(is_alone, part.decorator_list)):
                found[name] = shown
    return found


def reached(name: str, parts: dict[str, ast.FunctionDef | ast.ClassDef]) -> set[str]:
    """A part of a file, and the parts that it names, directly or through others."""
    seen: set[str] = set()
    ahead = {name}
    while ahead:
        seen |= ahead
        named = {
            each.arg if isinstance(each, ast.arg) else _name(each)
            for part in ahead
            for each in ast.walk(parts[part])
        }
        ahead = (named & parts.keys()) - seen
    return seen


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_needs_the_machine_says_so(path: Path) -> None:
    assert unmarked(path.read_text(encoding="utf-8")) == {}


# ---------------------------------------------------------------- would it tell


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("def test_it():\n    assert perf_counter() < 1", "perf_counter"),
        ("def test_it():\n    assert time.monotonic() < 1", "monotonic"),
        ("def test_it():\n    assert quickest(work) < 1", "quickest"),
        ("def took():\n    return process_time()\ndef test_it():\n    took()", "process_time"),
        ("@fixture\ndef up():\n    return free_port()\ndef test_it(up):\n    pass", "free_port"),
        ("def test_it():\n    solve(SolveParams(seconds=1))", "seconds of SolveParams"),
        ("def test_it():\n    hemplan('demo', '--seconds', 1)", "--seconds"),
        ("def test_it():\n    main(['--seconds', '5'])", "--seconds"),
    ],
)
def test_a_sign_is_seen_where_it_stands_and_behind_what_is_named(text: str, sign: str) -> None:
    assert unmarked(text) == {"test_it": [sign]}
    assert unmarked(text.replace("def test_it", "@pytest.mark.alone\ndef test_it")) == {}
    assert unmarked(f"pytestmark = pytest.mark.alone\n{text}") == {}
    assert unmarked(text.replace("def test_it", "@pytest.mark.slow\ndef test_it"))


@pytest.mark.parametrize(
    "text",
    [
        "def test_it():\n    assert timedelta(seconds=1)",
        "def test_it():\n    main(['--seconds', '0'])",
        "def test_it():\n    main(['--seconds', 'soon'])",
        "def other():\n    perf_counter()\ndef test_it():\n    pass",
    ],
)
def test_what_is_no_sign_needs_no_mark(text: str) -> None:
    assert unmarked(text) == {}
