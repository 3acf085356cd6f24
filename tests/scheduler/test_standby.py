"""Standby: a carer is kept free for alarms, at a price, and that is neither a visit nor idle."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import StringIO
from random import Random
from typing import Any

import pytest
from rich.console import Console

from api.documents.plan_reading import read_plan
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import as_json, plan_document
from api.documents.planning import document_of, write_document
from api.documents.strict_json import write_json
from api.judgement import judge
from api.pages.render import plan_html
from api.pages.report import print_report
from fixtures.tiny_day import OFFICE, tiny_day
from scheduler.build import build_problem
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Visit
from scheduler.checker import check, missed
from scheduler.followup import follow_up
from scheduler.objective import load_objective
from scheduler.plan import Plan
from scheduler.planner import plan_day, plan_of
from scheduler.rules import Rule
from scheduler.score import score
from scheduler.solve import SolveParams, solve
from scheduler.time_order import later
from scheduler.travel import load_travel_settings
from tests.api.cases import changed, plain
from tests.api.sample import sample_result
from tests.scheduler import two_carers as two


def standby(name: str, window: tuple[str, str], minutes: int, *skills: str) -> Visit:
    return replace(two.visit(name, name, window, minutes, frozenset(skills)), standby=True)


def with_standby(*asked: Visit) -> Day:
    day = two.day()
    return replace(day, visits=(*day.visits, *asked))


def plan(day: Day) -> Plan:
    made = plan_day(day, two.TRAVEL, iterations=5000, threads=1)
    assert check(day, made, two.TRAVEL) == []
    return made


def term(made: Plan, name: str) -> int:
    return next(term.quantity for term in made.score if term.name == name)


def test_a_carer_with_the_skill_is_kept_free_and_no_visit_is_lost() -> None:
    """Anna alone has insulin today; half an hour fits between breakfast and the lift."""
    day = with_standby(standby("jour", ("09:00", "10:00"), 30, "insulin"))
    made = plan(day)
    (route,) = [r for r in made.routes if any(s.visit_id == "jour" for s in r.stops)]
    assert (route.carer_id, made.unassigned, term(made, "standby")) == ("anna", (), 0)
    assert missed(day, made, two.TRAVEL) == []
    without = follow_up(two.day(), plan(two.day()))
    found = follow_up(day, made)
    assert (found.standby_asked, found.standby_kept, found.total.standby_s) == (1, 1, 1800)
    assert (found.total.care_s, found.total.visits) == (without.total.care_s, without.total.visits)
    assert (found.planned_visits, found.unassigned_visits) == (6, 0)
    assert (found.demanded_s, found.planned_s) == (without.demanded_s, without.planned_s)
    assert found.distinct_carers == without.distinct_carers
    total = found.total
    assert total.paid_s == (
        total.care_s + total.travel_s + total.waiting_s + total.standby_s + total.idle_s
    )


def test_standby_gives_way_to_visits_and_its_price_is_paid() -> None:
    """Four hours of both carers leave no time for anybody, not even who can wait."""
    asked = [standby(name, ("08:00", "08:00"), 240) for name in ("jour-1", "jour-2")]
    day = with_standby(*asked)
    day = replace(day, visits=tuple(replace(v, priority=3) for v in day.visits))
    made = plan(day)
    assert {left.visit_id for left in made.unassigned} == {"jour-1", "jour-2"}
    assert all(left.text.startswith("Beredskap som inte hålls.") for left in made.unassigned)
    assert term(made, "standby") == 2
    assert made.objective == sum(t.points for t in made.score)
    broken = [b for b in missed(day, made, two.TRAVEL) if b.rule is Rule.STANDBY]
    assert [(b.visit_ids, b.size_s) for b in broken] == [
        (("jour-1",), 14_400),
        (("jour-2",), 14_400),
    ]
    found = follow_up(day, made)
    assert (found.standby_asked, found.standby_kept, found.total.standby_s) == (2, 0, 0)
    assert (found.planned_visits, found.unassigned_visits) == (6, 0)


def test_two_at_one_moment_are_two_carers() -> None:
    day = with_standby(*(standby(f"jour/{n}", ("09:00", "09:00"), 20) for n in (1, 2)))
    made = plan(day)
    carers = [r.carer_id for r in made.routes for s in r.stops if (s.visit_id or "")[:4] == "jour"]
    assert sorted(carers) == ["anna", "bo"]


def test_standby_costs_less_than_any_visit_that_is_lost() -> None:
    objective = load_objective(two.DAY)
    assert 0 < objective.standby < objective.unassigned[3]
    assert objective.left_out(standby("jour", ("09:00", "10:00"), 30), two.DAY) == (
        "standby",
        objective.standby,
    )


def _jour(document: dict[str, Any], **fields: Any) -> None:
    document["modelInput"]["standby"] = [
        {
            "id": "jour",
            "zone": "town",
            "location": [56.03, 14.15],
            "minStartTime": "2026-03-04T09:00:00+01:00",
            "maxStartTime": "2026-03-04T10:30:00+01:00",
            "duration": "PT30M",
            "caregivers": 2,
        }
        | fields
    ]


def test_a_document_asks_for_so_many_carers() -> None:
    day = document_of(changed(lambda document, *_: _jour(document))).day
    asked = [visit for visit in day.visits if visit.standby]
    assert [(v.id, v.recipient_id, v.duration_min, v.zone) for v in asked] == [
        ("jour/1", "jour/1", 30, "town"),
        ("jour/2", "jour/2", 30, "town"),
    ]
    assert document_of(write_document(day)).day == day


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    [
        (
            {"requiredSkills": ["dykning"]},
            "UNKNOWN_SKILL",
            "modelInput.standby[0] (jour/1).requiredSkills",
        ),
        ({"duration": "PT0M"}, "DURATION_NOT_POSITIVE", "modelInput.standby[0] (jour/1).duration"),
        ({"id": "v-1", "caregivers": 1}, "DUPLICATE_ID", "modelInput.standby[0] (v-1)"),
        ({"caregivers": 0}, "OUT_OF_RANGE", "modelInput.standby[0].caregivers"),
    ],
)
def test_faults_of_standby_are_told_at_its_place(
    fields: dict[str, Any], code: str, where: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        document_of(changed(lambda document, *_: _jour(document, **fields)))
    assert [finding.code for finding in refused.value.findings][:1] == [code]
    assert refused.value.findings[0].where.startswith(where)


def test_the_plan_document_has_standby_as_a_stop_of_its_own_and_as_a_time_of_its_own() -> None:
    day = with_standby(standby("jour", ("09:00", "10:00"), 30, "insulin"))
    made = plan(day)
    metadata = MetadataSchema(id="x", status=Status.SOLVING_COMPLETED)
    document = plan_document(made, metadata, day, follow_up(day, made))
    written = as_json(document)
    stops = [
        stop
        for carer in written["modelOutput"]["caregivers"]
        for shift in carer["shifts"]
        for stop in shift["itinerary"]
        if stop["kind"] == "STANDBY"
    ]
    assert [(stop["id"], "recipientId" in stop) for stop in stops] == [("jour", False)]
    kpis = written["kpis"]
    assert (kpis["standbyAsked"], kpis["standbyKept"]) == (1, 1)
    assert kpis["total"]["standbyTime"] == "PT30M"
    read = read_plan(write_json(written).encode())
    assert read.plan.routes == made.routes
    assert read.zones["town"].standby_s == 1800


def test_the_report_and_the_page_tell_of_standby() -> None:
    day = with_standby(standby("jour", ("09:00", "10:00"), 30, "insulin"))
    made = plan(day)
    result = replace(sample_result(), day=day, plan=made, follow_up=follow_up(day, made))
    sentence = "Beredskap för larm: 1 av 1 hålls, 0,5 tim"
    stream = StringIO()
    print_report(result, Console(file=stream, width=200), "sv")
    assert sentence in " ".join(stream.getvalue().split())
    page = plan_html(result).replace("\u00a0", " ")
    assert sentence in page
    assert "Beredskap jour" in page


def random_standby(seed: int) -> Day:
    """A tiny day with up to three times of standby."""
    day, rng = tiny_day(seed), Random(f"{seed}/standby")
    asked = []
    for number in range(rng.choice((0, 1, 2, 3)) if day.shifts else 0):
        first = later(rng.choice(day.shifts).start, 900 * rng.randint(0, 8))
        last = later(first, 900 * rng.randint(0, 8))
        name, minutes = f"jour-{number}", rng.choice((15, 30, 60, 240))
        asked.append(Visit(name, name, OFFICE, "town", first, last, minutes, standby=True))
    return replace(day, visits=(*day.visits, *asked))


def test_on_random_days_model_checker_score_and_follow_up_agree() -> None:
    seen: Counter[str] = Counter()
    for seed in range(120):
        day = random_standby(seed)
        travel, objective = load_travel_settings(day.date), load_objective(day.date)
        params = SolveParams(iterations=1000, threads=1, seed=seed)
        solution = solve(build_problem(day, travel, objective), params)
        made = plan_of(day, travel, objective, solution, seed, 0)
        assert check(day, made, travel, objective) == []
        assert made.objective == solution.points
        assert score(day, made, travel, objective) == made.score
        lost = [b for b in missed(day, made, travel) if b.rule is Rule.STANDBY]
        assert term(made, "standby") == len(lost)
        found = judge(day, made).follow_up
        assert found is not None
        assert found.standby_asked - found.standby_kept == len(lost)
        kept_s = sum(
            60 * v.duration_min
            for v in day.visits
            if v.standby and v.id not in {u.visit_id for u in made.unassigned}
        )
        assert found.total.standby_s == kept_s
        assert sum(use.standby_s for use in found.by_zone.values()) == kept_s
        assert document_of(write_document(day)).day == plain(day)
        seen["lost"] += len(lost)
        seen["kept"] += found.standby_kept
    assert min(seen["lost"], seen["kept"]) > 20, seen
