"""What the OpenAPI description says of access: how to be known, who may do what, and refusals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.access.gate import SESSION_COOKIE
from api.access.policy import Rule
from api.server.openapi_refusals import told_as_problem

SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "Changes carry the session's csrfToken in the header X-CSRF-Token.",
    },
}
REFUSALS = {"401": "Not signed in", "403": "No role that may do this"}
TOO_MANY = {"429": "Too many requests", "503": "Too much to do, or the database does not answer"}
NO_ROOM = {"507": "The database's disk is full"}


def describe_access(schema: dict[str, Any], policy: Mapping[str, Rule]) -> None:
    """Add to every operation of `schema` who may do it, and how it is refused."""
    schema.setdefault("components", {})["securitySchemes"] = SCHEMES
    for operation in operations(schema):
        rule = policy.get(operation["operationId"], Rule())
        refusals = TOO_MANY
        if rule.public:
            operation["security"] = []
        else:
            operation["security"] = [{name: []} for name in SCHEMES]
            operation["x-roles"] = {role.value: scope.value for role, scope in rule.scopes.items()}
            refusals = REFUSALS | TOO_MANY | NO_ROOM
        for status, description in refusals.items():
            operation["responses"].setdefault(status, told_as_problem(description))


def operations(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of a description."""
    for path in schema["paths"].values():
        yield from path.values()
