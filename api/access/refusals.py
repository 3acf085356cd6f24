"""
Refusals of access, beside those of :mod:`api.refusals`: Forbidden is for who is known and may not.

    CareError
    ├── NotSignedIn   nobody is named, or what names them does not hold (401)
    └── TooMany       more requests than a caller or an address may make (429)

An object that a caller may not see is refused as one that does not exist
(:func:`api.refusals.not_found`), so that no answer tells which ids others have.
"""

from __future__ import annotations

from api.refusals import Forbidden
from scheduler.care.errors import CareError, Finding


class NotSignedIn(CareError):
    """Nobody is named, or what names them does not hold."""


class TooMany(CareError):
    """
    More requests than a caller or an address may make.

    Parameters
    ----------
    retry_after_s
        Whole seconds until the next one is let through, >= 1.
    """

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(
            Finding(
                "TOO_MANY_REQUESTS",
                "request",
                "fewer requests a second",
                "more than the limit",
                f"Vänta {retry_after_s} s och försök igen.",
            )
        )


def not_signed_in(code: str, where: str, expected: str, found: str) -> NotSignedIn:
    """The refusal of a request that does not say, so that it can be trusted, who makes it."""
    return NotSignedIn(
        Finding(code, where, expected, found, "Logga in igen, eller hämta en ny åtkomsttoken.")
    )


def not_allowed(operation: str) -> Forbidden:
    """The refusal of an operation that none of the caller's roles may do."""
    return Forbidden(
        Finding(
            "NOT_ALLOWED",
            operation,
            "a role that may do this",
            "none",
            "Be den som ansvarar för behörigheter om rätt roll.",
        )
    )
