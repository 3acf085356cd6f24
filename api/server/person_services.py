"""
Persons for a request: recorded, read, protected, granted, erased; and who has read.

Nothing is decided here: who may see whom is asked of :mod:`api.usecases.sight`, and each reading is
logged where it is made.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from api.documents.retention import Retention
from api.documents.schema_faults import validate
from api.documents.schema_types import Schema
from api.documents.strict_json import parse_json
from api.refusals import not_found
from api.server import person_schemas as schemas
from api.server.act_services import anchor_of, chain
from api.server.services import Services
from api.store.person_keys import PersonKeys
from api.store.person_records import Access, Grant, Person, Protection
from api.usecases import erasing, persons, protecting, retaining, reviewing
from api.usecases.erasing import Erased
from api.usecases.sight import Reader
from scheduler.care.errors import InvalidInput

Body = TypeVar("Body", bound=Schema)


# ---------------------------------------------------------------- who they are


def record(
    services: Services, reader: Reader, recipient: str, version: int, content: bytes
) -> schemas.PersonSchema:
    """Record who a recipient is, or correct it."""
    read = _read(services, schemas.PersonRequestSchema, content)
    made = persons.record(
        services.store, reader, _keys(services), recipient, version,
        name=read.name, number=read.number,
    )  # fmt: skip
    return _person(made)


def person(services: Services, reader: Reader, recipient: str) -> schemas.PersonSchema:
    """Who a recipient is."""
    return _person(persons.person(services.store, reader, _keys(services), recipient))


def find(services: Services, reader: Reader, content: bytes) -> schemas.PersonSchema:
    """Who has an identity number."""
    read = _read(services, schemas.SearchSchema, content)
    return _person(persons.find(services.store, reader, _keys(services), read.number))


def page(
    services: Services, reader: Reader, name: str, offset: int, limit: int
) -> schemas.PersonsSchema:
    """Some of the persons that the reader may see."""
    found = persons.persons(
        services.store, reader, _keys(services), name=name, offset=offset, limit=limit
    )
    return schemas.PersonsSchema(
        persons=[_person(each) for each in found.persons], total=found.total
    )


# ---------------------------------------------------------------- protection


def protect(
    services: Services, reader: Reader, recipient: str, content: bytes
) -> schemas.ProtectionSchema:
    """Mark a recipient as protected."""
    read = _read(services, schemas.ProtectionRequestSchema, content)
    return _protection(
        protecting.protect(services.store, reader, recipient, read.kind, read.valid_from)
    )


def unprotect(
    services: Services, reader: Reader, recipient: str, content: bytes
) -> schemas.ProtectionSchema:
    """End a marking."""
    read = _read(services, schemas.UnprotectSchema, content)
    return _protection(protecting.unprotect(services.store, reader, recipient, read.kind))


def protections(services: Services, reader: Reader) -> schemas.ProtectionsSchema:
    """Every marking."""
    found = protecting.protections(services.store, reader)
    return schemas.ProtectionsSchema(protections=[_protection(each) for each in found])


def grant(
    services: Services, reader: Reader, recipient: str, content: bytes
) -> schemas.GrantSchema:
    """Let somebody see a protected person."""
    read = _read(services, schemas.GrantRequestSchema, content)
    return _grant(
        protecting.grant(
            services.store, reader, recipient, read.grantee_kind, read.grantee, read.ends_at
        )
    )


def revoke(services: Services, reader: Reader, recipient: str, number: int) -> schemas.GrantSchema:
    """Take a grant back."""
    return _grant(protecting.revoke(services.store, reader, recipient, number))


def grants(services: Services, reader: Reader) -> schemas.GrantsSchema:
    """Every grant."""
    found = protecting.grants(services.store, reader)
    return schemas.GrantsSchema(grants=[_grant(each) for each in found])


def break_glass(services: Services, reader: Reader, recipient: str) -> schemas.GrantSchema:
    """See a protected person for four hours, in an emergency."""
    return _grant(protecting.break_glass(services.store, reader, recipient))


# ---------------------------------------------------------------- how long


def erase(
    services: Services, reader: Reader, recipient: str, content: bytes
) -> schemas.ErasureSchema:
    """Erase a recipient, or tell what that would take out."""
    read = _read(services, schemas.ErasureRequestSchema, content)
    return _erased(erasing.erase(services.store, reader, recipient, dry_run=read.dry_run))


def retain(services: Services, reader: Reader, content: bytes) -> schemas.RetentionSchema:
    """What is due by the municipality's rules; erased when that is asked for."""
    read = _read(services, schemas.RetentionRequestSchema, content)
    rules = Retention(read.identity_years, frozenset(read.kept_born_on), read.readings_years)
    planned = retaining.plan(services.store, reader, _keys(services), rules)
    made = () if read.dry_run else retaining.carry_out(services.store, reader, planned)
    return schemas.RetentionSchema(
        day=planned.day,
        due=[
            schemas.DueSchema(recipient=each.recipient, last_day=each.last_day, kept=each.kept)
            for each in planned.due
        ],
        readings=planned.readings,
        readings_before=planned.readings_before,
        erased=[_erased(each) for each in made],
    )


# ---------------------------------------------------------------- who has read


def readings(
    services: Services, reader: Reader, recipient: str, offset: int, limit: int
) -> schemas.ReadingsSchema:
    """Who has read a person's record."""
    found, total = reviewing.who_has_read(
        services.store, reader, recipient, offset=offset, limit=limit
    )
    return schemas.ReadingsSchema(readings=[_reading(each) for each in found], total=total)


def review(services: Services, reader: Reader, content: bytes) -> schemas.LogReviewSchema:
    """Go through the readings of a period."""
    read = _read(services, schemas.ReviewRequestSchema, content)
    made = reviewing.review(
        services.store, reader, read.since, read.until, sample=read.sample, seed=read.seed
    )
    return schemas.LogReviewSchema(
        lines=made.lines,
        actors=made.actors,
        remarkable=[
            schemas.RemarkableSchema(
                remark=each.remark,
                actor=each.actor,
                count=each.count,
                first=each.first,
                recipient=each.recipient,
            )
            for each in made.remarkable
        ],
        sample=[_reading(each) for each in made.sample],
    )


def emergencies(services: Services, reader: Reader, since: datetime) -> schemas.GrantsSchema:
    """Every broken glass since then, the latest first."""
    found = protecting.emergencies(services.store, reader, since)
    return schemas.GrantsSchema(grants=[_grant(each) for each in found])


def verify(services: Services, reader: Reader, anchor: str | None) -> schemas.ChainSchema:
    """Whether the log of readings is as it was written."""
    return chain(*reviewing.verify(services.store, reader, anchor_of(anchor)))


# ---------------------------------------------------------------- shown


def _person(made: Person) -> schemas.PersonSchema:
    return schemas.PersonSchema(
        recipient=made.recipient,
        name=made.identity.name,
        number=made.identity.number,
        version=made.version,
        protected=list(made.protected),
    )


def _protection(made: Protection) -> schemas.ProtectionSchema:
    return schemas.ProtectionSchema(
        **{name: getattr(made, name) for name in schemas.ProtectionSchema.model_fields}
    )


def _grant(made: Grant) -> schemas.GrantSchema:
    return schemas.GrantSchema(
        **{name: getattr(made, name) for name in schemas.GrantSchema.model_fields}
    )


def _reading(made: Access) -> schemas.ReadingSchema:
    return schemas.ReadingSchema(
        **{name: getattr(made, name) for name in schemas.ReadingSchema.model_fields}
    )


def _erased(made: Erased) -> schemas.ErasureSchema:
    extent = made.extent
    return schemas.ErasureSchema(
        recipient=made.recipient,
        again=made.again,
        identity=extent.identity,
        grants=extent.grants,
        decision_revisions=extent.decision_revisions,
        plan_revisions=extent.plan_revisions,
        runs=extent.runs,
    )


def _keys(services: Services) -> PersonKeys:
    if services.keys is None:
        # As of a login that is not set up: without keys nobody has a name here.
        raise not_found("persons", "keys")
    return services.keys


def _read(services: Services, schema: type[Body], content: bytes) -> Body:
    value, findings = parse_json(content, max_bytes=services.settings.max_bytes)
    read, faults = validate(schema, value)
    if read is None or findings:
        raise InvalidInput([*findings, *faults])
    return read
