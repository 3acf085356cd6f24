"""From decisions and staff to plans over HTTP, for one unit and for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.server import store_examples
from tests.api import solvers
from tests.api.server import FINAL, problem, rows, running, wait_for

DAY = "2026-03-04"
UNIT = f"/v1/units/centrum/plans/{DAY}"
ROSTERS = f"/v1/units/centrum/rosters/{DAY}"
FIRST = {"If-Match": '"0"'}
SHORT: dict[str, Any] = {"config": {"run": {"termination": {"spentLimit": "PT1S"}, "threads": 1}}}


def ready(client: TestClient) -> TestClient:
    client.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
    client.post("/v1/decisions", json=store_examples.DECISIONS)
    return client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with running(tmp_path, solvers.wait) as made:
        yield ready(made)


def test_a_roster_is_set_read_and_replaced_by_who_has_read_it(client: TestClient) -> None:
    assert problem(client.get(ROSTERS), 404) == ["NO_ROSTER"]
    set_now = client.put(ROSTERS, json=store_examples.ROSTER, headers=FIRST)
    assert (set_now.status_code, set_now.headers["etag"]) == (200, '"1"')
    read = client.get(ROSTERS)
    assert (read.content, read.headers["etag"]) == (set_now.content, '"1"')
    assert read.json()["caregivers"][0]["shifts"][0]["id"] == "s-1"
    again = client.put(ROSTERS, json=store_examples.ROSTER, headers=FIRST)
    assert problem(again, 412) == ["STALE_VERSION"]
    assert problem(client.put(ROSTERS, json=store_examples.ROSTER), 428) == ["VERSION_MISSING"]


def test_the_days_input_can_be_posted_as_it_comes(client: TestClient) -> None:
    client.put(ROSTERS, json=store_examples.ROSTER, headers=FIRST)
    document = client.get(f"{UNIT}/input").json()
    assert [visit["id"] for visit in document["modelInput"]["visits"]] == ["b-1-morning-1"]
    assert document["modelInput"]["caregivers"][0]["shifts"][0]["id"] == "s-1"
    assert client.post("/v1/day-plans", json=document).status_code == 202


@pytest.mark.alone
def test_a_decision_becomes_a_plan_in_force(tmp_path: Path) -> None:
    with running(tmp_path) as made:
        client = ready(made)
        client.put(ROSTERS, json=store_examples.ROSTER, headers=FIRST)
        solve = client.post(f"{UNIT}/solve", json=SHORT)
        assert solve.status_code == 202
        plan_id = solve.json()["id"]
        assert wait_for(client, plan_id, FINAL)["status"] == "SOLVING_COMPLETED"
        saved = client.post(f"{UNIT}/revisions/from-day-plan/{plan_id}", headers=FIRST)
        assert saved.status_code == 201
        for step, version in (("approve", 1), ("publish", 2)):
            headers = {"If-Match": f'"{version}"'}
            client.post(f"{UNIT}/revisions/1/{step}", headers=headers)
        told = client.get(f"{UNIT}/published/recipients/r-1").json()
        assert [each["caregiverId"] for each in told["visits"]] == ["c-1"]
        # Who came is known the day after.
        after = UNIT.replace(DAY, "2026-03-05")
        staff = {"caregivers": [{"id": "c-2", "shifts": []}]}
        client.put(ROSTERS.replace(DAY, "2026-03-05"), json=staff, headers=FIRST)
        recipients = client.get(f"{after}/input").json()["modelInput"]["recipients"]
        assert [each["id"] for each in recipients] == ["r-1"]
        assert "c-1" in str(recipients)


@pytest.mark.alone
def test_all_units_of_a_day_are_planned_together(tmp_path: Path) -> None:
    with running(tmp_path, running=2) as made:
        client = ready(made)
        units = [{"id": f"u-{n}", "name": f"Enhet {n}"} for n in range(3)]
        client.put("/v1/municipality", json={"name": "Provköping", "units": units})
        decisions = [
            {**store_examples.DECISION, "id": f"d-{n}", "recipientId": f"r-{n}", "unit": f"u-{n}"}
            for n in range(3)
        ]
        client.post("/v1/decisions", json={"decisions": decisions})
        for n in range(2):
            carer = {**store_examples.ROSTER["caregivers"][0], "id": f"c-{n}"}
            path = f"/v1/units/u-{n}/rosters/{DAY}"
            client.put(path, json={"caregivers": [carer]}, headers=FIRST)
        asked = client.post("/v1/municipality-plans", json={"day": DAY, **SHORT})
        assert asked.status_code == 202
        batch = asked.json()
        assert [each["unit"] for each in batch["plans"]] == ["u-0", "u-1"]
        for each in batch["plans"]:
            wait_for(client, each["plan"]["id"], FINAL)
        done = client.get(f"/v1/municipality-plans/{batch['id']}").json()
        assert (done["final"], done["counts"], done["unassignedVisits"]) == (
            True, {"SOLVING_COMPLETED": 2}, 0,
        )  # fmt: skip
        for each in done["plans"]:
            plan = client.get(f"/v1/day-plans/{each['plan']['id']}").json()
            assert plan["inputMetrics"]["visits"] == 1


def test_a_fault_in_one_unit_stops_none_half_way(client: TestClient, tmp_path: Path) -> None:
    assert problem(client.post("/v1/municipality-plans", json={"day": DAY}), 422) == ["NO_ROSTER"]
    client.put(ROSTERS, json=store_examples.ROSTER, headers=FIRST)
    units = [{"id": "u-1", "name": "Enhet 1"}]
    client.put("/v1/municipality", json={"name": "Provköping", "units": units})
    home = {**store_examples.DECISION["recipient"], "requiredSkills": ["sondmatning"]}
    faulty = {**store_examples.DECISION, "id": "d-1", "unit": "u-1", "recipient": home,
              "recipientId": "r-9"}  # fmt: skip
    client.post("/v1/decisions", json={"decisions": [faulty]})
    client.put(f"/v1/units/u-1/rosters/{DAY}", json=store_examples.ROSTER, headers=FIRST)
    before = rows(tmp_path)
    answer = client.post("/v1/municipality-plans", json={"day": DAY})
    assert problem(answer, 422) == ["UNKNOWN_SKILL"]
    assert answer.json()["findings"][0]["where"].startswith("unit (u-1): ")
    assert rows(tmp_path) == before
    assert problem(client.get("/v1/municipality-plans/b-9"), 404) == ["NOT_FOUND"]


@pytest.mark.alone
def test_all_units_are_stopped_together(client: TestClient) -> None:
    client.put(ROSTERS, json=store_examples.ROSTER, headers=FIRST)
    batch = client.post("/v1/municipality-plans", json={"day": DAY}).json()
    wait_for(client, batch["plans"][0]["plan"]["id"], {"SOLVING_ACTIVE"})
    stopped = client.delete(f"/v1/municipality-plans/{batch['id']}").json()
    assert stopped["final"]
    assert stopped["counts"] == {"SOLVING_INCOMPLETE": 1}
