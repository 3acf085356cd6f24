"""The chain on a generated municipality."""

from __future__ import annotations

from datetime import date

import pytest

from api import demo

DAY = date(2026, 3, 4)


def test_the_same_seed_gives_the_same_demo_and_another_seed_another() -> None:
    one, _ = demo.document("S", 1, DAY)
    assert demo.document("S", 1, DAY)[0] == one
    assert demo.document("S", 2, DAY)[0] != one


@pytest.mark.alone
def test_the_demo_joins_both_halves() -> None:
    """
    Every decision in force has a purse at the rate that the price list pays in its zone, and the
    plan's own time use is priced beside it.
    """
    result = demo.whole_chain("S", 1, DAY, seconds=0.5, threads=1)
    assert result.violations == ()
    assert len(result.purses) == result.decisions > 0
    for purse in result.purses:
        assert purse.rate == result.list_costs[purse.zone].rates[purse.provider_kind]
    planned = result.follow_up.planned_visits + result.follow_up.unassigned_visits
    assert planned == len(result.day.visits)
    used = {zone: cost.share_source for zone, cost in result.hour_costs.items()}
    assert set(used.values()) == {"measured"}
    assert {cost.share_source for cost in result.list_costs.values()} == {"stated"}
