"""
``hemplan deadlines``: what falls due in needs assessment, by the database of DATABASE_URL.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from rich import box
from rich.table import Table
from rich.text import Text

from api.documents.strict_json import write_json
from api.store.address import database_address
from api.store.engine import Store
from api.store.row_scope import of_municipality, within
from api.store.schema import require_current
from api.terminal.console import console
from api.usecases.deadlines import Deadline, Due, deadlines_document
from api.usecases.deadlines import deadlines as due_until
from api.usecases.setting_up import municipality as held
from scheduler.care.units import STOCKHOLM

TITLES = {
    Due.NOT_STARTED: "Ej verkställt",
    Due.STOPPED: "Ej utfört på länge",
    Due.REVIEW: "Uppföljning",
    Due.INTERRUPTION_ENDS: "Avbrott slutar",
    Due.INTERRUPTION_OPEN: "Avbrott utan slut",
    Due.ORDER_UNANSWERED: "Obesvarad beställning",
    Due.QUEUED: "I kö",
    Due.NO_PROVIDER: "Utan utförare",
}


def deadlines(municipality: str, today: date | None, ahead: int, *, json: bool) -> None:
    """
    Show what is due.

    Parameters
    ----------
    today
        None takes the present day in Sweden.

    Raises
    ------
    NotFound, InvalidInput
        No such municipality; the database cannot be used.
    """
    day = today or datetime.now(UTC).astimezone(STOCKHOLM).date()
    store = Store(database_address(os.environ))
    try:
        require_current(store)
        with within(of_municipality(municipality)):
            held(store, municipality)
            found = due_until(store, municipality, day, ahead=ahead)
    finally:
        store.close()
    if json:
        document = deadlines_document(day, day + timedelta(days=ahead), found)
        console().print(Text(write_json(document.model_dump(mode="json")).rstrip()), soft_wrap=True)
        return
    _show(found)


def _show(found: Sequence[Deadline]) -> None:
    screen = console()
    if not found:
        screen.print(Text("Inget att bevaka."))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Vad", "Beslut", "Utförare", "Enhet", "Dag"):
        table.add_column(title, overflow="fold")
    table.add_column("Dagar", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for each in found:
        table.add_row(
            TITLES[each.kind],
            Text(each.decision_id),
            Text(each.provider),
            Text(each.unit),
            each.due.isoformat(),
            str(each.days),
            Text(each.text),
        )
    screen.print(table)
