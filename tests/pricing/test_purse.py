"""What a decision is worth a month, and what of it was performed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from price_cases import cases, label, published, purse_of

from pricing.payment import invoice_line
from pricing.price import hour_cost
from pricing.purse import execution_rate, purse
from scheduler.care.errors import InvalidInput, UnknownValue
from scheduler.care.model import ProviderKind
from scheduler.care.units import from_ore, round_half_up, to_ore


@pytest.mark.parametrize("case", cases("purse"), ids=label)
def test_the_purse_of_a_decision_is_the_worked_example(case: dict[str, Any]) -> None:
    """Hours are shown with four decimals but never rounded before the amount."""
    made = purse_of(case)
    assert (made.decision_id, made.zone, made.provider_kind.value) == (
        "d-1",
        case["zone"],
        case["provider_kind"],
    )
    assert made.rate == case["rate"]
    assert round(made.hours_per_month, 4) == case["hours_per_month"]
    assert made.amount_ore == to_ore(case["amount_kr"])


@pytest.mark.parametrize("case", cases("purse"), ids=label)
def test_performed_time_is_paid_and_compared_with_the_purse(case: dict[str, Any]) -> None:
    """29.0 of 32.2493 h: 14,297.00 kr and an execution rate of 89.9 per cent."""
    made = purse_of(case)
    paid = invoice_line("v-1", case["performed_min"], 1, made.rate)
    assert from_ore(paid.amount_ore) == case["performed_kr"]
    rate = execution_rate(made, case["performed_min"])
    assert round_half_up(rate * 100, Decimal("0.1")) == case["execution_pct"]


def test_a_purse_needs_time_and_a_rate() -> None:
    """Negative time is a fault of the decision; Kristianstad 2017 has no rate for its own."""
    cost = hour_cost(published("kristianstad_2017.toml"), date(2017, 5, 1), "town")
    with pytest.raises(InvalidInput) as negative:
        purse("d-1", Decimal(-1), cost, ProviderKind.PRIVATE)
    with pytest.raises(UnknownValue) as no_rate:
        purse("d-1", Decimal(60), cost, ProviderKind.OWN)
    assert negative.value.findings[0].code == "NEGATIVE_MINUTES"
    assert no_rate.value.findings[0].code == "NO_RATE"
    assert purse("d-1", Decimal(0), cost, ProviderKind.PRIVATE).amount_ore == 0


@pytest.mark.parametrize(("granted", "performed"), [(0, 60), (60, -1)])
def test_an_execution_rate_needs_granted_and_possible_time(granted: int, performed: int) -> None:
    """Performed / nothing granted is no rate."""
    cost = hour_cost(published("kristianstad_2017.toml"), date(2017, 5, 1), "town")
    made = purse("d-1", Decimal(granted), cost, ProviderKind.PRIVATE)
    with pytest.raises(InvalidInput) as refused:
        execution_rate(made, performed)
    assert refused.value.findings[0].code == "NO_EXECUTION_RATE"
