"""Shares of paid time; how they meet the price list is in test_price.py."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pricing.price import measured_shares
from scheduler.care.errors import InvalidInput


def test_measured_shares_are_parts_of_paid_time() -> None:
    """1 h paid: 9 min travel, 3 waiting and 6 idle are 15, 5 and 10 per cent."""
    measured = measured_shares(paid_s=3600, travel_s=540, waiting_s=180, idle_s=360)
    assert (measured.transport, measured.waiting, measured.idle) == (
        Decimal("0.15"),
        Decimal("0.05"),
        Decimal("0.1"),
    )


def test_a_plan_may_consist_of_travel_alone() -> None:
    """The bounds are included: one second paid, all of it on the way."""
    assert measured_shares(paid_s=1, travel_s=1, waiting_s=0, idle_s=0).transport == 1


@pytest.mark.parametrize(
    "seconds", [(0, 0, 0, 0), (-1, 0, 0, 0), (60, -1, 0, 0), (60, 0, -1, 0), (60, 30, 20, 11)]
)
def test_impossible_seconds_are_refused(seconds: tuple[int, int, int, int]) -> None:
    """More time without care than was paid would price an hour below nothing."""
    paid, travel, waiting, idle = seconds
    with pytest.raises(InvalidInput) as refused:
        measured_shares(paid_s=paid, travel_s=travel, waiting_s=waiting, idle_s=idle)
    assert refused.value.findings[0].code == "IMPOSSIBLE_SECONDS"
