"""Whatever the book and the visits: both ways agree, order does not matter, nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from book_cases import book_of, rule
from hypothesis import given, settings
from hypothesis import strategies as st
from pay_cases import by_columns, visit
from pay_strategies import DAYS, V, books, read, visits

from pricing.book.calendar import MINUTES_PER_DAY, day_start
from pricing.pay.reference import pay_plainly
from pricing.pay.visits import PaymentLine, Performed


def in_order(lines: list[PaymentLine]) -> list[PaymentLine]:
    return sorted(lines, key=lambda line: line.key)


@given(books(), visits())
@settings(max_examples=150, deadline=None)
def test_columns_pay_as_the_plain_way_does(text: str, rows: list[Performed]) -> None:
    """The fast way is right when the one that a person can check says the same, line by line."""
    book = read(text)
    if book is not None:
        assert in_order(by_columns(book, rows)) == in_order(pay_plainly(book, rows))


@given(books(), visits(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_visits_does_not_matter(text: str, rows: list[Performed], chance: Any) -> None:
    """Providers send their files in any order; a cap must not favour the first row."""
    book = read(text)
    if book is not None:
        shuffled = list(rows)
        chance.shuffle(shuffled)
        assert in_order(by_columns(book, rows)) == in_order(by_columns(book, shuffled))


@given(books(), visits())
@settings(max_examples=60, deadline=None)
def test_the_sum_of_the_days_is_the_sum_of_the_month(text: str, rows: list[Performed]) -> None:
    """Also over the nights of 23 and 25 hours and on 29 February; no cap ties the days together."""
    book = read(text)
    if book is None or any(cap.per != "visit" for cap in book.caps):
        return
    by_day: dict[date, list[Performed]] = defaultdict(list)
    for row in rows:
        by_day[next(d for d in DAYS if _on(row, d))].append(row)
    each = [line for part in by_day.values() for line in by_columns(book, part)]
    assert in_order(each) == in_order(by_columns(book, rows))


def _on(row: Performed, day: date) -> bool:
    return 0 <= row.start - day_start(day) < MINUTES_PER_DAY and (
        row.start < day_start(day + timedelta(days=1))
    )


@given(
    st.integers(0, 10**10),
    st.integers(0, 1440),
    st.integers(0, 1440),
    st.sampled_from(DAYS),
)
@settings(max_examples=60, deadline=None)
def test_a_visit_in_two_parts_is_paid_as_one(
    micro: int, first: int, second: int, day: date
) -> None:
    """Exactly where every minute is whole öre, and within one öre elsewhere: rounding per line."""
    kronor = Decimal(micro) / 10**6
    book = book_of(rule("rate", "hour", V.format(kronor), unit='"hour"', basis='"performed"'))
    start = day_start(day)
    whole = replace(visit(1, performed_min=first + second), start=start)
    parts = [
        replace(visit(1, performed_min=first), start=start),
        replace(visit(2, performed_min=second), start=start + first),
    ]
    one = sum(line.amount_ore for line in by_columns(book, [whole]))
    two = sum(line.amount_ore for line in by_columns(book, parts))
    exact_minutes = kronor * 100 % 60 == 0
    assert abs(one - two) <= (0 if exact_minutes else 1)


@given(books(), visits())
@settings(max_examples=60, deadline=None)
def test_minutes_of_the_bands_are_those_of_the_visit(text: str, rows: list[Performed]) -> None:
    """Dividing between bands neither loses nor makes a minute: the same book, undivided."""
    book = read(text)
    undivided = read(text.replace("by_minute = true", "by_minute = false"))
    if book is None or undivided is None:
        return
    assert _minutes(by_columns(book, rows)) == _minutes(by_columns(undivided, rows))


def _minutes(lines: list[PaymentLine]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        found[line.visit, line.component] += line.minutes
    return found
