"""
Kinds of refusal that only the rim knows, beside those of :mod:`scheduler.care.errors`.

    CareError
    ├── TooLarge     the document is larger than the limit; nothing of it was parsed
    ├── Conflict     the request contradicts something stored
    ├── Stale        the request was made of an earlier version of what it changes
    ├── Unversioned  the request does not say which version it was made of
    ├── Forbidden    the user has not the right to do it, whatever it is about
    ├── Busy         no room for more work just now
    ├── Away         the database cannot be used just now; nothing was stored
    ├── Full         the database's disk is full; nothing was stored
    └── Unsure       the answer to a commit was lost: it may have been stored
"""

from __future__ import annotations

from scheduler.care.errors import CareError, Finding, NotFound


class TooLarge(CareError):
    """The document is larger than the limit; nothing of it was parsed."""


class Conflict(CareError):
    """The request contradicts something stored."""


class Stale(CareError):
    """The request was made of an earlier version of what it changes."""


class Unversioned(CareError):
    """The request does not say which version of what it changes it was made of."""


class Forbidden(CareError):
    """The user has not the right to do it, whatever it is about."""


class Busy(CareError):
    """No room for more work just now; the same request may succeed later."""


class Away(CareError):
    """The database cannot be used just now; nothing was stored."""


class Full(CareError):
    """The database's disk is full; nothing was stored, and nothing will be until there is room."""


class Unsure(CareError):
    """The answer to a commit was lost: it may have been stored, and must be looked up."""


def too_large(size: int, max_bytes: int) -> TooLarge:
    """The refusal of a document of `size` bytes."""
    return TooLarge(
        Finding(
            "TOO_LARGE",
            "document",
            f"at most {max_bytes} bytes",
            f"{size} bytes",
            "Dela upp underlaget eller höj gränsen i inställningarna.",
        )
    )


def not_found(kind: str, key: str) -> NotFound:
    """The refusal of an id that nothing is stored under."""
    return NotFound(
        Finding(
            "NOT_FOUND",
            kind,
            "a stored id",
            key,
            "Kontrollera id:t: det finns inte, eller så får du inte se det.",
        )
    )


def require_version(where: str, expected: int, found: int) -> None:
    """Refuse with Stale a change of another version than the one that holds."""
    if expected != found:
        raise Stale(
            Finding(
                "STALE_VERSION",
                where,
                f"version {found}",
                f"version {expected}",
                "Någon har ändrat sedan du läste. Läs om, och gör ändringen på det som nu gäller.",
            )
        )
