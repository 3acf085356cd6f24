"""
Swedish identifiers of companies and accounts: their form and check digit, nothing of a register.

Sources: the Luhn check digit of organisation numbers (SKV 709) and of bankgiro numbers; VAT
registration numbers are SE, the organisation number and 01.
"""

from __future__ import annotations

import re

_TEN = re.compile(r"[0-9]{10}")
_VAT = re.compile(r"SE([0-9]{10})[0-9]{2}")
_BANKGIRO = re.compile(r"[0-9]{7,8}")


def luhn(digits: str) -> bool:
    """Whether the last of `digits` is the Luhn check digit of the others."""
    doubled = (int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_organisation(text: str) -> bool:
    """Ten digits without a hyphen, the last of them right."""
    return bool(_TEN.fullmatch(text)) and luhn(text)


def is_vat_number(text: str) -> bool:
    """``SE``, an organisation number and two digits."""
    match = _VAT.fullmatch(text)
    return match is not None and luhn(match[1])


def is_bankgiro(text: str) -> bool:
    """Seven or eight digits without a hyphen, the last of them right."""
    return bool(_BANKGIRO.fullmatch(text)) and luhn(text)
