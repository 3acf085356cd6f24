"""What a portion costs, who owes it, and what a charge by budget leaves uncovered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from price_cases import ROOT

from pricing.explain import trace
from pricing.service_file import load_service_costs, parse_service_costs
from pricing.unit_cost import UnitCost, unit_cost
from scheduler.care.dated import read_toml
from scheduler.care.errors import InvalidInput, NotInForce
from scheduler.care.units import from_ore

MEALS = ROOT / "fixtures" / "demo" / "meals.toml"
DAY = date(2026, 3, 4)


def meals() -> dict[str, Any]:
    """The kitchen's document, free to be changed."""
    return read_toml(MEALS)


def cost(doc: dict[str, Any]) -> UnitCost:
    return unit_cost(parse_service_costs(doc, "meals.toml"), DAY)


def set_value(doc: dict[str, Any], name: str, value: object) -> None:
    doc["parameters"][name]["values"] = {"2026-01-01": value}


def test_the_kitchen_leaves_one_and_a_half_and_almost_two_million_uncovered() -> None:
    """
    By hand: 40.5 million and 4 % are 42.12 million for 600,000 + 0.75 x 400,000 = 900,000 whole
    portions, 46.80 kr each. Schools use 28.08 million and pay 26.58, pre-schools 14.04 and 12.14.
    """
    found = unit_cost(load_service_costs(MEALS), DAY)
    assert found.per_unit == Decimal("46.80")
    assert [(line.code, line.amount) for line in found.lines] == [
        ("food", 16),
        ("staff", 24),
        ("premises", 4),
        ("transport", 1),
        ("overhead", Decimal("1.80")),
    ]
    assert [from_ore(each.amount_ore) for each in found.invoices] == [28_080_000, 14_040_000]
    assert [from_ore(each.gap_ore or 0) for each in found.invoices] == [1_500_000, 1_900_000]
    assert found.unused_ore == 0


def test_a_commission_is_passed_through_and_no_part_of_the_unit_cost() -> None:
    """800,000 kr of actual cost, 720,000 reimbursed: 80,000 left; the portion costs what it did."""
    (commission,) = cost(meals()).pass_through
    assert (commission.amount_ore, commission.gap_ore) == (80_000_000, 8_000_000)
    doc = meals()
    set_value(doc, "state_commission_cost", 5_000_000)
    assert cost(doc).per_unit == Decimal("46.80")


def test_what_was_not_charged_has_no_gap() -> None:
    """Missing is shown as missing: a gap of the whole invoice would be invented."""
    doc = meals()
    del doc["consumers"][0]["charged"]
    del doc["parameters"]["school_charge"]
    assert [each.gap_ore for each in cost(doc).invoices] == [None, 190_000_000]


def test_what_nobody_used_is_told_and_not_invoiced() -> None:
    """1,000,000 whole portions made, 900,000 used: 42.12 kr each, and 4.212 million for nobody."""
    doc = meals()
    doc["volume"] = "made"
    doc["parameters"]["made"] = {
        "text": "Lagade portioner",
        "unit": "units/year",
        "source": "test",
        "values": {"2026-01-01": 1_000_000},
    }
    found = cost(doc)
    assert found.per_unit == Decimal("42.12")
    assert found.unused_ore == 421_200_000
    set_value(doc, "made", 899_999)
    with pytest.raises(InvalidInput) as refused:
        cost(doc)
    assert refused.value.findings[0].code == "IMPOSSIBLE_VOLUME"


def test_without_any_volume_there_is_no_unit_cost() -> None:
    """Dividing by nothing is no cost."""
    doc = meals()
    set_value(doc, "school_portions", 0)
    set_value(doc, "preschool_portions", 0)
    with pytest.raises(InvalidInput) as refused:
        cost(doc)
    assert refused.value.findings[0].code == "IMPOSSIBLE_VOLUME"


def test_the_unit_cost_is_followed_back_to_its_inputs() -> None:
    """As an hour of care: every part with its source."""
    told = trace(unit_cost(load_service_costs(MEALS), DAY).figure)
    assert told.formula == "42\u00a0120\u00a0000,00 / 900\u00a0000,00"
    year, used = told.parts
    assert [part.name for part in year.parts] == [
        "food",
        "staff",
        "premises",
        "transport",
        "overhead",
    ]
    assert used.formula == "600\u00a0000,00 + 400\u00a0000,00 × 0,75"
    assert all(part.source for part in year.parts[:4])


def test_a_day_before_the_first_value_has_no_cost() -> None:
    """Nothing is guessed backwards."""
    with pytest.raises(NotInForce):
        unit_cost(load_service_costs(MEALS), date(2025, 12, 31))


volume = st.integers(0, 10**6).map(lambda n: Decimal(n) / 10)


@given(
    st.lists(volume, min_size=2, max_size=2).filter(any),
    st.integers(1, 10**10).map(lambda n: Decimal(n) / 100),
    st.integers(0, 5000).map(lambda n: Decimal(n) / 10_000),
)
@settings(max_examples=80, deadline=None)
def test_no_ore_is_lost_and_the_order_of_the_consumers_does_not_matter(
    volumes: list[Decimal], food: Decimal, overhead: Decimal
) -> None:
    """Invoices are the whole cost of the year, and the lines are the unit cost shown."""
    doc = meals()
    set_value(doc, "school_portions", volumes[0])
    set_value(doc, "preschool_portions", volumes[1])
    set_value(doc, "food", food)
    set_value(doc, "overhead", overhead)
    found = cost(doc)
    assert sum(each.amount_ore for each in found.invoices) == found.cost_ore
    assert found.unused_ore == 0
    assert abs(found.per_unit - found.figure.value) <= Decimal("0.005")
    doc["consumers"].reverse()
    turned = cost(doc)
    assert {each.code: each for each in turned.invoices} == {
        each.code: each for each in found.invoices
    }


def put(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    """A change that puts `value` at a place of the document; None removes what is there."""

    def change(doc: dict[str, Any]) -> None:
        part: Any = doc
        for key in path[:-1]:
            part = part[key]
        if value is None:
            del part[path[-1]]
        else:
            part[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (put("title", value=None), "title"),
        (put("unit", value=5), "unit"),
        (put("units", value="x"), "units"),
        (put("volume", value=5), "volume"),
        (put("volume", value="nothing"), "parameters.nothing"),
        (put("cost", value=[]), "cost"),
        (put("cost", 0, value={"kind": "amount"}), "cost[0]"),
        (put("cost", 0, "kind", value="gift"), "cost[0]"),
        (put("cost", 1, "parameter", value="food"), "cost[1]"),
        (put("consumers", value=None), "consumers"),
        (put("consumers", value={}), "consumers"),
        (put("consumers", 0, "volume", value=None), "consumers[0]"),
        (put("consumers", 0, "volumes", value="x"), "consumers[0]"),
        (put("consumers", 0, "code", value="preschool"), "consumers, commissions"),
        (put("commissions", 0, "cost", value=7), "commissions[0]"),
        (put("parameters", value=None), "parameters"),
        (put("parameters", "food", value=None), "parameters.food"),
        (put("parameters", "drink", value={}), "drink.values"),
        (put("parameters", "food", "unit", value="kr"), "food.unit"),
        (put("parameters", "food", "source", value=""), "food.source"),
        (put("parameters", "food", "values", value={"2026-01-01": -1}), "food.values.2026-01-01"),
        (
            put("parameters", "preschool_weight", "values", value={"2026-01-01": 0}),
            "preschool_weight.values.2026-01-01",
        ),
    ],
)
def test_each_fault_is_found_and_placed(
    change: Callable[[dict[str, Any]], None], where: str
) -> None:
    """The whole file is refused, and the reader led to the place."""
    doc = meals()
    change(doc)
    with pytest.raises(InvalidInput) as refused:
        cost(doc)
    assert f"meals.toml: {where}" in {finding.where for finding in refused.value.findings}


def test_a_parameter_that_nothing_uses_is_refused() -> None:
    """A misspelt name would else be ignored in silence."""
    doc = meals()
    doc["parameters"]["drink"] = dict(doc["parameters"]["food"])
    with pytest.raises(InvalidInput) as refused:
        cost(doc)
    assert [finding.where for finding in refused.value.findings] == ["meals.toml: parameters.drink"]
