"""
Numbers in formulas, written the Swedish way: decimal comma, no-break space between thousands.

Only for text that people read; every amount is also there as a Decimal.
"""

from __future__ import annotations

from decimal import Decimal

from scheduler.care.units import ORE, round_half_up

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


def number(value: Decimal, step: Decimal = ORE) -> str:
    """`value` rounded half up to a multiple of `step`, e.g. ``30 907,00``."""
    rounded = round_half_up(value, step)
    text = f"{abs(rounded):,f}".replace(",", NO_BREAK_SPACE).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def percent(share: Decimal) -> str:
    """A share as per cent with two decimals, e.g. ``44,53 %``."""
    return f"{number(share * 100)}{NO_BREAK_SPACE}%"
