"""
The formula of each kind of step, from staff cost to the rate of one kind of provider.

Amounts are unrounded kronor per care hour until :func:`pricing.lines.shown`; only the ROUND step
rounds. Which steps apply, and in which order, is the price list's recipe; a changed formula is a
new kind of step, so that a recipe already in force keeps its result.

Source: the chain of docs/pricing.md, steps 3-12 and 14.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pricing.break_even import break_even_share
from pricing.hour_cost import ShareSource
from pricing.indexation import indexed
from pricing.lines import UNIT, Line
from pricing.price_list import WAGE_QUANTITY, Terms
from pricing.quantities import KR_STEP
from pricing.recipe import STAFF_KINDS, WORKED_HOUR_KINDS, Step, StepKind
from pricing.shares import MEASURABLE, TimeShares
from pricing.staff_cost import StaffCost, staff_cost
from pricing.swedish import number, percent
from scheduler.care.model import ProviderKind
from scheduler.care.units import round_half_up

MEASURED_SOURCE = "Uppmätt i dagsplanen"

DEDUCTED_KINDS = frozenset(
    {StepKind.EFFICIENCY_SHARE, StepKind.EXEMPT_AMOUNT, StepKind.EXEMPT_SHARE}
)
# Steps that follow a cost which this kind of provider does not have, or which only it has.
BORNE_KINDS = frozenset(
    {StepKind.EXEMPT_AMOUNT, StepKind.EXEMPT_SHARE, StepKind.COMPENSATION_SHARE}
)


@dataclass(frozen=True, slots=True)
class FullCost:
    """
    Cost of a care hour before anything that depends on the provider, unrounded.

    Parameters
    ----------
    lines
        The build-up.
    worked_hour
        Cost per worked hour; None when the recipe has no such step.
    staff
        Steps from the wage; None when the price list states the cost per worked hour.
    care_time_share
        In (0, 1]; None when `worked_hour` is.
    non_time
        The part of the total that is neither worked-hour cost nor ancillary time.
    """

    lines: tuple[Line, ...]
    worked_hour: Decimal | None
    staff: StaffCost | None
    care_time_share: Decimal | None
    non_time: Decimal

    @property
    def total(self) -> Decimal:
        """Sum of the lines, unrounded."""
        return _sum(self.lines)


@dataclass(frozen=True, slots=True)
class ProviderRate:
    """Steps from the full cost to one kind of provider's rate, its rate and break-even share."""

    lines: tuple[Line, ...]
    rate: Decimal
    break_even_share: Decimal | None


# ---------------------------------------------------------------- full cost


def full_cost(terms: Terms, shares: TimeShares) -> FullCost:
    """
    The steps of ``recipe.cost`` in order.

    Parameters
    ----------
    shares
        Of the recipe's ANCILLARY_SHARE steps; no shares leave 1 as care time.
    """
    staff = None
    worked_hour = Decimal(0)
    lines: list[Line] = []
    staff_lines: list[Line] = []
    for step in terms.recipe.cost:
        if step.kind is StepKind.WORKED_HOUR:
            staff = staff_cost(terms.wage_terms())
            line = _wage_line(terms, staff)
        elif step.kind is StepKind.ANCILLARY_SHARE:
            line = _ancillary_line(terms, step, worked_hour, shares)
        elif step.kind is StepKind.SHARE:
            line = _share_line(terms, step, _sum(lines))
        else:
            line = _amount_line(terms, step)
        if step.kind in WORKED_HOUR_KINDS:
            worked_hour = line.amount
        if step.kind in STAFF_KINDS:
            staff_lines.append(line)
        lines.append(line)
    return FullCost(
        lines=tuple(lines),
        worked_hour=worked_hour if terms.recipe.cost_kinds() & WORKED_HOUR_KINDS else None,
        staff=staff,
        care_time_share=_care_time_share(terms, worked_hour, staff_lines, shares),
        non_time=_sum(lines) - _sum(staff_lines),
    )


def _care_time_share(
    terms: Terms, worked_hour: Decimal, staff_lines: list[Line], shares: TimeShares
) -> Decimal | None:
    kinds = terms.recipe.cost_kinds()
    if StepKind.ANCILLARY_SHARE in kinds:
        return shares.care_time
    staff_total = _sum(staff_lines)
    if StepKind.ANCILLARY_AMOUNT in kinds and staff_total:
        return worked_hour / staff_total  # what a price list in kronor implies
    return None


def _wage_line(terms: Terms, staff: StaffCost) -> Line:
    wage = terms.value("monthly_wage")
    on_costs = 1 + terms.value("on_cost_share")
    sources = dict.fromkeys(terms.dated(name).source for name in WAGE_QUANTITY)
    return Line(
        StepKind.WORKED_HOUR.value,
        "Personal, per arbetad timme",
        staff.per_worked_hour,
        UNIT,
        f"(12 × {number(wage)} − {number(staff.sick_deduction)} + "
        f"{number(staff.vacation_supplement)} + {number(staff.unsocial_supplement)}) × "
        f"{number(on_costs, Decimal('0.0001'))} / {number(staff.worked_hours)} h",
        "; ".join(sources),
    )


def _ancillary_line(terms: Terms, step: Step, worked_hour: Decimal, shares: TimeShares) -> Line:
    share = shares.ancillary[step.parameter]
    measured = shares.source is ShareSource.MEASURED and step.parameter in MEASURABLE
    return _line(
        terms,
        step,
        worked_hour * share / shares.care_time,
        f"{number(worked_hour)} × {percent(share)} / {percent(shares.care_time)}",
        MEASURED_SOURCE if measured else None,
    )


# ---------------------------------------------------------------- rate


def provider_rate(terms: Terms, cost: FullCost, provider: ProviderKind) -> ProviderRate:
    """
    The steps of ``recipe.rate`` that hold for `provider`, in order.

    What the provider bears moves with the rate where a step says so: an exemption is a cost it
    does not have, a compensation pays for a cost that only it has, an index raises its costs as
    well. An efficiency requirement and the rounding change the rate alone, hence the break-even
    share.
    """
    *steps, rounding = terms.recipe.rate
    rate, non_time, worked_hour = cost.total, cost.non_time, cost.worked_hour
    lines: list[Line] = []
    for step in steps:
        if step.provider not in (None, provider):
            continue
        sign = -1 if step.kind in DEDUCTED_KINDS else 1
        if step.kind is StepKind.EXEMPT_AMOUNT:
            line = _amount_line(terms, step, sign)
        else:
            line = _share_line(terms, step, rate, sign)
        rate += line.amount
        lines.append(line)
        if step.kind in BORNE_KINDS:
            non_time += line.amount
        elif step.kind is StepKind.INDEX_SHARE:
            change = terms.value(step.parameter)
            non_time = indexed(non_time, change)
            worked_hour = None if worked_hour is None else indexed(worked_hour, change)
    rounded = round_half_up(rate, _rounding_step(terms, rounding))
    lines.append(_line(terms, rounding, rounded - rate, f"{number(rate)} avrundas"))
    break_even = None
    if worked_hour is not None and cost.care_time_share is not None:
        break_even = break_even_share(worked_hour, rounded, non_time)
    return ProviderRate(tuple(lines), rounded, break_even)


def _rounding_step(terms: Terms, step: Step) -> Decimal:
    # Quantizing follows the exponent, not the value: a step written 1.0 would round to tenths.
    value = terms.value(step.parameter)
    return next(allowed for allowed in KR_STEP.only if allowed == value)


# ---------------------------------------------------------------- lines


def _amount_line(terms: Terms, step: Step, sign: int = 1) -> Line:
    amount = sign * terms.value(step.parameter)
    return _line(terms, step, amount, f"angivet belopp {number(amount)}")


def _share_line(terms: Terms, step: Step, subtotal: Decimal, sign: int = 1) -> Line:
    share = sign * terms.value(step.parameter)
    return _line(terms, step, subtotal * share, f"{percent(share)} × {number(subtotal)}")


def _line(
    terms: Terms, step: Step, amount: Decimal, formula: str, source: str | None = None
) -> Line:
    dated = terms.dated(step.parameter)
    return Line(step.parameter, dated.text, amount, UNIT, formula, source or dated.source)


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))
