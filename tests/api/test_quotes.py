"""Quotes over HTTP: the documented example, every fault at once, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.server import needs_examples, store_examples
from tests.api import solvers
from tests.api.server import problem, rows, running

REQUEST = needs_examples.QUOTE_REQUEST


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with running(tmp_path, solvers.wait) as made:
        made.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
        yield made


def changed(**fields: Any) -> dict[str, Any]:
    return {**deepcopy(REQUEST), **fields}


def test_the_example_is_answered_as_described_and_nothing_is_stored(
    client: TestClient, tmp_path: Path
) -> None:
    before = rows(tmp_path)
    assert client.post("/v1/quotes", json=REQUEST).json() == needs_examples.QUOTE
    assert rows(tmp_path) == before


def test_a_published_plan_of_the_store_is_asked(client: TestClient) -> None:
    path = "/v1/units/centrum/plans/2026-03-04/revisions"
    client.post(path, json=store_examples.SAVE_REQUEST, headers={"If-Match": '"0"'})
    told = client.post("/v1/quotes", json=changed(plans=[])).json()
    (offer,) = told["offers"]
    assert offer["days"] == [{"day": "2026-03-04", "revision": 1, "status": "DRAFT"}]
    assert offer["occasions"] == needs_examples.QUOTE["offers"][0]["occasions"]


def test_a_unit_without_a_plan_says_so(client: TestClient) -> None:
    (offer,) = client.post("/v1/quotes", json=changed(plans=[])).json()["offers"]
    assert offer["fits"] is False
    assert offer["text"] == "Enheten har ingen plan att pröva mot. 1 rader kunde inte prövas."
    assert offer["linesWithoutDay"] == ["l-1"]
    assert offer["purseOreMonth"] == 159543


def test_every_fault_comes_at_once(client: TestClient) -> None:
    wrong = changed(
        choices=[
            {"provider": {"id": "p-1", "kind": "PRIVATE"}, "unit": "centrum"},
            {"provider": {"id": "p-9", "kind": "OWN"}, "unit": "borta"},
        ]
    )
    wrong["decision"]["lines"][0]["service"] = "dans"
    codes = problem(client.post("/v1/quotes", json=wrong), 422)
    assert sorted(codes) == [
        "PROVIDER_KIND", "UNKNOWN_PROVIDER", "UNKNOWN_SERVICE", "UNKNOWN_UNIT",
    ]  # fmt: skip


def test_a_plan_that_breaks_a_rule_is_not_asked(client: TestClient) -> None:
    wrong = deepcopy(REQUEST)
    stop = wrong["plans"][0]["modelOutput"]["caregivers"][0]["shifts"][0]["itinerary"][0]
    stop["startServiceTime"] = "2026-03-04T06:30:00+01:00"
    assert "PLAN_BREAKS_RULE" in problem(client.post("/v1/quotes", json=wrong), 422)


@pytest.mark.parametrize("field", ["decision", "choices", "firstDay"])
def test_what_is_missing_is_told(client: TestClient, field: str) -> None:
    body = {name: value for name, value in REQUEST.items() if name != field}
    assert problem(client.post("/v1/quotes", json=body), 422) == ["MISSING_FIELD"]
