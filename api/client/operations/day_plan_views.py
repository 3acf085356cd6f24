"""
Operations of day plan views.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from api.client.calling import Group, read
from api.documents.patches import PatchSchema
from api.documents.plan_schemas import MetadataSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.server.answer_schemas import ScoreAnalysisSchema


class DayPlanViews(Group):
    """Operations of day plan views."""

    def events(self, plan_id: str) -> Iterator[MetadataSchema]:
        """The metadata at once and whenever they change, as server-sent events; ends when final."""
        return self._calls.events(
            "/v1/day-plans/{plan_id}/events", {"plan_id": plan_id}, MetadataSchema
        )

    def from_patch(
        self, plan_id: str, body: PatchSchema, *, key: str | None = None
    ) -> MetadataSchema:
        """
        The same day with some changes, as a new solve near to this one's plan; once under a
        key.
        """
        return read(
            MetadataSchema,
            self._calls.ask(
                "POST",
                "/v1/day-plans/{plan_id}/from-patch",
                {"plan_id": plan_id},
                body=body,
                key=key,
                keyed=True,
            ),
        )

    def plan_input(self, plan_id: str) -> EnvelopeSchema:
        """The planning document as it was stored; it can be posted again."""
        return read(
            EnvelopeSchema,
            self._calls.ask("GET", "/v1/day-plans/{plan_id}/input", {"plan_id": plan_id}),
        )

    def score_analysis(self, plan_id: str) -> ScoreAnalysisSchema:
        """What the best plan so far is worth, term by term."""
        return read(
            ScoreAnalysisSchema,
            self._calls.ask("GET", "/v1/day-plans/{plan_id}/score-analysis", {"plan_id": plan_id}),
        )
