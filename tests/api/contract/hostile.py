"""
What no honest sender sends, at every place of every operation: refused in words, and never a crash.

Beside what is made up by the description's own schemas (:mod:`tests.api.contract.run`): bytes that
databases, calendars and parsers are known to stumble over.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from fastapi.testclient import TestClient

from api.access.caller import Role
from api.access.operations import POLICY
from tests.api.access.service import OWN, caller
from tests.api.contract.service import description

# Ends of ranges, other writings of numbers, what is no character, another's syntax.
TEXTS = [
    "\0", "a\0b", "\r\nSet-Cookie: a=b", "\x1b[31m", "\u2028", "å" * 101, "a" * 5000,
    "'; DROP TABLE x", "../../etc/passwd", "%00", "🧓🏽", "0000-01", "0000-12", "9999-12",
    "0001-01-01", "9999-12-31", "1900-01-01", "2199-12-31", "1900-01", "2199-12", "-1", "0",
    "9" * 400, "1e999", "NaN", "٣", "1_0", " 1", "true", "[]", "=1+1", "", ".", "..",
]  # fmt: skip
# What a client's own library would not send: half a character, bytes that are no UTF-8.
RAW = ["%ED%A0%80", "%FF%FE", "%C0%AF"]
BODIES = [
    b"", b"\0", b"null", b"[]", b'""', b"1e999", b"NaN", b"9" * 5000, b"[" * 100_000,
    b'{"a":' * 50_000, b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"\\u0000":1}', b'{"a":1,"a":2}',
    b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"{}" + b" " * 2**20, b"PK\x03\x04",
    b"a,b\n\0,\xff\n",
    b"a = '\0'", b'title = "\\u0000"', b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
]  # fmt: skip
HEADERS = [
    {"If-Match": value}
    for value in ("*", '"', 'W/"1"', '"-1"', '"٣"', '"9999999999"', '"1", "2"', "")
] + [
    {"Idempotency-Key": "a" * 101}, {"Idempotency-Key": ""}, {"Idempotency-Key": "å\x7f"},
    {"Content-Type": "a" * 5000}, {"Content-Type": "application/json; charset=utf-7"},
    {"Content-Encoding": "gzip"}, {"Content-Length": "-1"}, {"Accept": "a/b"},
    {"Range": "bytes=9-0"}, {"If-None-Match": "*"}, {"X-Forwarded-For": "\0"},
]  # fmt: skip
# Who may do most of what there is.
ROLES = (Role.SCHEDULER, Role.ASSESSOR, Role.FINANCE, Role.ADMIN)
PLACES = ("path", "query", "header", "body")


def crashes(client: TestClient, place: str, one_of: int = 1) -> list[str]:
    """
    What was answered by a crash, or with an error that is no problem details.

    Parameters
    ----------
    place
        Where the hostile text is: one of `PLACES`.
    one_of
        Every so manieth request is made, each time beginning with another one.
    """
    found = []
    for number, (method, path, operation, known) in enumerate(operations(client)):
        for url, more in islice(requests(place, path, operation), number % one_of, None, one_of):
            headers = {"If-Match": '"1"', **known, **more.pop("headers", {})}
            answer = client.request(method, url, headers=headers, follow_redirects=False, **more)
            kind = answer.headers.get("content-type", "")
            told = answer.status_code < 400 or kind == "application/problem+json"
            if answer.status_code == 500 or not told:
                found.append(f"{method} {url[:120]} {str(more)[:120]}: {answer.text[:200]}")
    return found


def operations(client: TestClient) -> Iterator[tuple[str, str, dict[str, Any], dict[str, str]]]:
    """Method, path, description and headers of somebody who may, for every operation."""
    for path, methods in description(client.app)["paths"].items():  # type: ignore[arg-type]
        for method, operation in methods.items():
            roles = POLICY[operation["operationId"]].scopes
            role = next((each for each in ROLES if each in roles), None)
            yield method, path, operation, {} if role is None else caller(role)


def requests(
    place: str, path: str, operation: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address and the rest of each hostile request of one kind."""
    own = path.format_map(OWN)
    parameters = operation.get("parameters", [])
    needed = {each["name"]: "2026-03" for each in parameters
              if each["in"] == "query" and each["required"]}  # fmt: skip
    match place:
        case "path":
            for name in (each["name"] for each in parameters if each["in"] == "path"):
                for text in [quote(each, safe="") for each in TEXTS] + RAW:
                    yield path.format_map({**OWN, name: text}), {"params": needed}
        case "query":
            for name in (each["name"] for each in parameters if each["in"] == "query"):
                for text in TEXTS:
                    yield own, {"params": {**needed, name: text}}
                for text in RAW:
                    yield f"{own}?{name}={text}", {}
        case "header":
            for headers in HEADERS:
                encoded = {name: value.encode() for name, value in headers.items()}
                yield own, {"params": needed, "headers": encoded}
        case "body" if "requestBody" in operation:
            for body in BODIES:
                yield own, {"params": needed, "content": body}
