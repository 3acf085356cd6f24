"""What is paid by: rate books, price lists, export setups; uploaded by one, approved by another."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from api.documents.schema_types import CalendarDay
from api.server import finance_examples as examples
from api.server import finance_services as services_of
from api.server.deps import ActDep, Body, ServicesDep
from api.server.finance_schemas import RateDocumentSchema, RateDocumentsSchema, RatePath
from api.server.openapi import answer, refusals
from api.server.scopes import MUNICIPALITY_ONLY, IdempotencyKey
from api.server.versions import Version, entity_tag

router = APIRouter(
    prefix="/v1/rate-documents/{kind}", tags=["rates"], dependencies=MUNICIPALITY_ONLY
)

TOML = "application/toml"
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
FirstDay = Annotated[
    CalendarDay, Query(alias="firstDay", description="In force from; of a book a month's first.")
]
FileName = Annotated[str, Query(min_length=1, max_length=100, description="As book.toml.")]
TEXT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {TOML: {"schema": {"type": "string"}, "example": examples.BOOK}},
    }
}


@router.post(
    "",
    status_code=201,
    response_model_exclude_none=True,
    openapi_extra=TEXT,
    responses={**answer(201, "Uploaded", examples.RATE_DOCUMENT), **refusals(409, 413, 422)},
)
def upload(
    kind: RatePath,
    name: FileName,
    first_day: FirstDay,
    content: Body,
    services: ServicesDep,
    act: ActDep,
    idempotency_key: IdempotencyKey = None,
) -> RateDocumentSchema:
    """
    Upload a document without faults, to be approved by somebody else.

    A book finds its price lists by their names among those that are approved, and keeps them.
    """
    return services_of.upload(services, act, kind, name, first_day, content, idempotency_key)


@router.get(
    "",
    response_model_exclude_none=True,
    responses={**answer(200, "By number", examples.RATE_DOCUMENTS), **refusals(422)},
)
def documents(kind: RatePath, services: ServicesDep, act: ActDep) -> RateDocumentsSchema:
    """All documents of a kind, whatever became of them."""
    return services_of.rate_documents(services, act, kind)


@router.get(
    "/in-force",
    response_model_exclude_none=True,
    responses={
        **answer(200, "What holds that day", examples.APPROVED_DOCUMENT), **refusals(404, 422),
    },
)  # fmt: skip
def in_force(
    kind: RatePath,
    day: CalendarDay,
    services: ServicesDep,
    act: ActDep,
    name: Annotated[str | None, Query(max_length=100)] = None,
) -> RateDocumentSchema:
    """The approved document in force on a day; of price lists, of those with a name."""
    return services_of.in_force(services, act, kind, day, name)


@router.get(
    "/{number}",
    response_model_exclude_none=True,
    responses={
        **answer(200, "Without its text", examples.RATE_DOCUMENT), **refusals(404, 422),
    },
)  # fmt: skip
def document(
    kind: RatePath, number: Number, response: Response, services: ServicesDep, act: ActDep
) -> RateDocumentSchema:
    """A document, and the version that its approval must name."""
    found = services_of.rate_document(services, act, kind, number)
    response.headers.update(entity_tag(found.version))
    return found


@router.get(
    "/{number}/content",
    response_class=Response,
    responses={
        200: {
            "description": "As it was uploaded",
            "content": {TOML: {"schema": {"type": "string"}, "example": examples.BOOK}},
        },
        **refusals(404, 422),
    },
)
def content_of(kind: RatePath, number: Number, services: ServicesDep, act: ActDep) -> Response:
    """The text of a document, byte by byte."""
    return Response(services_of.rate_text(services, act, kind, number), media_type=TOML)


@router.post(
    "/{number}/approve",
    response_model_exclude_none=True,
    responses={
        **answer(200, "Approved", examples.APPROVED_DOCUMENT), **refusals(404, 409, 412, 422, 428),
    },
)  # fmt: skip
def approve(
    kind: RatePath,
    number: Number,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> RateDocumentSchema:
    """Approve what somebody else has uploaded."""
    made = services_of.approve_rates(services, act, kind, number, version)
    response.headers.update(entity_tag(made.version))
    return made
