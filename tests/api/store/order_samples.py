"""
Two providers in the north with ceilings, and a decision of 100 minutes a week that may choose.

Every decision is worth 100 minutes a week here, whatever it grants.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from api.store.engine import Store
from api.store.order_records import At, Ceiling, Office, Rule, RuleKind
from api.usecases.choosing import Ordered, choose, set_capacity, set_rule
from scheduler.care.model import Decision, Location
from tests.api.store.samples import ACT, prepare

OWN, PRIVATE = At("own", "north"), At("p-1", "north")
FIRST = date(2026, 3, 10)
ANSWER_DAYS = 3


def weekly(_decision: Decision, _day: date) -> Decimal:
    """The same for all."""
    return Decimal(100)


def capacity(store: Store, at: At, minutes: int | None, expected: int = 0) -> Ceiling:
    """A ceiling from the first of March on."""
    return set_capacity(store, ACT, expected, Ceiling(at, 0, date(2026, 3, 1), minutes), weekly)


def offered(store: Store) -> None:
    """
    b-1 is the private provider's until June, 100 min; it takes 250, the own unit as many as come.
    """
    prepare(store)
    capacity(store, OWN, None)
    capacity(store, PRIVATE, 250)


def rule(store: Store, kind: RuleKind = RuleKind.ROTATION, expected: int = 0) -> Rule:
    """A rule of the north; the private office is nearer to the homes of the samples."""
    offices = (Office("own", Location(56.5, 14.5)), Office("p-1", Location(56.03, 14.15)))
    return set_rule(store, ACT, expected, Rule("north", 0, date(2026, 3, 1), kind, offices))


def chosen(store: Store, *ranked: At, decision: str = "b-2", expected: int = 0) -> Ordered:
    """A choice, ordered."""
    return choose(
        store, ACT, decision, expected, ranked or (PRIVATE, OWN), FIRST, ANSWER_DAYS, weekly
    )


def ordered(store: Store) -> None:
    """b-2 is ordered from the private provider, then from the own one."""
    offered(store)
    chosen(store)
