"""
A patch of a planning document: JSON Patch (RFC 6902), where a list may be entered by id.

``/modelInput/visits/[id=v-1]/serviceDuration`` means the visit with that id, wherever it stands: a
position may have changed since it was read. Operations apply in order; all of them or none.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from jsonpatch import JsonPatch, JsonPatchException
from jsonpointer import JsonPointer, JsonPointerException, escape, unescape
from pydantic import Field

from api.documents.planning import PlanningDocument, document_of
from api.documents.schema_faults import validate
from api.documents.schema_types import Schema
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import Finding, InvalidInput

Pointer = Annotated[str, Field(pattern=r"^(/.*)?$", max_length=1000)]
_BY_ID = re.compile(r"\[id=(.+)\]")


class OperationSchema(Schema):
    """One change; ``path`` and ``from`` as RFC 6901, with ``[id=…]`` as a step into a list."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: Pointer
    value: Any = None
    source: Annotated[Pointer | None, Field(alias="from")] = None


class PatchSchema(Schema):
    """Changes of a planning document, in order."""

    patch: Annotated[list[OperationSchema], Field(min_length=1, max_length=10_000)]


def patched_document(
    original: bytes, content: bytes, *, max_bytes: int = MAX_BYTES
) -> PlanningDocument:
    """
    The planning document `original` after the patch in `content`.

    Raises
    ------
    TooLarge
        When the patch, or what it makes, is larger than `max_bytes`.
    InvalidInput
        With every fault of the patch's form; PATCH for the first operation that does not fit;
        else every fault of the document that it makes.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    request, faults = validate(PatchSchema, value)
    if request is None or findings:
        raise InvalidInput([*findings, *faults])
    document = json.loads(original)
    for number, operation in enumerate(request.patch):
        try:
            document = _applied(document, operation)
        except (JsonPatchException, JsonPointerException) as error:
            raise InvalidInput(_does_not_fit(number, error)) from None
    made, findings = parse_json(json.dumps(document).encode(), max_bytes=max_bytes)
    return document_of(made, findings)


def _applied(document: Any, operation: OperationSchema) -> Any:
    told: dict[str, Any] = {"op": operation.op, "path": _by_position(document, operation.path)}
    if operation.op in {"add", "replace", "test"}:
        told["value"] = operation.value
    if operation.op in {"move", "copy"}:
        told["from"] = _by_position(document, operation.source or "")
    return JsonPatch([told]).apply(document, in_place=True)


def _by_position(document: Any, path: str) -> str:
    """`path` with the position instead of each ``[id=…]``."""
    steps: list[str] = []
    here = document
    for step in path.split("/")[1:]:
        named = _BY_ID.fullmatch(unescape(step))
        if named and isinstance(here, list):
            found = [
                position
                for position, item in enumerate(here)
                if isinstance(item, dict) and item.get("id") == named.group(1)
            ]
            if not found:
                raise JsonPointerException("nothing with that id")
            step = str(found[0])
        steps.append(step)
        here = JsonPointer(f"/{step}").resolve(here, None)
    return "".join(f"/{escape(unescape(step))}" for step in steps)


def _does_not_fit(number: int, error: Exception) -> Finding:
    return Finding(
        "PATCH",
        f"patch[{number}]",
        "a change of something that the document has",
        # The library's words may repeat values.
        type(error).__name__,
        "Läs om underlaget (GET …/input) och gör ändringen på det. Ingenting är ändrat.",
    )
