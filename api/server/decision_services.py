"""
Decisions for a request: judged by the municipality's terms, kept by the use cases, shown by day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from api import flow
from api.access.policy import Reach
from api.documents.amendments import ReviewSchema
from api.documents.cases import Case, case_document, read_case, registration_on
from api.documents.purses import InterruptionSchema, interruption_of
from api.documents.schema_faults import validate
from api.documents.schema_types import Schema
from api.documents.strict_json import parse_json
from api.server.answer_schemas import DecisionVisitSchema, PurseSchema
from api.server.services import Services
from api.server.store_schemas import (
    DecisionHistorySchema,
    DecisionRevisionSchema,
    DecisionsSchema,
    DecisionViewSchema,
    EndSchema,
    RegisteredSchema,
)
from api.store.audit import Act
from api.store.records import DecisionRevision
from api.usecases import amending, deciding
from api.usecases.registering import Registered
from api.usecases.registering import register as register_cases
from pricing.export import purse_dict
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import Visit

Body = TypeVar("Body", bound=Schema)


def register(services: Services, act: Act, content: bytes, key: str | None) -> RegisteredSchema:
    """
    Register every decision of a document, or none.

    Without a `key` the content is its own: the same document sent again is the same request.
    """
    answer = register_cases(
        services.store,
        act,
        key or hashlib.sha256(content).hexdigest(),
        content,
        max_bytes=services.settings.max_bytes,
        faults=lambda case: _faults(services, case),
    )
    return _registered(answer)


def amend(services: Services, act: Act, content: bytes, key: str | None) -> RegisteredSchema:
    """Do every act of a document, or none; the key as of :func:`register`."""
    answer = amending.amend(
        services.store,
        act,
        key or hashlib.sha256(content).hexdigest(),
        content,
        max_bytes=services.settings.max_bytes,
        faults=lambda case: _faults(services, case),
    )
    return _registered(answer)


def review(
    services: Services, act: Act, decision_id: str, version: int, content: bytes
) -> DecisionRevisionSchema:
    """Keep what a review found."""
    read = _read(services, ReviewSchema, content)
    return _revision(amending.review(services.store, act, decision_id, version, read))


def decisions(services: Services, act: Act, reach: Reach, after: str, most: int) -> DecisionsSchema:
    """A page of the decisions within reach, as they hold."""
    # One more than asked for tells whether there is a next page.
    found = deciding.decisions(services.store, reach.municipality, after, most + 1, reach, act)
    shown = found[:most]
    return DecisionsSchema(
        decisions=[_revision(each) for each in shown],
        next=shown[-1].case.id if len(found) > most else None,
    )


def view(
    services: Services, act: Act, reach: Reach, decision_id: str, day: date | None
) -> DecisionViewSchema:
    """A decision with its visits and its purse on `day`, or on its first day."""
    held = deciding.decision(services.store, reach.municipality, decision_id, reach, act)
    granted = held.case.granted
    asked = day or granted.decision.valid_from
    found = flow.decision_view(registration_on(held.case, asked), asked, services.terms)
    interrupted = any(each.covers(asked) for each in granted.interruptions)
    return DecisionViewSchema(
        **dict(_revision(held)),
        day=asked,
        visits=[] if interrupted else [_visit(visit) for visit in found.visits],
        purse=PurseSchema.model_validate(purse_dict(found.purse)),
    )


def history(services: Services, act: Act, reach: Reach, decision_id: str) -> DecisionHistorySchema:
    """Every revision of a decision."""
    found = deciding.decision_history(services.store, reach.municipality, decision_id, reach, act)
    return DecisionHistorySchema(revisions=[_revision(each) for each in found])


def change(
    services: Services, act: Act, decision_id: str, version: int, content: bytes
) -> DecisionRevisionSchema:
    """Let the decision in `content` hold instead of what held."""
    case, findings = read_case(content, max_bytes=services.settings.max_bytes)
    if case is not None and case.id != decision_id:
        findings.append(_another_id(case.id))
    if findings or case is None:
        raise InvalidInput(findings)
    changed = deciding.change(
        services.store, act, version, case, faults=lambda each: _faults(services, each)
    )
    return _revision(changed)


def interrupt(
    services: Services, act: Act, decision_id: str, version: int, content: bytes
) -> DecisionRevisionSchema:
    """Add days on which nothing is carried out."""
    read = _read(services, InterruptionSchema, content)
    return _revision(
        deciding.interrupt(services.store, act, decision_id, version, interruption_of(read))
    )


def end(
    services: Services, act: Act, decision_id: str, version: int, content: bytes
) -> DecisionRevisionSchema:
    """End a decision."""
    read = _read(services, EndSchema, content)
    return _revision(deciding.end(services.store, act, decision_id, version, read.last_day))


def _registered(answer: Registered) -> RegisteredSchema:
    return RegisteredSchema(
        key=answer.key,
        sha256=answer.sha256,
        decisions=answer.decisions,
        registered_at=answer.at,
    )


def _read(services: Services, schema: type[Body], content: bytes) -> Body:
    value, findings = parse_json(content, max_bytes=services.settings.max_bytes)
    read, faults = validate(schema, value)
    if read is None or findings:
        raise InvalidInput([*findings, *faults])
    return read


def _faults(services: Services, case: Case) -> Iterable[Finding]:
    """What the municipality's terms say against a decision, in each zone that it comes to."""
    told = set()
    for placed in case.granted.placements:
        for fault in flow.decision_faults(registration_on(case, placed.first_day), services.terms):
            if fault.severity is Severity.ERROR and fault not in told:
                told.add(fault)
                yield fault


def _revision(held: DecisionRevision) -> DecisionRevisionSchema:
    return DecisionRevisionSchema(
        version=held.number,
        event=held.event,
        at=held.at,
        by=held.by,
        decision=case_document(held.case),
    )


def _visit(visit: Visit) -> DecisionVisitSchema:
    return DecisionVisitSchema(
        id=visit.id,
        min_start_time=visit.earliest,
        max_start_time=visit.latest,
        service_duration=visit.duration_min,
        required_skills=sorted(visit.required_skills),
        services=list(visit.services),
        line_ids=list(visit.line_ids),
        group=visit.group,
    )


def _another_id(found: str) -> Finding:
    return Finding(
        "ANOTHER_ID",
        "id",
        "the id of the address",
        found,
        "Ändra beslutet under dess eget id, eller registrera ett nytt.",
    )
