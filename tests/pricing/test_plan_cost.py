"""What a plan costs: worked hours by zone times the price list's cost of a worked hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pricing.plan_cost import plan_cost
from pricing.price import hour_cost, load_price_parameters
from tests.conftest import ROOT

DAY = date(2026, 3, 4)
PRICES = load_price_parameters(ROOT / "fixtures" / "demo" / "prices.toml")
COSTS = {zone: hour_cost(PRICES, DAY, zone) for zone in ("town", "rural")}


def test_the_zones_of_the_demo_cost_their_worked_hours_and_add_up() -> None:
    """336.55 kr a worked hour, step 3 of docs/pricing.md: 10 h and 1 h 40 min, 65 and 50 % care."""
    found = plan_cost(COSTS, {"town": 36_000, "rural": 6_000}, {"town": 23_400, "rural": 3_000})
    assert found is not None
    town, rural = found.zones
    assert (town.amount, rural.amount) == (Decimal("3365.50"), Decimal("560.92"))
    assert found.total.amount == Decimal("3926.42")
    # 3,365.50 / 6.5 h; 560.92 / (50/60) h; 3,926.42 / 7 h 20 min.
    assert (town.per_care_hour, rural.per_care_hour) == (Decimal("517.77"), Decimal("673.10"))
    assert found.total.per_care_hour == Decimal("535.42")


def test_time_without_care_has_a_cost_and_no_cost_per_care_hour() -> None:
    found = plan_cost(COSTS, {"town": 3_600}, {"town": 0})
    assert found is not None
    assert (found.total.amount, found.total.per_care_hour) == (Decimal("336.55"), None)


def test_a_price_list_that_does_not_state_the_cost_of_staff_tells_none() -> None:
    unknown = {"town": replace(COSTS["town"], cost_per_worked_hour=None)}
    assert plan_cost(unknown, {"town": 3_600}, {"town": 1_800}) is None


def test_a_zone_without_price_is_a_fault_of_the_caller() -> None:
    with pytest.raises(KeyError):
        plan_cost(COSTS, {"island": 3_600}, {"island": 0})
