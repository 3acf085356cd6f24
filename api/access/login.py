"""
Login of people: OpenID Connect's code flow with PKCE, state and nonce, by Authlib.

:meth:`Login.start` sends the browser to the identity provider and gives it something to keep;
:meth:`Login.finish` takes what it comes back with. What the browser keeps is signed and short-lived
and binds the answer to that browser; the tokens stay on the server and are not stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc.errors import JoseError

from api.access.caller import Caller
from api.access.claims import caller_of
from api.access.fetching import LONGEST_S, unreachable
from api.access.issuer import Issuer
from api.access.refusals import NotSignedIn, not_signed_in
from api.access.settings import AccessSettings
from api.access.tokens import LEEWAY_S, Verifier

CALLBACK: Final = "/auth/callback"
PENDING_S: Final = 600  # how long a login may take
SALT = "hemplan.login"


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser, and what it is to keep until it comes back."""

    url: str
    kept: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What the identity provider sent the browser back with; None for what was not there."""

    code: str | None
    state: str | None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """Who has logged in, and the path to go to."""

    caller: Caller
    path: str


class Login:
    """
    The service as a client of the identity provider.

    Parameters
    ----------
    settings
        With a client id, a public address and a session secret.
    issuer
        The identity provider.
    """

    def __init__(self, settings: AccessSettings, issuer: Issuer) -> None:
        self._settings, self._issuer = settings, issuer
        self._verifier = Verifier(issuer, settings.oidc_client_id)
        self._signer = URLSafeTimedSerializer(settings.session_secret, salt=SALT)
        self._callback = settings.public_url.rstrip("/") + CALLBACK

    def start(self, path: str) -> Started:
        """
        Begin a login that ends at `path` of this service.

        Raises
        ------
        Busy
            When the identity provider cannot be reached.
        """
        authorization = self._issuer.addresses().authorization
        if authorization is None:
            raise unreachable("authorization_endpoint")
        nonce, verifier = generate_token(43), generate_token(64)
        levels = {"acr_values": self._settings.oidc_acr} if self._settings.levels else {}
        with self._client() as client:
            url, state = client.create_authorization_url(
                authorization,
                state=generate_token(43),
                code_verifier=verifier,
                nonce=nonce,
                **levels,
            )
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "path": own_path(path)}
        return Started(url, self._signer.dumps(kept))

    def finish(self, kept: str | None, returned: Returned) -> Finished:
        """
        End a login.

        Parameters
        ----------
        kept
            What :meth:`start` gave the browser; None when it kept nothing.
        returned
            What the identity provider sent the browser back with.

        Raises
        ------
        NotSignedIn
            When the answer belongs to no login of this browser, the provider refuses, or its
            token does not hold.
        Busy
            When the identity provider cannot be reached.
        """
        pending = self._pending(kept)
        # RFC 9207: an answer that another provider has made is not for this login.
        if returned.issuer not in (None, self._issuer.url):
            raise _refused("LOGIN_STATE", "an answer of the configured issuer")
        token = self._exchange(returned, pending)
        claims = self._claims(token, pending["nonce"])
        return Finished(caller_of(claims, self._settings), pending["path"])

    def goodbye(self) -> str | None:
        """Where the browser ends its session with the identity provider too, if it can."""
        end = self._issuer.addresses().end_session
        if end is None:
            return None
        query = {
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": self._settings.public_url,
        }
        return str(httpx2.URL(end).copy_merge_params(query))

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret or None,
            scope=self._settings.oidc_scope,
            redirect_uri=self._callback,
            code_challenge_method="S256",
            timeout=LONGEST_S,
            follow_redirects=False,
        )

    def _pending(self, kept: str | None) -> Mapping[str, str]:
        try:
            pending: Mapping[str, str] = self._signer.loads(kept or "", max_age=PENDING_S)
        except BadSignature:
            raise _refused("LOGIN_STATE", "a login that this browser began just now") from None
        return pending

    def _exchange(self, returned: Returned, pending: Mapping[str, str]) -> Mapping[str, Any]:
        """The provider's tokens for the code that came back."""
        if returned.code is None or returned.state is None:
            raise _refused("LOGIN_CODE", "a code of the identity provider")
        endpoint = self._issuer.addresses().token
        if endpoint is None:
            raise unreachable("token_endpoint")
        answer = urlencode({"code": returned.code, "state": returned.state})
        try:
            with self._client() as client:
                found: Mapping[str, Any] = client.fetch_token(
                    endpoint,
                    # Authlib compares the state. It gets no fragment: it would take tokens of one.
                    authorization_response=f"{self._callback}?{answer}",
                    state=pending["state"],
                    code_verifier=pending["verifier"],
                )
        except (httpx2.HTTPError, json.JSONDecodeError):
            raise unreachable("an answer to a code") from None
        except (AuthlibBaseError, ValueError):
            raise _refused("LOGIN_CODE", "a code and a state of this login") from None
        return found

    def _claims(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """The claims of the token about the login, checked as every token, and for this login."""
        text = token.get("id_token")
        if not isinstance(text, str):
            raise _refused("LOGIN_TOKEN", "a token about the login")
        genuine = self._verifier.read(text)
        expected = {
            "nonce": nonce,
            "client_id": self._settings.oidc_client_id,
            "access_token": token.get("access_token"),
        }
        try:
            CodeIDToken(dict(genuine.claims), {"alg": genuine.algorithm}, params=expected).validate(
                leeway=LEEWAY_S
            )
        except (AuthlibBaseError, JoseError):
            raise _refused("LOGIN_TOKEN", "a token about this login") from None
        if self._settings.levels and genuine.claims.get("acr") not in self._settings.levels:
            raise _refused("LOGIN_LEVEL", "a login of the required level of assurance")
        return genuine.claims


def own_path(path: str) -> str:
    """`path` when it is one of this service and nothing else, otherwise ``/``."""
    plain = path.isascii() and path.isprintable() and not set(path) & set("\\ ")
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def _refused(code: str, expected: str) -> NotSignedIn:
    return not_signed_in(code, "login", expected, "another")
