"""
Operations of purses.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from datetime import date

from api.client.calling import Document, Group
from api.documents.purses import PursesSchema


class Purses(Group):
    """Operations of purses."""

    def purses(self, body: PursesSchema, *, month: str) -> Document:
        """
        The purse of every decision in a month, to the day and the öre, by the book in force
        then.
        """
        made: Document = self._calls.ask(
            "POST", "/v1/purses", {}, body=body, query={"month": month}
        ).json()
        return made

    def unit_costs(self, body: bytes, *, day: date | None = None) -> Document:
        """What one unit of an internal service costs, line by line, and what its consumers owe."""
        made: Document = self._calls.ask(
            "POST", "/v1/unit-costs", {}, body=body, kind="application/toml", query={"day": day}
        ).json()
        return made
