"""The checker finds each kind of broken rule in a plan that is otherwise right, and its size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scheduler.care.model import Break, Continuity, Day, Gap, Gender, Window, Wishes
from scheduler.care.units import STOCKHOLM
from scheduler.checker import check, missed
from scheduler.objective import Objective, Weights
from scheduler.plan import Plan, Route
from scheduler.rules import Rule
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, stop


def edit(plan: Plan, shift_id: str, change: Callable[[Route], Route]) -> Plan:
    routes = tuple(change(r) if r.shift_id == shift_id else r for r in plan.routes)
    return replace(plan, routes=routes)


def retime(visit_id: str, start: str, minutes: int) -> Callable[[Plan], Plan]:
    """Move one stop of the right plan to another time."""

    def apply(plan: Plan) -> Plan:
        def change(route: Route) -> Route:
            stops = tuple(
                stop(visit_id, start, minutes, s.travel_s) if s.visit_id == visit_id else s
                for s in route.stops
            )
            return replace(route, stops=tuple(sorted(stops, key=lambda s: s.start)))

        return replace(plan, routes=tuple(change(r) for r in plan.routes))

    return apply


def without(*visit_ids: str | None) -> Callable[[Plan], Plan]:
    """Take stops out without accounting for them."""
    return lambda plan: replace(
        plan,
        routes=tuple(
            replace(r, stops=tuple(s for s in r.stops if s.visit_id not in visit_ids))
            for r in plan.routes
        ),
    )


def moved(visit_id: str, to: str) -> Callable[[Plan], Plan]:
    """Give a stop to the other carer at the same time."""

    def apply(plan: Plan) -> Plan:
        (taken,) = [s for r in plan.routes for s in r.stops if s.visit_id == visit_id]
        return edit(
            without(visit_id)(plan),
            to,
            lambda r: replace(r, stops=tuple(sorted((*r.stops, taken), key=lambda s: s.start))),
        )

    return apply


def break_at(start: str, minutes: int = 30) -> Callable[[Plan], Plan]:
    return lambda plan: edit(
        without(None)(plan),
        "pass-bo",
        lambda r: replace(
            r,
            stops=tuple(sorted((*r.stops, stop(None, start, minutes)), key=lambda s: s.start)),
        ),
    )


def test_a_plan_that_keeps_every_rule_has_no_violation() -> None:
    """The faults below are planted in this plan; it must be clean before."""
    assert check(two.day(), two.plan(), two.TRAVEL) == []


def test_leaving_a_visit_out_with_a_reason_is_no_violation() -> None:
    plan = without("tillsyn")(two.plan())
    plan = replace(plan, unassigned=(two.left_out("tillsyn"),))
    assert check(two.day(), plan, two.TRAVEL) == []


FAULTS: list[tuple[str, Callable[[Plan], Plan], Rule, set[str], int]] = [
    ("a visit lost", without("tillsyn"), Rule.ASSIGNED_ONCE, {"tillsyn"}, 0),
    (
        "a visit planned and left out",
        lambda p: replace(p, unassigned=(two.left_out("bad"),)),
        Rule.ASSIGNED_ONCE, {"bad"}, 0,
    ),
    (
        "a visit planned twice",
        lambda p: edit(
            p, "pass-anna",
            lambda r: replace(r, stops=(*r.stops, stop("tillsyn", "11:20", 15, 600))),
        ),
        Rule.ASSIGNED_ONCE, {"tillsyn"}, 0,
    ),
    ("an expired delegation", moved("insulin", "pass-bo"), Rule.SKILL, {"insulin"}, 0),
    ("a start before the window", retime("lyft-1", "09:59", 30), Rule.WINDOW, {"lyft-1"}, 60),
    ("a start after the window", retime("lyft-2", "11:02", 30), Rule.WINDOW, {"lyft-2"}, 120),
    ("a visit cut short", retime("bad", "08:00", 39), Rule.DURATION, {"bad"}, 60),
    ("a visit drawn out", retime("tillsyn", "08:40", 16), Rule.DURATION, {"tillsyn"}, 60),
    ("two visits at once", retime("tillsyn", "08:39", 15), Rule.TRAVEL, {"tillsyn"}, 60),
    (
        "no time to travel",
        lambda p: retime("tillsyn", "10:11", 15)(moved("tillsyn", "pass-anna")(p)),
        Rule.TRAVEL, {"lyft-1"}, 6 * 60,
    ),
    ("a break late in its frame", break_at("10:31"), Rule.BREAK, set(), 60),
    ("a break before its frame", break_at("09:29"), Rule.BREAK, set(), 60),
    ("a short break", break_at("09:30", 29), Rule.BREAK, set(), 60),
    ("no break", without(None), Rule.BREAK, set(), 0),
    ("half a double staffing", without("lyft-2"), Rule.GROUP_WHOLE, {"lyft-1", "lyft-2"}, 0),
    (
        "double staffing apart in time",
        retime("lyft-1", "10:31", 30),
        Rule.GROUP_START, {"lyft-1", "lyft-2"}, 60,
    ),
    (
        "double staffing by one person",
        moved("lyft-1", "pass-bo"),
        Rule.GROUP_CARERS, {"lyft-1", "lyft-2"}, 0,
    ),
    ("too short a gap", retime("frukost", "08:39", 20), Rule.GAP, {"insulin", "frukost"}, 60),
    ("too long a gap", retime("frukost", "09:11", 20), Rule.GAP, {"insulin", "frukost"}, 60),
    (
        "two visits of one person at once",
        moved("tillsyn", "pass-anna"),
        Rule.RECIPIENT_OVERLAP, set(), 0,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("plant", "rule", "ids", "size_s"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_planted_fault_is_found(
    plant: Callable[[Plan], Plan], rule: Rule, ids: set[str], size_s: int
) -> None:
    """A checker that misses one kind of fault lets the solver break it unseen."""
    if rule is Rule.RECIPIENT_OVERLAP:
        # Siv's two visits at 08:20 by Anna and 08:00-08:40 by Bo: twenty minutes in common.
        plan = retime("tillsyn", "08:20", 15)(plant(two.plan()))
        ids, size_s = {"bad", "tillsyn"}, 20 * 60
    else:
        plan = plant(two.plan())
    found = [v for v in check(two.day(), plan, two.TRAVEL) if v.rule is rule]
    assert found, f"{rule} was not reported"
    assert any(set(v.visit_ids) == ids and v.size_s == size_s for v in found), found
    assert all("Väntat" in str(v) for v in found)


# Anna has no gender on record, speaks Finnish and cannot be near cats; she makes Per's breakfast.
WISHES = [
    (Rule.FORBIDDEN_CARER, Wishes(prohibited=frozenset({"anna"}))),
    (Rule.ALLERGY, Wishes(allergens=frozenset({"katt", "hund"}))),
    (Rule.GENDER, Wishes(gender=Gender.WOMAN)),
    (Rule.LANGUAGE, Wishes(languages=frozenset({"arabiska"}))),
    (Rule.PREFERRED_CARER, Wishes(preferred=frozenset({"bo"}))),
    (Rule.FIXED_CONTACT, Wishes(contact="bo")),
]
KEPT = Wishes(
    prohibited=frozenset({"bo"}),
    preferred=frozenset({"anna"}),
    languages=frozenset({"arabiska", "finska"}),
    allergens=frozenset({"hund"}),
    contact="anna",
)


def wishing(wishes: Wishes, **traits: object) -> Day:
    day = two.day()
    anna = replace(two.ANNA, languages=frozenset({"finska"}), allergies=frozenset({"katt"}))
    anna = replace(anna, **traits)  # type: ignore[arg-type]
    visits = tuple(replace(v, wishes=wishes) if v.id == "frukost" else v for v in day.visits)
    return replace(day, carers=(anna, two.BO), visits=visits)


@pytest.mark.parametrize(("rule", "wishes"), WISHES)
def test_a_rule_about_who_comes_is_hard_or_has_a_price(rule: Rule, wishes: Wishes) -> None:
    """The municipality decides which; a break is told in either case, as one or the other."""
    hard = Objective(Weights(), {1: 3, 2: 2, 3: 1})
    priced = replace(hard, prices={rule: 5})
    day, plan = wishing(wishes), two.plan()
    (broken,) = check(day, plan, two.TRAVEL, hard)
    assert (broken.rule, broken.visit_ids, broken.shift_ids) == (rule, ("frukost",), ("pass-anna",))
    assert check(day, plan, two.TRAVEL, priced) == []
    assert missed(day, plan, two.TRAVEL, priced) == [broken]
    assert missed(day, plan, two.TRAVEL, hard) == []


def test_a_wish_is_told_in_words() -> None:
    """Codes are for machines; a scheduler reads kvinna and man."""
    day = wishing(Wishes(gender=Gender.WOMAN), gender=Gender.MAN)
    (broken,) = missed(day, two.plan(), two.TRAVEL)
    assert (broken.expected, broken.found) == ("kvinna", "man")


def test_wishes_that_are_met_break_nothing() -> None:
    hard = Objective(Weights(), {1: 3, 2: 2, 3: 1})
    day = wishing(replace(KEPT, gender=Gender.WOMAN), gender=Gender.WOMAN)
    assert check(day, two.plan(), two.TRAVEL, hard) == []


def test_a_pin_holds_who_and_when_and_goes_before_the_window() -> None:
    """Per's breakfast is at 08:40 by Anna; its window is moved away, the pin stays."""
    day = two.day()

    def with_pin(**pin: object) -> Day:
        changed = replace(day.visits[1], earliest=at("11:00"), latest=at("11:30"), **pin)  # type: ignore[arg-type]
        return replace(day, visits=(day.visits[0], changed, *day.visits[2:]))

    held = with_pin(pinned_carer="anna", pinned_start=at("08:40"))
    assert check(held, two.plan(), two.TRAVEL) == []
    (who,) = check(with_pin(pinned_carer="bo", pinned_start=at("08:40")), two.plan(), two.TRAVEL)
    assert (who.rule, who.expected, who.found) == (Rule.PINNED_CARER, "bo", "anna")
    (when,) = check(with_pin(pinned_start=at("08:45")), two.plan(), two.TRAVEL)
    assert (when.rule, when.size_s) == (Rule.PINNED_TIME, 300)


def test_the_pinned_start_of_one_holds_for_its_whole_group() -> None:
    day = two.day()
    lift = replace(day.visits[2], pinned_start=at("10:45"))
    day = replace(day, visits=(*day.visits[:2], lift, *day.visits[3:]))
    found = [v for v in check(day, two.plan(), two.TRAVEL) if v.rule is Rule.PINNED_TIME]
    assert sorted(v.visit_ids[0] for v in found) == ["lyft-1", "lyft-2"]
    assert {v.size_s for v in found} == {15 * 60}


def test_a_start_between_two_windows_is_in_neither() -> None:
    """Held in the second window; a minute after the first it is a minute off, not an hour."""
    day = two.day()
    again = (Window(at("10:00"), at("10:30")),)
    visits = tuple(
        replace(v, latest=at("08:00"), more_windows=again) if v.id == "tillsyn" else v
        for v in day.visits
    )
    day = replace(day, visits=visits)
    held = retime("tillsyn", "10:05", 15)(two.plan())
    assert [v for v in check(day, held, two.TRAVEL) if v.rule is Rule.WINDOW] == []
    for start, off in (("08:01", 60), ("09:58", 120), ("10:31", 60)):
        broken = retime("tillsyn", start, 15)(two.plan())
        (found,) = [v for v in check(day, broken, two.TRAVEL) if v.rule is Rule.WINDOW]
        assert found.size_s == off
        assert "08:00:00–08:00:00 eller 10:00:00–10:30:00" in found.expected


def test_work_outside_the_shift_is_found() -> None:
    """Both ends: starting before it, and coming back after it, the way home counted."""
    day = two.day()
    late = replace(day, shifts=(replace(day.shifts[0], end=at("11:09")), day.shifts[1]))
    (back,) = check(late, two.plan(), two.TRAVEL)
    assert (back.rule, back.shift_ids, back.size_s) == (Rule.SHIFT, ("pass-anna",), 60)
    early = replace(day, shifts=(replace(day.shifts[0], start=at("08:01")), day.shifts[1]))
    rules = {v.rule for v in check(early, two.plan(), two.TRAVEL)}
    assert rules == {Rule.SHIFT, Rule.TRAVEL}


def test_overtime_is_allowed_until_the_latest_end_and_told() -> None:
    """Anna is back at 11:10: ten minutes over with a shift until 11:00, if she may stay."""
    day = two.day()

    def until(end: str, latest: str) -> Day:
        anna = replace(day.shifts[0], end=at(end), latest_end=at(latest))
        return replace(day, shifts=(anna, day.shifts[1]))

    allowed = until("11:00", "11:10")
    assert check(allowed, two.plan(), two.TRAVEL) == []
    (over,) = missed(allowed, two.plan(), two.TRAVEL)
    assert (over.rule, over.shift_ids, over.size_s) == (Rule.OVERTIME, ("pass-anna",), 600)
    (late,) = check(until("11:00", "11:09"), two.plan(), two.TRAVEL)
    assert (late.rule, late.size_s) == (Rule.SHIFT, 60)
    assert missed(until("11:10", "11:30"), two.plan(), two.TRAVEL) == []


def test_a_start_outside_the_preferred_time_is_told_with_its_size_on_both_sides() -> None:
    """Siv's visit starts at 08:15 in the plan on paper; a pinned start knows no preferred time."""
    start = next(s.start for r in two.plan().routes for s in r.stops if s.visit_id == "tillsyn")

    def wanted(first: datetime, last: datetime, pin: datetime | None = None) -> Day:
        wish = Window(first, last)
        return replace(
            two.day(),
            visits=tuple(
                replace(v, preferred=wish, pinned_start=pin) if v.id == "tillsyn" else v
                for v in two.day().visits
            ),
        )

    later = start + timedelta(minutes=5), start + timedelta(minutes=9)
    sooner = start - timedelta(minutes=9), start - timedelta(minutes=7)
    for wish, size_s in ((later, 300), (sooner, 420)):
        assert check(wanted(*wish), two.plan(), two.TRAVEL) == []
        (off,) = missed(wanted(*wish), two.plan(), two.TRAVEL)
        assert (off.rule, off.visit_ids, off.size_s) == (Rule.PREFERRED_TIME, ("tillsyn",), size_s)
        assert missed(wanted(*wish, start), two.plan(), two.TRAVEL) == []
    assert missed(wanted(start, start), two.plan(), two.TRAVEL) == []


@pytest.mark.parametrize(
    ("recent", "most", "found"),
    [
        # Both lift Rut.
        ((), 2, None),
        ((), 1, "2"),
        (("anna",), 1, "2"),
        (("anna", "bo"), 1, None),
        (("eva", "ali"), 3, "4"),
        (("eva", "ali"), None, None),
    ],
)
def test_new_carers_beyond_the_cap_of_fourteen_days_are_told(
    recent: tuple[str, ...], most: int | None, found: str | None
) -> None:
    """Who came lately is no news; without a cap of the person's own that of the objective holds."""
    known = Continuity("rut", frozenset(recent), most)
    day = replace(two.day(), continuity=(known,))
    assert check(day, two.plan(), two.TRAVEL) == []
    told = missed(day, two.plan(), two.TRAVEL)
    assert [(v.rule, v.found) for v in told] == ([(Rule.CONTINUITY, found)] if found else [])
    if told:
        assert set(told[0].visit_ids) <= {"lyft-1", "lyft-2"}
        assert ("lyft-1" in told[0].visit_ids) == ("anna" not in recent)


def test_a_loop_that_two_carers_share_is_told() -> None:
    def looped(*visits: str) -> Day:
        day = two.day()
        return replace(
            day,
            visits=tuple(replace(v, loop="norr") if v.id in visits else v for v in day.visits),
        )

    assert missed(looped("bad", "tillsyn"), two.plan(), two.TRAVEL) == []
    (split,) = missed(looped("bad", "tillsyn", "frukost"), two.plan(), two.TRAVEL)
    assert (split.rule, split.expected, split.found) == (Rule.LOOP, "en medarbetare", "2")
    assert set(split.visit_ids) == {"bad", "tillsyn", "frukost"}
    assert set(split.shift_ids) == {"pass-anna", "pass-bo"}


def test_unknown_visits_shifts_and_carers_are_found() -> None:
    """A plan of another day's data must not pass because nothing in it is known."""
    plan = two.plan()
    strangers = replace(
        plan,
        date=date(2026, 3, 5),
        routes=(
            *plan.routes,
            Route("pass-okänt", "anna", (), 0, at("12:00")),
            replace(plan.routes[0], carer_id="bo", stops=(stop("okänt", "11:30", 5),)),
        ),
    )
    found = [v for v in check(two.day(), strangers, two.TRAVEL) if v.rule is Rule.ASSIGNED_ONCE]
    assert {v.found for v in found} >= {
        "okänt pass", "okänt besök", "2 rutter", "bo", "plan för 2026-03-05",
    }  # fmt: skip


def test_a_gap_counted_from_the_start_differs_from_one_counted_from_the_end() -> None:
    day = two.day()
    from_start = replace(day.visits[1], gaps=(Gap("insulin", 40, 60, from_start=True),))
    day = replace(day, visits=(day.visits[0], from_start, *day.visits[2:]))
    assert check(day, two.plan(), two.TRAVEL) == []
    from_end = replace(day.visits[1], gaps=(Gap("insulin", 40, 60),))
    day = replace(day, visits=(day.visits[0], from_end, *day.visits[2:]))
    assert [v.size_s for v in check(day, two.plan(), two.TRAVEL)] == [600]


def test_the_repeated_hour_of_the_autumn_night_is_real_time() -> None:
    """02:50 to 02:10 over the change of the clock is 20 minutes, not minus 40."""
    zone_day = date(2026, 10, 25)

    def night(hour: int, minute: int, fold: int = 0) -> datetime:
        return datetime(2026, 10, 25, hour, minute, tzinfo=STOCKHOLM, fold=fold)

    base = two.day()
    shift = replace(
        base.shifts[0], start=night(1, 0), end=night(5, 0), rest=Break(night(3, 0), night(4, 0), 15)
    )
    visit = replace(base.visits[4], earliest=night(2, 50), latest=night(2, 50), duration_min=20)
    day = Day(zone_day, (two.ANNA,), (shift,), (visit,))
    begin = night(2, 50)
    over = replace(
        stop("tillsyn", "08:00", 20), arrival=begin, start=begin, end=night(2, 10, fold=1)
    )
    rest = replace(
        stop(None, "08:00", 15), start=night(3, 0), end=night(3, 0) + timedelta(minutes=15)
    )
    route = Route(shift.id, "anna", (over, rest), 0, night(3, 15))
    assert check(day, Plan(zone_day, (route,), ()), two.TRAVEL) == []
    wall = replace(over, end=begin + timedelta(minutes=20))  # 03:10 on the wall: 80 real minutes
    found = check(day, Plan(zone_day, (replace(route, stops=(wall, rest)),), ()), two.TRAVEL)
    assert Rule.DURATION in {v.rule for v in found}
