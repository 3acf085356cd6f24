"""A day's ways from a router: asked once, told when missing, and in the plan as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from api.documents.planning import document_of, write_document
from api.routing.day_tables import route_day
from api.routing.leg_cache import LegCache
from api.routing.ways import Routed
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Location, Mode, TravelSource, TravelTimes
from scheduler.given_travel import UNREACHABLE_S, travel_of
from tests.api.cases import TWO_VISITS

OFFICE, HOME, FAR = Location(56.03, 14.15), Location(56.035, 14.16), Location(56.4, 14.5)
SAMPLE = document_of(TWO_VISITS).day


class Ruler:
    """A router on paper: 100 s there, 150 s back; nothing leads to or from `cut`."""

    def __init__(
        self,
        cut: frozenset[Location] = frozenset(),
        off: frozenset[Location] = frozenset(),
        name: str = "ruler 1",
    ) -> None:
        self.cut, self.off, self.name = cut, off, name
        self.asked = 0

    def route(self, places: Sequence[Location], mode: Mode) -> Routed:  # noqa: ARG002
        self.asked += 1
        seconds = [
            [
                0 if a == b else None if {a, b} & self.cut else 100 if row < column else 150
                for column, b in enumerate(places)
            ]
            for row, a in enumerate(places)
        ]
        off = frozenset(k for k, place in enumerate(places) if place in self.off)
        return Routed(seconds, off)


def day(*homes: Location) -> Day:
    """The sample with a visit in each of `homes`."""
    visit = SAMPLE.visits[0]
    visits = tuple(
        replace(visit, id=f"v-{n}", recipient_id=f"r-{n}", location=home)
        for n, home in enumerate(homes)
    )
    return replace(SAMPLE, visits=visits)


def test_the_routed_ways_are_those_of_the_plan() -> None:
    made = route_day(day(HOME, FAR), Ruler()).day
    travel = travel_of(made)
    assert travel.seconds(OFFICE, HOME, Mode.BICYCLE) == 100
    assert travel.seconds(HOME, OFFICE, Mode.BICYCLE) == 150
    assert travel.source(OFFICE, FAR, Mode.BICYCLE) is TravelSource.GIVEN
    # Nobody drives that day: nothing was asked of cars.
    assert travel.source(OFFICE, FAR, Mode.CAR) is TravelSource.ESTIMATED
    assert document_of(write_document(made)).day.travel_times == made.travel_times


def test_a_place_that_nothing_leads_to_is_told_and_reached_by_nobody() -> None:
    made = route_day(day(HOME, FAR, Location(56.036, 14.161)), Ruler(cut=frozenset({FAR})))
    assert [(each.code, each.where) for each in made.findings] == [
        ("NO_WAY", "visit (v-1) BICYCLE"),
    ]
    assert travel_of(made.day).seconds(OFFICE, FAR, Mode.BICYCLE) == UNREACHABLE_S
    assert "56.4" not in str(made.findings)


def test_a_place_off_the_map_is_told_and_estimated() -> None:
    made = route_day(day(HOME, FAR), Ruler(off=frozenset({FAR})))
    assert [(each.code, each.where) for each in made.findings] == [
        ("OFF_THE_MAP", "visit (v-1) BICYCLE"),
    ]
    travel = travel_of(made.day)
    assert travel.source(OFFICE, FAR, Mode.BICYCLE) is TravelSource.ESTIMATED
    assert 0 < travel.seconds(OFFICE, FAR, Mode.BICYCLE) < UNREACHABLE_S
    assert travel.source(OFFICE, HOME, Mode.BICYCLE) is TravelSource.GIVEN


def test_what_the_day_gives_is_left_alone() -> None:
    table = TravelTimes(Mode.BICYCLE, (OFFICE, HOME), ((0, 7), (9, 0)))
    given = replace(day(HOME, FAR), travel_times=(table,))
    made = route_day(given, Ruler())
    assert made.day.travel_times == (table,)  # only FAR is left, and one place has no way
    both = replace(day(HOME, FAR, Location(56.41, 14.51)), travel_times=(table,))
    tables = route_day(both, Ruler()).day.travel_times
    assert tables[0] == table
    assert set(tables[1].locations) == {FAR, Location(56.41, 14.51)}


def test_ways_are_asked_once_and_again_for_another_map(tmp_path: Path) -> None:
    cache, router = LegCache(tmp_path / "ways.db"), Ruler(off=frozenset({FAR}))
    first = route_day(day(HOME, FAR), router, cache)
    again = route_day(day(HOME, FAR), router, LegCache(tmp_path / "ways.db"))
    assert (router.asked, again.day, again.findings) == (1, first.day, first.findings)
    assert (first.routed > 0, first.from_cache, again.routed) == (True, 0, 0)
    assert again.from_cache == first.routed
    more = route_day(day(HOME, FAR, Location(56.036, 14.161)), router, cache)
    assert (router.asked, more.from_cache) == (2, 0)
    newer = Ruler(name="ruler 2")
    assert route_day(day(HOME, FAR), newer, cache).findings == ()
    assert newer.asked == 1


def test_a_file_that_is_no_cache_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("dear diary " * 1000, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        LegCache(path)
    assert refused.value.findings[0].code == "LEG_CACHE"
    assert path.read_text(encoding="utf-8").startswith("dear diary")


def test_a_day_without_shifts_asks_nothing() -> None:
    router = Ruler()
    empty = Day(date(2026, 3, 4), (), (), ())
    assert route_day(empty, router).day == empty
    assert router.asked == 0
