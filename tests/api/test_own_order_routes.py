"""A provider reads and answers its own orders over HTTP, as they are described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.server import needs_examples, own_order_examples, store_examples
from api.server.scopes import provider_scope
from tests.api import solvers
from tests.api.server import problem, rows, running

CAPACITY = "/v1/units/centrum/capacities"
CHOICES = "/v1/decisions/b-1/choices"
OWN = "/v1/providers/p-2/orders"
ORDER = f"{OWN}/b-1/1"


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A decision that is ordered from p-2, and p-2 who asks."""
    with running(tmp_path, solvers.wait) as made:
        made.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
        made.post("/v1/decisions", json=store_examples.DECISIONS)
        for provider in ("p-1", "p-2"):
            asked = needs_examples.CAPACITY_REQUEST
            made.put(f"{CAPACITY}/{provider}", json=asked, headers=version(0))
        made.post(CHOICES, json=needs_examples.CHOICE_REQUEST, headers=version(0))
        app = made.app
        assert isinstance(app, FastAPI)
        app.dependency_overrides[provider_scope] = lambda: "p-2"
        yield made


def test_the_examples_are_answered_as_described(client: TestClient) -> None:
    assert client.get(OWN).json() == own_order_examples.ORDERS
    asked = client.get(ORDER)
    assert (asked.json(), asked.headers["etag"]) == (own_order_examples.ORDER, '"1"')
    accepted = client.post(f"{ORDER}/accept", headers=version(1))
    assert (accepted.json(), accepted.headers["etag"]) == (own_order_examples.ACCEPTED, '"2"')
    assert client.get(ORDER).json() == own_order_examples.ACCEPTED
    held = client.get("/v1/decisions/b-1?day=2026-03-10").json()
    assert held["decision"]["moves"][0]["provider"]["id"] == "p-2"


def test_a_refusal_tells_nothing_of_who_is_asked_next(client: TestClient) -> None:
    made = client.post(f"{ORDER}/refuse", json=needs_examples.REASON, headers=version(1))
    assert made.json() == own_order_examples.REFUSED
    assert len(client.get("/v1/orders").json()["orders"]) == 2
    assert "p-1" not in client.get(OWN).text


def test_an_answer_by_telephone_is_registered_by_the_assessor(client: TestClient) -> None:
    """Who registered it stands at the step that the provider reads."""
    client.post("/v1/decisions/b-1/orders/1/accept", headers=version(1))
    assert client.get(ORDER).json()["steps"][-1]["by"] == "local"
    late = client.post(f"{ORDER}/accept", headers=version(1))
    assert problem(late, 412) == ["STALE_VERSION"]


@pytest.mark.parametrize("step", ["accept", "refuse"])
def test_faults_are_told_and_nothing_is_stored(
    client: TestClient, tmp_path: Path, step: str
) -> None:
    body = {"json": needs_examples.REASON} if step == "refuse" else {}
    before = rows(tmp_path)
    for path, status, codes in (
        (f"{OWN}/b-1/2/{step}", 404, ["NOT_FOUND"]),
        (f"/v1/providers/p-1/orders/b-1/1/{step}", 404, ["NOT_FOUND"]),
        (f"{OWN}/b%00/1/{step}", 404, ["NOT_FOUND"]),
        (f"{ORDER}/{step}", 412, ["STALE_VERSION"]),
    ):
        assert problem(client.post(path, headers=version(7), **body), status) == codes
    assert problem(client.post(f"{ORDER}/{step}", **body), 428) == ["VERSION_MISSING"]
    if step == "refuse":
        empty = client.post(f"{ORDER}/refuse", json={"reason": "  "}, headers=version(1))
        assert empty.status_code == 422
    assert rows(tmp_path) == before
