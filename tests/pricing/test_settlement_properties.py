"""Any book and visits: settled twice, late, by the day or forth and back, no öre moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pay_strategies import books, read, visits

from pricing.book.calendar import local_day
from pricing.book.model import CapPer, RateBook
from pricing.pay.columns import columns_of
from pricing.pay.export import write_settlement
from pricing.pay.reconcile import reconcile
from pricing.pay.settlement import Key, Settlement, net_of, settle
from pricing.pay.visits import Performed

FEW = settings(max_examples=40, deadline=None)
# The nights of 23 and 25 hours, and a leap day, each with the first and last day of its month.
MONTHS = {
    "2026-03": (date(2026, 3, 1), date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 31)),
    "2026-10": (date(2026, 10, 1), date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 31)),
    "2028-02": (date(2028, 2, 1), date(2028, 2, 28), date(2028, 2, 29)),
}
LATER = ("2028-03", "2028-04")
SPRING = date(2026, 4, 1)


@st.composite
def months(draw: Any) -> tuple[str, list[Performed]]:
    """A month and visits of it."""
    month = draw(st.sampled_from(sorted(MONTHS)))
    return month, draw(visits(MONTHS[month]))


def settled(
    book: RateBook,
    rows: Sequence[Performed],
    month: str,
    earlier: Sequence[Settlement] = (),
    known_on: date | None = None,
) -> Settlement:
    return settle(book, columns_of(rows), month, earlier, known_on)


def drawn(text: str) -> RateBook:
    book = read(text)
    assume(book is not None)
    assert book is not None
    return book


def net(settlements: Iterable[Settlement]) -> dict[Key, list[int]]:
    """What is paid of each visit, component, rate and band when all is said."""
    return {key: total for key, (total, _) in net_of(settlements).items() if any(total)}


def by_provider(settlements: Iterable[Settlement]) -> dict[str, list[int]]:
    """Minutes, öre and öre of VAT by the sums that are shown."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in settlements:
        for total in each.sums:
            figures = (total.minutes, total.amount_ore, total.vat_ore)
            found[total.provider] = [
                a + b for a, b in zip(found[total.provider], figures, strict=True)
            ]
    return {provider: figures for provider, figures in found.items() if any(figures)}


@FEW
@given(books(), months(), st.randoms(use_true_random=False))
def test_settling_again_changes_nothing_in_whatever_order(
    text: str, sent: tuple[str, list[Performed]], chance: Any
) -> None:
    """The same bytes from the same visits; sent again a month later they give no line."""
    book, (month, rows) = drawn(text), sent
    first = settled(book, rows, month)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert write_settlement(settled(book, shuffled, month)) == write_settlement(first)
    again = settled(book, shuffled, LATER[0], [first])
    assert len(again.lines) == 0
    assert reconcile(book, columns_of(rows), [first, again]) == []


@FEW
@given(books(), months(), st.data())
def test_what_comes_late_is_paid_as_if_it_had_come_in_time(
    text: str, sent: tuple[str, list[Performed]], data: st.DataObject
) -> None:
    """Also where a cap over the month then takes from what was paid before."""
    book, (month, rows) = drawn(text), sent
    late = data.draw(st.sets(st.sampled_from([row.id for row in rows]))) if rows else set()
    first = settled(book, [row for row in rows if row.id not in late], month)
    monthly = any(cap.per is not CapPer.VISIT for cap in book.caps)
    rest = rows if monthly else [row for row in rows if row.id in late]
    second = settled(book, rest, LATER[0], [first])
    whole = settled(book, rows, month)
    assert net([first, second]) == net([whole])
    assert by_provider([first, second]) == by_provider([whole])
    assert reconcile(book, columns_of(rows), [first, second]) == []


@FEW
@given(books(), books(), months())
def test_repricing_forth_and_back_gives_the_first_result(
    text: str, other: str, sent: tuple[str, list[Performed]]
) -> None:
    """By another book and by the first again: what was paid in between goes back to the öre."""
    book, another, (month, rows) = drawn(text), drawn(other), sent
    first = settled(book, rows, month)
    forth = settled(another, rows, LATER[0], [first])
    assert net([first, forth]) == net([settled(another, rows, month)])
    back = settled(book, rows, LATER[1], [first, forth])
    assert net([first, forth, back]) == net([first])
    assert by_provider([first, forth, back]) == by_provider([first])
    assert reconcile(book, columns_of(rows), [first, forth, back]) == []


@FEW
@given(books(), months())
def test_a_provisional_index_forth_and_back_gives_the_first_result(
    text: str, sent: tuple[str, list[Performed]]
) -> None:
    """By what was known in spring, by the final index, and by what was known in spring again."""
    book, (month, rows) = drawn(text), sent
    first = settled(book, rows, month, known_on=SPRING)
    final = settled(book, rows, LATER[0], [first])
    assert net([first, final]) == net([settled(book, rows, month)])
    back = settled(book, rows, LATER[1], [first, final], known_on=SPRING)
    assert net([first, final, back]) == net([first])


@FEW
@given(books(monthly_caps=False), months())
def test_the_days_of_a_month_are_settled_to_the_month(
    text: str, sent: tuple[str, list[Performed]]
) -> None:
    """Over the nights of 23 and 25 hours and on 29 February, minutes, öre and VAT."""
    book, (month, rows) = drawn(text), sent
    days: dict[date, list[Performed]] = defaultdict(list)
    for row in rows:
        days[local_day(row.start)].append(row)
    by_day = [settled(book, each, month) for each in days.values()]
    whole = settled(book, rows, month)
    assert by_provider(by_day) == by_provider([whole])
    assert net(by_day) == net([whole])
    told = {(line.visit, line.day) for each in by_day for line in each.lines}
    assert told == {(line.visit, line.day) for line in whole.lines}
