"""Settlements: run, read, close, hand out as files, and reconcile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.server import finance_examples as examples
from api.server import finance_services as services_of
from api.server.deps import ActDep, Body, ServicesDep
from api.server.finance_schemas import (
    ExportRequestSchema,
    ExportsSchema,
    Month,
    ReconciliationSchema,
    SettlementRequestSchema,
    SettlementSchema,
    SettlementsSchema,
)
from api.server.openapi import WORKBOOK, answer, refusals, request_body
from api.server.scopes import MUNICIPALITY_ONLY, ScopeDep
from api.server.versions import Version, entity_tag
from api.store.money_records import ExportFormat

router = APIRouter(prefix="/v1", tags=["settlements"])

MonthPath = Annotated[Month, Path(description="As 2026-03.")]
Provider = Annotated[str | None, Query(max_length=100, description="Only of this provider.")]
ANY_FILE = "application/octet-stream"
MEDIA_TYPES = {
    # Code page 437, which no charset of the web names.
    ExportFormat.SIE: ANY_FILE,
    ExportFormat.PEPPOL: "application/xml",
    ExportFormat.EXCEL: WORKBOOK,
    ExportFormat.HTML: "text/html",
}


@router.post(
    "/settlements",
    dependencies=MUNICIPALITY_ONLY,
    response_model_exclude_none=True,
    openapi_extra=request_body(SettlementRequestSchema, examples.SETTLEMENT_REQUEST),
    responses={**answer(200, "The month as it is", examples.SETTLEMENT), **refusals(404, 413, 422)},
)
def settle(
    content: Body, response: Response, services: ServicesDep, act: ActDep
) -> SettlementSchema:
    """
    Settle a provider's month by what is approved and the book in force.

    Sent again it changes nothing as long as neither has changed; a closed month is told as it is.
    """
    made = services_of.settle(services, act, content)
    response.headers.update(entity_tag(made.version))
    return made


@router.get(
    "/settlements",
    response_model_exclude_none=True,
    responses={**answer(200, "By provider and month", examples.SETTLEMENTS), **refusals(404, 422)},
)
def settlements(
    services: ServicesDep, act: ActDep, scope: ScopeDep, provider: Provider = None
) -> SettlementsSchema:
    """The last settlement of each month; to a provider its own closed ones."""
    return services_of.settlements(services, act, scope, provider)


@router.get(
    "/settlements/{provider}/{month}",
    response_model_exclude_none=True,
    responses={**answer(200, "With its lines", examples.SETTLEMENT), **refusals(404, 422)},
)
def settlement(
    provider: str,
    month: MonthPath,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    scope: ScopeDep,
) -> SettlementSchema:
    """A month with its lines and the books behind them; to a provider once it is closed."""
    found = services_of.settlement(services, act, scope, provider, month)
    response.headers.update(entity_tag(found.version))
    return found


@router.post(
    "/settlements/{provider}/{month}/close",
    dependencies=MUNICIPALITY_ONLY,
    response_model_exclude_none=True,
    responses={**answer(200, "Closed", examples.CLOSED), **refusals(404, 409, 412, 422, 428)},
)
def close(
    provider: str,
    month: MonthPath,
    response: Response,
    services: ServicesDep,
    act: ActDep,
    version: Version,
) -> SettlementSchema:
    """Fix a month for ever; what comes later is a line of a later month."""
    made = services_of.close(services, act, provider, month, version)
    response.headers.update(entity_tag(made.version))
    return made


@router.post(
    "/settlements/{provider}/{month}/exports",
    dependencies=MUNICIPALITY_ONLY,
    response_model_exclude_none=True,
    openapi_extra=request_body(ExportRequestSchema, examples.EXPORT_REQUEST),
    responses={
        **answer(200, "The files", examples.EXPORTS), **refusals(404, 409, 413, 422),
    },
)  # fmt: skip
def hand_out(
    provider: str, month: MonthPath, content: Body, services: ServicesDep, act: ActDep
) -> ExportsSchema:
    """Make the files of a closed month; asked for again, the same ones are told."""
    return services_of.hand_out(services, act, provider, month, content)


@router.get(
    "/settlements/{provider}/{month}/exports",
    response_model_exclude_none=True,
    responses={**answer(200, "By format and name", examples.EXPORTS), **refusals(404, 422)},
)
def exports(
    provider: str, month: MonthPath, services: ServicesDep, act: ActDep, scope: ScopeDep
) -> ExportsSchema:
    """The files that were handed out of a month; to a provider those for the ledger are not."""
    return services_of.exports(services, act, scope, provider, month)


@router.get(
    "/settlements/{provider}/{month}/exports/{format}/{name}",
    response_class=Response,
    responses={
        200: {
            "description": "The file",
            "content": {
                MEDIA_TYPES[kind]: {
                    "schema": {"type": "string", "format": "binary"},
                    **({"example": examples.FILES[kind]} if kind in examples.FILES else {}),
                }
                for kind in ExportFormat
            },
        },
        **refusals(404, 422),
    },
)
def export_file(
    provider: str,
    month: MonthPath,
    format: ExportFormat,  # noqa: A002 - as the address calls it
    name: str,
    services: ServicesDep,
    act: ActDep,
    scope: ScopeDep,
) -> Response:
    """
    A file as it was handed out, the same bytes each time; its ETag is its SHA-256.

    Ids of visits of protected persons are left out for whoever may not know them.
    """
    made = services_of.export_file(services, act, scope, provider, month, format, name)
    headers = {
        "ETag": f'"{made.sha256}"',
        # A page is saved, never shown as one of this server's own.
        "Content-Disposition": f'attachment; filename="{made.name}"',
    }
    return Response(made.content, media_type=MEDIA_TYPES[format], headers=headers)


@router.get(
    "/reconciliation",
    dependencies=MUNICIPALITY_ONLY,
    responses={
        **answer(200, "What does not agree", examples.RECONCILIATION), **refusals(404, 422),
    },
)  # fmt: skip
def reconcile(
    services: ServicesDep, act: ActDep, provider: Provider = None
) -> ReconciliationSchema:
    """Minutes and öre followed from visit to line, settlement and export, worked out anew."""
    return services_of.reconcile(services, act, provider)
