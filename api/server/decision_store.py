"""
Registered decisions in the database.

Promises: an id is registered once; the same request sent again with the same idempotency key is
answered as the first time; another request under the same id or key is a conflict. Either all of a
decision is stored, or nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from api.documents.decisions import Registration, document_of
from api.documents.iso8601 import to_utc_text
from api.documents.planning_schemas import WishesSchema
from api.refusals import Conflict, not_found
from api.server.db import Database
from api.server.tables import DecisionRow, ServiceLineRow
from scheduler.care.errors import Finding
from scheduler.care.model import (
    Band,
    Decision,
    Frequency,
    Location,
    Period,
    Provider,
    ProviderKind,
    Recipient,
    ServiceLine,
)


@dataclass(frozen=True, slots=True)
class DecisionStore:
    """The decisions of one database."""

    database: Database

    def add(self, registration: Registration, at: datetime, key: str | None = None) -> None:
        """
        Store a decision.

        Parameters
        ----------
        key
            The sender's name of this request; sent again with the same content, it does nothing.

        Raises
        ------
        Conflict
            When the id is taken, or the key was used for something else.
        """
        row, lines = _rows(registration, at, key)
        with self.database.writing() as session:
            if key is not None:
                query = select(DecisionRow).where(DecisionRow.idempotency_key == key)
                earlier = session.exec(query).first()
                if earlier is not None and earlier.body_sha256 == row.body_sha256:
                    return
                if earlier is not None:
                    raise _conflict("Idempotency-Key", "the content first sent with the key")
            if session.get(DecisionRow, row.id) is not None:
                raise _conflict(f"id ({row.id})", "an id that is not registered")
            session.add(row)
            session.flush()
            session.add_all(lines)

    def get(self, decision_id: str) -> Registration:
        """The registered decision; NotFound when there is none."""
        with self.database.reading() as session:
            row = session.get(DecisionRow, decision_id)
            if row is None:
                raise not_found("decisions", decision_id)
            query = (
                select(ServiceLineRow)
                .where(ServiceLineRow.decision_id == decision_id)
                .order_by(col(ServiceLineRow.position))
            )
            return _registration(row, list(session.exec(query)))


def _conflict(where: str, expected: str) -> Conflict:
    return Conflict(
        Finding(
            "CONFLICT",
            where,
            expected,
            "one already used for another request",
            "Hämta det som finns sparat, eller skicka med ett nytt id.",
        )
    )


def _rows(
    registration: Registration, at: datetime, key: str | None
) -> tuple[DecisionRow, list[ServiceLineRow]]:
    decision, recipient = registration.decision, registration.recipient
    body = document_of(registration).model_dump_json().encode()
    row = DecisionRow(
        id=decision.id,
        recipient_id=decision.recipient_id,
        lat=recipient.location.lat,
        lon=recipient.location.lon,
        zone=recipient.zone,
        required_skills_json=json.dumps(sorted(recipient.required_skills)),
        wishes_json=WishesSchema(**WishesSchema.fields_of(recipient.wishes)).model_dump_json(),
        decided_on=decision.decided_on.isoformat(),
        valid_from=decision.valid_from.isoformat(),
        valid_to=decision.valid_to.isoformat() if decision.valid_to else None,
        review_on=decision.review_on.isoformat() if decision.review_on else None,
        provider_id=registration.provider.id,
        provider_kind=registration.provider.kind,
        registered_at=to_utc_text(at),
        idempotency_key=key,
        body_sha256=hashlib.sha256(body).hexdigest(),
    )
    lines = [
        ServiceLineRow(
            decision_id=decision.id,
            id=line.id,
            position=position,
            service=line.service,
            times=line.frequency.times,
            period=line.frequency.period,
            weekdays_json=json.dumps(line.frequency.weekdays),
            bands_json=json.dumps(line.bands),
            own_minutes=line.own_minutes,
            staff=line.staff,
            min_gap_min=line.min_gap_min,
            max_gap_min=line.max_gap_min,
            flexible=line.flexible,
        )
        for position, line in enumerate(decision.lines)
    ]
    return row, lines


def _registration(row: DecisionRow, lines: list[ServiceLineRow]) -> Registration:
    return Registration(
        Decision(
            row.id,
            row.recipient_id,
            date.fromisoformat(row.decided_on),
            date.fromisoformat(row.valid_from),
            _day(row.valid_to),
            row.provider_id,
            tuple(_line(line) for line in lines),
            _day(row.review_on),
        ),
        Recipient(
            row.recipient_id,
            Location(row.lat, row.lon),
            row.zone,
            required_skills=frozenset(json.loads(row.required_skills_json)),
            wishes=WishesSchema.model_validate_json(row.wishes_json).wishes(),
        ),
        Provider(row.provider_id, ProviderKind(row.provider_kind)),
    )


def _line(row: ServiceLineRow) -> ServiceLine:
    return ServiceLine(
        row.id,
        row.service,
        Frequency(row.times, Period(row.period), tuple(json.loads(row.weekdays_json))),
        tuple(Band(band) for band in json.loads(row.bands_json)),
        row.own_minutes,
        row.staff,
        row.min_gap_min,
        row.max_gap_min,
        row.flexible,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
