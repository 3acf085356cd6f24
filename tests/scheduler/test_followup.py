"""Follow-up: every paid second has one use and one zone, on any night of the year."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.tiny_day import tiny_day
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Carer, Day, Location, Mode, Shift, Visit
from scheduler.care.units import STOCKHOLM
from scheduler.fairness import fairness
from scheduler.followup import FollowUp, TimeUse, follow_up, spread
from scheduler.plan import Plan, Route, Stop, Unassigned
from scheduler.planner import plan_day
from scheduler.rules import Reason
from scheduler.travel import load_travel_settings

HERE = Location(56.03, 14.15)
DAY = date(2026, 3, 4)
SPRING = date(2026, 3, 28)  # the night to 29 March has 23 hours
AUTUMN = date(2026, 10, 24)  # the night to 25 October has 25 hours


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), STOCKHOLM)  # noqa: DTZ007


def visit(name: str, zone: str, minutes: int, recipient: str | None = None) -> Visit:
    return Visit(
        name, recipient or f"r-{name}", HERE, zone, at("00:00"), at("23:59"), duration_min=minutes
    )


def shift(name: str, start: datetime, end: datetime, carer: str | None = None) -> Shift:
    return Shift(name, carer or f"c-{name}", start, end, HERE, HERE, Mode.CAR)


def stop(name: str | None, arrival: str, start: str, end: str, travel_s: int) -> Stop:
    return Stop(name, at(arrival), at(start), at(end), travel_s)


def route(of: Shift, *stops: Stop, back_s: int = 0) -> Route:
    left = stops[-1].end if stops else of.start
    return Route(of.id, of.carer_id, stops, back_s, left + timedelta(seconds=back_s))


def day_of(shifts: list[Shift], visits: list[Visit], day: date = DAY) -> Day:
    carers = tuple(Carer(one.carer_id, frozenset()) for one in shifts)
    return Day(day, carers, tuple(shifts), tuple(visits))


FOUR_HOURS = shift("s1", at("08:00"), at("12:00"))
THREE_VISITS = [visit("v1", "town", 30), visit("v2", "rural", 60), visit("v3", "town", 15)]
ON_PAPER = route(
    FOUR_HOURS,
    stop("v1", "08:10", "08:10", "08:40", 600),
    stop("v2", "09:00", "09:10", "10:10", 1200),
    stop(None, "10:10", "10:30", "11:00", 0),
    stop("v3", "11:15", "11:15", "11:30", 900),
    back_s=600,
)


# Left out of the plan, so that demand and care differ between the zones.
LEFT_OUT = visit("left", "rural", 300)


def measure_on_paper() -> FollowUp:
    left = Unassigned("left", Reason.CROWDED_OUT, (), "", "")
    return follow_up(
        day_of([FOUR_HOURS], [*THREE_VISITS, LEFT_OUT]), Plan(DAY, (ON_PAPER,), (left,))
    )


def test_a_shift_on_paper_is_divided_into_its_uses() -> None:
    """The figures a controller reads must be the ones that a pencil gives."""
    assert measure_on_paper().total == TimeUse(
        paid_s=4 * 3600 - 1800,
        care_s=(30 + 60 + 15) * 60,
        travel_s=600 + 1200 + 900 + 600,
        waiting_s=600 + 1200,
        idle_s=1200,
        break_s=1800,
        visits=3,
    )


def test_the_care_time_share_is_care_over_paid_time() -> None:
    """6,300 of 12,600 s: the break is unpaid, hence in neither."""
    assert measure_on_paper().total.care_time_share == Decimal("0.5")


def test_zones_get_the_way_to_and_the_waiting_for_their_visits() -> None:
    """
    The way back goes to the last visit's zone, the wait before the break to the visit after it.

    Idle 1,200 s and break 1,800 s go 2,700 : 3,600 to town and rural.
    """
    by_zone = measure_on_paper().by_zone
    assert by_zone["town"] == TimeUse(
        paid_s=2700 + 2100 + 1200 + 514,
        care_s=2700,
        travel_s=600 + 900 + 600,
        waiting_s=1200,
        idle_s=514,
        break_s=771,
        visits=2,
    )
    assert by_zone["rural"] == TimeUse(
        paid_s=3600 + 1200 + 600 + 686,
        care_s=3600,
        travel_s=1200,
        waiting_s=600,
        idle_s=686,
        break_s=1029,
        visits=1,
    )


def test_a_shift_without_visits_is_spread_by_the_care_of_the_day() -> None:
    """Standby must not vanish from the price: 3,600 s go 3/7 to town and 4/7 to the country."""
    empty = shift("s2", at("13:00"), at("14:00"))
    result = follow_up(
        day_of([FOUR_HOURS, empty], [*THREE_VISITS, LEFT_OUT]),
        Plan(DAY, (ON_PAPER, route(empty)), ()),
    )
    assert result.by_zone["town"].idle_s == 514 + 1543
    assert result.by_zone["rural"].idle_s == 686 + 2057
    assert result.by_shift["s2"] == TimeUse(3600, 0, 0, 0, 3600, 0, 0)
    assert result.by_shift["s2"].care_time_share == 0


def test_an_optional_shift_without_visits_costs_nobody() -> None:
    spare = replace(shift("s2", at("13:00"), at("14:00")), optional=True)
    for routes in ((ON_PAPER,), (ON_PAPER, route(spare))):
        result = follow_up(day_of([FOUR_HOURS, spare], THREE_VISITS), Plan(DAY, routes, ()))
        assert result.by_shift["s2"] == TimeUse(0, 0, 0, 0, 0, 0, 0)
        assert result.total == result.by_shift["s1"]


def test_a_shift_that_the_plan_leaves_out_is_paid_and_idle() -> None:
    """A route that is missing still costs its carer's wage."""
    empty = shift("s2", at("13:00"), at("14:00"))
    result = follow_up(day_of([FOUR_HOURS, empty], THREE_VISITS), Plan(DAY, (ON_PAPER,), ()))
    assert result.by_shift["s2"].idle_s == 3600


def test_a_day_on_which_nothing_is_planned_follows_the_demand() -> None:
    """1 h paid over 30 + 15 town and 60 rural minutes asked for: 45/105 of it is town."""
    one_hour = shift("s1", at("08:00"), at("09:00"))
    left = tuple(Unassigned(v.id, Reason.NO_SKILL, (), "", "") for v in THREE_VISITS)
    result = follow_up(day_of([one_hour], THREE_VISITS), Plan(DAY, (route(one_hour),), left))
    assert {zone: use.paid_s for zone, use in result.by_zone.items()} == {
        "rural": 2057,
        "town": 1543,
    }
    assert (result.planned_visits, result.unassigned_visits) == (0, 3)
    assert (result.planned_s, result.demanded_s) == (0, 105 * 60)


def test_waiting_for_a_break_that_no_visit_follows_is_idle() -> None:
    """Nobody waits for the carer then; v1's zone must not pay for it as waiting."""
    two_hours = shift("s1", at("08:00"), at("10:00"))
    made = route(
        two_hours,
        stop("v1", "08:00", "08:00", "08:30", 0),
        stop(None, "08:30", "09:00", "09:30", 0),
    )
    use = follow_up(day_of([two_hours], THREE_VISITS[:1]), Plan(DAY, (made,), ())).total
    assert (use.waiting_s, use.idle_s, use.break_s) == (0, 3600, 1800)


def test_a_break_within_a_wait_is_counted_once() -> None:
    """30 min there, 60 min until the next visit, 30 of them break: 30 min remain as waiting."""
    two_hours = shift("s1", at("08:00"), at("10:00"))
    made = route(
        two_hours,
        stop("v1", "08:00", "08:00", "08:30", 0),
        stop(None, "08:30", "08:45", "09:15", 0),
        stop("v3", "09:15", "09:30", "09:45", 0),
    )
    use = follow_up(day_of([two_hours], THREE_VISITS[::2]), Plan(DAY, (made,), ())).total
    assert (use.paid_s, use.waiting_s, use.break_s) == (5400, 1800, 1800)


def test_a_day_without_shifts_has_no_care_time_share() -> None:
    """Nothing divided by nothing is no share at all, and above all not zero."""
    use = follow_up(day_of([], THREE_VISITS), Plan(DAY, (), ())).total
    assert use == TimeUse(0, 0, 0, 0, 0, 0, 0)
    assert use.care_time_share is None


def test_distinct_carers_and_visits_are_counted_per_recipient() -> None:
    """Two carers for a double-staffed visit and one of them again: two distinct carers."""
    visits = [visit("a-1", "town", 15, "anna"), visit("a-2", "town", 15, "anna")]
    visits += [visit("b", "town", 15, "anna"), visit("c", "town", 15, "bo")]
    first, second = (shift(name, at("08:00"), at("09:00")) for name in ("s1", "s2"))
    plan = Plan(
        DAY,
        (
            route(
                first,
                stop("a-1", "08:00", "08:00", "08:15", 0),
                stop("b", "08:15", "08:15", "08:30", 0),
            ),
            route(second, stop("a-2", "08:00", "08:00", "08:15", 0)),
        ),
        (Unassigned("c", Reason.CROWDED_OUT, (), "", ""),),
    )
    result = follow_up(day_of([first, second], visits), plan)
    assert result.distinct_carers == {"anna": 2}
    assert (result.planned_visits, result.unassigned_visits) == (3, 1)
    assert (result.planned_s, result.demanded_s) == (2700, 3600)


@pytest.mark.parametrize(
    ("day", "hours"), [(DAY, 10), (SPRING, 9), (AUTUMN, 11)], ids=["plain", "spring", "autumn"]
)
def test_a_night_shift_is_paid_by_the_hours_that_pass(day: date, hours: int) -> None:
    """21-07 is ten hours by the clock, but a carer works nine or eleven when the clocks change."""
    night = shift("n", at("21:00", day), at("07:00", day + timedelta(days=1)))
    one = visit("v", "town", 60)
    start = at("00:30", day + timedelta(days=1))
    end = (start.astimezone(UTC) + timedelta(hours=4)).astimezone(STOCKHOLM)
    result = follow_up(
        day_of([night], [one], day), Plan(day, (route(night, Stop("v", start, start, end, 0)),), ())
    )
    assert result.total.paid_s == hours * 3600
    assert result.total.care_s == 4 * 3600


# ---------------------------------------------------------------- broken plans

OUT_OF_ORDER = stop("v1", "08:10", "08:05", "08:40", 600)
TOO_EARLY = stop("v1", "08:05", "08:10", "08:40", 600)
BACKWARDS = stop("v1", "08:10", "08:40", "08:10", 600)


@pytest.mark.parametrize("broken", [OUT_OF_ORDER, TOO_EARLY, BACKWARDS])
def test_overlapping_times_are_refused(broken: Stop) -> None:
    """Time that is two things at once would be paid twice in the price."""
    plan = Plan(DAY, (route(FOUR_HOURS, broken),), ())
    with pytest.raises(InvalidInput) as refused:
        follow_up(day_of([FOUR_HOURS], THREE_VISITS), plan)
    assert [finding.code for finding in refused.value.findings] == ["OVERLAPPING_TIMES"]


@pytest.mark.parametrize("back_s", [1801, -1])
def test_a_route_that_leaves_its_shift_is_refused(back_s: int) -> None:
    """One second past the shift has no wage to be taken from."""
    late = route(FOUR_HOURS, stop("v1", "11:00", "11:00", "11:30", 0), back_s=back_s)
    with pytest.raises(InvalidInput) as refused:
        follow_up(day_of([FOUR_HOURS], THREE_VISITS), Plan(DAY, (late,), ()))
    assert [finding.code for finding in refused.value.findings] == ["ROUTE_EXCEEDS_SHIFT"]


def test_a_route_back_on_the_last_second_is_accepted() -> None:
    """Bounds are included, as everywhere."""
    late = route(FOUR_HOURS, stop("v1", "11:00", "11:00", "11:30", 0), back_s=1800)
    use = follow_up(day_of([FOUR_HOURS], THREE_VISITS), Plan(DAY, (late,), ())).total
    assert use.travel_s == 1800


def test_overtime_is_paid_and_counted() -> None:
    """Back at 12:10 from a shift until 12:00: four hours and ten minutes are paid."""
    late = route(FOUR_HOURS, stop("v1", "11:00", "11:00", "12:00", 0), back_s=600)
    worked = replace(FOUR_HOURS, latest_end=at("12:30"))
    measured = follow_up(day_of([worked], THREE_VISITS), Plan(DAY, (late,), ()))
    assert measured.overtime_s == 600
    assert measured.total.paid_s == 4 * 3600 + 600
    assert measured.total.idle_s == 3 * 3600
    assert measured.by_shift["s1"] == measured.total


def test_all_faults_of_a_plan_come_at_once() -> None:
    """A plan for another day should be told by one answer, not by four attempts."""
    stranger = shift("s9", at("08:00"), at("12:00"))
    made = route(FOUR_HOURS, stop("v9", "08:00", "08:00", "08:30", 0))
    plan = Plan(DAY, (made, made, route(stranger), route(FOUR_HOURS, OUT_OF_ORDER)), ())
    with pytest.raises(InvalidInput) as refused:
        follow_up(day_of([FOUR_HOURS], THREE_VISITS), plan)
    assert sorted(finding.code for finding in refused.value.findings) == [
        "DUPLICATE_ROUTE",
        "OVERLAPPING_TIMES",
        "UNKNOWN_SHIFT",
        "UNKNOWN_VISIT",
        "UNKNOWN_VISIT",
    ]


# ---------------------------------------------------------------- nothing lost, nothing made


@given(
    st.integers(0, 10**6),
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 10**6), min_size=1),
)
@settings(max_examples=100, deadline=None)
def test_spread_keeps_every_second(seconds: int, weights: dict[str, int]) -> None:
    """Rounding each part alone would lose or make seconds."""
    parts = spread(seconds, weights)
    assert sum(parts.values()) == seconds
    whole = sum(weights.values())
    assert all(abs(parts[name] - seconds * weights[name] / whole) < 1 for name in weights)


def test_spread_gives_the_seconds_left_to_the_largest_remainders() -> None:
    """10 s over 1 : 1 : 1 leave one, which the first name gets; over 5 : 3 : 1 5.6, 3.3 and 1.1."""
    assert spread(10, {"b": 1, "a": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert spread(10, {"a": 5, "b": 3, "c": 1}) == {"a": 6, "b": 3, "c": 1}


@st.composite
def measured_days(draw: st.DrawFn) -> tuple[Day, Plan]:
    """A day of up to three shifts, some over midnight and over the nights with a change."""
    day = draw(st.sampled_from([DAY, SPRING, AUTUMN]))
    shifts, routes = [], []
    visits = [visit("left", draw(st.sampled_from(["town", "rural", "island"])), 20)]
    for number in range(draw(st.integers(0, 3))):
        start = at("19:00", day)
        now = start.astimezone(UTC)
        stops = []
        for place in range(draw(st.integers(0, 4))):
            travel, wait, length = (draw(st.integers(0, 90 * 60)) for _ in range(3))
            arrival = now + timedelta(seconds=travel)
            begins = arrival + timedelta(seconds=wait)
            now = begins + timedelta(seconds=length)
            times = [moment.astimezone(STOCKHOLM) for moment in (arrival, begins, now)]
            name = None
            if draw(st.booleans()):
                zone = draw(st.sampled_from(["town", "rural", "island"]))
                visits.append(visit(f"{number}-{place}", zone, max(1, length // 60)))
                name = visits[-1].id
            stops.append(Stop(name, *times, travel))
        back_s = draw(st.integers(0, 3600))
        end = now + timedelta(seconds=back_s + draw(st.integers(0, 3600)))
        shifts.append(shift(f"s{number}", start, end.astimezone(STOCKHOLM)))
        routes.append(route(shifts[-1], *stops, back_s=back_s))
    return day_of(shifts, visits, day), Plan(day, tuple(routes), ())


@given(measured_days())
@settings(max_examples=100, deadline=None)
def test_zones_and_shifts_add_up_to_the_total(made: tuple[Day, Plan]) -> None:
    """Minutes are neither lost nor made, whatever the plan and the night."""
    day, plan = made
    result = follow_up(day, plan)
    for name in (field.name for field in fields(TimeUse)):
        total = getattr(result.total, name)
        assert sum(getattr(use, name) for use in result.by_zone.values()) == total
        assert sum(getattr(use, name) for use in result.by_shift.values()) == total
    length_s = sum(int(one.end.timestamp()) - int(one.start.timestamp()) for one in day.shifts)
    assert result.total.paid_s + result.total.break_s == length_s
    for use in (result.total, *result.by_zone.values(), *result.by_shift.values()):
        assert use.paid_s == use.care_s + use.travel_s + use.waiting_s + use.idle_s
        assert min(getattr(use, field.name) for field in fields(TimeUse)) >= 0
    assert result.planned_visits + result.unassigned_visits == len(day.visits)


def test_the_load_of_a_carer_is_of_all_her_shifts_and_of_her_own_paid_time() -> None:
    """Anna has two shifts of an hour, 30 and 45 min busy; Bo one of an hour with 15 min."""
    shifts = [
        shift("a1", at("08:00"), at("09:00"), "anna"),
        shift("a2", at("10:00"), at("11:00"), "anna"),
        shift("b1", at("08:00"), at("09:00"), "bo"),
        replace(shift("c1", at("08:00"), at("09:00"), "cia"), optional=True),
    ]
    double = [replace(visit(name, "town", 15), group="g") for name in ("d1", "d2")]
    visits = [visit("v1", "town", 20), visit("v2", "town", 65), *double]
    plan = Plan(
        DAY,
        (
            route(shifts[0], stop("v1", "08:10", "08:10", "08:30", 600)),
            route(
                shifts[1],
                stop("d1", "10:00", "10:00", "10:15", 0),
                stop("v2", "10:15", "10:15", "11:20", 0),
            ),
            route(shifts[2], stop("d2", "08:30", "08:30", "08:45", 0)),
        ),
        (),
    )
    anna, bo, cia = follow_up(
        day_of([replace(s, latest_end=at("12:00")) for s in shifts], visits), plan
    ).by_carer
    assert (anna.paid_s, anna.care_s, anna.travel_s, anna.overtime_s) == (8400, 6000, 600, 1200)
    assert (anna.visits, anna.double_visits, bo.double_visits) == (3, 1, 1)
    assert (anna.busy_share, bo.busy_share, cia.busy_share) == (
        Decimal(6600) / 8400,
        Decimal("0.25"),
        None,
    )
    spread = fairness([anna, bo, cia])
    assert spread is not None
    assert (spread.carers, spread.double_visits, spread.most_double_visits) == (2, 2, 1)
    assert (spread.lowest_busy_share, spread.highest_busy_share) == (bo.busy_share, anna.busy_share)
    assert spread.busy_share_deviation == (Decimal(6600) / 8400 - Decimal("0.25")) / 2
    assert (spread.lowest_care_s, spread.highest_care_s) == (900, 6000)
    assert (spread.carers_with_overtime, spread.most_overtime_s) == (1, 1200)


def test_the_work_of_nobody_has_no_spread() -> None:
    assert fairness([]) is None


@given(st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_the_loads_of_the_carers_are_the_whole_plan(seed: int) -> None:
    """On any tiny day, whose carers have one shift each, or none."""
    day = tiny_day(seed)
    measured = follow_up(day, plan_day(day, load_travel_settings(day.date), iterations=50))
    assert [load.carer_id for load in measured.by_carer] == [s.carer_id for s in day.shifts]
    assert sum(load.paid_s for load in measured.by_carer) == measured.total.paid_s
    assert sum(load.care_s for load in measured.by_carer) == measured.total.care_s
    assert sum(load.travel_s for load in measured.by_carer) == measured.total.travel_s
    assert sum(load.visits for load in measured.by_carer) == measured.total.visits
    assert sum(load.overtime_s for load in measured.by_carer) == measured.overtime_s
