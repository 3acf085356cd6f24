"""
Swedish identity numbers: personal numbers (personnummer) and coordination numbers
(samordningsnummer), normalised to twelve digits.

Promises: the answer depends on nothing but its arguments (the library's own century depends on
today); a refusal never repeats what was refused.

Source: Folkbokföringslagen (1991:481) 18 §; Skatteverket's Meddelande SKV M 2010:3 for coordination
numbers (60 is added to the day of birth).
"""

from __future__ import annotations

import re
from datetime import date

from personnummer import personnummer

from scheduler.care.errors import Finding, InvalidInput

# ASCII on purpose: \d also means the digits of other scripts, which would be another text.
_FORM = re.compile(r"(?P<century>[0-9]{2})?(?P<date>[0-9]{6})(?P<sign>[-+]?)(?P<last>[0-9]{4})")
_COORDINATION = 60


def read_identity_number(text: str, on: date, where: str = "number") -> str:
    """
    The twelve digits of an identity number as people write it.

    Parameters
    ----------
    text
        ``YYYYMMDD-NNNN`` or ``YYMMDD-NNNN``, the sign optional; ``+`` in the short form means a
        person who is a hundred years old or more in the year of `on`.
    on
        The day of reading: gives a short number its century, and nobody is born after it.

    Raises
    ------
    InvalidInput
        NOT_AN_IDENTITY_NUMBER for another form, a day that no calendar has, a wrong check digit
        or a birth after `on`.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise _refused(where)
    century = match["century"] or _century(match["date"][:2], match["sign"], on)
    digits = f"{century}{match['date']}{match['last']}"
    # Nobody who was born before 1800 has ever had a number.
    if digits < "1800" or not personnummer.valid(digits) or birth_date(digits) > on:
        raise _refused(where)
    return digits


def birth_date(digits: str) -> date:
    """The day of birth that a normalised number tells; ValueError when no calendar has it."""
    day = int(digits[6:8])
    return date(
        int(digits[:4]), int(digits[4:6]), day - _COORDINATION if day > _COORDINATION else day
    )


def is_coordination_number(digits: str) -> bool:
    """Whether a normalised number is a coordination number (samordningsnummer)."""
    return int(digits[6:8]) > _COORDINATION


def written(digits: str) -> str:
    """A normalised number as people read it: ``YYYYMMDD-NNNN``."""
    return f"{digits[:8]}-{digits[8:]}"


def _century(year: str, sign: str, on: date) -> str:
    full = on.year - (on.year - int(year)) % 100
    return f"{(full - 100 if sign == '+' else full) // 100:02d}"


def _refused(where: str) -> InvalidInput:
    return InvalidInput(
        Finding(
            "NOT_AN_IDENTITY_NUMBER",
            where,
            "YYYYMMDD-NNNN with a right check digit",
            "something else",
            "Rätta personnumret eller samordningsnumret; kontrollera varje siffra.",
        )
    )
