"""The log of acts over HTTP: for the auditor, with a reason, page by page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.access.caller import Role
from tests.api.access.service import caller, serving, store_in
from tests.api.server import problem

AUDITOR = {**caller(Role.AUDITOR), "X-Reason": "Granskning"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = store_in(tmp_path_factory.mktemp("acts"))
    with serving(store.address) as made:
        yield made
    store.close()


def test_acts_are_read_page_by_page(client: TestClient) -> None:
    first = client.get("/v1/acts", params={"limit": 2}, headers=AUDITOR).json()
    assert len(first["acts"]) == 2
    assert first["next"] == first["acts"][-1]["number"]
    query = {"limit": 2, "before": first["next"]}
    second = client.get("/v1/acts", params=query, headers=AUDITOR).json()
    assert second["acts"][0]["number"] == first["next"] - 1
    query = {"action": "DECISION_GRANTED", "subjectKind": "decision", "subjectId": "b-1"}
    (made,) = client.get("/v1/acts", params=query, headers=AUDITOR).json()["acts"]
    assert (made["subjectId"], made["details"]) == ("b-1", {"version": 1})
    query = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    assert client.get("/v1/acts", params=query, headers=AUDITOR).json() == {"acts": []}


def test_nothing_of_another_municipality_is_there(client: TestClient) -> None:
    query = {"subjectId": "b-9", "limit": 1000}
    assert client.get("/v1/acts", params=query, headers=AUDITOR).json() == {"acts": []}


def test_the_chain_is_proven(client: TestClient) -> None:
    told = client.get("/v1/acts/chain", headers=AUDITOR).json()
    assert (told["agrees"], told["findings"]) == (True, [])
    noted = {"anchor": f"{told['number']}:{told['hash']}"}
    client.get("/v1/acts", headers=AUDITOR)
    assert client.get("/v1/acts/chain", params=noted, headers=AUDITOR).json()["agrees"]
    wrong = {"anchor": f"{told['number']}:{'0' * 64}"}
    found = client.get("/v1/acts/chain", params=wrong, headers=AUDITOR).json()
    assert [each["code"] for each in found["findings"]] == ["AUDIT_ANCHOR"]


def test_a_reason_is_asked_for(client: TestClient) -> None:
    for path in ("/v1/acts", "/v1/acts/chain"):
        answer = client.get(path, headers=caller(Role.AUDITOR))
        assert problem(answer, 422) == ["NO_REASON"]
        assert client.get(path, headers=caller(Role.ADMIN)).status_code == 403
