"""
Kinds of refusal that only the rim knows, beside those of :mod:`scheduler.care.errors`.

    CareError
    ├── TooLarge     the document is larger than the limit; nothing of it was parsed
    ├── Conflict     the request contradicts something stored
    └── Busy         no room for more work just now
"""

from __future__ import annotations

from scheduler.care.errors import CareError, Finding


class TooLarge(CareError):
    """The document is larger than the limit; nothing of it was parsed."""


class Conflict(CareError):
    """The request contradicts something stored."""


class Busy(CareError):
    """No room for more work just now; the same request may succeed later."""


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
