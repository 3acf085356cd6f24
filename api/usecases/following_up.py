"""
The follow-up of a municipality's months, or of one provider's, from what the store holds.

    decisions as they hold -> published plans -> approved visits -> closed settlements
    worked time as it was last reported -> care-time share, hour cost by the approved price list

Promises: nothing is written; what was paid is what closed settlements say, corrections of later
months included; one provider's follow-up is made of its own rows alone, so that nobody else's
changes a byte of it; what nobody has reported, approved or settled is told as missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from threading import Lock
from typing import Any

from sqlmodel import Session, col, select

from api import flow
from api.documents.planned_days import stored_visits
from api.documents.purses import month_days
from api.refusals import not_found
from api.store.approved_visits import approved_visits, unapproved_counts
from api.store.engine import Store
from api.store.granted_rows import granted_decisions
from api.store.records import PlanStatus
from api.store.row_scope import every_unit
from api.store.settlement_rows import closed_heads, lines_of_month, pseudo_settlement
from api.store.tables import PlanRevisionRow, ProviderRow
from api.usecases.counting import Counting, terms_of
from api.usecases.worked_sources import worked_notes, worked_sources
from pricing.budget.model import Granted
from pricing.followup.export import follow_up_dict
from pricing.followup.model import PlannedVisit
from pricing.followup.report import FollowUp, follow_up
from pricing.followup.sources import Sources
from pricing.pay.columns import VisitColumns, columns_of
from pricing.pay.settlement import SettledLine, Settlement
from pricing.pay.values import YEARS
from scheduler.care.errors import Finding, InvalidInput, Severity

MOST_MONTHS = 12
# What is missing in the store is sent to it, rather than handed in with the question.
ACTIONS = {
    "PLANS_MISSING": "Publicera dagsplanerna; en dag utan plan räknas inte som oplanerad.",
    "VISITS_MISSING": "Be utföraren rapportera besöken, och godkänn dem; till dess räknas tiden "
    "inte som utförd.",
    "DAYS_WITHOUT_TIME": "Be utföraren kontrollera att alla dagar är rapporterade; tiden räknas "
    "som oregistrerad.",
    "WORKED_TIME_MISSING": "Rapportera den arbetade tiden; till dess finns ingen brukartidsandel "
    "och ingen kostnad per brukartimme.",
}
# The library that draws keeps its settings for the whole process.
_DRAWING = Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What is followed up.

    Parameters
    ----------
    months
        ``2026-03``, in a row, at most 12.
    provider
        Only this one's; None is everybody's together.
    without
        Services that do not count for continuity, such as alarms.
    price_list
        Name of the price list for the hour cost; None is the only one in force.
    """

    months: tuple[str, ...]
    counting: Counting = field(default_factory=Counting)
    provider: str | None = None
    without: frozenset[str] = frozenset()
    price_list: str | None = None


def followed_up(store: Store, municipality: str, asked: Asked, stated: flow.Terms) -> FollowUp:
    """
    Granted, planned, performed and paid of the months.

    Parameters
    ----------
    stated
        The municipality's standard times, as :func:`api.usecases.counting.terms_of`.

    Raises
    ------
    InvalidInput
        NO_PERIOD, NOT_A_MONTH, MONTHS_APART; every granted line without time or price.
    NotFound
        No such provider; NO_BOOK; no price list of that name.
    """
    # A provider's visits are in the plans of the units that it works in.
    with every_unit(), store.reading() as session:
        sources = paid_sources(session, municipality, asked, stated)
        sources = replace(sources, planned=_planned(session, municipality, sources))
        waiting = list(_waiting(session, municipality, asked))
        worked = worked_sources(
            session, municipality, sources.first, sources.last, asked.provider, asked.price_list
        )
    made = follow_up(sources, worked.days, worked.prices, asked.without, unpriced=worked.unpriced)
    notes = [replace(each, action=ACTIONS.get(each.code, each.action)) for each in made.notes]
    holes = worked_notes(worked, sources)
    return replace(made, notes=[*waiting, *notes, *holes])


def paid_sources(session: Session, municipality: str, asked: Asked, stated: flow.Terms) -> Sources:
    """
    What was granted, performed and paid in the months, without the plans.

    Raises
    ------
    InvalidInput, NotFound
        As :func:`followed_up`, but for the lines.
    """
    first, last = _period(asked.months)
    providers = _providers(session, municipality, asked.provider)
    granted = granted_decisions(session, municipality, first, last, asked.provider)
    terms = terms_of(
        session, municipality, asked.counting, stated, granted, first, last, asked.provider
    )
    settlements, settled = _settled(session, municipality, providers, asked.months)
    performed = _performed(session, municipality, providers, asked.months)
    return Sources(terms, granted, first, last, (), performed, settlements, settled)


def as_values(made: FollowUp) -> dict[str, Any]:
    """The follow-up as plain values for JSON."""
    return follow_up_dict(made)


def as_workbook(made: FollowUp, lang: str) -> bytes:
    """The follow-up as an Excel workbook."""
    # Loads pandas, which nothing else here needs.
    from api.pages.followup_workbook import workbook

    return workbook(made, lang)


def as_chart(made: FollowUp, chart: str, form: str, lang: str) -> bytes:
    """
    One chart of it.

    Raises
    ------
    NotFound
        When it is not drawn, as that of worked time where none is reported.
    """
    from api.pages.followup_charts import charts

    name = f"{chart}.{form}"
    with _DRAWING:
        drawn = charts(made, lang)
    if name not in drawn:
        raise not_found("charts", name)
    return drawn[name]


# ---------------------------------------------------------------- what is asked for


def _period(months: Sequence[str]) -> tuple[date, date]:
    if not 1 <= len(set(months)) <= MOST_MONTHS:
        raise InvalidInput(
            Finding(
                "NO_PERIOD",
                "months",
                f"1 to {MOST_MONTHS} months",
                str(len(set(months))),
                f"Ange minst en och högst {MOST_MONTHS} månader.",
            )
        )
    strange = sorted({each for each in months if int(each[:4]) not in YEARS})
    if strange:
        raise InvalidInput(
            Finding(
                "NOT_A_MONTH",
                "months",
                f"months of {YEARS[0]} to {YEARS[-1]}",
                strange[0],
                "Rätta året; skriv månaden som 2026-03.",
            )
        )
    bounds = sorted({month_days(each) for each in months})
    for before, after in pairwise(bounds):
        if (after[0] - before[1]).days != 1:
            raise InvalidInput(
                Finding(
                    "MONTHS_APART",
                    "months",
                    f"the month after {before[0].isoformat()[:7]}",
                    after[0].isoformat()[:7],
                    "Ange månader i följd, utan lucka.",
                )
            )
    return bounds[0][0], bounds[-1][1]


def _providers(session: Session, municipality: str, provider: str | None) -> list[str]:
    query = select(ProviderRow.id).where(ProviderRow.municipality_id == municipality)
    if provider is not None:
        query = query.where(ProviderRow.id == provider)
    found = sorted(session.exec(query))
    if provider is not None and not found:
        raise not_found("providers", provider)
    return found


# ---------------------------------------------------------------- what the store holds


def _apart(provider: str, visit: str) -> str:
    """An id of a visit that no other provider's has; no id holds a line break."""
    return f"{provider}\n{visit}"


def _performed(
    session: Session, municipality: str, providers: Sequence[str], months: Sequence[str]
) -> VisitColumns | None:
    """Approved visits, as they may be paid; None when there are none at all."""
    found = [
        replace(each.visit, id=_apart(provider, each.visit.id))
        for provider in providers
        for month in sorted(set(months))
        for each in approved_visits(session, municipality, provider, month)
    ]
    return columns_of(found) if found else None


def _settled(
    session: Session, municipality: str, providers: Sequence[str], months: Sequence[str]
) -> tuple[list[Settlement], frozenset[tuple[str, str]]]:
    """Lines of the months' visits, by provider and month of settlement; what is closed."""
    made: list[Settlement] = []
    closed: set[tuple[str, str]] = set()
    for provider in providers:
        heads = {each.month for each in closed_heads(session, municipality, provider)}
        closed |= {(provider, month) for month in heads & set(months)}
        # A visit that has moved from one month to another has its lines in both.
        lines: dict[str, tuple[str, SettledLine]] = {}
        for month in months:
            for settled_in, line in lines_of_month(session, municipality, provider, month):
                lines[line.number] = (settled_in, line._replace(visit=_apart(provider, line.visit)))
        by_month: dict[str, list[SettledLine]] = {}
        for settled_in, line in lines.values():
            by_month.setdefault(settled_in, []).append(line)
        made += [pseudo_settlement(each, by_month[each]) for each in sorted(by_month)]
    return made, frozenset(closed)


def _planned(session: Session, municipality: str, sources: Sources) -> tuple[PlannedVisit, ...]:
    """Visits of the plans in force; of one provider those that its decisions have then."""
    provider = sources.terms.provider
    by_id = {each.decision.id: each for each in sources.granted}
    query = (
        select(col(PlanRevisionRow.input_json), col(PlanRevisionRow.plan_json))
        .where(PlanRevisionRow.municipality_id == municipality)
        .where(PlanRevisionRow.status == PlanStatus.PUBLISHED)
        .where(col(PlanRevisionRow.day).between(sources.first, sources.last))
        .order_by(col(PlanRevisionRow.day), col(PlanRevisionRow.unit_id))
    )
    if provider is not None:
        query = query.where(col(PlanRevisionRow.unit_id).in_(_units(sources.granted, provider)))
    found: list[PlannedVisit] = []
    for document, plan in session.exec(query):
        found += (
            visit
            for visit in stored_visits(json.loads(document), json.loads(plan))
            if provider is None or _is_of(by_id, visit, provider)
        )
    return tuple(found)


def _units(granted: Sequence[Granted], provider: str) -> list[str]:
    placed = (each for one in granted for each in one.placements if each.provider == provider)
    return sorted({each.unit for each in placed})


def _is_of(granted: Mapping[str, Granted], visit: PlannedVisit, provider: str) -> bool:
    """Whether the visit is of a decision that the provider has that day, by the decision's id."""
    one = granted.get(visit.decision)
    # By the recipient alone it could be another provider's visit of another decision.
    if one is None or not one.decision.valid_from <= visit.day:
        return False
    return one.placement_on(visit.day).provider == provider


def _waiting(session: Session, municipality: str, asked: Asked) -> Iterator[Finding]:
    """Visits that were reported and that nobody has approved: they are not in the figures."""
    for provider in _providers(session, municipality, asked.provider):
        counts = unapproved_counts(session, municipality, provider)
        for month in sorted(set(asked.months)):
            if counts.get(month):
                yield Finding(
                    "VISITS_NOT_APPROVED",
                    f"{provider}, {month}",
                    "approved visits",
                    f"{counts[month]} that wait for it",
                    "Granska och godkänn leveransen; till dess räknas besöken inte.",
                    Severity.WARNING,
                )
