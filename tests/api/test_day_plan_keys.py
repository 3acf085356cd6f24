"""Solves over HTTP under a key: posted, patched, of a unit's day and of a municipality's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api import solvers
from tests.api.cases import TWO_VISITS
from tests.api.server import problem, running
from tests.api.test_unit_days import DAY, FIRST, ROSTERS, SHORT, UNIT, ready, store_examples

KEY = {"Idempotency-Key": "k-1"}
PATCH: dict[str, Any] = {
    "patch": [{"op": "replace", "path": "/modelInput/visits/[id=v-2]/serviceDuration",
               "value": "PT40M"}]
}  # fmt: skip


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    # One that works and one that waits: a third one is refused.
    with running(tmp_path, solvers.wait, queued=1) as made:
        yield ready(made)


def twice(client: TestClient, path: str, body: Any, other: Any) -> Any:
    """The first answer; the second is the same, and another body is refused."""
    first = client.post(path, json=body, headers=KEY)
    assert first.status_code == 202, first.text
    again = client.post(path, json=body, headers=KEY)
    assert (again.status_code, again.content) == (202, first.content)
    assert problem(client.post(path, json=other, headers=KEY), 409) == ["KEY_USED"]
    return first.json()


def test_a_day_is_planned_once_under_a_key(client: TestClient) -> None:
    changed = {**TWO_VISITS, "config": SHORT["config"]}
    first = twice(client, "/v1/day-plans", TWO_VISITS, changed)
    # Without a key it is another solve; then the queue is full, and the answer is still there.
    other = client.post("/v1/day-plans", json=TWO_VISITS).json()["id"]
    assert other != first["id"]
    assert problem(client.post("/v1/day-plans", json=TWO_VISITS), 503) == ["QUEUE_FULL"]
    assert client.post("/v1/day-plans", json=TWO_VISITS, headers=KEY).json() == first
    client.delete(f"/v1/day-plans/{first['id']}")
    assert client.post("/v1/day-plans", json=TWO_VISITS, headers=KEY).json() == first


def test_a_patch_is_planned_once_under_a_key(client: TestClient) -> None:
    origin = client.post("/v1/day-plans", json=TWO_VISITS).json()["id"]
    other = {"patch": [{**PATCH["patch"][0], "value": "PT41M"}]}
    made = twice(client, f"/v1/day-plans/{origin}/from-patch", PATCH, other)
    assert made["parentId"] == origin
    # The same body about another solve is another request.
    path = f"/v1/day-plans/{made['id']}/from-patch"
    assert problem(client.post(path, json=PATCH, headers=KEY), 409) == ["KEY_USED"]


def test_a_units_day_is_planned_once_as_it_was_then(client: TestClient) -> None:
    client.put(ROSTERS, json=store_examples.ROSTER, headers=FIRST)
    first = twice(client, f"{UNIT}/solve", SHORT, {})
    # Nobody works any more; what was asked for is answered as it was.
    client.put(ROSTERS, json={"caregivers": []}, headers={"If-Match": '"1"'})
    assert client.post(f"{UNIT}/solve", json=SHORT, headers=KEY).json() == first


def test_a_municipalitys_day_is_planned_once(client: TestClient) -> None:
    client.put(ROSTERS, json=store_examples.ROSTER, headers=FIRST)
    body = {"day": DAY, **SHORT}
    first = twice(client, "/v1/municipality-plans", body, {"day": DAY})
    assert [each["unit"] for each in first["plans"]] == ["centrum"]


@pytest.mark.parametrize("key", ["", "x" * 101, "a\tb"])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    answer = client.post("/v1/day-plans", json=TWO_VISITS, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
