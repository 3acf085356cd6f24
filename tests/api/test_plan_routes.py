"""Plan revisions over HTTP: only a sound plan is saved, and each step names what it was made of."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.server import store_examples
from tests.api import solvers
from tests.api.cases import TWO_VISITS, encoded
from tests.api.server import FINAL, problem, rows, running, wait_for

PLANS = "/v1/units/centrum/plans/2026-03-04"
REQUEST = store_examples.SAVE_REQUEST


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with running(tmp_path, solvers.crash_with_a_plan) as made:
        made.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
        yield made


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


def test_a_day_without_a_plan_has_version_0(client: TestClient) -> None:
    answer = client.get(PLANS)
    assert answer.headers["etag"] == '"0"'
    assert answer.json()["revisions"] == []


def test_a_published_plan_is_superseded_by_the_next(client: TestClient) -> None:
    for number, at in ((1, 0), (2, 3)):
        saved = client.post(f"{PLANS}/revisions", json=REQUEST, headers=version(at))
        assert (saved.status_code, saved.json()["revision"]) == (201, number)
        for step, seen in (("approve", at + 1), ("publish", at + 2)):
            answer = client.post(f"{PLANS}/revisions/{number}/{step}", headers=version(seen))
            assert answer.headers["etag"] == f'"{seen + 1}"'
    shown = client.get(PLANS).json()
    assert [each["status"] for each in shown["revisions"]] == ["SUPERSEDED", "PUBLISHED"]
    assert all(each["publishedAt"] for each in shown["revisions"])


def test_what_is_shown_of_a_revision_can_be_saved_again(client: TestClient) -> None:
    client.post(f"{PLANS}/revisions", json=REQUEST, headers=version(0))
    shown = client.get(f"{PLANS}/revisions/1").json()
    again = {name: shown[name] for name in ("modelInput", "modelOutput")}
    assert client.post(f"{PLANS}/revisions", json=again, headers=version(1)).status_code == 201
    second = client.get(f"{PLANS}/revisions/2").json()
    assert {**second, "revision": 1} == shown


def test_a_plan_that_breaks_a_rule_is_not_saved(client: TestClient, tmp_path: Path) -> None:
    before = rows(tmp_path)
    broken = deepcopy(REQUEST)
    stop = broken["modelOutput"]["caregivers"][0]["shifts"][0]["itinerary"][0]
    stop["startServiceTime"] = "2026-03-04T07:10:00+01:00"
    answer = client.post(f"{PLANS}/revisions", json=broken, headers=version(0))
    assert "PLAN_BREAKS_RULE" in problem(answer, 422)
    assert rows(tmp_path) == before


def test_a_plan_of_another_day_or_unit_is_not_saved(client: TestClient, tmp_path: Path) -> None:
    before = rows(tmp_path)

    answer = client.post(
        "/v1/units/centrum/plans/2026-03-05/revisions", json=REQUEST, headers=version(0)
    )
    assert problem(answer, 422) == ["ANOTHER_DAY"]
    answer = client.post(
        "/v1/units/nowhere/plans/2026-03-04/revisions", json=REQUEST, headers=version(0)
    )
    assert problem(answer, 404) == ["NOT_FOUND"]
    assert rows(tmp_path) == before


@pytest.mark.alone
def test_the_plan_of_a_solve_is_saved(client: TestClient) -> None:
    plan_id = client.post("/v1/day-plans", content=encoded(TWO_VISITS)).json()["id"]
    wait_for(client, plan_id, FINAL)
    path = f"{PLANS}/revisions/from-day-plan/{plan_id}"
    assert client.post(path, headers=version(0)).json() == store_examples.SAVED
    shown = client.get(f"{PLANS}/revisions/1").json()["modelOutput"]
    kept = client.get(f"/v1/day-plans/{plan_id}").json()["modelOutput"]
    assert [each["id"] for each in shown["unassignedVisits"]] == [
        each["id"] for each in kept["unassignedVisits"]
    ]
    missing = client.post(f"{PLANS}/revisions/from-day-plan/p-9", headers=version(1))
    assert problem(missing, 404) == ["NOT_FOUND"]


def test_each_step_names_what_it_was_made_of(client: TestClient, tmp_path: Path) -> None:
    client.post(f"{PLANS}/revisions", json=REQUEST, headers=version(0))
    stored = rows(tmp_path)
    for path, content in (
        ("revisions", REQUEST), ("revisions/1/approve", None), ("revisions/1/publish", None),
    ):  # fmt: skip
        address = f"{PLANS}/{path}"
        assert problem(client.post(address, json=content), 428) == ["VERSION_MISSING"]
        stale = client.post(address, json=content, headers=version(0))
        assert problem(stale, 412) == ["STALE_VERSION"]
    too_early = client.post(f"{PLANS}/revisions/1/publish", headers=version(1))
    assert problem(too_early, 409) == ["PLAN_STATUS"]
    assert rows(tmp_path) == stored


def test_a_carer_is_not_booked_twice(client: TestClient) -> None:
    more = {"name": "Provköping", "units": [{"id": "norr", "name": "Norr"}]}
    client.put("/v1/municipality", json=more)
    for unit in ("centrum", "norr"):
        plans = f"/v1/units/{unit}/plans/2026-03-04/revisions"
        client.post(plans, json=REQUEST, headers=version(0))
        client.post(f"{plans}/1/approve", headers=version(1))
        published = client.post(f"{plans}/1/publish", headers=version(2))
    assert problem(published, 409) == ["CARER_BOOKED"]


def test_the_municipality_is_only_extended(client: TestClient) -> None:
    more = {"name": "Nyköping", "providers": [{"id": "p-3", "kind": "PRIVATE"}]}
    shown = client.put("/v1/municipality", json=more).json()
    assert shown["name"] == "Nyköping"
    assert [each["id"] for each in shown["units"]] == ["centrum"]
    assert [each["id"] for each in shown["providers"]] == ["p-1", "p-2", "p-3"]
    other = {"name": "Nyköping", "providers": [{"id": "p-1", "kind": "PRIVATE"}]}
    assert problem(client.put("/v1/municipality", json=other), 422) == ["PROVIDER_KIND"]
    assert client.get("/v1/municipality").json() == shown
