"""
What of the database a transaction may touch, told to PostgreSQL itself (row-level security).

The queries choose their rows already (:mod:`api.store.scoping`, the municipality of each key). This
is the second lock: what a query forgets to say, the database's policies say again, of every row
that is read and of every row that is written. The scope of a request comes from who makes it, never
from what it asks for.

Promises: each transaction tells its scope first, for itself alone (``set_config(…, true)``), so a
pooled connection never carries another's; without a scope nothing is reached. SQLite knows no such
policies, and there the scope is not used.

Source: PostgreSQL 18 documentation, 5.9 Row Security Policies, and 9.28.1 set_config.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, Engine, event

from api.access.policy import Reach


class Beyond(StrEnum):
    """What reaches into every municipality, beside what a scope names."""

    NOTHING = ""
    WORKERS = "workers"  # the runs, and nothing else
    EVERYTHING = "everything"  # every row; PostgreSQL grants it to the tables' owner only


@dataclass(frozen=True, slots=True)
class RowScope:
    """
    What a transaction may read and write.

    Parameters
    ----------
    municipality
        Empty for none.
    every_provider, provider
        Orders, performed visits and settlements of whom; neither for none.
    every_unit, units
        Plans, rosters and runs of which units; neither for none.
    user
        Whose own runs are reached, of whatever unit.
    session_sha256
        The login that is reached before anybody knows whose it is.
    """

    municipality: str = ""
    every_provider: bool = False
    provider: str | None = None
    every_unit: bool = False
    units: frozenset[str] = frozenset()
    user: str = ""
    session_sha256: str = ""
    beyond: Beyond = Beyond.NOTHING

    @property
    def settings(self) -> dict[str, str]:
        """As the policies of migration 0010 read them, by the names of PostgreSQL's settings."""
        one = "" if self.provider is None else f"={self.provider}"
        return {
            "hemplan.municipality": self.municipality,
            "hemplan.provider": "all" if self.every_provider else one,
            "hemplan.units": json.dumps(True if self.every_unit else sorted(self.units)),
            "hemplan.caller": self.user,
            "hemplan.session": self.session_sha256,
            "hemplan.beyond": self.beyond,
        }


NOTHING = RowScope()
# Whoever solves sees the runs of all municipalities, and no decision, plan in force or person.
WORKERS = RowScope(every_unit=True, beyond=Beyond.WORKERS)
# Migrations, backups, checks and the commands of an operator at the machine.
EVERYTHING = RowScope(every_provider=True, every_unit=True, beyond=Beyond.EVERYTHING)

_present: ContextVar[RowScope] = ContextVar("row_scope", default=NOTHING)


def of_municipality(municipality: str) -> RowScope:
    """All of one municipality."""
    return RowScope(municipality, every_provider=True, every_unit=True)


def of_session(session_sha256: str) -> RowScope:
    """One login, found by the hash of its id, and nothing else."""
    return RowScope(session_sha256=session_sha256)


def of_reach(reach: Reach) -> RowScope:
    """
    What a caller may touch with one operation.

    A carer's own day may be of any unit, so plans are reached there; what of them is the carer's is
    chosen by the operation.
    """
    if reach.everything:
        return of_municipality(reach.municipality)
    return RowScope(
        reach.municipality,
        provider=reach.provider,
        every_unit=reach.every_unit or reach.carer is not None,
        units=reach.units,
        user=reach.user or "",
    )


def present() -> RowScope:
    """The scope of the transactions that begin now, in this task or thread."""
    return _present.get()


def enter(scope: RowScope) -> None:
    """Let everything that follows in this task, and in what it starts, have `scope`."""
    _present.set(scope)


@contextmanager
def within(scope: RowScope) -> Iterator[None]:
    """Let the transactions that begin inside have `scope`; then as before."""
    token = _present.set(scope)
    try:
        yield
    finally:
        _present.reset(token)


@contextmanager
def every_unit() -> Iterator[None]:
    """
    Let the transactions that begin inside reach plans of all units; of providers no more than ever.

    For a provider, whose visits are in the plans of whichever units it works in.
    """
    with within(replace(present(), every_unit=True)):
        yield


@contextmanager
def whole_municipality() -> Iterator[None]:
    """
    Let the transactions that begin inside reach all of the caller's municipality.

    For an act whose consequences go further than whoever acts may see: a provider's refusal sends
    the order to the next one.
    """
    scope = present()
    with within(replace(scope, every_provider=True, every_unit=True)):
        yield


def configure_row_scope(engine: Engine) -> None:
    """Let every transaction of a PostgreSQL `engine` tell its scope before anything else."""
    event.listen(engine, "begin", _tell)


def _tell(connection: Connection) -> None:
    settings = present().settings
    parts = ", ".join(f"set_config('{name}', %s, true)" for name in settings)
    connection.exec_driver_sql(f"SELECT {parts}", tuple(settings.values()))
