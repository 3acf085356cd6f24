"""
Worked time between its table and the carer days that pricing reads.

Promises: what a delivery stored comes back as equal carer days; of a day the revision with the
highest number holds, and a day that was taken back is none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, and_, insert, select
from sqlmodel import Session

from api.store.tables import METADATA
from pricing.performed_time import CLASSES, CarerDay
from scheduler.care.model import ProviderKind

# Read and written without making an object of each row: a month has tens of thousands.
TIME = METADATA.tables["worked_time"]
PROVIDERS = METADATA.tables["provider"]
KEY = ("provider_id", "unit_id", "day", "carer", "zone")
PARTS = tuple(f"{each.value}_min" for each in CLASSES)
Key = tuple[str, str, date, str, str]


@dataclass(frozen=True, slots=True)
class Whose:
    """
    Whose worked time somebody reports and reads.

    Parameters
    ----------
    provider
        Only this one's, of whatever unit; None is every one's.
    units
        Only that of the municipality's own carers in these units; None is all units and providers.
    """

    provider: str | None = None
    units: frozenset[str] | None = None


EVERYBODY = Whose()


@dataclass(frozen=True, slots=True)
class HeldDay:
    """
    A carer day as one delivery reported it.

    Parameters
    ----------
    content
        With 0 worked minutes it was taken back.
    number
        1, 2, … of the reports of the same carer, day, zone, provider and unit.
    sender, key
        Of the delivery.
    """

    content: CarerDay
    number: int
    sender: str
    key: str


def key_of(day: CarerDay) -> Key:
    """What a carer day is of; each has its revisions."""
    return (day.provider, day.unit, day.day, day.carer, day.zone)


def insert_days(session: Session, municipality: str, days: Iterable[HeldDay]) -> None:
    """New revisions, whose delivery is there."""
    values = [values_of(municipality, each) for each in days]
    if values:
        session.connection().execute(insert(TIME), values)


def values_of(municipality: str, held: HeldDay) -> dict[str, Any]:
    """The row of one revision."""
    day = held.content
    return {
        "municipality_id": municipality,
        **dict(zip(KEY, key_of(day), strict=True)),
        "number": held.number,
        "corrects": held.number - 1 or None,
        "worked_min": day.worked_min,
        "care_min": day.care_min,
        **{f"{each.value}_min": day.classes_min.get(each) for each in CLASSES},
        "delivery_sender": held.sender,
        "delivery_key": held.key,
    }


def rows_digest(rows: Iterable[Mapping[str, Any] | RowMapping]) -> str:
    """SHA-256 of the revisions of a delivery, in the order of what they are of."""
    words = sorted(
        [
            *(str(row[name]) for name in KEY),
            *(str(row[name]) for name in ("number", "worked_min", "care_min", *PARTS)),
        ]
        for row in rows
    )
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def revisions(
    session: Session, municipality: str, first: date, last: date, whose: Whose = EVERYBODY
) -> Iterator[HeldDay]:
    """Every report of the days, by provider, unit, day, carer and zone, then by number."""
    query = (
        select(*TIME.c)
        .where(TIME.c.municipality_id == municipality)
        .where(TIME.c.day.between(first, last))
        .order_by(*(TIME.c[name] for name in KEY), TIME.c.number)
    )
    if whose.provider is not None:
        query = query.where(TIME.c.provider_id == whose.provider)
    if whose.units is not None:
        own = and_(
            PROVIDERS.c.municipality_id == municipality, PROVIDERS.c.kind == ProviderKind.OWN.value
        )
        query = query.where(TIME.c.provider_id.in_(select(PROVIDERS.c.id).where(own)))
        query = query.where(TIME.c.unit_id.in_(sorted(whose.units)))
    for row in session.connection().execute(query).mappings():
        yield held_day(row)


def held_day(row: RowMapping) -> HeldDay:
    """A revision as a record."""
    minutes = {each: row[f"{each.value}_min"] for each in CLASSES}
    content = CarerDay(
        day=row["day"],
        carer=row["carer"],
        zone=row["zone"],
        worked_min=row["worked_min"],
        care_min=row["care_min"],
        classes_min={each: value for each, value in minutes.items() if value is not None},
        provider=row["provider_id"],
        unit=row["unit_id"],
    )
    return HeldDay(content, row["number"], row["delivery_sender"], row["delivery_key"])


def last_of(days: Iterable[HeldDay]) -> dict[Key, HeldDay]:
    """What holds of each carer day, the ones that were taken back included."""
    return {key_of(each.content): each for each in days}


def worked_days(
    session: Session, municipality: str, first: date, last: date, whose: Whose = EVERYBODY
) -> tuple[CarerDay, ...]:
    """The carer days that hold, without those that were taken back."""
    held = last_of(revisions(session, municipality, first, last, whose))
    return tuple(each.content for each in held.values() if each.content.worked_min)
