"""
Persons of the small municipality, with identity numbers that belong to nobody.

The numbers are made as those that Skatteverket publishes for tests: the birth numbers 238 and 239,
which it hands out to no person. 701063-2391 is its own example of a coordination number.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from api.store.access_log import Purpose
from api.store.audit import Act
from api.store.engine import Store
from api.store.person_keys import INDEXING, SEALING, PersonKeys, person_keys
from api.store.person_records import Grantee, Person, ProtectionKind
from api.store.tables import RecipientRow
from api.usecases import persons, protecting
from api.usecases.sight import Reader, Right
from tests.api.store.samples import ACT, AT, prepare

COORDINATION = "197010632391"


def number_of(born: date, serial: int = 238) -> str:
    """The test number of who is born on that day."""
    return checked(f"{born:%Y%m%d}{serial:03d}")


def checked(digits: str) -> str:
    """Eleven digits with the check digit that makes them twelve, whatever they mean."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits[2:]))
    return f"{digits}{-sum(n // 10 + n % 10 for n in doubled) % 10}"


def key(letter: str) -> str:
    """A key of 32 equal bytes, as the environment has it."""
    return base64.b64encode(letter.encode() * 32).decode()


def keys(sealing: str = "a", indexing: str = "z") -> PersonKeys:
    """Keys by their letters, the newest first: ``"ba"`` is key b, and key a before it."""
    return person_keys(
        {
            SEALING: ",".join(f"k{letter}:{key(letter)}" for letter in sealing),
            INDEXING: ",".join(f"i{letter}:{key(letter)}" for letter in indexing),
        }
    )


KEYS = keys()
PURPOSE = Purpose("north", "Utredning av hemtjänst", "b-1")
ALL = frozenset(Right)
# Everything but what protection asks for: what an ordinary assessor has.
ORDINARY = frozenset({Right.READ, Right.RECORD})


def reader(actor: str = "user-7", *rights: Right, **changed: Any) -> Reader:
    """Somebody with `rights`, all of them by default, on the day of the samples."""
    act = replace(ACT, actor=actor, at=changed.pop("at", AT))
    return replace(Reader(act, PURPOSE, frozenset(rights) or ALL), **changed)


ADMIN = reader("admin-1")
ANNA = reader("anna", *ORDINARY)
NAMES = {
    "r-1": ("Åsa Östlund", number_of(date(1938, 5, 17))),
    "r-2": ("Zäta Öhrn", number_of(date(1941, 12, 24))),
    "r-3": ("Bo Ek", COORDINATION),
    "r-4": ("Evy Ek", None),
}


def add_recipients(store: Store, *ids: str) -> None:
    """Recipients without a decision."""
    with store.writing() as session:
        session.add_all(
            RecipientRow(municipality_id="m-1", id=id_, registered_at=AT) for id_ in ids
        )


def record(store: Store, recipient: str, by: Reader = ADMIN, expected: int = 0) -> Person:
    """Record the sample person."""
    name, number = NAMES[recipient]
    return persons.record(store, by, KEYS, recipient, expected, name=name, number=number)


def populate(store: Store) -> None:
    """The municipality with four persons."""
    prepare(store)
    add_recipients(store, "r-2", "r-3", "r-4")
    for recipient in NAMES:
        record(store, recipient)


def protect(store: Store, recipient: str = "r-2", by: Reader = ADMIN) -> None:
    """Mark the person as protected."""
    protecting.protect(
        store, by, recipient, ProtectionKind.PROTECTED_REGISTRATION, date(2026, 1, 1)
    )


def grant(store: Store, recipient: str = "r-2", to: str = "anna", hours: int = 48) -> None:
    """Let a user see the person."""
    protecting.grant(store, ADMIN, recipient, Grantee.USER, to, AT + timedelta(hours=hours))


def acting(moment: datetime = AT, actor: str = "user-7") -> Act:
    """An act of the samples' municipality."""
    return Act("m-1", actor, moment.astimezone(UTC))
