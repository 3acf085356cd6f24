"""
Paid minutes by columns: basis, rounding, least minutes, absence, start-up, caps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from pricing.book.model import Basis, Cap, CapPer, Direction, Status
from pricing.pay.cell_terms import CellTerms
from pricing.pay.columns import STATUSES, Ints, Mask, VisitColumns, grouped, ints

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Paid:
    """
    What is paid of each visit.

    Parameters
    ----------
    minutes
        (n,) int64.
    share
        (n,) int64, position in `shares` of what is paid of the amount.
    """

    minutes: Ints
    share: Ints
    shares: Sequence[Fraction]


def paid_minutes(
    visits: VisitColumns,
    days: Ints,
    rows: Ints,
    group: Ints,
    terms: Sequence[CellTerms | None],
) -> Paid:
    """
    Paid minutes and shares of some visits.

    Parameters
    ----------
    rows
        (n,) int64, positions in `visits`.
    group
        (n,) int64, position in `terms` of each of them.
    """
    performed = visits.performed_min[rows]
    standard = ints([0 if t is None else t.standard_min for t in terms])[group]
    by_standard = _flags(terms, lambda t: t.rate.basis is Basis.STANDARD)[group]
    stated = np.where(by_standard, standard, visits.granted_min[rows])
    least = [_least(t) for t in terms]
    above = ints([each.numerator for each in least])[group]
    below = ints([each.denominator for each in least])[group]
    by_performed = _flags(terms, lambda t: t.rate.basis is Basis.PERFORMED)[group]
    # Granted time at a rate by performed time is paid by its visits; it only counts for their caps.
    is_granted = visits.status[rows] == STATUSES.index(Status.GRANTED)
    performed = np.where(is_granted & by_performed, 0, performed)
    by_performed |= performed * below < above * stated
    minutes = np.where(by_performed, _rounded(performed, group, terms), stated)
    start_up = ints([-1 if t is None or t.start_up_min is None else t.start_up_min for t in terms])
    minutes = np.where(start_up[group] >= 0, start_up[group], minutes)
    share, shares = _not_performed(visits, days, rows, group, terms, stated, minutes)
    for per in CapPer:
        minutes = _capped(visits, days, rows, group, terms, minutes, per)
    return Paid(minutes, share, shares)


def _least(terms: CellTerms | None) -> Fraction:
    if terms is None or terms.rate.least_performed_share is None:
        return Fraction(0)
    return Fraction(terms.rate.least_performed_share)


def _rounded(performed: Ints, group: Ints, terms: Sequence[CellTerms | None]) -> Ints:
    minutes = performed.copy()
    for number, each in enumerate(terms):
        if each is None or (each.rounding is None and not each.minimum_min):
            continue
        at = np.flatnonzero((group == number) & (performed > 0))
        own = performed[at]
        if each.rounding is not None:
            step, direction = each.rounding
            if direction is Direction.UP:
                own = -(-own // step) * step
            elif direction is Direction.DOWN:
                own = own // step * step
            else:
                own = (2 * own + step) // (2 * step) * step
        minutes[at] = np.maximum(own, each.minimum_min)
    return minutes


def _not_performed(
    visits: VisitColumns,
    days: Ints,
    rows: Ints,
    group: Ints,
    terms: Sequence[CellTerms | None],
    stated: Ints,
    minutes: Ints,
) -> tuple[Ints, Sequence[Fraction]]:
    """Shares of what did not take place; its minutes are written into `minutes`."""
    share = np.zeros(len(rows), dtype=np.int64)
    shares = [ONE]
    at = np.flatnonzero(_flags(terms, lambda t: t.steps is not None)[group])
    if not len(at):
        return share, shares
    absent = visits.absent_from[rows[at]]
    number = np.where(absent > 0, np.maximum(days[rows[at]] - absent + 1, 1), 1)
    kinds, example = grouped((group[at], len(terms)), (number, int(number.max()) + 1))
    for kind, position in enumerate(example.tolist()):
        own = terms[group[at[position]]]
        if own is None or own.steps is None:
            continue
        step = own.steps[own.step_on(int(number[position]))]
        chosen = at[kinds == kind]
        paid = stated[chosen] if step.minutes is None else np.full(len(chosen), step.minutes)
        minutes[chosen] = paid if step.at_most_min is None else np.minimum(paid, step.at_most_min)
        shares.append(Fraction(step.share))
        share[chosen] = len(shares) - 1
    return share, shares


# ---------------------------------------------------------------- caps


def _capped(
    visits: VisitColumns,
    days: Ints,
    rows: Ints,
    group: Ints,
    terms: Sequence[CellTerms | None],
    minutes: Ints,
    per: CapPer,
) -> Ints:
    """Minutes within the caps of one kind, filled in the order of start and id."""
    caps: dict[str, Cap] = {c.code: c for t in terms if t for c in t.caps if c.per is per}
    if not caps:
        return minutes
    codes = list(caps)
    of_group = ints([next((codes.index(c.code) for c in t.caps if c.per is per), -1)
                     if t else -1 for t in terms])  # fmt: skip
    at = np.flatnonzero(of_group[group] >= 0)
    own = rows[at]
    over = _counted_over(visits, days, own, per)
    counted, _ = grouped((of_group[group[at]], len(codes)), over)
    order = _in_order(visits, own, counted, per)
    at, own, counted = at[order], own[order], counted[order]
    first = np.flatnonzero(np.append(True, counted[1:] != counted[:-1]))
    nth = np.cumsum(np.append(False, counted[1:] != counted[:-1]))
    granted_min = visits.granted_min[own]
    if per is CapPer.RECIPIENT_WEEK:
        # Granted time of a month is of no one week.
        of_month = visits.status[own] == STATUSES.index(Status.GRANTED)
        granted_min = np.where(of_month, 0, granted_min)
    granted = np.add.reduceat(granted_min, first)
    limit = ints(
        [
            caps[codes[of_group[group[at[f]]]]].limit_min(
                date.fromordinal(int(days[own[f]])), int(granted[i])
            )
            for i, f in enumerate(first.tolist())
        ]
    )
    concerned = np.zeros(len(at), dtype=bool)
    for status in (Status.PERFORMED, Status.GRANTED):
        filled = [number >= 0 and t is not None and caps[codes[number]].concerns(t.rate, status)
                  for number, t in zip(of_group.tolist(), terms, strict=True)]  # fmt: skip
        of_status = visits.status[own] == STATUSES.index(status)
        concerned |= of_status & np.array(filled, dtype=bool)[group[at]]
    asked = np.where(concerned, minutes[at], 0)
    running = np.cumsum(asked)
    before = running - asked
    running -= before[first][nth]
    allowed = np.minimum(running, limit[nth]) - np.minimum(running - asked, limit[nth])
    kept = minutes.copy()
    kept[at[concerned]] = allowed[concerned]
    return kept


def _counted_over(visits: VisitColumns, days: Ints, own: Ints, per: CapPer) -> tuple[Ints, int]:
    if per is CapPer.VISIT:
        return own, len(visits)
    first = int(days.min())
    months = ints(
        [
            date.fromordinal(day).year * 12 + date.fromordinal(day).month
            for day in range(first, int(days.max()) + 1)
        ]
    )
    month = months[days[own] - first] - months[0]
    number = int(months[-1] - months[0]) + 1
    code = visits.provider[own] * number + month
    size = len(visits.providers) * number
    if per is CapPer.RECIPIENT_WEEK:
        # Ordinal 1 is a Monday.
        weeks = (int(days.max()) - 1) // 7 - (first - 1) // 7 + 1
        code = code * weeks + (days[own] - 1) // 7 - (first - 1) // 7
        size *= weeks
    if per is not CapPer.PROVIDER_MONTH:
        code = code * len(visits.recipients) + visits.recipient[own]
        size *= len(visits.recipients)
    return code, size


def _in_order(visits: VisitColumns, own: Ints, counted: Ints, per: CapPer) -> Ints:
    """Positions sorted by what is counted together, then by start and id."""
    if per is CapPer.VISIT:
        return np.argsort(counted, kind="stable")
    return np.argsort(counted * len(visits) + visits.places[own], kind="stable")


def _flags(terms: Sequence[CellTerms | None], holds: Callable[[CellTerms], bool]) -> Mask:
    return np.array([t is not None and holds(t) for t in terms], dtype=bool)
