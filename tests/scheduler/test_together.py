"""Several visits of one person in a plan as it stands: every rule kept, every no with reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.care.model import Day, Gap, Visit
from scheduler.checker import check
from scheduler.plan import Plan
from scheduler.planner import plan_day, route_of
from scheduler.recommend import Recommender
from scheduler.relaxations import Relaxation, Way, relaxation, variants
from scheduler.rules import Reason
from scheduler.together import AGAIN, Together, also, place_together
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, visit


def asked(day: Day) -> Recommender:
    made = plan_day(day, two.TRAVEL, iterations=5000, threads=1)
    assert check(day, made, two.TRAVEL) == []
    return Recommender(day, made, two.TRAVEL)


def small(*visits: Visit) -> Day:
    return replace(two.day(), visits=visits)


def sound(of: Recommender, found: Together) -> bool:
    """Whether the plan with all options keeps every rule; no option contradicts a later one."""
    routes = {
        shift.id: route_of(of.day, k, of.given[k], of.travel)
        for k, shift in enumerate(of.day.shifts)
    }
    for option in found.options:
        routes.update({route.shift_id: route for route in option.routes})
    plan = Plan(of.day.date, tuple(routes[shift.id] for shift in of.day.shifts), ())
    left = {name for each in found.left for name in each.visit_ids}
    day = replace(found.day, visits=tuple(v for v in found.day.visits if v.id not in left))
    return check(day, plan, two.TRAVEL) == []


KEPT = visit("kvar", "siv", ("08:00", "08:30"), 30)


def test_a_day_of_visits_with_gaps_and_double_staffing_keeps_every_rule() -> None:
    of = asked(small(KEPT))
    visits = (
        visit("ny-morgon", "ture", ("08:00", "09:00"), 20),
        visit("ny-kväll", "ture", ("10:00", "11:30"), 20, gaps=(Gap("ny-morgon", 120, 150),)),
        visit("ny-lyft-1", "ture", ("09:00", "10:00"), 15, group="ny-lyft"),
        visit("ny-lyft-2", "ture", ("09:00", "10:00"), 15, group="ny-lyft"),
    )
    found = place_together(of, visits)
    assert found.left == ()
    assert sorted(name for o in found.options for name in o.visit_ids) == sorted(
        v.id for v in visits
    )
    assert sound(of, found)


def test_what_finds_no_place_chooses_first() -> None:
    """Anna alone gives insulin, and is on the spot for the long visit that Bo could make."""
    of = asked(small(visit("rut", "rut", ("08:30", "08:30"), 30, frozenset({"insulin"}),
                           location=two.AWAY)))  # fmt: skip
    long = visit("ny-1", "ture", ("08:00", "09:10"), 60, location=two.AWAY)
    insulin = visit(
        "ny-2", "ture", ("09:00", "09:15"), 30, frozenset({"insulin"}), location=two.AWAY
    )
    assert of.place((long,)).options[0].carer_ids == ("anna",)
    found = place_together(of, (long, insulin))
    assert {o.visit_ids[0]: o.carer_ids for o in found.options} == {
        "ny-1": ("bo",), "ny-2": ("anna",),
    }  # fmt: skip
    assert sound(of, found)


@pytest.mark.parametrize("carer", ["anna", "bo"])
def test_of_places_that_cost_the_same_one_of_a_known_carer_is_taken(carer: str) -> None:
    of = asked(small())
    visits = tuple(visit(f"ny-{n}", "ture", (n, n), 20) for n in ("09:00", "09:20"))
    found = place_together(of, visits, known={carer})
    assert [option.carer_ids for option in found.options] == [(carer,)] * 2


def test_a_second_visit_takes_the_carer_of_the_first() -> None:
    """Without anybody known, the first one who comes is known afterwards."""
    of = asked(small())
    visits = tuple(visit(f"ny-{n}", "ture", (n, n), 20) for n in ("08:00", "08:20", "08:40"))
    found = place_together(of, visits)
    assert len({carer for option in found.options for carer in option.carer_ids}) == 1


def test_a_decision_that_is_planned_already_gives_its_place_to_the_new_one() -> None:
    full = small(
        visit("b-1-morning-1", "ture", ("08:00", "08:00"), 235, frozenset({"insulin"})),
    )
    of = asked(full)
    new = visit("b-1-morning-1", "ture", ("08:00", "08:00"), 30, frozenset({"insulin"}))
    refused = place_together(of, (new,))
    assert [each.visit_ids for each in refused.left] == [(f"{AGAIN}b-1-morning-1",)]
    found = place_together(of, (new,), instead={"b-1-morning-1"})
    assert [option.visit_ids for option in found.options] == [(f"{AGAIN}b-1-morning-1",)]
    assert found.left == ()


def test_the_travel_of_all_options_is_told_once() -> None:
    of = asked(small(KEPT))
    visits = tuple(
        visit(f"ny-{n}", "rut", (n, n), 20, location=two.AWAY) for n in ("09:00", "09:20")
    )
    assert place_together(of, visits).travel_s == 1200


def test_every_shift_says_why_it_cannot() -> None:
    of = asked(small())
    found = place_together(of, (visit("ny", "ture", ("13:00", "14:00"), 20),))
    (left,) = found.left
    assert {r.carer_id: r.code for r in left.refusals} == {
        "anna": Reason.NO_SHIFT_IN_WINDOW, "bo": Reason.NO_SHIFT_IN_WINDOW,
    }  # fmt: skip


# ---------------------------------------------------------------- relaxations


def relaxed(of: Recommender, *visits: Visit) -> Relaxation | None:
    found = place_together(of, visits, spare=variants(visits))
    (left,) = found.left
    return relaxation(of, found, left)


@pytest.mark.parametrize(("earliest", "minutes"), [("11:50", 15), ("12:10", 30), ("13:35", 120)])
def test_the_smallest_wider_window_is_told(earliest: str, minutes: int) -> None:
    """The shift ends at twelve; twenty minutes begin at 11:40 at the latest."""
    found = relaxed(asked(small()), visit("ny", "ture", (earliest, "14:00"), 20))
    assert found is not None
    assert (found.way, found.minutes) == (Way.WIDER_WINDOW, minutes)
    assert found.start <= at("11:40")
    assert f"{minutes} min" in found.text


def test_who_lacks_a_delegation_is_told_when_a_window_does_not_help() -> None:
    of = asked(replace(small(), shifts=two.day().shifts[1:]))
    found = relaxed(of, visit("ny", "ture", ("08:00", "09:00"), 20, frozenset({"insulin"})))
    assert found is not None
    assert (found.way, found.skills, found.carer_ids) == (Way.SKILL, ("insulin",), ("bo",))


def test_no_relaxation_is_made_up() -> None:
    assert relaxed(asked(small()), visit("ny", "ture", ("18:00", "19:00"), 20)) is None


def test_a_visit_that_others_follow_in_time_is_not_relaxed_past_them() -> None:
    """The lunch four hours after it is planned; a breakfast at any time would break the gap."""
    lunch = visit("ny-lunch", "ture", ("08:00", "08:00"), 20, gaps=(Gap("ny-frukost", 0, 10),))
    breakfast = visit("ny-frukost", "ture", ("12:10", "14:00"), 20)
    assert relaxed(asked(small()), breakfast, lunch) is None


def test_a_spare_visit_finds_its_place_behind_the_others() -> None:
    of = asked(replace(small(), shifts=two.day().shifts[:1]))
    spare = tuple(
        visit(f"till-{latest}", "siv", ("08:00", latest), 30) for latest in ("09:30", "08:30")
    )
    found = place_together(of, (visit("ny", "ture", ("08:00", "08:00"), 60),), spare=spare)
    assert [option.visit_ids for option in found.options] == [("ny",)]
    option = also(of, found, "till-09:30")
    assert option is not None
    assert option.start == at("09:00")
    assert also(of, found, "till-08:30") is None
