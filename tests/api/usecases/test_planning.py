"""A plan's way: draft, approved, published, superseded; nobody booked twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from api.judgement import judge
from api.refusals import Conflict, Stale
from api.store.check import check
from api.store.engine import Store
from api.store.records import PlanKey, PlanStatus
from api.usecases.planning import approve, plan_revision, publish, save
from scheduler.care.errors import InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.samples import ACT, DAY, NORTH, day_and_plan, later, prepare, published


@pytest.fixture
def ready(store: Store) -> Store:
    """A municipality with two units."""
    prepare(store)
    return store


def test_a_plan_comes_back_as_it_was_judged(ready: Store) -> None:
    day, plan = day_and_plan()
    step = save(ready, ACT, "north", 0, day, plan)
    assert (step.number, step.status, step.version) == (1, PlanStatus.DRAFT, 1)
    held = plan_revision(ready, "m-1", NORTH, 1)
    assert held.day == day
    assert held.plan == judge(day, plan).plan
    assert (held.key, held.number, held.version, held.status) == (NORTH, 1, 1, "DRAFT")
    assert check(ready) == []


def test_a_plan_goes_from_draft_to_published_and_is_superseded_by_the_next(ready: Store) -> None:
    save(ready, ACT, "north", 0, *day_and_plan())
    assert approve(ready, later(1), NORTH, 1, 1).status is PlanStatus.APPROVED
    assert not dump(ready)["booking"]
    assert publish(ready, later(2), NORTH, 1, 2).status is PlanStatus.PUBLISHED
    assert len(dump(ready)["booking"]) == 2
    other = day_and_plan(minutes=30)
    assert save(ready, later(3), "north", 3, *other).number == 2
    approve(ready, later(4), NORTH, 2, 4)
    step = publish(ready, later(5), NORTH, 2, 5)
    assert (step.number, step.version) == (2, 6)
    assert plan_revision(ready, "m-1", NORTH, 1).status is PlanStatus.SUPERSEDED
    assert plan_revision(ready, "m-1", NORTH, 1).day == day_and_plan()[0]
    assert plan_revision(ready, "m-1", NORTH, 2).day == other[0]
    assert {row[3] for row in dump(ready)["booking"]} == {2}
    assert check(ready) == []


@pytest.mark.parametrize("status", ["DRAFT", "APPROVED", "PUBLISHED", "SUPERSEDED"])
def test_a_step_is_taken_from_the_status_before_it_only(ready: Store, status: str) -> None:
    save(ready, ACT, "north", 0, *day_and_plan())
    version = 1
    if status != "DRAFT":
        version = approve(ready, ACT, NORTH, 1, version).version
    if status in ("PUBLISHED", "SUPERSEDED"):
        version = publish(ready, ACT, NORTH, 1, version).version
    if status == "SUPERSEDED":
        for step in (
            lambda v: save(ready, ACT, "north", v, *day_and_plan(minutes=10)),
            lambda v: approve(ready, ACT, NORTH, 2, v),
            lambda v: publish(ready, ACT, NORTH, 2, v),
        ):
            version = step(version).version
    before = dump(ready)
    for move, needed in ((approve, "DRAFT"), (publish, "APPROVED")):
        if status != needed:
            with pytest.raises(Conflict, match="PLAN_STATUS"):
                move(ready, ACT, NORTH, 1, version)
    assert dump(ready) == before
    assert check(ready) == []


def test_a_step_of_another_version_is_refused(ready: Store) -> None:
    save(ready, ACT, "north", 0, *day_and_plan())
    for version in (0, 2):
        with pytest.raises(Stale):
            save(ready, ACT, "north", version, *day_and_plan())
        with pytest.raises(Stale):
            approve(ready, ACT, NORTH, 1, version)
    approve(ready, ACT, NORTH, 1, 1)
    with pytest.raises(Stale):
        publish(ready, ACT, NORTH, 1, 1)
    assert check(ready) == []


def test_a_plan_that_breaks_a_rule_is_not_kept(ready: Store) -> None:
    day, plan = day_and_plan()
    route = plan.routes[0]
    late = tuple(replace(stop, start=stop.start + timedelta(hours=2)) for stop in route.stops)
    before = dump(ready)
    with pytest.raises(InvalidInput, match="PLAN_BREAKS_RULE"):
        save(ready, ACT, "north", 0, day, replace(plan, routes=(replace(route, stops=late),)))
    assert dump(ready) == before


def test_what_is_not_there_is_told(ready: Store) -> None:
    with pytest.raises(NotFound, match="units"):
        save(ready, ACT, "west", 0, *day_and_plan())
    for step in (approve, publish):
        with pytest.raises(NotFound):
            step(ready, ACT, NORTH, 1, 1)
    with pytest.raises(NotFound):
        plan_revision(ready, "m-1", NORTH, 1)


def test_a_carer_who_is_booked_elsewhere_is_told_with_each_visit(ready: Store) -> None:
    """The north has her 09:00-09:40."""
    published(ready)
    before = dump(ready)
    with pytest.raises(Conflict) as refused:
        published(ready, "south", clock="08:30")
    told = [(each.code, each.where) for each in refused.value.findings]
    assert told == [("CARER_BOOKED", "visit (v-1)")]
    assert {row[1] for row in dump(ready)["booking"]} == {row[1] for row in before["booking"]}
    assert check(ready) == []


def test_a_carer_may_go_on_elsewhere_at_the_minute_when_she_is_free(ready: Store) -> None:
    published(ready)
    published(ready, "south", clock="08:40")
    assert check(ready) == []


def test_a_night_that_reaches_into_the_next_day_books_it_too(ready: Store) -> None:
    """A plan is of one day, a carer's night is not: here until 01:40."""
    published(ready, clock="22:40", minutes=60)
    next_day = DAY + timedelta(days=1)
    with pytest.raises(Conflict, match="CARER_BOOKED"):
        published(ready, "south", clock="00:39", day=next_day)
    published(ready, "north", clock="00:40", day=next_day)
    assert check(ready) == []


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24)])
@pytest.mark.parametrize("clock", ["23:30", "23:59"])
def test_the_nights_when_the_clock_changes_are_kept_whole(
    ready: Store, day: date, clock: str
) -> None:
    """Visits at 02:30 that comes twice, or never, in the plan of the evening before."""
    made, plan = day_and_plan(clock=clock, day=day, minutes=90)
    save(ready, ACT, "north", 0, made, plan)
    key = PlanKey("north", day)
    approve(ready, ACT, key, 1, 1)
    publish(ready, ACT, key, 1, 2)
    assert plan_revision(ready, "m-1", key, 1).day == made
    assert check(ready) == []


def test_two_who_publish_at_once_book_nobody_twice(ready: Store) -> None:
    """Two units, the same carer at the same time: one is told that she is booked."""
    for unit in ("north", "south"):
        step = save(ready, ACT, unit, 0, *day_and_plan())
        approve(ready, ACT, PlanKey(unit, DAY), 1, step.version)
    barrier = Barrier(2)
    outcomes: list[str] = []

    def put(unit: str) -> None:
        barrier.wait(10)
        try:
            outcomes.append(publish(ready, ACT, PlanKey(unit, DAY), 1, 2).status)
        except Conflict as refused:
            outcomes.append(refused.findings[0].code)

    threads = [Thread(target=put, args=(unit,)) for unit in ("north", "south")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["CARER_BOOKED", "PUBLISHED"]
    assert check(ready) == []
