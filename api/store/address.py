"""
Which database: ``DATABASE_URL``, or a SQLite file in the working folder with no configuration.

Promises: an address never shows its password, neither printed nor in a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from scheduler.care.errors import Finding, InvalidInput

VARIABLE = "DATABASE_URL"
DEFAULT = "sqlite:///hemplan.db"

# What providers of PostgreSQL hand out, and what SQLAlchemy calls it. psycopg 3 is the driver.
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}


@dataclass(frozen=True, slots=True)
class Address:
    """
    Parameters
    ----------
    url
        With the driver named; hidden when printed, since it may hold a password.
    """

    url: URL = field(repr=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file; else it is a PostgreSQL server."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """What people may see: the kind and the name of the database, no user, host or password."""
        kind = "SQLite" if self.is_sqlite else "PostgreSQL"
        return f"{kind} {(self.url.database or '').rsplit('/', 1)[-1]}"


def database_address(environment: Mapping[str, str]) -> Address:
    """
    The database that `environment` names.

    Raises
    ------
    InvalidInput
        When the variable is not the address of a SQLite file or of a PostgreSQL database.
    """
    text = environment.get(VARIABLE) or DEFAULT
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise InvalidInput(_not_an_address("a text that is not an address")) from None
    if url.drivername in _POSTGRESQL and url.database:
        return Address(url.set(drivername="postgresql+psycopg"))
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return Address(url)
    raise InvalidInput(_not_an_address("another kind of address, or one without a database"))


def _not_an_address(found: str) -> Finding:
    return Finding(
        "DATABASE_ADDRESS",
        VARIABLE,
        "sqlite:///FILE or postgresql://USER@HOST/DATABASE",
        found,
        "Rätta miljövariabeln DATABASE_URL, eller ta bort den för en SQLite-fil.",
    )
