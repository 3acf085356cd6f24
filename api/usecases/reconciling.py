"""
The store reconciled: minutes and öre are the same from visit to line to settlement to export.

Amounts are worked out anew from what was settled, by the books and indices it was settled with, and
exports are made anew and compared byte by byte. Returns findings and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import Session, select

from api.store.approved_visits import settled_visits
from api.store.engine import Store
from api.store.money_records import SettlementRun
from api.store.performed_rows import columns
from api.store.rate_rows import held_book, held_setup
from api.store.settlement_rows import (
    closed_heads,
    held_run,
    last_terms,
    lines_of_month,
    lines_of_run,
    pseudo_settlement,
    required_row,
)
from api.store.tables import ProviderRow
from api.usecases.handing_out import files_of, held_exports
from api.usecases.settlement_making import subject
from pricing.pay.reconcile import broken_amounts, broken_chain
from pricing.pay.settlement import SettledLine, net_of
from scheduler.care.errors import CareError, Finding


def reconcile(store: Store, municipality: str, provider: str | None = None) -> list[Finding]:
    """
    Every broken invariant between what was approved, settled and handed out; none when all agrees.

    Parameters
    ----------
    provider
        Only of this one; None is every provider of the municipality.
    """
    with store.reading() as session:
        query = select(ProviderRow.id).where(ProviderRow.municipality_id == municipality)
        if provider is not None:
            query = query.where(ProviderRow.id == provider)
        return [
            finding
            for each in sorted(session.exec(query).all())
            for finding in _of_provider(session, municipality, each)
        ]


def _of_provider(session: Session, municipality: str, provider: str) -> Iterator[Finding]:
    rows = [
        required_row(session, municipality, provider, head.month)
        for head in closed_heads(session, municipality, provider)
    ]
    runs = [held_run(session, row) for row in rows]
    found = broken_chain([each.settlement for each in runs])
    for row, run in zip(rows, runs, strict=True):
        if lines_of_run(session, row) != run.settlement.lines:
            found.append(_unlike("LINES_DIFFER", run, "the lines of its document"))
    for month in last_terms(session, municipality, provider):
        found += _amounts(session, municipality, provider, month)
    found += _exports(session, municipality, provider, {each.month: each for each in runs})
    for each in found:
        yield replace(each, where=f"provider {provider}: {each.where}")


def _amounts(session: Session, municipality: str, provider: str, month: str) -> list[Finding]:
    """Where what a month's visits were paid is not what they are worth by the book of the month."""
    terms = last_terms(session, municipality, provider)[month]
    visits = settled_visits(session, municipality, provider, month)
    own = {each.visit.id for each in visits}
    by_run: dict[str, list[SettledLine]] = {}
    for settled_in, line in lines_of_month(session, municipality, provider, month):
        # A visit that has moved on since is looked at in its last month.
        if line.visit in own:
            by_run.setdefault(settled_in, []).append(line)
    paid = net_of(pseudo_settlement(each, by_run[each]) for each in sorted(by_run))
    book = held_book(session, municipality, terms.book).book
    return broken_amounts(book, columns(visits), paid, terms.known_on)


def _exports(
    session: Session, municipality: str, provider: str, runs: dict[str, SettlementRun]
) -> Iterator[Finding]:
    for row, made in held_exports(session, municipality, provider):
        run = runs.get(row.month)
        if run is None:
            yield Finding(
                "EXPORT_OF_NOTHING", f"export {row.month} {made.name}", "a closed settlement",
                "none", "Återkalla filen.",
            )  # fmt: skip
            continue
        try:
            setup = held_setup(session, municipality, made.setup)
            again = files_of(run, setup, made.format, made.dated_on).get(made.name)
        except CareError as error:
            yield from error.findings
            continue
        if again != made.content:
            yield _unlike("EXPORT_DIFFERS", run, f"the file {made.name} as its lines make it")


def _unlike(code: str, run: SettlementRun, expected: str) -> Finding:
    return Finding(
        code,
        f"settlement ({subject(run.provider, run.month)})",
        expected,
        "another content",
        "Stoppa utbetalningen, och jämför med säkerhetskopian.",
    )
