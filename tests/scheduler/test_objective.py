"""The published weights are read as they stand, and a price that is none is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.care.errors import InvalidInput
from scheduler.care.model import Location, Visit
from scheduler.care.units import STOCKHOLM
from scheduler.objective import PARAMETER_FILE, load_objective
from scheduler.rules import PRICEABLE, Rule

DAY = date(2026, 3, 4)
MORNING = datetime(2026, 3, 4, 8, tzinfo=STOCKHOLM)


def with_values(folder: Path, **values: str) -> Path:
    """The published file with other values for some parameters."""
    text = PARAMETER_FILE.read_text(encoding="utf-8")
    for name, value in values.items():
        head, _, rest = text.partition(f"[{name}]")
        line, _, after = rest.partition("values = ")
        _, _, after = after.partition("\n")
        text = f"{head}[{name}]{line}values = {{ 2020-01-01 = {value} }}\n{after}"
    path = folder / "objective.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_must_never_happen_is_hard_and_wishes_have_a_price() -> None:
    prices = load_objective(DAY).prices
    assert set(PRICEABLE) - set(prices) == {Rule.FORBIDDEN_CARER, Rule.ALLERGY}
    assert all(price > 0 for price in prices.values())


def test_a_dropped_must_costs_more_than_many_that_can_wait() -> None:
    """The published weights keep the order of priorities, with room for several of the lower."""
    points = load_objective(DAY).unassigned
    assert points[1] >= 3 * points[2] >= 9 * points[3] > 0


def test_no_wish_is_worth_leaving_a_visit_out() -> None:
    """All wishes of both carers of a group together cost less than one visit that can wait."""
    objective = load_objective(DAY)
    assert 2 * sum(objective.prices.values()) < objective.unassigned[3]


def test_a_municipality_may_make_a_wish_hard_and_price_a_rule(tmp_path: Path) -> None:
    path = with_values(tmp_path, gender='"hard"', allergy="9000")
    prices = load_objective(DAY, path).prices
    assert Rule.GENDER not in prices
    assert prices[Rule.ALLERGY] == 9000


def test_every_price_that_is_none_is_told_at_once(tmp_path: Path) -> None:
    bad = with_values(
        tmp_path, gender='"soft"', allergy="-1", language="1.5", forbidden_carer="200000000"
    )
    with pytest.raises(InvalidInput) as caught:
        load_objective(DAY, bad)
    told = [(finding.code, finding.where) for finding in caught.value.findings]
    names = ("forbidden_carer", "allergy", "gender", "language")
    assert told == [("PRICE_OF_RULE", name) for name in names]


def test_a_visit_is_cheaper_to_move_the_more_days_remain_and_never_dearer_than_to_lose() -> None:
    objective = load_objective(DAY)
    week = tuple(DAY + timedelta(days=n) for n in range(-2, 6))
    visit = Visit(
        "v", "r", Location(56, 14), "town", MORNING, MORNING, 30, priority=3, possible_days=week
    )
    names = {}
    for days in (2, 3, 4, 5, 8):  # The first two are past, the third is today.
        one = replace(visit, possible_days=week[:days])
        names[len(one.later_days(DAY))], points = objective.left_out(one, DAY)
        assert points < objective.unassigned[3] or days <= 3
    assert names == {
        0: "unassigned_priority_3", 1: "moved_1", 2: "moved_2", 5: "moved_3",
    }  # fmt: skip
    assert list(objective.moved.values()) == sorted(objective.moved.values(), reverse=True)
    pinned = replace(visit, pinned_start=MORNING)
    assert objective.left_out(pinned, DAY) == ("unassigned_pinned", objective.unassigned_pinned)
    cheap = replace(objective, unassigned={3: 10})
    assert cheap.left_out(visit, DAY) == ("unassigned_priority_3", 10)
