"""The loop from plan to price, as far as it can be checked without a search."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from api.flow import DEMO_PRICES
from bench.loop import ON, closer, narrower, priced, shares_by_need
from fixtures.history import day_with_history
from fixtures.municipality import Size, generate
from pricing.price import load_price_parameters
from scheduler.followup import TimeUse


def use(care_s: int, travel_s: int, waiting_s: int = 0) -> TimeUse:
    return TimeUse(40_000, care_s, travel_s, waiting_s, 0, 0, 1)


def test_shares_by_need_leave_out_what_the_shifts_have_too_much() -> None:
    """6 h of care, 1.5 of travel and 0.5 of waiting in 87 % of the time; idle takes 13 %."""
    found = shares_by_need(use(21_600, 5_400, 1_800), Decimal("0.13"), None)
    assert found.transport == Decimal("0.87") * 5_400 / 28_800
    assert found.waiting == Decimal("0.87") * 1_800 / 28_800
    assert found.idle == Decimal("0.13")


def test_waiting_may_be_the_price_lists_own() -> None:
    """6 h of care and 1.5 of travel share the 85 % that idle and waiting leave."""
    found = shares_by_need(use(21_600, 5_400, 9_999), Decimal("0.13"), Decimal("0.02"))
    assert (found.transport, found.waiting) == (Decimal("0.17"), Decimal("0.02"))


def test_more_travel_for_the_same_care_makes_the_hour_dearer() -> None:
    """Whatever the shifts of the day hold beside it."""
    prices = load_price_parameters(DEMO_PRICES)
    costs = [priced(prices, "town", use(21_600, s)).cost.total.value for s in (3_000, 6_000)]
    assert costs[0] < costs[1]


def test_windows_are_cut_around_their_middle() -> None:
    """Half the width, the same middle, and a window of one moment stays."""
    day = day_with_history(generate(Size.S, 1, ON))
    cut = narrower(day, Decimal("0.5"))
    for before, after in zip(day.visits, cut.visits, strict=True):
        middle = before.earliest + (before.latest - before.earliest) / 2
        assert abs(after.earliest + (after.latest - after.earliest) / 2 - middle) < timedelta(
            seconds=1
        )
        width = (before.latest - before.earliest) / 2
        assert abs((after.latest - after.earliest) - width) <= timedelta(minutes=2)
    assert narrower(day, Decimal(1)) == day


def test_a_wished_time_stays_within_what_is_left_of_the_windows() -> None:
    """A wish before or after every window is refused by the optimiser."""
    day = day_with_history(generate(Size.M, 1, ON))
    wished = [visit for visit in narrower(day, Decimal("0.1")).visits if visit.preferred]
    assert wished
    for visit in wished:
        last = visit.more_windows[-1].latest if visit.more_windows else visit.latest
        assert visit.preferred is not None
        assert visit.earliest <= visit.preferred.earliest <= visit.preferred.latest <= last


def test_a_closer_continuity_caps_everybody_who_is_known() -> None:
    """One's own lower cap stays."""
    day = day_with_history(generate(Size.S, 1, ON))
    assert day.continuity
    assert {each.most for each in closer(day, 4).continuity} == {4}
    assert closer(closer(day, 4), 6) == closer(day, 4)
