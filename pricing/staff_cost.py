"""
From a monthly wage to the cost of one worked hour (steps 1-3 of docs/pricing.md).

Worked hours are the hours of the year less absence; the pay of the year, with the employer's
on-costs (PO-pålägg), is divided by them. Nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from pricing.figure import Figure, total
from scheduler.care.errors import Finding, InvalidInput

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class WageTerms:
    """
    Terms of employment of one carer, full time, for a year.

    Parameters
    ----------
    monthly_wage
        Kronor a month.
    gross_hours
        Hours of the year at full time, before any absence.
    vacation_hours, sick_hours, other_absence_hours
        Hours of absence a year.
    sick_saved_share
        Share of the hourly wage that the employer saves in a sick hour.
    vacation_supplement_share, vacation_days
        Supplement per day of vacation as a share of the monthly wage; days a year.
    unsocial_share, unsocial_rate
        Band of unsocial hours -> share of the worked hours in it, and kronor an hour for it.
    on_cost_share
        The employer's on-costs as a share of the pay.
    """

    monthly_wage: Figure
    gross_hours: Figure
    vacation_hours: Figure
    sick_hours: Figure
    other_absence_hours: Figure
    sick_saved_share: Figure
    vacation_supplement_share: Figure
    vacation_days: Figure
    unsocial_share: Mapping[str, Figure]
    unsocial_rate: Mapping[str, Figure]
    on_cost_share: Figure


@dataclass(frozen=True, slots=True)
class StaffCost:
    """
    The steps from wage to cost per worked hour, for one carer and year, unrounded.

    Parameters
    ----------
    worked_hours
        Hours worked.
    sick_deduction, vacation_supplement, unsocial_supplement
        Kronor, positive.
    pay
        ``12 x wage - sick deduction + vacation supplement + unsocial supplement``.
    pay_with_on_costs
        `pay` with the employer's on-costs.
    per_worked_hour
        ``pay_with_on_costs / worked_hours``.
    """

    worked_hours: Decimal
    sick_deduction: Decimal
    vacation_supplement: Decimal
    unsocial_supplement: Decimal
    pay: Decimal
    pay_with_on_costs: Decimal
    per_worked_hour: Decimal


@dataclass(frozen=True, slots=True)
class StaffFigures:
    """The steps of :class:`StaffCost` with what each was made from."""

    worked_hours: Figure
    sick_deduction: Figure
    vacation_supplement: Figure
    unsocial_supplement: Figure
    pay: Figure
    pay_with_on_costs: Figure
    per_worked_hour: Figure

    def amounts(self) -> StaffCost:
        """The steps as plain amounts."""
        return StaffCost(**{each.name: getattr(self, each.name).value for each in fields(self)})


def staff_cost(terms: WageTerms) -> StaffFigures:
    """
    Cost per worked hour under `terms`.

    Raises
    ------
    InvalidInput
        When absence leaves no hours to work; when the bands of unsocial hours differ between their
        shares and their rates.
    """
    worked = terms.gross_hours - terms.vacation_hours - terms.sick_hours - terms.other_absence_hours
    worked = worked.called("worked_hours", "Arbetad tid", "h/year")
    _require_hours(terms, worked)
    year_wage = (MONTHS_PER_YEAR * terms.monthly_wage).called("year_wage", "Årslön", "kr/year")
    sick_deduction = terms.sick_hours * terms.sick_saved_share * year_wage / terms.gross_hours
    vacation_supplement = terms.vacation_supplement_share * terms.monthly_wage * terms.vacation_days
    unsocial_supplement = total(
        share * worked * terms.unsocial_rate[band] for band, share in terms.unsocial_share.items()
    )
    sick_deduction = sick_deduction.called("sick_deduction", "Sjukavdrag", "kr/year")
    vacation_supplement = vacation_supplement.called(
        "vacation_supplement", "Semestertillägg", "kr/year"
    )
    unsocial_supplement = unsocial_supplement.called("unsocial_supplement", "Ob-tillägg", "kr/year")
    pay = year_wage - sick_deduction + vacation_supplement + unsocial_supplement
    pay = pay.called("pay", "Lön", "kr/year")
    with_on_costs = pay * (1 + terms.on_cost_share)
    with_on_costs = with_on_costs.called("pay_with_on_costs", "Lön med PO-pålägg", "kr/year")
    return StaffFigures(
        worked_hours=worked,
        sick_deduction=sick_deduction,
        vacation_supplement=vacation_supplement,
        unsocial_supplement=unsocial_supplement,
        pay=pay,
        pay_with_on_costs=with_on_costs,
        per_worked_hour=with_on_costs / worked,
    )


def _require_hours(terms: WageTerms, worked: Figure) -> None:
    findings = []
    if worked.value <= 0:
        findings.append(
            Finding(
                "NO_WORKED_HOURS",
                "gross_hours",
                "more hours than vacation_hours + sick_hours + other_absence_hours",
                f"{terms.gross_hours.value} h gross leaves {worked.value} h",
                "Rätta årsarbetstiden eller frånvaron: ingen arbetad tid återstår.",
            )
        )
    if terms.unsocial_share.keys() != terms.unsocial_rate.keys():
        findings.append(
            Finding(
                "BANDS_DIFFER",
                "unsocial_share, unsocial_rate",
                "the same bands in both",
                f"{sorted(terms.unsocial_share)} and {sorted(terms.unsocial_rate)}",
                "Ange samma tider för obekväm arbetstid i båda.",
            )
        )
    if findings:
        raise InvalidInput(findings)
