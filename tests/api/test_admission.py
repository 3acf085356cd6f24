"""So many requests at a time, and the others refused at once; whatever becomes of those inside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.server.admission import Admission
from api.server.problems import refusal
from tests.api.server import running

Sent = list[Message]
STREAM = (b"content-type", b"text/event-stream; charset=utf-8")


class App:
    """Answers when it is let go; `headers` are told at once."""

    def __init__(self, *headers: tuple[bytes, bytes], fails: bool = False) -> None:
        self.go, self.begun = asyncio.Event(), 0
        self._headers, self._fails = headers, fails

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.begun += 1
        if self._headers:
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await self.go.wait()
        if self._fails:
            raise RuntimeError
        if not self._headers:
            await send({"type": "http.response.start", "status": 200, "headers": []})


async def asked(admission: Admission, path: str = "/v1/decisions") -> Sent:
    """What is sent to a request."""
    sent: Sent = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    await admission({"type": "http", "method": "GET", "path": path, "headers": []}, receive, send)
    return sent


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(5):
            await test()

    asyncio.run(bounded())


def status(sent: Sent) -> int:
    found: int = sent[0]["status"]
    return found


def test_one_more_than_the_most_is_refused_at_once_and_told_when_to_return() -> None:
    async def test() -> None:
        app = App()
        admission = Admission(app, 2, 2, refusal)
        inside = [asyncio.create_task(asked(admission)) for _ in range(2)]
        await asyncio.sleep(0)
        refused = await asked(admission)
        assert status(refused) == 503
        assert (b"retry-after", b"10") in refused[0]["headers"]
        assert json.loads(refused[1]["body"])["findings"][0]["code"] == "OVERLOADED"
        app.go.set()
        assert [status(await each) for each in inside] == [200, 200]
        assert status(await asked(admission)) == 200

    run(test)


def test_a_probe_is_let_in_whatever_the_load() -> None:
    """An overloaded server that counts as dead is started again, and loses all it works on."""

    async def test() -> None:
        app = App()
        admission = Admission(app, 1, 1, refusal)
        inside = asyncio.create_task(asked(admission))
        probe = asyncio.create_task(asked(admission, "/health/live"))
        await asyncio.sleep(0)
        app.go.set()
        assert status(await probe) == 200
        await inside

    run(test)


def test_a_request_that_fails_gives_its_place_back() -> None:
    async def test() -> None:
        app = App(fails=True)
        app.go.set()
        admission = Admission(app, 1, 1, refusal)
        for _ in range(3):
            with pytest.raises(RuntimeError):
                await asked(admission)

    run(test)


def test_so_many_are_worked_on_at_once_and_the_others_wait() -> None:
    async def test() -> None:
        app = App()
        admission = Admission(app, 3, 1, refusal)
        inside = [asyncio.create_task(asked(admission)) for _ in range(3)]
        await asyncio.sleep(0)
        assert app.begun == 1
        assert status(await asked(admission)) == 503
        app.go.set()
        assert [status(await each) for each in inside] == [200] * 3

    run(test)


def test_they_are_let_in_as_they_came() -> None:
    async def test() -> None:
        came: list[str] = []

        async def app(scope: Scope, _receive: Receive, send: Send) -> None:
            came.append(scope["path"])
            await asyncio.sleep(0)
            await send({"type": "http.response.start", "status": 200, "headers": []})

        admission = Admission(app, 9, 1, refusal)
        paths = [f"/v1/{each}" for each in range(9)]
        await asyncio.gather(*(asked(admission, each) for each in paths))
        assert came == paths

    run(test)


def test_one_that_takes_long_keeps_the_others_waiting_for_a_while_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And gives no place back twice: the others still come one by one."""
    monkeypatch.setattr("api.server.admission.LONG_S", 0)

    async def test() -> None:
        app = App()
        admission = Admission(app, 3, 1, refusal)
        long = asyncio.create_task(asked(admission))
        for _ in range(5):
            await asyncio.sleep(0)
        assert app.begun == 1
        second = asyncio.create_task(asked(admission))
        await asyncio.sleep(0)
        assert app.begun == 2
        monkeypatch.setattr("api.server.admission.LONG_S", 9)
        app.go.set()
        assert [status(await long), status(await second)] == [200, 200]
        app.go.clear()
        later = [asyncio.create_task(asked(admission)) for _ in range(2)]
        await asyncio.sleep(0)
        assert app.begun == 3
        app.go.set()
        assert [status(await each) for each in later] == [200, 200]

    run(test)


def test_a_client_that_leaves_while_it_waits_takes_the_place_of_nobody_else() -> None:
    async def test() -> None:
        app = App()
        admission = Admission(app, 2, 1, refusal)
        first = asyncio.create_task(asked(admission))
        gone = asyncio.create_task(asked(admission))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        app.go.set()
        assert status(await first) == 200
        assert status(await asked(admission)) == 200

    run(test)


@pytest.mark.parametrize(("header", "left"), [(STREAM, 200), ((b"content-type", b"a/b"), 503)])
def test_a_stream_of_events_keeps_nobody_out_once_it_has_begun(
    header: tuple[bytes, bytes], left: int
) -> None:
    """Somebody who looks at a plan for an hour would else take a place for an hour."""

    async def test() -> None:
        app = App(header)
        admission = Admission(app, 1, 1, refusal)
        first = asyncio.create_task(asked(admission))
        await asyncio.sleep(0)
        second = asyncio.create_task(asked(admission))
        await asyncio.sleep(0)
        app.go.set()
        assert status(await second) == left
        await first

    run(test)


def test_the_server_has_the_limit_of_its_settings(tmp_path: Path) -> None:
    with running(tmp_path, most_requests=1, requests_at_once=1) as client:
        assert client.get("/v1/municipality").status_code == 200
        layers = [each for each in client.app.user_middleware if each.cls is Admission]
        assert [(each.kwargs["most"], each.kwargs["at_once"]) for each in layers] == [(1, 1)]


def test_the_servers_own_refusal_says_once_that_nothing_was_saved(tmp_path: Path) -> None:
    """Every request is one too many, so the server's own words are heard."""
    with running(tmp_path, most_requests=0) as client:
        refused = client.put("/v1/municipality", json={}), client.get("/v1/municipality")
    assert [each.status_code for each in refused] == [503, 503]
    assert [each.json()["detail"].count("Ingenting har sparats.") for each in refused] == [1, 0]


def test_every_operation_says_that_it_may_be_refused_for_want_of_room(tmp_path: Path) -> None:
    """A client that is made of the description must know the answer."""
    with running(tmp_path) as client:
        described = client.get("/openapi.json").json()["paths"]
    for path, operations in described.items():
        for operation in operations.values():
            wanted = {"503"} if operation["security"] == [] else {"503", "507"}
            assert wanted <= operation["responses"].keys(), path
