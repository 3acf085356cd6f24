"""Rules of one route: time to travel, the shift's hours, the break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scheduler.care.model import Carer, Shift, Visit
from scheduler.checker.violation import Violation, clock, in_minutes, seconds
from scheduler.given_travel import UNREACHABLE_S
from scheduler.plan import Route
from scheduler.rules import Rule
from scheduler.travel import Travel, travel_seconds


def travel_time(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel
) -> Iterator[Violation]:
    """TRAVEL: between two visits there is time for the way and any break; nothing overlaps."""
    place, left, paused, before = (
        shift.start_location,
        seconds(shift.start),
        0,
        seconds(shift.start),
    )
    for stop in route.stops:
        start, end = seconds(stop.start), seconds(stop.end)
        soonest = before
        visit = visits.get(stop.visit_id or "")
        if visit is not None:
            way = travel_seconds(place, visit.location, shift.mode, travel)
            if way >= UNREACHABLE_S:
                yield _no_way(Rule.TRAVEL, (visit.id,), shift)
                way = 0
            soonest = max(before, left + paused + way)
            place, left, paused = visit.location, end, 0
        elif stop.visit_id is None:
            paused += end - start
        if start < soonest:
            whom = () if stop.visit_id is None else (stop.visit_id,)
            wanted = f"start tidigast {clock(soonest)}"
            yield Violation(Rule.TRAVEL, whom, (shift.id,), wanted, clock(start), soonest - start)
        before = end


def shift_hours(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel
) -> Iterator[Violation]:
    """SHIFT: everything, and the way back, lies within the shift, overtime included."""
    begins, ends = seconds(shift.start), seconds(shift.closes)
    for stop in route.stops:
        start = seconds(stop.start)
        if start < begins:
            wanted = f"tidigast {clock(begins)}"
            yield Violation(Rule.SHIFT, (), (shift.id,), wanted, clock(start), begins - start)
    back = _back(shift, route, visits, travel)
    if back is None:
        yield _no_way(Rule.SHIFT, (), shift)
    elif back > ends:
        wanted = f"åter senast {clock(ends)}"
        yield Violation(Rule.SHIFT, (), (shift.id,), wanted, clock(back), back - ends)


def shift_length(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel
) -> Iterator[Violation]:
    """SHIFT_LENGTH: an elastic shift is worked no longer than it may."""
    parts = _parts(shift, route, visits, travel)
    if shift.elastic is None or not parts:
        return
    worked, most = sum(parts), 60 * shift.elastic.most_min
    if worked > most:
        wanted = f"högst {in_minutes(most)} arbete"
        over = worked - most
        yield Violation(Rule.SHIFT_LENGTH, (), (shift.id,), wanted, in_minutes(worked), over)


def overtime(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel
) -> Iterator[Violation]:
    """OVERTIME: the carer is back when the shift ends."""
    ends, back = seconds(shift.end), _back(shift, route, visits, travel)
    if back is not None and back > ends:
        wanted = f"åter {clock(ends)}"
        yield Violation(Rule.OVERTIME, (), (shift.id,), wanted, clock(back), back - ends)


def elastic_stretch(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel, longest_s: int
) -> Iterator[Violation]:
    """STRETCH of an elastic shift: no longer work without a break, by the hours of the plan."""
    if shift.elastic is None:
        return
    for worked in _parts(shift, route, visits, travel):
        if worked > longest_s:
            wanted = f"högst {in_minutes(longest_s)} utan rast"
            over = worked - longest_s
            yield Violation(Rule.STRETCH, (), (shift.id,), wanted, in_minutes(worked), over)


def stretch(shift: Shift, route: Route, longest_s: int) -> Iterator[Violation]:
    """STRETCH: no longer work before the break and after it, where the break can see to that."""
    if shift.elastic is not None:
        return
    taken = [stop for stop in route.stops if stop.visit_id is None]
    if shift.rest is None or len(taken) != 1:
        return
    begins, ends = seconds(shift.start), seconds(shift.end)
    first, last = seconds(shift.rest.earliest), seconds(shift.rest.latest)
    if max(first, ends - 60 * shift.rest.duration_min - longest_s) > min(last, begins + longest_s):
        return
    for worked in (seconds(taken[0].start) - begins, ends - seconds(taken[0].end)):
        if worked > longest_s:
            wanted = f"högst {in_minutes(longest_s)} utan rast"
            over = worked - longest_s
            yield Violation(Rule.STRETCH, (), (shift.id,), wanted, in_minutes(worked), over)


def daily_rest(
    shift: Shift,
    carer: Carer,
    route: Route,
    visits: Mapping[str, Visit],
    travel: Travel,
    rest_s: int,
) -> Iterator[Violation]:
    """DAILY_REST: no overtime that cuts into the rest before the carer's next shift."""
    if carer.next_start is None:
        return
    latest = max(seconds(shift.end), seconds(carer.next_start) - rest_s)
    back = _back(shift, route, visits, travel)
    if back is not None and back > latest:
        wanted = f"åter senast {clock(latest)}"
        yield Violation(Rule.DAILY_REST, (), (shift.id,), wanted, clock(back), back - latest)


def _no_way(rule: Rule, visit_ids: tuple[str, ...], shift: Shift) -> Violation:
    """There is no way to the visit, or back, by the shift's mode."""
    return Violation(rule, visit_ids, (shift.id,), "en väg med passets färdsätt", "ingen väg")


def _back(shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel) -> int | None:
    """
    When the carer is back at the earliest, by the plan's own stops and the way from the last; None
    when there is no way back.
    """
    back = left = seconds(shift.start)
    resting, place = 0, shift.start_location
    for stop in route.stops:
        start, end = seconds(stop.start), seconds(stop.end)
        back = max(back, end)
        if stop.visit_id is None:
            resting += end - start
        elif stop.visit_id in visits:
            left, resting, place = end, 0, visits[stop.visit_id].location
    if any(stop.visit_id is not None for stop in route.stops):
        way = travel_seconds(place, shift.end_location, shift.mode, travel)
        if way >= UNREACHABLE_S:
            return None
        back = max(back, left + resting + way)
    return back


def _parts(shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel) -> list[int]:
    """
    Seconds worked between the breaks of a route with visits, from the way out until the carer is
    back; empty where there is no way.
    """
    back = _back(shift, route, visits, travel)
    begins: int | None = None
    parts: list[int] = []
    for stop in route.stops:
        visit = visits.get(stop.visit_id or "")
        if begins is None and visit is not None:
            way = travel_seconds(shift.start_location, visit.location, shift.mode, travel)
            if way >= UNREACHABLE_S:
                return []
            begins = seconds(stop.start) - way
        elif begins is not None and stop.visit_id is None:
            parts.append(seconds(stop.start) - begins)
            begins = seconds(stop.end)
    return [] if begins is None or back is None else [*parts, back - begins]


def hours_used(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel
) -> tuple[int, int]:
    """
    Seconds from which and until which a used shift lasts: by its own hours and overtime, and an
    elastic one from the way out until the carer is back.
    """
    begins, ends = seconds(shift.start), seconds(shift.end)
    back = _back(shift, route, visits, travel)
    if shift.elastic is None:
        return begins, max(ends, back or ends)
    parts = _parts(shift, route, visits, travel)
    if back is None or not parts:
        return begins, ends
    first = next(stop for stop in route.stops if stop.visit_id in visits)
    place = visits[first.visit_id or ""].location
    way = travel_seconds(shift.start_location, place, shift.mode, travel)
    return seconds(first.start) - way, back


def break_taken(shift: Shift, route: Route) -> Iterator[Violation]:
    """BREAK: a shift with visits and a break takes it once, whole, within its frame."""
    rule, whom = Rule.BREAK, ((), (shift.id,))
    taken = [stop for stop in route.stops if stop.visit_id is None]
    if shift.rest is None:
        if taken:
            yield Violation(rule, *whom, "ingen rast i passet", f"{len(taken)} raster")
        return
    if len(taken) != 1:
        # Whether an elastic shift needs one depends on how long it became: STRETCH.
        if route.stops and (taken or shift.elastic is None):
            yield Violation(rule, *whom, "en rast", f"{len(taken)} raster")
        return
    start, end = seconds(taken[0].start), seconds(taken[0].end)
    earliest, latest = seconds(shift.rest.earliest), seconds(shift.rest.latest)
    if not earliest <= start <= latest:
        frame = f"start {clock(earliest)}–{clock(latest)}"
        yield Violation(rule, *whom, frame, clock(start), max(earliest - start, start - latest))
    off = abs(end - start - 60 * shift.rest.duration_min)
    if off:
        yield Violation(rule, *whom, f"{shift.rest.duration_min} min", in_minutes(end - start), off)
