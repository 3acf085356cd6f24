"""
Refusals that follow from an operation's form, told of every operation in one place.

Whoever takes a body may find it too large, whoever names something that it is not there, whoever
changes something that it has another version; no route has to remember that. What the framework
says of faults of parameters is put right: they are problem details here, as every refusal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from api.access.refusals import TooMany
from api.documents.schema_faults import MAX_ID
from api.server.problems import MEDIA_TYPE, REFUSALS, ProblemSchema, problem
from scheduler.care.errors import Finding

SCHEMA = {"$ref": f"#/components/schemas/{ProblemSchema.__name__}"}
NOT_FOUND = {"404": "Nothing that the caller may see is called so"}
BODY = {"413": "Too large", "422": "Faults of the body or a parameter"}
PARAMETERS = {"422": "Faults of a parameter"}
VERSIONED = {"412": "Another version holds", "428": "No If-Match"}
BUSY = {"503": "Busy; try again"}
OF_FRAMEWORK = ("HTTPValidationError", "ValidationError")
ETAG = {
    "ETag": {
        "description": "The version that the next change must name.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
# What tells a version without changing what has one.
TELLING = {
    "decisions.decision", "orders.choices", "own_orders.order", "performed_visits.delivery",
    "performed_visits.visit_history", "persons.find", "persons.person",
    "plan_revisions.revisions", "rate_documents.document",
    "settlements.settle", "settlements.settlement", "unit_days.roster",
}  # fmt: skip
# What the parameters of addresses look like.
EXAMPLES = {
    "batch": "5c1d0f0a-3f57-4e0e-9d5e-0a1f6f2f7b11", "carer": "anna", "day": "2026-03-04",
    "decision_id": "b-1", "format": "SIE", "key": "march", "kind": "books", "month": "2026-03",
    "name": "2026-03.si", "number": 1, "other_id": "9d0c2f4e-6a8b-4b7e-8a55-5f1f7c3e2d10",
    "plan_id": "3f1b8a52-7c4d-4f6e-9b1a-2d3e4f5a6b7c", "provider": "p-1", "recipient": "r-1",
    "unit": "centrum", "visit": "v-1",
}  # fmt: skip

_FINDINGS = {
    "401": Finding("TOKEN_EXPIRED", "Authorization", "a token that holds", "one that has expired",
                   "Logga in igen, eller hämta en ny åtkomsttoken."),
    "403": Finding("NOT_ALLOWED", "decisions.register", "a role that may do this", "none",
                   "Be den som ansvarar för behörigheter om rätt roll."),
    "404": Finding("NOT_FOUND", "decisions", "a stored id", "b-0",
                   "Kontrollera id:t: det finns inte, eller så får du inte se det."),
    "409": Finding("KEY_USED", "Idempotency-Key", "the content first sent with the key",
                   "other content", "Skicka det nya innehållet med en ny nyckel."),
    "412": Finding("STALE_VERSION", "decision (b-1)", "version 4", "version 3",
                   "Någon har ändrat sedan du läste. Läs om, och gör ändringen på det som nu "
                   "gäller."),
    "413": Finding("TOO_LARGE", "document", "at most 16777216 bytes", "16777217 bytes",
                   "Dela upp underlaget eller höj gränsen i inställningarna."),
    "422": Finding("WRONG_PARAMETER", "query.day", "a day", "a text of 5 characters",
                   "Rätta adressens day."),
    "428": Finding("VERSION_MISSING", "If-Match", 'the ETag of what is changed, as "3"', "none",
                   "Läs om det som ska ändras och skicka med dess ETag i If-Match."),
    "503": Finding("DATABASE_BUSY", "database", "its turn to write",
                   "others that write for too long", "Försök igen om en stund."),
    "507": Finding("DISK_FULL", "database", "room on the database's disk", "none",
                   "Säg till den som sköter databasen."),
}  # fmt: skip


def describe_refusals(schema: dict[str, Any]) -> None:
    """Add to every operation of `schema` how it refuses, and to every path what it looks like."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            for status, description in _refusals(path, method, operation):
                told = operation["responses"].get(status)
                if told is None or MEDIA_TYPE not in told.get("content", {}):
                    operation["responses"][status] = told_as_problem(description)
            for status, told in operation["responses"].items():
                if MEDIA_TYPE in told.get("content", {}):
                    told["content"][MEDIA_TYPE]["example"] = _example(status, method)
            for each in operation.get("parameters", []):
                if each["in"] == "path":
                    _name(each, schema)
            if _takes(operation, "if-match") or operation["operationId"] in TELLING:
                for status, told in operation["responses"].items():
                    if status.startswith("2"):
                        told.setdefault("headers", {}).update(ETAG)
    for name in OF_FRAMEWORK:
        schema.get("components", {}).get("schemas", {}).pop(name, None)


def told_as_problem(description: str) -> dict[str, Any]:
    """What an operation says of a refusal."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": SCHEMA}}}


def _example(status: str, method: str) -> dict[str, Any]:
    """The first kind of refusal with `status`, with one finding."""
    kind = next(kind for kind, (code, _, _) in REFUSALS.items() if code == int(status))
    made = kind(_FINDINGS[status]) if kind is not TooMany else TooMany(1)
    answer: dict[str, Any] = json.loads(bytes(problem(made, method.upper()).body))
    return answer


def _refusals(path: str, method: str, operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "{" in path:
        yield from NOT_FOUND.items()
    if "requestBody" in operation:
        yield from BODY.items()
    if operation.get("parameters"):
        yield from PARAMETERS.items()
    if _takes(operation, "if-match"):
        yield from VERSIONED.items()
    if method not in ("get", "head") and "503" not in operation["responses"]:
        yield from BUSY.items()


def _takes(operation: dict[str, Any], header: str) -> bool:
    return any(
        each["in"] == "header" and each["name"].lower() == header
        for each in operation.get("parameters", [])
    )


def _name(parameter: dict[str, Any], whole: dict[str, Any]) -> None:
    schema = parameter["schema"]
    if schema == {"type": "string", "title": schema.get("title")}:
        schema |= {"minLength": 1, "maxLength": MAX_ID}
    if parameter["name"] in EXAMPLES:
        parameter.setdefault("example", EXAMPLES[parameter["name"]])
    elif "$ref" in schema:
        codes = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["enum"]
        parameter.setdefault("example", codes[0])
