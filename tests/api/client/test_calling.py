"""How a request is sent again, and how a refusal is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import pytest

from api.access.refusals import TooMany
from api.client import Client, TookTooLong, Unexpected
from api.documents.cases import CasesSchema
from api.documents.purses import InterruptionSchema
from api.refusals import Away, Busy, Unsure
from api.server import examples, store_examples
from api.server.problems import REFUSALS, problem
from scheduler.care.errors import CareError, Finding, NotFound
from tests.api.client.reading import read

FINDINGS = [
    Finding("ONE", "a", "this", "that", "Gör så."),
    Finding("TWO", "b", "x", "y", "Gör om."),
]
BROKEN = httpx2.ConnectError("refused")
BUSY = httpx2.Response(503, headers={"Retry-After": "7"})
HELD = httpx2.Response(200, json=store_examples.DECISION_VIEW, headers={"ETag": '"3"'})
REGISTERED = httpx2.Response(201, json=store_examples.REGISTERED)

CASES = read(CasesSchema, store_examples.DECISIONS)
AWAY = read(InterruptionSchema, store_examples.INTERRUPTION)

Answer = httpx2.Response | Exception


class Wire:
    """A service that answers one after the other, and what it was asked and how long was waited."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []
        self.waited: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @contextmanager
    def client(self, **more: object) -> Iterator[Client]:
        transport = httpx2.MockTransport(self)
        with httpx2.Client(base_url="http://service", transport=transport) as http:
            yield Client(http=http, sleep=self.waited.append, **more)  # type: ignore[arg-type]


def refused(error: CareError, method: str = "PUT") -> httpx2.Response:
    """The answer with which the service refuses."""
    made = problem(error, method)
    return httpx2.Response(made.status_code, headers=dict(made.headers), content=made.body)


# ---------------------------------------------------------------- again


@pytest.mark.parametrize("trouble", [BROKEN, BUSY])
def test_a_reading_is_tried_again(trouble: Answer) -> None:
    wire = Wire(trouble, HELD)
    with wire.client() as service:
        assert service.decisions.decision("b-1").version == 3
    assert wire.waited == [1 if trouble is BROKEN else 7]


def test_a_change_whose_answer_was_lost_is_not_sent_again() -> None:
    """It may have been made; whoever sent it has to look."""
    wire = Wire(BROKEN, HELD)
    with wire.client() as service, pytest.raises(Unexpected) as told:
        service.decisions.interrupt("b-1", AWAY, version=3)
    assert (told.value.status, len(wire.asked)) == (0, 1)
    assert "läs om" in told.value.findings[0].action


def test_a_change_with_a_key_is_sent_again_under_the_same_key() -> None:
    wire = Wire(BROKEN, REGISTERED)
    with wire.client() as service:
        service.decisions.register(CASES)
    first, second = (each.headers["Idempotency-Key"] for each in wire.asked)
    assert first == second


def test_a_key_of_ones_own_is_sent_and_each_request_has_another() -> None:
    wire = Wire(*[REGISTERED] * 3)
    with wire.client() as service:
        for key in ("march", None, None):
            service.decisions.register(CASES, key=key)
    keys = [each.headers["Idempotency-Key"] for each in wire.asked]
    assert keys[0] == "march"
    assert len(set(keys)) == 3


CHANGED = httpx2.Response(200, json=store_examples.DECISION_REVISION, headers={"ETag": '"4"'})


@pytest.mark.parametrize("busy", [Busy(FINDINGS), Away(FINDINGS), TooMany(1)])
def test_a_change_that_the_service_had_no_room_for_is_sent_again(busy: CareError) -> None:
    wire = Wire(refused(busy), CHANGED)
    with wire.client() as service:
        assert service.decisions.interrupt("b-1", AWAY, version=3).version == 4


@pytest.mark.parametrize(
    ("answer", "kind"), [(BUSY, Unexpected), (refused(Unsure(FINDINGS)), Unsure)]
)
def test_a_change_that_may_have_been_kept_is_not_sent_again(
    answer: httpx2.Response, kind: type[Exception]
) -> None:
    """The answer to its commit was lost, or something before the service was busy."""
    wire = Wire(answer, CHANGED)
    with wire.client() as service, pytest.raises(kind):
        service.decisions.interrupt("b-1", AWAY, version=3)
    assert len(wire.asked) == 1


def test_who_is_busy_for_long_is_not_waited_for() -> None:
    wire = Wire(httpx2.Response(503, headers={"Retry-After": "3600"}))
    with wire.client() as service, pytest.raises(Unexpected):
        service.decisions.decision("b-1")
    assert wire.waited == []


def test_after_the_last_attempt_it_is_told_why() -> None:
    wire = Wire(*[refused(Busy(FINDINGS))] * 3)
    with wire.client() as service, pytest.raises(Busy) as told:
        service.decisions.decision("b-1")
    assert told.value.findings == tuple(FINDINGS)
    assert len(wire.waited) == 2


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize("kind", [each for each in REFUSALS if each is not TooMany])
def test_a_refusal_is_the_exception_that_it_was(kind: Callable[..., CareError]) -> None:
    """With every fault; the detail, as a person would be told, is a note on it."""
    wire = Wire(refused(kind(FINDINGS)))
    with wire.client(attempts=1) as service, pytest.raises(CareError) as told:
        service.municipalities.municipality()
    assert type(told.value) is kind
    assert told.value.findings == tuple(FINDINGS)
    assert "2 fel." in told.value.__notes__[0]


def test_too_many_tells_how_long_to_wait() -> None:
    wire = Wire(refused(TooMany(9)))
    with wire.client(attempts=1) as service, pytest.raises(TooMany) as told:
        service.municipalities.municipality()
    assert told.value.retry_after_s == 9


@pytest.mark.parametrize("content", [b"", b"<html>", b"{}", b'{"type": "about:blank"}'])
@pytest.mark.parametrize("kind", ["text/html", "application/problem+json"])
def test_what_is_no_refusal_of_the_service_is_told_with_its_status(
    content: bytes, kind: str
) -> None:
    """A proxy's page, or another program on the port."""
    answer = httpx2.Response(502, headers={"Content-Type": kind}, content=content)
    with Wire(answer).client() as service, pytest.raises(Unexpected) as told:
        service.municipalities.municipality()
    assert told.value.status == 502


def test_a_field_of_a_newer_service_is_left_out() -> None:
    newer = {**store_examples.MUNICIPALITY, "anthem": "Ja, må den leva"}
    with Wire(httpx2.Response(200, json=newer)).client() as service:
        told = service.municipalities.municipality()
    assert told.model_dump(mode="json", by_alias=True) == store_examples.MUNICIPALITY


def test_an_id_is_written_as_one_part_of_an_address() -> None:
    wire = Wire(refused(NotFound(FINDINGS), "GET"))
    with wire.client() as service, pytest.raises(NotFound):
        service.decisions.decision("a/../b ?å")
    assert wire.asked[0].url.raw_path == b"/v1/decisions/a%2F..%2Fb%20%3F%C3%A5"


# ---------------------------------------------------------------- several requests


def test_pages_are_followed_to_the_last() -> None:
    page = store_examples.DECISION_PAGE
    (held,) = page["decisions"]
    wire = Wire(
        httpx2.Response(200, json={"decisions": [held], "next": "b-1"}),
        httpx2.Response(200, json={"decisions": [held]}),
    )
    with wire.client() as service:
        assert len(list(service.every_decision(page=1))) == 2
    assert [dict(each.url.params) for each in wire.asked] == [
        {"limit": "1"}, {"after": "b-1", "limit": "1"},
    ]  # fmt: skip


def stream(*told: dict[str, object]) -> httpx2.Response:
    """Progress events."""
    text = "".join(f"event: metadata\ndata: {json.dumps(each)}\n\n: still\n\n" for each in told)
    return httpx2.Response(200, headers={"Content-Type": "text/event-stream"}, text=text)


ACTIVE = {**examples.COMPLETED, "status": "SOLVING_ACTIVE", "objective": 9}


def test_a_solve_is_waited_for_with_its_progress_and_a_broken_stream_begun_anew() -> None:
    wire = Wire(stream(ACTIVE), BROKEN, stream(ACTIVE, examples.COMPLETED))
    seen = []
    with wire.client() as service:
        final = service.wait("p-1", progress=lambda told: seen.append(told.status))
    assert final.status == "SOLVING_COMPLETED"
    assert [str(each) for each in seen] == ["SOLVING_ACTIVE", "SOLVING_COMPLETED"]


def test_a_solve_that_takes_too_long_is_left() -> None:
    with Wire(stream(ACTIVE)).client() as service, pytest.raises(TookTooLong):
        service.wait("p-1", timeout_s=-1)


def test_a_solve_that_is_not_there_is_told() -> None:
    with Wire(refused(NotFound(FINDINGS), "GET")).client() as service, pytest.raises(NotFound):
        service.wait("p-0")


def test_a_municipality_is_waited_for() -> None:
    made = store_examples.MUNICIPALITY_PLAN
    wire = Wire(
        httpx2.Response(200, json={**made, "final": False}),
        httpx2.Response(200, json={**made, "final": True}),
    )
    with wire.client() as service:
        assert service.wait_for_municipality("batch").final
