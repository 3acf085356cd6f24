"""
Operations of plan revisions.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from datetime import date

from api.client.calling import Group, Versioned, read, versioned
from api.documents.evaluation import EvaluationRequestSchema
from api.server.store_schemas import PlanDaySchema, PlanRevisionSchema, StepSchema


class PlanRevisions(Group):
    """Operations of plan revisions."""

    def approve(self, unit: str, day: date, number: int, *, version: int) -> Versioned[StepSchema]:
        """Approve a draft."""
        return versioned(
            StepSchema,
            self._calls.ask(
                "POST",
                "/v1/units/{unit}/plans/{day}/revisions/{number}/approve",
                {"unit": unit, "day": day, "number": number},
                version=version,
            ),
        )

    def publish(self, unit: str, day: date, number: int, *, version: int) -> Versioned[StepSchema]:
        """Put an approved plan in force instead of the one that was; nobody is booked twice."""
        return versioned(
            StepSchema,
            self._calls.ask(
                "POST",
                "/v1/units/{unit}/plans/{day}/revisions/{number}/publish",
                {"unit": unit, "day": day, "number": number},
                version=version,
            ),
        )

    def revision(self, unit: str, day: date, number: int) -> PlanRevisionSchema:
        """One revision: the day that was planned and its plan."""
        return read(
            PlanRevisionSchema,
            self._calls.ask(
                "GET",
                "/v1/units/{unit}/plans/{day}/revisions/{number}",
                {"unit": unit, "day": day, "number": number},
            ),
        )

    def revisions(self, unit: str, day: date) -> Versioned[PlanDaySchema]:
        """The revisions of the day, and the version that the next step must name."""
        return versioned(
            PlanDaySchema,
            self._calls.ask("GET", "/v1/units/{unit}/plans/{day}", {"unit": unit, "day": day}),
        )

    def save(
        self, unit: str, day: date, body: EvaluationRequestSchema, *, version: int
    ) -> Versioned[StepSchema]:
        """
        Save a plan that keeps every hard rule as a draft; If-Match `"0"` when it is the first.
        """
        return versioned(
            StepSchema,
            self._calls.ask(
                "POST",
                "/v1/units/{unit}/plans/{day}/revisions",
                {"unit": unit, "day": day},
                body=body,
                version=version,
            ),
        )

    def save_run(
        self, unit: str, day: date, plan_id: str, *, version: int
    ) -> Versioned[StepSchema]:
        """Save the best plan so far of a solve as a draft."""
        return versioned(
            StepSchema,
            self._calls.ask(
                "POST",
                "/v1/units/{unit}/plans/{day}/revisions/from-day-plan/{plan_id}",
                {"unit": unit, "day": day, "plan_id": plan_id},
                version=version,
            ),
        )
