"""
Amounts as records: the lines of a build-up, which add up to what is shown.

An amount is worked out unrounded and shown to öre. Rounded one by one, lines may miss their sum by
some öre; here each line is the difference between two rounded subtotals. So every subtotal shown is
the exact subtotal rounded, the total is the sum of the lines, and a line is at most one öre off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from scheduler.care.units import round_half_up

UNIT = "kr/brukartimme"


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of a build-up.

    Parameters
    ----------
    code
        Stable name, e.g. ``vehicle``.
    text
        What it is, in Swedish.
    amount
        Kronor per care hour; negative when deducted.
    unit
        Of `amount`, in Swedish.
    formula
        The calculation with its numbers, written the Swedish way.
    source
        Where the figures come from.
    """

    code: str
    text: str
    amount: Decimal
    unit: str
    formula: str
    source: str


def shown(exact: Iterable[Line], start: Decimal = Decimal(0)) -> tuple[Line, ...]:
    """
    The lines with amounts in öre that add up.

    Parameters
    ----------
    exact
        Lines with unrounded amounts, in order.
    start
        Unrounded subtotal before the first line.

    Returns
    -------
    tuple of Line
        ``round(start) + sum of the first n`` is ``round(start + exact sum of the first n)``.
    """
    lines: list[Line] = []
    subtotal, subtotal_shown = start, round_half_up(start)
    for line in exact:
        subtotal += line.amount
        following = round_half_up(subtotal)
        lines.append(replace(line, amount=following - subtotal_shown))
        subtotal_shown = following
    return tuple(lines)
