"""The caller's municipality: its units, and the providers that a person may choose."""

from __future__ import annotations

from fastapi import APIRouter

from api.server import plan_services, store_examples
from api.server.deps import ActDep, Body, ServicesDep
from api.server.openapi import answer, refusals, request_body
from api.server.store_schemas import MunicipalityRequestSchema, MunicipalitySchema

router = APIRouter(prefix="/v1/municipality", tags=["municipality"])


@router.get(
    "", responses={**answer(200, "As it is set up", store_examples.MUNICIPALITY), **refusals(404)}
)
def municipality(services: ServicesDep, act: ActDep) -> MunicipalitySchema:
    """The municipality with its units and providers."""
    return plan_services.the_municipality(services, act)


@router.put(
    "",
    openapi_extra=request_body(MunicipalityRequestSchema, store_examples.MUNICIPALITY_REQUEST),
    responses={
        **answer(200, "As it is set up now", store_examples.MUNICIPALITY), **refusals(413, 422),
    },
)  # fmt: skip
def set_up(content: Body, services: ServicesDep, act: ActDep) -> MunicipalitySchema:
    """Extend it: units and providers that are named are added, nothing is removed."""
    return plan_services.set_up_municipality(services, act, content)
