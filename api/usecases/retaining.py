"""
Retention: what is due to be erased or removed by the municipality's rules, and doing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, func, select

from api.documents.identity_number import birth_date
from api.documents.retention import Retention
from api.store.access_log import remove_before
from api.store.audit import append, lock
from api.store.engine import Store
from api.store.erasing import scrub
from api.store.person_keys import PersonKeys
from api.store.person_rows import erased_recipients, identity_of
from api.store.tables import AccessRow, PersonRow, RecipientRow
from api.usecases.erasing import Erased, erase, last_day
from api.usecases.sight import Reader, Right, require, sight_of
from scheduler.care.units import STOCKHOLM


@dataclass(frozen=True, slots=True)
class Due:
    """
    A recipient whose time is out.

    Parameters
    ----------
    last_day
        The last day with a decision, or of an entry of one; None for who never had one.
    kept
        In the sample that is kept for research: listed, not erased.
    """

    recipient: str
    last_day: date | None
    kept: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due on a day: recipients, and lines of the log of readings before a moment."""

    day: date
    due: tuple[Due, ...]
    readings: int
    readings_before: datetime


def plan(store: Store, reader: Reader, keys: PersonKeys, rules: Retention) -> Plan:
    """
    What is due on the day of the act; nothing is changed.

    A protected recipient is listed for who has a grant only.

    Raises
    ------
    Forbidden, InvalidInput, Sealed
        No right or no reason; the keys do not open a number that decides.
    """
    require(reader, Right.ERASE)
    act = reader.act
    day = act.at.astimezone(STOCKHOLM).date()
    before = datetime.combine(_years(day, -rules.readings_years), time(), STOCKHOLM)
    with store.reading() as session:
        query = select(RecipientRow).where(RecipientRow.municipality_id == act.municipality)
        rows = session.exec(query.order_by(col(RecipientRow.id))).all()
        gone = erased_recipients(session, act.municipality, {row.id for row in rows})
        sight = sight_of(session, reader)
        due = []
        for row in rows:
            if row.id in gone or not sight.sees(row.id):
                continue
            last = last_day(session, act.municipality, row.id)
            since = row.registered_at.astimezone(STOCKHOLM).date() if last == date.min else last
            if since is None or day <= _years(since, rules.identity_years):
                continue
            kept = _kept(session, keys, act.municipality, row.id, rules)
            due.append(Due(row.id, None if last == date.min else last, kept))
        readings = session.exec(
            select(func.count())
            .select_from(AccessRow)
            .where(AccessRow.municipality_id == act.municipality)
            .where(col(AccessRow.at) < before)
        ).one()
    return Plan(day, tuple(due), readings, before)


def carry_out(store: Store, reader: Reader, planned: Plan) -> tuple[Erased, ...]:
    """
    Erase who is due in `planned` and not kept, and remove the old readings.

    Each person is a transaction of their own, and so is the log: a run that is killed is started
    again.

    Raises
    ------
    Forbidden, InvalidInput, NotFound, Conflict
        As :func:`api.usecases.erasing.erase`.
    """
    require(reader, Right.ERASE)
    made = tuple(
        erase(store, reader, each.recipient, dry_run=False) for each in planned.due if not each.kept
    )
    with store.writing() as session:
        head = lock(session, reader.act.municipality)
        removed = remove_before(session, reader.act, planned.readings_before)
        if removed is not None:
            append(session, head, reader.act, [removed])
    scrub(store)
    return made


def _kept(
    session: Session, keys: PersonKeys, municipality: str, recipient: str, rules: Retention
) -> bool:
    row = session.get(PersonRow, (municipality, recipient))
    number = None if row is None else identity_of(keys, row).number
    return number is not None and birth_date(number).day in rules.kept_born_on


def _years(day: date, years: int) -> date:
    """The same day some years on; of a leap day the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
