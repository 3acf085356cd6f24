"""
Non-interference: protected persons change no byte of the answers of who may not see them.

Two municipalities are alike but for their protected persons, who are added, changed, corrected,
read by others and erased in one of them only. Whatever Anna asks, and whatever she is refused, must
be the same in both: lists, counts, order, pages, searches, and not found versus hidden.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.store.address import database_address
from api.store.check import check
from api.store.engine import Store
from api.store.migrate import upgrade
from api.store.person_records import Grantee, ProtectionKind
from api.usecases import persons, protecting
from api.usecases.erasing import erase
from api.usecases.reviewing import who_has_read
from api.usecases.sight import Reader, Right
from scheduler.care.errors import CareError
from tests.api.store.person_samples import (
    ADMIN,
    ANNA,
    KEYS,
    add_recipients,
    number_of,
    reader,
)
from tests.api.store.samples import AT, prepare

OPEN = [f"o-{number}" for number in range(4)]
HIDDEN = [f"h-{number}" for number in range(4)]
NAMES = ["Anna Ek", "Åke Ek", "Bo Alm", "Örjan Öst", "Zara Ek", "anna ek"]
NUMBERS = [number_of(date(1938, 5, day)) for day in range(1, 6)]
# Asks and records as an assessor does, and looks after who has read what.
ASKING = replace(ANNA, rights=ANNA.rights | {Right.REVIEW, Right.ERASE})
SECRET = reader("siv")


@st.composite
def worlds(draw: st.DrawFn) -> list[tuple[str, str, str | None]]:
    """Recipient, name and number of the persons of one kind."""
    kind = draw(st.sampled_from([OPEN]))
    return [
        (recipient, draw(st.sampled_from(NAMES)), draw(st.sampled_from([*NUMBERS, None])))
        for recipient in kind
    ]


@st.composite
def secrets(draw: st.DrawFn) -> list[tuple[str, str, str | None, ProtectionKind, str]]:
    """Protected persons: who they are, by which marking, and what happens to them besides."""
    return [
        (
            recipient,
            draw(st.sampled_from(NAMES)),
            draw(st.sampled_from([*NUMBERS, None])),
            draw(st.sampled_from(list(ProtectionKind))),
            draw(
                st.sampled_from(["nothing", "corrected", "granted", "broken", "erased", "absent"])
            ),
        )
        for recipient in HIDDEN
    ]


def record(
    store: Store, by: Reader, recipient: str, name: str, number: str | None, expected: int = 0
) -> object:
    """A person, as :func:`api.usecases.persons.record` takes it."""
    return persons.record(store, by, KEYS, recipient, expected, name=name, number=number)


def add_open(store: Store, people: list[tuple[str, str, str | None]]) -> None:
    """Everybody whom Anna may see; of a number that is taken nothing is recorded."""
    for recipient, name, number in people:
        answer(partial(record, store, ADMIN, recipient, name, number))


def add_hidden(
    store: Store, people: list[tuple[str, str, str | None, ProtectionKind, str]]
) -> None:
    """Everybody whom she may not see."""
    for recipient, name, number, kind, besides in people:
        if besides == "absent":
            continue
        protecting.protect(store, ADMIN, recipient, kind, date(2026, 1, 1))
        until = AT + timedelta(days=1)
        protecting.grant(store, ADMIN, recipient, Grantee.USER, "siv", until)
        # Refused where Siv sees that another has the number; then without it.
        for each in (number, None):
            answer(partial(record, store, SECRET, recipient, name, each))
        if besides == "corrected":
            persons.record(store, SECRET, KEYS, recipient, 1, name="Ny Ek", number=None)
        elif besides == "granted":
            protecting.grant(store, ADMIN, recipient, Grantee.ROLE, "team", until)
            persons.person(store, SECRET, KEYS, recipient)
        elif besides == "broken":
            protecting.break_glass(store, SECRET, recipient)
        elif besides == "erased":
            erase(store, SECRET, recipient, dry_run=False)


def answer(ask) -> str:  # type: ignore[no-untyped-def]
    """What is told, whether an answer or a refusal."""
    try:
        return repr(ask())
    except CareError as refused:
        return f"{type(refused).__name__}: {refused}"


def told(store: Store) -> list[str]:
    """Everything that Anna can ask, in words."""
    asked = [
        *(
            lambda name=name, offset=offset: shown(store, name, offset)
            for name in ("", "ek", "å", "ny", "zz")
            for offset in (0, 2)
        ),
        *(lambda r=r: persons.person(store, ASKING, KEYS, r) for r in [*OPEN, "nobody"]),
        *(lambda n=n: seen(store, n) for n in NUMBERS),
        *(lambda r=r: who_has_read(store, ASKING, r, limit=1) for r in [*OPEN, "nobody"]),
        *(lambda r=r: erase(store, ASKING, r, dry_run=True) for r in [*OPEN, "nobody"]),
    ]
    return [answer(each) for each in asked]


def shown(store: Store, name: str, offset: int) -> object:
    """A page with what is hidden when it is printed."""
    page = persons.persons(store, ASKING, KEYS, name=name, offset=offset, limit=2)
    return (
        page.total,
        [(p.recipient, p.identity.name, p.identity.number, p.version) for p in page.persons],
    )


def seen(store: Store, number: str) -> object:
    """Who is found by a number."""
    found = persons.find(store, ASKING, KEYS, number)
    return (found, found.identity.name, found.identity.number)


COUNT = itertools.count()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the municipality and its recipients; a copy takes a millisecond."""
    path = tmp_path_factory.mktemp("interference") / "template.db"
    made = Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
    upgrade(made)
    prepare(made)
    add_recipients(made, *OPEN, *HIDDEN)
    made.close()
    return path


@contextmanager
def copied(template: Path) -> Iterator[Store]:
    """A store of its own."""
    path = template.with_name(f"{next(COUNT)}.db")
    copyfile(template, path)
    store = Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
    try:
        yield store
    finally:
        store.close()
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()


@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(people=worlds(), hidden=secrets(), first=st.booleans())
def test_protected_persons_change_no_byte_of_an_answer(
    template: Path,
    people: list[tuple[str, str, str | None]],
    hidden: list[tuple[str, str, str | None, ProtectionKind, str]],
    first: bool,
) -> None:
    with copied(template) as without, copied(template) as with_them:
        if first:
            add_hidden(with_them, hidden)
        for store in (without, with_them):
            add_open(store, people)
        if not first:
            add_hidden(with_them, hidden)
        assert told(with_them) == told(without)
        # What she writes tells nothing either, whoever has the number.
        for name, number in (("Ny Ek", NUMBERS[0]), ("Ny Alm", None)):
            write = partial(record, name=name, number=number, expected=1)
            assert answer(partial(write, without, ASKING, OPEN[0])) == answer(
                partial(write, with_them, ASKING, OPEN[0])
            )
        # Asked again, since the first questions are logged and may not tell now.
        assert told(with_them) == told(without)
        assert check(with_them) == []


def test_hidden_and_unknown_ids_are_answered_alike(store: Store) -> None:
    """On both databases; the ids of the protected are asked for themselves."""
    prepare(store)
    add_recipients(store, *OPEN, *HIDDEN)
    add_open(store, [(OPEN[0], "Anna Ek", NUMBERS[0])])
    people = [
        (recipient, "Bo Ek", NUMBERS[1], kind, besides)
        for recipient, kind, besides in zip(
            HIDDEN, itertools.cycle(ProtectionKind), ["nothing", "granted", "broken", "corrected"],
            strict=False,
        )
    ]  # fmt: skip
    add_hidden(store, people)
    for ask in (
        lambda r: persons.person(store, ASKING, KEYS, r),
        lambda r: persons.record(store, ASKING, KEYS, r, 0, name="A", number=NUMBERS[1]),
        lambda r: who_has_read(store, ASKING, r),
        lambda r: erase(store, ASKING, r, dry_run=True),
        lambda r: erase(store, ASKING, r, dry_run=False),
    ):
        answers = {answer(lambda r=r: ask(r)) for r in [*HIDDEN, "nobody"]}  # noqa: B023
        assert len(answers) == 1, answers
    assert check(store) == []
