"""
Who makes a request: by a bearer token, by a browser's session, or, in development mode, locally.

Promises: a request is made by one caller or refused; a token beside a session's cookie counts
alone, since a browser sends cookies by itself and tokens never; what changes anything by a
session needs the session's own token beside the cookie, so that another site cannot send it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Final, Protocol

from api.access.caller import Caller
from api.access.claims import caller_of
from api.access.development import local_caller, require_local
from api.access.issuer import Issuer
from api.access.refusals import not_signed_in
from api.access.settings import AccessSettings
from api.access.tokens import Verifier
from api.refusals import Forbidden
from scheduler.care.errors import Finding

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Session:
    """
    Somebody's login with a browser.

    Parameters
    ----------
    id
        What the browser keeps; the store has only its hash.
    csrf_token
        What a page of ours sends back with each change; another site cannot read it.
    """

    id: str = field(repr=False)
    caller: Caller
    csrf_token: str = field(repr=False)


class Sessions(Protocol):
    """Where sessions are found; the store's are in :mod:`api.usecases.sessions`."""

    def __call__(self, session_id: str, now: datetime) -> Session | None:
        """The session of that id, unless it has ended."""


@dataclass(frozen=True, slots=True)
class Request:
    """
    What a request shows of who makes it.

    Parameters
    ----------
    address
        Where it comes from.
    authorization
        Every Authorization header; more than one is refused.
    session_id
        The session's cookie.
    headers
        By lower-case name.
    """

    method: str
    address: str
    authorization: Sequence[str] = ()
    session_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identified:
    """Who makes a request, and the session that it belongs to, if any."""

    caller: Caller
    session: Session | None = None


class Identify:
    """
    Tells who makes a request.

    Parameters
    ----------
    issuer
        None in development mode only.
    clock
        The present moment, aware.
    """

    def __init__(
        self,
        settings: AccessSettings,
        issuer: Issuer | None,
        sessions: Sessions,
        clock: Callable[[], datetime],
    ) -> None:
        if settings.is_development is not (issuer is None):
            raise ValueError("Expected an issuer exactly when one is configured.")
        self._settings, self._sessions, self._clock = settings, sessions, clock
        self._verifier = Verifier(issuer, settings.oidc_audience) if issuer else None

    def __call__(self, request: Request) -> Identified:
        """
        Who makes `request`.

        Raises
        ------
        NotSignedIn
            LOGIN when nobody is named, NOT_LOCAL, or what is wrong with a token.
        Forbidden
            CSRF.
        Busy
            When the identity provider is needed and cannot be reached.
        """
        if self._verifier is None:
            require_local(request.address, request.headers)
            return Identified(local_caller(self._settings))
        if request.authorization:
            token = _bearer(request.authorization)
            return Identified(caller_of(self._verifier.read(token).claims, self._settings))
        if request.session_id is not None:
            session = self._sessions(request.session_id, self._clock())
            if session is not None:
                _require_own_page(request, session)
                return Identified(session.caller, session)
        raise not_signed_in("LOGIN", "Authorization", "a bearer token or a login", "neither")


def _bearer(headers: Sequence[str]) -> str:
    """The token of the only Authorization header (RFC 6750)."""
    scheme, _, token = headers[0].partition(" ")
    if len(headers) != 1 or scheme.casefold() != "bearer" or not token.strip():
        raise not_signed_in("LOGIN", "Authorization", "one bearer token", "something else")
    return token.strip()


def _require_own_page(request: Request, session: Session) -> None:
    """Refuse a change that no page of ours has sent."""
    if request.method in SAFE_METHODS:
        return
    token = request.headers.get("x-csrf-token", "")
    if not compare_digest(token.encode(), session.csrf_token.encode()):
        raise Forbidden(
            Finding(
                "CSRF",
                "X-CSRF-Token",
                "the session's token",
                "none, or another",
                "Ladda om sidan och försök igen.",
            )
        )
