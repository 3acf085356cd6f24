"""
The decision document: JSON to a registered decision and back.

Promises: ``registration_of(document_of(registration))`` is the same registration.

Source: docs/format.md; of the decision's content: socialtjänstlag (2025:400).
"""

from __future__ import annotations

from dataclasses import dataclass

from api.documents.decision_schemas import (
    DecisionSchema,
    FrequencySchema,
    ProviderSchema,
    RecipientSchema,
    ServiceLineSchema,
)
from api.documents.schema_faults import validate
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import Finding
from scheduler.care.model import (
    Decision,
    Frequency,
    Location,
    Provider,
    Recipient,
    ServiceLine,
)


@dataclass(frozen=True, slots=True)
class Registration:
    """A decision with the home it is carried out in and the provider that was chosen."""

    decision: Decision
    recipient: Recipient
    provider: Provider


def read_registration(
    content: bytes, *, max_bytes: int = MAX_BYTES
) -> tuple[Registration | None, list[Finding]]:
    """
    The decision in `content`, and the faults of its structure; None when it cannot be built.

    Raises
    ------
    TooLarge, InvalidInput
        As :func:`api.documents.strict_json.parse_json`.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    schema, faults = validate(DecisionSchema, value)
    return (registration_of(schema) if schema else None), findings + faults


def registration_of(schema: DecisionSchema) -> Registration:
    """The records that the document describes."""
    home = schema.recipient
    return Registration(
        Decision(
            schema.id,
            schema.recipient_id,
            schema.decided_on,
            schema.valid_from,
            schema.valid_to,
            schema.provider.id,
            tuple(_line(line) for line in schema.lines),
            schema.review_on,
        ),
        Recipient(
            schema.recipient_id,
            Location(*home.location),
            home.zone,
            required_skills=frozenset(home.required_skills),
            wishes=home.wishes(),
        ),
        Provider(schema.provider.id, schema.provider.kind),
    )


def document_of(registration: Registration) -> DecisionSchema:
    """The document that describes `registration`."""
    decision, recipient, provider = (
        registration.decision,
        registration.recipient,
        registration.provider,
    )
    return DecisionSchema(
        id=decision.id,
        recipient_id=decision.recipient_id,
        recipient=RecipientSchema(
            location=[recipient.location.lat, recipient.location.lon],
            zone=recipient.zone,
            required_skills=sorted(recipient.required_skills),
            **RecipientSchema.fields_of(recipient.wishes),
        ),
        decided_on=decision.decided_on,
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        review_on=decision.review_on,
        provider=ProviderSchema(id=provider.id, kind=provider.kind),
        lines=[line_document(line) for line in decision.lines],
    )


def _line(line: ServiceLineSchema) -> ServiceLine:
    often = line.frequency
    return ServiceLine(
        line.id,
        line.service,
        Frequency(often.times, often.period, tuple(often.weekdays)),
        tuple(line.bands),
        line.own_duration,
        line.staff,
        line.min_delay,
        line.max_delay,
        line.flexible,
        line.least_hours_apart,
    )


def line_document(line: ServiceLine) -> ServiceLineSchema:
    """One granted line of the document."""
    often = line.frequency
    return ServiceLineSchema(
        id=line.id,
        service=line.service,
        frequency=FrequencySchema(
            times=often.times, period=often.period, weekdays=list(often.weekdays)
        ),
        bands=list(line.bands),
        own_duration=line.own_minutes,
        staff=line.staff,
        min_delay=line.min_gap_min,
        max_delay=line.max_gap_min,
        flexible=line.flexible,
        least_hours_apart=line.least_apart_h,
    )
