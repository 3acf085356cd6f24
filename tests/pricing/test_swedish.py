"""Numbers and formulas as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from price_cases import published

from pricing.price import hour_cost
from pricing.swedish import number, percent
from scheduler.care.model import ProviderKind

NBSP = "\u00a0"


def test_numbers_in_formulas_are_written_the_swedish_way() -> None:
    """Decimal comma, no-break space between thousands, a real minus sign."""
    assert number(Decimal("30907")) == f"30{NBSP}907,00"
    assert number(Decimal("-1234567.895")) == f"\u22121{NBSP}234{NBSP}567,90"
    assert number(Decimal("-0.001")) == "0,00"
    assert number(Decimal("0.44534"), Decimal("0.001")) == "0,445"
    assert percent(Decimal("0.4453")) == f"44,53{NBSP}%"


def test_formulas_show_the_numbers_that_they_use() -> None:
    """A controller must be able to redo each line with a calculator."""
    cost = hour_cost(published("synthetic_2026.toml"), date(2026, 1, 1), "rural")
    formulas = {line.code: line.formula.replace(NBSP, " ") for line in cost.lines}
    assert formulas["worked_hour"] == (
        "(12 × 30 907,00 − 19 285,97 + 5 235,65 + 19 388,16) × 1,4453 / 1 615,68 h"
    )
    assert formulas["ancillary"] == "336,55 × 42,00 % / 58,00 %"
    assert formulas["vehicle"] == "angivet belopp 30,00"
    assert formulas["overhead"] == "3,00 % × 694,25"
    private = cost.rate_lines[ProviderKind.PRIVATE]
    assert [line.formula.replace(NBSP, " ") for line in private] == [
        "3,00 % × 715,08",
        "736,53 avrundas",
    ]
