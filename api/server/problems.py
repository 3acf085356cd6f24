"""
Refusals over HTTP: problem details as of RFC 9457, with every finding.

One table maps the kinds of :class:`CareError` to a status, a type and a Swedish title. Promises: no
answer tells an input's content, a traceback or personal data; an unexpected fault is logged by its
kind and place only, since the text of an exception may hold what a user sent.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.refusals import NotSignedIn, TooMany
from api.documents.plan_schemas import FindingSchema
from api.documents.schema_faults import expected_of, kind_of
from api.documents.schema_types import Schema
from api.refusals import (
    Away,
    Busy,
    Conflict,
    Forbidden,
    Full,
    Stale,
    TooLarge,
    Unsure,
    Unversioned,
    too_large,
)
from api.store.sealing import Sealed
from scheduler.care.errors import (
    CareError,
    Finding,
    InvalidInput,
    NotFound,
    NotInForce,
    UnknownValue,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 10
NOBODY = "LOGIN"
MAX_FINDINGS = 1000

log = logging.getLogger("hemplan.api")


# Kind of refusal: status, last part of the type, Swedish title.
REFUSALS: dict[type[CareError], tuple[HTTPStatus, str, str]] = {
    InvalidInput: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-input", "Underlaget har fel"),
    UnknownValue: (HTTPStatus.UNPROCESSABLE_ENTITY, "unknown-value", "Okänt värde"),
    NotInForce: (HTTPStatus.UNPROCESSABLE_ENTITY, "not-in-force", "Gäller inte den dagen"),
    NotFound: (HTTPStatus.NOT_FOUND, "not-found", "Finns inte"),
    Conflict: (HTTPStatus.CONFLICT, "conflict", "Går inte ihop med det som är sparat"),
    Stale: (HTTPStatus.PRECONDITION_FAILED, "stale", "Ändrat sedan du läste"),
    Unversioned: (HTTPStatus.PRECONDITION_REQUIRED, "unversioned", "Version saknas"),
    TooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "För stort underlag"),
    # The keys that the server was given do not fit: nothing that a client can mend.
    Sealed: (HTTPStatus.INTERNAL_SERVER_ERROR, "sealed", "Kan inte öppnas"),
    Busy: (HTTPStatus.SERVICE_UNAVAILABLE, "busy", "Fullt just nu"),
    Away: (HTTPStatus.SERVICE_UNAVAILABLE, "away", "Databasen svarar inte"),
    Full: (HTTPStatus.INSUFFICIENT_STORAGE, "disk-full", "Disken är full"),
    Unsure: (HTTPStatus.SERVICE_UNAVAILABLE, "outcome-unknown", "Oklart om det sparades"),
    NotSignedIn: (HTTPStatus.UNAUTHORIZED, "not-signed-in", "Inte inloggad"),
    Forbidden: (HTTPStatus.FORBIDDEN, "forbidden", "Behörighet saknas"),
    TooMany: (HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", "För många anrop"),
}
# Status that no rule of ours gives: title, and what to do.
TITLES = {
    HTTPStatus.BAD_REQUEST: ("Begäran kan inte läsas", "Rätta begäran och skicka den igen."),
    HTTPStatus.NOT_FOUND: ("Adressen finns inte", "Kontrollera adressen mot /openapi.json."),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "Metoden används inte här", "Använd någon av metoderna i svarets Allow.",
    ),
}  # fmt: skip
NOTHING_SAVED = "Ingenting har sparats."
UNEXPECTED = "Oväntat fel"
# Whether a change was kept is not known: it may have been before the fault came.
UNEXPECTED_IN_CHANGE = "Felet är loggat. Se efter vad som har sparats innan du försöker igen."
UNEXPECTED_IN_READING = "Felet är loggat. Försök igen om en stund."
# Methods that save nothing, so that no answer to them needs to say so.
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class ProblemSchema(Schema):
    """A refused request; ``findings`` holds every reason."""

    type: str
    title: str
    status: int
    detail: str
    findings: list[FindingSchema]


def problem(error: CareError, method: str) -> JSONResponse:
    """
    The answer to a request by `method` that was refused with `error`.

    Its detail is what to do, when there is one thing to do; and that a change was not saved.
    """
    status, kind, title = next(REFUSALS[each] for each in type(error).mro() if each in REFUSALS)
    count = len(error.findings)
    detail = error.findings[0].action if count == 1 else f"{count} fel."
    if method not in READING and not isinstance(error, Unsure):
        detail = f"{detail} {NOTHING_SAVED}"
    return _answer(status, f"/problems/{kind}", title, detail, error.findings, _headers(error))


def refusal(error: CareError) -> ASGIApp:
    """The answer of a layer that refuses before a request is read."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await problem(error, scope["method"])(scope, receive, send)

    return answer


def _headers(error: CareError) -> dict[str, str]:
    match error:
        case Busy() | Away() | Unsure():
            return {"Retry-After": str(RETRY_AFTER_S)}
        case TooMany():
            return {"Retry-After": str(error.retry_after_s)}
        case NotSignedIn():
            # RFC 6750: whether there was no token, or one that does not hold.
            none = error.findings[0].code == NOBODY
            return {"WWW-Authenticate": "Bearer" + ("" if none else ' error="invalid_token"')}
    return {}


def install(app: FastAPI, routes: Sequence[APIRoute]) -> None:
    """
    Give `app` our answers to every kind of refusal.

    Parameters
    ----------
    routes
        All that it serves, of which a refused method is told those of its address.
    """

    async def refused(request: Request, error: Exception) -> JSONResponse:
        return problem(cast("CareError", error), request.method)

    async def bad_parameters(request: Request, error: Exception) -> JSONResponse:
        details = cast("RequestValidationError", error).errors()
        findings = [_parameter_finding(detail) for detail in details]
        return problem(InvalidInput(findings), request.method)

    async def http_error(request: Request, error: Exception) -> JSONResponse:
        status = HTTPStatus(cast("HTTPException", error).status_code)
        title, action = TITLES.get(status, (status.phrase, f"{status.phrase}."))
        headers = dict(cast("HTTPException", error).headers or {})
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            # The framework names those of the first of the address's routes only.
            headers["Allow"] = ", ".join(_methods(routes, request.url.path))
        return _answer(status, "about:blank", title, action, (), headers)

    app.add_exception_handler(CareError, refused)
    app.add_exception_handler(RequestValidationError, bad_parameters)
    app.add_exception_handler(HTTPException, http_error)


def _methods(routes: Sequence[APIRoute], path: str) -> list[str]:
    """What an address is asked by, in alphabetical order (RFC 9110, section 10.2.1)."""
    return sorted(
        {name for each in routes if each.path_regex.match(path) for name in each.methods or ()}
    )


class Guard:
    """
    Outermost layer of the server: bounded bodies in, no bare crash out.

    Parameters
    ----------
    max_bytes
        Largest accepted body. It is counted as it arrives, whatever its header claims, and
        refused before anything of it is parsed.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, await self._whole_body(scope, receive), watched_send)
        except TooLarge as error:
            await refusal(error)(scope, receive, send)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("%s in %s:%s", type(error).__name__, place.filename, place.lineno)
            if started:
                raise
            reading = scope["method"] in READING
            detail = UNEXPECTED_IN_READING if reading else UNEXPECTED_IN_CHANGE
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            answer = _answer(status, "about:blank", UNEXPECTED, detail, (), {})
            await answer(scope, receive, send)

    async def _whole_body(self, scope: Scope, receive: Receive) -> Receive:
        """Read the body up to the limit, and a `receive` that gives it again."""
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        if claimed.isdigit() and int(claimed[:18]) > self._max_bytes:
            raise too_large(int(claimed[:18]), self._max_bytes)
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                break
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > self._max_bytes:
                raise too_large(size, self._max_bytes)
            if not message.get("more_body", False):
                message = {"type": "http.request", "body": b"".join(chunks), "more_body": False}
                break
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return message

        return replay


def _answer(
    status: HTTPStatus,
    kind: str,
    title: str,
    detail: str,
    findings: tuple[Finding, ...],
    headers: dict[str, str],
) -> JSONResponse:
    body = ProblemSchema(
        type=kind,
        title=title,
        status=status,
        detail=detail,
        findings=[FindingSchema.of(each) for each in findings[:MAX_FINDINGS]],
    )
    return JSONResponse(
        body.model_dump(mode="json"), status, headers=headers, media_type=MEDIA_TYPE
    )


def _parameter_finding(detail: dict[str, object]) -> Finding:
    """A fault of a path, query or header parameter, without its content."""
    kind, *steps = (str(step) for step in cast("tuple[object, ...]", detail["loc"]))
    name = ".".join(steps)
    place = "huvudfältet" if kind == "header" else "adressens"
    missing = detail["type"] == "missing"
    return Finding(
        "WRONG_PARAMETER",
        f"{kind}.{name}",
        "a value" if missing else expected_of(detail),
        "none" if missing else kind_of(detail.get("input")),
        f"{'Lägg till' if missing else 'Rätta'} {place} {name}.",
    )
