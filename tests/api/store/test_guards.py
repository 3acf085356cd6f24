"""What the database refuses by itself, on both databases: each rule held and broken."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.refusals import Conflict
from api.store.check import check
from api.store.engine import Store
from api.store.guards import missing_guards
from api.usecases import planning
from tests.api.store.dump import dump
from tests.api.store.samples import (
    ACT,
    NORTH,
    day_and_plan,
    prepare,
    published,
)


def run(store: Store, *statements: str, **values: Any) -> None:
    """Run the statements in one transaction, as they stand."""
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def refused(store: Store, rule: str, *statements: str, **values: Any) -> None:
    """The last of the statements is refused by that rule, and nothing of any is left."""
    before = dump(store)
    with pytest.raises(IntegrityError, match=rule):
        run(store, *statements, **values)
    assert dump(store) == before


CHANGES = {
    "provider": "kind = 'OWN'",
    "intake": "decisions = 1",
    "audit": "actor = 'nobody'",
    "decision_revision": "zone = 'rural'",
    "service_line": "times = 3",
    "placement": "zone = 'x'",
    "interruption": "reason = ''",
    "plan_visit": "carer_id = 'bo'",
}


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_what_was_written_stays_as_it_is(filled: Store, table: str) -> None:
    """Last year's decision must read next year as it was made."""
    rule = f"APPEND_ONLY {table}"
    refused(filled, rule, f"UPDATE {table} SET {CHANGES[table]}")
    refused(filled, rule, f"DELETE FROM {table}")
    if not filled.address.is_sqlite:
        refused(filled, r"APPEND_ONLY|NEVER_REMOVED", f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", ["decision", "audit_head", "plan_revision", "day_plan"])
def test_what_counts_is_never_removed(filled: Store, table: str) -> None:
    refused(filled, f"NEVER_REMOVED {table}", f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("decision", "version = version + 2"),
        ("decision", "version = version"),
        ("decision", "version = version + 1, recipient_id = 'r-2'"),
        ("day_plan", "version = version + 2"),
        ("day_plan", "version = version + 1, day = '2026-03-05'"),
    ],
)
def test_a_version_counts_up_by_one_and_the_rest_stays(
    filled: Store, table: str, change: str
) -> None:
    run(filled, f"UPDATE {table} SET version = version + 1")
    refused(filled, f"VERSION_BY_ONE {table}", f"UPDATE {table} SET {change}")


def test_the_head_of_the_log_goes_forward_only(filled: Store) -> None:
    refused(filled, "ONLY_FORWARD audit_head", "UPDATE audit_head SET number = number - 1")


@pytest.mark.parametrize(
    "change",
    [
        "status = 'DRAFT', approved_at = NULL, approved_by = NULL, published_at = NULL, "
        "published_by = NULL",
        "plan_json = '{}'",
        "input_json = '{}', status = 'SUPERSEDED', superseded_at = saved_at",
        "published_by = 'nobody', status = 'SUPERSEDED', superseded_at = saved_at",
        "saved_by = 'nobody'",
    ],
)
def test_a_published_plan_is_immutable(filled: Store, change: str) -> None:
    where = "WHERE status = 'PUBLISHED'"
    refused(filled, "ONLY_FORWARD plan_revision", f"UPDATE plan_revision SET {change} {where}")


def test_a_draft_is_not_published_unapproved(filled: Store) -> None:
    refused(
        filled,
        "ONLY_FORWARD plan_revision",
        "UPDATE plan_revision SET status = 'PUBLISHED', approved_at = saved_at, approved_by = "
        "'x', published_at = saved_at, published_by = 'x' WHERE status = 'DRAFT'",
    )


VISIT = "municipality_id, unit_id, day, revision, visit_id, carer_id, starts_at, ends_at"


def test_a_published_plan_gets_no_more_visits(filled: Store) -> None:
    statement = (
        f"INSERT INTO plan_visit ({VISIT}) SELECT municipality_id, unit_id, day, :revision, 'v-9', "
        "'bo', starts_at, ends_at FROM plan_visit WHERE revision = 2 AND visit_id = 'v-1'"
    )
    run(filled, statement, revision=3)
    refused(filled, "ONLY_DRAFT plan_visit", statement, revision=2)


def test_only_a_published_plan_books(filled: Store) -> None:
    refused(
        filled,
        "ONLY_PUBLISHED booking",
        f"INSERT INTO booking ({VISIT}) SELECT {VISIT} FROM plan_visit WHERE revision = 3",
    )


def test_a_published_plan_keeps_its_bookings(filled: Store) -> None:
    refused(filled, "ONLY_SUPERSEDED booking", "DELETE FROM booking")
    refused(filled, "APPEND_ONLY booking", "UPDATE booking SET carer_id = 'bo'")


def test_a_booking_says_what_its_plan_says(store: Store) -> None:
    """Else the one table that is guarded against double booking could be given other times."""
    prepare(store)
    key = published(store)
    step = planning.save(store, ACT, "north", 3, *day_and_plan(carer="bo"))
    step = planning.approve(store, ACT, key, 2, step.version)
    refused(
        store,
        r"(?i)foreign key",
        "UPDATE plan_revision SET status = 'SUPERSEDED', superseded_at = saved_at WHERE number = 1",
        "DELETE FROM booking",
        "UPDATE plan_revision SET status = 'PUBLISHED', published_at = saved_at, "
        "published_by = 'x' WHERE number = 2",
        f"INSERT INTO booking ({VISIT}) SELECT municipality_id, unit_id, day, revision, visit_id, "
        "'clara', starts_at, ends_at FROM plan_visit WHERE revision = 2",
    )


PUBLISH = (
    "UPDATE plan_revision SET status = 'PUBLISHED', published_at = saved_at, published_by = 'x' "
    "WHERE unit_id = 'south'"
)
BOOK = f"INSERT INTO booking ({VISIT}) SELECT {VISIT} FROM plan_visit WHERE unit_id = 'south'"


@pytest.mark.parametrize(
    ("clock", "free"),
    [("07:20", True), ("07:21", False), ("08:00", False), ("08:39", False), ("08:40", True)],
)
def test_nobody_is_booked_twice_whatever_the_program_thinks(
    store: Store, clock: str, free: bool
) -> None:
    """The north books 09:00-09:40; a visit may begin at the minute when another ends."""
    prepare(store)
    published(store)
    step = planning.save(store, ACT, "south", 0, *day_and_plan(clock=clock))
    planning.approve(store, ACT, planning.PlanKey("south", NORTH.day), 1, step.version)
    if free:
        run(store, PUBLISH, BOOK)
        assert len(dump(store)["booking"]) == 4
    else:
        refused(store, r"booking_not_double|DOUBLE_BOOKED booking", PUBLISH, BOOK)


def test_one_plan_of_a_day_is_published(filled: Store) -> None:
    run(
        filled,
        "UPDATE plan_revision SET status = 'APPROVED', approved_at = saved_at, "
        "approved_by = 'x' WHERE number = 3",
    )
    refused(
        filled,
        r"ix_plan_revision_one_published|UNIQUE constraint failed: plan_revision",
        "UPDATE plan_revision SET status = 'PUBLISHED', published_at = saved_at, "
        "published_by = 'x' WHERE number = 3",
    )


NOBODY = "municipality_id, id, recipient_id, version"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (f"INSERT INTO decision ({NOBODY}) VALUES ('m-1', 'b-3', 'r-9', 1)", "(?i)foreign key"),
        (f"INSERT INTO decision ({NOBODY}) VALUES ('m-2', 'b-3', 'r-1', 1)", "(?i)foreign key"),
        (f"INSERT INTO decision ({NOBODY}) VALUES ('m-1', 'b-3', 'r-1', 0)", "decision_version"),
        (f"INSERT INTO decision ({NOBODY}) VALUES ('m-1', 'b-1', 'r-1', 1)", "(?i)unique"),
        ("INSERT INTO provider (municipality_id, id, kind) VALUES ('m-1', 'p', 'X')", "_kind"),
        (
            "INSERT INTO intake (municipality_id, key, sha256, decisions, received_at, "
            "received_by) SELECT municipality_id, key, sha256, decisions, received_at, "
            "received_by FROM intake",
            "(?i)unique",
        ),
    ],
)
def test_keys_references_and_codes_hold(filled: Store, statement: str, rule: str) -> None:
    refused(filled, rule, statement)


def test_a_refusal_within_a_use_case_is_a_conflict(filled: Store) -> None:
    with pytest.raises(Conflict, match="APPEND_ONLY audit"), filled.writing() as session:
        session.execute(text("UPDATE audit SET actor = 'nobody'"))


def test_every_guard_is_there(store: Store) -> None:
    with store.engine.connect() as connection:
        assert missing_guards(connection) == []


def test_a_guard_that_is_gone_or_switched_off_is_told(store: Store) -> None:
    if store.address.is_sqlite:
        run(store, "DROP TRIGGER audit_no_update")
    else:
        run(store, "ALTER TABLE audit DISABLE TRIGGER audit_no_update")
    with store.engine.connect() as connection:
        assert missing_guards(connection) == ["audit_no_update"]
    assert [each.code for each in check(store)] == ["GUARD_MISSING"]
