"""Rules of one visit in its place: who does it, when it starts, how long it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from scheduler.care.model import Carer, Shift
from scheduler.care.units import STOCKHOLM
from scheduler.checker.violation import Placed, Violation, clock, in_minutes, seconds
from scheduler.rules import Rule


def skills_held(day: date, carer: Carer | None, item: Placed) -> Iterator[Violation]:
    """SKILL: the carer holds every required skill on the day, by training or delegation."""
    held: set[str] = set()
    if carer is not None:
        held |= carer.skills
        for delegation in carer.delegations:
            if delegation.valid_from <= day <= delegation.valid_to:
                held.add(delegation.skill)
    missing = sorted(item.visit.required_skills - held)
    if missing:
        yield Violation(Rule.SKILL, *item.ids, ", ".join(missing), "saknas")


def key_fetched(shift: Shift | None, item: Placed) -> Iterator[Violation]:
    """KEY: the shift begins where the key to the home is kept."""
    where = item.visit.key_at
    if where is not None and shift is not None and shift.start_location != where:
        yield Violation(
            Rule.KEY,
            (item.visit.id,),
            (item.route.shift_id,),
            f"passet börjar vid nyckeln ({where.lat}, {where.lon})",
            "passet börjar någon annanstans",
        )


def pinned_time(item: Placed, pinned: datetime) -> Iterator[Violation]:
    """PINNED_TIME: the start that the scheduler has decided on."""
    off = abs(item.start - seconds(pinned))
    if off:
        found = clock(item.start)
        yield Violation(Rule.PINNED_TIME, *item.ids, clock(seconds(pinned)), found, off)


def window_kept(item: Placed) -> Iterator[Violation]:
    """WINDOW: earliest <= start <= latest of one of the windows; for visits not pinned in time."""
    frames = [(seconds(one.earliest), seconds(one.latest)) for one in item.visit.windows]
    off = min(max(first - item.start, item.start - last) for first, last in frames)
    if off > 0:
        allowed = " eller ".join(f"{clock(first)}–{clock(last)}" for first, last in frames)
        yield Violation(Rule.WINDOW, *item.ids, f"start {allowed}", clock(item.start), off)


def apart_kept(item: Placed) -> Iterator[Violation]:
    """APART: so many hours since each last occasion began; for visits not pinned in time."""
    for each in item.visit.apart:
        if each.last_occasion is None:
            continue
        passed = item.start - seconds(each.last_occasion)
        short = 3600 * each.least_h - passed
        if short > 0:
            began = each.last_occasion.astimezone(STOCKHOLM)
            wanted = f"minst {each.least_h} tim efter {began:%Y-%m-%d %H:%M}"
            yield Violation(Rule.APART, *item.ids, wanted, in_minutes(passed), short)


def preferred_time(item: Placed) -> Iterator[Violation]:
    """PREFERRED_TIME: the start lies within the time that is wanted; for visits not pinned."""
    wanted = item.visit.preferred
    if wanted is None:
        return
    first, last = seconds(wanted.earliest), seconds(wanted.latest)
    off = max(first - item.start, item.start - last)
    if off > 0:
        span = f"start {clock(first)}–{clock(last)}"
        yield Violation(Rule.PREFERRED_TIME, *item.ids, span, clock(item.start), off)


def whole_duration(item: Placed) -> Iterator[Violation]:
    """DURATION: end - start is exactly the visit's minutes."""
    took, wanted = item.end - item.start, 60 * item.visit.duration_min
    if took != wanted:
        minutes = f"{item.visit.duration_min} min"
        yield Violation(Rule.DURATION, *item.ids, minutes, in_minutes(took), abs(took - wanted))
