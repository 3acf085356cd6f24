"""Logging in and out with a browser, and who one is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.gate import SESSION_COOKIE, Access, access_of
from api.access.login import PENDING_S, Returned
from api.server.access_schemas import GoodbyeSchema, SessionSchema, examples
from api.server.access_services import AccessServices, access_services
from api.server.openapi import answer, refusals

router = APIRouter(prefix="/auth", tags=["access"])

LOGIN_COOKIE = "__Host-hemplan-login"
Serving = Annotated[AccessServices, Depends(access_services)]


async def _known(request: Request) -> Access:
    return access_of(request)


Known = Annotated[Access, Depends(_known)]
Text = Annotated[str | None, Query(max_length=4096)]
ELSEWHERE: dict[int | str, Any] = {303: {"description": "Go there"}}


@router.get(
    "/login",
    status_code=303,
    response_class=RedirectResponse,
    responses={**ELSEWHERE, **refusals(404, 422, 503)},
)
def login(serving: Serving, path: Annotated[str, Query(max_length=1000)] = "/") -> Response:
    """Send the browser to the identity provider; it comes back logged in, to `path`."""
    started = serving.start(path)
    response = RedirectResponse(started.url, 303)
    # Lax: the provider sends the browser back here from its own site.
    response.set_cookie(
        LOGIN_COOKIE, started.kept, max_age=PENDING_S, secure=True, httponly=True, samesite="lax"
    )
    return response


@router.get(
    "/callback",
    status_code=303,
    response_class=RedirectResponse,
    responses={**ELSEWHERE, **refusals(401, 404, 422, 503)},
)
def callback(
    request: Request, serving: Serving, code: Text = None, state: Text = None, iss: Text = None
) -> Response:
    """Where the identity provider sends the browser back to."""
    path, session = serving.finish(
        request.cookies.get(LOGIN_COOKIE),
        Returned(code, state, iss),
        request.cookies.get(SESSION_COOKIE),
    )
    response = RedirectResponse(path, 303)
    response.delete_cookie(LOGIN_COOKIE, secure=True, httponly=True, samesite="lax")
    response.set_cookie(SESSION_COOKIE, session.id, secure=True, httponly=True, samesite="lax")
    return response


@router.get("/session", responses=answer(200, "Who calls", examples.SESSION))
def session(known: Known) -> SessionSchema:
    """Who one is, and, logged in with a browser, the token that changes must carry."""
    return SessionSchema.of(known)


@router.post("/logout", responses=answer(200, "Logged out", examples.GOODBYE))
def logout(response: Response, serving: Serving, known: Known) -> GoodbyeSchema:
    """End the browser's session; at ``goodbye`` the identity provider ends its own."""
    goodbye = serving.log_out(known.session)
    response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax")
    return GoodbyeSchema(goodbye=goodbye)
