"""What a plan is worth when days do not go as planned, on days that a person can check on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from scheduler import simulate as simulation
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Mode, Window
from scheduler.care.units import STOCKHOLM
from scheduler.plan import Plan, Route, Stop
from scheduler.simulate import MOST_DAYS, Uncertainty, load_uncertainty, simulate
from scheduler.simulate.execution import Carried, carry_out
from scheduler.simulate.luck import Draws, Luck
from scheduler.simulate.measuring import Measuring
from scheduler.simulate.network import Network, network_of
from tests.scheduler import two_carers as two
from tests.scheduler.calm import CALM, calm, row_of
from tests.scheduler.two_carers import at, stop, visit

MINUTE = 60


def spoiled(spoil: Callable[[Network, Luck], None]) -> dict[str, int]:
    """Minutes after the plan at which each visit of the two carers' day starts."""
    network, luck = calm(two.day(), two.plan(), two.TRAVEL)
    spoil(network, luck)
    start_s = carry_out(network, luck).start_s
    return {
        stop.visit.id: (int(start_s[row, 0]) - stop.planned_s) // MINUTE
        for row, stop in enumerate(network.stops)
        if stop.visit is not None and start_s[row, 0] != stop.planned_s
    }


def longer(minutes: dict[str, int]) -> Callable[[Network, Luck], None]:
    def spoil(network: Network, luck: Luck) -> None:
        for name, more in minutes.items():
            luck.length_s[row_of(network, name)] += more * MINUTE

    return spoil


def drawn(uncertainty: Uncertainty, day: Day, plan: Plan, days: int = 2000) -> tuple[Network, Luck]:
    network = network_of(day, plan, two.TRAVEL, 0)
    return network, Draws(day, network, uncertainty, 1).luck(days)


# ---------------------------------------------------------------- one thing late


def test_a_day_without_luck_goes_as_planned() -> None:
    found = simulate(two.day(), two.plan(), two.TRAVEL, CALM, days=3)
    assert {(v.median_delay_s, v.p95_delay_s) for v in found.visits} == {(0, 0)}
    assert [v.made_days for v in found.visits] == [3] * 6
    assert (found.punctual_share, found.half_width) == (1, 0)
    assert (found.lateness_s, found.overtime_s, found.cancelled, found.to_substitute) == (0,) * 4
    network, luck = calm(two.day(), two.plan(), two.TRAVEL)
    # Both are back at 11:10.
    assert carry_out(network, luck).back_s.ravel().tolist() == [11 * 3600 + 600] * 2


@pytest.mark.parametrize(
    ("minutes", "late"),
    [
        # Between the round and the break there are 35 minutes.
        ({"bad": 20}, {"tillsyn": 20}),
        # The break is whole and moves to 09:55; the lift begins when both are there.
        ({"bad": 60}, {"tillsyn": 60, "lyft-1": 5, "lyft-2": 5}),
        # Breakfast half an hour after insulin at the soonest, whoever is late.
        ({"insulin": 9}, {"frukost": 9}),
        # Breakfast ends 09:35 instead of 09:00, an hour before the way to the lift.
        ({"insulin": 35}, {"frukost": 35}),
        ({"insulin": 35, "frukost": 60}, {"frukost": 35, "lyft-1": 15, "lyft-2": 15}),
        ({"lyft-1": 60}, {}),
    ],
)
def test_lateness_reaches_as_far_as_the_plan_has_no_room(
    minutes: dict[str, int], late: dict[str, int]
) -> None:
    assert spoiled(longer(minutes)) == late


def test_a_slow_trip_is_late_after_the_wait_for_it_is_used_up() -> None:
    """Bo is ready 10:00 and is to be there 10:30, ten minutes away: twenty minutes to spare."""

    def slow(network: Network, luck: Luck) -> None:
        luck.way_s[row_of(network, "lyft-2")] += 22 * MINUTE

    assert spoiled(slow) == {"lyft-1": 2, "lyft-2": 2}


def test_the_first_trip_begins_just_in_time_and_not_before_the_shift() -> None:
    """Away at 08:10 the carer sets out 08:00, at 09:00 not before 08:50."""
    for clock, lead_min, expected in (("08:10", 0, 3), ("09:00", 0, 3), ("09:00", 2, 1)):
        only = visit("v", "rut", ("08:00", "11:00"), 30, location=two.AWAY)
        day = replace(two.day(), visits=(only,))
        route = Route("pass-anna", "anna", (stop("v", clock, 30, 600),), 600, at("10:00"))
        network = network_of(day, Plan(two.DAY, (route,), ()), two.TRAVEL, lead_min)
        _, luck = calm(day, Plan(two.DAY, (route,), ()), two.TRAVEL)
        luck.way_s[0] += 3 * MINUTE
        (start,) = carry_out(network, luck).start_s[:, 0].tolist()
        assert start - network.stops[0].planned_s == expected * MINUTE


def test_nothing_begins_before_its_window_or_more_than_the_lead_before_its_time() -> None:
    """The bath takes no time: the round may begin five minutes early, insulin waits for 08:00."""
    network = network_of(two.day(), two.plan(), two.TRAVEL, 5)
    _, luck = calm(two.day(), two.plan(), two.TRAVEL)
    luck.length_s[row_of(network, "bad")] = 0
    start_s = carry_out(network, luck).start_s
    begin = {
        s.visit.id: (int(start_s[k, 0]) - s.planned_s) // MINUTE
        for k, s in enumerate(network.stops)
        if s.visit is not None
    }
    assert begin == {
        "insulin": 0, "frukost": 0, "bad": 0, "tillsyn": -5, "lyft-1": -5, "lyft-2": -5,
    }  # fmt: skip


def test_the_lead_is_that_of_the_parameters() -> None:
    found = simulate(two.day(), two.plan(), two.TRAVEL, replace(CALM, lead_min=5), days=2)
    early = {v.visit_id: v.median_delay_s for v in found.visits if v.median_delay_s}
    assert early == {"lyft-1": -300, "lyft-2": -300}


@pytest.mark.parametrize(
    ("change", "punctual_min"),
    [
        ({"more_windows": (Window(at("10:00"), at("10:04")),)}, 4),
        ({"more_windows": (Window(at("10:10"), at("10:30")),), "latest": at("10:06")}, 6),
        ({"latest": at("11:00"), "pinned_start": at("10:00")}, 0),
    ],
)
def test_a_visit_is_judged_by_the_window_that_the_plan_uses(
    change: dict[str, object], punctual_min: int
) -> None:
    """Planned at 10:00; a pinned start goes before the windows."""
    only = replace(visit("v", "siv", ("08:00", "09:00"), 30), **change)  # type: ignore[arg-type]
    day = replace(two.day(), visits=(only,))
    route = Route("pass-anna", "anna", (stop("v", "10:00", 30),), 0, at("10:30"))
    network, luck = calm(day, Plan(two.DAY, (route,), ()), two.TRAVEL, 16)
    luck.extra_s[0] = np.arange(16) * MINUTE
    luck.extra_s[0] += network.stops[0].planned_s - network.routes[0].open_s
    measuring = Measuring(network, 15)
    measuring.add(luck, carry_out(network, luck))
    assert measuring.simulation(1).visits[0].punctual_days == punctual_min + 1


def test_a_cancelled_visit_frees_its_time_and_holds_nobody() -> None:
    """With the bath an hour longer, the round of 15 min decides whether the lift is late."""

    def cancel(network: Network, luck: Luck) -> None:
        longer({"bad": 60, "insulin": 35})(network, luck)
        for name in ("tillsyn", "insulin"):
            luck.cancelled[row_of(network, name)] = True

    late = spoiled(cancel)
    assert not late.keys() & {"frukost", "lyft-1", "lyft-2"}


def test_no_gap_is_counted_from_a_cancelled_visit() -> None:
    """Anna would be with Per at 08:45 for the insulin: breakfast at 08:45, not half an hour on."""

    def cancel(network: Network, luck: Luck) -> None:
        row = row_of(network, "insulin")
        luck.extra_s[row] = 45 * MINUTE
        luck.cancelled[row] = True

    assert spoiled(cancel)["frukost"] == 5


def test_no_gap_is_counted_from_a_visit_of_a_carer_who_is_sick() -> None:
    """Bo serves the breakfast; Anna would give the insulin an hour late, but is not there."""
    routes = (
        Route("pass-anna", "anna", (stop("insulin", "08:00", 10),), 0, at("08:10")),
        Route("pass-bo", "bo", (stop("frukost", "08:40", 20),), 0, at("09:00")),
    )
    network, luck = calm(two.day(), Plan(two.DAY, routes, ()), two.TRAVEL, 2)
    luck.extra_s[0] = 60 * MINUTE
    luck.sick[0, 1] = True
    delay = carry_out(network, luck).start_s[1] - network.stops[1].planned_s
    # 09:00, ten minutes of insulin and half an hour: 09:40; with nobody late 08:40.
    assert delay.tolist() == [60 * MINUTE, 0]


def test_nobody_waits_for_a_carer_who_is_sick() -> None:
    """Somebody else is there in time for the lift."""

    def sick(network: Network, luck: Luck) -> None:
        longer({"bad": 90})(network, luck)
        luck.sick[1] = True

    assert spoiled(sick).keys() <= {"tillsyn", "lyft-2"}


@pytest.mark.parametrize(
    ("night", "first", "second"),
    [
        # Clocks go from 02:00 to 03:00, and from 03:00 back to 02:00.
        (date(2026, 3, 28), "2026-03-29T00:30", "2026-03-29T01:15"),
        (date(2026, 10, 24), "2026-10-25T00:30", "2026-10-25T01:15"),
    ],
)
def test_time_passes_alike_in_the_nights_when_clocks_change(
    night: date, first: str, second: str
) -> None:
    """Two visits 45 minutes apart, given in UTC; the first takes 70 instead of 30."""
    begins = [datetime.fromisoformat(t).replace(tzinfo=UTC) for t in (first, second)]
    starts = [moment.astimezone(STOCKHOLM) for moment in begins]
    visits = tuple(
        replace(visit(f"v{k}", "siv", ("08:00", "08:00"), 30), earliest=start, latest=start)
        for k, start in enumerate(starts)
    )
    shift = replace(
        two.shift(two.ANNA),
        start=datetime(night.year, night.month, night.day, 21, tzinfo=STOCKHOLM),
        end=(begins[1] + timedelta(hours=6)).astimezone(STOCKHOLM),
    )
    day = Day(night, (two.ANNA,), (shift,), visits)
    ends = [(moment + timedelta(minutes=30)).astimezone(STOCKHOLM) for moment in begins]
    stops = tuple(
        Stop(f"v{k}", s, s, e, 0) for k, (s, e) in enumerate(zip(starts, ends, strict=True))
    )
    plan = Plan(night, (Route(shift.id, "anna", stops, 0, ends[1]),), ())
    network, luck = calm(day, plan, two.TRAVEL)
    luck.length_s[0] = 70 * MINUTE
    start_s = carry_out(network, luck).start_s[:, 0]
    assert (start_s[1] - start_s[0], start_s[1] - network.stops[1].planned_s) == (4200, 1500)


# ---------------------------------------------------------------- the luck


def test_factors_have_mean_one_and_the_spread_that_is_stated() -> None:
    given = replace(CALM, visit_spread=0.3, recipient_spread=0.2)
    network, luck = drawn(given, two.day(), two.plan(), 20_000)
    factor = luck.length_s[row_of(network, "bad")] / (40 * MINUTE)
    assert factor.mean() == pytest.approx(1, abs=0.01)
    assert factor.std() == pytest.approx(np.sqrt(1.09 * 1.04 - 1), rel=0.03)
    rest = [k for k, s in enumerate(network.stops) if s.visit is None]
    assert set(luck.length_s[rest].ravel().tolist()) == {30 * MINUTE}
    assert np.array_equal(
        luck.length_s[row_of(network, "lyft-1")], luck.length_s[row_of(network, "lyft-2")]
    )


def test_factors_stay_within_their_limits() -> None:
    given = replace(
        CALM, visit_spread=1, visit_limits=simulation.Limits(0.5, 2),
        trip_spread=dict.fromkeys(Mode, 1.0), travel_limits=simulation.Limits(0.8, 1.5),
    )  # fmt: skip
    network, luck = drawn(given, two.day(), two.plan())
    bath, way = luck.length_s[row_of(network, "bad")], luck.way_s[row_of(network, "lyft-1")]
    assert (bath.min(), bath.max()) == (20 * MINUTE, 80 * MINUTE)
    assert (way.min(), way.max()) == (480, 900)
    assert (luck.back_way_s.min(), luck.back_way_s.max()) == (480, 900)


def test_a_persons_visits_vary_together_and_so_do_a_days_trips() -> None:
    given = replace(CALM, recipient_spread=0.3, weather_spread=dict.fromkeys(Mode, 0.2))
    network, luck = drawn(given, two.day(), two.plan())
    bath, round_, insulin = (
        luck.length_s[row_of(network, name)] / (minutes * MINUTE)
        for name, minutes in (("bad", 40), ("tillsyn", 15), ("insulin", 10))
    )
    assert np.allclose(bath, round_, atol=0.002)
    assert abs(np.corrcoef(bath, insulin)[0, 1]) < 0.1
    out = luck.way_s[row_of(network, "lyft-1")]
    assert out.std() == pytest.approx(120, rel=0.1)
    assert np.array_equal(out, luck.way_s[row_of(network, "lyft-2")])
    assert np.array_equal(out, luck.back_way_s[0])


def test_disturbances_come_as_often_as_is_stated() -> None:
    given = replace(CALM, sick_share=0.1, cancelled_share=0.05, acute_share=0.03, acute_min=40)
    network, luck = drawn(given, two.day(), two.plan(), 20_000)
    assert luck.sick.mean() == pytest.approx(0.1, rel=0.1)
    visits = [k for k, s in enumerate(network.stops) if s.visit is not None]
    assert luck.cancelled[visits].mean() == pytest.approx(0.05, rel=0.1)
    calls = luck.cancelled[row_of(network, "bad")], luck.cancelled[row_of(network, "insulin")]
    assert not np.array_equal(*calls)
    assert not luck.cancelled[[k for k in range(7) if k not in visits]].any()
    lift = row_of(network, "lyft-1")
    assert np.array_equal(luck.cancelled[lift], luck.cancelled[row_of(network, "lyft-2")])
    # Behind each of six visits, four of them before another stop.
    extra = np.concatenate([luck.extra_s, luck.back_extra_s])
    assert set(np.unique(extra).tolist()) == {0, 40 * MINUTE}
    assert (extra > 0).sum(axis=0).mean() == pytest.approx(6 * 0.03, rel=0.1)
    assert (luck.extra_s > 0).sum() == pytest.approx(2 * (luck.back_extra_s > 0).sum(), rel=0.1)


def test_alarms_fall_on_those_who_are_on_duty_at_night() -> None:
    """
    Three people; Anna 18-24, Bo 23-07: of the ten hours of alarms Anna has two and half of one,
    Bo seven and the other half. Anna's only visit is at 22:00: an alarm delays it in one case of
    2.5, the others her way home.
    """
    evening = replace(two.shift(two.ANNA), start=at("18:00"), end=at("23:00") + timedelta(hours=1))
    night = replace(
        two.shift(two.BO), start=at("23:00"), end=at("23:00") + timedelta(hours=8), rest=None
    )
    seen = visit("v", "rut", ("22:00", "22:00"), 20)
    others = tuple(visit(f"o{k}", f"r{k}", ("08:00", "09:00"), 5) for k in range(2))
    day = Day(two.DAY, (two.ANNA, two.BO), (evening, night), (seen, *others))
    route = Route(evening.id, "anna", (stop("v", "22:00", 20),), 0, at("22:20"))
    given = replace(CALM, alarms_share=0.5)
    _, luck = drawn(given, day, Plan(two.DAY, (route,), ()), 60_000)
    alarms = 3 * 0.5 / 10
    assert luck.extra_s.mean() == pytest.approx(alarms * 1.0 * 20 * MINUTE, rel=0.05)
    assert luck.back_extra_s.mean() == pytest.approx(alarms * 1.5 * 20 * MINUTE, rel=0.05)


def test_two_plans_of_one_day_meet_the_same_days() -> None:
    """Else their difference would drown in luck."""
    given = load_uncertainty(two.DAY)
    anna, bo = two.plan().routes
    other = Plan(two.DAY, (replace(bo, stops=bo.stops[1:]), anna), ())
    networks = [network_of(two.day(), plan, two.TRAVEL, 0) for plan in (two.plan(), other)]
    first, second = (Draws(two.day(), network, given, 7).luck(50) for network in networks)
    for name in ("insulin", "tillsyn", "lyft-2"):
        rows = [row_of(network, name) for network in networks]
        assert np.array_equal(first.length_s[rows[0]], second.length_s[rows[1]])
        assert np.array_equal(first.way_s[rows[0]], second.way_s[rows[1]])
        assert np.array_equal(first.cancelled[rows[0]], second.cancelled[rows[1]])
    assert np.array_equal(first.sick, second.sick[::-1])
    assert np.array_equal(first.back_way_s, second.back_way_s[::-1])


def test_the_same_seed_gives_the_same_answer_and_another_does_not() -> None:
    first, again = (simulate(two.day(), two.plan(), two.TRAVEL, days=50) for _ in range(2))
    assert first == again
    other = simulate(two.day(), two.plan(), two.TRAVEL, days=50, seed=2)
    assert other.visits != first.visits


# ---------------------------------------------------------------- counting


def test_every_figure_is_what_a_person_would_count() -> None:
    """One visit at 08:00, latest 08:15, on days when it starts 08:00, 08:10, 08:20, not at all."""
    day = replace(two.day(), visits=(visit("v", "siv", ("08:00", "08:15"), 30),))
    day = replace(day, visits=(replace(day.visits[0], priority=1),))
    route = Route("pass-anna", "anna", (stop("v", "08:00", 30),), 0, at("08:30"))
    network, luck = calm(day, Plan(two.DAY, (route,), ()), two.TRAVEL, 4)
    luck.sick[0, 3] = True
    start_s = 8 * 3600 + np.array([[0, 600, 1200, 9999]])
    back_s = np.array([[12 * 3600, 12 * 3600 + 60, 12 * 3600 + 90, 20 * 3600]])
    measuring = Measuring(network, 5)
    measuring.add(luck, Carried(start_s, ~luck.sick, back_s))
    found = measuring.simulation(9)
    (of_visit,), (of_shift,) = found.visits, found.shifts
    assert (of_visit.days, of_visit.made_days, of_visit.made_share) == (4, 3, Decimal("0.75"))
    assert (of_visit.in_window_days, of_visit.in_tolerance_days) == (2, 1)
    assert (of_visit.punctual_days, of_visit.punctual_share) == (1, Decimal(1) / 3)
    assert (of_visit.median_delay_s, of_visit.p95_delay_s) == (600, 1200)
    assert (of_shift.worked_days, of_shift.overtime_days, of_shift.overtime_s) == (3, 2, 150)
    assert (of_shift.overtime_share, of_shift.mean_overtime_s) == (Decimal(2) / 3, 50)
    assert (found.made, found.cancelled, found.to_substitute) == (3, 0, 1)
    assert (found.must_days, found.must_days_share) == (3, Decimal("0.75"))
    assert (found.must_in_window_share, found.lateness_s) == (Decimal(2) / 3, 1800)
    # Punctual (1, 0, 0, 0) of made (1, 1, 1, 0), a third: off by (2, -1, -1, 0) thirds, squares
    # 6 / 9, over 3 * 4 = 1 / 18; its root over 3 / 4, times 1.96.
    assert found.half_width == Decimal("0.615969")


def test_the_most_fragile_come_first_and_those_never_made_last() -> None:
    network, luck = calm(two.day(), two.plan(), two.TRAVEL, 2)
    longer({"bad": 60, "insulin": 17})(network, luck)
    luck.cancelled[row_of(network, "lyft-1")] = True
    luck.cancelled[row_of(network, "lyft-2")] = True
    measuring = Measuring(network, 15)
    measuring.add(luck, carry_out(network, luck))
    found = measuring.simulation(1)
    assert [v.visit_id for v in found.visits] == [
        "tillsyn", "frukost", "bad", "insulin", "lyft-1", "lyft-2",
    ]  # fmt: skip
    assert (found.visits[-1].punctual_share, found.visits[-1].median_delay_s) == (None, None)
    assert found.cancelled == 4


@pytest.mark.parametrize(
    ("change", "counted"),
    [({"sick_share": 1.0}, "to_substitute"), ({"cancelled_share": 1.0}, "cancelled")],
)
def test_what_was_not_made_is_neither_punctual_nor_late(
    change: dict[str, float], counted: str
) -> None:
    given = replace(CALM, **change)  # type: ignore[arg-type]
    found = simulate(two.day(), two.plan(), two.TRAVEL, given, days=4)
    assert (found.made, getattr(found, counted)) == (0, 24)
    assert (found.punctual_share, found.half_width, found.lateness_s) == (None, None, 0)


def test_days_come_in_portions_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "PORTION", 100)
    found = simulate(two.day(), two.plan(), two.TRAVEL, days=95)
    assert {visit.days for visit in found.visits} == {95}
    assert found.made + found.cancelled + found.to_substitute == 6 * 95


def test_more_room_never_makes_a_plan_less_punctual() -> None:
    """Twelve visits of 20 minutes, each told to come some minutes after the one before is done."""
    shift = replace(two.shift(two.ANNA), start=at("07:00"), end=at("20:00"))
    found = []
    for room_min in (0, 1, 3, 5, 10, 20):
        starts = [at("08:00") + timedelta(minutes=k * (20 + room_min)) for k in range(12)]
        visits = tuple(
            replace(
                visit(f"v{k:02}", f"r{k}", ("08:00", "08:00"), 20),
                earliest=start,
                latest=start + timedelta(minutes=10),
            )
            for k, start in enumerate(starts)
        )
        stops = tuple(
            Stop(v.id, s, s, s + timedelta(minutes=20), 0)
            for v, s in zip(visits, starts, strict=True)
        )
        day = Day(two.DAY, (two.ANNA,), (shift,), visits)
        plan = Plan(two.DAY, (Route(shift.id, "anna", stops, 0, stops[-1].end),), ())
        found.append(simulate(day, plan, two.TRAVEL, days=200).punctual_share)
    shares = [share for share in found if share is not None]
    assert shares == sorted(shares)
    assert shares[0] < Decimal("0.8") < Decimal("0.95") < shares[-1]


# ---------------------------------------------------------------- plans of all kinds


def test_what_the_plan_leaves_out_is_not_simulated() -> None:
    anna, bo = two.plan().routes
    plan = Plan(two.DAY, (anna, replace(bo, stops=bo.stops[1:])), (two.left_out("bad"),))
    found = simulate(two.day(), plan, two.TRAVEL, CALM, days=2)
    assert {v.visit_id for v in found.visits} == {v.id for v in two.day().visits} - {"bad"}


@pytest.mark.parametrize("routes", [(), (Route("pass-anna", "anna", (), 0, at("08:00")),)])
def test_an_empty_plan_has_no_punctuality(routes: tuple[Route, ...]) -> None:
    found = simulate(two.day(), Plan(two.DAY, routes, ()), two.TRAVEL, days=10)
    assert (found.visits, found.shifts, found.punctual_share) == ((), (), None)
    assert (found.half_width, found.must_days_share, found.must_in_window_share) == (None,) * 3
    nobody = Day(two.DAY, (), (), ())
    assert simulate(nobody, Plan(two.DAY, (), ()), two.TRAVEL, days=10).made == 0


def test_all_that_cannot_be_carried_out_is_told_at_once() -> None:
    anna, bo = two.plan().routes
    twice = replace(anna, stops=(*anna.stops[:2], stop("bad", "09:00", 10), anna.stops[2]))
    lost = Route("pass-ingen", "ingen", (), 0, at("08:00"))
    with pytest.raises(InvalidInput) as refused:
        simulate(two.day(), Plan(two.DAY, (twice, bo, lost), ()), two.TRAVEL)
    found = [(f.code, f.where) for f in refused.value.findings]
    assert found == [("UNKNOWN_SHIFT", "route pass-ingen"), ("VISIT_PLANNED_TWICE", "visit bad")]


def test_visits_that_wait_for_each_other_in_a_circle_are_refused() -> None:
    """Anna is at the lift first, Bo at the bath first, and both take two."""
    pairs = [
        visit(f"{what}-{k}", what, ("08:00", "11:00"), 10, group=what)
        for what in ("bad", "lyft")
        for k in (1, 2)
    ]
    day = replace(two.day(), visits=tuple(pairs))
    routes = tuple(
        Route(
            f"pass-{who}", who, (stop(first, "08:00", 10), stop(then, "09:00", 10)), 0, at("09:10")
        )
        for who, first, then in (("anna", "lyft-1", "bad-1"), ("bo", "bad-2", "lyft-2"))
    )
    with pytest.raises(InvalidInput) as refused:
        simulate(day, Plan(two.DAY, routes, ()), two.TRAVEL)
    (finding,) = refused.value.findings
    assert finding.code == "WAITS_FOR_ITSELF"
    assert finding.where == "lyft-1, bad-1, bad-2, lyft-2"


@pytest.mark.parametrize("days", [1, MOST_DAYS + 1])
def test_too_few_or_too_many_days_are_a_programming_fault(days: int) -> None:
    with pytest.raises(ValueError, match=f"found {days}"):
        simulate(two.day(), two.plan(), two.TRAVEL, CALM, days=days)
