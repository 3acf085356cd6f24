"""Caps by the ISO week, which lies in one month or is divided between two, both ways of paying."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from book_cases import book_of, rule
from hypothesis import given, settings
from hypothesis import strategies as st
from pay_cases import WAYS, Way, by_columns, visit

from pricing.book.bands import days_of_week_in_month
from pricing.book.model import RateBook, Status
from pricing.pay.columns import columns_of
from pricing.pay.reconcile import reconcile
from pricing.pay.reference import pay_plainly
from pricing.pay.settlement import settle
from pricing.pay.visits import Performed
from scheduler.care.errors import InvalidInput

RATE = rule("rate", "hour", "{ 2026-01-01 = 60 }", unit='"hour"', basis='"performed"')


def book(value: str, unit: str = "hours", parts: str = "by_days", extra: str = "") -> RateBook:
    """An öre a second: 100 öre are one minute."""
    cap = rule("cap", "week", f"{{ 2026-01-01 = {value} }}", per='"recipient_week"',
               unit=f'"{unit}"', week_parts=f'"{parts}"')  # fmt: skip
    return book_of(RATE, cap, extra)


def on(day: str, minutes: int = 60, number: int = 0, **fields: Any) -> Performed:
    """A visit as long as granted."""
    found = date.fromisoformat(day)
    given = {"performed_min": minutes, "granted_min": minutes} | fields
    return visit(number or found.toordinal(), found, **given)


# 2026-03-30 is a Monday: two days of that week lie in March, five in April.
TURN = ["2026-03-29", "2026-03-30", "2026-03-31", "2026-04-01", "2026-04-05", "2026-04-06"]
CASES: dict[str, tuple[RateBook, list[Performed], list[int]]] = {
    "a week of one month": (
        book("1.5"),
        [on("2026-03-08"), on("2026-03-09"), on("2026-03-12"), on("2026-03-15"), on("2026-03-16")],
        [60, 60, 30, 0, 60],
    ),
    "each recipient and provider for itself": (
        book("1.5"),
        [on("2026-03-09"), on("2026-03-10", recipient="r-2"), on("2026-03-11", provider="p-2")],
        [60, 60, 60],
    ),
    "a divided week by its days": (
        book("2.1"),  # 126 minutes: 36 for the two days of March, 90 for the five of April
        [on(day) for day in TURN],
        [60, 36, 0, 60, 30, 60],
    ),
    "a divided week has the whole cap in each month": (
        book("1.5", parts="whole"),
        [on(day) for day in TURN],
        [60, 60, 30, 60, 30, 60],
    ),
    "a share of what was granted in the part of the week": (
        book("1", unit="share of granted"),
        [on("2026-03-30", 60, granted_min=40), on("2026-03-31", 10, granted_min=20),
         on("2026-04-01", 60, granted_min=30), on("2026-04-02", 60, granted_min=90)],
        [60, 0, 60, 60],
    ),
    "so much above what was granted, by the days": (
        book("0.7", unit="hours above granted"),  # 42 minutes: 12 in March
        [on("2026-03-30", 60, granted_min=40), on("2026-03-31", 10, granted_min=0)],
        [52, 0],
    ),
    "the same week of another year": (
        book("1"), [on("2026-03-09"), on("2027-03-10"), on("2027-03-11")], [60, 60, 0],
    ),
    "a week over the new year": (
        book("1.4"), [on("2026-12-31"), on("2027-01-01"), on("2027-01-03")], [48, 36, 0],
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize(("own", "rows", "minutes"), CASES.values(), ids=CASES.keys())
def test_a_week_has_its_cap(
    own: RateBook, rows: list[Performed], minutes: list[int], way: Way
) -> None:
    """Worked out by hand; the minutes of each visit in the order of time."""
    paid = {line.visit: line for line in way(own, rows[::-1])}
    assert [paid[row.id].minutes for row in rows] == minutes
    assert [paid[row.id].amount_ore for row in rows] == [100 * each for each in minutes]


def test_the_days_of_a_week_are_those_of_its_months() -> None:
    found = {day: days_of_week_in_month(date.fromisoformat(day)) for day in TURN}
    assert list(found.values()) == [7, 2, 2, 5, 5, 7]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_granted_time_of_a_month_is_of_no_one_week(way: Way) -> None:
    """It counts for the cap of its month, and neither fills nor widens that of a week."""
    month = rule("cap", "month", "{ 2026-01-01 = 1 }", per='"recipient_month"',
                 unit='"share of granted"')  # fmt: skip
    granted = visit(
        1, date(2026, 3, 1), "00:00", status=Status.GRANTED, performed_min=0, granted_min=100,
        quantity=Decimal(31),
    )  # fmt: skip
    rows = [
        granted,
        on("2026-03-01", 60, 2, granted_min=10),
        on("2026-03-02", 60, 3, granted_min=60),
    ]
    paid = way(book("1", unit="share of granted", extra=month), rows)
    assert [line.minutes for line in paid] == [0, 10, 60]


def test_a_month_is_settled_without_the_other_part_of_its_week() -> None:
    """April changes nothing of March, and both agree with the visits."""
    own, rows = book("2.1"), [on(day) for day in TURN]
    march, april = rows[:3], rows[3:]
    first = settle(own, columns_of(march), "2026-03")
    second = settle(own, columns_of(april), "2026-04", [first])
    assert [line.minutes for line in (*first.lines, *second.lines)] == [60, 36, 0, 60, 30, 60]
    again = settle(own, columns_of(rows), "2026-05", [first, second])
    assert len(again.lines) == 0
    assert reconcile(own, columns_of(rows), [first, second, again]) == []


def test_some_visits_of_a_month_are_not_enough() -> None:
    """What the cap leaves of the others would else be wrong."""
    own, rows = book("1.5"), [on("2026-03-09"), on("2026-03-10")]
    first = settle(own, columns_of(rows), "2026-03")
    with pytest.raises(InvalidInput) as error:
        settle(own, columns_of(rows[:1]), "2026-04", [first])
    assert [each.code for each in error.value.findings] == ["INCOMPLETE_MONTH"]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_columns_cap_weeks_as_the_plain_way_does(data: st.DataObject) -> None:
    days = st.dates(date(2026, 2, 20), date(2026, 4, 10)) | st.dates(
        date(2026, 12, 27), date(2027, 1, 5)
    )
    own = book(
        data.draw(st.decimals(0, 9, places=2).map(str)),
        data.draw(st.sampled_from(["hours", "hours above granted", "share of granted"])),
        data.draw(st.sampled_from(["by_days", "whole"])),
    )
    rows = [
        visit(
            number,
            data.draw(days),
            recipient=data.draw(st.sampled_from(["r-1", "r-2"])),
            provider=data.draw(st.sampled_from(["p-1", "p-2"])),
            performed_min=data.draw(st.integers(0, 400)),
            granted_min=data.draw(st.integers(0, 200)),
        )
        for number in range(data.draw(st.integers(0, 12)))
    ]
    plain = sorted(pay_plainly(own, rows), key=lambda line: line.key)
    assert sorted(by_columns(own, rows[::-1]), key=lambda line: line.key) == plain
