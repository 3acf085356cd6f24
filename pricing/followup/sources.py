"""
What a follow-up is made from, and whose each visit is: provider, zone, unit and paid service.

A visit belongs to the decision that grants it. A registered row whose recipient has no decision
with that provider on that day belongs to what the row itself says, without a unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pricing.book.calendar import day_start
from pricing.budget.counting import Terms, paid_as
from pricing.budget.model import Granted, Placement
from pricing.followup.granted import month_of_day
from pricing.followup.matching import split
from pricing.followup.model import Dims, PlannedVisit
from pricing.pay.columns import VisitColumns, columns_of
from pricing.pay.settlement import Settlement, net_of
from pricing.pay.texts import Named


@dataclass(frozen=True, slots=True)
class Sources:
    """
    What is known; None or empty is missing.

    Parameters
    ----------
    first, last
        Days of the follow-up, both included.
    planned
        Visits of every day plan, also of those that it leaves out.
    performed
        Rows of the providers; those of other days are left aside.
    settlements
        In their order; corrections of the days in later months count.
    settled
        Provider and month that are settled, where each provider is by itself; None where a
        settlement's month is every provider's.
    """

    terms: Terms
    granted: Sequence[Granted]
    first: date
    last: date
    planned: Sequence[PlannedVisit] = ()
    performed: VisitColumns | None = None
    settlements: Sequence[Settlement] = ()
    settled: frozenset[tuple[str, str]] | None = None

    def is_settled(self, provider: str, month: str) -> bool:
        """Whether a provider's month is settled: what is not paid then never will be."""
        if self.settled is not None:
            return (provider, month) in self.settled
        return any(each.month == month for each in self.settlements)


@dataclass(frozen=True, slots=True)
class PaidVisit:
    """
    What settlements paid for one row.

    Parameters
    ----------
    minutes
        Of one carer, counted once however many components are paid by them.
    """

    provider: str
    zone: str
    service: str
    day: date
    minutes: int
    ore: int


class RowLists:
    """
    The registered rows as plain lists, since read one by one arrays are slower.

    Parameters
    ----------
    columns
        None is no row.
    """

    def __init__(self, columns: VisitColumns | None) -> None:
        columns = columns_of([]) if columns is None else columns
        self.ids = list(columns.ids)
        self.status: list[int] = columns.status.tolist()
        self.staff: list[int] = columns.staff.tolist()
        self.start: list[int] = columns.start.tolist()
        self.performed_min: list[int] = columns.performed_min.tolist()
        self.granted_min: list[int] = columns.granted_min.tolist()
        self.provider = list(Named(columns.providers, columns.provider))
        self.kind = list(Named(columns.kinds, columns.kind))
        self.recipient = list(Named(columns.recipients, columns.recipient))
        self.service = list(Named(columns.services, columns.service))
        self.zone = list(Named(columns.zones, columns.zone))
        self.planned = list(columns.planned_visits) or [""] * len(self.ids)
        self.carers = list(columns.carers) or [""] * len(self.ids)


@dataclass(slots=True)
class Whose:
    """Finds the dimensions of visits, each question once."""

    sources: Sources
    kinds: dict[str, str] = field(default_factory=dict)
    _of_recipient: dict[str, list[Granted]] = field(default_factory=dict)
    _by_id: dict[str, Granted] = field(default_factory=dict)
    _found: dict[tuple[str, str, date], Placement | None] = field(default_factory=dict)
    _of_placement: dict[tuple[int, str, str], Dims] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.sources.granted:
            self._of_recipient.setdefault(each.decision.recipient_id, []).append(each)
            self._by_id[each.decision.id] = each
            self.kinds.update({one.provider: one.kind.value for one in each.placements})

    def placement(self, recipient: str, provider: str, day: date) -> Placement | None:
        """Where a decision of the recipient is carried out by `provider` on `day`."""
        key = (recipient, provider, day)
        if key not in self._found:
            self._found[key] = next(
                (
                    each.placement_on(day)
                    for each in self._of_recipient.get(recipient, ())
                    if _in_force(each, day) and each.placement_on(day).provider == provider
                ),
                None,
            )
        return self._found[key]

    def dims_of_row(
        self, recipient: str, provider: str, kind: str, zone: str, service: str, day: date
    ) -> Dims:
        """Of a registered row."""
        placed = self.placement(recipient, provider, day)
        month = month_of_day(day)
        if placed is None:
            own = self.kinds.setdefault(provider, kind)
            return Dims(month, provider, own, zone, "", service)
        return self._dims(month, placed, service)

    def _dims(self, month: str, placed: Placement, service: str) -> Dims:
        """Made once for a placement, which lives as long as the sources."""
        key = (id(placed), month, service)
        found = self._of_placement.get(key)
        if found is None:
            kind = placed.kind.value
            found = Dims(month, placed.provider, kind, placed.zone, placed.unit, service)
            self._of_placement[key] = found
        return found

    def decision_of(self, visit: PlannedVisit) -> Granted | None:
        """The decision of a planned visit that holds on its day; that of its id goes first."""
        stated = self._by_id.get(visit.decision)
        if stated is not None and _in_force(stated, visit.day):
            return stated
        others = self._of_recipient.get(visit.recipient, ())
        return next((each for each in others if _in_force(each, visit.day)), None)

    def parts_of(self, visit: PlannedVisit) -> list[tuple[Dims, int]]:
        """What a planned visit has of each paid service: dimensions and minutes."""
        decision = self.decision_of(visit)
        month = month_of_day(visit.day)
        if decision is None:
            service = visit.services[0] if visit.services else ""
            return [(Dims(month, "", "", visit.zone, "", service), visit.minutes)]
        placed = decision.placement_on(visit.day)
        weights: dict[str, int] = defaultdict(int)
        own = [line for line in decision.decision.lines if line.id in visit.lines]
        if not own:
            own = [line for line in decision.decision.lines if line.service in visit.services]
        for line in own or decision.decision.lines[:1]:
            service, minutes = paid_as(self.sources.terms, line, placed, visit.day)
            weights[service] += minutes or 1
        whole = len(weights) == 1
        parts = [visit.minutes] if whole else split(visit.minutes, list(weights.values()))
        return [
            (self._dims(month, placed, service), part)
            for service, part in zip(weights, parts, strict=True)
        ]


def paid_by_visit(sources: Sources) -> dict[str, PaidVisit]:
    """Row id -> what was paid for it, corrections included, for visits of the days."""
    first, last = sources.first.isoformat(), sources.last.isoformat()
    minutes: dict[str, dict[str, int]] = {}
    found: dict[str, PaidVisit] = {}
    for (visit, component, _, _), (total, line) in net_of(sources.settlements).items():
        if not first <= line.day <= last:
            continue
        of_component = minutes.setdefault(visit, {})
        of_component[component] = of_component.get(component, 0) + total[0]
        ore = total[2] + (found[visit].ore if visit in found else 0)
        day = date.fromisoformat(line.day)
        most = max(of_component.values())
        found[visit] = PaidVisit(line.provider, line.zone, line.service, day, most, ore)
    return found


def rows_of_days(sources: Sources) -> tuple[range | list[int], list[date]]:
    """Positions of the rows that start from the first to the last day, and the day of each."""
    if sources.performed is None:
        return [], []
    begin = day_start(sources.first)
    end = day_start(date.fromordinal(sources.last.toordinal() + 1))
    starts = sources.performed.start.tolist()
    ordinals = sources.performed.days.tolist()
    dates = {ordinal: date.fromordinal(ordinal) for ordinal in set(ordinals)}
    rows = [row for row, start in enumerate(starts) if begin <= start < end]
    return rows, [dates[ordinals[row]] for row in rows]


def _in_force(granted: Granted, day: date) -> bool:
    decision = granted.decision
    return decision.valid_from <= day and (decision.valid_to is None or day <= decision.valid_to)
