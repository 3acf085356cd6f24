"""What one plan changes in another: by hand, and the laws that hold for any two plans."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.care.units import STOCKHOLM
from scheduler.changes import Change, ChangeKind, Placement, changes
from scheduler.plan import Plan, Route, Stop, Unassigned
from scheduler.rules import Reason

DAY = date(2026, 3, 4)
EIGHT = datetime(2026, 3, 4, 8, tzinfo=STOCKHOLM)

MIRROR = {
    ChangeKind.PLANNED: ChangeKind.UNASSIGNED,
    ChangeKind.UNASSIGNED: ChangeKind.PLANNED,
    ChangeKind.ADDED: ChangeKind.REMOVED,
    ChangeKind.REMOVED: ChangeKind.ADDED,
}


def plan(routes: dict[str, dict[str, int]], left_out: tuple[str, ...] = ()) -> Plan:
    """Carer -> visit -> minutes after eight o'clock."""
    return Plan(
        DAY,
        tuple(
            Route(f"s-{carer}", carer, tuple(_stop(v, at) for v, at in visits.items()), 0, EIGHT)
            for carer, visits in routes.items()
        ),
        tuple(Unassigned(v, Reason.CROWDED_OUT, (), "", "") for v in left_out),
    )


def _stop(visit: str, minutes: int) -> Stop:
    start = EIGHT + timedelta(minutes=minutes)
    return Stop(visit, start, start, start + timedelta(minutes=10), 0)


def kinds(before: Plan, after: Plan, recipient_of: dict[str, str] | None = None) -> dict[str, str]:
    """Visit id -> kind of its change."""
    found = changes(before, after, recipient_of or {})
    return {change.visit_id: change.kind for change in found.changed}


def test_every_kind_of_change_is_told() -> None:
    before = plan({"Anna": {"same": 0, "time": 10, "carer": 20}, "Bo": {"both": 0}}, ("in", "out"))
    before_too = plan({"Anna": {"lost": 30, "gone": 40}}, ())
    before = Plan(DAY, before.routes + before_too.routes, before.unassigned)
    after = plan(
        {"Anna": {"same": 0, "time": 15, "both": 30}, "Bo": {"carer": 20, "in": 40, "new": 50}},
        ("lost", "out"),
    )
    assert kinds(before, after) == {
        "time": "TIME", "carer": "CARER", "both": "CARER_AND_TIME", "in": "PLANNED",
        "lost": "UNASSIGNED", "new": "ADDED", "gone": "REMOVED",
    }  # fmt: skip
    found = changes(before, after, {})
    assert (found.unchanged, found.still_unassigned) == (1, 1)


def test_changes_come_in_the_order_of_the_day() -> None:
    before = plan({"Anna": {"late": 60, "early": 0}})
    after = plan({"Bo": {"late": 60, "early": 0, "new": 30}}, ("unplanned",))
    found = changes(before, after, {})
    assert [change.visit_id for change in found.changed] == ["early", "new", "late", "unplanned"]
    assert found.changed[0] == Change(
        "early",
        ChangeKind.CARER,
        Placement("Anna", "s-Anna", EIGHT),
        Placement("Bo", "s-Bo", EIGHT),
    )


def test_two_carers_of_one_team_who_trade_places_change_nothing() -> None:
    before = plan({"Anna": {"lift-1": 0}, "Bo": {"lift-2": 0}})
    after = plan({"Anna": {"lift-2": 0}, "Bo": {"lift-1": 0}})
    both = {"lift-1": "r-1", "lift-2": "r-1"}
    assert kinds(before, after, both) == {}
    assert kinds(before, after) == {"lift-1": "CARER", "lift-2": "CARER"}


def test_of_a_team_only_the_newcomer_is_told() -> None:
    """Anna stays though she is at the other visit; Cilla comes for Bo."""
    before = plan({"Anna": {"lift-1": 0}, "Bo": {"lift-2": 0}})
    after = plan({"Cilla": {"lift-1": 15}, "Anna": {"lift-2": 15}})
    both = {"lift-1": "r-1", "lift-2": "r-1"}
    assert kinds(before, after, both) == {"lift-1": "TIME", "lift-2": "CARER_AND_TIME"}


def test_a_shift_of_the_same_carer_is_no_change() -> None:
    before, after = plan({"Anna": {"v": 0}}), plan({"Anna": {"v": 0}})
    after = Plan(DAY, (Route("evening", "Anna", after.routes[0].stops, 0, EIGHT),), ())
    assert kinds(before, after) == {}


def test_the_hour_that_comes_twice_is_two_moments() -> None:
    """25 October 2026: 02:30 before and after the clock is set back."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM)
    plans = [
        Plan(DAY, (Route("s", "Anna", (Stop("v", at, at, at, 0),), 0, at),), ())
        for at in (first, first.replace(fold=1))
    ]
    assert kinds(*plans) == {"v": "TIME"}


placed = st.dictionaries(
    st.sampled_from([f"v-{i}" for i in range(8)]),
    st.tuples(st.sampled_from(["Anna", "Bo", "Cilla"]), st.integers(0, 3)),
)
recipients = st.dictionaries(
    st.sampled_from([f"v-{i}" for i in range(8)]), st.sampled_from(["r-1", "r-2"])
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    visits = draw(placed)
    routes: dict[str, dict[str, int]] = {"Anna": {}, "Bo": {}, "Cilla": {}}
    for visit, (carer, quarter) in visits.items():
        routes[carer][visit] = 15 * quarter
    others = draw(st.sets(st.sampled_from([f"v-{i}" for i in range(8)])))
    return plan(routes, tuple(sorted(others - visits.keys())))


@given(plans(), plans(), recipients)
def test_no_visit_is_lost_and_none_is_told_twice(
    before: Plan, after: Plan, recipient_of: dict[str, str]
) -> None:
    known = set()
    for each in (before, after):
        known |= {stop.visit_id for route in each.routes for stop in route.stops}
        known |= {left.visit_id for left in each.unassigned}
    found = changes(before, after, recipient_of)
    told = [change.visit_id for change in found.changed]
    assert len(told) == len(set(told))
    assert len(told) + found.unchanged + found.still_unassigned == len(known)


@given(plans(), plans())
def test_the_way_back_mirrors_the_way_there(before: Plan, after: Plan) -> None:
    there = {change.visit_id: change for change in changes(before, after, {}).changed}
    back = {change.visit_id: change for change in changes(after, before, {}).changed}
    assert there.keys() == back.keys()
    for visit, change in there.items():
        mirrored = back[visit]
        assert (mirrored.before, mirrored.after) == (change.after, change.before)
        assert mirrored.kind == MIRROR.get(change.kind, change.kind)


@given(plans(), recipients)
def test_a_plan_changes_nothing_in_itself(whole: Plan, recipient_of: dict[str, str]) -> None:
    assert changes(whole, whole, recipient_of).changed == ()
