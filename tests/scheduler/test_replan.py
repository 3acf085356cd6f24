"""What happens during a day, what stays, what changes and why, on a day to check on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Gap, Visit
from scheduler.causes import Cause
from scheduler.changes import ChangeKind
from scheduler.checker import check
from scheduler.disturbances import Delay, Disturbances, load_replanning
from scheduler.freeze import standings
from scheduler.plan import Plan, Route
from scheduler.replan import Replanned, plan_near, replan
from scheduler.rules import Reason
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, stop, visit

SETTINGS = load_replanning(two.DAY)


def day(*visits: Visit) -> Day:
    """Anna and Bo with nobody else's breaks, 08-12."""
    return replace(two.day(), shifts=(two.shift(two.ANNA), two.shift(two.BO)), visits=tuple(visits))


def plan(anna: tuple[object, ...], bo: tuple[object, ...] = ()) -> Plan:
    """Back at the office with the last visit."""
    routes = []
    for name, stops in (("anna", anna), ("bo", bo)):
        back = stops[-1].end if stops else at("08:00")  # type: ignore[attr-defined]
        routes.append(Route(f"pass-{name}", name, tuple(stops), 0, back))  # type: ignore[arg-type]
    return Plan(two.DAY, tuple(routes), ())


def go(asked: Day, planned: Plan, what: Disturbances) -> Replanned:
    assert check(asked, planned, two.TRAVEL) == []
    found = replan(asked, planned, what, two.TRAVEL, iterations=3000, threads=1)
    assert check(found.day, found.plan, two.TRAVEL) == []
    return found


def said(found: Replanned) -> dict[str, tuple[Cause, tuple[str, ...]]]:
    return {each.change.visit_id: (each.cause, each.because) for each in found.changed}


def test_a_sick_carers_visits_go_to_another_and_the_rest_stays() -> None:
    asked = day(
        visit("tidig", "siv", ("08:00", "08:00"), 30),
        visit("frukost", "per", ("09:00", "09:30"), 30),
        visit("lunch", "ture", ("11:00", "11:30"), 20),
    )
    planned = plan(
        (stop("tidig", "08:00", 30), stop("frukost", "09:00", 30)), (stop("lunch", "11:00", 20),)
    )
    found = go(asked, planned, Disturbances(at("08:10"), sick=("anna",)))
    assert said(found) == {"frukost": (Cause.SICK, ("anna",))}
    (change,) = found.changed
    assert change.text == "anna är sjuk."
    assert change.change.after is not None
    assert (change.change.kind, change.change.after.carer_id) == (ChangeKind.CARER, "bo")
    # What she has done stays hers, and her shift ends with it.
    assert [(s.id, s.end) for s in found.day.shifts] == [
        ("pass-anna", at("08:30")), ("pass-bo", at("12:00")),
    ]  # fmt: skip
    assert (found.untouched, found.kept) == (1, 1)


def test_who_falls_ill_before_the_first_visit_has_no_shift_left() -> None:
    asked = day(visit("lunch", "ture", ("11:00", "11:30"), 20))
    found = go(asked, plan((stop("lunch", "11:00", 20),)), Disturbances(at("07:00"), ("anna",)))
    assert [shift.id for shift in found.day.shifts] == ["pass-bo"]


def test_what_has_begun_or_begins_soon_stays_even_if_another_is_nearer() -> None:
    """At 08:50 the visit at 09:00 is frozen; the one at 09:30 may move for the acute one."""
    first = visit("nio", "siv", ("08:00", "10:00"), 20)
    second = visit("halvtio", "per", ("08:00", "11:00"), 20)
    asked = replace(day(first, second), carers=(two.ANNA,), shifts=(two.shift(two.ANNA),))
    planned = plan((stop("nio", "09:00", 20), stop("halvtio", "09:30", 20)))
    planned = replace(planned, routes=planned.routes[:1])
    acute = visit("akut", "ture", ("09:00", "09:30"), 30)
    found = go(asked, planned, Disturbances(at("08:50"), added=(acute,)))
    starts = {s.visit_id: s.start for s in found.plan.routes[0].stops}
    assert starts["nio"] == at("09:00")
    assert said(found)["akut"] == (Cause.ADDED, ())
    assert said(found)["halvtio"] == (Cause.MAKES_ROOM, ("akut",))


def test_nobody_leaves_for_a_new_visit_before_it_is_known() -> None:
    """Bo has been free since 08:20; at 10:00 the alarm is ten minutes away, so he comes 10:10."""
    far = visit("bort", "rut", ("11:45", "11:45"), 5, location=two.AWAY)
    asked = day(visit("tidig", "siv", ("08:00", "08:00"), 20), far)
    asked = replace(asked, carers=(two.BO,), shifts=(two.shift(two.BO),))
    planned = Plan(
        two.DAY,
        (
            Route(
                "pass-bo",
                "bo",
                (stop("tidig", "08:00", 20), stop("bort", "11:45", 5, 600)),
                600,
                at("12:00"),
            ),
        ),
        (),
    )
    found = go(asked, planned, Disturbances(at("10:00"), alarms=("rut",)))
    starts = {s.visit_id: s.start for s in found.plan.routes[0].stops}
    assert starts["alarm-rut"] == at("10:10")
    alarm = found.day.visits[-1]
    assert (alarm.priority, alarm.location) == (1, two.AWAY)
    assert alarm.duration_min == SETTINGS.alarm_min


def test_a_late_carers_next_visit_comes_later_or_goes_to_another() -> None:
    asked = day(
        visit("tidig", "siv", ("08:00", "08:00"), 30),
        visit("nästa", "per", ("08:40", "09:40"), 20),
        visit("hårt", "ture", ("09:00", "09:00"), 20),
    )
    planned = plan(
        (stop("tidig", "08:00", 30), stop("nästa", "08:40", 20), stop("hårt", "09:00", 20))
    )
    found = go(asked, planned, Disturbances(at("08:10"), delays=(Delay("anna", 35),)))
    placed = {s.visit_id: (r.carer_id, s.start) for r in found.plan.routes for s in r.stops}
    # She is free at 09:05.
    assert placed["tidig"] == ("anna", at("08:00"))
    assert placed["hårt"] == ("bo", at("09:00"))
    assert placed["nästa"][0] == "bo" or placed["nästa"][1] >= at("09:05")
    assert said(found)["hårt"] == (Cause.LATE, ("anna",))
    assert (found.untouched, found.kept) == (0, 0)


def test_a_cancelled_visit_is_gone_with_its_ties() -> None:
    asked = day(
        visit("insulin", "per", ("08:00", "09:00"), 10),
        visit("frukost", "per", ("08:00", "10:00"), 20, gaps=(Gap("insulin", 30, 60),)),
        visit("lyft-1", "rut", ("10:00", "11:00"), 30, group="lyft"),
        visit("lyft-2", "rut", ("10:00", "11:00"), 30, group="lyft"),
    )
    planned = plan(
        (stop("insulin", "08:00", 10), stop("frukost", "08:40", 20), stop("lyft-1", "10:00", 30)),
        (stop("lyft-2", "10:00", 30),),
    )
    what = Disturbances(at("07:00"), cancelled=("insulin", "lyft-2"))
    found = go(asked, planned, what)
    left = {v.id: v for v in found.day.visits}
    assert set(left) == {"frukost", "lyft-1"}
    assert left["frukost"].gaps == ()
    assert left["lyft-1"].group is None
    assert said(found)["insulin"] == (Cause.CANCELLED, ())


def test_a_visit_whose_time_has_passed_is_left_out_and_says_so() -> None:
    asked = day(visit("tidig", "siv", ("08:00", "08:30"), 30))
    asked = replace(asked, carers=(two.ANNA,), shifts=(two.shift(two.ANNA),))
    left = Plan(
        two.DAY,
        (Route("pass-anna", "anna", (), 0, at("08:00")),),
        (two.left_out("tidig"),),
    )
    found = go(asked, left, Disturbances(at("09:00")))
    (out,) = found.plan.unassigned
    assert (out.reason, out.proven) == (Reason.WINDOW_PASSED, True)
    assert found.changed == ()


def test_a_double_staffing_stays_whole_when_one_of_two_falls_ill() -> None:
    """Its start is within the freeze time, but half of it cannot stay alone."""
    asked = day(
        visit("lyft-1", "rut", ("08:15", "09:30"), 30, group="lyft"),
        visit("lyft-2", "rut", ("08:15", "09:30"), 30, group="lyft"),
    )
    planned = plan((stop("lyft-1", "08:15", 30),), (stop("lyft-2", "08:15", 30),))
    what = Disturbances(at("08:10"), sick=("bo",))
    assert standings(asked, planned, what, SETTINGS.freeze_min)["pass-anna"].kept == ()
    found = go(asked, planned, what)
    assert {out.visit_id for out in found.plan.unassigned} == {"lyft-1", "lyft-2"}


def test_a_break_that_has_begun_is_not_taken_again() -> None:
    asked = replace(two.day(), carers=(two.BO,), shifts=two.day().shifts[1:])
    asked = replace(asked, visits=(visit("bad", "siv", ("11:00", "11:30"), 20),))
    planned = Plan(
        two.DAY,
        (
            Route(
                "pass-bo", "bo", (stop(None, "09:30", 30), stop("bad", "11:00", 20)), 0, at("11:20")
            ),
        ),
        (),
    )
    found = go(asked, planned, Disturbances(at("09:40"), alarms=("siv",)))
    stops = found.plan.routes[0].stops
    assert [s.start for s in stops if s.visit_id is None] == [at("09:30")]
    # He is not called away from it.
    assert next(s.start for s in stops if s.visit_id == "alarm-siv") >= at("10:00")


def test_a_pin_to_a_sick_carer_is_let_go() -> None:
    pinned = replace(visit("bad", "siv", ("09:00", "09:00"), 20), pinned_carer="anna")
    found = go(day(pinned), plan((stop("bad", "09:00", 20),)), Disturbances(at("08:00"), ("anna",)))
    assert [s.visit_id for s in found.plan.routes[0].stops] == ["bad"]
    assert found.day.visits[0].pinned_carer is None


def test_a_plan_that_cannot_have_come_so_far_is_refused() -> None:
    """Two visits at the same time by the same carer, both begun."""
    asked = day(
        visit("ett", "siv", ("08:00", "08:00"), 30), visit("två", "per", ("08:10", "08:10"), 30)
    )
    broken = plan((stop("ett", "08:00", 30), stop("två", "08:10", 30)))
    with pytest.raises(InvalidInput) as refused:
        replan(asked, broken, Disturbances(at("08:20")), two.TRAVEL, iterations=100, threads=1)
    assert [finding.code for finding in refused.value.findings] == ["CANNOT_STAND"]


def test_an_added_visit_with_a_fault_is_refused_before_any_search() -> None:
    asked = day(visit("tidig", "siv", ("08:00", "08:00"), 30))
    double = visit("tidig", "per", ("10:00", "10:00"), 10)
    with pytest.raises(InvalidInput) as refused:
        replan(
            asked, plan((stop("tidig", "08:00", 30),)),
            Disturbances(at("07:00"), added=(double,)), two.TRAVEL,
        )  # fmt: skip
    assert "DUPLICATE_ID" in {finding.code for finding in refused.value.findings}


def test_another_carer_is_not_sent_to_save_a_little_travel() -> None:
    """Bo is at Rut's already; Anna's visit there stays hers for less than its price in travel."""
    asked = day(
        visit("hos-rut", "rut", ("10:00", "10:00"), 20, location=two.AWAY),
        visit("också", "rut", ("10:20", "10:40"), 20, location=two.AWAY),
    )
    planned = Plan(
        two.DAY,
        (
            Route("pass-anna", "anna", (stop("också", "10:20", 20, 600),), 600, at("10:50")),
            Route("pass-bo", "bo", (stop("hos-rut", "10:00", 20, 600),), 600, at("10:30")),
        ),
        (),
    )
    # The trade saves 1,200 s of travel, 4,800 points: no more than what it costs.
    assert SETTINGS.changed_carer >= 4800
    found = go(asked, planned, Disturbances(at("08:00")))
    assert (found.changed, found.untouched, found.kept) == ((), 2, 2)


def test_a_changed_day_is_planned_near_to_the_plan_it_had() -> None:
    """Without a price on changes, everybody would get another carer when one visit comes."""
    asked = day(*(visit(f"v{n}", f"r{n}", ("08:00", "12:00"), 30) for n in range(4)))
    planned = plan(
        (stop("v2", "08:30", 30), stop("v0", "09:30", 30)),
        (stop("v3", "08:00", 30), stop("v1", "11:00", 30)),
    )
    assert check(asked, planned, two.TRAVEL) == []
    more = replace(asked, visits=(*asked.visits[1:], visit("ny", "nils", ("09:30", "09:40"), 30)))
    near = plan_near(more, planned, two.TRAVEL, iterations=3000, threads=1)
    assert check(more, near, two.TRAVEL) == []
    before, after = starts(planned), starts(near)
    assert {name: after[name] for name in ("v1", "v2", "v3")} == {
        name: before[name] for name in ("v1", "v2", "v3")
    }
    assert after.keys() == {"v1", "v2", "v3", "ny"}


def starts(planned: Plan) -> dict[str | None, tuple[str, object]]:
    return {s.visit_id: (r.carer_id, s.start) for r in planned.routes for s in r.stops}


def test_near_is_not_kept_at_any_price() -> None:
    """What no longer fits where it was goes elsewhere."""
    asked = day(
        visit("v0", "r0", ("08:00", "12:00"), 30), visit("v1", "r1", ("08:00", "12:00"), 30)
    )
    planned = plan((stop("v0", "08:00", 30), stop("v1", "11:00", 30)))
    gone = replace(asked, shifts=asked.shifts[1:])
    near = plan_near(gone, planned, two.TRAVEL, iterations=3000, threads=1)
    assert check(gone, near, two.TRAVEL) == []
    assert starts(near) == {"v0": ("bo", at("08:00")), "v1": ("bo", at("11:00"))}
