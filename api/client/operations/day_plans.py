"""
Operations of day plans.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from api.client.calling import Group, read
from api.documents.data_check import DataCheckSchema
from api.documents.evaluation import EvaluationRequestSchema, EvaluationSchema
from api.documents.plan_diff import PlanDiffSchema
from api.documents.plan_schemas import MetadataSchema, PlanDocumentSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.recommendation import RecommendationRequestSchema, RecommendationsSchema
from api.documents.replanning import ReplanRequestSchema, ReplanSchema
from api.documents.simulation import SimulationRequestSchema, SimulationSchema


class DayPlans(Group):
    """Operations of day plans."""

    def check(self, body: EnvelopeSchema) -> DataCheckSchema:
        """Check the data of a day before any plan: what blocks one, and what would improve it."""
        return read(DataCheckSchema, self._calls.ask("POST", "/v1/check", body=body))

    def demo_data(
        self,
        *,
        size: Literal["S", "M", "L"] | None = None,
        seed: int | None = None,
        day: date | None = None,
    ) -> EnvelopeSchema:
        """A planning document of a generated municipality."""
        return read(
            EnvelopeSchema,
            self._calls.ask(
                "GET", "/v1/demo-data", {}, query={"size": size, "seed": seed, "day": day}
            ),
        )

    def diff(self, plan_id: str, other_id: str) -> PlanDiffSchema:
        """What the other plan changes in this one: every visit that moves, and every key figure."""
        return read(
            PlanDiffSchema,
            self._calls.ask(
                "GET",
                "/v1/day-plans/{plan_id}/diff/{other_id}",
                {"plan_id": plan_id, "other_id": other_id},
            ),
        )

    def evaluate(self, body: EvaluationRequestSchema) -> EvaluationSchema:
        """
        Judge a plan, whoever made it: every broken rule with its size, the score, key figures.
        """
        return read(EvaluationSchema, self._calls.ask("POST", "/v1/evaluate", body=body))

    def metadata(self, plan_id: str) -> MetadataSchema:
        """How far a plan has come; light enough to ask for every second."""
        return read(
            MetadataSchema,
            self._calls.ask("GET", "/v1/day-plans/{plan_id}/metadata", {"plan_id": plan_id}),
        )

    def plan(self, plan_id: str) -> PlanDocumentSchema:
        """The best plan so far; without ``modelOutput`` until there is one."""
        return read(
            PlanDocumentSchema,
            self._calls.ask("GET", "/v1/day-plans/{plan_id}", {"plan_id": plan_id}),
        )

    def recommendations(self, body: RecommendationRequestSchema) -> RecommendationsSchema:
        """Where left-out visits fit into a plan as it is, or who could take over from carers."""
        return read(
            RecommendationsSchema, self._calls.ask("POST", "/v1/recommendations", body=body)
        )

    def replan(self, body: ReplanRequestSchema) -> ReplanSchema:
        """
        The rest of a day after a sick call, a cancellation, an acute visit, an alarm or a
        delay.
        """
        return read(ReplanSchema, self._calls.ask("POST", "/v1/replans", body=body))

    def simulations(self, body: SimulationRequestSchema) -> SimulationSchema:
        """Carry out a plan on random days: punctuality, overtime, the most fragile visits first."""
        return read(SimulationSchema, self._calls.ask("POST", "/v1/simulations", body=body))

    def stop(self, plan_id: str) -> MetadataSchema:
        """Stop a solve and keep its best plan; a plan that is final stays as it is."""
        return read(
            MetadataSchema,
            self._calls.ask("DELETE", "/v1/day-plans/{plan_id}", {"plan_id": plan_id}),
        )

    def submit(self, body: EnvelopeSchema, *, key: str | None = None) -> MetadataSchema:
        """
        Store a day and queue its solve; a document with a fault is refused and nothing is
        stored.
        """
        return read(
            MetadataSchema, self._calls.ask("POST", "/v1/day-plans", body=body, key=key, keyed=True)
        )
