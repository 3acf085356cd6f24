"""The plan document: an equal plan comes back, to the second and to the order of its routes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents.plan_reading import read_plan
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import as_json, plan_document
from fixtures.tiny_day import tiny_day
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day
from scheduler.care.units import STOCKHOLM
from scheduler.followup import follow_up
from scheduler.hours import hours
from scheduler.plan import Plan, Route, Stop, Term, Unassigned
from scheduler.planner import plan_day
from scheduler.rules import Reason
from scheduler.travel import TravelSettings
from tests.api.cases import encoded

METADATA = MetadataSchema(id="p-1", status=Status.SOLVING_COMPLETED)
EMPTY_DAY = Day(date(2026, 3, 4), (), (), ())

moments = st.datetimes(
    datetime(2026, 3, 1),  # noqa: DTZ001 - made aware below
    datetime(2026, 11, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0).astimezone(STOCKHOLM))
ids = st.text("abc-åäö 12", min_size=1, max_size=6)
texts = st.text(max_size=20).filter(lambda text: text.isprintable())
stops = st.builds(Stop, st.none() | ids, moments, moments, moments, st.integers(0, 90_000))
routes = st.builds(
    # Few carers, so that routes of one stand apart.
    Route,
    ids,
    st.sampled_from(("c-1", "c-2")),
    st.lists(stops, max_size=3).map(tuple),
    st.integers(0, 90_000),
    moments,
)
left_out = st.builds(
    Unassigned, ids, st.sampled_from(Reason), st.lists(ids, max_size=2).map(tuple), texts, texts
)
terms = st.builds(
    lambda name, quantity, weight: Term(name, quantity, "s", weight, quantity * weight),
    texts,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
plans = st.builds(
    Plan,
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.lists(routes, max_size=4).map(tuple),
    st.lists(left_out, max_size=3).map(tuple),
    st.lists(terms, max_size=3).map(tuple),
    st.integers(0, 2**31 - 1),
    st.floats(0, 86_400, allow_subnormal=False),
    st.none() | st.integers(0, 10**9),
)


def document(plan: Plan, day: Day = EMPTY_DAY) -> dict[str, Any]:
    """`plan` as JSON values."""
    return as_json(plan_document(plan, METADATA, day))


@given(plans)
@settings(max_examples=150, deadline=None)
def test_any_plan_that_was_written_is_read_back_equal(plan: Plan) -> None:
    """Also with routes of one carer apart from each other, and in both hours of October's night."""
    back = read_plan(encoded(document(plan))).plan
    assert back == plan
    for read, made in zip(back.routes, plan.routes, strict=True):
        assert read.back.timestamp() == made.back.timestamp()


def a_plan(travel: TravelSettings) -> tuple[Day, Plan]:
    day = tiny_day(5)
    return day, plan_day(day, travel, iterations=50, threads=1)


def test_zones_and_time_use_travel_with_the_plan(travel: TravelSettings) -> None:
    """A price can then be worked out from the plan alone."""
    day, plan = a_plan(travel)
    measured = follow_up(day, plan)
    written = as_json(plan_document(plan, METADATA, day, measured))
    back = read_plan(encoded(written))
    assert back.plan == plan
    assert back.zones == measured.by_zone
    zones = {visit.id: visit.zone for visit in day.visits}
    shown = [
        (stop["id"], stop["zone"])
        for carer in written["modelOutput"]["caregivers"]
        for shift in carer["shifts"]
        for stop in shift["itinerary"]
        if stop["kind"] == "VISIT"
    ]
    assert shown
    assert all(zones[visit_id] == zone for visit_id, zone in shown)
    total = written["kpis"]["total"]
    share = Decimal(measured.total.care_s) / measured.total.paid_s
    assert total["careTimeShare"] == pytest.approx(float(share), abs=0.00005)


def test_an_elastic_shift_tells_its_hours_and_others_do_not(travel: TravelSettings) -> None:
    seen = {"with": 0, "without": 0}
    for seed in range(250):
        day = tiny_day(seed)
        elastic = {shift.id: shift for shift in day.shifts if shift.elastic}
        if not elastic:
            continue
        plan = plan_day(day, travel, iterations=300, threads=1)
        written = plan_document(plan, METADATA, day).model_output
        assert written is not None
        routes = {route.shift_id: route for route in plan.routes}
        for told in (shift for carer in written.caregivers for shift in carer.shifts):
            if told.id in elastic and told.itinerary:
                found = told.paid_start_time, told.paid_end_time
                assert found == hours(elastic[told.id], routes[told.id])
                seen["with"] += 1
            else:
                assert told.paid_start_time is told.paid_end_time is None
                seen["without"] += 1
        assert read_plan(encoded(document(plan, day))).plan == plan
    assert min(seen.values()) > 3, seen


def test_points_of_all_terms_are_the_objective(travel: TravelSettings) -> None:
    day, plan = a_plan(travel)
    written = document(plan, day)
    assert sum(term["points"] for term in written["scoreAnalysis"]) == plan.objective
    assert written["metadata"]["objective"] == plan.objective


AT = datetime(2026, 3, 4, 8, 0, tzinfo=STOCKHOLM)
TWO_STOPS = Plan(
    date(2026, 3, 4),
    (
        Route(
            "s-1",
            "c-1",
            (
                Stop("v-1", AT, AT, AT + timedelta(minutes=25), 300),
                Stop(None, AT, AT + timedelta(hours=3), AT + timedelta(hours=4), 0),
            ),
            300,
            AT + timedelta(hours=5),
        ),
        Route("s-2", "c-2", (), 0, AT),
    ),
    (Unassigned("v-2", Reason.NO_SKILL, ("c-1",), "Ingen kan.", "Delegera.", (date(2026, 3, 5),)),),
    (Term("travel", 600, "s", 2, 1200),),
)


def spoil(path: list[str | int], value: Any) -> dict[str, Any]:
    """The written plan with another value at `path`."""
    written = document(TWO_STOPS)
    here: Any = written
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return written


SHIFT: list[str | int] = ["modelOutput", "caregivers", 0, "shifts", 0]
ZONE = {
    "zone": "town",
    "paidTime": "PT1H",
    "careTime": "PT30M",
    "travelTime": "PT10M",
    "waitingTime": "PT10M",
    "idleTime": "PT9M",
    "breakTime": "PT0S",
    "visits": 1,
}
KPIS = {
    "plannedVisits": 1,
    "unassignedVisits": 0,
    "violations": 0,
    "demandedTime": "PT30M",
    "plannedTime": "PT30M",
    "maxDistinctCaregivers": 1,
    "total": {key: value for key, value in ZONE.items() if key != "zone"},
}


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        (spoil([*SHIFT, "itinerary", 0, "kind"], "BREAK"), ["STOP_KIND"]),
        (spoil([*SHIFT, "itinerary", 1, "kind"], "VISIT"), ["STOP_KIND"]),
        (spoil([*SHIFT, "position"], 1), ["SHIFT_POSITIONS"]),
        (spoil([*SHIFT, "returnTravelTime"], 300), ["NOT_A_DURATION"]),
        (spoil([*SHIFT, "endTime"], "2026-03-04T13:00:00"), ["NOT_A_TIME"]),
        (spoil(["modelOutput", "unassignedVisits", 0, "proven"], value=False), ["PROOF_MISMATCH"]),
        (spoil(["modelOutput", "unassignedVisits", 0, "code"], "TIRED"), ["UNKNOWN_CODE"]),
        (spoil(["scoreAnalysis", 0, "points"], 1), ["POINTS_DO_NOT_ADD_UP"]),
        (spoil(["modelOutput"], None), ["NO_PLAN"]),
        (spoil(["kpis"], {**KPIS, "zones": [ZONE]}), ["TIME_DOES_NOT_ADD_UP"]),
        (
            spoil(["kpis"], {**KPIS, "zones": [{**ZONE, "idleTime": "PT10M"}] * 2}),
            ["DUPLICATE_ID"],
        ),
        (spoil(["surprise"], 1), ["UNKNOWN_FIELD"]),
    ],
)
def test_each_fault_of_a_plan_document_has_its_code(
    written: dict[str, Any], codes: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_plan(encoded(written))
    assert [finding.code for finding in refused.value.findings] == codes


def test_a_hand_written_plan_needs_no_positions() -> None:
    written = document(TWO_STOPS)
    for carer in written["modelOutput"]["caregivers"]:
        for shift in carer["shifts"]:
            del shift["position"]
    assert read_plan(encoded(written)).plan == TWO_STOPS
