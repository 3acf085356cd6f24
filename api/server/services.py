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

from api import demo, flow
from api.access.policy import Reach
from api.boards import Boards
from api.documents.data_check import DataCheckSchema, data_check_document
from api.documents.evaluation import (
    EvaluationRequestSchema,
    EvaluationSchema,
    evaluation_document,
    read_request,
)
from api.documents.patches import patched_document
from api.documents.plan_diff import PlanDiffSchema, diff_document, diff_without
from api.documents.plan_reading import zones_of
from api.documents.plan_schemas import MetadataSchema, PlanDocumentSchema
from api.documents.planning import Run, read_document, write_document
from api.documents.planning_schemas import EnvelopeSchema
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
    HourCostRequestSchema,
    HourCostSchema,
    HourCostsSchema,
    ScoreAnalysisSchema,
)
from api.server.jobs import Jobs
from api.server.settings import Settings
from api.store.audit import Act
from api.store.engine import Store
from api.store.person_keys import PersonKeys
from api.store.records import Origin, RunKey
from api.usecases import running, showing
from api.usecases.requested import request_of
from pricing.analysis_export import price_dict
from scheduler.care.errors import Finding, InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Services:
    """
    Parameters
    ----------
    terms
        The municipality's standard times and price list.
    clock, new_id
        The present moment, aware, and a new unique id; they enter here and nowhere further in.
    keys
        Those of identities; without them nobody's name can be read or recorded.
    warm_up
        Told whose plans are asked, to see in the background that the next question need not wait.
    """

    settings: Settings
    terms: flow.Terms
    store: Store
    jobs: Jobs
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    keys: PersonKeys | None = None
    replanning: Lock = field(default_factory=Lock)
    boards: Boards = field(default_factory=Boards)
    warm_up: Callable[[str], None] = lambda _municipality: None

    def submit_plan(self, act: Act, content: bytes, key: str | None = None) -> MetadataSchema:
        """Store a planning document and queue its solve; refused when it has a fault."""
        request = request_of(key, "day_plans.submit", content)
        document = read_document(content, max_bytes=self.settings.max_bytes)
        longest = self.settings.max_seconds
        if document.run.seconds > longest:
            raise InvalidInput(too_long(document.run.seconds, longest))
        return self.jobs.submit(act, self.new_id(), document, request=request)

    def plan(self, act: Act, reach: Reach, plan_id: str) -> PlanDocumentSchema:
        """The best plan so far."""
        return running.plan_document(self.store, RunKey(reach.municipality, plan_id), reach, act)

    def plan_diff(self, act: Act, reach: Reach, before: str, after: str) -> PlanDiffSchema:
        """What one plan changes in another of the same day."""
        keys = [RunKey(reach.municipality, each) for each in (before, after)]
        both, withheld = showing.plan_documents(self.store, keys, reach, act)
        return diff_without(diff_document(*both), withheld)

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

    def patch_plan(
        self, act: Act, reach: Reach, plan_id: str, content: bytes, sent_as: str | None = None
    ) -> MetadataSchema:
        """Store a changed day of an earlier solve and queue it; planned near to its plan."""
        request = request_of(sent_as, "day_plan_views.from_patch", content, plan_id)
        limit = self.settings.max_bytes
        key = RunKey(reach.municipality, plan_id)
        # What is copied from one place to another, or tested, would be told.
        showing.require_whole(self.store, key, reach, act)
        original = running.planning_document(self.store, key, reach)
        document = patched_document(original, content, max_bytes=limit)
        if document.run.seconds > self.settings.max_seconds:
            raise InvalidInput(too_long(document.run.seconds, self.settings.max_seconds))
        return self.jobs.submit(act, self.new_id(), document, Origin(parent=plan_id), request)

    def plan_input(self, act: Act, reach: Reach, plan_id: str) -> EnvelopeSchema:
        """The day to plan, as it was stored."""
        key = RunKey(reach.municipality, plan_id)
        return showing.shown_input(self.store, key, reach, act)

    def score_analysis(self, reach: Reach, plan_id: str) -> ScoreAnalysisSchema:
        """What the best plan so far is worth, term by term."""
        document = running.plan_document(self.store, RunKey(reach.municipality, plan_id), reach)
        if document.model_output is None:
            raise NotFound(_no_plan_so_far(plan_id))
        return ScoreAnalysisSchema(
            objective=sum(term.points for term in document.score_analysis),
            score_analysis=document.score_analysis,
        )

    def plan_metadata(self, act: Act, reach: Reach, plan_id: str) -> MetadataSchema:
        """How far a plan has come."""
        return running.metadata(self.store, RunKey(reach.municipality, plan_id), reach, act)

    def plan_standing(self, reach: Reach, plan_id: str) -> MetadataSchema:
        """As :meth:`plan_metadata`, to see whether there is news; not to be told to anybody."""
        return running.metadata(self.store, RunKey(reach.municipality, plan_id), reach)

    def stop_plan(self, act: Act, reach: Reach, plan_id: str) -> MetadataSchema:
        """Stop a solve and keep its best plan."""
        self.plan_standing(reach, plan_id)
        self.jobs.stop(RunKey(reach.municipality, plan_id))
        return self.plan_metadata(act, reach, plan_id)

    def demo_data(self, size: str, seed: int, day: date) -> dict[str, Any]:
        """A planning document ready to post, of a generated municipality."""
        return write_document(*demo.document(size, seed, day))

    def hour_costs(self, reach: Reach, content: bytes) -> HourCostsSchema:
        """The prices of a day, with the time use of a stored plan when one is named."""
        value, findings = parse_json(content, max_bytes=self.settings.max_bytes)
        request, faults = validate(HourCostRequestSchema, value)
        if request is None or findings:
            raise InvalidInput([*findings, *faults])
        measured = None
        if request.day_plan_id is not None:
            key = RunKey(reach.municipality, request.day_plan_id)
            measured = zones_of(running.plan_document(self.store, key, reach).kpis)
            if not measured:
                raise InvalidInput(_no_plan_yet(request.day_plan_id))
        costs = flow.hour_costs(self.terms.prices, request.day, measured)
        priced = [HourCostSchema.model_validate(price_dict(cost)) for cost in costs]
        return HourCostsSchema(hour_costs=priced)


def too_long(seconds: float, longest: int) -> Finding:
    """What speaks against a search of so many `seconds`."""
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


def _no_plan_so_far(plan_id: str) -> Finding:
    return Finding(
        "NO_PLAN",
        f"day-plans ({plan_id})",
        "a day with a plan",
        "no plan yet",
        "Vänta tills planen finns.",
    )
