"""Faults of form: what was expected in our own words, and what to do in Swedish with its number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from api.documents.schema_faults import validate
from api.documents.schema_types import Schema
from tests.api.server import running


class Bounded(Schema):
    """A field of each kind that has a bound."""

    few: Annotated[list[int], Field(max_length=2)] = Field(default_factory=list)
    some: Annotated[list[int], Field(min_length=1)] = Field(default_factory=lambda: [1])
    short: Annotated[str, Field(max_length=3)] = ""
    long: Annotated[str, Field(min_length=1)] = "x"
    least: Annotated[int, Field(ge=1)] = 1
    above: Annotated[int, Field(gt=0)] = 1
    most: Annotated[int, Field(le=9)] = 1
    below: Annotated[int, Field(lt=9)] = 1
    code: Annotated[str, Field(pattern="^a$")] = "a"


@pytest.mark.parametrize(
    ("field", "value", "expected", "action"),
    [
        ("few", [1, 2, 3], "at most 2 items", "Ange högst 2 poster."),
        ("some", [], "at least 1 item", "Ange minst 1 post."),
        ("short", "abcd", "at most 3 characters", "Skriv högst 3 tecken."),
        ("long", "", "at least 1 character", "Skriv minst 1 tecken."),
        ("least", 0, "at least 1", "Ange minst 1."),
        ("above", 0, "more than 0", "Ange mer än 0."),
        ("most", 10, "at most 9", "Ange högst 9."),
        ("below", 9, "less than 9", "Ange mindre än 9."),
        ("code", "b", "String should match pattern '^a$'", "Skriv värdet i rätt form."),
        ("least", "x", "a valid integer", "Rätta värdets typ."),
    ],
)
def test_a_bound_is_told_in_our_own_words(
    field: str, value: Any, expected: str, action: str
) -> None:
    """Whoever reads only the action knows how many."""
    (fault,) = validate(Bounded, {field: value})[1]
    assert (fault.expected, fault.action) == (expected, action)


def test_what_is_within_its_bounds_has_no_fault() -> None:
    assert validate(Bounded, {"few": [1, 2], "short": "abc", "most": 9})[1] == []


def test_an_address_tells_its_bounds_alike(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        (told,) = client.get("/v1/decisions", params={"limit": 0}).json()["findings"]
    assert told["expected"] == "at least 1"
