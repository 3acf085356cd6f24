"""The chain from plan to price: what is measured reaches the right zone, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from api import flow
from api.documents.planning import Run
from api.judgement import judge, refuse_broken
from fixtures.tiny_day import tiny_day
from pricing.price import load_price_parameters
from scheduler.care.errors import InvalidInput, UnknownValue
from scheduler.followup import TimeUse

DAY = date(2026, 3, 4)
# 10 h paid: 6 h care, 2 h travel, 1 h waiting, 1 h idle.
MEASURED = TimeUse(36_000, 21_600, 7_200, 3_600, 3_600, 0, 20)
NOTHING = TimeUse(0, 0, 0, 0, 0, 0, 0)


def costs(measured: dict[str, TimeUse]) -> dict[str, tuple[Decimal | None, str]]:
    """Care-time share and its source by zone."""
    prices = load_price_parameters(flow.DEMO_PRICES)
    return {
        cost.zone: (cost.care_time_share, cost.share_source)
        for cost in flow.hour_costs(prices, DAY, measured)
    }


def test_a_measured_zone_is_priced_by_its_plan_and_the_others_by_the_list() -> None:
    """
    Travel 20 % and waiting 10 % are measured. Idle 10 % covers the list's documentation 5 % and
    meetings 4 %, so 1 % is unbooked, and the care-time share is 60 %.
    """
    stated = costs({})
    priced = costs({"town": MEASURED})
    assert priced["town"] == (Decimal("0.6"), "measured")
    assert priced["rural"] == stated["rural"]
    assert stated["rural"][1] == "stated"


def test_a_zone_where_nothing_is_paid_keeps_the_lists_shares() -> None:
    assert costs({"rural": NOTHING}) == costs({})


def test_time_measured_in_an_unknown_zone_is_not_dropped_in_silence() -> None:
    with pytest.raises(UnknownValue) as refused:
        costs({"town": MEASURED, "moon": MEASURED, "mars": MEASURED})
    assert [finding.found for finding in refused.value.findings] == ["mars", "moon"]


def test_a_plan_that_keeps_every_rule_is_measured() -> None:
    day = tiny_day(5)
    plan = flow.first_plan(day, Run(threads=1))
    judged = judge(day, plan)
    assert judged.violations == ()
    assert refuse_broken(judged).planned_visits == len(day.visits) - len(plan.unassigned)


def test_a_plan_that_breaks_rules_is_refused_with_each_of_them() -> None:
    day = tiny_day(5)
    plan = replace(flow.first_plan(day, Run(threads=1)), routes=(), unassigned=())
    judged = judge(day, plan)
    with pytest.raises(InvalidInput) as refused:
        refuse_broken(judged)
    assert len(refused.value.findings) == len(judged.violations) >= len(day.visits) > 0


def test_a_plan_is_judged_by_its_own_day_only() -> None:
    day = tiny_day(5)
    plan = flow.first_plan(day, Run(threads=1))
    with pytest.raises(InvalidInput) as refused:
        judge(replace(day, date=day.date + timedelta(days=1)), plan)
    assert refused.value.findings[0].code == "PLAN_OF_ANOTHER_DAY"


def test_a_day_costs_the_worked_hours_of_the_price_list_where_it_knows_the_zones() -> None:
    """10 h at 336.55 kr, whatever share of them is care."""
    prices = load_price_parameters(flow.DEMO_PRICES)
    found = flow.day_cost(prices, DAY, {"town": MEASURED})
    assert found is not None
    assert found.total.amount == Decimal("3365.50")
    with pytest.raises(UnknownValue):
        flow.day_cost(prices, DAY, {"town": MEASURED, "moon": MEASURED})
    day = tiny_day(5)
    measured = judge(day, flow.first_plan(day, Run(threads=1))).follow_up
    assert measured is not None
    assert flow.day_cost_where_known(prices, DAY, measured) is not None
    moon = replace(measured, by_zone={"moon": MEASURED})
    for unknown in (moon, None):
        assert flow.day_cost_where_known(prices, DAY, unknown) is None
    assert flow.day_cost_where_known(prices, date(2020, 1, 1), measured) is None


def test_standby_is_paid_time_without_recipients_in_the_price() -> None:
    """An hour of standby in the place of an hour without booking changes no share."""
    ready = replace(MEASURED, idle_s=0, standby_s=3_600)
    assert costs({"town": ready}) == costs({"town": MEASURED})
