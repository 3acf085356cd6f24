"""
Operations of deadlines.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from datetime import date

from api.client.calling import Group, read
from api.documents.deadlines import DeadlinesSchema


class Deadlines(Group):
    """Operations of deadlines."""

    def deadlines(self, *, day: date | None = None, ahead: int | None = None) -> DeadlinesSchema:
        """What is due until `ahead` days from `day` (today when none is given), and every wait."""
        return read(
            DeadlinesSchema,
            self._calls.ask("GET", "/v1/deadlines", {}, query={"day": day, "ahead": ahead}),
        )
