"""
The formula of each kind of step, from staff cost to the rate of one kind of provider.

Amounts are unrounded kronor per care hour until :func:`pricing.lines.shown`; only the ROUND step
rounds. Which steps apply, and in which order, is the price list's recipe; a changed formula is a
new kind of step, so that a recipe already in force keeps its result.

Source: the chain of docs/pricing.md, steps 3-12 and 14.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from pricing.break_even import break_even_share
from pricing.figure import Figure, total
from pricing.indexation import indexed
from pricing.lines import UNIT, Line
from pricing.price_list import WAGE_QUANTITY, Terms
from pricing.quantities import KR_STEP
from pricing.recipe import STAFF_KINDS, WORKED_HOUR_KINDS, Step, StepKind
from pricing.shares import SOURCE_TEXTS, TimeShares
from pricing.staff_cost import StaffFigures, staff_cost
from pricing.swedish import number, percent
from scheduler.care.model import ProviderKind

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
    lines, figures
        The build-up, line by line, and what each line was made from.
    worked_hour
        Cost per worked hour; None when the recipe has no such step.
    staff
        Steps from the wage; None when the price list states the cost per worked hour.
    care_time_share
        In (0, 1]; None when `worked_hour` is.
    non_time
        The part of the total that is neither worked-hour cost nor ancillary time.
    total
        Sum of the lines.
    """

    lines: tuple[Line, ...]
    figures: tuple[Figure, ...]
    worked_hour: Figure | None
    staff: StaffFigures | None
    care_time_share: Figure | None
    non_time: Figure
    total: Figure


@dataclass(frozen=True, slots=True)
class ProviderRate:
    """
    From the full cost to one kind of provider's rate.

    Parameters
    ----------
    lines, figures
        The steps, the rounding last, and what each was made from.
    unrounded, rate
        Before and after the rounding.
    cost
        What an hour costs this kind of provider: the full cost, less what it is exempted from,
        with what only it bears, and indexed. An efficiency requirement lowers its rate, not it.
    break_even_share
        As :func:`pricing.break_even.break_even_share`; None also when no staff cost is known.
    """

    lines: tuple[Line, ...]
    figures: tuple[Figure, ...]
    unrounded: Figure
    rate: Figure
    cost: Figure
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
    worked_hour = None
    lines: list[Line] = []
    figures: list[Figure] = []
    staff_figures: list[Figure] = []
    for step in terms.recipe.cost:
        if step.kind is StepKind.WORKED_HOUR:
            staff = staff_cost(terms.wage_terms())
            line, figure = _wage_line(terms, staff)
        elif step.kind is StepKind.ANCILLARY_SHARE:
            line, figure = _ancillary_line(terms, step, worked_hour, shares)
        elif step.kind is StepKind.SHARE:
            subtotal = total(figures).called("subtotal", "Delsumma", UNIT)
            line, figure = _share_line(terms, step, subtotal)
        else:
            line, figure = _amount_line(terms, step)
        if step.kind in WORKED_HOUR_KINDS:
            worked_hour = figure
        if step.kind in STAFF_KINDS:
            staff_figures.append(figure)
        lines.append(line)
        figures.append(figure)
    others = figures[len(staff_figures) :]  # staff cost comes first in every recipe
    return FullCost(
        lines=tuple(lines),
        figures=tuple(figures),
        worked_hour=worked_hour,
        staff=staff,
        care_time_share=_care_time_share(terms, worked_hour, staff_figures, shares),
        non_time=total(others).called("non_time", "Kostnad utöver personal", UNIT),
        total=total(figures).called("total", "Full kostnad", UNIT),
    )


def _care_time_share(
    terms: Terms, worked_hour: Figure | None, staff_figures: list[Figure], shares: TimeShares
) -> Figure | None:
    kinds = terms.recipe.cost_kinds()
    if StepKind.ANCILLARY_SHARE in kinds:
        return shares.care_time
    staff_total = total(staff_figures)
    if StepKind.ANCILLARY_AMOUNT in kinds and worked_hour is not None and staff_total.value:
        # What a price list in kronor implies.
        return (worked_hour / staff_total).called("care_time_share", "Brukartidsandel", "share")
    return None


def _wage_line(terms: Terms, staff: StaffFigures) -> tuple[Line, Figure]:
    steps = staff.amounts()
    wage = terms.figure("monthly_wage").value
    on_costs = 1 + terms.figure("on_cost_share").value
    sources = dict.fromkeys(terms.dated(name).source for name in WAGE_QUANTITY)
    line = Line(
        StepKind.WORKED_HOUR.value,
        "Personal, per arbetad timme",
        steps.per_worked_hour,
        UNIT,
        f"(12 × {number(wage)} − {number(steps.sick_deduction)} + "
        f"{number(steps.vacation_supplement)} + {number(steps.unsocial_supplement)}) × "
        f"{number(on_costs, Decimal('0.0001'))} / {number(steps.worked_hours)} h",
        "; ".join(sources),
    )
    return line, staff.per_worked_hour.called(line.code, line.text, line.unit)


def _ancillary_line(
    terms: Terms, step: Step, worked_hour: Figure | None, shares: TimeShares
) -> tuple[Line, Figure]:
    if worked_hour is None:
        raise TypeError("The recipe was not checked when its price list was read.")
    share = shares.ancillary[step.parameter]
    return _line(
        terms,
        step,
        worked_hour * share / shares.care_time,
        f"{number(worked_hour.value)} × {percent(share.value)} / {percent(shares.care_time.value)}",
        SOURCE_TEXTS.get(shares.sources[step.parameter]),
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
    rate = bears = cost.total
    non_time, worked_hour = cost.non_time, cost.worked_hour
    lines: list[Line] = []
    figures: list[Figure] = []
    for step in steps:
        if step.provider not in (None, provider):
            continue
        sign = -1 if step.kind in DEDUCTED_KINDS else 1
        if step.kind is StepKind.EXEMPT_AMOUNT:
            line, figure = _amount_line(terms, step, sign)
        else:
            line, figure = _share_line(terms, step, rate, sign)
        rate = rate + figure
        lines.append(line)
        figures.append(figure)
        if step.kind in BORNE_KINDS:
            non_time = non_time + figure
            bears = bears + figure
        elif step.kind is StepKind.INDEX_SHARE:
            change = terms.figure(step.parameter)
            non_time = indexed(non_time, change)
            bears = indexed(bears, change)
            worked_hour = None if worked_hour is None else indexed(worked_hour, change)
    rate = rate.called("unrounded", "Ersättning före avrundning", UNIT)
    rounded = rate.rounded(_rounding_step(terms, rounding)).called("rate", "Ersättning", UNIT)
    line, figure = _line(terms, rounding, rounded - rate, f"{number(rate.value)} avrundas")
    break_even = None
    if worked_hour is not None and cost.care_time_share is not None:
        break_even = break_even_share(worked_hour.value, rounded.value, non_time.value)
    return ProviderRate(
        lines=(*lines, line),
        figures=(*figures, figure),
        unrounded=rate,
        rate=rounded,
        cost=bears.called("provider_cost", "Utförarens kostnad", UNIT),
        break_even_share=break_even,
    )


def _rounding_step(terms: Terms, step: Step) -> Figure:
    # Quantizing follows the exponent, not the value: a step written 1.0 would round to tenths.
    written = terms.figure(step.parameter)
    exact = next(allowed for allowed in KR_STEP.only if allowed == written.value)
    return replace(written, value=exact)


# ---------------------------------------------------------------- lines


def _amount_line(terms: Terms, step: Step, sign: int = 1) -> tuple[Line, Figure]:
    stated = terms.figure(step.parameter)
    amount = stated if sign > 0 else -stated
    return _line(terms, step, amount, f"angivet belopp {number(amount.value)}")


def _share_line(terms: Terms, step: Step, subtotal: Figure, sign: int = 1) -> tuple[Line, Figure]:
    share = terms.figure(step.parameter)
    amount = subtotal * share if sign > 0 else -(subtotal * share)
    formula = f"{percent(sign * share.value)} × {number(subtotal.value)}"
    return _line(terms, step, amount, formula)


def _line(
    terms: Terms, step: Step, amount: Figure, formula: str, source: str | None = None
) -> tuple[Line, Figure]:
    dated = terms.dated(step.parameter)
    line = Line(step.parameter, dated.text, amount.value, UNIT, formula, source or dated.source)
    return line, amount.called(line.code, line.text, line.unit)
