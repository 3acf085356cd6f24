"""The web framework tells nothing of requests by itself, whatever the environment asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.api import solvers
from tests.api.server import running


def test_the_framework_traces_nothing_behind_our_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its spans tell addresses and the words of errors; ours tell neither."""
    told = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(told))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    with running(tmp_path, solvers.wait) as client:
        assert client.get("/v1/decisions/b-1").status_code == 404
    assert told.get_finished_spans() == ()


def test_exporters_of_the_environment_are_not_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the framework's own setting they would be loaded as the server starts."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    asked: list[str] = []
    monkeypatch.setattr(
        "fastapi.telemetry._runtime._export_endpoint", lambda signal: asked.append(signal)
    )
    with running(tmp_path, solvers.wait) as client:
        assert client.get("/health/live").status_code == 200
    assert asked == []
