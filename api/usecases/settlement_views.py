"""
Settlements for a request: which ids of visits its asker may not know, since a person is protected.

A line stays with what it pays, so that every sum is whole; only whose visit it is, is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlmodel import Session

from api.pages.settlement_files import settlement_files
from api.store.audit import Act
from api.store.engine import Store
from api.store.money_records import ExportFile, ExportFormat, SettlementRun
from api.store.performed_rows import visits_of_recipients
from api.store.rate_rows import held_setup
from api.usecases.looking import Look, look
from pricing.exports.postings import post
from pricing.pay.settlement import SettledLines

# What stands for a visit in a file; in JSON it has no field.
WITHHELD = "dold"
# Vouchers and invoices have sums alone.
WITH_VISITS = frozenset({ExportFormat.EXCEL, ExportFormat.HTML})


def withheld_visits(
    store: Store, act: Act, run: SettlementRun, *, show: bool = True
) -> frozenset[str]:
    """
    Visits of the settlement's lines whose persons the asker may not know.

    Parameters
    ----------
    show
        Whether the others are shown now; each protected one among them has its line in the log.
    """
    visits = {line.visit for line in run.settlement.lines}

    def read(session: Session, shown: Look) -> frozenset[str]:
        marked = shown.protected | shown.hidden
        found = visits_of_recipients(session, act.municipality, run.provider, marked)
        own = {recipient: ids & visits for recipient, ids in found.items()}
        if show:
            shown.show(who for who, ids in own.items() if ids and who not in shown.hidden)
        return frozenset().union(*(own.get(who, frozenset()) for who in shown.hidden))

    return look(store, act, read)


def file_without(
    store: Store, municipality: str, run: SettlementRun, made: ExportFile, visits: Collection[str]
) -> bytes:
    """
    A file of the settlement with the ids of `visits` left out; as it was handed out without any.

    It is made anew of the same lines, setup and date.
    """
    if not visits or made.format not in WITH_VISITS:
        return made.content
    lines = SettledLines.of(
        line._replace(visit=WITHHELD) if line.visit in visits else line
        for line in run.settlement.lines
    )
    with store.reading() as session:
        setup = held_setup(session, municipality, made.setup)
    # Posted as it is, digest and all; only what is shown of its lines is another.
    posted = post(run.settlement, setup, made.dated_on)
    shown = replace(posted, settlement=replace(run.settlement, lines=lines))
    return settlement_files(shown, made.format.value.lower())[0][made.name]
