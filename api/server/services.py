"""
What the server does for a request: read, ask the flow, keep, answer.

Promises: a refused request has stored nothing; no database session is open while anything is
worked out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any

from api import flow
from api.documents.data_check import DataCheckSchema, data_check_document
from api.documents.decisions import document_of, read_registration
from api.documents.evaluation import (
    EvaluationRequestSchema,
    EvaluationSchema,
    evaluation_document,
    read_request,
)
from api.documents.plan_diff import PlanDiffSchema, diff_document
from api.documents.plan_reading import zones_of
from api.documents.plan_schemas import MetadataSchema, PlanDocumentSchema
from api.documents.planning import Run, read_document, write_document
from api.documents.recommendation import (
    RecommendationRequestSchema,
    RecommendationsSchema,
    recommendations_document,
)
from api.documents.replanning import ReplanSchema, read_replan_request, replan_document
from api.documents.schema_faults import validate
from api.documents.simulation import (
    SimulationRequestSchema,
    SimulationSchema,
    simulation_document,
)
from api.documents.strict_json import parse_json
from api.judgement import judge
from api.refusals import Busy
from api.server.answer_schemas import (
    DecisionViewSchema,
    DecisionVisitSchema,
    HourCostRequestSchema,
    HourCostSchema,
    HourCostsSchema,
    PurseSchema,
    RegisteredSchema,
)
from api.server.decision_store import DecisionStore
from api.server.jobs import Jobs
from api.server.settings import Settings
from api.server.store import PlanStore
from pricing.analysis_export import price_dict
from pricing.export import purse_dict
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import Visit


@dataclass(frozen=True, slots=True)
class Services:
    """
    Parameters
    ----------
    terms
        The municipality's standard times and price list.
    clock, new_id
        The present moment, aware, and a new unique id; they enter here and nowhere further in.
    """

    settings: Settings
    terms: flow.Terms
    plans: PlanStore
    decisions: DecisionStore
    jobs: Jobs
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    replanning: Lock = field(default_factory=Lock)

    def submit_plan(self, content: bytes) -> MetadataSchema:
        """Store a planning document and queue its solve; refused when it has a fault."""
        document = read_document(content, max_bytes=self.settings.max_bytes)
        longest = self.settings.max_seconds
        if document.run.seconds > longest:
            raise InvalidInput(_too_long(document.run.seconds, longest))
        return self.jobs.submit(self.new_id(), document)

    def plan(self, plan_id: str) -> PlanDocumentSchema:
        """The best plan so far."""
        return self.plans.document(plan_id)

    def plan_diff(self, before: str, after: str) -> PlanDiffSchema:
        """What one plan changes in another of the same day."""
        return diff_document(self.plans.document(before), self.plans.document(after))

    def check(self, content: bytes) -> DataCheckSchema:
        """What blocks a plan of a day, and what would improve it; nothing is stored."""
        document = read_document(content, max_bytes=self.settings.max_bytes)
        day = document.day
        return data_check_document(day.date, flow.check(day), document.warnings)

    def evaluation(self, content: bytes) -> EvaluationSchema:
        """What a plan of a day is worth, whoever made it; nothing is stored."""
        limit = self.settings.max_bytes
        _, day, plan = read_request(EvaluationRequestSchema, content, max_bytes=limit)
        judged = judge(day, plan)
        cost = flow.day_cost_where_known(self.terms.prices, day.date, judged.follow_up)
        return evaluation_document(
            judged.plan, judged.violations, judged.missed, judged.follow_up, cost
        )

    def recommendations(self, content: bytes) -> RecommendationsSchema:
        """Where visits fit into a plan, and who could take over; nothing is stored."""
        limit = self.settings.max_bytes
        request, day, plan = read_request(RecommendationRequestSchema, content, max_bytes=limit)
        found = flow.recommend(day, plan, request.visits, request.caregivers, request.most)
        return recommendations_document(found, day)

    def replan(self, content: bytes) -> ReplanSchema:
        """
        The rest of a day after something has happened; nothing is stored.

        One at a time: the search takes all the threads that it may.
        """
        asked = read_replan_request(content, max_bytes=self.settings.max_bytes)
        run = Run(asked.seconds, self.settings.max_threads, asked.seed)
        if not self.replanning.acquire(timeout=asked.seconds):
            raise Busy(_replanning_already())
        try:
            found = flow.replan(asked.day, asked.plan, asked.what, run)
        finally:
            self.replanning.release()
        judged = judge(found.day, found.plan)
        return replan_document(asked.day, found, judged.violations, judged.follow_up)

    def simulation(self, content: bytes) -> SimulationSchema:
        """How a plan holds on random days; nothing is stored."""
        limit = self.settings.max_bytes
        request, day, plan = read_request(SimulationRequestSchema, content, max_bytes=limit)
        return simulation_document(flow.simulate(day, plan, request.days, request.seed))

    def plan_metadata(self, plan_id: str) -> MetadataSchema:
        """How far a plan has come."""
        return self.plans.metadata(plan_id)

    def stop_plan(self, plan_id: str) -> MetadataSchema:
        """Stop a solve and keep its best plan."""
        return self.jobs.stop(plan_id)

    def demo_data(self, size: str, seed: int, day: date) -> dict[str, Any]:
        """A planning document ready to post, of a generated municipality."""
        return write_document(*flow.demo_document(size, seed, day))

    def register_decision(self, content: bytes, key: str | None) -> RegisteredSchema:
        """Store a decision when nothing speaks against it."""
        registration, findings = read_registration(content, max_bytes=self.settings.max_bytes)
        if registration is not None:
            findings += flow.decision_faults(registration, self.terms)
        errors = [each for each in findings if each.severity is Severity.ERROR]
        if errors or registration is None:
            raise InvalidInput(errors)
        self.decisions.add(registration, self.clock(), key)
        return RegisteredSchema(id=registration.decision.id)

    def decision(self, decision_id: str, day: date | None) -> DecisionViewSchema:
        """A decision with its visits and purse on `day`, or on its first day."""
        registration = self.decisions.get(decision_id)
        asked = day or registration.decision.valid_from
        view = flow.decision_view(registration, asked, self.terms)
        return DecisionViewSchema(
            decision=document_of(registration),
            day=view.day,
            visits=[_visit_schema(visit) for visit in view.visits],
            purse=PurseSchema.model_validate(purse_dict(view.purse)),
        )

    def hour_costs(self, content: bytes) -> HourCostsSchema:
        """The prices of a day, with the time use of a stored plan when one is named."""
        value, findings = parse_json(content, max_bytes=self.settings.max_bytes)
        request, faults = validate(HourCostRequestSchema, value)
        if request is None or findings:
            raise InvalidInput([*findings, *faults])
        measured = None
        if request.day_plan_id is not None:
            measured = zones_of(self.plans.document(request.day_plan_id).kpis)
            if not measured:
                raise InvalidInput(_no_plan_yet(request.day_plan_id))
        costs = flow.hour_costs(self.terms.prices, request.day, measured)
        priced = [HourCostSchema.model_validate(price_dict(cost)) for cost in costs]
        return HourCostsSchema(hour_costs=priced)


def _visit_schema(visit: Visit) -> DecisionVisitSchema:
    return DecisionVisitSchema(
        id=visit.id,
        min_start_time=visit.earliest,
        max_start_time=visit.latest,
        service_duration=visit.duration_min,
        required_skills=sorted(visit.required_skills),
        services=list(visit.services),
        line_ids=list(visit.line_ids),
        group=visit.group,
    )


def _too_long(seconds: float, longest: int) -> Finding:
    return Finding(
        "OUT_OF_RANGE",
        "config.run.termination.spentLimit",
        f"at most {longest} seconds on this server",
        f"{seconds:g} seconds",
        "Sänk tidsgränsen.",
    )


def _replanning_already() -> Finding:
    return Finding(
        "BUSY",
        "replans",
        "room for one more",
        "another day that is being planned anew",
        "Försök igen om några sekunder.",
    )


def _no_plan_yet(plan_id: str) -> Finding:
    return Finding(
        "NOTHING_MEASURED",
        f"dayPlanId ({plan_id})",
        "a day with a plan",
        "no plan yet",
        "Vänta tills planen finns.",
    )
