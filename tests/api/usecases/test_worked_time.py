"""Worked time in the store: whole files, each day once, corrections as revisions, one's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.refusals import Conflict
from api.store.check import check
from api.store.engine import Store
from api.store.worked_rows import EVERYBODY, Whose
from api.usecases.worked_time import SentTime, report, reported
from pricing.recipe import TimeClass
from scheduler.care.errors import InvalidInput
from tests.api.store.dump import dump
from tests.api.store.money_samples import CHIEF, SENDER
from tests.api.store.samples import prepare
from tests.api.store.worked_samples import (
    CORRECTED,
    MARCH,
    NORTH,
    P_1,
    sent,
    time_reported,
)

DAYS = (date(2026, 3, 1), date(2026, 3, 31))
Held = list[tuple[str, int, int, int]]


def held(store: Store, whose: Whose = EVERYBODY, *, history: bool = False) -> Held:
    """Carer, day of the month, worked minutes and number of what the store holds."""
    found, more = reported(store, "m-1", DAYS, whose, history=history)
    assert not more
    return [
        (each.content.carer, each.content.day.day, each.content.worked_min, each.number)
        for each in found
    ]


def faults(store: Store, what: SentTime) -> list[tuple[str, str]]:
    before = dump(store)
    with pytest.raises(InvalidInput) as told:
        report(store, SENDER, what)
    # Nothing of it is kept, whatever of it is right.
    assert dump(store) == before
    return [(each.code, each.where.partition(": ")[2]) for each in told.value.findings]


def test_a_file_comes_back_as_it_was_sent(store: Store) -> None:
    prepare(store)
    made = report(store, SENDER, sent())
    assert (made.added, made.corrected, made.unchanged) == (3, 0, 0)
    assert held(store) == [("robin", 4, 60, 1), ("kim", 4, 480, 1), ("kim", 5, 360, 1)]
    found, _ = reported(store, "m-1", DAYS)
    # What was not registered is missing, and what was registered as none is none.
    assert TimeClass.WAITING not in found[1].content.classes_min
    assert found[0].content.classes_min[TimeClass.WAITING] == 0
    assert check(store) == []


def test_what_is_sent_twice_counts_once(store: Store) -> None:
    prepare(store)
    first = report(store, SENDER, sent())
    before = dump(store)
    assert report(store, CHIEF, sent()) == first
    assert dump(store) == before
    with pytest.raises(Conflict, match="KEY_USED"):
        report(store, SENDER, sent(CORRECTED.partition("\n")[0] + "\n"))
    with pytest.raises(Conflict, match="KEY_USED"):
        report(store, SENDER, sent(corrects=True))
    # Under another key it is another delivery, which changes nothing.
    again = report(store, SENDER, sent(key="again"))
    assert (again.added, again.corrected, again.unchanged) == (0, 0, 3)
    # Keys are their senders' own.
    own = MARCH.splitlines(keepends=True)[0].replace("-04", "-06")
    assert report(store, SENDER, sent(own, whose=P_1)).added == 1


def test_a_correction_is_another_revision(store: Store) -> None:
    """Kim's fifth was shorter, Robin's fourth never was; what was reported first stays."""
    prepare(store)
    time_reported(store)
    assert faults(store, sent(CORRECTED.splitlines()[0], "fix")) == [("DAY_DIFFERS", "line 2")]
    made = report(store, SENDER, sent(CORRECTED, "fix", corrects=True))
    assert (made.added, made.corrected) == (0, 2)
    assert held(store) == [("kim", 4, 480, 1), ("kim", 5, 300, 2)]
    assert held(store, history=True) == [
        ("robin", 4, 60, 1), ("robin", 4, 0, 2), ("kim", 4, 480, 1), ("kim", 5, 360, 1),
        ("kim", 5, 300, 2),
    ]  # fmt: skip
    # Robin did work after all: a third report, as a correction too.
    back = report(store, SENDER, sent(MARCH.splitlines()[2], "back", corrects=True))
    assert back.corrected == 1
    assert ("robin", 4, 60, 3) in held(store)
    assert check(store) == []


def test_every_fault_is_told_at_once_and_nothing_is_kept(store: Store) -> None:
    prepare(store)
    rows = (
        "2026-03-04,kim,town,480,300,,,,,p-9,north\n"
        "2026-03-04,kim,town,480,300,,,,,p-1,west\n"
        "2026-03-05,kim,town,480,300,,,,,p-1,\n"
        f"1926-03-04,{'k' * 101},town,480,300,,,,,p-1,north\n"
        "2026-03-06,kim,town,480,300,,,,,p-1,north\n"
    )
    assert faults(store, sent(rows)) == [
        ("UNKNOWN_PROVIDER", "line 2, provider"), ("UNKNOWN_UNIT", "line 3, unit"),
        ("UNKNOWN_UNIT", "line 4, unit"), ("NOT_AN_ID", "line 5, carer"),
        ("NOT_A_DAY", "line 5, day"),
    ]  # fmt: skip
    withdrawn = sent("2026-03-06,kim,town,0,0,,,,,p-1,north\n", corrects=True)
    assert faults(store, withdrawn) == [("NOTHING_TO_WITHDRAW", "line 2, worked_min")]
    assert faults(store, replace(sent(), key="\n")) == [("NOT_AN_ID", "")]
    assert held(store) == []


def test_a_provider_reports_and_reads_its_own(store: Store) -> None:
    """It need not say in each line who it is; another one's is as good as none."""
    prepare(store)
    time_reported(store)
    assert held(store, P_1) == [("kim", 4, 480, 1), ("kim", 5, 360, 1)]
    named = sent("2026-03-06,kim,town,60,30,,,,,,north\n", whose=P_1)
    assert report(store, SENDER, named).sender == "p-1"
    assert held(store, P_1)[-1] == ("kim", 6, 60, 1)
    other = sent("2026-03-07,kim,town,60,30,,,,,own,north\n", "other", P_1)
    assert faults(store, other) == [("OTHER_PROVIDER", "line 2, provider")]
    # Of the municipality nobody is meant.
    nobody = sent("2026-03-07,kim,town,60,30,,,,,,north\n", "nobody")
    assert faults(store, nobody) == [("UNKNOWN_PROVIDER", "line 2, provider")]


def test_a_unit_reports_and_reads_the_municipal_carers_in_it(store: Store) -> None:
    prepare(store)
    time_reported(store)
    assert held(store, NORTH) == [("robin", 4, 60, 1)]
    assert held(store, Whose(units=frozenset({"south"}))) == []
    assert report(store, SENDER, sent(MARCH.splitlines()[2], "n", NORTH)).unchanged == 1
    rows = "2026-03-07,kim,town,60,30,,,,,p-1,north\n2026-03-07,robin,town,60,30,,,,,own,south\n"
    assert faults(store, sent(rows, "north", NORTH)) == [
        ("OTHER_PROVIDER", "line 2, provider"), ("OTHER_UNIT", "line 3, unit"),
    ]  # fmt: skip


def test_pages_are_whole(store: Store) -> None:
    prepare(store)
    rows = "".join(f"2026-03-04,c{n:04},town,60,30,,,,,own,north\n" for n in range(1_001))
    report(store, SENDER, sent(rows))
    first, more = reported(store, "m-1", DAYS)
    rest, end = reported(store, "m-1", DAYS, offset=len(first))
    assert (len(first), more, len(rest), end) == (1_000, True, 1, False)
