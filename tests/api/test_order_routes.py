"""Choices, orders, queues, ceilings and deadlines over HTTP, as they are described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.server import needs_examples as examples
from api.server import store_examples
from tests.api import solvers
from tests.api.server import problem, rows, running

CAPACITY = "/v1/units/centrum/capacities"
CHOICES = "/v1/decisions/b-1/choices"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A decision, and two providers that take persons in its unit."""
    with running(tmp_path, solvers.wait) as made:
        made.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
        made.post("/v1/decisions", json=store_examples.DECISIONS)
        for provider in ("p-1", "p-2"):
            made.put(f"{CAPACITY}/{provider}", json=examples.CAPACITY_REQUEST, headers=version(0))
        yield made


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


def ordered(client: TestClient, number: int = 0, **fields: Any) -> Any:
    body = {**examples.CHOICE_REQUEST, **fields}
    return client.post(CHOICES, json=body, headers=version(number))


def test_the_examples_are_answered_as_described(client: TestClient) -> None:
    made = ordered(client)
    assert made.status_code == 201
    assert made.headers["etag"] == '"1"'
    assert made.json() == examples.ORDERED
    assert client.get(CHOICES).json() == examples.CHOICES
    assert client.get(CHOICES).headers["etag"] == '"1"'
    assert client.get("/v1/orders?decision=b-1").json() == examples.ORDERS
    assert client.get("/v1/orders?provider=p-1").json() == {"orders": []}
    assert client.get("/v1/units/centrum/queues/p-2").json() == {
        **examples.QUEUE, "usedMinutes": 140,
    }  # fmt: skip
    answered = client.post("/v1/decisions/b-1/orders/1/accept", headers=version(1))
    assert answered.headers["etag"] == '"2"'
    assert answered.json() == examples.ANSWERED
    held = client.get("/v1/decisions/b-1?day=2026-03-10").json()
    assert held["version"] == 2
    assert held["decision"]["moves"][0]["provider"] == {"id": "p-2", "kind": "PRIVATE"}
    assert client.post("/v1/orders/expire").json() == examples.EXPIRED
    assert examples.CAPACITY in client.get("/v1/capacities").json()["capacities"]


def test_deadlines_are_listed_until_so_many_days_ahead(client: TestClient) -> None:
    assert client.get("/v1/deadlines?day=2026-05-10").json() == examples.DEADLINES
    assert client.get("/v1/deadlines?day=2026-05-10&ahead=9").json()["deadlines"] == []
    assert client.get("/v1/deadlines").json()["today"] == "2026-03-03"


def test_who_does_not_choose_gets_the_nearest_provider(client: TestClient) -> None:
    path = "/v1/units/centrum/fallback-rule"
    made = client.put(path, json=examples.RULE_REQUEST, headers=version(0))
    assert made.json() == examples.RULE
    chosen = ordered(client, providers=[], byRule="centrum").json()
    assert chosen["choice"]["kind"] == "FALLBACK"
    assert chosen["order"]["provider"] == "p-1"


def test_a_refusal_asks_the_next_and_a_full_one_has_a_queue(client: TestClient) -> None:
    full = {"firstDay": "2026-03-01", "minutesPerWeek": 0}
    client.put(f"{CAPACITY}/p-1", json=full, headers=version(1))
    ordered(client)
    path = "/v1/decisions/b-1/orders/1/refuse"
    answered = client.post(path, json=examples.REASON, headers=version(1)).json()
    assert answered["order"]["status"] == "REFUSED"
    assert answered["next"]["status"] == "QUEUED"
    (waiting,) = client.get("/v1/units/centrum/queues/p-1").json()["orders"]
    assert waiting["steps"][0]["reason"].startswith("Taket 0 min i veckan räcker inte")
    path = "/v1/decisions/b-1/orders/2/cancel"
    assert client.post(path, json=examples.REASON, headers=version(1)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", CHOICES, examples.CHOICE_REQUEST),
        ("POST", "/v1/decisions/b-1/orders/1/accept", None),
        ("POST", "/v1/decisions/b-1/orders/1/refuse", examples.REASON),
        ("POST", "/v1/decisions/b-1/orders/1/cancel", examples.REASON),
        ("PUT", f"{CAPACITY}/p-1", examples.CAPACITY_REQUEST),
        ("PUT", "/v1/units/centrum/fallback-rule", examples.RULE_REQUEST),
    ],
)
def test_a_change_needs_the_version_that_it_was_made_of(
    client: TestClient, tmp_path: Path, method: str, path: str, body: Any
) -> None:
    if path != CHOICES:
        ordered(client)
    before = rows(tmp_path)
    send = {"json": body} if body is not None else {}
    assert problem(client.request(method, path, **send), 428) == ["VERSION_MISSING"]
    stale = client.request(method, path, headers=version(7), **send)
    assert problem(stale, 412) == ["STALE_VERSION"]
    assert rows(tmp_path) == before


def test_faults_are_told_and_nothing_is_stored(client: TestClient, tmp_path: Path) -> None:
    before = rows(tmp_path)
    for fields, codes in (
        ({"providers": []}, ["ONE_OF_TWO"]),
        ({"byRule": "centrum"}, ["ONE_OF_TWO"]),
        ({"answerDays": 0}, ["OUT_OF_RANGE"]),
        ({"providers": [{"provider": "p-9", "unit": "centrum"}]}, ["UNKNOWN_PROVIDER"]),
        ({"firstDay": "2027-01-01"}, ["CHOICE_OUTSIDE"]),
    ):
        assert problem(ordered(client, **fields), 422) == codes
    assert problem(ordered(client, providers=[], byRule="centrum"), 404) == ["NOT_FOUND"]
    none = client.post(
        "/v1/decisions/b-9/choices", json=examples.CHOICE_REQUEST, headers=version(0)
    )
    assert problem(none, 404) == ["NOT_FOUND"]
    assert rows(tmp_path) == before


def test_an_order_that_stands_is_a_conflict(client: TestClient) -> None:
    ordered(client)
    assert problem(ordered(client, 1), 409) == ["ORDER_STANDS"]
