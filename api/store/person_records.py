"""
Persons as the store gives them back, and the codes of their protection and of who reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Who a recipient is.

    Parameters
    ----------
    name
        As it is written to the person; hidden when printed.
    number
        Twelve digits (:mod:`api.documents.identity_number`); None for who has none. Hidden too.
    """

    name: str = field(repr=False)
    number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """
    A recipient with the identity that holds.

    Parameters
    ----------
    version
        1 as recorded; a change must name the one that holds.
    protected
        Kinds of the markings in force; empty for who is not protected.
    """

    recipient: str
    identity: Identity
    version: int
    protected: tuple[ProtectionKind, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """
    As whom, and why, somebody asks who may not see everybody.

    Parameters
    ----------
    roles
        The roles that a grant may name.
    unit, reason, case
        What the log of readings is to say: where the reader works, why, and in which matter.
    carer
        The id that plans know the reader by; their own visits of these days are theirs to see.
    """

    roles: frozenset[str]
    unit: str
    reason: str
    case: str | None = None
    carer: str | None = None


class ProtectionKind(StrEnum):
    """Protected identities (skyddade personuppgifter); all three hide in the same way."""

    MARKED_CONFIDENTIAL = "MARKED_CONFIDENTIAL"  # sekretessmarkering
    PROTECTED_REGISTRATION = "PROTECTED_REGISTRATION"  # skyddad folkbokföring
    ASSUMED_IDENTITY = "ASSUMED_IDENTITY"  # fingerade personuppgifter


class Grantee(StrEnum):
    """To whom a grant is given."""

    USER = "USER"
    ROLE = "ROLE"


class AccessKind(StrEnum):
    """How a person's record was read, or asked for."""

    READ = "READ"
    LISTED = "LISTED"
    FOUND = "FOUND"
    # Protected, and the reader has no grant: nothing was shown.
    REFUSED = "REFUSED"
    # The glass was broken; what was read by it follows.
    EMERGENCY = "EMERGENCY"
    # Who has read the person's record was shown.
    LOG = "LOG"


@dataclass(frozen=True, slots=True)
class Protection:
    """A marking: since when by the population register, and who entered and ended it when."""

    recipient: str
    number: int
    kind: ProtectionKind
    valid_from: date
    marked_at: datetime
    marked_by: str
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to see a protected person until `ends_at`; `emergency` when taken by break-glass."""

    recipient: str
    number: int
    grantee_kind: Grantee
    grantee: str
    reason: str
    emergency: bool
    granted_at: datetime
    granted_by: str
    ends_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the reading log: who, when, whom, how, why, for which unit and case."""

    number: int
    at: datetime
    actor: str
    unit: str
    kind: AccessKind
    recipient: str
    reason: str
    case: str | None
    protected: bool
    emergency: bool
