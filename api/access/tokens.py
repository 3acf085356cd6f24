"""
Tokens that name their bearer (JWT, RFC 7519 and 8725): checked by PyJWT, with our terms.

A token counts when the configured issuer signed it with a key that it publishes, by the one
algorithm of that kind of key, for this service, for now. The token chooses which of the issuer's
keys, and nothing else: not the algorithm, not where keys are (``jku``, ``x5u``, ``jwk``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from api.access.issuer import Issuer
from api.access.refusals import NotSignedIn, not_signed_in

LEEWAY_S = 30
MAX_CHARACTERS = 16_384
REQUIRED = ["exp", "iat", "iss", "aud", "sub"]

# What PyJWT found -> code, what would have been right.
REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (jwt.ExpiredSignatureError, "TOKEN_EXPIRED", "a token that has not expired"),
    (jwt.ImmatureSignatureError, "TOKEN_NOT_YET_VALID", "a token that holds already"),
    (jwt.InvalidAudienceError, "TOKEN_AUDIENCE", "a token made for this service"),
    (jwt.InvalidIssuerError, "TOKEN_ISSUER", "a token of the configured issuer"),
    (jwt.MissingRequiredClaimError, "TOKEN_CLAIMS", f"the claims {', '.join(REQUIRED)}"),
)


@dataclass(frozen=True, slots=True)
class Genuine:
    """What a genuine token says, and the algorithm that it was signed by."""

    claims: Mapping[str, Any]
    algorithm: str


class Verifier:
    """
    Checks tokens of one issuer that were made for one audience.

    Parameters
    ----------
    audience
        This service for bearer tokens, its client id for tokens about a login.
    """

    def __init__(self, issuer: Issuer, audience: str) -> None:
        self._issuer, self._audience = issuer, audience

    def read(self, token: str) -> Genuine:
        """
        What `token` says, once it has been found genuine.

        Raises
        ------
        NotSignedIn
            With a code that says why: TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, TOKEN_AUDIENCE,
            TOKEN_ISSUER, TOKEN_CLAIMS, TOKEN_KEY (of no key of the issuer) or TOKEN (anything
            else: forged, another algorithm, not a token).
        Busy
            When the issuer's keys cannot be had.
        """
        if len(token) > MAX_CHARACTERS:
            raise refused("TOKEN", f"at most {MAX_CHARACTERS} characters")
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise refused("TOKEN", "a signed token") from None
        key = self._issuer.key(kid) if isinstance(kid, str) else None
        if key is None:
            raise refused("TOKEN_KEY", "a token signed with a key of the issuer")
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm],
                audience=self._audience,
                issuer=self._issuer.url,
                leeway=LEEWAY_S,
                options={"require": REQUIRED},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise _why(error) from None
        return Genuine(claims, key.algorithm)


def refused(code: str, expected: str) -> NotSignedIn:
    """The refusal of a token, without a word of what it holds."""
    return not_signed_in(code, "Authorization", expected, "another")


def _why(error: Exception) -> NotSignedIn:
    for kind, code, expected in REASONS:
        if isinstance(error, kind):
            return refused(code, expected)
    return refused("TOKEN", "a token signed by the issuer")
