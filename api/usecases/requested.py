"""
Solves that are asked for under a key: the same request again has the same answer, starts nothing.

A key is its user's own. It stands with the runs that it began, so it is free again when erasure
removes them: what the request said cannot be compared any more then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session, col, select

from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.schema_faults import is_id
from api.refusals import Conflict
from api.store.audit import Act
from api.store.engine import Store
from api.store.salting import new_salt, salted
from api.store.tables import RunRow
from api.usecases.rating import key_used, not_a_key
from scheduler.care.errors import InvalidInput, Severity


@dataclass(frozen=True, slots=True)
class Request:
    """
    A request for one or several solves.

    Parameters
    ----------
    key
        Its sender's own name of it.
    content
        All that it asks for: the operation, what its address names, and its body.
    """

    key: str
    content: bytes


def request_of(key: str | None, operation: str, body: bytes, *names: str) -> Request | None:
    """
    The request under `key`; None without a key, which starts a solve each time.

    Raises
    ------
    InvalidInput
        NOT_AN_ID when the key cannot be one.
    """
    if key is None:
        return None
    if not is_id(key):
        raise InvalidInput(not_a_key("Idempotency-Key"))
    return Request(key, json.dumps([operation, *names]).encode() + b"\n" + body)


def earlier(store: Store, act: Act, request: Request | None) -> list[RunRow]:
    """
    The runs that the same request began, in its order; none when it is new.

    Raises
    ------
    Conflict
        KEY_USED when another request of the same user has the key.
    """
    if request is None:
        return []
    with store.reading() as session:
        return find_earlier(session, act, request)


def find_earlier(session: Session, act: Act, request: Request) -> list[RunRow]:
    """As :func:`earlier`, in the caller's transaction."""
    query = (
        select(RunRow)
        .where(RunRow.municipality_id == act.municipality)
        .where(RunRow.submitted_by == act.actor)
        .where(RunRow.request_key == request.key)
        .order_by(col(RunRow.request_place))
    )
    found = list(session.exec(query))
    for row in found:
        if row.request_digest != salted(row.request_salt or "", request.content):
            raise Conflict(key_used())
    return found


def lock_key(session: Session, act: Act, request: Request) -> None:
    """Wait for the same request on its way; SQLite has one writer at a time anyway."""
    if session.connection().dialect.name == "postgresql":
        name = f"run\n{act.municipality}\n{act.actor}\n{request.key}"
        session.connection().execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
        )


def note(rows: Sequence[RunRow], request: Request) -> None:
    """Let the new `rows` tell which request began them."""
    for place, row in enumerate(rows):
        row.request_key, row.request_place = request.key, place
        row.request_salt = new_salt()
        row.request_digest = salted(row.request_salt, request.content)


def as_submitted(metadata: MetadataSchema) -> MetadataSchema:
    """What was told of a run when it was stored, however far it has come."""
    return metadata.model_copy(
        update={
            "status": Status.SOLVING_SCHEDULED,
            "started_at": None,
            "ended_at": None,
            "objective": None,
            "unassigned_visits": None,
            # How it ended is told as an error; of the document there are warnings only.
            "findings": [each for each in metadata.findings if each.severity is not Severity.ERROR],
        }
    )
