"""Documents of a day without the persons whom their reader may not know of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api.documents.day_lists import carer_calendar, day_list, who_comes
from api.documents.plan_writing import model_output
from api.documents.planning import model_input
from api.documents.route_map import route_map
from api.documents.withheld import (
    Withheld,
    anonymous,
    input_without,
    output_without,
    withheld_of,
)
from scheduler.care.errors import Finding
from scheduler.care.model import Continuity, Day, Gap, Location, Mode, TravelTimes
from scheduler.plan import Plan, Stop, Unassigned
from scheduler.rules import Reason
from tests.api.store.samples import AT, OFFICE, day_and_plan

HOME = Location(56.5, 14.5)
MINUTE = timedelta(minutes=1)
HIDDEN = frozenset({"r-2"})


def round_of(*whom: str) -> tuple[Day, Plan]:
    """Anna's day of visits of 20 minutes to `whom`, five minutes' way from each to the next."""
    day, plan = day_and_plan()
    first = day.visits[0]
    visits, stops, at = [], [], first.earliest
    for number, recipient in enumerate(whom, start=1):
        place = HOME if recipient in HIDDEN else OFFICE
        visits.append(
            replace(first, id=f"{recipient}-v-{number}", recipient_id=recipient, location=place)
        )
        stops.append(Stop(visits[-1].id, at, at, at + 20 * MINUTE, 300))
        at += 25 * MINUTE
    route = replace(plan.routes[0], stops=tuple(stops), return_travel_s=300, back=at)
    return replace(day, visits=tuple(visits)), replace(plan, routes=(route,))


def test_a_day_without_hidden_persons_is_as_it_was() -> None:
    day, plan = round_of("r-1", "r-3")
    whole = model_input(day)
    assert input_without(whole, withheld_of(whole, HIDDEN)) is whole
    written = model_output(plan, day)
    assert output_without(written, withheld_of(whole, HIDDEN)) is written


@pytest.mark.parametrize(
    ("whom", "kinds", "spans"),
    [
        (("r-1", "r-2", "r-3"), "VISIT TAKEN VISIT", (20, 50)),
        (("r-1", "r-2", "r-2", "r-3"), "VISIT TAKEN VISIT", (20, 75)),
        (("r-2", "r-1"), "TAKEN VISIT", (-5, 25)),
        (("r-1", "r-2"), "VISIT TAKEN", (20, 50)),
        (("r-2",), "TAKEN", (-5, 25)),
    ],
)
def test_a_carer_is_taken_from_the_stop_before_to_the_next(
    whom: tuple[str, ...], kinds: str, spans: tuple[int, int]
) -> None:
    """Neither how long the visit is nor how far away can be read off, nor how many there are."""
    day, plan = round_of(*whom)
    withheld = withheld_of(model_input(day), HIDDEN)
    made = output_without(model_output(plan, day), withheld)
    stops = made.caregivers[0].shifts[0].itinerary
    assert [each.kind for each in stops] == kinds.split()
    begin = day.visits[0].earliest
    (taken,) = [each for each in stops if each.kind == "TAKEN"]
    assert (taken.arrival_time - begin, taken.departure_time - begin) == tuple(
        minutes * MINUTE for minutes in spans
    )
    assert (taken.id, taken.recipient_id, taken.zone, taken.travel_time) == (None, None, None, 0)
    ways = [each.travel_time for each in stops]
    before = [False, *(each.kind == "TAKEN" for each in stops)][: len(stops)]
    assert [way for way, hidden in zip(ways, before, strict=True) if hidden] == [0] * sum(before)
    last = made.caregivers[0].shifts[0].return_travel_time
    assert last == (0 if stops[-1].kind == "TAKEN" else 300)
    # The carer's own list says the same.
    listed = day_list(day, plan, "anna", HIDDEN).shifts[0].stops
    assert [(each.kind, each.travel_time) for each in listed] == [
        (each.kind, each.travel_time) for each in stops
    ]
    (same,) = [each for each in listed if each.kind == "TAKEN"]
    assert (same.start_time, same.end_time) == (taken.arrival_time, taken.departure_time)


def test_nothing_of_a_hidden_person_is_left_in_a_day() -> None:
    day, _ = round_of("r-1", "r-2", "r-1")
    after = replace(day.visits[2], gaps=(Gap(day.visits[1].id, 0, None),), group="g")
    both = replace(day.visits[1], group="g")
    table = TravelTimes(Mode.FOOT, (OFFICE, HOME), ((0, 700), (700, 0)), ("town", "far"))
    only = TravelTimes(Mode.CAR, (HOME,), ((0,),))
    day = replace(
        day, visits=(day.visits[0], both, after), travel_times=(table, only),
        continuity=(Continuity("r-2", frozenset({"bo"})), Continuity("r-1", frozenset({"eva"}))),
        names={"r-2": "Xantippa"},
    )  # fmt: skip
    whole = model_input(day)
    made = input_without(whole, withheld_of(whole, HIDDEN))
    text = made.model_dump_json()
    for marker in ("r-2", "56.5", "Xantippa", 'bo"', "far", "700"):
        assert marker in whole.model_dump_json()
        assert marker not in text
    assert made.withheld_visits == 1
    assert [each.locations for each in made.travel_times] == [[[OFFICE.lat, OFFICE.lon]]]
    assert "56.5" not in route_map(*round_of("r-1", "r-2", "r-1"), HIDDEN).model_dump_json()


def test_a_place_that_others_share_stays() -> None:
    day, _ = round_of("r-1", "r-2")
    table = TravelTimes(Mode.FOOT, (OFFICE, HOME), ((0, 700), (700, 0)))
    neighbour = replace(day.visits[0], location=HOME)
    whole = model_input(replace(day, visits=(neighbour, day.visits[1]), travel_times=(table,)))
    made = input_without(whole, withheld_of(whole, HIDDEN))
    assert made.travel_times == whole.travel_times


def test_why_a_visit_is_left_out_names_nobody_hidden() -> None:
    day, plan = round_of("r-1", "r-2")
    seen, hidden = day.visits[0].id, day.visits[1].id
    left = (
        Unassigned(hidden, Reason.CROWDED_OUT, (), "Text.", "Gör så."),
        Unassigned(seen, Reason.CROWDED_OUT, ("anna", hidden), f"Krockar med {hidden}.", "Gör."),
    )
    written = model_output(replace(plan, unassigned=left), day)
    made = output_without(written, withheld_of(model_input(day), HIDDEN))
    (told,) = made.unassigned_visits
    assert (told.id, told.blocking) == (seen, ["anna"])
    assert hidden not in told.text


def test_a_calendar_and_the_list_of_who_comes_are_silent() -> None:
    day, plan = round_of("r-1", "r-2")
    text = carer_calendar(day, plan, "anna", AT, HIDDEN).decode()
    assert ("r-1" in text, "r-2" in text, "SUMMARY:Upptagen" in text) == (True, False, True)
    assert who_comes(day, plan, "r-2", HIDDEN).visits == []
    assert len(who_comes(day, plan, "r-2").visits) == 1


@pytest.mark.parametrize(
    ("where", "named"),
    [("visits[3] (b-1-morning-1)", True), ("decision (b-1)", True), ("decision (b-10)", False),
     ("visit (v-7)", True), ("visit (v-77)", False), ("recipient (r-2)", True),
     ("recipient (er-2)", False)],
)  # fmt: skip
def test_a_fault_is_told_without_whom_it_is_about(where: str, named: bool) -> None:
    withheld = Withheld(HIDDEN, frozenset({"v-7"}), frozenset({"b-1"}))
    fault = Finding("UNKNOWN_SKILL", where, "a", "b", "Gör så.")
    (told,) = anonymous([fault], withheld)
    assert told.code == fault.code
    assert (told.where == where) is not named
