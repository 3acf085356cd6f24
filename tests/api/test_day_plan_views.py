"""A solve followed, read and changed over HTTP."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.documents.patches import patched_document
from scheduler.care.errors import InvalidInput
from tests.api import solvers
from tests.api.cases import TWO_VISITS, encoded
from tests.api.server import FINAL, problem, rows, running, wait_for

SHORT = {**TWO_VISITS, "config": {"run": {"termination": {"spentLimit": "PT1S"}, "threads": 1}}}


def submitted(client: TestClient, document: dict[str, Any] = SHORT) -> str:
    return str(client.post("/v1/day-plans", content=encoded(document)).json()["id"])


def patch(*operations: tuple[str, str, Any]) -> dict[str, Any]:
    return {"patch": [{"op": op, "path": path, "value": value} for op, path, value in operations]}


def test_events_tell_each_step_and_end_with_the_solve(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        plan_id = submitted(client)
        with client.stream("GET", f"/v1/day-plans/{plan_id}/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            text = "".join(stream.iter_text())
        told = [
            json.loads(line.removeprefix("data: "))
            for line in text.splitlines()
            if line.startswith("data: ")
        ]
        assert told[-1] == client.get(f"/v1/day-plans/{plan_id}/metadata").json()
        statuses = [each["status"] for each in told]
        assert statuses[-1] == "SOLVING_COMPLETED"
        assert "SOLVING_ACTIVE" in statuses
        assert all(before != after for before, after in pairwise(told))
        missing = client.get("/v1/day-plans/p-9/events")
        assert problem(missing, 404) == ["NOT_FOUND"]


@pytest.mark.alone
def test_a_changed_day_is_planned_near_to_its_plan(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        first = submitted(client)
        wait_for(client, first, FINAL)
        answer = client.post(
            f"/v1/day-plans/{first}/from-patch",
            json=patch(("replace", "/modelInput/visits/[id=v-2]/serviceDuration", "PT40M")),
        )
        assert answer.status_code == 202
        second = answer.json()
        assert (second["parentId"], second["originId"]) == (first, first)
        metadata = wait_for(client, second["id"], FINAL)
        assert metadata["status"] == "SOLVING_COMPLETED", metadata
        third = client.post(
            f"/v1/day-plans/{second['id']}/from-patch",
            json=patch(("remove", "/modelInput/visits/[id=v-2]", None)),
        ).json()
        assert (third["parentId"], third["originId"]) == (second["id"], first)
        diff = client.get(f"/v1/day-plans/{first}/diff/{second['id']}").json()
        assert diff["changes"] == []
        stored = client.get(f"/v1/day-plans/{second['id']}/input").json()
        assert stored["modelInput"]["visits"][1]["serviceDuration"] == "PT40M"
        score = client.get(f"/v1/day-plans/{second['id']}/score-analysis").json()
        assert score["objective"] == metadata["objective"]
        assert sum(term["points"] for term in score["scoreAnalysis"]) == score["objective"]


def test_a_patch_that_does_not_fit_or_makes_a_fault_stores_nothing(tmp_path: Path) -> None:
    with running(tmp_path, solvers.wait) as client:
        plan_id = submitted(client)
        stored = rows(tmp_path)
        for operations, codes in (
            ((("remove", "/modelInput/visits/[id=v-9]", None),), ["PATCH"]),
            ((("replace", "/modelInput/visits/7/zone", "town"),), ["PATCH"]),
            ((("test", "/modelInput/date", "2026-03-05"),), ["PATCH"]),
            ((("replace", "/modelInput/visits/0/serviceDuration", "PT0M"),),
             ["DURATION_NOT_POSITIVE"]),
            # v-2 depends on it.
            ((("remove", "/modelInput/visits/[id=v-1]", None),), ["UNKNOWN_VISIT"]),
            ((("fold", "/modelInput", None),), ["UNKNOWN_CODE"]),
            ((("remove", "modelInput", None),), ["WRONG_FORM"]),
        ):  # fmt: skip
            answer = client.post(f"/v1/day-plans/{plan_id}/from-patch", json=patch(*operations))
            assert problem(answer, 422) == codes, operations
        missing = client.post("/v1/day-plans/p-9/from-patch", json=patch(("remove", "/a", None)))
        assert problem(missing, 404) == ["NOT_FOUND"]
        no_plan = client.get(f"/v1/day-plans/{plan_id}/score-analysis")
        assert problem(no_plan, 404) == ["NO_PLAN"]
        assert rows(tmp_path) == stored


def test_operations_apply_in_order_and_find_ids_as_they_are_then() -> None:
    extra = {**TWO_VISITS["modelInput"]["visits"][0], "id": "a/b~c", "timeWindows": [
        {"minStartTime": "2026-03-04T13:00:00+01:00", "maxStartTime": "2026-03-04T14:00:00+01:00"}
    ]}  # fmt: skip
    made = patched_document(
        encoded(TWO_VISITS),
        encoded(
            {
                "patch": [
                    {"op": "add", "path": "/modelInput/visits/0", "value": extra},
                    {"op": "replace", "path": "/modelInput/visits/[id=a~1b~0c]/priority",
                     "value": 2},
                    {"op": "copy", "from": "/modelInput/visits/[id=v-1]/serviceDuration",
                     "path": "/modelInput/visits/[id=v-2]/serviceDuration"},
                ]
            }
        ),
    )  # fmt: skip
    assert [visit.id for visit in made.day.visits] == ["a/b~c", "v-1", "v-2"]
    assert [visit.duration_min for visit in made.day.visits] == [25, 25, 25]
    assert made.day.visits[0].priority == 2


def test_a_patch_cannot_make_a_document_that_is_too_large() -> None:
    grown = {"patch": [{"op": "add", "path": "/modelInput/visits/0", "value": "x" * 200}] * 3}
    with pytest.raises(InvalidInput):
        patched_document(encoded(TWO_VISITS), encoded(grown))
