"""
A municipality that pays: a book of round numbers, visits that a person can add up, and two months.

Half an hour's care is 250 kronor. Sent by the finance department's system, approved by somebody
else there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from api.store.audit import Act
from api.store.engine import Store
from api.store.money_records import ExportFormat, RateKind, SettlementRun
from api.usecases.handing_out import hand_out
from api.usecases.performing import approve_delivery, deliver
from api.usecases.rating import approve, upload
from api.usecases.settlement_making import Ask
from api.usecases.settling import close, run
from api.usecases.visit_changes import Sent
from tests.api.store.samples import ACT, prepare
from tests.conftest import ROOT

BOOK = """
title = "Provbok"
municipality = "Provköping"
source = "test"
[services]
care = "Omvårdnad"
cleaning = "Städ"
[zones]
town = "Tätort"
rural = "Landsbygd"
[providers]
OWN = "Egen regi"
PRIVATE = "Privat utförare"
[[rate]]
code = "hour"
text = "Timme"
source = "test"
unit = "hour"
basis = "performed"
values = { 2026-01-01 = 500 }
"""
PRICES = (ROOT / "fixtures" / "demo" / "prices.toml").read_text(encoding="utf-8")
DEMO_BOOK = (ROOT / "fixtures" / "demo" / "rate_book.toml").read_text(encoding="utf-8")
SETUP = (ROOT / "fixtures" / "demo" / "export.toml").read_text(encoding="utf-8")
JANUARY = date(2026, 1, 1)
HEADER = "id,provider,provider_kind,recipient,service,zone,start,status,performed_min,deviation\n"
MARCH = (
    "v-1,p-1,PRIVATE,r-1,care,town,2026-03-04T09:00+01:00,PERFORMED,30,\n"
    "v-2,p-1,PRIVATE,r-1,care,town,2026-03-05T09:00+01:00,PERFORMED,60,\n"
    "v-3,p-1,PRIVATE,r-1,cleaning,town,2026-03-06T09:00+01:00,PERFORMED,20,TOO_SHORT\n"
)
# A correction of March, a late visit of March, and April's own.
CORRECTED = "v-2,p-1,PRIVATE,r-1,care,town,2026-03-05T09:00+01:00,PERFORMED,45,\n"
LATE = "v-4,p-1,PRIVATE,r-1,care,town,2026-03-31T20:00+02:00,PERFORMED,30,\n"
APRIL = "v-5,p-1,PRIVATE,r-1,care,town,2026-04-01T09:00+02:00,PERFORMED,30,\n"
OTHERS = "v-1,own,OWN,r-1,care,town,2026-03-04T09:00+01:00,PERFORMED,30,\n"
# Who sends, and who approves.
SENDER = replace(ACT, actor="system-1")
CHIEF = replace(ACT, actor="user-8", at=ACT.at + timedelta(hours=1))


def at_hour(act: Act, hours: int) -> Act:
    """The same person's act, some hours later."""
    return replace(act, at=act.at + timedelta(hours=hours))


def rated(store: Store, book: str = BOOK) -> None:
    """The municipality with its decisions, and a book and an export setup in force."""
    prepare(store)
    upload(store, SENDER, "book", RateKind.BOOK, "book.toml", JANUARY, book.encode())
    approve(store, CHIEF, RateKind.BOOK, 1, 1)
    upload(store, SENDER, "setup", RateKind.EXPORT_SETUP, "export.toml", JANUARY, SETUP.encode())
    approve(store, CHIEF, RateKind.EXPORT_SETUP, 1, 1)


def sent(rows: str, key: str, *, sender: str = "", corrects: bool = False) -> Sent:
    """A file of these rows."""
    return Sent(sender, key, f"{key}.csv", (HEADER + rows).encode(), corrects)


def report(store: Store, rows: str, key: str, *, corrects: bool = False) -> None:
    """Send and approve a file of the municipality's system."""
    deliver(store, SENDER, sent(rows, key, corrects=corrects))
    approve_delivery(store, CHIEF, "", key, 1)


def settle(store: Store, month: str = "2026-03", provider: str = "p-1") -> SettlementRun:
    """Settle and close a month."""
    made = run(store, SENDER, Ask(provider, month))
    return close(store, CHIEF, provider, month, made.etag)


def performed(store: Store) -> None:
    """March reported and approved."""
    rated(store)
    report(store, MARCH, "march")


def closed(store: Store) -> None:
    """March settled and closed."""
    performed(store)
    settle(store)


def late(store: Store) -> None:
    """March closed, then corrected, with a late visit and April reported."""
    closed(store)
    report(store, CORRECTED + LATE + APRIL, "april", corrects=True)


def fill_money(store: Store) -> None:
    """Two closed months with corrections, exports of the first, a draft of an own unit's March."""
    rated(store)
    upload(store, SENDER, "prices", RateKind.PRICE_LIST, "prices.toml", JANUARY, PRICES.encode())
    approve(store, CHIEF, RateKind.PRICE_LIST, 1, 1)
    upload(
        store, SENDER, "demo", RateKind.BOOK, "rate_book.toml", date(2026, 7, 1),
        DEMO_BOOK.encode(),
    )  # fmt: skip
    report(store, MARCH, "march")
    settle(store)
    hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.SIE)
    report(store, CORRECTED + LATE + APRIL, "april", corrects=True)
    settle(store, "2026-04")
    report(store, OTHERS, "own")
    run(store, SENDER, Ask("own", "2026-03"))
