"""The invariants: what somebody changes past the program is found, whatever it is."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.store.audit import Anchor
from api.store.check import check, heads
from api.store.engine import Store
from api.usecases import planning
from tests.api.store.samples import ACT, NORTH
from tests.api.store.tampering import past_guards


def test_what_the_use_cases_leave_is_sound(filled: Store) -> None:
    assert check(filled) == []


TAMPERINGS = {
    # What was granted, and to whom
    "UPDATE service_line SET times = 3 WHERE decision_id = 'b-1'": "UNLIKE_LOG",
    "UPDATE service_line SET bands_json = 'x'": "UNREADABLE",
    "DELETE FROM service_line WHERE decision_id = 'b-2'": "DECISION_WITHOUT_LINES",
    "UPDATE placement SET unit_id = 'north' WHERE decision_id = 'b-2'": "UNLIKE_LOG",
    "UPDATE provider SET kind = 'OWN'": "UNLIKE_LOG",
    "DELETE FROM placement WHERE decision_id = 'b-2'": "UNREADABLE",
    "UPDATE interruption SET reason = 'annat'": "UNLIKE_LOG",
    "UPDATE decision_revision SET lat = lat + 0.001": "UNLIKE_LOG",
    "UPDATE decision_revision SET event = 'ENDED' WHERE number = 2": "UNLIKE_LOG",
    "DELETE FROM decision_revision WHERE number = 2": "REVISIONS",
    "UPDATE decision SET version = 1 WHERE id = 'b-1'": "REVISIONS",
    "UPDATE decision SET recipient_id = 'r-2'": "UNLIKE_LOG",
    "UPDATE decision_revision SET intake_key = NULL WHERE decision_id = 'b-2'": "HALF_INTAKE",
    # Plans
    "UPDATE plan_revision SET plan_json = '{}' WHERE number = 1": "UNREADABLE",
    "UPDATE plan_revision SET plan_json = plan_json || ' '": "UNLIKE_LOG",
    "UPDATE plan_revision SET input_json = input_json || ' '": "UNLIKE_LOG",
    "UPDATE plan_visit SET carer_id = 'bo' WHERE revision = 1": "VISITS_UNLIKE_PLAN",
    "DELETE FROM plan_visit WHERE revision = 3": "VISITS_UNLIKE_PLAN",
    "DELETE FROM plan_revision WHERE number = 1": "REVISIONS",
    "UPDATE day_plan SET version = 6": "STEPS",
    "DELETE FROM booking WHERE visit_id = 'v-2'": "BOOKINGS",
    "UPDATE plan_revision SET status = 'SUPERSEDED', superseded_at = saved_at "
    "WHERE number = 2": "BOOKINGS",
    # The log
    "UPDATE audit SET actor = 'nobody' WHERE number = 3": "AUDIT_HASH",
    "DELETE FROM audit WHERE number = 3": "AUDIT_NUMBER",
    "DELETE FROM audit WHERE number > 8": "AUDIT_HEAD",
    "DELETE FROM audit_head": "AUDIT_HEAD",
}


@pytest.mark.parametrize("statement", sorted(TAMPERINGS))
def test_a_change_past_the_program_is_found(filled: Store, statement: str) -> None:
    with past_guards(filled) as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert TAMPERINGS[statement] in {finding.code for finding in check(filled)}


def test_two_bookings_at_once_are_found(filled: Store) -> None:
    if not filled.address.is_sqlite:
        with filled.engine.begin() as connection:
            connection.execute(text("ALTER TABLE booking DROP CONSTRAINT booking_not_double"))
    columns = "municipality_id, unit_id, day, revision, visit_id, carer_id, starts_at, ends_at"
    with past_guards(filled) as connection:
        connection.execute(
            text(
                f"INSERT INTO booking ({columns}) SELECT municipality_id, 'south', day, revision, "
                "visit_id, carer_id, starts_at, ends_at FROM booking WHERE visit_id = 'v-1'"
            )
        )
    assert "DOUBLE_BOOKED" in {finding.code for finding in check(filled)}


def test_a_reference_to_nothing_is_found_where_the_file_says_so(filled: Store) -> None:
    """On PostgreSQL a foreign key cannot be broken without a superuser's switch."""
    with past_guards(filled) as connection:
        connection.execute(text("DELETE FROM recipient"))
    expected = {"REFERENCE_BROKEN"} if filled.address.is_sqlite else set()
    assert {finding.code for finding in check(filled)} == expected


def test_a_log_made_anew_is_found_by_a_noted_head(filled: Store) -> None:
    noted = heads(filled)
    assert check(filled, noted) == []
    assert check(filled, {"m-1": Anchor(3, "f" * 64)})[0].code == "AUDIT_ANCHOR"
    planning.approve(filled, ACT, NORTH, 3, 7)
    # The log goes on; an earlier head still stands in it.
    assert check(filled, noted) == []


def test_no_finding_repeats_what_is_personal(filled: Store) -> None:
    with past_guards(filled) as connection:
        connection.execute(text("UPDATE interruption SET reason = 'hemlig orsak'"))
        connection.execute(text("UPDATE decision_revision SET lat = 12.3456"))
    told = "\n".join(str(finding) for finding in check(filled))
    assert told
    assert "hemlig" not in told
    assert "12.3456" not in told
