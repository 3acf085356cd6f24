"""
Names and identity numbers stand in no log line, no finding, no exception and no file in clear.

One protected person with unmistakable words goes through every use case of persons, those that
succeed and those that are refused; whatever is told beside the answer itself is searched for them.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.documents.retention import Retention
from api.store.check import check
from api.store.engine import Store
from api.store.person_check import unopened
from api.store.person_records import Grantee, Identity, Person, ProtectionKind
from api.usecases import persons, protecting
from api.usecases.deciding import end
from api.usecases.erasing import erase, erase_again
from api.usecases.rekeying import rotate
from api.usecases.retaining import carry_out, plan
from api.usecases.reviewing import review, who_has_read
from scheduler.care.errors import CareError
from tests.api.store.dump import dump
from tests.api.store.person_samples import (
    ADMIN,
    ANNA,
    KEYS,
    acting,
    add_recipients,
    key,
    keys,
    number_of,
    reader,
)
from tests.api.store.samples import AT, later, prepare

NAME = "Xantippa Markörsdotter"
NUMBER = number_of(date(1931, 7, 9))
SHORT = f"{NUMBER[2:8]}-{NUMBER[8:]}"
LONG = f"{NUMBER[:8]}-{NUMBER[8:]}"
WRONG = f"{LONG[:-1]}{(int(LONG[-1]) + 1) % 10}"
MARKERS = (
    "Xantippa", "Markörsdotter", "xantippa", NUMBER, SHORT, LONG, WRONG, NUMBER[2:],
)  # fmt: skip
SIV = reader("siv")
YEARS_LATER = replace(ADMIN, act=replace(ADMIN.act, at=datetime(2040, 1, 1, tzinfo=UTC)))
MARKING = ProtectionKind.ASSUMED_IDENTITY
Step = Callable[[Store], object]


def record(store: Store, by: object, recipient: str, expected: int, number: str = LONG) -> object:
    return persons.record(store, by, KEYS, recipient, expected, name=NAME, number=number)  # type: ignore[arg-type]


STEPS: tuple[Step, ...] = (
    lambda s: record(s, ANNA, "r-1", 0, WRONG),
    lambda s: persons.record(s, ANNA, KEYS, "r-1", 0, name=f"{NAME}\n", number=WRONG),
    lambda s: persons.record(s, ANNA, KEYS, "r-1", 0, name=NAME * 20, number=None),
    # An identity number, or a name, where an id is asked for.
    lambda s: record(s, ANNA, LONG, 0),
    lambda s: persons.person(s, ANNA, KEYS, NAME),
    lambda s: persons.person(s, ANNA, KEYS, LONG),
    lambda s: protecting.protect(s, ADMIN, LONG, MARKING, date(2026, 1, 1)),
    lambda s: protecting.break_glass(s, ADMIN, LONG),
    lambda s: who_has_read(s, ADMIN, NUMBER),
    lambda s: erase(s, ADMIN, NUMBER, dry_run=False),
    lambda s: erase_again(s, ADMIN, [NUMBER]),
    lambda s: record(s, ANNA, "r-1", 0),
    lambda s: record(s, ANNA, "r-1", 0),
    lambda s: record(s, ANNA, "r-2", 0, SHORT),
    lambda s: record(s, replace(ANNA, rights=frozenset()), "r-1", 1),
    lambda s: persons.find(s, ANNA, KEYS, SHORT),
    lambda s: persons.find(s, ANNA, KEYS, WRONG),
    lambda s: persons.persons(s, ANNA, KEYS, name="xantippa"),
    lambda s: persons.person(s, ANNA, keys("b", "y"), "r-1"),
    lambda s: persons.find(s, ANNA, keys("b", "z"), SHORT),
    lambda s: protecting.protect(s, ADMIN, "r-1", MARKING, date(2026, 1, 1)),
    lambda s: persons.person(s, ANNA, KEYS, "r-1"),
    lambda s: persons.find(s, ANNA, KEYS, LONG),
    lambda s: record(s, ANNA, "r-1", 1),
    lambda s: record(s, ANNA, "r-2", 0),
    lambda s: protecting.grant(s, ADMIN, "r-1", Grantee.USER, "siv", AT + timedelta(1)),
    lambda s: protecting.break_glass(s, ANNA, "r-1"),
    lambda s: protecting.break_glass(s, ADMIN, "r-1"),
    lambda s: persons.person(s, SIV, KEYS, "r-1"),
    lambda s: record(s, SIV, "r-1", 1),
    lambda s: who_has_read(s, SIV, "r-1"),
    lambda s: review(s, ADMIN, AT - timedelta(1), AT + timedelta(1)),
    lambda s: protecting.protections(s, ADMIN),
    lambda s: protecting.grants(s, ADMIN),
    lambda s: protecting.emergencies(s, ADMIN, AT),
    lambda s: rotate(s, acting(), keys("ba", "yz")),
    lambda s: rotate(s, acting(), keys("c", "y")),
    lambda s: check(s),
    lambda s: protecting.unprotect(s, ADMIN, "r-1", MARKING),
    lambda s: erase(s, ADMIN, "r-1", dry_run=False),
    lambda s: end(s, later(1), "b-1", 1, date(2026, 6, 30)),
    lambda s: end(s, later(1), "b-2", 1, date(2026, 6, 30)),
    lambda s: plan(s, YEARS_LATER, keys("ba", "yz"), Retention(5, frozenset(), 5)),
    lambda s: carry_out(
        s, YEARS_LATER, plan(s, YEARS_LATER, keys("ba", "yz"), Retention(5, frozenset(), 5))
    ),
    lambda s: record(s, ANNA, "r-1", 0),
    lambda s: check(s),
)


def test_no_use_case_tells_who_somebody_is(
    store: Store, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    prepare(store)
    add_recipients(store, "r-2")
    caplog.set_level(logging.DEBUG)
    refused = done = 0
    for step in STEPS:
        told = ""
        try:
            answer = step(store)
            done += 1
        except CareError as error:
            refused += 1
            told = "".join(traceback.format_exception_only(error))
            told += repr(error) + repr(error.findings) + repr(error.__cause__)
            answer = None
        # An answer shows who it is about to who may see it, and not when it is printed.
        told += repr(answer)
        assert not marked(told), (step, marked(told))
        assert not marked(str(dump(store)))
        assert not in_files(store)
    with store.reading() as session:
        for ring in (keys("ba", "yz"), keys("d", "e")):
            assert not marked(repr(list(unopened(session, ring, "m-1"))))
    assert (refused, done) == (24, 22)
    printed = capfd.readouterr()
    everything = caplog.text + printed.out + printed.err
    assert not marked(everything)
    for letter in "abcyz":
        assert key(letter) not in everything


def marked(text: str) -> list[str]:
    """Which markers stand in `text`."""
    return [marker for marker in MARKERS if marker in text]


def in_files(store: Store) -> list[str]:
    """Which markers stand in the raw bytes of the database, where it is a file."""
    if not store.address.is_sqlite:
        return []
    path = Path(store.address.url.database or "")
    content = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    found = [m for m in MARKERS if m.encode() in content]
    return found + [m for m in MARKERS if m.encode("utf-16-le") in content]


def test_a_person_is_not_printed_by_chance() -> None:
    """A line such as ``logger.info(person)`` is how most leaks begin."""
    person = Person("r-1", Identity(NAME, NUMBER), 1)
    assert not marked(repr(person) + str(person) + f"{person}")
    assert marked(f"{person.identity.name} {person.identity.number}")
