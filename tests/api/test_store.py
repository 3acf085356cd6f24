"""Stored plans: a state only moves forward, and what is final stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.documents.plan_schemas import MetadataSchema, PlanDocumentSchema, Status
from api.documents.planning import document_of
from api.server.db import Database
from api.server.store import PlanStore
from scheduler.care.errors import Finding, NotFound
from tests.api.cases import TWO_VISITS
from tests.api.solvers import POOR_PLAN

NOW = datetime(2026, 3, 3, 14, 20, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)
WHY = Finding("WHY", "day-plans", "this", "that", "Gör så.")
POOR = PlanDocumentSchema.model_validate(POOR_PLAN)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PlanStore]:
    database = Database(tmp_path / "test.db")
    made = PlanStore(database)
    made.add("p-1", document_of(TWO_VISITS), NOW)
    yield made
    database.close()


def finished(store: PlanStore) -> MetadataSchema:
    """A plan that was solved and ended."""
    store.start("p-1", NOW)
    store.keep("p-1", POOR)
    store.end("p-1", Status.SOLVING_COMPLETED, LATER)
    return store.metadata("p-1")


def test_a_plan_is_told_as_it_was_kept(store: PlanStore) -> None:
    metadata = finished(store)
    assert metadata.status is Status.SOLVING_COMPLETED
    assert (metadata.submitted_at, metadata.started_at, metadata.ended_at) == (NOW, NOW, LATER)
    assert (metadata.objective, metadata.unassigned_visits) == (14, 2)
    document = store.document("p-1")
    assert document.model_output == POOR.model_output
    assert document.input_metrics is not None
    assert document.input_metrics.visits == 2


def test_nothing_late_changes_what_is_final(store: PlanStore) -> None:
    """Messages of a killed solver may still be on their way."""
    before = finished(store), store.document("p-1")
    store.start("p-1", LATER + timedelta(days=1))
    store.progress("p-1", 1, 0)
    store.keep("p-1", POOR.model_copy(update={"model_output": None}))
    store.end("p-1", Status.SOLVING_FAILED, LATER + timedelta(days=1), WHY)
    assert store.end_unfinished(LATER + timedelta(days=1), WHY) == 0
    assert (store.metadata("p-1"), store.document("p-1")) == before


def test_only_what_is_unfinished_is_ended_at_a_start(store: PlanStore) -> None:
    finished(store)
    store.add("p-2", document_of(TWO_VISITS), NOW)
    store.add("p-3", document_of(TWO_VISITS), NOW)
    store.start("p-3", NOW)
    assert store.end_unfinished(LATER, WHY) == 2
    for plan_id in ("p-2", "p-3"):
        metadata = store.metadata(plan_id)
        assert metadata.status is Status.SOLVING_INCOMPLETE
        assert [finding.code for finding in metadata.findings] == ["WHY"]


def test_an_unknown_id_is_not_found(store: PlanStore) -> None:
    with pytest.raises(NotFound):
        store.start("p-9", NOW)
    with pytest.raises(NotFound):
        store.document("p-9")
