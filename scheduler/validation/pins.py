"""Faults of pins: what the scheduler has decided about a visit and nobody could carry out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from scheduler.care.errors import Finding, Severity
from scheduler.care.model import Carer, Day, Shift, Visit
from scheduler.validation.common import is_aware, naive_times, second_of


def pin_findings(day: Day) -> Iterator[Finding]:
    """
    Codes: PIN_UNKNOWN_CARER, PIN_CARER_WITHOUT_SHIFT, PIN_CARER_WITHOUT_SKILL, PIN_OUTSIDE_SHIFT,
    PINS_OF_GROUP_DIFFER, PIN_OUTSIDE_WINDOW (warning) and NAIVE_TIME.
    """
    carers = {carer.id: carer for carer in day.carers}
    shifts: defaultdict[str, list[Shift]] = defaultdict(list)
    for shift in day.shifts:
        shifts[shift.carer_id].append(shift)
    for position, visit in enumerate(day.visits):
        where = f"visits[{position}] ({visit.id})"
        if visit.pinned_carer is not None:
            yield from _carer(where, visit, visit.pinned_carer, carers, shifts, day)
        if visit.pinned_start is not None:
            naive = list(naive_times(where, pinned_start=visit.pinned_start))
            yield from naive
            if not naive:
                yield from _start(where, visit, visit.pinned_start, shifts)
    yield from _groups(day.visits)


def _carer(
    where: str,
    visit: Visit,
    carer_id: str,
    carers: Mapping[str, Carer],
    shifts: Mapping[str, Sequence[Shift]],
    day: Day,
) -> Iterator[Finding]:
    where = f"{where}.pinned_carer"
    action = "Lås besöket till någon annan, eller lås upp det."
    carer = carers.get(carer_id)
    if carer is None:
        expected = "the id of a carer of the same day"
        yield Finding("PIN_UNKNOWN_CARER", where, expected, carer_id, action)
        return
    if not shifts.get(carer_id):
        expected = "a carer with a shift that day"
        yield Finding("PIN_CARER_WITHOUT_SHIFT", where, expected, carer_id, action)
    held = carer.skills | {
        each.skill for each in carer.delegations if each.valid_from <= day.date <= each.valid_to
    }
    missing = sorted(visit.required_skills - held)
    if missing:
        expected = f"a carer with {', '.join(missing)} that day"
        yield Finding("PIN_CARER_WITHOUT_SKILL", where, expected, carer_id, action)


def _start(
    where: str, visit: Visit, pinned: datetime, shifts: Mapping[str, Sequence[Shift]]
) -> Iterator[Finding]:
    where = f"{where}.pinned_start"
    start = second_of(pinned)
    windows = visit.windows
    if all(is_aware(one.earliest, one.latest) for one in windows) and not any(
        second_of(one.earliest) <= start <= second_of(one.latest) for one in windows
    ):
        yield Finding(
            "PIN_OUTSIDE_WINDOW",
            where,
            "a start that a window of the visit allows",
            pinned.isoformat(),
            "Kontrollera tiden; en låst tid går före tidsfönstret.",
            Severity.WARNING,
        )
    own = shifts.get(visit.pinned_carer or "", ())
    if not all(is_aware(shift.start, shift.closes) for shift in own):
        return
    end = start + 60 * visit.duration_min
    if own and not any(
        second_of(shift.start) <= start and end <= second_of(shift.closes) for shift in own
    ):
        yield Finding(
            "PIN_OUTSIDE_SHIFT",
            where,
            f"a time within a shift of {visit.pinned_carer}",
            pinned.isoformat(),
            "Ändra den låsta tiden, eller lås besöket till någon som arbetar då.",
        )


def _groups(visits: Sequence[Visit]) -> Iterator[Finding]:
    """Members that are pinned to two starts, or two of them to one carer."""
    groups: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.group is not None and visit.pinned:
            groups[visit.group].append(visit)
    for group, members in groups.items():
        starts = {one.pinned_start for one in members if one.pinned_start is not None}
        carers = [one.pinned_carer for one in members if one.pinned_carer is not None]
        if is_aware(*starts) and len({second_of(start) for start in starts}) > 1:
            found = ", ".join(sorted(start.isoformat() for start in starts))
        elif len(set(carers)) < len(carers):
            found = ", ".join(carers)
        else:
            continue
        yield Finding(
            "PINS_OF_GROUP_DIFFER",
            f"visit group ({group})",
            "one pinned start, and a carer of its own for each visit",
            found,
            "Lås gruppens besök till samma tid och till olika medarbetare.",
        )
