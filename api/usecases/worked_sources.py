"""
The worked time of a follow-up from what the store holds, and what of it is missing.

Promises: a provider's is its own carers' alone; what has no worked time, no price list or no hour
cost is told, and changes no figure of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel import Session

from api.refusals import not_found
from api.store.money_records import RateKind
from api.store.rate_rows import read_price_list, row_in_force, rows_of
from api.store.tables import RateDocumentRow
from api.store.worked_rows import Whose, worked_days
from pricing.followup.sources import Sources
from pricing.followup.worked import care_hours
from pricing.performed_time import CarerDay
from pricing.price import PriceParameters
from scheduler.care.errors import CareError, Finding, Severity

# Month, provider and zone: what has one hour cost.
Hour = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class WorkedSources:
    """
    What the hour cost is made from.

    Parameters
    ----------
    days
        None when nobody has reported any.
    prices
        None when no price list is to be used; `notes` say why.
    unpriced
        What the price list gives no hour cost.
    """

    days: tuple[CarerDay, ...] | None = None
    prices: PriceParameters | None = None
    unpriced: Collection[Hour] = frozenset()
    notes: tuple[Finding, ...] = field(default=())


def worked_sources(
    session: Session,
    municipality: str,
    first: date,
    last: date,
    provider: str | None,
    price_list: str | None,
) -> WorkedSources:
    """
    Worked time of the days, and the approved price list that is in force on the last one.

    Parameters
    ----------
    provider
        Only this one's; None is everybody's.
    price_list
        Its name; None is the only one that there is.

    Raises
    ------
    NotFound
        When no approved price list of that name is in force.
    """
    days = worked_days(session, municipality, first, last, Whose(provider))
    row, notes = _price_list(session, municipality, last, price_list)
    if not days:
        return WorkedSources()
    if row is None:
        return WorkedSources(days, None, notes=notes)
    prices = read_price_list(row.content.encode(), row.name)
    unpriced = _unpriced(prices, days, last)
    told = (
        _note(
            "HOUR_COST_MISSING", ", ".join(hour), f"{fault.where}: {fault.expected}", fault.found,
            "Rätta prislistan eller den arbetade tidens zon; till dess saknas kostnaden.",
        )
        for hour, faults in unpriced.items()
        for fault in faults
    )  # fmt: skip
    return WorkedSources(days, prices, unpriced.keys(), tuple(told))


def worked_notes(worked: WorkedSources, sources: Sources) -> Iterator[Finding]:
    """
    What is missing, by provider and month; nothing when nobody has reported any.

    That one is told by :func:`pricing.followup.report.follow_up`.
    """
    if worked.days is None:
        return
    seen: dict[tuple[str, str], set[date]] = {}
    for each in worked.days:
        seen.setdefault((each.provider, each.day.isoformat()[:7]), set()).add(each.day)
    for provider, month, granted in _granted(sources):
        own = seen.get((provider, month), set())
        without = sorted(granted - own)
        if not own:
            yield _note(
                "WORKED_TIME_MISSING", f"{provider}, {month}", "carer days", "none",
                "Rapportera utförarens arbetade tid; den ingår inte i brukartidsandelen.",
            )  # fmt: skip
        elif without:
            yield _note(
                "WORKED_DAYS_MISSING", f"{provider}, {month}", "carer days on every day",
                f"none on {len(without)} of {len(granted)} days, first {without[0].isoformat()}",
                "Kontrollera att alla dagar är rapporterade; andelen gäller de dagar som finns.",
            )  # fmt: skip
    yield from worked.notes


def _granted(sources: Sources) -> Iterator[tuple[str, str, set[date]]]:
    """Provider, month, and the days on which it has a decision to carry out."""
    found: dict[tuple[str, str], set[date]] = {}
    days = [
        sources.first + timedelta(days=number)
        for number in range((sources.last - sources.first).days + 1)
    ]
    for one in sources.granted:
        decision = one.decision
        for placed, following in zip(one.placements, [*one.placements[1:], None], strict=True):
            begins = max(placed.first_day, sources.first)
            ends = min(
                sources.last if decision.valid_to is None else decision.valid_to,
                sources.last if following is None else following.first_day - timedelta(days=1),
                sources.last,
            )
            if sources.terms.provider not in (None, placed.provider) or ends < begins:
                continue
            own = days[(begins - sources.first).days : (ends - sources.first).days + 1]
            for day in own:
                found.setdefault((placed.provider, day.isoformat()[:7]), set()).add(day)
    for (provider, month), each in sorted(found.items()):
        yield provider, month, each


def _price_list(
    session: Session, municipality: str, last: date, name: str | None
) -> tuple[RateDocumentRow | None, tuple[Finding, ...]]:
    if name is None:
        names = sorted(
            {
                row.name
                for row in rows_of(session, municipality, RateKind.PRICE_LIST)
                if row.approved_at is not None and row.first_day <= last
            }
        )
        if len(names) != 1:
            found = "none" if not names else f"{len(names)} side by side: {', '.join(names)[:200]}"
            return None, (
                _note(
                    "PRICE_LIST_MISSING", f"price list, {last.isoformat()}",
                    "one approved price list in force", found,
                    "Ange prislistans namn (priceList), eller ladda upp en och låt den godkännas; "
                    "till dess saknas kostnaden per brukartimme.",
                ),
            )  # fmt: skip
        name = names[0]
    row = row_in_force(session, municipality, RateKind.PRICE_LIST, last, name)
    if row is None:
        raise not_found("rate-documents", name)
    return row, ()


def _unpriced(
    prices: PriceParameters, days: Collection[CarerDay], last: date
) -> Mapping[Hour, tuple[Finding, ...]]:
    """What the price list gives no hour cost, and why."""
    groups: dict[Hour, list[CarerDay]] = {}
    for each in days:
        hour = (each.day.isoformat()[:7], each.provider, each.zone)
        groups.setdefault(hour, []).append(each)
    found = {}
    for hour, own in sorted(groups.items()):
        try:
            care_hours(prices, own, {}, [], last)
        except CareError as error:
            found[hour] = tuple(error.findings)
    return found


def _note(code: str, where: str, expected: str, found: str, action: str) -> Finding:
    return Finding(code, where, expected, found, action, Severity.WARNING)
