"""The log: JSON lines with listed fields, whatever is put into them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest
import structlog

from api.operations.logs import FIELDS, configure, log

SECRET = "Agda Andersson 19121212-1212"  # noqa: S105 - a person's


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    made = io.StringIO()
    configure(stream=made)
    yield made
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_tells_what_when_and_how_bad(stream: io.StringIO) -> None:
    log("api").warning("slow", request="r-1", status=200, duration_ms=12)
    (line,) = lines(stream)
    at = datetime.fromisoformat(str(line.pop("at")))
    assert at.utcoffset() is not None
    assert line == {
        "level": "warning", "event": "slow", "logger": "hemplan.api", "request": "r-1",
        "status": 200, "duration_ms": 12,
    }  # fmt: skip


def test_fields_that_are_not_listed_are_left_out(stream: io.StringIO) -> None:
    log("api").info("request", path=f"/v1/{SECRET}", body=SECRET, query=SECRET, recipient=SECRET)
    assert SECRET not in stream.getvalue()
    assert lines(stream)[0].keys() <= set(FIELDS)


def raise_it() -> None:
    raise ValueError(SECRET)


def test_an_exception_is_told_by_kind_and_place(stream: io.StringIO) -> None:
    """Its words may quote the row, the file or the request that it is about."""
    for tell in (log("api").exception, logging.getLogger("uvicorn.error").exception):
        try:
            raise_it()
        except ValueError:
            tell("failed")
    told = lines(stream)
    assert [(line["error"], str(line["place"])[:13]) for line in told] == [
        ("ValueError", "test_logs.py:")
    ] * 2
    assert "Agda" not in stream.getvalue()


def test_arguments_of_other_libraries_are_left_out(stream: io.StringIO) -> None:
    logging.getLogger("multipart").warning("Skipping %s", SECRET)
    logging.getLogger("uvicorn.access").info("GET %s", SECRET)
    logging.getLogger("hemplan.jobs").error("ended by %s", "OSError")
    assert [line["event"] for line in lines(stream)] == ["Skipping %s", "ended by OSError"]


def test_a_line_is_one_line(stream: io.StringIO) -> None:
    """A message with a line break must not look like two."""
    log("api").info("first\nsecond", code="a\nb")
    assert len(stream.getvalue().splitlines()) == 1
