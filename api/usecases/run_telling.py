"""
What is told of a run, and of whom: without who is hidden, with a line of everybody it names.

A run's advice and the visits that its plan leaves out are told by the ids of visits. Such an id
tells of a person as well as the person's own does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from api.documents.plan_schemas import FindingSchema, MetadataSchema, PlanDocumentSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.withheld import (
    Withheld,
    document_without,
    findings_without,
    may_name,
    named_in,
    visited,
    withheld_of,
)
from api.store import run_rows
from api.store.tables import RunRow
from api.usecases.looking import Look


def metadata_told(row: RunRow, shown: Look) -> MetadataSchema:
    """What the run is and how far it has come, without advice on who is hidden."""
    made = run_rows.metadata_of(row)
    if not made.findings:
        return made
    kept = findings_without(made.findings, withheld_in(row, shown))
    shown.show(_named(row, kept))
    return made.model_copy(update={"findings": kept})


def document_told(row: RunRow, shown: Look) -> PlanDocumentSchema:
    """The best plan so far, without who is hidden."""
    made = document_without(run_rows.document_of(row), withheld_in(row, shown))
    shown.show(everybody_in(row, made))
    return made


def everybody_in(row: RunRow, document: PlanDocumentSchema) -> Iterator[str]:
    """Of whom a plan document of the run tells: visited, left out, or named by its advice."""
    output = document.model_output
    yield from visited(output)
    yield from _named(row, document.metadata.findings)
    left = {each.id for each in output.unassigned_visits} if output else set()
    if left:
        yield from (who for visit, who in _recipient_of(row).items() if visit in left)


def withheld_in(row: RunRow, shown: Look) -> Withheld:
    """What the run's documents may not name."""
    # Most runs name nobody who is hidden, and reading one takes time.
    if not may_name(row.input_json, shown.hidden):
        return Withheld()
    day = EnvelopeSchema.model_validate_json(row.input_json).model_input
    return withheld_of(day, shown.hidden)


# Read when somebody asks who has them logged: the program's own questions read no day for it.
def _named(row: RunRow, findings: Sequence[FindingSchema]) -> Iterator[str]:
    if findings:
        yield from named_in(findings, _recipient_of(row))


def _recipient_of(row: RunRow) -> dict[str, str]:
    """Whose each visit of the run's day is; the day is ours, so its words need no validation."""
    day = json.loads(row.input_json)["modelInput"]
    return {each["id"]: each["recipientId"] for each in day["visits"]}
