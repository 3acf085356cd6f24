"""
The document of decisions to register: one or thousands, each as in the purse document.

Promises: :func:`read_cases` makes an equal case of what :func:`write_case` writes.

Source: docs/storage.md; of one decision: docs/format.md, docs/budget.md.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, cast

from pydantic import Field

from api.documents.decision_schemas import ProviderSchema
from api.documents.decisions import Registration, document_of, registration_of
from api.documents.purses import (
    GrantedSchema,
    InterruptionSchema,
    MoveSchema,
    granted_faults,
    granted_of,
)
from api.documents.schema_faults import validate
from api.documents.schema_types import Schema
from api.documents.strict_json import MAX_BYTES, parse_json
from pricing.budget.model import Granted
from scheduler.care.errors import Finding, Severity
from scheduler.care.model import Provider, Recipient
from scheduler.validation.common import place


@dataclass(frozen=True, slots=True)
class Case:
    """A granted decision (with placements and interruptions) and the home it is carried out in."""

    granted: Granted
    home: Recipient

    @property
    def id(self) -> str:
        """The decision's id."""
        return self.granted.decision.id


class CasesSchema(Schema):
    """Decisions to register together: all of them or none."""

    decisions: Annotated[list[GrantedSchema], Field(min_length=1)]


def registration_on(case: Case, day: date) -> Registration:
    """The decision as it is carried out on `day`: in that day's zone, by that day's provider."""
    placed = [each for each in case.granted.placements if each.first_day <= day]
    now = placed[-1] if placed else case.granted.placements[0]
    return Registration(
        case.granted.decision,
        replace(case.home, zone=now.zone),
        Provider(now.provider, now.kind),
    )


def read_case(content: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[Case | None, list[Finding]]:
    """The one decision in `content`, as :func:`read_cases` reads each of many."""
    value, findings = parse_json(content, max_bytes=max_bytes)
    schema, faults = validate(GrantedSchema, value)
    findings = [*findings, *faults]
    if schema is None:
        return None, findings
    case = Case(granted_of(schema), registration_of(schema).recipient)
    return case, [*findings, *case_faults(case)]


def read_cases(
    content: bytes, *, max_bytes: int = MAX_BYTES
) -> tuple[tuple[Case, ...], list[Finding]]:
    """
    The decisions in `content`, and every fault of the document; none when it cannot be built.

    Raises
    ------
    TooLarge, InvalidInput
        As :func:`api.documents.strict_json.parse_json`.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    schema, faults = validate(CasesSchema, value)
    findings = [*findings, *faults]
    if schema is None:
        return (), findings
    cases = cases_of(schema)
    findings += _twice(cases)
    for case in cases:
        findings += case_faults(case)
    return cases, findings


def cases_of(schema: CasesSchema) -> tuple[Case, ...]:
    """The decisions that the document describes."""
    return tuple(
        Case(granted_of(each), registration_of(each).recipient) for each in schema.decisions
    )


def write_case(case: Case) -> dict[str, Any]:
    """One decision of the document as JSON values, always in the same words."""
    return case_document(case).model_dump(mode="json", exclude_none=True)


def case_document(case: Case) -> GrantedSchema:
    """One decision of the document."""
    granted, first = case.granted, case.granted.placements[0]
    document = document_of(
        Registration(granted.decision, case.home, Provider(first.provider, first.kind))
    )
    return GrantedSchema(
        **{name: getattr(document, name) for name in type(document).model_fields},
        unit=first.unit,
        moves=[
            MoveSchema(
                first_day=each.first_day,
                zone=each.zone,
                provider=ProviderSchema(id=each.provider, kind=each.kind),
                unit=each.unit,
            )
            for each in granted.placements[1:]
        ],
        interruptions=[
            InterruptionSchema(
                first_day=each.first_day,
                last_day=each.last_day,
                reason=each.reason,
                status=cast("Any", each.status and each.status.value),
            )
            for each in granted.interruptions
        ],
    )


def case_faults(case: Case) -> list[Finding]:
    """Every fault of one decision that refuses it."""
    findings = [each for each in granted_faults(case.granted) if each.severity is Severity.ERROR]
    findings += place(f"decision ({case.id}).recipient.location", case.home.location)
    findings += [
        Finding(
            "WRONG_FORM",
            f"decision ({case.id}).interruptions[{number}].reason",
            "printable text",
            "a sign that cannot be printed",
            "Skriv orsaken på en rad, utan styrtecken.",
        )
        for number, each in enumerate(case.granted.interruptions)
        # PostgreSQL takes no NUL; a list or an export no line break.
        if not each.reason.isprintable()
    ]
    return findings


def _twice(cases: tuple[Case, ...]) -> list[Finding]:
    counted = Counter(case.id for case in cases)
    return [
        Finding(
            "DUPLICATE_ID",
            f"decisions ({name})",
            "each decision once",
            f"{count} times",
            "Ta bort dubbletten.",
        )
        for name, count in counted.items()
        if count > 1
    ]
