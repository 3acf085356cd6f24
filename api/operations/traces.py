"""
Traces by OpenTelemetry, for those who install ``hemplan[telemetry]`` and set its own ``OTEL_...``.

A span is one request: the name of its operation, its method, status and id; nothing of its address
or content. Without the packages, or without ``OTEL_TRACES_EXPORTER`` or an ``..._ENDPOINT``,
nothing is traced and nothing is loaded.

Source: OpenTelemetry, Environment Variable Specification; HTTP semantic conventions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from api.operations.requests import Seen, Teller
from scheduler.care.errors import Finding, InvalidInput

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_SERVICE = "hemplan"
_FAILED = 500
_NS = 1_000_000_000


def wanted(environment: Mapping[str, str]) -> str | None:
    """The exporter that `environment` asks for, e.g. ``otlp``; None for none."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    named = environment.get("OTEL_TRACES_EXPORTER")
    if named is not None:
        return named if named not in ("", "none") else None
    return "otlp" if any(environment.get(name) for name in _ENDPOINTS) else None


def tracing(environment: Mapping[str, str]) -> tuple[Teller, Callable[[], None]] | None:
    """
    What traces each request, and what ends it by sending the rest; None when nothing is to be.

    Raises
    ------
    InvalidInput
        When traces are asked for and the packages, or the exporter named, are not installed.
    """
    exporter = wanted(environment)
    if exporter is None:
        return None
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise InvalidInput(_missing("opentelemetry-sdk")) from None
    name = "otlp_proto_http" if exporter == "otlp" else exporter
    found = entry_points(group="opentelemetry_traces_exporter", name=name)
    if not found:
        raise InvalidInput(_missing(f"an exporter named {name}"))
    service = environment.get("OTEL_SERVICE_NAME") or _SERVICE
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(next(iter(found)).load()()))
    return teller(provider), provider.shutdown


def teller(provider: TracerProvider) -> Teller:
    """Makes a span of each request by `provider`."""
    from opentelemetry.trace import SpanKind, Status, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    tracer = provider.get_tracer(_SERVICE)

    def tell(seen: Seen) -> None:
        ended = time.time_ns()
        span = tracer.start_span(
            seen.operation,
            context=TraceContextTextMapPropagator().extract({"traceparent": seen.trace}),
            kind=SpanKind.SERVER,
            start_time=ended - round(seen.seconds * _NS),
            attributes={
                "http.request.method": seen.method,
                "http.response.status_code": seen.status,
                "hemplan.request": seen.request,
            },
        )
        if seen.status >= _FAILED:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    return tell


def _missing(what: str) -> Finding:
    return Finding(
        "NO_TELEMETRY",
        "OTEL_TRACES_EXPORTER",
        f"{what}, as hemplan[telemetry] installs it",
        "none",
        "Installera hemplan[telemetry], eller ta bort variablerna OTEL_.",
    )
