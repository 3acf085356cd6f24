"""
The follow-up: granted -> planned -> performed -> paid, and the figures beside it.

Everything is worked out once here; tables, workbook, charts and JSON only show it. Nothing holds a
recipient's or carer's id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from pricing.book.model import Status
from pricing.budget.tariff import shown
from pricing.followup.account import Account, Progress, account, unseen
from pricing.followup.granted import month_of_day
from pricing.followup.meetings import (
    DAYS,
    CarersFrom,
    Continuity,
    Meeting,
    continuity,
    fortnights,
    punctuality,
)
from pricing.followup.model import Dims, Sums, grouped
from pricing.followup.sources import RowLists, Sources, Whose, rows_of_days
from pricing.followup.worked import CareHour, Worked, care_hours, worked_by
from pricing.pay.columns import STATUSES
from pricing.performed_time import CarerDay
from pricing.price import PriceParameters
from scheduler.care.errors import Finding, Severity

# Care time in the visits and in the worked time may differ this much before it is told.
TOLD_SHARE = Fraction(2, 100)
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "total": (),
    "kind": ("kind",),
    "provider": ("kind", "provider"),
    "zone": ("zone",),
    "unit": ("unit",),
    "month": ("month",),
    "service": ("service",),
}


def share(part: Fraction | int, whole: Fraction | int) -> Decimal | None:
    """`part` of `whole`, unrounded; None when there is no whole."""
    return shown(Fraction(part) / whole) if whole else None


@dataclass(frozen=True, slots=True)
class Group:
    """
    Everything of one provider, zone, unit or month; the same yardstick for all.

    Parameters
    ----------
    names
        Its dimensions' values, such as kind and provider.
    continuity
        Distinct carers in 14 days, one number for each recipient that counts.
    continuity_unknown
        Recipients that would count, but some carer of theirs is not registered.
    punctual, met
        Visits on time, of those planned and performed.
    """

    names: tuple[str, ...]
    sums: Sums
    worked: Worked | None
    continuity: tuple[int, ...]
    continuity_unknown: int
    continuity_source: CarersFrom | None
    punctual: int
    met: int

    @property
    def planned_share(self) -> Decimal | None:
        """Planned of granted time in force, where a day plan is known."""
        return share(self.sums.planned_min, self.sums.with_plan_min)

    @property
    def performed_of_planned(self) -> Decimal | None:
        """Performed of planned time, where both are known."""
        sums = self.sums
        return share(sums.performed_planned_min, sums.planned_reported_min)

    @property
    def execution_share(self) -> Decimal | None:
        """Performed of granted time in force (utförandegrad), where visits are known."""
        known = self.sums.known["visits"]
        return share(self.sums.performed_min, self.sums.with_visits_min) if known else None

    @property
    def care_time_share(self) -> Decimal | None:
        """Care time of worked time; None without worked time."""
        return self.worked.share(self.worked.care_min) if self.worked else None

    @property
    def mean_continuity(self) -> Decimal | None:
        """Mean of distinct carers in 14 days."""
        return share(sum(self.continuity), len(self.continuity))

    @property
    def punctual_share(self) -> Decimal | None:
        """Visits on time of those planned and performed."""
        return share(self.punctual, self.met)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """
    The whole follow-up.

    Parameters
    ----------
    groups
        Name in :data:`DIMENSIONS` -> its groups.
    care_hours
        Empty without a price list or worked time.
    notes
        What is missing and what does not agree, as warnings.
    """

    first: date
    last: date
    groups: dict[str, list[Group]]
    care_hours: list[CareHour]
    fortnights: list[date]
    notes: list[Finding]

    @property
    def total(self) -> Group:
        """All together."""
        return self.groups["total"][0]


def follow_up(
    sources: Sources,
    carer_days: Sequence[CarerDay] | None = None,
    prices: PriceParameters | None = None,
    without: Collection[str] = (),
    progress: Progress = unseen,
    unpriced: Collection[tuple[str, str, str]] = (),
) -> FollowUp:
    """
    The follow-up of the sources.

    Parameters
    ----------
    carer_days
        Worked time; days outside the follow-up are left aside. None is missing.
    prices
        For the hour cost; None leaves it out.
    without
        Services that do not count for continuity, such as alarms.
    unpriced
        Month, provider and zone whose worked time gets no hour cost.

    Raises
    ------
    CareError
        With every granted line without time or price, or every zone that has no hour cost.
    """
    made = account(sources, progress)
    days = [each for each in carer_days or () if sources.first <= each.day <= sources.last]
    met = punctuality(made.met)
    met_of = Counter(each.dims for each in met)
    on_time_of = Counter(each.dims for each in met if each.on_time)
    continuities = list(_continuities(sources, without))
    groups = {
        name: _groups(by, made, days, (met_of, on_time_of), continuities)
        for name, by in DIMENSIONS.items()
    }
    priced = [
        each for each in days if (month_of_day(each.day), each.provider, each.zone) not in unpriced
    ]
    hours = care_hours(prices, priced, made.kinds, made.cells, sources.last) if prices else []
    notes = list(_notes(sources, made, groups, bool(days)))
    begin = fortnights(sources.first, sources.last)
    return FollowUp(sources.first, sources.last, groups, hours, begin, notes)


def _groups(
    by: tuple[str, ...],
    made: Account,
    days: list[CarerDay],
    met_and_on_time: tuple[Counter[Dims], Counter[Dims]],
    continuities: list[Continuity],
) -> list[Group]:
    def key(dims: Dims) -> tuple[str, ...]:
        return tuple(getattr(dims, name) for name in by)

    sums = grouped(made.cells, by)
    per_service = "service" in by
    worked = {} if per_service else worked_by(days, made.kinds, by)
    visits, on_time = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for found_by, of_dims in zip((visits, on_time), met_and_on_time, strict=True):
        for dims, number in of_dims.items():
            found_by[key(dims)] += number
    carers: dict[tuple[str, ...], list[Continuity]] = {}
    for each in continuities:
        carers.setdefault(key(each.dims), []).append(each)
    found = []
    for names in sorted({*sums, *worked}):
        own = [] if per_service else carers.get(names, [])
        found.append(
            Group(
                names,
                sums.get(names, Sums()),
                worked.get(names),
                tuple(sorted(each.carers for each in own if each.carers is not None)),
                sum(each.carers is None for each in own),
                own[0].source if own else None,
                0 if per_service else on_time[names],
                0 if per_service else visits[names],
            )
        )
    return found


# ---------------------------------------------------------------- carers


def _continuities(sources: Sources, without: Collection[str]) -> Iterator[Continuity]:
    rows = sources.performed
    registered = rows is not None and bool(rows.carers)
    begin = fortnights(sources.first, sources.last)
    days = {first + timedelta(days=number) for first in begin for number in range(DAYS)}
    meetings = list(_registered(sources, days) if registered else _planned(sources, days))
    source = CarersFrom.VISITS if registered else CarersFrom.PLANS
    for first in begin:
        yield from continuity(meetings, first, source, without)


def _registered(sources: Sources, days: Collection[date]) -> Iterator[Meeting]:
    columns = sources.performed
    if columns is None:
        return
    whose, rows = Whose(sources), RowLists(columns)
    performed = STATUSES.index(Status.PERFORMED)
    for row, day in zip(*rows_of_days(sources), strict=True):
        if rows.status[row] != performed or not rows.performed_min[row]:
            continue
        # Asked of every row: the first one of a provider without decisions tells its kind.
        dims = whose.dims_of_row(
            rows.recipient[row], rows.provider[row], rows.kind[row], rows.zone[row],
            rows.service[row], day,
        )  # fmt: skip
        start = rows.start[row]
        if day in days:
            yield Meeting(
                rows.recipient[row], dims, day, start, rows.planned[row] or start,
                tuple(rows.carers[row].split()), rows.staff[row],
            )  # fmt: skip


def _planned(sources: Sources, days: Collection[date]) -> Iterator[Meeting]:
    whose = Whose(sources)
    for visit in sources.planned:
        if visit.start is not None and visit.day in days:
            # Both carers of a double-staffed visit begin at the same time: one visit.
            for dims, _ in whose.parts_of(visit):
                yield Meeting(
                    visit.recipient, dims, visit.day, visit.start, visit.start, (visit.carer,)
                )


# ---------------------------------------------------------------- notes


def _notes(
    sources: Sources, made: Account, groups: dict[str, list[Group]], has_days: bool
) -> Iterator[Finding]:
    months = sorted({dims.month for dims, _ in made.cells})
    granted = grouped(made.cells, ("provider", "unit", "month"))
    for (provider, unit, month), sums in granted.items():
        if not sums.in_force_min:
            continue
        where = f"{provider}, {unit}, {month}".strip(", ")
        if not sums.known["plan"]:
            yield _note("PLANS_MISSING", where, "day plans", "none", "Lämna dagsplanerna.")
        elif sums.with_plan_min != sums.in_force_min:
            days = sum(
                (provider, unit, day) in made.covered
                for day in _days(sources) if month_of_day(day) == month
            )  # fmt: skip
            yield _note(
                "PLANS_MISSING", where, "a day plan of every day", f"of {days} days",
                "Lämna alla dagsplaner; det som saknas räknas inte som oplanerat.",
            )  # fmt: skip
    for provider, month in sorted({(p, m) for (p, _, m), s in granted.items() if s.in_force_min}):
        if (provider, month) not in made.reported:
            yield _note(
                "VISITS_MISSING", f"{provider}, {month}", "performed visits", "none",
                "Hämta in utförarens besök; tiden räknas inte som outförd.",
            )  # fmt: skip
    yield from _days_without(sources, made)
    if sources.settled is None:
        for month in months:
            if not sources.is_settled("", month):
                yield _note(
                    "SETTLEMENT_MISSING", month, "a settlement", "none",
                    "Avräkna månaden med hemplan settle.",
                )  # fmt: skip
    else:
        for provider, month in sorted({(dims.provider, dims.month) for dims, _ in made.cells}):
            if provider and not sources.is_settled(provider, month):
                yield _note(
                    "SETTLEMENT_MISSING", f"{provider}, {month}", "a closed settlement", "none",
                    "Avräkna utförarens månad och stäng den; till dess räknas inget som betalt.",
                )  # fmt: skip
    if not has_days:
        yield _note(
            "WORKED_TIME_MISSING", "worked time", "carer days", "none", "Lämna arbetad tid."
        )
    yield from _care_time_differs(groups["provider"])


def _days_without(sources: Sources, made: Account) -> Iterator[Finding]:
    """Days on which a provider that has sent visits has none at all."""
    rows = sources.performed
    if rows is None:
        return
    codes = rows.provider.tolist()
    seen = {
        (rows.providers[codes[row]], day) for row, day in zip(*rows_of_days(sources), strict=True)
    }
    for provider, month in sorted(made.reported):
        own = [day for day in _days(sources) if month_of_day(day) == month]
        without = [day for day in own if (provider, day) not in seen]
        if without:
            yield _note(
                "DAYS_WITHOUT_TIME", f"{provider}, {month}", "visits on every day",
                f"none on {len(without)} of {len(own)} days, first {without[0].isoformat()}",
                "Kontrollera att allt är skickat; tiden räknas som oregistrerad.",
            )  # fmt: skip


def _care_time_differs(providers: Sequence[Group]) -> Iterator[Finding]:
    for group in providers:
        if group.worked is None or not group.sums.known["visits"]:
            continue
        care, performed = group.worked.care_min, group.sums.performed_min
        if abs(care - performed) > TOLD_SHARE * max(care, performed):
            yield _note(
                "CARE_TIME_DIFFERS", " ".join(group.names), f"{performed} min as in the visits",
                f"{care} min in the worked time",
                "Stäm av arbetad tid mot besöken; brukartidsandelen räknas på arbetad tid.",
            )  # fmt: skip


def _days(sources: Sources) -> Iterator[date]:
    for number in range((sources.last - sources.first).days + 1):
        yield sources.first + timedelta(days=number)


def _note(code: str, where: str, expected: str, found: str, action: str) -> Finding:
    return Finding(code, where, expected, found, action, Severity.WARNING)
