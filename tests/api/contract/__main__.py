"""
The whole: every role, every operation, both databases.

    make contract ARGS="--examples 50 --seed 1"

Exit status 1 when an answer was not as the description says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from fastapi.testclient import TestClient

from api.access.caller import Role
from api.access.operations import POLICY
from api.store.address import Address, database_address
from api.store.engine import Store
from api.store.migrate import upgrade
from tests.api.access.service import fill
from tests.api.contract.hostile import PLACES, crashes
from tests.api.contract.run import contract
from tests.api.contract.service import service
from tests.postgresql import postgresql

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Run it, and print what was asked and what was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=30, help="made up per operation and phase")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--role", choices=[each.value for each in Role], action="append")
    asked.add_argument("--database", choices=DATABASES, action="append")
    given = asked.parse_args()
    faults = 0
    for kind in given.database or DATABASES:
        for name in given.role or [each.value for each in Role]:
            faults += _role(kind, Role(name), given.examples, given.seed)
        faults += _hostile(kind)
    return min(faults, 1)


def _role(kind: str, role: Role, examples: int, seed: int) -> int:
    began = time.monotonic()
    with ExitStack() as stack:
        address = _filled(stack, kind)
        report = contract(address, role, examples=examples, seed=seed, wanted=partial(_may, role))
        # What a role may not do is refused before it is read: the examples suffice.
        refused = contract(
            address, role, examples=1, seed=seed, phases=("examples",),
            wanted=lambda operation: not _may(role, operation),
        )  # fmt: skip
    report.faults |= refused.faults
    counts = ", ".join(f"{name} {count}" for name, count in report.requests.items())
    _say(f"{kind} {role}: {counts}; {len(report.faults)} faults; {_since(began)}")
    if report.faults:
        _say(str(report))
    return len(report.faults)


def _may(role: Role, operation: str) -> bool:
    return POLICY[operation].public or role in POLICY[operation].scopes


def _hostile(kind: str) -> int:
    began, found = time.monotonic(), []
    with ExitStack() as stack:
        app = stack.enter_context(service(_filled(stack, kind)))
        client = stack.enter_context(
            TestClient(app, "https://testserver", raise_server_exceptions=False)
        )
        found = [each for place in PLACES for each in crashes(client, place)]
    _say("\n".join([f"{kind} hostile: {len(found)} faults; {_since(began)}", *found]))
    return len(found)


def _filled(stack: ExitStack, kind: str) -> Address:
    """A database of its own with the two municipalities."""
    if kind == "postgresql":
        address = database_address({"DATABASE_URL": stack.enter_context(postgresql())})
    else:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = database_address({"DATABASE_URL": f"sqlite:///{folder / 'contract.db'}"})
    store = Store(address)
    upgrade(store)
    fill(store)
    store.close()
    return address


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
