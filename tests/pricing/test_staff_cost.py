"""From wage to worked hour, on paper; the published chain is in test_published_prices.py."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pricing.figure import constant
from pricing.staff_cost import StaffCost, WageTerms, staff_cost
from scheduler.care.errors import InvalidInput

# 120,000 kr for 1,200 h is 100 kr an hour.
TERMS = WageTerms(
    monthly_wage=constant(10_000),
    gross_hours=constant(1200),
    vacation_hours=constant(120),
    sick_hours=constant(60),
    other_absence_hours=constant(20),
    sick_saved_share=constant(Decimal("0.5")),
    vacation_supplement_share=constant(Decimal("0.01")),
    vacation_days=constant(20),
    unsocial_share={"evening": constant(Decimal("0.2")), "night": constant(Decimal("0.1"))},
    unsocial_rate={"evening": constant(20), "night": constant(30)},
    on_cost_share=constant(Decimal("0.5")),
)


def test_every_step_on_paper() -> None:
    """1,000 h worked; 60 sick hours save 50 kr each; 200 h at 20 kr and 100 h at 30 kr extra."""
    assert staff_cost(TERMS).amounts() == StaffCost(
        worked_hours=Decimal(1000),
        sick_deduction=Decimal(3000),
        vacation_supplement=Decimal(2000),
        unsocial_supplement=Decimal(7000),
        pay=Decimal(126_000),
        pay_with_on_costs=Decimal(189_000),
        per_worked_hour=Decimal(189),
    )


def test_absence_that_takes_every_hour_and_differing_bands_are_told_together() -> None:
    """Dividing by no hours is no cost; a band without its rate would be free."""
    broken = replace(TERMS, vacation_hours=constant(1120), unsocial_rate={"night": constant(30)})
    with pytest.raises(InvalidInput) as refused:
        staff_cost(broken)
    assert [finding.code for finding in refused.value.findings] == [
        "NO_WORKED_HOURS",
        "BANDS_DIFFER",
    ]
