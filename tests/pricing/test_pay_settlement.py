"""Settled months are never edited, nothing is paid twice, and every öre can be accounted for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from book_cases import book_of, rule
from hypothesis import given, settings
from hypothesis import strategies as st
from pay_cases import visit

from pricing.book.model import RateBook, Status
from pricing.pay.columns import columns_of
from pricing.pay.export import read_settlement, write_settlement
from pricing.pay.reconcile import reconcile
from pricing.pay.settlement import (
    SettledLine,
    SettledLines,
    Settlement,
    digest_of,
    settle,
    sums_of,
)
from pricing.pay.visits import Performed
from scheduler.care.errors import InvalidInput

INDEX = "{ 2026-01-01 = { provisional = 0.02, final = 0.03, known_from = 2026-05-20 } }"
RATE = rule("rate", "hour", "{ 2026-01-01 = 500 }", unit='"hour"', basis='"performed"')
BOOK = book_of(RATE, rule("adjustment", "opi", INDEX, kind='"share"'))
CAPPED = book_of(
    RATE,
    rule("cap", "c", "{ 2026-01-01 = 1 }", per='"recipient_month"', unit='"share of granted"'),
)
THEN = date(2026, 4, 1)
MARCH = [visit(1), visit(2, clock="10:00", provider="p-2"), visit(3, clock="11:00")]


def made(
    rows: Sequence[Performed],
    month: str = "2026-03",
    earlier: Sequence[Settlement] = (),
    known_on: date | None = THEN,
    book: RateBook = BOOK,
) -> Settlement:
    return settle(book, columns_of(rows), month, earlier, known_on)


def codes(rows: Sequence[Performed], settlements: Sequence[Settlement]) -> set[str]:
    return {each.code for each in reconcile(BOOK, columns_of(rows), settlements)}


def refused(run: Callable[[], object]) -> set[str]:
    with pytest.raises(InvalidInput) as error:
        run()
    return {each.code for each in error.value.findings}


def test_the_sums_are_those_of_the_lines() -> None:
    """By hand: 30 min at 510 kronor are 255, two visits for p-1 and one for p-2."""
    march = made(MARCH)
    assert [(s.provider, s.lines, s.minutes, s.amount_ore) for s in march.sums] == [
        ("p-1", 2, 60, 51_000),
        ("p-2", 1, 30, 25_500),
    ]
    assert [line.number for line in march.lines] == ["2026-03-1", "2026-03-2", "2026-03-3"]
    assert codes(MARCH, [march]) == set()


def test_settling_again_changes_nothing() -> None:
    """The same rows in another order give the same bytes; sent again next month, no line."""
    march = made(MARCH)
    assert write_settlement(made(list(reversed(MARCH)))) == write_settlement(march)
    assert len(made(MARCH, "2026-04", [march]).lines) == 0


def test_visits_that_start_together_are_in_order_of_their_ids() -> None:
    """Two carers of one morning: whose row came first must not show in the settlement."""
    together = [visit(1), visit(2, provider="p-2"), visit(3, recipient="r-2")]
    assert write_settlement(made(together[::-1])) == write_settlement(made(together))


def test_a_month_is_from_its_first_day_to_its_last() -> None:
    """Settled are the first and the last of March, and neither day beside them."""
    first, last = visit(1, date(2026, 3, 1), "00:00"), visit(2, date(2026, 3, 31), "23:59")
    assert [line.day for line in made([first, last]).lines] == ["2026-03-01", "2026-03-31"]
    for day, code in ((date(2026, 2, 28), "NEVER_SETTLED"), (date(2026, 4, 1), "AFTER_MONTH")):
        assert refused(lambda day=day: made([first, visit(3, day, "00:00")])) == {code}


def test_a_correction_is_a_new_line_that_points_at_the_old() -> None:
    march = made(MARCH)
    corrected = [replace(MARCH[0], performed_min=40), *MARCH[1:]]
    april = made(corrected, "2026-04", [march])
    (line,) = april.lines
    assert (line.visit, line.corrects, line.minutes, line.amount_ore) == (
        "v-1", "2026-03-1", 10, 8_500,
    )  # fmt: skip
    assert codes(corrected, [march, april]) == set()
    again = made([MARCH[0]], "2026-05", [march, april])
    assert [(x.corrects, x.amount_ore) for x in again.lines] == [("2026-04-1", -8_500)]
    assert codes(MARCH, [march, april, again]) == set()


def test_minutes_are_corrected_also_where_no_money_moves() -> None:
    """A service paid by nothing: the statement of hours must still add up."""
    free = book_of(rule("rate", "hour", "{ 2026-01-01 = 0 }", unit='"hour"', basis='"performed"'))
    march = made(MARCH, book=free)
    april = made([replace(MARCH[0], performed_min=40)], "2026-04", [march], book=free)
    assert [(line.minutes, line.amount_ore) for line in april.lines] == [(10, 0)]


def test_a_correction_of_another_visit_is_found() -> None:
    """The number exists, but the line behind it is of another visit."""
    march = made(MARCH)
    april = made([replace(MARCH[0], performed_min=40)], "2026-04", [march])
    rows = [replace(MARCH[0], performed_min=40), *MARCH[1:]]
    assert codes(rows, [march, tampered(april, change_line(corrects="2026-03-2"))]) == {
        "CORRECTS_NOTHING"
    }


def test_a_withdrawn_visit_goes_back_and_an_absent_one_stays() -> None:
    """Only who sends a visit again can change it: a file of one row withdraws no others."""
    march = made(MARCH)
    withdrawn = replace(MARCH[0], status=Status.WITHDRAWN)
    april = made([withdrawn], "2026-04", [march])
    assert [(line.visit, line.amount_ore) for line in april.lines] == [("v-1", -25_500)]
    assert codes([withdrawn, *MARCH[1:]], [march, april]) == set()
    assert len(made([withdrawn], "2026-05", [march, april]).lines) == 0


def test_a_visit_of_another_provider_is_moved_whole() -> None:
    """The difference of two providers is no difference: one pays back, the other is paid."""
    march = made(MARCH)
    april = made([replace(MARCH[0], provider="p-2")], "2026-04", [march])
    assert [(s.provider, s.amount_ore) for s in april.sums] == [("p-1", -25_500), ("p-2", 25_500)]
    assert codes([replace(MARCH[0], provider="p-2"), *MARCH[1:]], [march, april]) == set()


def test_a_visit_in_another_zone_is_moved_whole_though_it_costs_the_same() -> None:
    """The ledger books each zone by itself; a difference of nothing would leave it wrong."""
    march = made(MARCH)
    april = made([replace(MARCH[0], zone="rural")], "2026-04", [march])
    assert [(line.zone, line.amount_ore) for line in april.lines] == [
        ("town", -25_500),
        ("rural", 25_500),
    ]


def test_a_final_index_gives_the_difference() -> None:
    """500 x 1.03 / 2 - 500 x 1.02 / 2 = 2.50 a visit; back again the first result."""
    march = made(MARCH)
    may = made(MARCH, "2026-05", [march], known_on=date(2026, 5, 20))
    assert [line.amount_ore for line in may.lines] == [250, 250, 250]
    assert [line.minutes for line in may.lines] == [0, 0, 0]
    june = made(MARCH, "2026-06", [march, may])
    assert [line.amount_ore for line in june.lines] == [-250, -250, -250]
    assert codes(MARCH, [march, may, june]) == set()


@pytest.mark.parametrize(
    ("run", "code"),
    [
        (lambda: made(MARCH, "2026-03", [made(MARCH)]), "MONTH_CLOSED"),
        (lambda: made(MARCH, "2026-02"), "AFTER_MONTH"),
        (lambda: made(MARCH, "2026-04"), "NEVER_SETTLED"),
        (lambda: made([MARCH[0], MARCH[0]]), "SAME_ID"),
        (lambda: made(MARCH, "2026-13"), "NOT_A_MONTH"),
        (
            lambda: made(MARCH[:1], "2026-04", [made(MARCH, book=CAPPED)], book=CAPPED),
            "INCOMPLETE_MONTH",
        ),
    ],
)
def test_what_would_pay_twice_or_in_part_is_refused(run: Callable[[], object], code: str) -> None:
    assert refused(run) == {code}


def test_a_capped_month_is_settled_again_as_a_whole() -> None:
    march = made(MARCH, book=CAPPED)
    assert len(made(MARCH, "2026-04", [march], book=CAPPED).lines) == 0


# ---------------------------------------------------------------- reconciliation


def tampered(settlement: Settlement, change: Callable[[list[SettledLine]], None]) -> Settlement:
    """A settlement with other lines, and sums and digest that fit them."""
    lines = list(settlement.lines)
    change(lines)
    columns = SettledLines.of(lines)
    changed = replace(settlement, lines=columns, sums=sums_of(columns))
    return replace(changed, digest=digest_of(changed))


def change_line(**fields: Any) -> Callable[[list[SettledLine]], None]:
    def change(lines: list[SettledLine]) -> None:
        lines[0] = lines[0]._replace(**fields)

    return change


def twice(lines: list[SettledLine]) -> None:
    lines.append(lines[0]._replace(number="2026-03-9"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (change_line(amount_ore=25_501), "AMOUNT_DIFFERS"),
        (change_line(minutes=31), "AMOUNT_DIFFERS"),
        (change_line(vat_ore=1), "AMOUNT_DIFFERS"),
        (change_line(visit="v-9"), "UNKNOWN_VISIT"),
        (change_line(visit="v-9"), "NOT_PAID"),
        (change_line(corrects="2026-02-7"), "CORRECTS_NOTHING"),
        (change_line(number="2026-03-2"), "NUMBER_TWICE"),
        (change_line(day="2026-04-01"), "AFTER_MONTH"),
        (twice, "PAID_TWICE"),
        (lambda lines: lines.pop(), "NOT_PAID"),
    ],
)
def test_every_broken_invariant_is_found(
    change: Callable[[list[SettledLine]], None], code: str
) -> None:
    assert code in codes(MARCH, [tampered(made(MARCH), change)])


@pytest.mark.parametrize("field", SettledLine._fields)
def test_every_field_of_a_line_is_in_the_digest(field: str) -> None:
    """Also where no sum changes: what was archived can be shown to be what was settled."""
    march = made(MARCH)
    lines = list(march.lines)
    value = getattr(lines[0], field)
    lines[0] = lines[0]._replace(**{field: value + 1 if isinstance(value, int) else f"{value}x"})
    assert digest_of(replace(march, lines=SettledLines.of(lines))) != march.digest


def test_an_edited_settlement_is_found() -> None:
    """Also when the sums were edited to fit."""
    march = made(MARCH)
    edited = tampered(march, change_line(amount_ore=1))
    assert "EDITED" in codes(MARCH, [replace(edited, digest=march.digest)])
    wrong_sum = (march.sums[0]._replace(amount_ore=1), *march.sums[1:])
    assert {"EDITED", "SUM_DIFFERS"} == codes(MARCH, [replace(march, sums=wrong_sum)])


def test_a_chain_that_misses_a_month_is_found() -> None:
    march = made(MARCH)
    april = made(MARCH, "2026-04", [march])
    assert "CHAIN_BROKEN" in codes(MARCH, [april])
    assert "MONTH_TWICE" in codes(MARCH, [march, april, april])


# ---------------------------------------------------------------- export


def test_a_written_settlement_is_read_back_the_same() -> None:
    """What is archived must be what was settled, to the digest."""
    march = made(MARCH)
    april = made([replace(MARCH[0], performed_min=40)], "2026-04", [march])
    for each in (march, april, made([], "2026-04", [march])):
        assert read_settlement(write_settlement(each).encode(), "s.json") == each


def test_a_settlement_without_lines_is_read_back_unedited() -> None:
    """A month in which nothing changed is archived too, and nobody has edited it."""
    march = made(MARCH)
    april = made(MARCH, "2026-04", [march])
    assert not len(april.lines)
    read_back = read_settlement(write_settlement(april).encode(), "s.json")
    assert codes(MARCH, [march, read_back]) == set()


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_spoilt_settlement_is_refused_or_found(data: st.DataObject) -> None:
    """A byte changed anywhere: refused, or the same content, or told by the digest."""
    march = made(MARCH)
    content = bytearray(write_settlement(march).encode())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))
    try:
        read = read_settlement(bytes(content), "s.json")
    except InvalidInput:
        return
    assert read == march or codes(MARCH, [read])


# ---------------------------------------------------------------- properties


ROWS = st.lists(
    st.tuples(
        st.integers(1, 8),
        st.integers(1, 31),
        st.integers(0, 90),
        st.sampled_from(["p-1", "p-2"]),
        st.sampled_from([Status.PERFORMED, Status.PERFORMED, Status.WITHDRAWN]),
    ),
    unique_by=lambda row: row[0],
    max_size=8,
)


def rows_from(drawn: list[tuple[int, int, int, str, Status]]) -> list[Performed]:
    return [
        visit(number, date(2026, 3, day), performed_min=minutes, provider=provider, status=status)
        for number, day, minutes, provider, status in drawn
    ]


@given(st.lists(ROWS, min_size=1, max_size=4), st.booleans())
@settings(max_examples=100, deadline=None)
def test_whatever_is_sent_when_the_last_word_is_paid_once(
    sent: list[list[tuple[int, int, int, str, Status]]], final: bool
) -> None:
    """Corrections, withdrawals, moves and repeats over months: what is paid is what is owed."""
    done: list[Settlement] = []
    last: dict[str, Performed] = {}
    known = date(2026, 8, 1) if final else THEN
    for number, drawn in enumerate(sent):
        rows = rows_from(drawn)
        last |= {row.id: row for row in rows}
        done.append(made(rows, f"2026-0{3 + number}", done))
    everything = list(last.values())
    done.append(made(everything, "2026-09", done, known_on=known))
    assert codes(everything, done) == set()
    assert len(made(everything, "2026-10", done, known_on=known).lines) == 0
    owed = made(everything, known_on=known).amount_ore
    assert sum(each.amount_ore for each in done) == owed
