"""
Judgement of a plan by someone who did not make it.

Reads the day's own nouns and the plan's clock times, never the solver's arrays, and shares no code
with ``solve/``. Every rule of :mod:`scheduler.rules` has one function here. All violations are
returned, each with what was expected, what was found and by how many seconds it is off.

All times are compared as instants: Python compares and subtracts two times of one zone by the wall
clock, which is an hour wrong in the daylight-saving nights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from scheduler.care.model import Day, Shift, Visit
from scheduler.care.units import STOCKHOLM
from scheduler.plan import Plan, Route
from scheduler.rules import SENTENCE, Rule
from scheduler.travel import TravelSettings, travel_seconds


@dataclass(frozen=True, slots=True)
class Violation:
    """
    One broken rule.

    Parameters
    ----------
    visit_ids, shift_ids
        Whom it concerns.
    expected, found
        Clock times, minutes, ids or numbers.
    size_s
        By how many seconds the rule is broken; 0 where seconds do not measure it.
    """

    rule: Rule
    visit_ids: tuple[str, ...]
    shift_ids: tuple[str, ...]
    expected: str
    found: str
    size_s: int = 0

    def __str__(self) -> str:
        whom = ", ".join((*self.visit_ids, *self.shift_ids))
        size = f" ({self.size_s} s)" if self.size_s else ""
        return (
            f"{self.rule} {whom}: {SENTENCE[self.rule]} "
            f"Väntat: {self.expected}. Funnet: {self.found}{size}."
        )


@dataclass(frozen=True, slots=True)
class _Placed:
    """A visit as the plan has it; times in seconds since the epoch."""

    visit: Visit
    route: Route
    start: int
    end: int

    @property
    def ids(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (self.visit.id,), (self.route.shift_id,)


def check(day: Day, plan: Plan, travel: TravelSettings) -> list[Violation]:
    """Every rule that `plan` breaks on `day`; an empty list means a valid plan."""
    visits = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    placed: dict[str, _Placed] = {}
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit_id in visits and stop.visit_id not in placed:
                placed[stop.visit_id] = _Placed(
                    visits[stop.visit_id], route, _s(stop.start), _s(stop.end)
                )
    found = [*_plan_date(day, plan), *_assigned_once(visits, shifts, plan)]
    for item in placed.values():
        found += [*_skill(day, item), *_window(item), *_duration(item)]
    for route in plan.routes:
        if route.shift_id in shifts:
            shift = shifts[route.shift_id]
            found += _travel(shift, route, visits, travel)
            found += _shift(shift, route, visits, travel)
            found += _break(shift, route)
    for members in _groups(day):
        found += _group(members, placed)
    found += [*_gap(placed), *_recipient_overlap(placed)]
    return found


def _plan_date(day: Day, plan: Plan) -> Iterator[Violation]:
    """ASSIGNED_ONCE: the plan is of this day at all."""
    if plan.date != day.date:
        yield Violation(Rule.ASSIGNED_ONCE, (), (), f"plan för {day.date}", f"plan för {plan.date}")


def _assigned_once(
    visits: Mapping[str, Visit], shifts: Mapping[str, Shift], plan: Plan
) -> Iterator[Violation]:
    """ASSIGNED_ONCE: each visit once in a route or once among the unassigned; nothing unknown."""
    rule = Rule.ASSIGNED_ONCE
    for shift_id, times in Counter(route.shift_id for route in plan.routes).items():
        if shift_id not in shifts:
            yield Violation(rule, (), (shift_id,), "ett pass i underlaget", "okänt pass")
        elif times > 1:
            yield Violation(rule, (), (shift_id,), "högst en rutt per pass", f"{times} rutter")
    for route in plan.routes:
        shift = shifts.get(route.shift_id)
        if shift is not None and shift.carer_id != route.carer_id:
            wanted = f"medarbetare {shift.carer_id}"
            yield Violation(rule, (), (shift.id,), wanted, route.carer_id)
    planned = Counter(
        stop.visit_id for route in plan.routes for stop in route.stops if stop.visit_id is not None
    )
    left_out = Counter(item.visit_id for item in plan.unassigned)
    for visit_id in sorted(planned.keys() | left_out.keys() | visits.keys()):
        if visit_id not in visits:
            yield Violation(rule, (visit_id,), (), "ett besök i underlaget", "okänt besök")
        elif planned[visit_id] + left_out[visit_id] != 1:
            found = f"planerat {planned[visit_id]}, oplanerat {left_out[visit_id]} gånger"
            yield Violation(rule, (visit_id,), (), "en gång", found)


def _skill(day: Day, item: _Placed) -> Iterator[Violation]:
    """SKILL: the carer holds every required skill on the day, by training or delegation."""
    held: set[str] = set()
    for carer in day.carers:
        if carer.id == item.route.carer_id:
            held |= carer.skills
            for delegation in carer.delegations:
                if delegation.valid_from <= day.date <= delegation.valid_to:
                    held.add(delegation.skill)
    missing = sorted(item.visit.required_skills - held)
    if missing:
        yield Violation(Rule.SKILL, *item.ids, ", ".join(missing), "saknas")


def _window(item: _Placed) -> Iterator[Violation]:
    """WINDOW: earliest <= start <= latest."""
    earliest, latest = _s(item.visit.earliest), _s(item.visit.latest)
    if not earliest <= item.start <= latest:
        frame = f"start {_clock(earliest)}–{_clock(latest)}"
        off = max(earliest - item.start, item.start - latest)
        yield Violation(Rule.WINDOW, *item.ids, frame, _clock(item.start), off)


def _duration(item: _Placed) -> Iterator[Violation]:
    """DURATION: end - start is exactly the visit's minutes."""
    took, wanted = item.end - item.start, 60 * item.visit.duration_min
    if took != wanted:
        minutes = f"{item.visit.duration_min} min"
        yield Violation(Rule.DURATION, *item.ids, minutes, _minutes(took), abs(took - wanted))


def _travel(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: TravelSettings
) -> Iterator[Violation]:
    """TRAVEL: between two visits there is time for the way and any break; nothing overlaps."""
    place, left, paused, before = shift.start_location, _s(shift.start), 0, _s(shift.start)
    for stop in route.stops:
        start, end = _s(stop.start), _s(stop.end)
        soonest = before
        visit = visits.get(stop.visit_id or "")
        if visit is not None:
            way = travel_seconds(place, visit.location, shift.mode, travel)
            soonest = max(before, left + paused + way)
            place, left, paused = visit.location, end, 0
        elif stop.visit_id is None:
            paused += end - start
        if start < soonest:
            whom = () if stop.visit_id is None else (stop.visit_id,)
            wanted = f"start tidigast {_clock(soonest)}"
            yield Violation(Rule.TRAVEL, whom, (shift.id,), wanted, _clock(start), soonest - start)
        before = end


def _shift(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: TravelSettings
) -> Iterator[Violation]:
    """SHIFT: everything, and the way back, lies within the shift."""
    begins, ends = _s(shift.start), _s(shift.end)
    back = left = begins
    resting, place = 0, shift.start_location
    for stop in route.stops:
        start, end = _s(stop.start), _s(stop.end)
        if start < begins:
            wanted = f"tidigast {_clock(begins)}"
            yield Violation(Rule.SHIFT, (), (shift.id,), wanted, _clock(start), begins - start)
        back = max(back, end)
        if stop.visit_id is None:
            resting += end - start
        elif stop.visit_id in visits:
            left, resting, place = end, 0, visits[stop.visit_id].location
    if any(stop.visit_id is not None for stop in route.stops):
        way = travel_seconds(place, shift.end_location, shift.mode, travel)
        back = max(back, left + resting + way)
    if back > ends:
        wanted = f"åter senast {_clock(ends)}"
        yield Violation(Rule.SHIFT, (), (shift.id,), wanted, _clock(back), back - ends)


def _break(shift: Shift, route: Route) -> Iterator[Violation]:
    """BREAK: a shift with visits and a break takes it once, whole, within its frame."""
    rule, whom = Rule.BREAK, ((), (shift.id,))
    taken = [stop for stop in route.stops if stop.visit_id is None]
    if shift.rest is None:
        if taken:
            yield Violation(rule, *whom, "ingen rast i passet", f"{len(taken)} raster")
        return
    if len(taken) != 1:
        if route.stops:
            yield Violation(rule, *whom, "en rast", f"{len(taken)} raster")
        return
    start, end = _s(taken[0].start), _s(taken[0].end)
    earliest, latest = _s(shift.rest.earliest), _s(shift.rest.latest)
    if not earliest <= start <= latest:
        frame = f"start {_clock(earliest)}–{_clock(latest)}"
        yield Violation(rule, *whom, frame, _clock(start), max(earliest - start, start - latest))
    off = abs(end - start - 60 * shift.rest.duration_min)
    if off:
        yield Violation(rule, *whom, f"{shift.rest.duration_min} min", _minutes(end - start), off)


def _groups(day: Day) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for visit in day.visits:
        if visit.group is not None:
            groups.setdefault(visit.group, []).append(visit.id)
    return list(groups.values())


def _group(ids: list[str], placed: Mapping[str, _Placed]) -> Iterator[Violation]:
    """GROUP_WHOLE, GROUP_START, GROUP_CARERS: all or none, at once, by different people."""
    members = [placed[i] for i in ids if i in placed]
    if members and len(members) != len(ids):
        wanted, found = f"alla {len(ids)} planerade", f"{len(members)} planerade"
        yield Violation(Rule.GROUP_WHOLE, tuple(ids), (), wanted, found)
    for a, b in combinations(members, 2):
        pair = (a.visit.id, b.visit.id)
        shifts = (a.route.shift_id, b.route.shift_id)
        if a.start != b.start:
            off = abs(a.start - b.start)
            wanted = f"samtidig start {_clock(a.start)}"
            yield Violation(Rule.GROUP_START, pair, shifts, wanted, _clock(b.start), off)
        if a.route.carer_id == b.route.carer_id:
            yield Violation(Rule.GROUP_CARERS, pair, shifts, "två medarbetare", a.route.carer_id)


def _gap(placed: Mapping[str, _Placed]) -> Iterator[Violation]:
    """GAP: least and most time between two planned visits."""
    for item in placed.values():
        for gap in item.visit.gaps:
            earlier = placed.get(gap.preceding_visit)
            if earlier is None:
                continue
            apart = item.start - (earlier.start if gap.from_start else earlier.end)
            pair = (earlier.visit.id, item.visit.id)
            short = 60 * gap.min_min - apart
            if short > 0:
                wanted = f"minst {gap.min_min} min"
                yield Violation(Rule.GAP, pair, (), wanted, _minutes(apart), short)
            if gap.max_min is not None and apart > 60 * gap.max_min:
                wanted = f"högst {gap.max_min} min"
                yield Violation(
                    Rule.GAP, pair, (), wanted, _minutes(apart), apart - 60 * gap.max_min
                )


def _recipient_overlap(placed: Mapping[str, _Placed]) -> Iterator[Violation]:
    """RECIPIENT_OVERLAP: two visits to one person, not one group, never run at the same time."""
    by_person: dict[str, list[_Placed]] = {}
    for item in placed.values():
        by_person.setdefault(item.visit.recipient_id, []).append(item)
    for items in by_person.values():
        for a, b in combinations(sorted(items, key=lambda i: i.start), 2):
            grouped = a.visit.group is not None and a.visit.group == b.visit.group
            if not grouped and b.start < a.end:
                pair = (a.visit.id, b.visit.id)
                shifts = (a.route.shift_id, b.route.shift_id)
                wanted = f"start tidigast {_clock(a.end)}"
                yield Violation(
                    Rule.RECIPIENT_OVERLAP, pair, shifts, wanted, _clock(b.start), a.end - b.start
                )


def _s(moment: datetime) -> int:
    """Seconds since the epoch."""
    return round(moment.timestamp())


def _clock(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, STOCKHOLM).strftime("%H:%M:%S")


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:g} min"
