"""
Operations of follow ups.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from typing import Literal

from api.client.calling import Document, Group
from api.server.followup_schemas import FollowUpRequestSchema


class FollowUps(Group):
    """Operations of follow ups."""

    def chart(
        self,
        chart: Literal["chain", "providers", "worked"],
        form: Literal["png", "svg"],
        body: FollowUpRequestSchema,
    ) -> bytes:
        """One chart of the follow-up, readable in print and without colour."""
        return self._calls.ask(
            "POST",
            "/v1/follow-ups/charts/{chart}/{form}",
            {"chart": chart, "form": form},
            body=body,
        ).content

    def follow_up(self, body: FollowUpRequestSchema) -> Document:
        """
        Where granted time and money went: granted, planned, performed, paid; to a provider its
        own.
        """
        made: Document = self._calls.ask("POST", "/v1/follow-ups", body=body).json()
        return made

    def workbook(self, body: FollowUpRequestSchema) -> bytes:
        """The follow-up as an Excel workbook with every table."""
        return self._calls.ask("POST", "/v1/follow-ups/workbook", body=body).content
