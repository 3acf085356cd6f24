"""The writing use cases of rates, visits and settlements, to be failed at each statement."""

from __future__ import annotations

from collections.abc import Callable

from api.refusals import Stale
from api.store.engine import Store
from api.store.money_records import ExportFormat, RateKind
from api.usecases.handing_out import hand_out
from api.usecases.performing import approve_delivery, deliver
from api.usecases.rating import approve, upload
from api.usecases.settlement_making import Ask
from api.usecases.settling import close, run
from api.usecases.worked_time import report as report_time
from tests.api.store.money_samples import (
    BOOK,
    CHIEF,
    CORRECTED,
    JANUARY,
    MARCH,
    SENDER,
    closed,
    late,
    performed,
    rated,
    sent,
)
from tests.api.store.samples import prepare
from tests.api.store.worked_samples import CORRECTED as CORRECTED_TIME
from tests.api.store.worked_samples import sent as time_sent
from tests.api.store.worked_samples import time_reported as _time_reported

Step = Callable[[Store], object]


def book(store: Store) -> object:
    """Upload a book."""
    return upload(store, SENDER, "book", RateKind.BOOK, "book.toml", JANUARY, BOOK.encode())


def uploaded(store: Store) -> None:
    """A book that nobody has approved."""
    prepare(store)
    book(store)


def delivered(store: Store) -> None:
    """Visits that nobody has approved."""
    rated(store)
    deliver(store, SENDER, sent(MARCH, "march"))


def ran(store: Store) -> None:
    """April settled with corrections of March, and open."""
    late(store)
    run(store, SENDER, Ask("p-1", "2026-04"))


def time_reported(store: Store) -> None:
    """Worked time of March, as it was reported first."""
    prepare(store)
    _time_reported(store)


# As in test_failures: what is there before, the act itself, what repeating it says.
MONEY_USE_CASES: dict[str, tuple[Step, Step, type[Exception] | None]] = {
    "upload rates": (prepare, book, None),
    "approve rates": (uploaded, lambda s: approve(s, CHIEF, RateKind.BOOK, 1, 1), Stale),
    "deliver": (rated, lambda s: deliver(s, SENDER, sent(MARCH, "march")), None),
    "correct": (
        closed,
        lambda s: deliver(s, SENDER, sent(CORRECTED, "fix", corrects=True)),
        None,
    ),
    "approve delivery": (delivered, lambda s: approve_delivery(s, CHIEF, "", "march", 1), Stale),
    "settle": (performed, lambda s: run(s, SENDER, Ask("p-1", "2026-03")), None),
    "settle corrections": (late, lambda s: run(s, SENDER, Ask("p-1", "2026-04")), None),
    "close": (ran, lambda s: close(s, CHIEF, "p-1", "2026-04", 1), Stale),
    "report time": (prepare, lambda s: report_time(s, SENDER, time_sent()), None),
    "correct time": (
        time_reported,
        lambda s: report_time(s, SENDER, time_sent(CORRECTED_TIME, "fix", corrects=True)),
        None,
    ),
    "hand out": (closed, lambda s: hand_out(s, SENDER, "p-1", "2026-03", ExportFormat.SIE), None),
}
