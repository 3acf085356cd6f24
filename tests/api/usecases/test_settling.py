"""Settling: approved visits once, by the book in force, and a closed month never changed."""

from __future__ import annotations

from datetime import date

import pytest

from api.refusals import Conflict, Stale
from api.store.check import check
from api.store.engine import Store
from api.store.money_records import RateKind
from api.usecases.performing import deliver
from api.usecases.rating import approve, upload
from api.usecases.reconciling import reconcile
from api.usecases.settlement_making import Ask
from api.usecases.settling import close, run, settlement, settlements
from scheduler.care.errors import CareError, InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.money_samples import (
    APRIL,
    BOOK,
    CHIEF,
    CORRECTED,
    LATE,
    MARCH,
    OTHERS,
    SENDER,
    closed,
    late,
    performed,
    rated,
    report,
    sent,
    settle,
)

MARCH_ASK = Ask("p-1", "2026-03")


def codes(refused: pytest.ExceptionInfo[CareError]) -> list[str]:
    return [finding.code for finding in refused.value.findings]


def sound(store: Store) -> bool:
    """Every invariant holds, and everything adds up."""
    assert check(store) == []
    assert reconcile(store, "m-1") == []
    return True


def test_a_month_is_its_approved_visits_by_the_book(store: Store) -> None:
    """30 + 60 + 20 minutes at 500 kronor an hour: 250.00 + 500.00 + 166.67."""
    performed(store)
    made = run(store, SENDER, MARCH_ASK)
    assert [line.amount_ore for line in made.settlement.lines] == [25_000, 50_000, 16_667]
    assert [line.number for line in made.settlement.lines] == [
        "2026-03-1",
        "2026-03-2",
        "2026-03-3",
    ]
    assert (made.version, made.closed_at, made.terms[0].book) == (1, None, 1)
    assert made == settlement(store, "m-1", "p-1", "2026-03")
    assert sound(store)


def test_what_nobody_has_approved_is_not_paid(store: Store) -> None:
    rated(store)
    deliver(store, SENDER, sent(MARCH, "march"))
    assert len(run(store, SENDER, MARCH_ASK).settlement.lines) == 0


def test_a_run_sent_again_changes_nothing(store: Store) -> None:
    performed(store)
    first = run(store, SENDER, MARCH_ASK)
    once = dump(store)
    assert run(store, CHIEF, MARCH_ASK) == first
    assert dump(store) == once


def test_an_open_month_follows_its_visits(store: Store) -> None:
    performed(store)
    run(store, SENDER, MARCH_ASK)
    report(store, CORRECTED, "fix", corrects=True)
    again = run(store, SENDER, MARCH_ASK)
    assert again.version == 2
    assert [line.amount_ore for line in again.settlement.lines] == [25_000, 37_500, 16_667]
    assert sound(store)


def test_a_run_that_visits_have_overtaken_is_not_closed(store: Store) -> None:
    performed(store)
    made = run(store, SENDER, MARCH_ASK)
    report(store, LATE, "late")
    once = dump(store)
    with pytest.raises(Conflict) as refused:
        close(store, CHIEF, "p-1", "2026-03", made.etag)
    assert codes(refused) == ["SETTLEMENT_OUTDATED"]
    assert dump(store) == once


def test_a_closed_month_is_answered_as_it_is(store: Store) -> None:
    late(store)
    held = settlement(store, "m-1", "p-1", "2026-03")
    once = dump(store)
    assert run(store, SENDER, MARCH_ASK) == held
    assert dump(store) == once
    with pytest.raises(Conflict) as refused:
        close(store, CHIEF, "p-1", "2026-03", held.etag)
    assert codes(refused) == ["MONTH_CLOSED"]
    with pytest.raises(Stale):
        close(store, CHIEF, "p-1", "2026-03", 1)


def test_what_comes_after_the_closing_is_a_line_of_the_next_month(store: Store) -> None:
    """The correction takes back 15 minutes of its line; the late visit has a first line."""
    late(store)
    april = settle(store, "2026-04")
    lines = {line.visit: line for line in april.settlement.lines}
    assert {visit: line.amount_ore for visit, line in lines.items()} == {
        "v-2": -12_500, "v-4": 25_000, "v-5": 25_000,
    }  # fmt: skip
    assert (lines["v-2"].corrects, lines["v-2"].day) == ("2026-03-2", "2026-03-05")
    assert lines["v-4"].corrects == ""
    assert [(each.month, each.book) for each in april.terms] == [("2026-03", 1), ("2026-04", 1)]
    assert sound(store)


def test_a_correction_that_was_paid_is_not_paid_again(store: Store) -> None:
    late(store)
    settle(store, "2026-04")
    assert len(settle(store, "2026-05").settlement.lines) == 0
    assert sound(store)


def test_a_withdrawn_visit_is_taken_back_once(store: Store) -> None:
    closed(store)
    report(
        store,
        MARCH.splitlines()[0].replace("PERFORMED,30", "WITHDRAWN,0") + "\n",
        "w",
        corrects=True,
    )
    assert [line.amount_ore for line in settle(store, "2026-04").settlement.lines] == [-25_000]
    assert len(settle(store, "2026-05").settlement.lines) == 0
    assert sound(store)


def test_a_visit_that_moves_to_another_month_is_taken_back_and_paid_there(store: Store) -> None:
    closed(store)
    moved = MARCH.splitlines()[0].replace("2026-03-04T09:00+01:00", "2026-04-04T09:00+02:00")
    report(store, moved.replace(",30,", ",60,") + "\n", "moved", corrects=True)
    april = settle(store, "2026-04")
    assert [(line.day, line.amount_ore) for line in april.settlement.lines] == [
        ("2026-03-04", -25_000), ("2026-04-04", 50_000),
    ]  # fmt: skip
    assert sound(store)
    assert len(settle(store, "2026-05").settlement.lines) == 0


def test_months_are_closed_in_their_order(store: Store) -> None:
    performed(store)
    report(store, APRIL, "april")
    with pytest.raises(InvalidInput) as refused:
        run(store, SENDER, Ask("p-1", "2026-04"))
    assert codes(refused) == ["MONTH_OPEN"]
    settle(store)
    settle(store, "2026-04")
    with pytest.raises(InvalidInput) as refused:
        run(store, SENDER, Ask("p-1", "2026-02"))
    assert codes(refused) == ["MONTH_CLOSED"]


def test_a_late_visit_of_a_month_that_never_was_settled_is_paid_with_the_next(store: Store) -> None:
    """The provider had no visit in February when March was closed."""
    closed(store)
    february = "v-0,p-1,PRIVATE,r-1,care,town,2026-02-27T09:00+01:00,PERFORMED,30,\n"
    report(store, february, "february")
    april = settle(store, "2026-04")
    assert [(line.day, line.corrects) for line in april.settlement.lines] == [("2026-02-27", "")]
    assert sound(store)


def dearer(store: Store, first_day: date = date(2026, 1, 1)) -> None:
    """A book of 600 kronor, in force from a day on."""
    content = BOOK.replace("= 500", "= 600").encode()
    upload(store, SENDER, "dearer", RateKind.BOOK, "book.toml", first_day, content)
    approve(store, CHIEF, RateKind.BOOK, 2, 1)


def test_an_old_month_keeps_the_book_that_it_was_settled_by(store: Store) -> None:
    """The new book would hold in March too; the correction is of 15 minutes at the old rate."""
    late(store)
    dearer(store)
    april = settle(store, "2026-04")
    amounts = {line.visit: line.amount_ore for line in april.settlement.lines}
    assert amounts == {"v-2": -12_500, "v-4": 25_000, "v-5": 30_000}
    assert [(each.month, each.book) for each in april.terms] == [("2026-03", 1), ("2026-04", 2)]
    assert sound(store)


def test_a_closed_month_is_priced_anew_when_it_is_named(store: Store) -> None:
    closed(store)
    dearer(store)
    asked = Ask("p-1", "2026-04", reprice=frozenset({"2026-03"}))
    made = run(store, SENDER, asked)
    assert [line.amount_ore for line in made.settlement.lines] == [5_000, 10_000, 3_333]
    close(store, CHIEF, "p-1", "2026-04", made.etag)
    # From now on March is priced by the new book.
    report(store, CORRECTED, "fix", corrects=True)
    assert [line.amount_ore for line in settle(store, "2026-05").settlement.lines] == [-15_000]
    assert sound(store)


def test_pricing_anew_by_the_same_book_is_no_change(store: Store) -> None:
    closed(store)
    made = run(store, SENDER, Ask("p-1", "2026-04", reprice=frozenset({"2026-03"})))
    assert (len(made.settlement.lines), len(made.terms)) == (0, 1)
    close(store, CHIEF, "p-1", "2026-04", made.etag)
    with pytest.raises(InvalidInput) as refused:
        run(store, SENDER, Ask("p-1", "2026-05", reprice=frozenset({"2026-06"})))
    assert codes(refused) == ["NEVER_SETTLED"]


def test_a_month_without_a_book_is_not_settled(store: Store) -> None:
    performed(store)
    with pytest.raises(InvalidInput) as refused:
        run(store, SENDER, Ask("p-1", "2025-12"))
    assert codes(refused) == ["NO_BOOK"]


def test_every_visit_that_the_book_cannot_pay_is_told(store: Store) -> None:
    rated(store)
    report(
        store,
        MARCH.replace("cleaning", "alarm").replace("care,town,2026-03-05", "walk,town,2026-03-05"),
        "m",
    )
    with pytest.raises(InvalidInput) as refused:
        run(store, SENDER, MARCH_ASK)
    assert len(codes(refused)) == 2
    assert not dump(store)["settlement"]


def test_a_provider_sees_closed_months_only_and_its_own(store: Store) -> None:
    performed(store)
    run(store, SENDER, MARCH_ASK)
    assert settlements(store, "m-1", "p-1", closed=True) == ()
    with pytest.raises(NotFound) as refused:
        settlement(store, "m-1", "p-1", "2026-03", closed=True)
    absent = str(refused.value).replace("2026-03", "2026-04")
    with pytest.raises(NotFound) as refused:
        settlement(store, "m-1", "p-1", "2026-04", closed=True)
    assert str(refused.value) == absent
    settle(store)
    assert [each.month for each in settlements(store, "m-1", "p-1", closed=True)] == ["2026-03"]
    assert settlements(store, "m-1", "own", closed=True) == ()


def test_an_unknown_provider_is_not_settled(store: Store) -> None:
    rated(store)
    with pytest.raises(NotFound):
        run(store, SENDER, Ask("p-9", "2026-03"))


CAPPED = (
    BOOK
    + """
[[cap]]
code = "hour"
text = "Högst en timme i månaden"
source = "test"
per = "recipient_month"
unit = "hours"
values = { 2026-01-01 = 1 }
"""
)
INDEXED = (
    BOOK
    + """
[[adjustment]]
code = "index"
text = "Index"
source = "test"
kind = "share"
values = { 2026-01-01 = { provisional = 0.02, final = 0.03, known_from = 2026-05-20 } }
"""
)


def test_a_visit_that_leaves_a_month_makes_room_under_its_cap(store: Store) -> None:
    """30 + 60 minutes are 60 paid; when v-1 moves to April, March pays the whole of v-2."""
    rated(store, CAPPED)
    first, second, _ = MARCH.splitlines()
    report(store, f"{first}\n{second}\n", "march")
    march = settle(store)
    assert [(line.visit, line.minutes) for line in march.settlement.lines] == [
        ("v-1", 30), ("v-2", 30),
    ]  # fmt: skip
    moved = first.replace("2026-03-04T09:00+01:00", "2026-04-04T09:00+02:00")
    report(store, moved + "\n", "moved", corrects=True)
    april = settle(store, "2026-04")
    assert [(line.visit, line.day[:7], line.minutes) for line in april.settlement.lines] == [
        ("v-2", "2026-03", 30), ("v-1", "2026-03", -30), ("v-1", "2026-04", 30),
    ]  # fmt: skip
    assert sound(store)
    assert len(settle(store, "2026-05").settlement.lines) == 0


def test_an_old_month_keeps_the_index_that_was_known(store: Store) -> None:
    """510 kronor an hour in March, although the final index is known when it is corrected."""
    rated(store, INDEXED)
    report(store, MARCH, "march")
    asked = Ask("p-1", "2026-03", known_on=date(2026, 4, 2))
    made = run(store, SENDER, asked)
    close(store, CHIEF, "p-1", "2026-03", made.etag)
    report(store, CORRECTED + APRIL, "april", corrects=True)
    april = settle(store, "2026-04")
    assert {line.visit: line.amount_ore for line in april.settlement.lines} == {
        "v-2": -12_750, "v-5": 25_750,
    }  # fmt: skip
    final = run(store, SENDER, Ask("p-1", "2026-05", reprice=frozenset({"2026-03"})))
    assert [line.amount_ore for line in final.settlement.lines] == [250, 375, 167]
    assert sound(store)


def test_a_provider_is_settled_without_the_others(store: Store) -> None:
    """Ids of visits may be the same; what is another's changes no byte."""
    performed(store)
    alone = run(store, SENDER, MARCH_ASK).settlement
    report(store, OTHERS, "own")
    assert run(store, SENDER, MARCH_ASK).settlement == alone
    own = settle(store, provider="own")
    assert [line.visit for line in own.settlement.lines] == ["v-1"]
    settle(store)
    assert sound(store)
