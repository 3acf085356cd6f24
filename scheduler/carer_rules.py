"""
Who may come to whom, and who is wanted: one function per rule, True when the pair breaks it.

A rule with a price in the objective costs it for every visit that breaks it; a rule without one is
hard, and the visit is never given to that carer. Skills and delegations are hard always and depend
on the day, see :func:`scheduler.build.skills_on`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scheduler.care.model import Carer, Wishes
from scheduler.rules import Rule


def _forbidden_carer(wishes: Wishes, carer: Carer) -> bool:
    return carer.id in wishes.prohibited


def _allergy(wishes: Wishes, carer: Carer) -> bool:
    return not wishes.allergens.isdisjoint(carer.allergies)


def _gender(wishes: Wishes, carer: Carer) -> bool:
    return wishes.gender is not None and carer.gender is not wishes.gender


def _language(wishes: Wishes, carer: Carer) -> bool:
    return bool(wishes.languages) and wishes.languages.isdisjoint(carer.languages)


def _preferred_carer(wishes: Wishes, carer: Carer) -> bool:
    return bool(wishes.preferred) and carer.id not in wishes.preferred


BROKEN: Mapping[Rule, Callable[[Wishes, Carer], bool]] = {
    Rule.FORBIDDEN_CARER: _forbidden_carer,
    Rule.ALLERGY: _allergy,
    Rule.GENDER: _gender,
    Rule.LANGUAGE: _language,
    Rule.PREFERRED_CARER: _preferred_carer,
}


def broken_by(wishes: Wishes, carer: Carer) -> tuple[Rule, ...]:
    """The rules that the carer's coming breaks, hard or priced, in the order of the list."""
    return tuple(rule for rule, broken in BROKEN.items() if broken(wishes, carer))
