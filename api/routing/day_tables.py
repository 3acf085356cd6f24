"""
A day with the travel times of its own ways: what the day gives stays, the rest is routed.

Promises: a table that the day has is not touched; a place without a road nearby is left to the
estimate, and told; two places of a table without a way between them have none in the plan either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from api.routing.leg_cache import LegCache, Pair
from api.routing.ways import Router
from scheduler.care.errors import Finding, Severity
from scheduler.care.model import Day, Location, Mode, TravelTimes


@dataclass(frozen=True, slots=True)
class RoutedDay:
    """
    Parameters
    ----------
    day
        With a table more for each mode that was routed.
    routed, from_cache
        Ways that were asked for, and ways that were known.
    findings
        OFF_THE_MAP and NO_WAY, warnings: for each place its own.
    """

    day: Day
    routed: int
    from_cache: int
    findings: tuple[Finding, ...]


def route_day(day: Day, router: Router, cache: LegCache | None = None) -> RoutedDay:
    """The day with the ways that its shifts may go, by the modes that they go by."""
    tables, findings = [], []
    routed = from_cache = 0
    zones = {visit.location: visit.zone for visit in day.visits}
    for mode in sorted({shift.mode for shift in day.shifts}):
        tables_of_mode = [table for table in day.travel_times if table.mode is mode]
        given = {place for table in tables_of_mode for place in table.locations}
        # A pair must not stand in two tables: places that one has are left to it.
        wanted = [place for place in _places(day, mode) if place not in given]
        if len(wanted) < 2:
            continue
        ways: Mapping[Pair, int | None] = {}
        if cache:
            ways = cache.known(router.name, mode, wanted)
        if _covers(ways, wanted):
            from_cache += len(ways)
        else:
            # A matrix costs little more than some of its rows.
            ways = _asked(router, mode, wanted)
            routed += len(ways)
            if cache:
                cache.keep(router.name, mode, ways)
        off = {place for place in wanted if ways[place, place] is None}
        on = [place for place in wanted if place not in off]
        findings += [_off_the_map(day, place, mode) for place in wanted if place in off]
        findings += _without_way(day, on, ways, mode)
        tables.append(_table(mode, on, ways, zones))
    made = replace(day, travel_times=(*day.travel_times, *tables))
    return RoutedDay(made, routed, from_cache, tuple(findings))


def _asked(router: Router, mode: Mode, places: list[Location]) -> dict[Pair, int | None]:
    """Every way between `places`; a place that is off the map has none, not even to itself."""
    found = router.route(places, mode)
    off = found.off_the_map
    return {
        (a, b): None if row in off else found.seconds[row][column]
        for row, a in enumerate(places)
        for column, b in enumerate(places)
        if row == column or not {row, column} & off
    }


def _covers(ways: Mapping[Pair, int | None], places: list[Location]) -> bool:
    """Whether nothing has to be asked."""
    if not all((place, place) in ways for place in places):
        return False
    on = [place for place in places if ways[place, place] is not None]
    return all((a, b) in ways for a in on for b in on)


def _places(day: Day, mode: Mode) -> list[Location]:
    """Where shifts of the mode begin and end, and every home; each once."""
    ends = [
        place
        for shift in day.shifts
        if shift.mode is mode
        for place in (shift.start_location, shift.end_location)
    ]
    return list(dict.fromkeys([*ends, *(visit.location for visit in day.visits)]))


def _table(
    mode: Mode, places: list[Location], ways: Mapping[Pair, int | None], zones: dict[Location, str]
) -> TravelTimes:
    # A start that nobody visits has no zone; a table tells the zones of all places or of none.
    known = [zones.get(place, "") for place in places]
    return TravelTimes(
        mode,
        tuple(places),
        tuple(tuple(0 if a == b else ways[a, b] for b in places) for a in places),
        tuple(known) if all(known) else (),
    )


def _without_way(
    day: Day, places: list[Location], ways: Mapping[Pair, int | None], mode: Mode
) -> Iterable[Finding]:
    """A warning for each place that cannot be reached from where most others can."""
    for place in places:
        others = [other for other in places if other != place]
        lost = sum(ways[other, place] is None or ways[place, other] is None for other in others)
        if 2 * lost > len(others):
            yield _told("NO_WAY", day, place, mode, "a way to most other places", "none")


def _off_the_map(day: Day, place: Location, mode: Mode) -> Finding:
    return _told("OFF_THE_MAP", day, place, mode, "a road nearby", "none")


def _told(code: str, day: Day, place: Location, mode: Mode, expected: str, found: str) -> Finding:
    """Names the place by whom it concerns: its coordinates are somebody's home."""
    visits = [visit.id for visit in day.visits if visit.location == place]
    shifts = [
        shift.id for shift in day.shifts if place in (shift.start_location, shift.end_location)
    ]
    where = f"visit ({visits[0]})" if visits else f"shift ({shifts[0]})"
    action = {
        "OFF_THE_MAP": "Kontrollera koordinaterna; restiden uppskattas så länge.",
        "NO_WAY": "Kontrollera koordinaterna och kartan; ingen når platsen på det färdsättet.",
    }[code]
    return Finding(code, f"{where} {mode.value}", expected, found, action, Severity.WARNING)
