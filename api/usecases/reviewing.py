"""
The systematic review of who has read what, and the answer to who has read my file.

Source: Socialstyrelsen's rules that access logs are checked systematically and recurrently; each
limit is an argument, since what is much depends on the work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from sqlmodel import Session, col, func, select

from api.store.access_log import (
    Seen,
    access_findings,
    access_heads,
    log_readings,
    readings_between,
    readings_of,
)
from api.store.audit import Entry, append, lock
from api.store.chain import NOTHING_BEFORE, Anchor
from api.store.engine import Store
from api.store.person_records import Access, AccessKind
from api.store.tables import PersonRow, RecipientRow
from api.usecases.sight import Reader, Right, require, sight_of, unknown
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.units import STOCKHOLM

REVIEWED = "READINGS_REVIEWED"
# Somebody chose these persons, one by one; a list shows many at once by its nature.
CHOSEN = frozenset({AccessKind.READ, AccessKind.FOUND})


@dataclass(frozen=True, slots=True)
class Limits:
    """
    From where on something is remarkable.

    Parameters
    ----------
    persons_an_hour
        Distinct persons that one user opens within any 60 minutes.
    persons_a_day
        The same within a local day.
    without_case
        Readings of one user that name no case, in the whole period.
    lists_a_day
        Distinct persons that one user is shown in lists within a local day.
    """

    persons_an_hour: int = 20
    persons_a_day: int = 60
    without_case: int = 10
    lists_a_day: int = 400


class Remark(StrEnum):
    """What is remarkable about a user's readings."""

    EMERGENCY = "EMERGENCY"
    REFUSED = "REFUSED"
    PROTECTED = "PROTECTED"
    MANY_IN_AN_HOUR = "MANY_IN_AN_HOUR"
    MANY_IN_A_DAY = "MANY_IN_A_DAY"
    MANY_LISTED = "MANY_LISTED"
    WITHOUT_CASE = "WITHOUT_CASE"
    NUMBER_TWICE = "NUMBER_TWICE"


@dataclass(frozen=True, slots=True)
class Remarkable:
    """
    One thing to look at.

    Parameters
    ----------
    actor
        The user; empty for what no user has done.
    count
        How many persons, readings or rows.
    first
        Number of the first line concerned in the log; None for what no line tells.
    recipient
        Whom it is about, where it is about one.
    """

    remark: Remark
    actor: str
    count: int
    first: int | None
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a period's log tells, and some of its lines to look at by hand."""

    lines: int
    actors: int
    remarkable: tuple[Remarkable, ...]
    sample: tuple[Access, ...]


def review(
    store: Store,
    reader: Reader,
    since: datetime,
    until: datetime,
    limits: Limits = Limits(),
    *,
    sample: int = 20,
    seed: int = 0,
) -> Review:
    """
    Go through the readings from `since` on and before `until`; the review is logged.

    Who reviews sees opaque ids of all recipients, protected ones too, and no identities.

    Parameters
    ----------
    sample
        How many lines are drawn at random; the same `seed` draws the same ones.

    Raises
    ------
    Forbidden, InvalidInput
        No right or no reason; OUT_OF_RANGE for a period that ends before it begins.
    """
    require(reader, Right.REVIEW)
    if not since < until or sample < 0:
        raise InvalidInput(
            Finding("OUT_OF_RANGE", "since, until, sample", "a period, and 0 or more lines",
                    "another", "Ange en period som slutar efter sin början.")
        )  # fmt: skip
    act = reader.act
    with store.writing() as session:
        head = lock(session, act.municipality)
        lines = list(readings_between(session, act.municipality, since, until))
        remarkable = [*_remarks(lines, limits), *_twice(session, act.municipality)]
        drawn = Random(seed).sample(lines, min(sample, len(lines)))
        made = Review(
            len(lines),
            len({line.actor for line in lines}),
            tuple(remarkable),
            tuple(sorted(drawn, key=lambda line: line.number)),
        )
        details: dict[str, str | int] = {
            "since": since.isoformat(), "until": until.isoformat(), "lines": made.lines,
            "remarkable": len(remarkable), "sample": len(drawn), "seed": seed,
        }  # fmt: skip
        append(session, head, act, [Entry(REVIEWED, "municipality", act.municipality, details)])
    return made


def who_has_read(
    store: Store, reader: Reader, recipient: str, *, offset: int = 0, limit: int = 100
) -> tuple[tuple[Access, ...], int]:
    """
    Who has read a person's record, the latest first, and how many lines there are in all.

    Raises
    ------
    Forbidden, InvalidInput, NotFound
        No right to review or no reason; no such recipient, or a protected one without a grant.
    """
    require(reader, Right.REVIEW)
    act = reader.act
    made: tuple[tuple[Access, ...], int] | None = None
    with store.writing() as session:
        known = session.get(RecipientRow, (act.municipality, recipient)) is not None
        sight = sight_of(session, reader)
        seen: list[Seen] = []
        if known and sight.sees(recipient):
            found, total = readings_of(
                session, act.municipality, recipient, offset=offset, limit=limit
            )
            made = (tuple(found), total)
            seen = [sight.seen(recipient, AccessKind.LOG)]
        elif known:
            seen = [sight.seen(recipient, AccessKind.REFUSED)]
        log_readings(session, act, reader.purpose, seen)
    if made is None:
        raise unknown()
    return made


def verify(
    store: Store, reader: Reader, anchor: Anchor | None = None
) -> tuple[Anchor, list[Finding]]:
    """
    The head of the log of readings, and every place where it is not as it was written.

    Parameters
    ----------
    anchor
        An earlier head that was noted elsewhere.

    Raises
    ------
    Forbidden, InvalidInput
        No right to review; no reason.
    """
    require(reader, Right.REVIEW)
    municipality = reader.act.municipality
    with store.reading() as session:
        head = access_heads(session).get(municipality, Anchor(0, NOTHING_BEFORE))
        return head, access_findings(session, municipality, anchor)


# ---------------------------------------------------------------- what is remarkable


def _remarks(lines: list[Access], limits: Limits) -> Iterator[Remarkable]:
    by_actor: dict[str, list[Access]] = defaultdict(list)
    for line in lines:
        by_actor[line.actor].append(line)
    for actor in sorted(by_actor):
        mine = by_actor[actor]
        yield from _by_person(actor, mine)
        chosen = sorted(
            (line for line in mine if line.kind in CHOSEN), key=lambda line: (line.at, line.number)
        )
        yield from _in_an_hour(actor, chosen, limits.persons_an_hour)
        yield from _in_a_day(Remark.MANY_IN_A_DAY, actor, chosen, limits.persons_a_day)
        listed = [line for line in mine if line.kind is AccessKind.LISTED]
        yield from _in_a_day(Remark.MANY_LISTED, actor, listed, limits.lists_a_day)
        without = [line for line in chosen if line.case is None]
        if len(without) > limits.without_case:
            yield Remarkable(Remark.WITHOUT_CASE, actor, len(without), without[0].number)


def _by_person(actor: str, mine: list[Access]) -> Iterator[Remarkable]:
    """Every protected person that a user has read, asked for in vain, or broken the glass for."""
    counted: Counter[tuple[Remark, str]] = Counter()
    first: dict[tuple[Remark, str], int] = {}
    for line in mine:
        if line.kind is AccessKind.REFUSED:
            remark = Remark.REFUSED
        elif line.emergency or line.kind is AccessKind.EMERGENCY:
            remark = Remark.EMERGENCY
        elif line.protected:
            remark = Remark.PROTECTED
        else:
            continue
        counted[remark, line.recipient] += 1
        first.setdefault((remark, line.recipient), line.number)
    for remark, recipient in sorted(counted):
        key = (remark, recipient)
        yield Remarkable(remark, actor, counted[key], first[key], recipient)


def _in_an_hour(actor: str, chosen: list[Access], most: int) -> Iterator[Remarkable]:
    """The busiest hour, when it is too busy."""
    inside: Counter[str] = Counter()
    start, worst = 0, (0, 0)
    for line in chosen:
        inside[line.recipient] += 1
        while line.at - chosen[start].at >= timedelta(hours=1):
            left = chosen[start].recipient
            inside[left] -= 1
            if not inside[left]:
                del inside[left]
            start += 1
        worst = max(worst, (len(inside), -chosen[start].number))
    if worst[0] > most:
        yield Remarkable(Remark.MANY_IN_AN_HOUR, actor, worst[0], -worst[1])


def _in_a_day(
    remark: Remark, actor: str, lines: Iterable[Access], most: int
) -> Iterator[Remarkable]:
    days: dict[str, set[str]] = defaultdict(set)
    first: dict[str, int] = {}
    for line in lines:
        day = line.at.astimezone(STOCKHOLM).date().isoformat()
        days[day].add(line.recipient)
        first.setdefault(day, line.number)
    for day in sorted(days):
        if len(days[day]) > most:
            yield Remarkable(remark, actor, len(days[day]), first[day])


def _twice(session: Session, municipality: str) -> Iterator[Remarkable]:
    """Numbers that several recipients have: recording refuses only what its user may know of."""
    query = (
        select(func.min(PersonRow.recipient_id), func.count())
        .where(PersonRow.municipality_id == municipality)
        .where(col(PersonRow.number_hash).is_not(None))
        .group_by(col(PersonRow.number_hash))
        .having(func.count() > 1)
        .order_by(func.min(PersonRow.recipient_id))
    )
    for recipient, count in session.exec(query):
        yield Remarkable(Remark.NUMBER_TWICE, "", count, None, recipient)
