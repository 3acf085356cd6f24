"""
Logins with a browser: opened, found, ended; each opening and end is in the municipality's log.

The store has only the hash of what the browser keeps, so nobody who reads the database can go on
with somebody's session. A session ends when it has not been used for a while, at the latest some
hours after it began, and when its person logs out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final

from sqlmodel import Session as DatabaseSession
from sqlmodel import col, delete, or_

from api.access.caller import Caller, Role
from api.access.identify import Session
from api.refusals import Busy
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.row_scope import of_municipality, of_session, within
from api.store.tables import AuditHeadRow, SessionRow

ID_BYTES: Final = 32
# A session's last use is noted at most once a minute: reading must not write all the time.
NOTED: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """
    How long sessions live.

    Parameters
    ----------
    idle
        Without being used.
    most
        In all.
    """

    idle: timedelta
    most: timedelta


def open_session(store: Store, caller: Caller, at: datetime, lifetime: Lifetime) -> Session:
    """
    Begin a session of `caller`, and forget those that have ended by themselves: on PostgreSQL with
    row-level security those of the own municipality.

    Returns
    -------
    Session
        With the id that the browser is to keep; it cannot be had again.
    """
    session_id, csrf_token = token_urlsafe(ID_BYTES), token_urlsafe(ID_BYTES)
    with within(of_municipality(caller.municipality)), store.writing() as session:
        session.exec(
            delete(SessionRow).where(
                or_(col(SessionRow.ends_at) <= at, col(SessionRow.used_at) <= at - lifetime.idle)
            )
        )
        session.add(
            SessionRow(
                id_sha256=_hash(session_id),
                municipality_id=caller.municipality,
                user_id=caller.user,
                caller_json=_written(caller),
                csrf_token=csrf_token,
                started_at=at,
                used_at=at,
                ends_at=at + lifetime.most,
            )
        )
        _log(session, caller.municipality, caller.user, at, "LOGGED_IN")
    return Session(session_id, caller, csrf_token)


def find_session(
    store: Store, session_id: str, now: datetime, lifetime: Lifetime
) -> Session | None:
    """The session of that id, unless it has ended; it counts as used `now`."""
    # Nobody is known yet: what opens a session's row is its own hash.
    with within(of_session(_hash(session_id))):
        return _found(store, session_id, now, lifetime)


def _found(store: Store, session_id: str, now: datetime, lifetime: Lifetime) -> Session | None:
    with store.reading() as session:
        row = session.get(SessionRow, _hash(session_id))
        if row is None or now >= row.ends_at or now >= row.used_at + lifetime.idle:
            return None
        found = Session(session_id, _read(row), row.csrf_token)
        used_at = row.used_at
    if now >= used_at + NOTED:
        try:
            with store.writing() as session:
                held = session.get(SessionRow, _hash(session_id))
                if held is not None and held.used_at < now:
                    held.used_at = now
        except Busy:
            # The next request notes it; this one need not wait for the writers.
            return found
    return found


def end_session(store: Store, session_id: str, at: datetime) -> None:
    """End the session of that id, if there is one."""
    with within(of_session(_hash(session_id))), store.reading() as session:
        found = session.get(SessionRow, _hash(session_id))
    if found is None:
        return
    with within(of_municipality(found.municipality_id)), store.writing() as session:
        row = session.get(SessionRow, _hash(session_id))
        if row is not None:
            session.delete(row)
            _log(session, row.municipality_id, row.user_id, at, "LOGGED_OUT")


def _log(session: DatabaseSession, municipality: str, user: str, at: datetime, what: str) -> None:
    """Note it, once there is a municipality: whoever sets it up has logged in before."""
    if session.get(AuditHeadRow, municipality) is not None:
        head = lock(session, municipality)
        append(session, head, Act(municipality, user, at), [Entry(what, "user", user)])


def _hash(session_id: str) -> str:
    """The id is as random as a key, so a plain hash of it cannot be turned back."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def _written(caller: Caller) -> str:
    return json.dumps(
        {
            "roles": sorted(caller.roles),
            "provider": caller.provider,
            "units": sorted(caller.units),
            "carer": caller.carer,
        }
    )


def _read(row: SessionRow) -> Caller:
    told = json.loads(row.caller_json)
    return Caller(
        row.user_id,
        row.municipality_id,
        frozenset(Role(role) for role in told["roles"]),
        told["provider"],
        frozenset(told["units"]),
        told["carer"],
    )
