"""
Operations of unit days.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from datetime import date

from api.client.calling import Group, Versioned, read, versioned
from api.documents.plan_schemas import MetadataSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.rosters import RosterSchema, SolveSchema
from api.server.store_schemas import MunicipalityPlanRequestSchema, MunicipalityPlanSchema


class UnitDays(Group):
    """Operations of unit days."""

    def day_input(self, unit: str, day: date) -> EnvelopeSchema:
        """
        The planning document of the day: the staff, the visits that the decisions grant, what
        earlier plans moved here, and who came lately.
        """
        return read(
            EnvelopeSchema,
            self._calls.ask(
                "GET", "/v1/units/{unit}/plans/{day}/input", {"unit": unit, "day": day}
            ),
        )

    def municipality_plan(self, batch: str) -> MunicipalityPlanSchema:
        """How far the units of a municipality's day have come."""
        return read(
            MunicipalityPlanSchema,
            self._calls.ask("GET", "/v1/municipality-plans/{batch}", {"batch": batch}),
        )

    def roster(self, unit: str, day: date) -> Versioned[RosterSchema]:
        """The staff of a unit's day."""
        return versioned(
            RosterSchema,
            self._calls.ask("GET", "/v1/units/{unit}/rosters/{day}", {"unit": unit, "day": day}),
        )

    def set_roster(
        self, unit: str, day: date, body: RosterSchema, *, version: int
    ) -> Versioned[RosterSchema]:
        """Set the staff of a unit's day; If-Match `"0"` when it has none yet."""
        return versioned(
            RosterSchema,
            self._calls.ask(
                "PUT",
                "/v1/units/{unit}/rosters/{day}",
                {"unit": unit, "day": day},
                body=body,
                version=version,
            ),
        )

    def solve(
        self, unit: str, day: date, body: SolveSchema, *, key: str | None = None
    ) -> MetadataSchema:
        """Store the day as it is now and queue its solve; once under a key."""
        return read(
            MetadataSchema,
            self._calls.ask(
                "POST",
                "/v1/units/{unit}/plans/{day}/solve",
                {"unit": unit, "day": day},
                body=body,
                key=key,
                keyed=True,
            ),
        )

    def solve_municipality(
        self, body: MunicipalityPlanRequestSchema, *, key: str | None = None
    ) -> MunicipalityPlanSchema:
        """
        Plan the day of every own unit that has a roster: all of them, or none; once under a
        key.
        """
        return read(
            MunicipalityPlanSchema,
            self._calls.ask("POST", "/v1/municipality-plans", body=body, key=key, keyed=True),
        )

    def stop_municipality(self, batch: str) -> MunicipalityPlanSchema:
        """Stop every solve of a municipality's day and keep the best plans."""
        return read(
            MunicipalityPlanSchema,
            self._calls.ask("DELETE", "/v1/municipality-plans/{batch}", {"batch": batch}),
        )
