"""Published prices come out of data files alone, to the öre and the whole krona."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

import pytest
from price_cases import PUBLISHED, cases, document, label, published, set_value

from pricing.price import HourCost, hour_cost, parse_price_parameters
from scheduler.care.errors import NotInForce

CASES = cases("published")
ONE_ORE = Decimal("0.01")


def cost_of(case: dict[str, Any]) -> HourCost:
    return hour_cost(published(case["file"]), case["day"], case["zone"], service=case["service"])


def having(key: str) -> list[dict[str, Any]]:
    return [case for case in CASES if key in case]


@pytest.mark.parametrize("case", CASES, ids=label)
def test_rates_are_those_published(case: dict[str, Any]) -> None:
    """A provider invoices the printed rate; one krona off is a wrong payment every hour."""
    rates = {kind.value: rate for kind, rate in cost_of(case).rates.items()}
    assert rates == case["rates"]
    assert all(rate == rate.to_integral_value() for rate in rates.values())


@pytest.mark.parametrize("case", having("printed_total"), ids=label)
def test_the_total_is_the_printed_sum(case: dict[str, Any]) -> None:
    """Within an öre, since the printed lines are themselves rounded."""
    cost = cost_of(case)
    assert abs(cost.total - case["printed_total"]) <= ONE_ORE
    assert cost.total == sum(line.amount for line in cost.lines)


@pytest.mark.parametrize("case", having("lines"), ids=label)
def test_every_line_is_the_printed_one(case: dict[str, Any]) -> None:
    """A controller compares line by line; a dropped or swapped line must show."""
    lines = {line.code: line.amount for line in cost_of(case).lines}
    assert lines == case["lines"]


@pytest.mark.parametrize("case", having("staff"), ids=label)
def test_every_step_from_the_wage_is_right_to_the_ore(case: dict[str, Any]) -> None:
    """The wage chain is three quarters of the price."""
    staff = cost_of(case).staff
    for name, expected in case["staff"].items():
        assert abs(getattr(staff, name) - expected) <= ONE_ORE / 2, name


@pytest.mark.parametrize("case", having("subtotals"), ids=label)
def test_every_subtotal_is_right_to_the_ore(case: dict[str, Any]) -> None:
    """The chain is checked at each of its steps, so that two faults cannot cancel out."""
    lines = cost_of(case).lines
    subtotals = dict(
        zip(
            (line.code for line in lines),
            accumulate(line.amount for line in lines),
            strict=True,
        )
    )
    for code, expected in case["subtotals"].items():
        assert subtotals[code] == expected, code


@pytest.mark.parametrize("file", sorted({case["file"] for case in CASES}))
def test_the_day_before_a_price_list_has_no_price(file: str) -> None:
    """No price is ever guessed backwards, not even by one day."""
    first_day = min(case["day"] for case in CASES if case["file"] == file)
    price_list = published(file)
    zone, service = price_list.zones[0], price_list.services[0]
    assert hour_cost(price_list, first_day, zone, service=service).day == first_day
    with pytest.raises(NotInForce) as refused:
        hour_cost(price_list, first_day - timedelta(days=1), zone, service=service)
    assert refused.value.findings[0].code == "BEFORE_FIRST_VALUE"


def test_every_published_file_has_a_case() -> None:
    """A data file that no case checks is only a claim."""
    assert {path.name for path in PUBLISHED.glob("*.toml")} >= {case["file"] for case in CASES}
    priced = {path.name for path in PUBLISHED.glob("*.toml") if "recipe" in path.read_text("utf-8")}
    assert priced == {case["file"] for case in CASES}


def test_the_care_time_share_of_a_price_list_in_kronor_is_implied() -> None:
    """Kristianstad, town: 276.03 / (276.03 + 84.67 + 78.81) = 276.03 / 439.51 = 62.80 %."""
    cost = hour_cost(published("kristianstad_2017.toml"), date(2017, 5, 1), "town")
    assert cost.care_time_share is not None
    assert round(cost.care_time_share, 4) == Decimal("0.6280")
    assert cost.cost_per_worked_hour == Decimal("276.03")


def test_a_price_list_with_a_base_alone_implies_nothing() -> None:
    """Tyresö prints no staff cost: a care-time share would be invented."""
    cost = hour_cost(published("tyreso_2021.toml"), date(2021, 2, 1), "all", service="home_care")
    assert (cost.care_time_share, cost.cost_per_worked_hour, cost.staff) == (None, None, None)
    assert cost.break_even_share == {}
    assert cost.notes == ()


def test_a_price_list_without_ancillary_time_implies_no_share() -> None:
    """Without ancillary lines the share would come out as 100 %, which nobody stated."""
    doc = document(PUBLISHED / "kristianstad_2017.toml")
    del doc["recipe"][0]["cost"][1:3]
    for name in ("transport_time", "other_ancillary_time"):
        del doc["parameters"][name]
    cost = hour_cost(parse_price_parameters(doc, "test.toml"), date(2017, 5, 1), "town")
    assert cost.cost_per_worked_hour == Decimal("276.03")
    assert cost.care_time_share is None
    assert cost.break_even_share == {}


def test_staff_that_costs_nothing_implies_no_share() -> None:
    """0 / 0 is not a share, and not a crash either: a volunteer service has other costs only."""
    doc = document(PUBLISHED / "kristianstad_2017.toml")
    for name in ("staff", "transport_time", "other_ancillary_time"):
        set_value(doc, name, 0, "2017-05-01")
    cost = hour_cost(parse_price_parameters(doc, "test.toml"), date(2017, 5, 1), "town")
    assert cost.care_time_share is None
    assert cost.total == Decimal("58.52")  # 5.15 + 14.35 + 34.02 + 5.00
