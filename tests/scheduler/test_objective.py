"""The published weights are read as they stand, and a price that is none is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scheduler.care.errors import InvalidInput
from scheduler.objective import PARAMETER_FILE, load_objective
from scheduler.rules import PRICEABLE, Rule

DAY = date(2026, 3, 4)


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
