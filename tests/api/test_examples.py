"""Every operation shows a request and each of its answers, as its schemas say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from api.documents.plan_schemas import MetadataSchema
from api.documents.schema_faults import FROM_DOCUMENT
from api.server.app import create_app
from api.server.openapi_access import operations
from api.server.settings import Settings
from api.store.address import database_address


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("examples")
    app = create_app(
        Settings(), database_address({"DATABASE_URL": f"sqlite:///{folder / 'test.db'}"})
    )
    made: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    app.state.services.store.close()
    return made


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    """The request's and each answer's contents by media type."""
    if "requestBody" in operation:
        yield "request", operation["requestBody"]["content"]
    for status, told in operation["responses"].items():
        if "content" in told:
            yield status, told["content"]


def faults(described: dict[str, Any], schema: dict[str, Any], example: Any) -> list[str]:
    """What `schema` has against `example`."""
    whole = {**schema, "components": described["components"]}
    found = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(example)
    return [f"{each.json_path}: {each.message[:200]}" for each in found]


def is_file(content: dict[str, Any]) -> bool:
    """Whether a content is bytes."""
    return content.get("schema", {}).get("format") == "binary"


def test_every_request_and_every_answer_has_an_example(described: dict[str, Any]) -> None:
    for operation in operations(described):
        assert any(status[0] in "23" for status in operation["responses"])
        for place, kinds in contents(operation):
            shown = any("example" in each for each in kinds.values())
            # A workbook or a picture is no text that a description could show.
            assert shown or all(is_file(each) for each in kinds.values()), (
                operation["operationId"], place,
            )  # fmt: skip


def test_every_example_is_as_its_schema_says(described: dict[str, Any]) -> None:
    wrong = [
        (operation["operationId"], place, kind, found)
        for operation in operations(described)
        for place, kinds in contents(operation)
        for kind, told in kinds.items()
        if "example" in told and "schema" in told
        for found in faults(described, told["schema"], told["example"])
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_an_example_with_a_wrong_field_would_be_found(described: dict[str, Any]) -> None:
    """References are followed, so the test above does look."""
    schema = {"$ref": "#/components/schemas/CapacityRequestSchema"}
    assert faults(described, schema, {"validFrom": "2026-03-04", "minutes": "many"})


def test_every_parameter_of_an_address_has_an_example(described: dict[str, Any]) -> None:
    for operation in operations(described):
        for each in operation.get("parameters", []):
            if each["in"] == "path":
                assert not faults(described, each["schema"], each["example"]), each["name"]


def test_a_refusal_is_shown_with_its_status(described: dict[str, Any]) -> None:
    for operation in operations(described):
        for status, told in operation["responses"].items():
            for kind, content in told.get("content", {}).items():
                if kind == "application/problem+json":
                    assert content["example"]["status"] == int(status)


def test_an_event_is_shown_as_it_is_told(described: dict[str, Any]) -> None:
    path = described["paths"]["/v1/day-plans/{plan_id}/events"]
    told = path["get"]["responses"]["200"]["content"]["text/event-stream"]
    event, data, *rest = told["example"].split("\n")
    assert (event, rest) == ("event: metadata", ["", ""])
    MetadataSchema.model_validate_json(data.removeprefix("data: "), context=FROM_DOCUMENT)
    assert not faults(
        described, told["itemSchema"], {"event": "metadata", "data": data.removeprefix("data: ")}
    )
