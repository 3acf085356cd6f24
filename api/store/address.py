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
# Whose tables they are, where the service itself owns none.
OWNER_VARIABLE = "HEMPLAN_OWNER_DATABASE_URL"
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
    def user(self) -> str | None:
        """Whom it connects as; None where the address does not say."""
        asked = self.url.query.get("user")
        return self.url.username or (asked if isinstance(asked, str) else None)

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
    return _address(VARIABLE, environment.get(VARIABLE) or DEFAULT)


def owner_address(environment: Mapping[str, str]) -> Address:
    """
    The same database as whoever owns its tables: for migrations, backups, checks and erasure.

    It is :func:`database_address` where nothing else is said.

    Raises
    ------
    InvalidInput
        As :func:`database_address`; when the two name different databases.
    """
    text = environment.get(OWNER_VARIABLE)
    service = database_address(environment)
    if not text:
        return service
    owner = _address(OWNER_VARIABLE, text)
    if owner.url.database != service.url.database or owner.is_sqlite != service.is_sqlite:
        raise InvalidInput(
            _not_an_address(OWNER_VARIABLE, "another database than that of DATABASE_URL")
        )
    return owner


def service_role(environment: Mapping[str, str]) -> str | None:
    """The role that the service connects as, where it is another than the owner's; else None."""
    service, owner = database_address(environment), owner_address(environment)
    if service.is_sqlite or service.user in (None, owner.user):
        return None
    return service.user


def _address(variable: str, text: str) -> Address:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise InvalidInput(_not_an_address(variable, "a text that is not an address")) from None
    if url.drivername in _POSTGRESQL and url.database:
        return Address(url.set(drivername="postgresql+psycopg"))
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return Address(url)
    raise InvalidInput(
        _not_an_address(variable, "another kind of address, or one without a database")
    )


def _not_an_address(variable: str, found: str) -> Finding:
    return Finding(
        "DATABASE_ADDRESS",
        variable,
        "sqlite:///FILE or postgresql://USER@HOST/DATABASE",
        found,
        f"Rätta miljövariabeln {variable}, eller ta bort den.",
    )
