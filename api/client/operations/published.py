"""
Operations of published.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from datetime import date

from api.client.calling import Group, read
from api.documents.day_lists import DayListSchema, WhoComesSchema
from api.documents.route_map import RouteMapSchema


class Published(Group):
    """Operations of published."""

    def calendar(self, unit: str, day: date, carer: str) -> bytes:
        """A carer's day as iCalendar, for a telephone: times and ids, no names and no addresses."""
        return self._calls.ask(
            "GET",
            "/v1/units/{unit}/plans/{day}/published/carers/{carer}/calendar",
            {"unit": unit, "day": day, "carer": carer},
        ).content

    def carer_day(self, unit: str, day: date, carer: str) -> DayListSchema:
        """A carer's day in order of time."""
        return read(
            DayListSchema,
            self._calls.ask(
                "GET",
                "/v1/units/{unit}/plans/{day}/published/carers/{carer}",
                {"unit": unit, "day": day, "carer": carer},
            ),
        )

    def recipient_day(self, unit: str, day: date, recipient: str) -> WhoComesSchema:
        """Who comes when to a recipient."""
        return read(
            WhoComesSchema,
            self._calls.ask(
                "GET",
                "/v1/units/{unit}/plans/{day}/published/recipients/{recipient}",
                {"unit": unit, "day": day, "recipient": recipient},
            ),
        )

    def routes(self, unit: str, day: date) -> RouteMapSchema:
        """Every route as a line and every visit as a point (GeoJSON)."""
        return read(
            RouteMapSchema,
            self._calls.ask(
                "GET", "/v1/units/{unit}/plans/{day}/published/routes", {"unit": unit, "day": day}
            ),
        )
