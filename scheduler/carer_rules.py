"""
Who may come to whom, and who is wanted: one function per rule, True when the pair breaks it.

A rule with a price in the objective costs it for every visit that breaks it; a rule without one is
hard, and the visit is never given to that carer. Skills and delegations are hard always and depend
on the day, see :func:`scheduler.build.skills_on`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scheduler.care.model import Carer, Visit
from scheduler.rules import Rule


def _forbidden_carer(visit: Visit, carer: Carer) -> bool:
    return carer.id in visit.wishes.prohibited


def _allergy(visit: Visit, carer: Carer) -> bool:
    return not visit.wishes.allergens.isdisjoint(carer.allergies)


def _gender(visit: Visit, carer: Carer) -> bool:
    return visit.wishes.gender is not None and carer.gender is not visit.wishes.gender


def _language(visit: Visit, carer: Carer) -> bool:
    return bool(visit.wishes.languages) and visit.wishes.languages.isdisjoint(carer.languages)


def _preferred_carer(visit: Visit, carer: Carer) -> bool:
    return bool(visit.wishes.preferred) and carer.id not in visit.wishes.preferred


def _fixed_contact(visit: Visit, carer: Carer) -> bool:
    return visit.wishes.contact not in (None, carer.id)


def _pinned_carer(visit: Visit, carer: Carer) -> bool:
    return visit.pinned_carer not in (None, carer.id)


BROKEN: Mapping[Rule, Callable[[Visit, Carer], bool]] = {
    Rule.FORBIDDEN_CARER: _forbidden_carer,
    Rule.ALLERGY: _allergy,
    Rule.GENDER: _gender,
    Rule.LANGUAGE: _language,
    Rule.PREFERRED_CARER: _preferred_carer,
    Rule.FIXED_CONTACT: _fixed_contact,
    Rule.PINNED_CARER: _pinned_carer,
}


def broken_by(visit: Visit, carer: Carer) -> tuple[Rule, ...]:
    """The rules that the carer's coming breaks, hard or priced, in the order of the list."""
    return tuple(rule for rule, broken in BROKEN.items() if broken(visit, carer))
