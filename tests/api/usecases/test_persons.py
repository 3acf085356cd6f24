"""Recording and reading persons: versions, search, order, and a logged line for each reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.refusals import Conflict, Forbidden, Stale
from api.store.access_log import Purpose
from api.store.check import check
from api.store.engine import Store
from api.store.person_check import unopened
from api.store.person_records import AccessKind, Identity
from api.store.sealing import Sealed
from api.usecases import persons
from api.usecases.reviewing import who_has_read
from api.usecases.sight import Right
from scheduler.care.errors import InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.person_samples import (
    ADMIN,
    ANNA,
    KEYS,
    NAMES,
    grant,
    keys,
    populate,
    protect,
    reader,
    record,
)
from tests.api.store.samples import prepare


def test_what_was_recorded_is_read(store: Store) -> None:
    populate(store)
    for recipient, (name, number) in NAMES.items():
        found = persons.person(store, ANNA, KEYS, recipient)
        assert (found.identity, found.version) == (Identity(name, number), 1)
    assert check(store) == []


def test_a_correction_names_the_version_that_holds(store: Store) -> None:
    populate(store)
    made = persons.record(store, ANNA, KEYS, "r-1", 1, name=" Åsa Ek ", number=None)
    assert (made.identity, made.version) == (Identity("Åsa Ek", None), 2)
    assert persons.person(store, ANNA, KEYS, "r-1") == made
    before = dump(store)
    for expected in (0, 1, 3):
        with pytest.raises(Stale):
            persons.record(store, ANNA, KEYS, "r-1", expected, name="Åsa", number=None)
    assert dump(store) == before
    assert check(store) == []


def test_a_number_is_found_however_it_is_written(store: Store) -> None:
    populate(store)
    for text in ("701063-2391", "19701063-2391", "197010632391"):
        assert persons.find(store, ANNA, KEYS, text).recipient == "r-3"
    with pytest.raises(NotFound) as refused:
        persons.find(store, ANNA, KEYS, "201701012393")
    assert "2393" not in str(refused.value)
    persons.record(store, ANNA, KEYS, "r-3", 1, name="Bo Ek", number=None)
    with pytest.raises(NotFound):
        persons.find(store, ANNA, KEYS, "701063-2391")


def test_a_number_that_another_has_is_refused(store: Store) -> None:
    populate(store)
    before = dump(store)
    with pytest.raises(Conflict, match="NUMBER_TAKEN") as refused:
        persons.record(store, ANNA, KEYS, "r-4", 1, name="Evy Ek", number="701063-2391")
    assert dump(store) == before
    assert "r-3" not in str(refused.value)


def test_the_list_is_in_swedish_order_and_by_pages(store: Store) -> None:
    populate(store)
    page = persons.persons(store, ANNA, KEYS)
    assert [each.identity.name for each in page.persons] == [
        "Bo Ek", "Evy Ek", "Zäta Öhrn", "Åsa Östlund",
    ]  # fmt: skip
    assert page.total == 4
    second = persons.persons(store, ANNA, KEYS, offset=1, limit=2)
    assert [each.recipient for each in second.persons] == ["r-4", "r-2"]
    assert second.total == 4
    some = persons.persons(store, ANNA, KEYS, name="EK")
    assert ([each.recipient for each in some.persons], some.total) == (["r-3", "r-4"], 2)
    for wrong in ({"offset": -1}, {"limit": 0}, {"limit": 201}):
        with pytest.raises(InvalidInput, match="OUT_OF_RANGE"):
            persons.persons(store, ANNA, KEYS, **wrong)


def test_each_reading_has_its_line_with_who_when_whom_how_and_why(store: Store) -> None:
    populate(store)
    persons.person(store, ANNA, KEYS, "r-3")
    persons.find(store, ANNA, KEYS, "701063-2391")
    persons.persons(store, ANNA, KEYS, name="ek", limit=1)
    lines, total = who_has_read(store, ADMIN, "r-3")
    assert total == 3
    assert [line.kind for line in lines] == [
        AccessKind.LISTED, AccessKind.FOUND, AccessKind.READ,
    ]  # fmt: skip
    line = lines[-1]
    assert (line.actor, line.at, line.unit, line.reason, line.case, line.recipient) == (
        "anna", ANNA.act.at, "north", ANNA.purpose.reason, "b-1", "r-3",
    )  # fmt: skip
    assert not line.protected
    # Who was found and not shown on the page is not read; the question itself is a reading.
    assert who_has_read(store, ADMIN, "r-4")[1] == 0
    assert who_has_read(store, ADMIN, "r-3")[0][0].kind is AccessKind.LOG
    assert check(store) == []


@pytest.mark.parametrize("right", sorted(Right))
def test_without_the_right_nothing_is_done_and_nothing_told(store: Store, right: Right) -> None:
    """Nobody has any right by default."""
    populate(store)
    nobody = replace(ANNA, rights=frozenset(Right) - {right})
    acts = {
        Right.READ: [
            lambda: persons.person(store, nobody, KEYS, "r-1"),
            lambda: persons.find(store, nobody, KEYS, "701063-2391"),
            lambda: persons.persons(store, nobody, KEYS),
        ],
        Right.RECORD: [lambda: record(store, "r-1", nobody, 1)],
        Right.REVIEW: [lambda: who_has_read(store, nobody, "r-1")],
    }
    before = dump(store)
    for act in acts.get(right, []):
        with pytest.raises(Forbidden, match="NO_RIGHT"):
            act()
    assert dump(store) == before
    assert replace(reader(), rights=frozenset()).rights == frozenset()


def test_who_does_not_read_records_nothing_either(store: Store) -> None:
    """Else a recording would tell whether somebody is protected."""
    populate(store)
    with pytest.raises(NotFound):
        record(store, "r-1", reader("eva", Right.RECORD), 1)


@pytest.mark.parametrize(
    ("purpose", "code"),
    [
        (Purpose("north", ""), "NO_REASON"),
        (Purpose("north", "  "), "NO_REASON"),
        (Purpose("north", "x" * 501), "NO_REASON"),
        (Purpose("north", "två\nrader"), "NO_REASON"),
        (Purpose("", "Utredning"), "NOT_AN_ID"),
        (Purpose("north", "Utredning", "b\n1"), "NOT_AN_ID"),
    ],
)
def test_who_does_not_say_why_sees_nothing(store: Store, purpose: Purpose, code: str) -> None:
    populate(store)
    with pytest.raises(InvalidInput, match=code):
        persons.person(store, replace(ANNA, purpose=purpose), KEYS, "r-1")
    assert who_has_read(store, ADMIN, "r-1")[1] == 0


def test_every_fault_of_a_person_at_once_and_none_repeated(store: Store) -> None:
    prepare(store)
    with pytest.raises(InvalidInput) as refused:
        persons.record(store, ANNA, KEYS, "r-1", 0, name="Anna\nEk", number="19380517-2389")
    assert [each.code for each in refused.value.findings] == [
        "NOT_A_NAME", "NOT_AN_IDENTITY_NUMBER",
    ]  # fmt: skip
    assert not [word for word in ("Anna", "2389", "193805") if word in str(refused.value)]
    for name in ("", " ", "x" * 201):
        with pytest.raises(InvalidInput, match="NOT_A_NAME"):
            persons.record(store, ANNA, KEYS, "r-1", 0, name=name, number=None)


def test_only_a_recipient_becomes_a_person(store: Store) -> None:
    prepare(store)
    for unknown in ("r-9", "19380517-2388"):
        with pytest.raises(NotFound) as refused:
            persons.record(store, ANNA, KEYS, unknown, 0, name="Anna", number=None)
        assert unknown not in str(refused.value)
    with pytest.raises(NotFound):
        persons.person(store, ANNA, KEYS, "r-1")


def test_a_row_that_somebody_moved_is_not_read(store: Store) -> None:
    """Whoever can write to the database could else read one person under another's id."""
    populate(store)
    with store.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE person SET version = 2, sealed = (SELECT sealed FROM person AS other "
            "WHERE other.recipient_id = 'r-2') WHERE recipient_id = 'r-1'"
        )
    with pytest.raises(Sealed, match="PERSON_SEAL"):
        persons.person(store, ANNA, KEYS, "r-1")
    assert "PERSON_UNLIKE_LOG" in {each.code for each in check(store)}
    with store.reading() as session:
        assert [each.code for each in unopened(session, KEYS, "m-1")] == ["PERSON_SEAL"]


def test_with_the_wrong_keys_nobody_is_read_and_nothing_logged(store: Store) -> None:
    populate(store)
    for wrong in (keys("b"), keys("b", "y")):
        with pytest.raises(Sealed):
            persons.person(store, ANNA, wrong, "r-1")
        with pytest.raises(Sealed):
            persons.persons(store, ANNA, wrong)
    assert who_has_read(store, ADMIN, "r-1")[1] == 0
    with store.reading() as session:
        assert list(unopened(session, KEYS, "m-1")) == []
        codes = {each.code for each in unopened(session, keys("b", "y"), "m-1")}
    assert codes == {"PERSON_KEY_UNKNOWN"}


def test_a_granted_reader_reads_a_protected_person(store: Store) -> None:
    populate(store)
    protect(store)
    grant(store)
    found = persons.person(store, ANNA, KEYS, "r-2")
    assert [str(kind) for kind in found.protected] == ["PROTECTED_REGISTRATION"]
    assert persons.persons(store, ANNA, KEYS).total == 4
    grant(store, to="admin-2")
    lines, _ = who_has_read(store, reader("admin-2"), "r-2")
    assert {line.protected for line in lines} == {True}
