"""Every writing use case of persons, to be failed and killed: what is before it, it, and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from api.refusals import Conflict, Stale
from api.store.access_log import Purpose
from api.store.engine import Store
from api.store.person_records import ProtectionKind, View
from api.usecases import persons, protecting
from api.usecases.deciding import decision, decisions, end
from api.usecases.erasing import erase
from api.usecases.rekeying import rotate_some
from api.usecases.retaining import Plan, carry_out
from api.usecases.reviewing import review, who_has_read
from tests.api.store.person_samples import (
    ADMIN,
    ANNA,
    COORDINATION,
    KEYS,
    grant,
    keys,
    populate,
    protect,
    record,
)
from tests.api.store.samples import ACT, AT, later, prepare

Step = Callable[[Store], object]


class Repeats(Exception):
    """Never raised: done again, it is done and logged once more, such as a reading."""


def with_old_readings(store: Store) -> None:
    """The persons, and a list of them that was read long ago."""
    populate(store)
    persons.persons(store, ANNA, KEYS)


def to_be_erased(store: Store) -> None:
    """The persons, with the decisions of the first ended."""
    populate(store)
    grant(store, "r-1")
    end(store, later(1), "b-1", 1, date(2026, 6, 30))
    end(store, later(1), "b-2", 1, date(2026, 6, 30))


def guarded(store: Store) -> None:
    """The persons, one of them protected and seen by Anna."""
    populate(store)
    protect(store)
    grant(store)


YEARS_LATER = replace(ADMIN, act=replace(ADMIN.act, at=datetime(2040, 1, 1, tzinfo=UTC)))
EMERGENCY = replace(ADMIN, purpose=Purpose("north", "Larm från hemmet, ambulans på väg"))
# As whom a request asks.
VIEWING = replace(ACT, view=View(frozenset(), "north", "a request"))
MARKING = ProtectionKind.PROTECTED_REGISTRATION
NOTHING_DUE = Plan(date(2040, 1, 1), (), 0, datetime(2035, 1, 1, tzinfo=UTC))

PERSON_CASES: dict[str, tuple[Step, Step, type[Exception] | None]] = {
    "read decision": (prepare, lambda s: decision(s, "m-1", "b-1", None, VIEWING), Repeats),
    # Shown again the same day, nobody needs another line.
    "list decisions": (prepare, lambda s: decisions(s, "m-1", "", 9, None, VIEWING), None),
    "end for a request": (prepare, lambda s: end(s, VIEWING, "b-1", 1, date(2026, 6, 30)), Stale),
    "record person": (prepare, lambda s: record(s, "r-1"), Stale),
    "correct person": (populate, lambda s: record(s, "r-1", ANNA, 1), Stale),
    "read person": (guarded, lambda s: persons.person(s, ANNA, KEYS, "r-2"), Repeats),
    "find person": (populate, lambda s: persons.find(s, ANNA, KEYS, COORDINATION), Repeats),
    "list persons": (guarded, lambda s: persons.persons(s, ANNA, KEYS), Repeats),
    "protect": (populate, protect, Conflict),
    "unprotect": (guarded, lambda s: protecting.unprotect(s, ADMIN, "r-2", MARKING), Conflict),
    "grant": (populate, grant, Repeats),
    "revoke": (guarded, lambda s: protecting.revoke(s, ADMIN, "r-2", 1), Conflict),
    "break glass": (guarded, lambda s: protecting.break_glass(s, EMERGENCY, "r-2"), Repeats),
    "who has read": (guarded, lambda s: who_has_read(s, ADMIN, "r-1"), Repeats),
    "review": (
        with_old_readings,
        lambda s: review(s, ADMIN, AT - timedelta(1), AT + timedelta(1)),
        Repeats,
    ),
    "rotate": (populate, lambda s: rotate_some(s, ACT, keys("ba", "yz"), 3), Repeats),
    "erase": (to_be_erased, lambda s: erase(s, YEARS_LATER, "r-1", dry_run=False), None),
    "remove readings": (with_old_readings, lambda s: carry_out(s, YEARS_LATER, NOTHING_DUE), None),
}
