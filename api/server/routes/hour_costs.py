"""Hour costs: the price of a care hour on a day, by stated or measured shares."""

from __future__ import annotations

from fastapi import APIRouter

from api.server import examples
from api.server.answer_schemas import HourCostRequestSchema, HourCostsSchema
from api.server.deps import Body, ReachDep, ServicesDep
from api.server.openapi import answer, refusals, request_body

router = APIRouter(prefix="/v1/hour-costs", tags=["hour costs"])


@router.post(
    "",
    openapi_extra=request_body(HourCostRequestSchema, examples.HOUR_COST_REQUEST),
    responses={**answer(200, "Per zone and service", examples.HOUR_COSTS), **refusals(404, 422)},
)
def hour_costs(content: Body, services: ServicesDep, reach: ReachDep) -> HourCostsSchema:
    """The hour cost of every zone, with its lines and rates; nothing is stored."""
    return services.hour_costs(reach, content)
