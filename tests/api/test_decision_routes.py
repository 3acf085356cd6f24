"""Decisions over HTTP: all or none, one effect per request, and no change of what is not seen."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.server import store_examples
from tests.api import solvers
from tests.api.cases import encoded
from tests.api.server import problem, rows, running

DECISION = store_examples.DECISION
BODY = encoded(store_examples.DECISIONS)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with running(tmp_path, solvers.wait) as made:
        made.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
        yield made


def body(*decisions: dict[str, Any]) -> bytes:
    return encoded({"decisions": list(decisions)})


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


def test_a_decision_is_registered_and_comes_back_with_visits_and_purse(client: TestClient) -> None:
    assert client.post("/v1/decisions", content=BODY).json()["decisions"] == 1
    answer = client.get("/v1/decisions/b-1?day=2026-03-04")
    assert answer.headers["etag"] == '"1"'
    view = answer.json()
    assert view["decision"]["lines"][1]["ownDuration"] == "PT35M"
    assert [visit["serviceDuration"] for visit in view["visits"]] == ["PT50M"]
    assert view["purse"]["minutesPerWeek"] == "140"
    assert isinstance(view["purse"]["amountOre"], int)
    assert client.get("/v1/decisions/b-1").json()["day"] == "2026-03-01"


@pytest.mark.parametrize("day", ["2026-02-28", "2026-09-01"])
def test_a_decision_is_refused_outside_its_validity(day: str, client: TestClient) -> None:
    client.post("/v1/decisions", content=BODY)
    answer = client.get(f"/v1/decisions/b-1?day={day}")
    assert problem(answer, 422) == ["DECISION_NOT_IN_FORCE"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"lines": [{**DECISION["lines"][0], "service": "dans"}]}, ["UNKNOWN_SERVICE"]),
        ({"validFrom": "1999-01-01"}, ["BEFORE_FIRST_VALUE"] * 2),
        ({"zone": "town"}, ["UNKNOWN_FIELD"]),
        ({"provider": {"id": "p-1", "kind": "CHARITY"}}, ["UNKNOWN_CODE"]),
        ({"provider": {"id": "p-9", "kind": "OWN"}}, ["UNKNOWN_PROVIDER"]),
        ({"unit": "nowhere"}, ["UNKNOWN_UNIT"]),
        ({"moves": [{"firstDay": "2026-05-01", "zone": "moon"}]}, ["UNKNOWN_ZONE"]),
    ],
)
def test_a_faulty_decision_is_refused_and_nothing_is_stored(
    change: dict[str, Any], codes: list[str], client: TestClient, tmp_path: Path
) -> None:
    before = rows(tmp_path)
    sound, faulty = {**DECISION, "id": "b-0"}, {**DECISION, **change}
    found = problem(client.post("/v1/decisions", content=body(sound, faulty)), 422)
    assert set(found) == set(codes)
    assert rows(tmp_path) == before


def test_an_id_is_registered_once(client: TestClient, tmp_path: Path) -> None:
    assert client.post("/v1/decisions", content=BODY).status_code == 201
    stored = rows(tmp_path)
    other = body({**DECISION, "decidedOn": "2026-02-01"})
    assert problem(client.post("/v1/decisions", content=other), 422) == ["DECISION_EXISTS"]
    assert rows(tmp_path) == stored


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "abc"}], ids=["content", "key"])
def test_the_same_request_is_answered_as_the_first_time(
    headers: dict[str, str], client: TestClient, tmp_path: Path
) -> None:
    """A sender that lost the answer sends again, and must not be told that it failed."""
    first = client.post("/v1/decisions", content=BODY, headers=headers)
    stored = rows(tmp_path)
    again = client.post("/v1/decisions", content=BODY, headers=headers)
    assert (again.status_code, again.content) == (201, first.content)
    if headers:
        other = body({**DECISION, "id": "b-2"})
        answer = client.post("/v1/decisions", content=other, headers=headers)
        assert problem(answer, 409) == ["KEY_USED"]
    assert rows(tmp_path) == stored


def test_many_writers_at_once_lose_nothing(client: TestClient) -> None:
    """SQLite has one writer; the others wait for it rather than fail."""
    writers, each = 8, 5
    start = Barrier(writers)
    statuses: list[int] = []

    def write(number: int) -> None:
        start.wait()
        for turn in range(each):
            content = body({**DECISION, "id": f"b-{number}-{turn}"})
            statuses.append(client.post("/v1/decisions", content=content).status_code)

    threads = [Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * (writers * each)
    page = client.get("/v1/decisions?limit=500").json()
    assert len(page["decisions"]) == writers * each
    assert "next" not in page


def test_pages_show_every_decision_once(client: TestClient) -> None:
    client.post("/v1/decisions", content=body(*({**DECISION, "id": f"b-{n}"} for n in range(7))))
    seen: list[str] = []
    after = ""
    while after is not None:
        page = client.get("/v1/decisions", params={"limit": 3, "after": after}).json()
        seen += [each["decision"]["id"] for each in page["decisions"]]
        after = page.get("next")
    assert seen == [f"b-{n}" for n in range(7)]


def test_a_change_is_a_revision_and_the_old_one_stays(client: TestClient) -> None:
    client.post("/v1/decisions", content=BODY)
    changed = deepcopy(DECISION)
    changed["lines"] = changed["lines"][:1]
    answer = client.put("/v1/decisions/b-1", json=changed, headers=version(1))
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    revisions = client.get("/v1/decisions/b-1/history").json()["revisions"]
    assert [each["event"] for each in revisions] == ["GRANTED", "CHANGED"]
    assert [len(each["decision"]["lines"]) for each in revisions] == [2, 1]


def test_who_has_not_seen_what_holds_changes_nothing(client: TestClient, tmp_path: Path) -> None:
    client.post("/v1/decisions", content=BODY)
    stay = client.post(
        "/v1/decisions/b-1/interruptions", json=store_examples.INTERRUPTION, headers=version(1)
    )
    assert stay.status_code == 200
    stored = rows(tmp_path)
    for method, path, content in (
        ("PUT", "", DECISION),
        ("POST", "/interruptions", store_examples.INTERRUPTION),
        ("POST", "/end", store_examples.END),
    ):
        address = f"/v1/decisions/b-1{path}"
        assert problem(client.request(method, address, json=content), 428) == ["VERSION_MISSING"]
        stale = client.request(method, address, json=content, headers=version(1))
        assert problem(stale, 412) == ["STALE_VERSION"]
        for tag in ("*", 'W/"1"', "1", '"x"', '"' + "9" * 30 + '"'):
            wrong = client.request(method, address, json=content, headers={"If-Match": tag})
            assert problem(wrong, 422) == ["NOT_A_VERSION"]
    assert rows(tmp_path) == stored


def test_nothing_is_visited_during_an_interruption_and_its_kind_is_kept(client: TestClient) -> None:
    client.post("/v1/decisions", content=BODY)
    client.post(
        "/v1/decisions/b-1/interruptions", json=store_examples.INTERRUPTION, headers=version(1)
    )
    assert client.get("/v1/decisions/b-1?day=2026-03-11").json()["visits"] == []
    held = client.get("/v1/decisions/b-1?day=2026-03-15").json()
    assert len(held["visits"]) == 1
    assert held["decision"]["interruptions"] == [store_examples.INTERRUPTION]


def test_an_ended_decision_is_over_and_not_changed_again(client: TestClient) -> None:
    client.post("/v1/decisions", content=BODY)
    ended = client.post("/v1/decisions/b-1/end", json=store_examples.END, headers=version(1))
    assert ended.json()["decision"]["validTo"] == "2026-03-31"
    late = client.get("/v1/decisions/b-1?day=2026-04-01")
    assert problem(late, 422) == ["DECISION_NOT_IN_FORCE"]
    again = client.put("/v1/decisions/b-1", json=DECISION, headers=version(2))
    assert problem(again, 409) == ["DECISION_ENDED"]


def test_a_change_under_another_id_is_refused(client: TestClient) -> None:
    client.post("/v1/decisions", content=BODY)
    other = {**DECISION, "id": "b-2"}
    answer = client.put("/v1/decisions/b-1", json=other, headers=version(1))
    assert problem(answer, 422) == ["ANOTHER_ID"]


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    for method, path in (("GET", ""), ("GET", "/history"), ("PUT", "")):
        answer = client.request(
            method,
            f"/v1/decisions/b-9{path}",
            json=None if method == "GET" else {**DECISION, "id": "b-9"},
            headers=version(1),
        )
        assert problem(answer, 404) == ["NOT_FOUND"]
