"""Granted time without visits: paid once, corrected as visits are, and reconciled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from book_cases import HOUR, book_of, rule
from hypothesis import given, settings
from hypothesis import strategies as st
from pay_cases import WAYS, Way, visit
from test_pay_properties import books, in_order, read, visits

from pricing.book.model import RateBook, Status
from pricing.pay.columns import columns_of
from pricing.pay.reconcile import reconcile
from pricing.pay.settlement import settle
from pricing.pay.visits import PaymentLine, Performed
from scheduler.care.errors import InvalidInput

BY_GRANTED = book_of(HOUR.replace('"performed"', '"granted"'))
CAPPED = book_of(
    HOUR,
    rule("cap", "cap", "{ 2026-01-01 = 1 }", per='"recipient_month"', unit='"share of granted"'),
)


def month(minutes: int = 1935, number: int = 1, **fields: Any) -> Performed:
    """Granted time of March."""
    return visit(
        number, date(2026, 3, 1), "00:00", status=Status.GRANTED, performed_min=0,
        granted_min=minutes, **({"quantity": Decimal(31)} | fields),
    )  # fmt: skip


def test_a_month_is_settled_corrected_and_reconciled() -> None:
    """32.25 h at 500 kronor; a decision that was changed afterwards takes back the difference."""
    march = settle(BY_GRANTED, columns_of([month()]), "2026-03")
    assert [(each.minutes, each.amount_ore) for each in march.sums] == [(1935, 1_612_500)]
    assert reconcile(BY_GRANTED, columns_of([month()]), [march]) == []
    again = settle(BY_GRANTED, columns_of([month()]), "2026-04", [march])
    assert len(again.lines) == 0
    changed = columns_of([month(1635)])
    april = settle(BY_GRANTED, changed, "2026-04", [march])
    (line,) = april.lines
    assert (line.corrects, line.minutes, line.amount_ore) == ("2026-03-1", -300, -250_000)
    assert reconcile(BY_GRANTED, changed, [march, april]) == []
    assert [e.code for e in reconcile(BY_GRANTED, changed, [march])] == ["AMOUNT_DIFFERS"]


@pytest.mark.parametrize("status", [Status.PERFORMED, Status.DECLINED])
def test_a_month_and_its_visits_are_not_both_paid(status: Status) -> None:
    """The visits' granted minutes are in the month already."""
    book = book_of(
        HOUR.replace('"performed"', '"granted"'),
        rule("not_performed", "no", "{ 2026-01-01 = 0.5 }", status='"DECLINED"'),
    )
    visits = columns_of([month(), visit(2, status=status)])
    with pytest.raises(InvalidInput) as error:
        settle(book, visits, "2026-03")
    assert [(e.code, e.where) for e in error.value.findings] == [("GRANTED_TWICE", "visit v-2")]
    march = settle(book, columns_of([month()]), "2026-03")
    assert "GRANTED_TWICE" in [each.code for each in reconcile(book, visits, [march])]


@pytest.mark.parametrize(
    "other",
    [
        {"recipient": "r-2"},
        {"service": "service"},
        {"provider": "p-2"},
        {"day": date(2026, 2, 27)},
        {"status": Status.WITHDRAWN},
    ],
)
def test_another_recipient_service_provider_or_month_is_another_thing(
    other: dict[str, Any],
) -> None:
    earlier = settle(BY_GRANTED, columns_of([visit(9, date(2026, 2, 2))]), "2026-02")
    made = settle(BY_GRANTED, columns_of([month(), visit(2, **other)]), "2026-03", [earlier])
    paid = sum(each.amount_ore for each in made.sums)
    assert paid == 1_612_500 + (0 if other.get("status") else 25_000)


def test_where_performed_time_is_paid_both_belong_together() -> None:
    """The month says what the cap is a share of, the visits what is paid."""
    visits = columns_of([month(50), visit(2, performed_min=40, granted_min=0),
                         visit(3, clock="11:00", performed_min=40, granted_min=0)])  # fmt: skip
    made = settle(CAPPED, visits, "2026-03")
    assert [(line.visit, line.minutes) for line in made.lines] == [
        ("v-1", 0), ("v-2", 40), ("v-3", 10),
    ]  # fmt: skip
    assert reconcile(CAPPED, visits, [made]) == []


def outcome(
    way: Way, book: RateBook, rows: list[Performed]
) -> list[PaymentLine] | list[tuple[str, str]]:
    """Lines in their order, or every refusal."""
    try:
        return in_order(way(book, rows))
    except InvalidInput as error:
        return sorted((each.where, each.code) for each in error.findings)


@given(books(), visits(), st.lists(st.integers(0, 11), min_size=1, max_size=3))
@settings(max_examples=120, deadline=None)
def test_columns_pay_granted_time_as_the_plain_way_does(
    text: str, rows: list[Performed], turned: list[int]
) -> None:
    """Among visits of every kind, in books that pay it, count it or refuse it."""
    book = read(text)
    if book is None:
        return
    mixed = [
        replace(row, status=Status.GRANTED, granted_min=30 * row.granted_min)
        if number in turned
        else row
        for number, row in enumerate(rows)
    ]
    plain, columns = (outcome(way, book, mixed) for way in WAYS.values())
    assert plain == columns
