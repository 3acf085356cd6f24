"""
Operations of amendments.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, Versioned, read, versioned
from api.documents.amendments import AmendmentsSchema, ReviewSchema
from api.server.store_schemas import DecisionRevisionSchema, RegisteredSchema


class Amendments(Group):
    """Operations of amendments."""

    def amend(self, body: AmendmentsSchema, *, key: str | None = None) -> RegisteredSchema:
        """
        Change, interrupt, end or review one decision or thousands: all acts or none, every
        fault at once.
        """
        return read(
            RegisteredSchema,
            self._calls.ask("POST", "/v1/decision-amendments", body=body, key=key, keyed=True),
        )

    def review(
        self, decision_id: str, body: ReviewSchema, *, version: int
    ) -> Versioned[DecisionRevisionSchema]:
        """Keep what a review found; the decision is due again on its next day."""
        return versioned(
            DecisionRevisionSchema,
            self._calls.ask(
                "POST",
                "/v1/decisions/{decision_id}/reviews",
                {"decision_id": decision_id},
                body=body,
                version=version,
            ),
        )
