"""Logins with a browser: found by whoever keeps the id, for as long as they last, and logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from api.access.caller import Caller, Role
from api.access.identify import Session
from api.store.check import check
from api.store.engine import Store
from api.store.tables import AuditRow, SessionRow
from api.usecases.sessions import NOTED, Lifetime, end_session, find_session, open_session
from tests.api.store.dump import dump
from tests.api.store.samples import AT, prepare
from tests.api.usecases.test_failures import Faults, failed

LIFETIME = Lifetime(timedelta(minutes=30), timedelta(hours=2))
CALLER = Caller(
    "u-9", "m-1", frozenset({Role.PROVIDER, Role.CARER}), "p-1", frozenset({"north"}), "anna"
)


def opened(store: Store, at: datetime = AT) -> Session:
    return open_session(store, CALLER, at, LIFETIME)


def found(store: Store, session: Session, minutes: float) -> Session | None:
    return find_session(store, session.id, AT + timedelta(minutes=minutes), LIFETIME)


def sessions(store: Store) -> int:
    with store.reading() as session:
        return len(session.exec(select(SessionRow)).all())


def log(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as session:
        query = select(AuditRow).where(AuditRow.subject_kind == "user")
        rows = session.exec(query.order_by(col(AuditRow.number)))
        return [(row.action, row.actor, row.subject_id) for row in rows]


def test_a_session_is_found_as_it_was_opened(store: Store) -> None:
    made = opened(store)
    assert found(store, made, 1) == made
    assert found(store, replace(made, id=made.id[:-1]), 1) is None


def test_two_sessions_have_nothing_in_common(store: Store) -> None:
    first, second = opened(store), opened(store)
    assert len({first.id, second.id, first.csrf_token, second.csrf_token}) == 4
    assert min(map(len, (first.id, first.csrf_token))) >= 43  # 32 random bytes


def test_the_store_does_not_know_what_the_browser_keeps(store: Store) -> None:
    """Whoever reads the database, or a copy of it, must not go on with somebody's session."""
    made = opened(store)
    assert made.id not in repr(dump(store))
    assert made.id not in repr(made)
    assert made.csrf_token not in repr(made)


def test_an_unused_session_ends(store: Store) -> None:
    made = opened(store)
    assert found(store, made, 29.9) is not None
    assert found(store, made, 59.8) is not None
    assert found(store, made, 89.9) is None


def test_a_used_session_ends_too(store: Store) -> None:
    made = opened(store)
    for minutes in range(20, 120, 20):
        assert found(store, made, minutes) is not None
    assert found(store, made, 120) is None


def test_reading_does_not_write_all_the_time(store: Store) -> None:
    made = opened(store)
    before = dump(store)
    assert find_session(store, made.id, AT + NOTED * 0.99, LIFETIME) == made
    assert dump(store) == before
    find_session(store, made.id, AT + NOTED, LIFETIME)
    assert dump(store) != before


def test_a_clock_that_goes_back_shortens_no_session(store: Store) -> None:
    made = opened(store)
    found(store, made, 20)
    assert found(store, made, 5) is not None
    assert found(store, made, 49) is not None


def test_an_ended_session_is_gone(store: Store) -> None:
    made, other = opened(store), opened(store)
    end_session(store, made.id, AT)
    end_session(store, made.id, AT)
    assert found(store, made, 1) is None
    assert found(store, other, 1) is not None


def test_sessions_that_ended_by_themselves_are_forgotten(store: Store) -> None:
    unused, used = opened(store), opened(store)
    found(store, used, 25)
    opened(store, AT + timedelta(minutes=31))
    assert sessions(store) == 2
    assert found(store, unused, 31) is None
    assert found(store, used, 31) is not None


def test_logins_are_in_the_log(store: Store) -> None:
    prepare(store)
    made = opened(store)
    end_session(store, made.id, AT)
    end_session(store, made.id, AT)
    assert log(store) == [("LOGGED_IN", "u-9", "u-9"), ("LOGGED_OUT", "u-9", "u-9")]
    assert check(store) == []


def test_whoever_sets_a_municipality_up_has_logged_in_before(store: Store) -> None:
    end_session(store, opened(store).id, AT)
    assert log(store) == []


def test_a_login_that_fails_leaves_nothing(store: Store) -> None:
    """At each of its statements; there is no session without its line in the log."""
    prepare(store)
    before, faults = dump(store), Faults(store)
    assert failed(store, opened, faults, "before commit")
    for how in ("before", "after"):
        for position in range(1, faults.seen + 1):
            assert failed(store, opened, faults, how, position)
            assert dump(store) == before, (how, position)
