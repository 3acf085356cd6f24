"""What makes plans better: each code held and broken on a small day, at its threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduler.care.errors import InvalidInput, NotInForce
from scheduler.care.model import (
    Break,
    Carer,
    Continuity,
    Day,
    Delegation,
    Gap,
    Gender,
    Location,
    Mode,
    Visit,
    Window,
    Wishes,
)
from scheduler.datacheck import Advice, Code, Kind, Level, improvements
from scheduler.datacheck.advice import ordered
from scheduler.datacheck.limits import PARAMETER_FILE, load_limits
from tests.scheduler.two_carers import ANNA, BO, DAY, at, day, shift, visit


def said(data: Day, code: Code) -> list[Advice]:
    found = [advice for advice in improvements(data) if advice.code is code]
    assert all(advice.level is Level.IMPROVES for advice in found)
    return found


def home(number: int) -> Location:
    """Homes 111 m apart, with four decimals."""
    return Location(56.0001 + number * 0.001, 14.0001)


def rich(count: int = 10) -> Day:
    """As good as data gets: nothing to remark but what a test takes away."""
    visits = tuple(
        replace(
            visit(f"v-{n}", f"r-{n}", (f"{8 + n % 3}:{n % 6}0", "11:30"), 10 + n, location=home(n)),
            priority=1 + n % 3,
            services=("tillsyn",),
            decision_id=f"d-{n}",
            wishes=Wishes(preferred=frozenset({"anna"}), gender=Gender.WOMAN if n == 0 else None),
        )
        for n in range(count)
    )
    names = {id_: f"namn {id_}" for v in visits for id_ in (v.recipient_id, "anna", "bo")}
    shifts = (shift(ANNA), replace(shift(BO), mode=Mode.CAR))
    return Day(DAY, (LASTING, BO), shifts, visits, names)


LASTING = replace(ANNA, delegations=(Delegation("insulin", date(2026, 1, 1), date(2026, 12, 31)),))


def each(data: Day, change: Callable[[int, Visit], Visit]) -> Day:
    return replace(data, visits=tuple(change(n, v) for n, v in enumerate(data.visits)))


def at_home(data: Day, place: Location, *numbers: int) -> Day:
    return each(data, lambda n, v: replace(v, location=place) if n in numbers else v)


def test_nothing_is_said_of_data_that_has_everything() -> None:
    assert improvements(rich()) == ()


# ---------------------------------------------------------------- staff


def test_a_skill_that_one_on_shift_holds_is_fragile() -> None:
    """Bo's insulin has run out; with it in force nothing hangs on Anna."""
    needs = each(
        rich(), lambda n, v: replace(v, required_skills=frozenset({"insulin"})) if n < 2 else v
    )
    (advice,) = said(needs, Code.SKILL_HELD_BY_ONE)
    assert advice.ids == ("v-0", "v-1")
    assert advice.text.startswith("Bara anna i tjänst har insulin.")
    able = replace(BO, skills=BO.skills | {"insulin"})
    assert said(replace(needs, carers=(LASTING, able)), Code.SKILL_HELD_BY_ONE) == []


def test_a_delegation_that_has_ended_is_told_where_visits_demand_it() -> None:
    needs = each(
        rich(), lambda n, v: replace(v, required_skills=frozenset({"insulin"})) if n < 2 else v
    )
    (advice,) = said(needs, Code.DELEGATION_ENDED)
    assert (advice.kind, advice.ids) == (Kind.CARERS, ("bo",))
    assert "insulin 1" in advice.text
    assert said(rich(), Code.DELEGATION_ENDED) == []
    renewed = replace(
        BO, delegations=(*BO.delegations, Delegation("insulin", date(2026, 3, 4), date(2027, 1, 1)))
    )
    assert said(replace(needs, carers=(LASTING, renewed)), Code.DELEGATION_ENDED) == []


@pytest.mark.parametrize(("days", "told"), [(0, True), (14, True), (15, False)])
def test_a_delegation_that_ends_within_two_weeks_is_told(days: int, told: bool) -> None:
    ends = Delegation("insulin", date(2026, 1, 1), DAY + timedelta(days=days))
    data = replace(rich(), carers=(replace(ANNA, delegations=(ends,)), BO))
    assert [advice.ids for advice in said(data, Code.DELEGATION_ENDS)] == (
        [("anna",)] if told else []
    )
    after = Delegation("insulin", DAY, date(2027, 1, 1))
    again = replace(data, carers=(replace(ANNA, delegations=(ends, after)), BO))
    assert said(again, Code.DELEGATION_ENDS) == []


def test_visits_that_take_more_than_three_quarters_of_the_paid_time_make_a_hard_day() -> None:
    """480 paid minutes: 360 are three quarters and pass."""
    full = each(rich(), lambda _, v: replace(v, duration_min=36))
    assert said(full, Code.HIGH_LOAD) == []
    over = each(full, lambda n, v: replace(v, duration_min=37) if n == 0 else v)
    (advice,) = said(over, Code.HIGH_LOAD)
    assert "75 %" in advice.text
    # Nobody is paid for an optional shift until it is opened.
    fewer = replace(full, shifts=(full.shifts[0], replace(full.shifts[1], optional=True)))
    assert said(fewer, Code.HIGH_LOAD)


@pytest.mark.parametrize(("off", "told"), [(6, False), (7, True)])
def test_carers_without_a_shift_are_told_only_when_most_are(off: int, told: bool) -> None:
    carers = tuple(Carer(f"c-{n}", frozenset()) for n in range(10))
    shifts = tuple(shift(carer) for carer in carers[off:])
    found = said(replace(rich(), carers=carers, shifts=shifts), Code.CARERS_WITHOUT_SHIFT)
    assert [advice.count for advice in found] == ([7] if told else [])


@pytest.mark.parametrize(("shifts", "told"), [(9, False), (10, True)])
def test_one_way_of_travel_for_all_may_be_a_default(shifts: int, told: bool) -> None:
    carers = tuple(Carer(f"c-{n}", frozenset()) for n in range(shifts))
    data = replace(rich(), carers=carers, shifts=tuple(shift(carer) for carer in carers))
    found = said(data, Code.ONE_MODE)
    assert len(found) == told
    assert all("BICYCLE" in advice.text for advice in found)
    car = replace(data.shifts[0], mode=Mode.CAR)
    assert said(replace(data, shifts=(car, *data.shifts[1:])), Code.ONE_MODE) == []


@pytest.mark.parametrize(("end", "told"), [("13:00", False), ("13:01", True)])
def test_a_shift_of_more_than_five_hours_needs_a_break(end: str, told: bool) -> None:
    long = replace(shift(BO), end=at(end))
    data = replace(rich(), shifts=(shift(ANNA), long))
    assert [advice.ids for advice in said(data, Code.SHIFT_WITHOUT_BREAK)] == (
        [("pass-bo",)] if told else []
    )
    rested = replace(long, rest=Break(at("10:00"), at("11:00"), 30))
    assert said(replace(data, shifts=(rested,)), Code.SHIFT_WITHOUT_BREAK) == []


# ---------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Location(0.0, 0.0), Code.PLACE_UNKNOWN),
        (Location(14.0001, 56.0001), Code.PLACE_SWAPPED),
        (Location(48.85, 2.35), Code.PLACE_ABROAD),
        (Location(59.3293, 18.0686), None),
    ],
)
def test_a_place_that_is_plainly_wrong_is_said_once_and_never_shown(
    place: Location, code: Code | None
) -> None:
    wrong = {Code.PLACE_UNKNOWN, Code.PLACE_SWAPPED, Code.PLACE_ABROAD}
    found = [a for a in improvements(at_home(rich(), place, 3)) if a.code in wrong]
    assert [(a.code, a.ids) for a in found] == ([(code, ("r-3",))] if code else [])
    lonely = said(at_home(rich(), place, 3), Code.PLACE_LONELY)
    assert bool(lonely) is (code is None)
    for advice in (*found, *lonely):
        assert str(place.lat) not in advice.text + advice.action
    base = replace(rich().shifts[0], start_location=place)
    found = [a for a in improvements(replace(rich(), shifts=(base,))) if a.code in wrong]
    assert [(a.code, a.kind, a.ids) for a in found] == (
        [(code, Kind.SHIFTS, ("pass-anna",))] if code else []
    )


@pytest.mark.parametrize(("persons", "told"), [(9, False), (10, True)])
def test_many_persons_on_exactly_one_point_are_told(persons: int, told: bool) -> None:
    data = at_home(rich(12), Location(56.0005, 14.0005), *range(persons))
    assert [a.count for a in said(data, Code.PLACE_SHARED)] == ([persons] if told else [])
    base = replace(data.shifts[0], start_location=Location(56.0005, 14.0005))
    assert said(replace(data, shifts=(base,)), Code.PLACE_SHARED) == []


@pytest.mark.parametrize(
    ("north", "east", "told"),
    [(0.35, 0, False), (0.37, 0, True), (0, 0.63, False), (0, 0.66, True)],
)
def test_a_home_far_from_everything_is_told(north: float, east: float, told: bool) -> None:
    """
    A degree of latitude is 111.2 km, one of longitude 62.2 km here: 39 km from the nearest home,
    then 41.
    """
    far = Location(round(home(9).lat + north, 5), 14.0001 + east)
    data = at_home(rich(11), far, 10)
    assert [a.ids for a in said(data, Code.PLACE_LONELY)] == ([("r-10",)] if told else [])


@pytest.mark.parametrize(("coarse", "told"), [(4, False), (5, True)])
def test_places_with_few_decimals_are_told_when_half_have_them(coarse: int, told: bool) -> None:
    def change(n: int, v: Visit) -> Visit:
        return replace(v, location=Location(56.0 + n * 0.001, 14.001)) if n < coarse else v

    assert [a.count for a in said(each(rich(), change), Code.PLACE_COARSE)] == (
        [coarse] if told else []
    )


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(("open_all_day", "told"), [(4, False), (5, True)])
def test_windows_that_say_nothing_are_told(open_all_day: int, told: bool) -> None:
    def change(n: int, v: Visit) -> Visit:
        return replace(v, earliest=at("07:00"), latest=at("19:00")) if n < open_all_day else v

    data = each(rich(), change)
    assert len(said(data, Code.WINDOWS_WHOLE_DAY)) == told
    wished = each(data, lambda _, v: replace(v, preferred=Window(v.earliest, v.earliest)))
    assert said(wished, Code.WINDOWS_WHOLE_DAY) == []
    narrower = each(data, lambda _, v: replace(v, latest=min(v.latest, at("18:59"))))
    assert said(narrower, Code.WINDOWS_WHOLE_DAY) == []


@pytest.mark.parametrize(("exact", "told"), [(4, False), (5, True)])
def test_starts_to_the_minute_are_told_unless_they_are_pinned(exact: int, told: bool) -> None:
    data = each(rich(), lambda n, v: replace(v, latest=v.earliest) if n < exact else v)
    assert [a.count for a in said(data, Code.WINDOWS_EXACT)] == ([exact] if told else [])
    pinned = each(data, lambda _, v: replace(v, pinned_start=v.earliest))
    assert said(pinned, Code.WINDOWS_EXACT) == []


@pytest.mark.parametrize(("same", "told"), [(4, False), (5, True)])
def test_one_window_for_half_of_the_visits_is_told(same: int, told: bool) -> None:
    def change(n: int, v: Visit) -> Visit:
        return replace(v, earliest=at("07:00"), latest=at("10:30")) if n < same else v

    found = said(each(rich(), change), Code.WINDOWS_EQUAL)
    assert [a.count for a in found] == ([same] if told else [])
    assert all("07:00–10:30" in a.text for a in found)


def test_equal_lengths_and_priorities_are_told_when_all_visits_have_them() -> None:
    same = each(rich(), lambda _, v: replace(v, duration_min=30, priority=2))
    assert "30 min" in said(same, Code.DURATIONS_EQUAL)[0].text
    assert "prioritet 2" in said(same, Code.PRIORITIES_EQUAL)[0].text
    one_off = each(same, lambda n, v: replace(v, duration_min=35, priority=1) if n == 0 else v)
    assert said(one_off, Code.DURATIONS_EQUAL) == said(one_off, Code.PRIORITIES_EQUAL) == []
    assert said(replace(same, visits=same.visits[:9]), Code.DURATIONS_EQUAL) == []


# ---------------------------------------------------------------- contents


def test_nursing_that_anybody_may_do_is_told() -> None:
    """A patient's safety, so it comes before everything else that only improves."""
    data = each(rich(), lambda n, v: replace(v, services=("Insulin_morgon",)) if n == 2 else v)
    open_to_all = each(data, lambda _, v: replace(v, required_skills=frozenset()))
    assert improvements(open_to_all)[0].code is Code.NURSING_WITHOUT_SKILL
    assert improvements(open_to_all)[0].ids == ("v-2",)
    assert said(data, Code.NURSING_WITHOUT_SKILL) == []


def test_two_visits_that_are_the_same_are_told_unless_something_ties_them() -> None:
    twin = replace(rich().visits[4], id="twin")
    data = replace(rich(), visits=(*rich().visits, twin))
    assert [a.ids for a in said(data, Code.VISITS_ALIKE)] == [("v-4", "twin")]
    for other in (
        replace(twin, group="g"),
        replace(twin, duration_min=5),
        replace(twin, recipient_id="r-5"),
        replace(twin, gaps=(Gap("v-4", 60),)),
    ):
        assert said(replace(data, visits=(*rich().visits, other)), Code.VISITS_ALIKE) == []


def test_medicine_twice_a_day_needs_a_time_between() -> None:
    morning = replace(rich().visits[0], services=("läkemedel",))
    evening = replace(morning, id="later", earliest=at("11:00"))
    data = replace(rich(), visits=(morning, evening, *rich().visits[1:]))
    assert [a.ids for a in said(data, Code.NO_GAPS)] == [("r-0",)]
    for other in (
        replace(evening, gaps=(Gap("v-0", 60),)),
        replace(evening, services=("dusch",)),
        replace(evening, recipient_id="r-1"),
    ):
        assert said(replace(data, visits=(morning, other)), Code.NO_GAPS) == []
    both = tuple(replace(v, group="g") for v in (morning, evening))
    assert said(replace(data, visits=both), Code.NO_GAPS) == []


def test_wishes_that_nobody_has_are_told_once_for_the_day() -> None:
    bare = each(rich(), lambda _, v: replace(v, wishes=Wishes()))
    assert len(said(bare, Code.NO_PREFERRED_CARERS)) == len(said(bare, Code.NO_WISHES)) == 1
    one = each(bare, lambda n, v: rich().visits[0] if n == 0 else v)
    assert said(one, Code.NO_PREFERRED_CARERS) == said(one, Code.NO_WISHES) == []
    contact = each(bare, lambda _, v: replace(v, wishes=Wishes(contact="anna")))
    lately = replace(bare, continuity=(Continuity("r-0", frozenset({"anna"})),))
    for data in (contact, lately):
        assert said(data, Code.NO_PREFERRED_CARERS) == []
        assert len(said(data, Code.NO_WISHES)) == 1
    wanted = each(rich(), lambda _, v: replace(v, wishes=Wishes(preferred=v.wishes.preferred)))
    assert len(said(wanted, Code.NO_WISHES)) == 1
    assert said(replace(bare, visits=bare.visits[:9]), Code.NO_WISHES) == []


def test_visits_without_decision_or_services_cannot_be_priced() -> None:
    data = each(rich(), lambda n, v: replace(v, decision_id=None) if n < 2 else v)
    data = each(data, lambda n, v: replace(v, services=()) if n == 5 else v)
    assert said(data, Code.NO_DECISIONS)[0].ids == ("v-0", "v-1")
    assert said(data, Code.NO_SERVICES)[0].ids == ("v-5",)


def test_missing_names_are_told_by_kind() -> None:
    data = replace(rich(), names={k: n for k, n in rich().names.items() if k not in ("bo", "r-7")})
    assert [(a.kind, a.ids) for a in said(data, Code.NO_NAMES)] == [
        (Kind.CARERS, ("bo",)),
        (Kind.RECIPIENTS, ("r-7",)),
    ]
    assert all("namn" not in a.ids for a in improvements(data))
    named = replace(data, carers=(LASTING, replace(BO, name="B")))
    assert [a.kind for a in said(named, Code.NO_NAMES)] == [Kind.RECIPIENTS]


# ---------------------------------------------------------------- order and thresholds


def test_the_level_goes_before_the_weight_and_the_weight_before_the_number() -> None:
    def advice(code: Code, count: int) -> Advice:
        return Advice(code, Kind.SHIFTS, tuple(map(str, range(count))), "", "")

    right = (
        advice(Code.NO_SKILL, 1),
        advice(Code.SHIFT_TOO_SHORT, 9),
        advice(Code.VISITS_ALIKE, 2),
        advice(Code.PLACE_SWAPPED, 1),
        advice(Code.NO_NAMES, 5),
    )
    assert ordered(reversed(right)) == right


def test_a_day_before_the_first_threshold_is_refused() -> None:
    with pytest.raises(NotInForce):
        improvements(replace(day(), date=date(2019, 12, 31)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("= 0.75 }", '= "mycket" }'),
        ("= 14 }", "= -1 }"),
        ("west = 10.5", 'west = "X"'),
        ('["medic", "läkemedel", "insulin", "stomi"', '"medic" } #'),
    ],
)
def test_a_threshold_of_the_wrong_kind_is_refused(old: str, new: str, tmp_path: Path) -> None:
    text = PARAMETER_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "datacheck.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_limits(DAY, path)
    assert refused.value.findings[0].code == "OUT_OF_RANGE"
