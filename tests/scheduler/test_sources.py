"""Each way tells whether it was given or estimated, in the plan and in its key figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from api.documents.plan_reading import plan_of
from api.documents.plan_schemas import MetadataSchema, PlanDocumentSchema, Status
from api.documents.plan_writing import as_json, plan_document
from api.documents.schema_faults import validate
from api.judgement import judge
from scheduler.care.model import Day, Mode, TravelSource, TravelTimes
from scheduler.followup import follow_up
from scheduler.plan import Plan
from scheduler.planner import plan_day
from scheduler.sources import with_sources
from tests.scheduler import two_carers as two

GIVEN, ESTIMATED = TravelSource.GIVEN, TravelSource.ESTIMATED


def one_way() -> Day:
    """Anna cycles, by a table; Bo walks, by the estimate."""
    times = TravelTimes(Mode.BICYCLE, (two.OFFICE, two.AWAY), ((0, 480), (900, 0)))
    anna, bo = two.day().shifts
    return replace(two.day(), shifts=(anna, replace(bo, mode=Mode.FOOT)), travel_times=(times,))


def sources(plan: Plan) -> dict[str, list[TravelSource]]:
    """Carer -> source of each way that takes time."""
    return {
        route.carer_id: [
            *(stop.travel_source for stop in route.stops if stop.travel_s),
            *([route.return_travel_source] if route.return_travel_s else []),
        ]
        for route in plan.routes
    }


def test_a_plan_tells_the_source_of_each_way() -> None:
    plan = plan_day(one_way(), two.TRAVEL, iterations=2000, threads=1)
    assert sources(plan) == {"anna": [GIVEN, GIVEN], "bo": [ESTIMATED, ESTIMATED]}
    assert with_sources(one_way(), plan, two.TRAVEL) == plan


def test_a_hand_made_plan_is_told_apart_by_the_day() -> None:
    """Whatever it says of itself."""
    judged = judge(one_way(), two.plan())
    assert sources(judged.plan) == {"anna": [GIVEN, GIVEN], "bo": [ESTIMATED, ESTIMATED]}
    assert sources(judge(two.day(), judged.plan).plan)["anna"] == [ESTIMATED, ESTIMATED]


def test_the_share_of_estimated_ways_and_of_their_time() -> None:
    """Anna: 480 + 900 s given; Bo: 2 x 600 s estimated, of 2,580 s in all."""
    plan = plan_day(one_way(), two.TRAVEL, iterations=2000, threads=1)
    measured = follow_up(one_way(), plan)
    assert (measured.legs, measured.estimated_legs) == (4, 2)
    assert measured.estimated_travel_s == 1200
    assert measured.total.travel_s == 2580
    assert measured.estimated_leg_share == Decimal("0.5")
    assert measured.estimated_travel_share == Decimal(1200) / 2580


def test_a_day_without_ways_has_no_share() -> None:
    still = replace(two.day(), visits=two.day().visits[:2])
    measured = follow_up(still, plan_day(still, two.TRAVEL, iterations=100, threads=1))
    assert (measured.legs, measured.estimated_leg_share) == (0, None)
    assert measured.estimated_travel_share is None


def document(day: Day, plan: Plan) -> dict[str, object]:
    metadata = MetadataSchema(id="p", status=Status.SOLVING_COMPLETED)
    return as_json(plan_document(plan, metadata, day, follow_up(day, plan)))


def test_a_plan_document_keeps_the_sources() -> None:
    plan = plan_day(one_way(), two.TRAVEL, iterations=2000, threads=1)
    written = document(one_way(), plan)
    assert str(written).count("'GIVEN'") >= 2
    read, faults = validate(PlanDocumentSchema, written)
    assert faults == []
    assert read is not None
    assert plan_of(read).routes == plan.routes
    assert read.kpis is not None
    assert read.kpis.estimated_travel_legs == 2
    assert read.kpis.estimated_travel_share == 0.4651


def test_a_day_without_travel_times_writes_no_sources() -> None:
    """All are estimated, and old readers see what they always saw."""
    plan = plan_day(two.day(), two.TRAVEL, iterations=2000, threads=1)
    assert "ravelSource" not in str(document(two.day(), plan))
