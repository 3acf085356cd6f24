"""Who gets and who gives care: recipients, providers and carers, what they wish and may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Location:
    """A place in degrees WGS 84."""

    lat: float
    lon: float


class Mode(StrEnum):
    """How a carer travels."""

    FOOT = "FOOT"
    BICYCLE = "BICYCLE"
    CAR = "CAR"


class Gender(StrEnum):
    """A carer's gender, where a recipient may have a wish."""

    WOMAN = "WOMAN"
    MAN = "MAN"
    OTHER = "OTHER"


class ProviderKind(StrEnum):
    """Municipal (egen regi) or private provider under the freedom-of-choice act."""

    OWN = "OWN"
    PRIVATE = "PRIVATE"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who carries out decisions."""

    id: str
    kind: ProviderKind


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    Who may come to a person, and who is wanted. Which of these bind and what the others are worth
    is a parameter of the municipality, see :mod:`scheduler.objective`.

    Parameters
    ----------
    prohibited
        Ids of carers who must not come, for either one's sake.
    preferred
        Ids of carers who are wanted; empty means no wish.
    gender
        Wanted gender; None means no wish.
    languages
        One of these should be spoken; empty means no wish.
    allergens
        What in the home somebody may be allergic to, e.g. ``katt``.
    contact
        Id of the fixed care contact (fast omsorgskontakt), if any.
    """

    prohibited: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    gender: Gender | None = None
    languages: frozenset[str] = frozenset()
    allergens: frozenset[str] = frozenset()
    contact: str | None = None


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Recipient:
    """
    A person with granted home care (omsorgstagare).

    Parameters
    ----------
    zone
        Pricing zone of the home, e.g. ``town`` or ``rural``.
    required_skills
        Skills that each visit to this person demands, beside the services' own.
    wishes
        Who may come to this person, and who is wanted.
    """

    id: str
    location: Location
    zone: str
    name: str = ""
    required_skills: frozenset[str] = frozenset()
    wishes: Wishes = NO_WISHES


@dataclass(frozen=True, slots=True)
class Delegation:
    """A nursing task delegated to one carer, valid from and to (both days included)."""

    skill: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Carer:
    """
    A member of the care staff.

    Parameters
    ----------
    skills
        Lasting skills, e.g. ``undersköterska``.
    delegations
        Skills held from one day to another.
    gender, languages, allergies
        What recipients' wishes are about: gender if known, languages spoken, what the carer must
        not be near, in the words of :class:`Wishes`.
    previous_end, next_start
        End of the carer's last shift before the day and start of the first one after it, if known:
        the daily rest counts from them.
    """

    id: str
    skills: frozenset[str]
    delegations: tuple[Delegation, ...] = ()
    name: str = ""
    gender: Gender | None = None
    languages: frozenset[str] = frozenset()
    allergies: frozenset[str] = frozenset()
    previous_end: datetime | None = None
    next_start: datetime | None = None
