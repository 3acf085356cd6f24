"""Runs: a state only moves forward, and only whoever holds the attempt moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api.documents.plan_schemas import MetadataSchema, PlanDocumentSchema, Status
from api.documents.planning import document_of
from api.refusals import Conflict
from api.store.engine import Store
from api.store.records import Queue, RunKey
from api.usecases import running
from scheduler.care.errors import Finding, NotFound
from tests.api.cases import TWO_VISITS
from tests.api.solvers import POOR_PLAN
from tests.api.store.samples import ACT, AT

KEY = RunKey("m-1", "p-1")
LATER = AT + timedelta(seconds=30)
NO_PLAN = Finding("NO_PLAN_YET", "day-plans", "this", "that", "Gör så.")
WHY = replace(NO_PLAN, code="WHY")
POOR = PlanDocumentSchema.model_validate(POOR_PLAN)


@pytest.fixture
def store(filled: Store) -> Store:
    running.submit(filled, ACT, KEY.id, document_of(TWO_VISITS))
    return filled


def begun(store: Store) -> int:
    attempt = running.begin(store, KEY, "w", AT)
    assert attempt is not None
    return attempt


def ended(store: Store, attempt: int, fault: Finding | None = None) -> MetadataSchema:
    assert running.end(store, KEY, attempt, LATER, fault, NO_PLAN)
    return running.metadata(store, KEY)


def test_a_plan_is_told_as_it_was_kept(store: Store) -> None:
    assert running.metadata(store, KEY).status is Status.SOLVING_SCHEDULED
    attempt = begun(store)
    assert running.progress(store, KEY, attempt, AT, 1234, 5)
    reached = running.metadata(store, KEY)
    assert (reached.status, reached.objective) == (Status.SOLVING_ACTIVE, 1234)
    assert running.keep(store, KEY, attempt, AT, POOR)
    metadata = ended(store, attempt)
    assert metadata.status is Status.SOLVING_COMPLETED
    assert (metadata.submitted_at, metadata.started_at, metadata.ended_at) == (AT, AT, LATER)
    # Of the plan that was kept, whatever the search reported before.
    assert (metadata.objective, metadata.unassigned_visits) == (14, 2)
    document = running.plan_document(store, KEY)
    assert document.model_output == POOR.model_output
    assert document.input_metrics is not None
    assert document.input_metrics.visits == 2


def test_a_run_without_a_plan_is_incomplete_and_one_with_a_fault_has_failed(store: Store) -> None:
    running.submit(store, ACT, "p-2", document_of(TWO_VISITS))
    other = RunKey("m-1", "p-2")
    metadata = ended(store, begun(store))
    assert metadata.status is Status.SOLVING_INCOMPLETE
    assert [each.code for each in metadata.findings] == ["NO_PLAN_YET"]
    assert running.end(store, other, 0, LATER, WHY, NO_PLAN)  # never begun
    metadata = running.metadata(store, other)
    assert metadata.status is Status.SOLVING_FAILED
    assert [each.code for each in metadata.findings] == ["WHY"]


def test_nothing_late_changes_what_is_final(store: Store) -> None:
    """Messages of a killed solver may still be on their way."""
    attempt = begun(store)
    running.keep(store, KEY, attempt, AT, POOR)
    before = ended(store, attempt), running.plan_document(store, KEY)
    much_later = LATER + timedelta(days=1)
    assert running.begin(store, KEY, "w", much_later) is None
    assert not running.progress(store, KEY, attempt, much_later, 1, 0)
    worse = POOR.model_copy(update={"model_output": None})
    assert not running.keep(store, KEY, attempt, much_later, worse)
    assert not running.end(store, KEY, attempt, much_later, WHY, NO_PLAN)
    assert (running.metadata(store, KEY), running.plan_document(store, KEY)) == before


def test_a_worker_that_was_given_up_changes_nothing_any_more(store: Store) -> None:
    """It may only have been slow, and writes on beside the one that took over."""
    first = begun(store)
    second = begun(store)
    assert second == first + 1
    assert not running.progress(store, KEY, first, AT, 1, 0)
    assert not running.keep(store, KEY, first, AT, POOR)
    assert not running.end(store, KEY, first, LATER, WHY, NO_PLAN)
    assert running.metadata(store, KEY).status is Status.SOLVING_ACTIVE
    assert running.keep(store, KEY, second, AT, POOR)


def test_a_run_is_tried_three_times(store: Store) -> None:
    assert [running.begin(store, KEY, "w", AT) for _ in range(4)] == [1, 2, 3, None]
    metadata = running.metadata(store, KEY)
    assert metadata.status is Status.SOLVING_FAILED
    assert [each.code for each in metadata.findings] == ["TRIED_TOO_OFTEN"]


def test_the_queue_is_counted_over_all_municipalities(store: Store) -> None:
    later = replace(ACT, at=LATER)
    running.submit(store, later, "a", document_of(TWO_VISITS))
    assert running.queue(store, LATER) == Queue(2, 0, LATER - AT)
    attempt = begun(store)
    assert running.queue(store, LATER) == Queue(1, 1, timedelta(0))
    ended(store, attempt)
    running.end(store, RunKey("m-1", "a"), 0, LATER, WHY, NO_PLAN)
    assert running.queue(store, LATER) == Queue(0, 0, None)


def test_the_database_itself_keeps_what_is_final(store: Store) -> None:
    ended(store, begun(store))
    with pytest.raises(Conflict), store.writing() as session:
        running.held_run(session, KEY).findings_json = "[]"


def test_another_municipality_has_no_such_run(store: Store) -> None:
    for key in (RunKey("m-1", "p-9"), RunKey("m-2", "p-1")):
        with pytest.raises(NotFound):
            running.begin(store, key, "w", AT)
        with pytest.raises(NotFound):
            running.plan_document(store, key)
        with pytest.raises(NotFound):
            running.planning_document(store, key)
