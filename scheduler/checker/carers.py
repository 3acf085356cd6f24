"""
Rules about who comes to whom; each may be hard or have a price.

Whether a rule is hard is for the municipality to say; here all are judged alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.care.model import Carer, Gender
from scheduler.checker.violation import Placed, Violation
from scheduler.rules import Rule

WORDS = {Gender.WOMAN: "kvinna", Gender.MAN: "man", Gender.OTHER: "annat", None: "okänt"}


def forbidden_carer(item: Placed, carer: Carer) -> Iterator[Violation]:
    """FORBIDDEN_CARER: not one whom the person, or who, shall not meet."""
    if carer.id in item.visit.wishes.prohibited:
        yield Violation(Rule.FORBIDDEN_CARER, *item.ids, "någon annan", carer.id)


def allergy(item: Placed, carer: Carer) -> Iterator[Violation]:
    """ALLERGY: nothing in the home that the carer cannot stand."""
    both = sorted(item.visit.wishes.allergens & carer.allergies)
    if both:
        yield Violation(Rule.ALLERGY, *item.ids, "någon utan allergin", ", ".join(both))


def gender(item: Placed, carer: Carer) -> Iterator[Violation]:
    """GENDER: the carer's is the wanted one; an unknown one is not."""
    wanted = item.visit.wishes.gender
    if wanted is not None and wanted != carer.gender:
        yield Violation(Rule.GENDER, *item.ids, WORDS[wanted], WORDS[carer.gender])


def language(item: Placed, carer: Carer) -> Iterator[Violation]:
    """LANGUAGE: the carer speaks one of the wanted ones."""
    wanted = item.visit.wishes.languages
    if wanted and not any(spoken in wanted for spoken in carer.languages):
        found = ", ".join(sorted(carer.languages)) or "inget angivet"
        yield Violation(Rule.LANGUAGE, *item.ids, " eller ".join(sorted(wanted)), found)


def pinned_carer(item: Placed, carer: Carer) -> Iterator[Violation]:
    """PINNED_CARER: the one whom the scheduler has decided on."""
    wanted = item.visit.pinned_carer
    if wanted is not None and wanted != carer.id:
        yield Violation(Rule.PINNED_CARER, *item.ids, wanted, carer.id)


def fixed_contact(item: Placed, carer: Carer) -> Iterator[Violation]:
    """FIXED_CONTACT: the fixed care contact, where there is one."""
    wanted = item.visit.wishes.contact
    if wanted is not None and wanted != carer.id:
        yield Violation(Rule.FIXED_CONTACT, *item.ids, wanted, carer.id)


def preferred_carer(item: Placed, carer: Carer) -> Iterator[Violation]:
    """PREFERRED_CARER: one of those the person wants most."""
    wanted = item.visit.wishes.preferred
    if wanted and carer.id not in wanted:
        yield Violation(Rule.PREFERRED_CARER, *item.ids, " eller ".join(sorted(wanted)), carer.id)
