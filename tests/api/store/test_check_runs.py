"""The invariants of runs: a state and what belongs to it, whoever changes it past the program."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.documents.plan_schemas import PlanDocumentSchema
from api.documents.planning import document_of
from api.store.check import check
from api.store.engine import Store
from api.store.records import RunKey
from api.usecases import leasing, running
from scheduler.care.errors import Finding
from tests.api.cases import TWO_VISITS
from tests.api.solvers import POOR_PLAN
from tests.api.store.samples import ACT
from tests.api.store.tampering import past_guards

WHY = Finding("WHY", "day-plans", "one", "none", "Gör så.")
POOR = PlanDocumentSchema.model_validate(POOR_PLAN)


@pytest.fixture
def runs(filled: Store) -> Store:
    """One of each end, one under way and one that waits."""
    for name in ("completed", "failed", "incomplete", "under way", "waits"):
        running.submit(filled, ACT, name, document_of(TWO_VISITS))
    for name, fault in (("completed", None), ("failed", WHY), ("incomplete", None)):
        key = RunKey("m-1", name)
        attempt = running.begin(filled, key, "w", ACT.at)
        assert attempt is not None
        if name == "completed":
            running.keep(filled, key, attempt, ACT.at, POOR)
        running.end(filled, key, attempt, ACT.at, fault, WHY)
    assert leasing.claim(filled, "w", ACT.at, WHY) is not None
    return filled


def test_what_workers_leave_is_sound(runs: Store) -> None:
    assert check(runs) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("output_json = NULL WHERE id = 'completed'", "RUN_WITHOUT_PLAN"),
        ("output_json = '{}' WHERE id = 'incomplete'", "RUN_WITH_PLAN"),
        ("findings_json = '[]' WHERE id = 'incomplete'", "RUN_WITHOUT_REASON"),
        ("findings_json = '[]' WHERE id = 'failed'", "RUN_WITHOUT_REASON"),
        ("output_json = 'x' WHERE id = 'completed'", "UNREADABLE"),
        ("input_json = '{}' WHERE id = 'waits'", "UNREADABLE"),
    ],
)
def test_a_change_past_the_program_is_found(runs: Store, change: str, code: str) -> None:
    with past_guards(runs) as connection:
        connection.execute(text(f"UPDATE run SET {change}"))
    assert [finding.code for finding in check(runs)] == [code]
