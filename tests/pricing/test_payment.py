"""Invoice lines to the öre, and sums of lines as printed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from price_cases import cases, label

from pricing.payment import invoice_line, invoice_sum_ore
from scheduler.care.errors import InvalidInput
from scheduler.care.units import to_ore


@pytest.mark.parametrize("case", cases("invoice_lines"), ids=label)
def test_an_invoice_line_is_minutes_times_staff_times_rate(case: dict[str, Any]) -> None:
    """To the öre, half up."""
    made = invoice_line("v-1", case["minutes"], case["staff"], Decimal(case["rate"]))
    assert made.amount_ore == to_ore(case["amount_kr"])


def test_the_sum_is_that_of_the_lines_as_printed() -> None:
    """Laundry twice is 2 x 547.53 = 1,095.06, not the 1,095.07 of 172 minutes."""
    laundry = invoice_line("v-1", 86, 1, Decimal(382))
    assert invoice_sum_ore([laundry, laundry]) == 109_506
    assert invoice_line("v-2", 172, 1, Decimal(382)).amount_ore == 109_507
    assert invoice_sum_ore([]) == 0


def test_all_faults_of_an_invoice_line_come_at_once() -> None:
    """Three wrong numbers: three findings that name the line and the field."""
    with pytest.raises(InvalidInput) as refused:
        invoice_line("v-1", -1, 0, Decimal(-1))
    assert [finding.where for finding in refused.value.findings] == [
        "v-1.minutes",
        "v-1.staff",
        "v-1.rate",
    ]


def test_an_unpaid_line_is_a_line() -> None:
    """The bound of the rate is included: time that the agreement pays nothing for still shows."""
    assert invoice_line("v-1", 60, 1, Decimal(0)).amount_ore == 0
