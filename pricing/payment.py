"""
What a provider is paid for performed or granted time: one line per visit or service, in öre.

Each line is rounded half up to öre and the sum adds the rounded lines, so that an invoice adds up
as it is printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.units import MINUTES_PER_HOUR, to_ore


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """
    One line of a provider's invoice.

    Parameters
    ----------
    reference
        Id of the visit or service line that is paid.
    minutes, staff
        Minutes, and carers at the same time.
    rate
        Kronor per hour and carer.
    amount_ore
        ``minutes x staff / 60 x rate`` in öre.
    """

    reference: str
    minutes: int
    staff: int
    rate: Decimal
    amount_ore: int


def invoice_line(reference: str, minutes: int, staff: int, rate: Decimal) -> InvoiceLine:
    """
    The line for `minutes` with `staff` carers at `rate`.

    Raises
    ------
    InvalidInput
        On negative minutes, staff below 1 or a negative rate; all at once.
    """
    faults = (
        ("minutes", minutes >= 0, ">= 0", minutes),
        ("staff", staff >= 1, ">= 1", staff),
        ("rate", rate >= 0, ">= 0 kr/h", rate),
    )
    findings = [
        Finding("OUT_OF_RANGE", f"{reference}.{name}", expected, str(found), "Rätta värdet.")
        for name, holds, expected, found in faults
        if not holds
    ]
    if findings:
        raise InvalidInput(findings)
    amount = Decimal(minutes * staff) * rate / MINUTES_PER_HOUR
    return InvoiceLine(reference, minutes, staff, rate, to_ore(amount))


def invoice_sum_ore(lines: Iterable[InvoiceLine]) -> int:
    """Sum of the lines as printed, in öre."""
    return sum(line.amount_ore for line in lines)
