"""
Operations of readings.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, read
from api.server.person_schemas import (
    ChainSchema,
    GrantsSchema,
    LogReviewSchema,
    ReadingsSchema,
    ReviewRequestSchema,
)


class Readings(Group):
    """Operations of readings."""

    def emergencies(self, *, since: str) -> GrantsSchema:
        """Everybody who has broken the glass since then."""
        return read(
            GrantsSchema,
            self._calls.ask("GET", "/v1/readings/emergencies", {}, query={"since": since}),
        )

    def readings(
        self, recipient: str, *, offset: int | None = None, limit: int | None = None
    ) -> ReadingsSchema:
        """Who has read a person's record, when and why: what the person may ask to be given."""
        return read(
            ReadingsSchema,
            self._calls.ask(
                "GET",
                "/v1/persons/{recipient}/readings",
                {"recipient": recipient},
                query={"offset": offset, "limit": limit},
            ),
        )

    def review(self, body: ReviewRequestSchema) -> LogReviewSchema:
        """Go through the readings of a period, and draw some to look at; the review is logged."""
        return read(LogReviewSchema, self._calls.ask("POST", "/v1/readings/reviews", body=body))

    def verify(self, *, anchor: str | None = None) -> ChainSchema:
        """Whether the log of readings is as it was written, and its head, to be noted elsewhere."""
        return read(
            ChainSchema, self._calls.ask("GET", "/v1/readings/chain", {}, query={"anchor": anchor})
        )
