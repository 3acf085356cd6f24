"""Each operation of the description is a method, asks as described, and reads the answer."""

from __future__ import annotations

import inspect
import json
from datetime import date
from typing import Any, get_type_hints

import httpx2
import pytest
from pydantic import BaseModel

from api.access.operations import POLICY
from api.client import Client, Versioned
from tests.api.client.reading import read
from tests.api.client.writer import FOLDER, description, written

DESCRIBED = description()
CALLS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
}
VERSION = 7


def test_the_client_is_as_it_would_be_written_now() -> None:
    """After a change of an operation: ``make client``."""
    files = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py")}
    assert files == written(DESCRIBED)


def test_every_operation_is_a_method() -> None:
    service = Client("http://service")
    assert CALLS.keys() == POLICY.keys()
    for name in CALLS:
        group, operation = name.split(".")
        assert callable(getattr(getattr(service, group), operation))
    service.close()


def shown(operation: dict[str, Any]) -> httpx2.Response:
    """The described answer of an operation."""
    status, told = next(
        (status, each) for status, each in operation["responses"].items() if status[0] in "23"
    )
    headers = {"ETag": f'"{VERSION}"', "Location": "https://elsewhere/"}
    for kind, content in told.get("content", {}).items():
        example = content.get("example", "a file's bytes")
        text = example if isinstance(example, str) else json.dumps(example)
        return httpx2.Response(int(status), headers={**headers, "Content-Type": kind}, text=text)
    return httpx2.Response(int(status), headers=headers)


def arguments(method: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """What a method is called with: the examples of the description."""
    hints = get_type_hints(method)
    values = {
        "version": VERSION, "month": "2026-03", "name": "a.toml",
        "since": "2026-03-01T00:00:00+01:00", **examples_of_path(operation),
    }  # fmt: skip
    options: dict[str, Any] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if name == "body":
            options[name] = body(hints[name], operation["requestBody"]["content"])
        elif hints[name] is date:
            options[name] = date(2026, 3, 4)
        elif parameter.default is inspect.Parameter.empty:
            options[name] = values[name.rstrip("_")]
    return options


def examples_of_path(operation: dict[str, Any]) -> dict[str, Any]:
    """What the parameters of an operation's address look like."""
    return {
        each["name"]: each["example"]
        for each in operation.get("parameters", [])
        if each["in"] == "path"
    }


def body(kind: Any, content: dict[str, Any]) -> BaseModel | bytes:
    """The example of a body, read by the model that the method takes."""
    example = next(each["example"] for each in content.values() if "example" in each)
    if kind is bytes:
        return str(example).encode()
    assert issubclass(kind, BaseModel)
    return read(kind, example)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_operation_is_asked_for_as_described_and_its_answer_read(name: str) -> None:
    method, path, operation = CALLS[name]
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return shown(operation)

    transport = httpx2.MockTransport(answer)
    with httpx2.Client(base_url="http://service", transport=transport) as http:
        group, operation_name = name.split(".")
        call = getattr(getattr(Client(token=lambda: "t-1", http=http), group), operation_name)
        options = arguments(call, operation)
        result = call(**options)
        if inspect.isgenerator(result):
            (result,) = result
    (request,) = asked
    assert request.method == method
    assert request.url.path == path.format_map(examples_of_path(operation))
    assert request.headers["Authorization"] == "Bearer t-1"
    headers = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
    assert ("If-Match" in request.headers) is ("if-match" in headers)
    assert ("Idempotency-Key" in request.headers) is ("idempotency-key" in headers)
    for each in operation.get("parameters", []):
        if each["in"] == "query" and each["required"]:
            assert each["name"] in request.url.params
    if isinstance(result, Versioned):
        assert result.version == VERSION
        result = result.value
    if isinstance(result, BaseModel):
        assert type(result).__name__ in str(get_type_hints(call)["return"])
    if isinstance(options.get("body"), BaseModel):
        sent = options["body"]
        assert read(type(sent), json.loads(request.content)) == sent
