"""What nothing can be called is refused in one place, before a database or an answer meets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.server.names import is_visible
from tests.api.server import problem, running

DAY = "/v1/units/u/plans/2026-03-04"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("names")
    with running(folder) as made:
        yield made


@pytest.mark.parametrize("name", ["a%00b", "%0D%0A", "%1B", "a" * 101, "%E2%80%AE"])
def test_what_is_no_id_is_answered_as_what_is_not_there(client: TestClient, name: str) -> None:
    answer = client.get(f"{DAY}/published/carers/{name}/calendar")
    assert problem(answer, 404) == ["NOT_FOUND"]
    assert answer.json()["findings"][0]["where"] == "path.carer"


@pytest.mark.parametrize("name", ["anna", "åsa%20b", "%F0%9F%A7%93", "a" * 100])
def test_what_can_be_an_id_is_looked_up(client: TestClient, name: str) -> None:
    answer = client.get(f"{DAY}/published/carers/{name}/calendar")
    assert answer.json()["findings"][0]["where"] != "path.carer"


def test_every_unreadable_text_of_a_query_is_told(client: TestClient) -> None:
    answer = client.get("/v1/orders?decision=a%00&provider=%07&day=2026-03-04")
    assert problem(answer, 422) == ["WRONG_PARAMETER"] * 2
    assert [each["where"] for each in answer.json()["findings"]] == [
        "query.decision", "query.provider",
    ]  # fmt: skip


def test_a_key_that_nobody_can_see_is_refused(client: TestClient) -> None:
    headers = {"Idempotency-Key": b"a\x9bb"}
    answer = client.post("/v1/decisions", content=b"{}", headers=headers)  # type: ignore[arg-type]
    assert problem(answer, 422) == ["WRONG_PARAMETER"]


@pytest.mark.parametrize(("text", "seen"), [("mars\u00a02026.csv", True), ("\t", False),
                                            ("\ud800", False), ("", True)])  # fmt: skip
def test_spaces_are_seen_and_control_characters_are_not(text: str, seen: bool) -> None:
    assert is_visible(text) is seen


def test_a_refused_method_is_told_every_method_of_the_address(client: TestClient) -> None:
    """RFC 9110: the framework names those of the first route that fits only."""
    answer = client.patch("/v1/decisions/b-1")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, PUT"


def test_a_demo_day_leaves_room_for_the_days_after_it(client: TestClient) -> None:
    assert problem(client.get("/v1/demo-data?day=2199-01-01"), 422) == ["WRONG_PARAMETER"]
    assert client.get("/v1/demo-data?day=2198-12-31").status_code == 200
