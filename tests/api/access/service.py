"""
The service with an identity provider, and two municipalities with something of each kind in them.

In m-1, decision b-1 is north's and later south's, b-2 south's, both are ordered in the north; both
units have a plan in force and a draft; each of two schedulers has a run. m-2 has the same of its
own, but no orders. ``own`` and ``beyond`` say what of it the callers of :func:`caller` reach.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient

from api.access.caller import Role
from api.access.issuer import Issuer
from api.access.settings import AccessSettings
from api.documents.planning import read_document
from api.server import examples
from api.server.app import create_app
from api.server.settings import Settings
from api.store.address import Address, database_address
from api.store.audit import Act
from api.store.engine import Store
from api.store.migrate import prepare
from api.store.records import Municipality, Origin, PlanKey, RunKey, Unit
from api.usecases import planning, running
from api.usecases.performing import deliver
from api.usecases.preparing import set_roster
from api.usecases.registering import register
from api.usecases.running import NOWHERE
from api.usecases.setting_up import set_up
from scheduler.care.errors import Finding
from scheduler.care.model import Provider, ProviderKind
from tests.api import solvers
from tests.api.access import keys
from tests.api.access.keys import SETTINGS, token_of
from tests.api.server import NOW
from tests.api.store.money_samples import fill_money, sent
from tests.api.store.order_samples import OWN as OWN_ORDERS
from tests.api.store.order_samples import PRIVATE, capacity, chosen
from tests.api.store.person_samples import KEYS
from tests.api.store.samples import ACT, AT, DAY, MUNICIPALITY, day_and_plan, document, encoded
from tests.api.usecases.test_failures import ROSTER

# What each parameter of a path is called for what the callers reach, for what is another unit's,
# person's or municipality's, and for what does not exist.
OWN = {
    "decision_id": "b-1", "plan_id": "run-own", "other_id": "run-own", "unit": "north",
    "carer": "anna", "recipient": "r-1", "batch": "batch-both", "day": DAY.isoformat(),
    "number": "1", "provider": "p-1", "month": "2026-03", "visit": "v-1", "key": "p-1-file",
    "kind": "books", "format": "SIE", "name": "v.si",
    "chart": "chain", "form": "svg",
}  # fmt: skip
ABSENT = {
    "decision_id": "b-0", "plan_id": "run-0", "other_id": "run-0", "unit": "zenit",
    "carer": "cecil", "recipient": "r-0", "batch": "batch-0",
    "provider": "p-0", "key": "key-0",
}  # fmt: skip
ELSEWHERE = {
    "decision_id": "b-9", "plan_id": "run-m-2", "other_id": "run-m-2", "unit": "west",
    "batch": "batch-m-2", "provider": "p-2",
}  # fmt: skip
OTHERS = {"decision_id": "b-2", "plan_id": "run-other", "other_id": "run-other", "unit": "south",
          "carer": "bo", "batch": "batch-south", "provider": "own",
          "key": "march"}  # fmt: skip


FROM_PROVIDER = "v-9,p-1,PRIVATE,r-1,care,town,2026-05-04T09:00+02:00,PERFORMED,30,\n"


def caller(role: Role) -> dict[str, str]:
    """The headers of somebody with `role`: of north, of p-1, the carer Anna."""
    more = {Role.PROVIDER: {"provider": "p-1"}, Role.CARER: {"carer": "anna"}}.get(role, {})
    return {"Authorization": f"Bearer {token_of(role, **more)}"}


@contextmanager
def serving(
    address: Address, access: AccessSettings = SETTINGS, issuer: Issuer | None = None, **more: Any
) -> Iterator[TestClient]:
    """A client of the service on the database at `address`."""
    app = create_app(
        Settings(grace_seconds=5),
        address,
        access=access,
        issuer=issuer or keys.Provider().issuer(),
        clock=lambda: NOW,
        target=solvers.wait,
        **{"keys": KEYS, **more},
    )
    with TestClient(app, "https://testserver", raise_server_exceptions=False) as client:
        yield client


def fill(store: Store) -> None:
    """Make the two municipalities."""
    prepare(store)
    fill_money(store)
    deliver(store, ACT, sent(FROM_PROVIDER, "p-1-file", sender="p-1"))
    _orders(store)
    _plans(store, ACT, MUNICIPALITY)
    other = Municipality(
        "m-2", "Två", (Unit("north", "N"), Unit("west", "V")),
        (*MUNICIPALITY.providers, Provider("p-2", ProviderKind.PRIVATE)),
    )  # fmt: skip
    _municipality(store, Act("m-2", "user-8", AT), other, ("b-8", "b-9"))
    finished_run(store, Act("m-1", "u-scheduler", AT), "run-own")
    finished_run(store, Act("m-1", "u-somebody", AT), "run-other")
    finished_run(store, Act("m-2", "u-scheduler", AT), "run-m-2")
    for municipality, batch, units in (
        ("m-1", "batch-both", "north south"), ("m-1", "batch-south", "south"),
        ("m-2", "batch-m-2", "north west"),
    ):  # fmt: skip
        for unit in units.split():
            made = Act(municipality, "u-night", AT)
            finished_run(store, made, f"{batch}-{unit}", Origin(unit=unit, batch=batch))


def _orders(store: Store) -> None:
    """b-1 is ordered from p-1, b-2 from the municipal provider."""
    capacity(store, OWN_ORDERS, None)
    capacity(store, PRIVATE, None)
    chosen(store, PRIVATE, decision="b-1")
    chosen(store, OWN_ORDERS, decision="b-2")


def _municipality(store: Store, act: Act, made: Municipality, ids: tuple[str, str]) -> None:
    set_up(store, act, made)
    names = dict(zip(("b-1", "b-2"), ids, strict=True))
    register(store, act, "file-1", decisions(names, made.units[1].id))
    _plans(store, act, made)


def _plans(store: Store, act: Act, made: Municipality) -> None:
    """Anna's and Bo's days, in the first unit and in the second."""
    for unit, carer in zip((unit.id for unit in made.units), ("anna", "bo"), strict=True):
        publish(store, act, unit, carer)
        set_roster(store, act, PlanKey(unit, DAY), 0, ROSTER)


def decisions(names: dict[str, str], south: str = "south") -> bytes:
    """The sample's decisions under other ids, with another unit for south."""
    made = document()
    kept = [each for each in made["decisions"] if each["id"] in names]
    for each in kept:
        each["id"] = names[each["id"]]
    text = json.dumps({"decisions": kept}, ensure_ascii=False)
    return text.replace('"south"', f'"{south}"').encode()


def publish(store: Store, act: Act, unit: str, carer: str) -> None:
    """A plan in force of a unit's day, an approved one and a draft."""
    day, plan = day_and_plan(carer=carer)
    key, version = PlanKey(unit, DAY), 0
    for _ in range(3):
        version = planning.save(store, act, unit, version, day, plan).version
    for number in (1, 2):
        version = planning.approve(store, act, key, number, version).version
    planning.publish(store, act, key, 1, version)


def finished_run(store: Store, act: Act, run_id: str, origin: Origin = NOWHERE) -> None:
    """A run that ended without a plan."""
    running.submit(store, act, run_id, read_document(encoded(examples.DAY_PLAN)), origin)
    reason = Finding("NONE", "day-plans", "a plan", "none", "Försök igen.")
    running.end(store, RunKey(act.municipality, run_id), 0, AT, None, reason)


def store_in(folder: Path) -> Store:
    """A SQLite store with the two municipalities."""
    path = folder / "two.db"
    path.write_bytes(_filled())
    return _store(path)


@cache
def _filled() -> bytes:
    """The file of such a store: made once, since it takes longer than most of its tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "two.db"
        made = _store(path)
        fill(made)
        made.close()
        return path.read_bytes()


def _store(path: Path) -> Store:
    return Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
