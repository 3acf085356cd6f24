"""
From claims to a caller, by the names that the municipality's identity provider uses.

Claims are signed by the provider, and still read strictly: a claim of another shape than expected
is a refusal, not a guess, since a guess would be a permission.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.access.caller import Caller, Role
from api.access.refusals import NotSignedIn, not_signed_in
from api.access.settings import AccessSettings
from api.documents.schema_faults import is_id

MAX_VALUES = 1_000


def caller_of(claims: Mapping[str, Any], settings: AccessSettings) -> Caller:
    """
    Whom `claims` describe.

    Roles that Hemplan does not know are left out: the provider names those of other systems too.

    Raises
    ------
    NotSignedIn
        CALLER, when the user or the municipality is missing, a claim has another shape, or the
        municipality is another than the configured one.
    """
    user = _id(claims, settings.claim_user)
    told = _id(claims, settings.claim_municipality)
    if settings.municipality and told not in (None, settings.municipality):
        raise _wrong("municipality", "the municipality of this service")
    municipality = settings.municipality or told
    if user is None or municipality is None:
        raise _wrong("user, municipality", "both")
    known, words = settings.roles, _words(claims, settings.claim_roles)
    roles = frozenset(role for word in words for role in known.get(word, ()))
    provider = _id(claims, settings.claim_provider)
    if Role.PROVIDER in roles and provider is None:
        raise _wrong("provider", "the provider of a provider's user")
    return Caller(
        user,
        municipality,
        roles,
        provider,
        _words(claims, settings.claim_units),
        _id(claims, settings.claim_carer),
    )


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of that very name, or, by its dots, one within objects."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _id(claims: Mapping[str, Any], name: str) -> str | None:
    value = _claim(claims, name)
    if value is None:
        return None
    if not isinstance(value, str) or not is_id(value):
        raise _wrong(name, "an id of 1-100 printable characters")
    return value


def _words(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """A list of ids, or, as OAuth writes scopes, a text with spaces."""
    value = _claim(claims, name)
    words = value.split() if isinstance(value, str) else [] if value is None else value
    if (
        not isinstance(words, list)
        or len(words) > MAX_VALUES
        or not all(isinstance(word, str) and is_id(word) for word in words)
    ):
        raise _wrong(name, f"a list of at most {MAX_VALUES} ids")
    return frozenset(words)


def _wrong(where: str, expected: str) -> NotSignedIn:
    return not_signed_in("CALLER", where, expected, "another")
