"""The outermost layer: it counts a body as it comes and lets no fault out as it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.server.problems import MAX_FINDINGS, NOTHING_SAVED, REFUSALS, Guard, install, problem
from scheduler.care.errors import CareError, Finding, InvalidInput, NotFound, NotInForce

LIMIT = 100
SCOPE: Scope = {"type": "http", "method": "POST", "path": "/", "headers": []}


def answer(
    chunks: Iterator[bytes], headers: list[tuple[bytes, bytes]] | None = None
) -> tuple[int, bytes | None]:
    """Status that the guard answers `chunks` with, and the body that passed it."""
    passed: list[bytes] = []
    sent: list[Message] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        passed.append(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        body = next(chunks, None)
        return {"type": "http.request", "body": body or b"", "more_body": body is not None}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {**SCOPE, "headers": headers or []}
    asyncio.run(Guard(app, LIMIT)(scope, receive, send))
    return sent[0]["status"], passed[0] if passed else None


def test_a_body_of_exactly_the_limit_passes_whole() -> None:
    assert answer(iter([b"a" * 40, b"b" * 60])) == (200, b"a" * 40 + b"b" * 60)


def test_a_body_above_the_limit_is_read_no_further() -> None:
    """A sender that never ends must not fill the memory."""
    left = iter([b"a" * 60] * 1000)
    assert answer(left) == (413, None)
    assert len(list(left)) == 998


def test_a_claimed_length_above_the_limit_is_refused_unread() -> None:
    left = iter([b"a"] * 10)
    assert answer(left, [(b"content-length", b"101")]) == (413, None)
    assert len(list(left)) == 10


@pytest.mark.parametrize(
    ("kind", "status"), [(InvalidInput, 422), (NotInForce, 422), (NotFound, 404)]
)
def test_each_kind_of_refusal_has_its_status(kind: type[CareError], status: int) -> None:
    made = problem(kind(Finding("CODE", "where", "this", "that", "Gör så.")), "PUT")
    assert made.status_code == status
    assert made.media_type == "application/problem+json"


def test_every_kind_of_refusal_has_an_answer() -> None:
    """A new kind without a status would end as a crash."""
    assert set(CareError.__subclasses__()) <= set(REFUSALS)


def test_a_very_bad_body_is_answered_with_a_bounded_list_and_the_whole_count() -> None:
    finding = Finding("CODE", "where", "this", "that", "Gör så.")
    body = json.loads(problem(InvalidInput([finding] * 5000), "POST").body)
    assert len(body["findings"]) == MAX_FINDINGS
    assert body["detail"].startswith("5000 fel")


def detail(method: str, count: int = 1) -> str:
    """The detail of a refusal with so many findings."""
    made = problem(NotFound([Finding("CODE", "where", "this", "that", "Gör så.")] * count), method)
    return str(json.loads(made.body)["detail"])


def test_a_refused_reading_says_nothing_of_saving() -> None:
    """Whoever only looked would wonder what it was that was not saved."""
    assert [detail(method) for method in ("GET", "HEAD")] == ["Gör så."] * 2
    assert detail("GET", 2) == "2 fel."


def test_a_refused_change_says_what_to_do_and_that_nothing_was_saved() -> None:
    assert detail("PUT") == f"Gör så. {NOTHING_SAVED}"
    assert detail("DELETE", 2) == f"2 fel. {NOTHING_SAVED}"


def crashed(method: str) -> str:
    """What is told of a request in which something unexpected happened."""
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guard(app, LIMIT)({**SCOPE, "method": method}, receive, send))
    assert sent[0]["status"] == 500
    return str(json.loads(sent[1]["body"])["detail"])


def test_a_crash_does_not_promise_that_nothing_was_saved() -> None:
    """The fault may come after the change was kept, while its answer is written."""
    assert "Se efter vad som har sparats" in crashed("POST")
    assert "sparats" not in crashed("GET")


def test_a_missing_parameter_is_asked_for_and_a_wrong_one_is_to_be_mended() -> None:
    app = FastAPI()
    install(app, [])

    @app.get("/")
    def sized(size: int, day: int) -> None:
        """Anything with two parameters."""

    findings = TestClient(app).get("/?size=large").json()["findings"]
    assert [(each["where"], each["found"], each["action"]) for each in findings] == [
        ("query.size", "a text of 5 characters", "Rätta adressens size."),
        ("query.day", "none", "Lägg till adressens day."),
    ]
