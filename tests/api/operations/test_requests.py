"""Requests: each has an id and is told by its operation, never by its address."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from api.operations.metrics import Metrics
from api.operations.requests import HEADER, NO_ROUTE, Seen, Watched
from api.operations.traces import teller, tracing, wanted
from scheduler.care.errors import InvalidInput

SENT = "0b8f3c1e-1111-4222-8333-444455556666"


@pytest.fixture
def seen() -> list[Seen]:
    return []


@pytest.fixture
def client(seen: list[Seen]) -> Iterator[TestClient]:
    app = FastAPI()

    @app.get("/people/{person}")
    async def read_person(person: str) -> str:
        if person == "broken":
            raise RuntimeError
        return person

    def fails(_seen: Seen) -> None:
        raise OSError

    ticks = iter(range(1000))
    watched = Watched(app, [fails, seen.append], clock=lambda: float(next(ticks)))
    with TestClient(watched, raise_server_exceptions=False) as made:
        yield made


def test_a_request_is_told_by_its_operation(client: TestClient, seen: list[Seen]) -> None:
    for path in ("/people/agda", "/people/berta?q=secret", "/nowhere/agda"):
        client.get(path)
    operations = [each.operation for each in seen]
    assert operations[0] == operations[1]
    assert "read_person" in operations[0]
    assert operations[2] == NO_ROUTE
    assert [(each.status, each.seconds) for each in seen] == [(200, 1.0), (200, 1.0), (404, 1.0)]
    assert not [each for each in seen if "agda" in str(each) or "secret" in str(each)]


def test_a_crash_is_told_as_500(client: TestClient, seen: list[Seen]) -> None:
    client.get("/people/broken")
    assert seen[0].status == 500


def test_the_answer_carries_the_id_that_was_told(client: TestClient, seen: list[Seen]) -> None:
    made = client.get("/people/a").headers[HEADER]
    assert str(UUID(made)) == made == seen[0].request
    assert client.get("/people/a", headers={HEADER: SENT}).headers[HEADER] == SENT
    assert client.get("/nowhere", headers={HEADER: SENT}).headers[HEADER] == SENT


@pytest.mark.parametrize("sent", ["19121212-1212", "agda", SENT.upper(), f"{SENT}\t", ""])
def test_only_a_uuid_is_taken_over(client: TestClient, seen: list[Seen], sent: str) -> None:
    """Anything else would be a way to put words into the log."""
    assert client.get("/people/a", headers={HEADER: sent}).headers[HEADER] != sent
    assert seen[0].request != sent


def test_a_method_of_the_clients_own_is_not_a_label(client: TestClient, seen: list[Seen]) -> None:
    client.request("AGDA", "/people/a")
    assert seen[0].method == "OTHER"


def test_a_span_tells_operation_status_and_id_and_nothing_else(
    client: TestClient, seen: list[Seen]
) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    client.get("/people/agda", headers={"traceparent": parent})
    client.get("/people/broken", headers={"traceparent": "agda"})
    for each in seen:
        teller(provider)(each)
    first, second = exporter.get_finished_spans()
    assert first.name == seen[0].operation
    assert dict(first.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "hemplan.request": seen[0].request,
    }
    assert first.parent is not None
    assert f"{first.parent.trace_id:032x}" == parent.split("-")[1]
    assert second.parent is None
    assert not second.status.is_ok
    provider.shutdown()


def test_traces_are_off_until_the_environment_asks_for_them() -> None:
    assert tracing({}) is None
    assert wanted({"OTEL_TRACES_EXPORTER": "none"}) is None
    assert wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}) == "otlp"
    assert wanted({"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"}) is None
    with pytest.raises(InvalidInput, match="NO_TELEMETRY"):
        tracing({"OTEL_TRACES_EXPORTER": "nobody-has-this"})
    made = tracing({"OTEL_TRACES_EXPORTER": "console", "OTEL_BSP_SCHEDULE_DELAY": "60000"})
    assert made is not None


def test_metrics_count_by_operation_and_status(client: TestClient, seen: list[Seen]) -> None:
    metrics = Metrics()
    for path in ("/people/agda", "/people/berta", "/nowhere"):
        client.get(path)
    for each in seen:
        metrics.tell_request(each)
    told = generate_latest(metrics.registry).decode()
    operation = seen[0].operation
    counted = f'hemplan_requests_total{{operation="{operation}",status="200"}} 2.0'
    assert counted in told
    assert f'hemplan_request_seconds_count{{operation="{operation}"}} 2.0' in told
    assert "agda" not in told
