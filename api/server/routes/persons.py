"""
Persons: who they are, who is protected, who may see them, and how long it is kept.

Every operation says why, in ``X-Reason``; reading leaves its line in the log of readings.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.server import person_examples as examples
from api.server import person_services as services_of
from api.server.deps import Body, ReaderDep, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.person_schemas import (
    ErasureRequestSchema,
    ErasureSchema,
    GrantRequestSchema,
    GrantSchema,
    GrantsSchema,
    PersonRequestSchema,
    PersonSchema,
    PersonsSchema,
    ProtectionRequestSchema,
    ProtectionSchema,
    ProtectionsSchema,
    RetentionRequestSchema,
    RetentionSchema,
    SearchSchema,
    UnprotectSchema,
)
from api.server.versions import Version, entity_tag

router = APIRouter(prefix="/v1", tags=["persons"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
PERSON = "/persons/{recipient}"


@router.get(
    "/persons",
    response_model_exclude_none=True,
    responses={**answer(200, "A page", examples.PERSONS), **refusals(404, 422)},
)
def persons(
    services: ServicesDep,
    reader: ReaderDep,
    name: Annotated[str, Query(max_length=200, description="Letters of the name.")] = "",
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PersonsSchema:
    """Persons by name in Swedish order; each one shown has a line in the log of readings."""
    return services_of.page(services, reader, name, offset, limit)


@router.post(
    "/person-searches",
    response_model_exclude_none=True,
    openapi_extra=request_body(SearchSchema, examples.SEARCH),
    responses={**answer(200, "Who has it", examples.PERSON), **refusals(404, 413, 422)},
)
def find(
    content: Body, response: Response, services: ServicesDep, reader: ReaderDep
) -> PersonSchema:
    """The person with an identity number, which no address and so no log of addresses has."""
    found = services_of.find(services, reader, content)
    response.headers.update(entity_tag(found.version))
    return found


@router.get(
    PERSON,
    response_model_exclude_none=True,
    responses={**answer(200, "Who it is", examples.PERSON), **refusals(404, 422)},
)
def person(
    recipient: str, response: Response, services: ServicesDep, reader: ReaderDep
) -> PersonSchema:
    """Who a recipient is."""
    found = services_of.person(services, reader, recipient)
    response.headers.update(entity_tag(found.version))
    return found


@router.put(
    PERSON,
    response_model_exclude_none=True,
    openapi_extra=request_body(PersonRequestSchema, examples.PERSON_REQUEST),
    responses={
        **answer(200, "What is recorded now", examples.PERSON),
        **refusals(404, 409, 412, 413, 422, 428),
    },
)
def record(
    recipient: str,
    content: Body,
    response: Response,
    services: ServicesDep,
    reader: ReaderDep,
    version: Version,
) -> PersonSchema:
    """Record who a recipient is, or correct it; If-Match `"0"` when nothing is recorded yet."""
    made = services_of.record(services, reader, recipient, version, content)
    response.headers.update(entity_tag(made.version))
    return made


@router.post(
    f"{PERSON}/emergency",
    response_model_exclude_none=True,
    responses={
        **answer(200, "Four hours of sight", examples.EMERGENCY), **refusals(404, 409, 422),
    },
)  # fmt: skip
def break_glass(recipient: str, services: ServicesDep, reader: ReaderDep) -> GrantSchema:
    """See a protected person in an emergency; it is told in every review of the log."""
    return services_of.break_glass(services, reader, recipient)


# ---------------------------------------------------------------- protection


@router.post(
    f"{PERSON}/protections",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=request_body(ProtectionRequestSchema, examples.PROTECTION_REQUEST),
    responses={
        **answer(201, "Marked", examples.PROTECTION), **refusals(404, 409, 413, 422),
    },
)  # fmt: skip
def protect(
    recipient: str, content: Body, services: ServicesDep, reader: ReaderDep
) -> ProtectionSchema:
    """Mark a recipient as protected; whoever has no grant is told nothing of them from now on."""
    return services_of.protect(services, reader, recipient, content)


@router.post(
    f"{PERSON}/protections/end",
    response_model_exclude_none=True,
    openapi_extra=request_body(UnprotectSchema, examples.UNPROTECT),
    responses={**answer(200, "Ended", examples.UNPROTECTED), **refusals(404, 409, 413, 422)},
)
def unprotect(
    recipient: str, content: Body, services: ServicesDep, reader: ReaderDep
) -> ProtectionSchema:
    """End a marking."""
    return services_of.unprotect(services, reader, recipient, content)


@router.get(
    "/protections",
    response_model_exclude_none=True,
    responses={**answer(200, "Every marking", examples.PROTECTIONS), **refusals(422)},
)
def protections(services: ServicesDep, reader: ReaderDep) -> ProtectionsSchema:
    """Every marking, ended ones too; opaque ids and no identities."""
    return services_of.protections(services, reader)


@router.post(
    f"{PERSON}/grants",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=request_body(GrantRequestSchema, examples.GRANT_REQUEST),
    responses={**answer(201, "Granted", examples.GRANT), **refusals(404, 409, 413, 422)},
)
def grant(recipient: str, content: Body, services: ServicesDep, reader: ReaderDep) -> GrantSchema:
    """
    Let a user or a role see a protected person, for at most a year.

    Roles are named as `scheduler`, as `scheduler:north` of one unit, or as `provider:p-1`.
    """
    return services_of.grant(services, reader, recipient, content)


@router.post(
    f"{PERSON}/grants/{{number}}/revoke",
    response_model_exclude_none=True,
    responses={**answer(200, "Revoked", examples.REVOKED), **refusals(404, 409, 422)},
)
def revoke(recipient: str, number: Number, services: ServicesDep, reader: ReaderDep) -> GrantSchema:
    """Take a grant back."""
    return services_of.revoke(services, reader, recipient, number)


@router.get(
    "/grants",
    response_model_exclude_none=True,
    responses={**answer(200, "Every grant", examples.GRANTS), **refusals(422)},
)
def grants(services: ServicesDep, reader: ReaderDep) -> GrantsSchema:
    """Every grant, ended ones too."""
    return services_of.grants(services, reader)


# ---------------------------------------------------------------- how long


@router.post(
    f"{PERSON}/erasure",
    openapi_extra=request_body(ErasureRequestSchema, examples.ERASURE_REQUEST),
    responses={
        **answer(200, "What is erased, or would be", examples.ERASURE),
        **refusals(404, 409, 413, 422),
    },
)
def erase(recipient: str, content: Body, services: ServicesDep, reader: ReaderDep) -> ErasureSchema:
    """Erase a recipient for ever, or tell what that would take out."""
    return services_of.erase(services, reader, recipient, content)


@router.post(
    "/retention",
    response_model_exclude_none=True,
    openapi_extra=request_body(RetentionRequestSchema, examples.RETENTION_REQUEST),
    responses={
        **answer(200, "What is due", examples.RETENTION), **refusals(404, 409, 413, 422),
    },
)  # fmt: skip
def retain(content: Body, services: ServicesDep, reader: ReaderDep) -> RetentionSchema:
    """What is due by the municipality's rules; erased with `dryRun: false`."""
    return services_of.retain(services, reader, content)
