"""
Who makes a request: an opaque id, a municipality, roles, and the own provider and units.

A caller is made in three places only: of a token's claims (:mod:`api.access.claims`), of a stored
session that was made of such claims, and in development mode (:mod:`api.access.development`).
Nothing that a request says beside them (a header, a field, a parameter) changes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ALL_UNITS = "*"


class Role(StrEnum):
    """What somebody does in the municipality; a person may have several."""

    ASSESSOR = "assessor"
    SCHEDULER = "scheduler"
    FINANCE = "finance"
    PROVIDER = "provider"
    CARER = "carer"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Somebody, or some system, whose identity has been proven.

    Parameters
    ----------
    user
        Opaque id; it stands in the log of acts, so never a name or an identity number.
    municipality
        The only one whose data the caller can touch.
    provider
        The own provider of somebody with the role PROVIDER; None for the municipality's people.
    carer
        The id that plans know somebody with the role CARER by.
    units
        The own units; ``*`` among them means all of the municipality.

    Raises
    ------
    ValueError
        When an id is empty, or a provider's user has no provider.
    """

    user: str
    municipality: str
    roles: frozenset[Role]
    provider: str | None = None
    units: frozenset[str] = frozenset()
    carer: str | None = None

    def __post_init__(self) -> None:
        if not self.user or not self.municipality or "" in (self.provider, self.carer):
            raise ValueError("Expected ids of at least one character; found an empty one.")
        if Role.PROVIDER in self.roles and self.provider is None:
            raise ValueError("Expected the provider of a provider's user; found none.")

    @property
    def has_all_units(self) -> bool:
        """Whether every unit of the municipality is an own one."""
        return ALL_UNITS in self.units
