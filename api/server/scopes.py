"""
For which provider a request acts: the one place that says so.

Nobody has logged in yet, and the local user acts for the municipality.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from api.refusals import not_found


def provider_scope() -> str | None:
    """The provider whose own things alone the request may see and change; None for all."""
    return None


ScopeDep = Annotated[str | None, Depends(provider_scope)]


def _municipality_only(scope: ScopeDep) -> None:
    if scope is not None:
        raise not_found("operations", "the address")


# Of operations that are no provider's business: to one they are not there.
MUNICIPALITY_ONLY = [Depends(_municipality_only)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1, max_length=100, description="The sender's own name of the request, for ever."
    ),
]
