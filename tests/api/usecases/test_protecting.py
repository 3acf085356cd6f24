"""Protected identities: hidden from all without a grant, and the glass that can be broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from api.refusals import Conflict, Forbidden
from api.store.access_log import Purpose
from api.store.check import check
from api.store.engine import Store
from api.store.person_records import AccessKind, Grantee, ProtectionKind
from api.usecases import persons, protecting
from api.usecases.reviewing import who_has_read
from api.usecases.sight import Reader, Right
from scheduler.care.errors import InvalidInput, NotFound
from scheduler.care.units import STOCKHOLM
from tests.api.store.dump import dump
from tests.api.store.person_samples import (
    ADMIN,
    ANNA,
    KEYS,
    NAMES,
    grant,
    populate,
    protect,
    reader,
    record,
)
from tests.api.store.samples import AT
from tests.api.store.tampering import past_guards


def sees(store: Store, by: Reader, recipient: str = "r-2") -> bool:
    """Whether the person is read; the list and the search must say the same."""
    number = NAMES[recipient][1] or ""
    listed = recipient in {each.recipient for each in persons.persons(store, by, KEYS).persons}
    answers = []
    for read in (
        lambda: persons.person(store, by, KEYS, recipient),
        lambda: persons.find(store, by, KEYS, number),
    ):
        try:
            read()
            answers.append(True)
        except NotFound:
            answers.append(False)
    assert answers == [listed, listed]
    return listed


@pytest.mark.parametrize("marking", sorted(ProtectionKind))
def test_every_kind_hides_at_once_until_it_is_ended(store: Store, marking: ProtectionKind) -> None:
    populate(store)
    assert sees(store, ANNA)
    # Valid from a day to come: waiting for it could only ever show somebody too long.
    made = protecting.protect(store, ADMIN, "r-2", marking, date(2027, 1, 1))
    assert (made.kind, made.marked_by, made.marked_at) == (marking, "admin-1", AT)
    assert not sees(store, ANNA)
    assert not sees(store, ADMIN)
    assert [each.kind for each in protecting.protections(store, ADMIN)] == [marking]
    protecting.unprotect(store, ADMIN, "r-2", marking)
    assert sees(store, ANNA)
    assert check(store) == []


def test_two_markings_hide_until_both_are_ended(store: Store) -> None:
    populate(store)
    for kind in (ProtectionKind.MARKED_CONFIDENTIAL, ProtectionKind.ASSUMED_IDENTITY):
        protecting.protect(store, ADMIN, "r-2", kind, date(2026, 1, 1))
    with pytest.raises(Conflict, match="ALREADY_PROTECTED"):
        protecting.protect(store, ADMIN, "r-2", ProtectionKind.ASSUMED_IDENTITY, date(2026, 1, 1))
    protecting.unprotect(store, ADMIN, "r-2", ProtectionKind.ASSUMED_IDENTITY)
    assert not sees(store, ANNA)
    with pytest.raises(Conflict, match="NOT_PROTECTED"):
        protecting.unprotect(store, ADMIN, "r-2", ProtectionKind.ASSUMED_IDENTITY)
    protecting.unprotect(store, ADMIN, "r-2", ProtectionKind.MARKED_CONFIDENTIAL)
    assert sees(store, ANNA)


def test_a_grant_is_for_one_user_one_person_and_its_time(store: Store) -> None:
    populate(store)
    protect(store, "r-2")
    protect(store, "r-3")
    grant(store, "r-2", to="anna", hours=2)
    assert sees(store, ANNA)
    assert not sees(store, ANNA, "r-3")
    assert not sees(store, replace(ANNA, act=replace(ANNA.act, actor="eva")))
    for minutes, live in ((0, True), (119, True), (120, False)):
        at = AT + timedelta(minutes=minutes)
        assert sees(store, replace(ANNA, act=replace(ANNA.act, at=at))) is live
    # Whose name is that of a role has not the role's grants, and the other way round.
    assert not sees(
        store, replace(ANNA, act=replace(ANNA.act, actor="x"), roles=frozenset({"anna"}))
    )


def test_a_grant_may_be_a_roles_and_be_taken_back(store: Store) -> None:
    populate(store)
    protect(store)
    made = protecting.grant(
        store, ADMIN, "r-2", Grantee.ROLE, "protected-unit", AT + timedelta(days=30)
    )
    team = replace(ANNA, roles=frozenset({"protected-unit"}))
    assert sees(store, team)
    assert not sees(store, ANNA)
    assert not sees(store, replace(ANNA, act=replace(ANNA.act, actor="protected-unit")))
    protecting.revoke(store, ADMIN, "r-2", made.number)
    assert not sees(store, team)
    with pytest.raises(Conflict, match="GRANT_REVOKED"):
        protecting.revoke(store, ADMIN, "r-2", made.number)
    with pytest.raises(NotFound):
        protecting.revoke(store, ADMIN, "r-2", 9)
    assert [each.revoked_by for each in protecting.grants(store, ADMIN)] == ["admin-1"]
    assert check(store) == []


@pytest.mark.parametrize(
    ("grantee", "until", "code"),
    [
        ("anna", timedelta(0), "GRANT_END"),
        ("anna", timedelta(days=-1), "GRANT_END"),
        ("anna", timedelta(days=367), "GRANT_END"),
        ("", timedelta(days=1), "NOT_AN_ID"),
        ("admin-1", timedelta(days=1), "SELF_GRANT"),
    ],
)
def test_a_grant_has_an_end_within_a_year_and_is_given_by_another(
    store: Store, grantee: str, until: timedelta, code: str
) -> None:
    populate(store)
    with pytest.raises(InvalidInput, match=code):
        protecting.grant(store, ADMIN, "r-2", Grantee.USER, grantee, AT + until)


EMERGENCY = Purpose("north", "Larm från hemmet, ambulansen behöver adressen")


def test_the_glass_is_broken_with_a_reason_for_four_hours_and_never_quietly(store: Store) -> None:
    populate(store)
    protect(store)
    anna = replace(ANNA, rights=ANNA.rights | {Right.BREAK_GLASS}, purpose=EMERGENCY)
    with pytest.raises(InvalidInput, match="NO_REASON"):
        protecting.break_glass(store, replace(anna, purpose=Purpose("north", "behövs")), "r-2")
    assert not sees(store, anna)
    made = protecting.break_glass(store, anna, "r-2")
    assert (made.emergency, made.reason, made.grantee) == (True, EMERGENCY.reason, "anna")
    assert sees(store, anna)
    assert not sees(store, replace(anna, act=replace(anna.act, at=AT + timedelta(hours=4))))
    assert protecting.emergencies(store, ADMIN, AT) == (made,)
    assert protecting.emergencies(store, ADMIN, AT + timedelta(seconds=1)) == ()
    grant(store, to="admin-2")
    lines, _ = who_has_read(store, reader("admin-2"), "r-2")
    kinds = {(line.kind, line.emergency) for line in lines if line.actor == "anna"}
    assert (AccessKind.EMERGENCY, True) in kinds
    assert (AccessKind.READ, True) in kinds
    # Asked for in vain before the glass was broken.
    assert (AccessKind.REFUSED, False) in kinds
    assert check(store) == []


def test_a_grant_besides_makes_a_reading_no_emergency(store: Store) -> None:
    populate(store)
    protect(store)
    anna = replace(ANNA, rights=ANNA.rights | {Right.BREAK_GLASS}, purpose=EMERGENCY)
    protecting.break_glass(store, anna, "r-2")
    grant(store, to="anna")
    persons.person(store, anna, KEYS, "r-2")
    grant(store, to="admin-2")
    lines, _ = who_has_read(store, reader("admin-2"), "r-2")
    assert [line.emergency for line in lines if line.kind is AccessKind.READ] == [False]


def test_there_is_no_glass_before_who_is_not_protected(store: Store) -> None:
    populate(store)
    for recipient in ("r-1", "r-9"):
        with pytest.raises(NotFound):
            protecting.break_glass(store, replace(ADMIN, purpose=EMERGENCY), recipient)


@pytest.mark.parametrize("right", [Right.PROTECT, Right.BREAK_GLASS, Right.REVIEW])
def test_each_act_needs_its_right(store: Store, right: Right) -> None:
    populate(store)
    without = replace(ADMIN, rights=frozenset(Right) - {right}, purpose=EMERGENCY)
    kind, day = ProtectionKind.MARKED_CONFIDENTIAL, date(2026, 1, 1)
    acts = {
        Right.PROTECT: [
            lambda: protecting.protect(store, without, "r-1", kind, day),
            lambda: protecting.unprotect(store, without, "r-1", kind),
            lambda: protecting.protections(store, without),
            lambda: protecting.grant(
                store, without, "r-1", Grantee.USER, "anna", AT + timedelta(1)
            ),
            lambda: protecting.revoke(store, without, "r-1", 1),
            lambda: protecting.grants(store, without),
        ],
        Right.BREAK_GLASS: [lambda: protecting.break_glass(store, without, "r-1")],
        Right.REVIEW: [lambda: protecting.emergencies(store, without, AT)],
    }
    before = dump(store)
    for act in acts[right]:
        with pytest.raises(Forbidden):
            act()
    assert dump(store) == before


def test_a_hidden_number_that_is_recorded_again_is_not_told(store: Store) -> None:
    """A refusal would tell that the number belongs to somebody who is protected."""
    populate(store)
    protect(store, "r-3")
    made = persons.record(store, ANNA, KEYS, "r-4", 1, name="Evy Ek", number="701063-2391")
    assert made.version == 2
    assert persons.find(store, ANNA, KEYS, "701063-2391").recipient == "r-4"


def test_a_hidden_person_is_not_recorded_over_and_the_try_is_logged(store: Store) -> None:
    populate(store)
    protect(store)
    for expected in (0, 1):
        with pytest.raises(NotFound):
            record(store, "r-2", ANNA, expected)
    grant(store, to="admin-2")
    lines, _ = who_has_read(store, reader("admin-2"), "r-2")
    refused = [line for line in lines if line.kind is AccessKind.REFUSED]
    assert [(line.actor, line.protected) for line in refused] == [("anna", True)] * 2


TAMPERINGS = {
    "DELETE FROM protection": "PROTECTION_UNLIKE_LOG",
    "UPDATE protection SET ended_at = marked_at, ended_by = 'x'": "PROTECTION_UNLIKE_LOG",
    "UPDATE protection SET recipient_id = 'r-3'": "PROTECTION_UNLIKE_LOG",
    "UPDATE person_grant SET grantee = 'eva'": "PROTECTION_UNLIKE_LOG",
    "UPDATE person_grant SET ends_at = '2031-01-01T00:00:00.000000+00:00'": "PROTECTION_UNLIKE_LOG",
    "DELETE FROM person WHERE recipient_id = 'r-1'": "PERSON_UNLIKE_LOG",
    "UPDATE person SET version = 2 WHERE recipient_id = 'r-1'": "PERSON_UNLIKE_LOG",
    "UPDATE access_log SET actor = 'eva' WHERE number = 2": "ACCESS_HASH",
    "UPDATE access_log SET reason = 'annat'": "ACCESS_HASH",
    **{
        f"UPDATE access_log SET {change} WHERE number = 2": "ACCESS_HASH"  # noqa: S608
        for change in (
            "at = '2026-01-01T00:00:00.000000+00:00'",
            "unit = 'south'",
            "kind = 'READ'",
            "recipient_id = 'r-2'",
            "case_id = 'b-2'",
            "case_id = NULL",
            "protected = NOT protected",
            "emergency = NOT emergency",
        )
    },
    "DELETE FROM access_log WHERE number = 2": "ACCESS_NUMBER",
    "DELETE FROM access_log WHERE number = 1": "ACCESS_NUMBER",
    "DELETE FROM access_log WHERE number > 2": "ACCESS_HEAD",
    "DELETE FROM access_log": "ACCESS_HEAD",
    "DELETE FROM access_head": "ACCESS_HEAD",
    "INSERT INTO erasure SELECT municipality_id, recipient_id, recorded_at, 'x' FROM person "
    "WHERE recipient_id = 'r-1'": "ERASURE_UNLIKE_LOG",
    "UPDATE plan_revision SET redacted = 1": "REDACTIONS",
    "UPDATE access_head SET kept_from = 2, kept_after = (SELECT hash FROM access_log "
    "WHERE number = 1)": "READINGS_CUT",
}


@pytest.mark.parametrize("statement", sorted(TAMPERINGS))
def test_what_somebody_changes_past_the_program_is_found(filled: Store, statement: str) -> None:
    from tests.api.store.person_samples import add_recipients

    add_recipients(filled, "r-2", "r-3", "r-4")
    for recipient in NAMES:
        record(filled, recipient)
    protect(filled)
    grant(filled)
    persons.persons(filled, ANNA, KEYS)
    assert check(filled) == []
    with past_guards(filled) as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert TAMPERINGS[statement] in {finding.code for finding in check(filled)}


GUARDS = {
    "UPDATE person SET recorded_by = 'x'": "VERSION_BY_ONE person",
    "UPDATE person SET version = version + 2": "VERSION_BY_ONE person",
    "DELETE FROM person": "ONLY_ERASED person",
    "DELETE FROM person_grant": "ONLY_ERASED person_grant",
    "UPDATE person_grant SET grantee = 'eva'": "ONLY_ENDED person_grant",
    "DELETE FROM protection": "NEVER_REMOVED protection",
    "UPDATE protection SET valid_from = '2020-01-01'": "ONLY_ENDED protection",
    "UPDATE access_log SET reason = 'annat'": "APPEND_ONLY access_log",
    "DELETE FROM access_log": "ONLY_OLD access_log",
    "UPDATE access_head SET number = number - 1": "ONLY_FORWARD access_head",
    "DELETE FROM access_head": "NEVER_REMOVED access_head",
    "UPDATE decision_revision SET lat = 0, lon = 0, required_skills_json = '[]', "
    "wishes_json = '{}'": "APPEND_ONLY decision_revision",
    "UPDATE interruption SET reason = ''": "APPEND_ONLY interruption",
}


@pytest.mark.parametrize("statement", sorted(GUARDS))
def test_the_database_refuses_it_by_itself(store: Store, statement: str) -> None:
    populate(store)
    protect(store)
    grant(store)
    persons.persons(store, ANNA, KEYS)
    before = dump(store)
    with pytest.raises(Conflict, match=GUARDS[statement]), store.writing() as session:
        session.connection().execute(text(statement))
    assert dump(store) == before


def test_a_grant_is_logged_as_it_is_read_back(store: Store) -> None:
    """Over HTTP its end comes in any zone; the log and the row must say the same."""
    populate(store)
    end = (AT + timedelta(days=2)).astimezone(STOCKHOLM)
    protecting.grant(store, ADMIN, "r-2", Grantee.USER, "anna", end)
    assert check(store) == []
