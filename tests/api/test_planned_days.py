"""A folder of day plans: paired by day and visits, or refused with every fault."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import as_json
from api.documents.plan_writing import plan_document as written
from api.documents.planned_days import (
    NOT_MENTIONED,
    planned_visits,
    read_planned_days,
    stored_visits,
)
from api.documents.planning import write_document
from fixtures.followup import plan_document, planning_document
from scheduler.care.errors import InvalidInput
from scheduler.followup import follow_up
from scheduler.plan import Unassigned
from scheduler.rules import Reason
from tests.api.store.samples import day_and_plan

DAY = date(2026, 3, 5)


def write(folder: Path, **documents: object) -> Path:
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def refused(folder: Path) -> set[tuple[str, str]]:
    with pytest.raises(InvalidInput) as error:
        read_planned_days(folder)
    return {(each.code, each.where) for each in error.value.findings}


def test_planned_and_left_out_visits_with_their_decision(tmp_path: Path) -> None:
    visits = read_planned_days(write(tmp_path, a=planning_document(DAY), b=plan_document(DAY)))
    found = {visit.id: visit for visit in visits}
    morning, cleaning = found["b-1-morning-1"], found["b-1-forenoon-1"]
    assert (morning.recipient, morning.decision, morning.lines) == ("r-1", "b-1", ("l-1",))
    assert (morning.minutes, morning.day, morning.left_out) == (30, DAY, "")
    assert morning.start is not None
    assert morning.windows == ((morning.start - 60, morning.start + 60),)
    assert morning.carer.startswith("c-")
    assert (cleaning.start, cleaning.carer, cleaning.left_out) == (None, "", "CROWDED_OUT")


def test_a_visit_that_the_plan_does_not_mention_is_left_out(tmp_path: Path) -> None:
    plan = plan_document(DAY)
    plan["modelOutput"]["unassignedVisits"] = []
    visits = read_planned_days(write(tmp_path, a=planning_document(DAY), b=plan))
    assert [v.left_out for v in visits if v.id == "b-1-forenoon-1"] == [NOT_MENTIONED]


def test_two_areas_of_one_day_find_their_own_plans(tmp_path: Path) -> None:
    south = json.loads(json.dumps([planning_document(DAY), plan_document(DAY)]).replace("b-", "x-"))
    folder = write(tmp_path, a=planning_document(DAY), b=south[0], c=plan_document(DAY), d=south[1])
    visits = read_planned_days(folder)
    assert len(visits) == 2 * len(planning_document(DAY)["modelInput"]["visits"])
    assert len({visit.id for visit in visits}) == len(visits)


def test_a_plan_without_its_document_and_the_other_way_round(tmp_path: Path) -> None:
    other = date(2026, 3, 6)
    folder = write(tmp_path, a=planning_document(DAY), b=plan_document(other))
    assert refused(folder) == {("NO_INPUT_OF_PLAN", "b.json")}
    (tmp_path / "b.json").unlink()
    assert refused(folder) == {("NO_PLAN_OF_INPUT", "a.json")}


def test_two_plans_of_one_document(tmp_path: Path) -> None:
    write(tmp_path, a=planning_document(DAY), b=plan_document(DAY))
    shutil.copy(tmp_path / "b.json", tmp_path / "c.json")
    assert refused(tmp_path) == {("SEVERAL_PLANS", "b.json, c.json")}


def test_a_visit_in_two_documents_would_be_counted_twice(tmp_path: Path) -> None:
    write(tmp_path, a=planning_document(DAY), b=plan_document(DAY))
    shutil.copy(tmp_path / "a.json", tmp_path / "c.json")
    assert refused(tmp_path) == {("SAME_VISIT", "a.json, c.json")}


def test_the_faults_of_every_file_are_told(tmp_path: Path) -> None:
    broken = planning_document(DAY)
    del broken["modelInput"]["date"]
    write(tmp_path, a=broken, b={"modelOutput": 1})
    (tmp_path / "c.json").write_text("{", encoding="utf-8")
    assert {where.split(":")[0] for _, where in refused(tmp_path)} == {"a.json", "b.json", "c.json"}


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    assert refused(tmp_path / "none") == {("NOT_A_FOLDER", "none")}
    assert {code for code, _ in refused(tmp_path)} == {"NO_PLANS"}


def test_what_was_written_is_read_without_judging_it_again() -> None:
    """Fast and strict reading of the store's own words agree, left-out visits among them."""
    day, plan = day_and_plan(minutes=30)
    route = plan.routes[0]
    one = replace(route, stops=route.stops[:1], back=route.stops[0].end)
    silent = replace(plan, routes=(one,))
    told = replace(silent, unassigned=(Unassigned("v-2", Reason.CROWDED_OUT, (), "x", "y"),))
    for made in (plan, told, silent):
        metadata = MetadataSchema(id="x", status=Status.SOLVING_COMPLETED)
        words = as_json(written(made, metadata, day, follow_up(day, made)))
        found = list(stored_visits(write_document(day), words))
        assert found == list(planned_visits(day, made))
        assert len(found) == 2
