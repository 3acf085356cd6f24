"""
A plan's routes on a map: GeoJSON (RFC 7946), so longitude comes before latitude.

A line per shift from its start by its visits to its end, straight from place to place, and a point
per visit. Ids only, no names: a map is handed on more easily than a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from api.documents.schema_types import Schema
from scheduler.care.model import Day, Location
from scheduler.plan import Plan


class FeatureSchema(Schema):
    """A line or a point, and what it is."""

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any]
    properties: dict[str, Any]


class RouteMapSchema(Schema):
    """All routes of a plan."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: Annotated[list[FeatureSchema], Field(max_length=1_000_000)]


def route_map(day: Day, plan: Plan, hidden: frozenset[str] = frozenset()) -> RouteMapSchema:
    """
    The routes of `plan`; a shift without visits has none.

    Parameters
    ----------
    hidden
        Recipients of whom the reader may not know: lines go past them.
    """
    return RouteMapSchema(features=list(_features(day, plan, hidden)))


def _features(day: Day, plan: Plan, hidden: frozenset[str]) -> Iterator[FeatureSchema]:
    shifts = {shift.id: shift for shift in day.shifts}
    visits = {visit.id: visit for visit in day.visits}
    for route in plan.routes:
        made = [
            (stop, visits[stop.visit_id])
            for stop in route.stops
            if stop.visit_id is not None and visits[stop.visit_id].recipient_id not in hidden
        ]
        if not made:
            continue
        shift = shifts[route.shift_id]
        places = [shift.start_location, *(visit.location for _, visit in made), shift.end_location]
        whose = {"caregiverId": route.carer_id, "shiftId": route.shift_id}
        yield FeatureSchema(
            geometry={"type": "LineString", "coordinates": [_position(each) for each in places]},
            properties={"kind": "ROUTE", **whose, "transportMode": shift.mode.value},
        )
        for number, (stop, visit) in enumerate(made, 1):
            yield FeatureSchema(
                geometry={"type": "Point", "coordinates": _position(visit.location)},
                properties={
                    "kind": "VISIT",
                    **whose,
                    "visitId": visit.id,
                    "recipientId": visit.recipient_id,
                    "zone": visit.zone,
                    "number": number,
                    "startServiceTime": stop.start.isoformat(),
                    "departureTime": stop.end.isoformat(),
                },
            )


def _position(place: Location) -> list[float]:
    return [place.lon, place.lat]
