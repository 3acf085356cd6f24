"""
A March to follow up: two persons with half an hour a day, and what a person can add up.

Of p-1's and of the municipal provider's person one visit is planned, on the fourth. p-1 came on the
fourth and, too briefly, on the fifth; its March is closed. The municipal carers came twice, and
their month is open. Both providers call their visits v-1 and v-2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api.store.engine import Store
from api.store.money_records import RateKind
from api.store.records import PlanKey
from api.usecases import planning
from api.usecases.rating import approve, rate_documents, upload
from api.usecases.registering import register
from api.usecases.setting_up import set_up
from scheduler.care.model import Day
from scheduler.plan import Plan
from tests.api.store.money_samples import (
    BOOK,
    CHIEF,
    JANUARY,
    PRICES,
    SENDER,
    report,
    settle,
)
from tests.api.store.samples import ACT, DAY, MUNICIPALITY, day_and_plan, encoded

PRIVATE, OWN = {"id": "p-1", "kind": "PRIVATE"}, {"id": "own", "kind": "OWN"}


def decided(name: str, person: str, provider: dict[str, str], **fields: Any) -> dict[str, Any]:
    """Half an hour of care every morning, from the first of March on."""
    return {
        "id": name,
        "recipientId": person,
        "recipient": {"location": [56.03, 14.15], "zone": "town"},
        "decidedOn": "2026-02-20",
        "validFrom": "2026-03-01",
        "provider": provider,
        "unit": "north",
        "lines": [
            {"id": "l-1", "service": "care", "bands": ["MORNING"], "ownDuration": "PT30M",
             "frequency": {"times": 1, "period": "DAY"}},
        ],
        **fields,
    }  # fmt: skip


def visit(number: int, provider: str, recipient: str, day: int, minutes: int) -> str:
    """A row of a file of visits; at nine in the morning in March."""
    kind = "OWN" if provider == "own" else "PRIVATE"
    return (
        f"v-{number},{provider},{kind},{recipient},care,town,2026-03-{day:02d}T09:00+01:00,"
        f"PERFORMED,{minutes},\n"
    )


def of_decisions(*pairs: tuple[str, str], carer: str = "anna") -> tuple[Day, Plan]:
    """The sample's day with visits of these decisions and recipients."""
    day, plan = day_and_plan(carer=carer, minutes=30)
    visits = tuple(
        replace(each, recipient_id=recipient, decision_id=name, line_ids=("l-1",),
                services=("care",))
        for each, (name, recipient) in zip(day.visits, pairs, strict=True)
    )  # fmt: skip
    return replace(day, visits=visits), plan


def publish(store: Store, unit: str, day: Day, plan: Plan) -> None:
    """Let a plan be in force."""
    key = PlanKey(unit, DAY)
    version = planning.save(store, ACT, unit, 0, day, plan).version
    version = planning.approve(store, ACT, key, 1, version).version
    planning.publish(store, ACT, key, 1, version)


def granted(store: Store) -> None:
    """The decisions, and a book of 500 kronor an hour."""
    set_up(store, ACT, MUNICIPALITY)
    both = [decided("c-1", "r-5", PRIVATE), decided("c-2", "r-6", OWN)]
    register(store, ACT, "file-1", encoded({"decisions": both}))
    upload(store, SENDER, "book", RateKind.BOOK, "book.toml", JANUARY, BOOK.encode())
    approve(store, CHIEF, RateKind.BOOK, 1, 1)


def priced(store: Store, name: str = "prices.toml") -> None:
    """A price list in force: the demo's, with 65 % and 58 % care time."""
    upload(store, SENDER, name, RateKind.PRICE_LIST, name, JANUARY, PRICES.encode())
    number = len(rate_documents(store, "m-1", RateKind.PRICE_LIST))
    approve(store, CHIEF, RateKind.PRICE_LIST, number, 1)


def followed(store: Store) -> None:
    """All of it."""
    granted(store)
    publish(store, "north", *of_decisions(("c-1", "r-5"), ("c-2", "r-6")))
    report(store, visit(1, "p-1", "r-5", 4, 30) + visit(2, "p-1", "r-5", 5, 20), "private")
    report(store, visit(1, "own", "r-6", 4, 30) + visit(2, "own", "r-6", 5, 30), "municipal")
    settle(store)
