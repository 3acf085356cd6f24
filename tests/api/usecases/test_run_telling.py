"""Whoever a run's answer names, if only by a visit's id, has a line in the log of readings."""

from __future__ import annotations

import pytest

from api.documents.plan_schemas import FindingSchema, PlanDocumentSchema
from api.documents.planning import PlanningDocument, document_of
from api.documents.withheld import named_in
from api.store.check import check
from api.store.engine import Store
from api.store.person_records import AccessKind
from api.store.records import RunKey
from api.usecases import running
from api.usecases.requested import Request, earlier
from scheduler.care.errors import Finding, Severity
from tests.api.cases import TWO_VISITS, changed
from tests.api.solvers import POOR_PLAN
from tests.api.store.samples import ACT, AT
from tests.api.usecases.test_looking import ASKING, hide, kinds

# Without a view: whoever works at the machine.
ITSELF = ACT
KEY = RunKey("m-1", "p-1")
NO_PLAN = Finding("NO_PLAN_YET", "day-plans", "this", "that", "Gör så.")


def advised() -> PlanningDocument:
    """A day with one piece of advice, on a visit to r-1."""
    made = document_of(
        changed(lambda _, __, visits: visits[1].update(pinnedStartTime="2026-03-04T10:30:00+01:00"))
    )
    assert [each.code for each in made.warnings] == ["PIN_OUTSIDE_WINDOW"]
    return made


def test_the_answer_to_a_submission_leaves_a_line_of_whom_its_advice_names(filled: Store) -> None:
    made = running.submit(filled, ASKING, KEY.id, advised())
    assert [each.code for each in made.findings] == ["PIN_OUTSIDE_WINDOW"]
    assert kinds(filled) == [AccessKind.LISTED]
    assert check(filled) == []


def test_a_submission_without_advice_leaves_none(filled: Store) -> None:
    running.submit(filled, ASKING, KEY.id, document_of(TWO_VISITS))
    running.metadata(filled, KEY, act=ASKING)
    assert kinds(filled) == []


def test_the_answer_and_its_line_are_one_transaction(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Advice whose line cannot be written is not told, and no run is left behind."""

    def full(*_: object) -> None:
        raise OSError("no room for a line")

    monkeypatch.setattr("api.usecases.looking.log_readings", full)
    with pytest.raises(OSError, match="no room"):
        running.submit(filled, ASKING, KEY.id, advised(), request=Request("k", b"day"))
    assert earlier(filled, ASKING, Request("k", b"day")) == []


def test_advice_on_somebody_hidden_is_neither_told_nor_logged(filled: Store) -> None:
    hide(filled)
    assert running.submit(filled, ASKING, KEY.id, advised()).findings == []
    assert running.metadata(filled, KEY, act=ASKING).findings == []
    assert kinds(filled) == []


def test_how_far_it_has_come_leaves_a_line_too(filled: Store) -> None:
    """Whoever planned, here the program itself."""
    running.submit(filled, ASKING, "p-0", document_of(TWO_VISITS))
    running.submit(filled, ITSELF, KEY.id, advised())
    assert kinds(filled) == []
    running.metadata(filled, KEY)
    assert kinds(filled) == []
    running.metadata(filled, KEY, act=ASKING)
    assert kinds(filled) == [AccessKind.LISTED]


def test_the_answer_to_the_same_request_leaves_a_line(filled: Store) -> None:
    request = Request("k", b"day")
    running.submit(filled, ITSELF, KEY.id, advised(), request=request)
    began = earlier(filled, ITSELF, request)
    again = running.submitted_again(filled, ASKING, began)
    assert kinds(filled) == [AccessKind.LISTED]
    assert again == (running.metadata(filled, KEY),)


def test_a_visit_that_a_plan_leaves_out_tells_of_its_person(filled: Store) -> None:
    running.submit(filled, ITSELF, KEY.id, document_of(TWO_VISITS))
    attempt = running.begin(filled, KEY, "w", AT)
    assert attempt is not None
    poor = PlanDocumentSchema.model_validate(POOR_PLAN)
    assert poor.model_output is not None
    assert poor.model_output.unassigned_visits
    assert not any(shift.itinerary for c in poor.model_output.caregivers for shift in c.shifts)
    running.keep(filled, KEY, attempt, AT, poor)
    running.end(filled, KEY, attempt, AT, None, NO_PLAN)
    running.plan_document(filled, KEY, act=ASKING)
    assert kinds(filled) == [AccessKind.LISTED]


def test_only_whole_ids_are_names() -> None:
    """r-1 is not named by r-10, nor a visit by the beginning of another's id."""
    told = Finding("X", "visits[0] (v-10)", "r-2", "that", "Gör så.", Severity.WARNING)
    recipient_of = {"v-1": "r-1", "v-10": "r-10", "v-3": "r-2", "v-4": "r-4"}
    assert named_in([FindingSchema.of(told)], recipient_of) == {"r-10", "r-2"}
