"""A fault must be told by its line: the lines are those that a person counts in the file."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pricing.toml_lines import key_lines
from tests.conftest import ROOT

TEXT = '''# comment with [brackets] = "and quotes
title = "a # b"
long = """
two = 2
[no.header]
"""

[services]
care = 'Vård "och" = omsorg'
"with.dot" = 1

[[rate]]
unit = "hour"
service = [
    "a",  # one, two = [
    "b",
]
values = { 2024-03-01 = 464.5, 2025-01-01 = { from = "x", times = [0.985] } }

[[rate]]
a.b.c = 1
[rate.scope]
zone = "town"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("long",), 3),
        (("services",), 8),
        (("services", "care"), 9),
        (("services", "with.dot"), 10),
        (("rate", 0), 12),
        (("rate", 0, "service"), 14),
        (("rate", 0, "service", 1), 16),
        (("rate", 0, "values", "2024-03-01"), 18),
        (("rate", 0, "values", "2025-01-01", "times", 0), 18),
        (("rate", 1), 20),
        (("rate", 1, "a", "b", "c"), 21),
        (("rate", 1, "scope", "zone"), 23),
    ],
)
def test_the_line_is_that_of_the_key(path: tuple[str | int, ...], line: int) -> None:
    assert key_lines(TEXT)[path] == line


def paths(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every path of a document as the standard reader sees it."""
    found = {path} - {()}
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, child in items:
        found |= paths(child, (*path, key))
    return found


FILES = sorted((ROOT / "fixtures").rglob("*.toml")) + sorted((ROOT / "tests/cases").rglob("*.toml"))


@pytest.mark.parametrize("file", [None, *FILES], ids=lambda f: f.name if f else "text")
def test_every_key_of_the_standard_reader_has_a_line(file: Path | None) -> None:
    """The reader of lines judges nothing, but must see the same keys as the one of values."""
    text = TEXT if file is None else file.read_text(encoding="utf-8")
    assert key_lines(text).keys() == paths(tomllib.loads(text, parse_float=Decimal))


def test_a_long_list_is_read_to_its_end() -> None:
    """A hostile file must not exhaust the stack or the reader's patience."""
    text = "a = [\n" + "1,\n" * 100_000 + "]\n"
    assert key_lines(text)["a", 99_999] == 100_001
