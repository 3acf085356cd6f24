"""The plan in force, for those whom it concerns: a carer, a recipient, a map."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import JSONResponse

from api.documents.day_lists import (
    DayListSchema,
    WhoComesSchema,
    carer_calendar,
    day_list,
    who_comes,
)
from api.documents.route_map import RouteMapSchema, route_map
from api.documents.schema_types import CalendarDay
from api.refusals import not_found
from api.server import store_examples
from api.server.deps import ActDep, ReachDep, ServicesDep
from api.server.openapi import answer, refusals
from api.server.routes.plan_revisions import Key
from api.store.records import PlanKey
from api.usecases import showing

router = APIRouter(prefix="/v1/units/{unit}/plans/{day}/published", tags=["plan in force"])

CALENDAR = "text/calendar"
GEO_JSON = "application/geo+json"


class GeoJson(JSONResponse):
    """GeoJSON (RFC 7946)."""

    media_type = GEO_JSON


async def _carer_key(
    unit: str,
    day: Annotated[CalendarDay, Path(description="As 2026-03-04.")],
    carer: str,
    reach: ReachDep,
) -> PlanKey:
    """A day that a scheduler of the unit may see, and the carer whose it is."""
    if not reach.covers(unit=unit, carer=carer):
        raise not_found("published plans", str(PlanKey(unit, day)))
    return PlanKey(unit, day)


CarerKey = Annotated[PlanKey, Depends(_carer_key)]


@router.get(
    "/carers/{carer}",
    response_model_exclude_none=True,
    responses={**answer(200, "The carer's day", store_examples.DAY_LIST), **refusals(404, 422)},
)
def carer_day(key: CarerKey, carer: str, services: ServicesDep, act: ActDep) -> DayListSchema:
    """A carer's day in order of time."""
    found = showing.shown_round(services.store, act, key, carer)
    return day_list(found.held.day, found.held.plan, carer, found.hidden)


@router.get(
    "/carers/{carer}/calendar",
    response_class=Response,
    responses={
        200: {"description": "iCalendar", "content": {
            CALENDAR: {"schema": {"type": "string"}, "example": "BEGIN:VCALENDAR…"}}},
        **refusals(404, 422),
    },
)  # fmt: skip
def calendar(key: CarerKey, carer: str, services: ServicesDep, act: ActDep) -> Response:
    """
    A carer's day as iCalendar, for a telephone: times and ids, no names and no addresses.

    Protected persons are not in it, whoever asks: the time is taken, and the day list tells more.
    """
    found = showing.shown_round(services.store, act, key, carer, leaves=True)
    content = carer_calendar(found.held.day, found.held.plan, carer, act.at, found.hidden)
    return Response(content, media_type=CALENDAR)


@router.get(
    "/recipients/{recipient}",
    response_model_exclude_none=True,
    responses={**answer(200, "Who comes when", store_examples.WHO_COMES), **refusals(404, 422)},
)
def recipient_day(key: Key, recipient: str, services: ServicesDep, act: ActDep) -> WhoComesSchema:
    """Who comes when to a recipient."""
    found = showing.shown_recipient(services.store, act, key, recipient)
    return who_comes(found.held.day, found.held.plan, recipient, found.hidden)


@router.get(
    "/routes",
    response_class=GeoJson,
    response_model_exclude_none=True,
    responses={
        200: {"description": "GeoJSON", "content": {
            GEO_JSON: {"example": store_examples.ROUTE_MAP}}},
        **refusals(404, 422),
    },
)  # fmt: skip
def routes(key: Key, services: ServicesDep, act: ActDep) -> RouteMapSchema:
    """Every route as a line and every visit as a point (GeoJSON)."""
    found = showing.shown_map(services.store, act, key)
    return route_map(found.held.day, found.held.plan, found.hidden)
