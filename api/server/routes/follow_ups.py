"""Follow-up of months: granted, planned, performed, paid; nothing is stored."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Response

from api.server import followup_examples as examples
from api.server import followup_services as services_of
from api.server.deps import ActDep, Body, ServicesDep
from api.server.followup_schemas import FollowUpRequestSchema
from api.server.openapi import WORKBOOK, answer, refusals, request_body
from api.server.scopes import ScopeDep

router = APIRouter(prefix="/v1", tags=["follow-up"])

ASKED = request_body(FollowUpRequestSchema, examples.FOLLOW_UP_REQUEST)


class Chart(StrEnum):
    """The stair from granted to paid, providers by one yardstick, or classes of worked time."""

    CHAIN = "chain"
    PROVIDERS = "providers"
    WORKED = "worked"


class Form(StrEnum):
    """As what it is drawn."""

    PNG = "png"
    SVG = "svg"


MEDIA_TYPES = {Form.PNG: "image/png", Form.SVG: "image/svg+xml"}


def file(description: str, *media_types: str) -> dict[int | str, Any]:
    """An answer that is a file."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": description, "content": dict.fromkeys(media_types, schema)}}


@router.post(
    "/follow-ups",
    openapi_extra=ASKED,
    responses={**answer(200, "Every figure", examples.FOLLOW_UP), **refusals(404, 413, 422)},
)
def follow_up(content: Body, services: ServicesDep, act: ActDep, scope: ScopeDep) -> dict[str, Any]:
    """
    Where granted time and money went: granted, planned, performed, paid; to a provider its own.

    By everything together, kind, provider, zone, unit, month and service. What is missing is null
    and told in the notes.
    """
    return services_of.follow_up(services, act, scope, content)


@router.post(
    "/follow-ups/workbook",
    response_class=Response,
    openapi_extra=ASKED,
    responses={**file("An Excel workbook", WORKBOOK), **refusals(404, 413, 422)},
)
def workbook(content: Body, services: ServicesDep, act: ActDep, scope: ScopeDep) -> Response:
    """The follow-up as an Excel workbook with every table."""
    made = services_of.workbook(services, act, scope, content)
    headers = {"Content-Disposition": 'attachment; filename="uppfoljning.xlsx"'}
    return Response(made, media_type=WORKBOOK, headers=headers)


@router.post(
    "/follow-ups/charts/{chart}/{form}",
    response_class=Response,
    openapi_extra=ASKED,
    responses={**file("The chart", *MEDIA_TYPES.values()), **refusals(404, 413, 422)},
)
def chart(
    chart: Chart, form: Form, content: Body, services: ServicesDep, act: ActDep, scope: ScopeDep
) -> Response:
    """One chart of the follow-up, readable in print and without colour."""
    made = services_of.chart(services, act, scope, chart.value, form.value, content)
    headers = {"Content-Disposition": f'attachment; filename="{chart.value}.{form.value}"'}
    return Response(made, media_type=MEDIA_TYPES[form], headers=headers)
