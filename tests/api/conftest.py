"""
Stores on both databases: a SQLite file, and a real PostgreSQL that starts once for the whole run.

A test that takes `store` or `empty_store` runs on both, each time on a database of its own. Nothing
is skipped: where PostgreSQL cannot start, the tests fail.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from api.store.address import Address, database_address
from api.store.engine import Store
from api.store.migrate import upgrade
from tests.postgresql import postgresql

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running PostgreSQL."""
    with postgresql() as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the program's migrations and no rows."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    _upgrade(_sqlite(path))
    return path


@pytest.fixture(scope="session")
def postgresql_template(server: str) -> str:
    """Name of a PostgreSQL database with the program's migrations and no rows."""
    name = "template_store"
    _administer(server, f"CREATE DATABASE {name}")
    _upgrade(_postgresql(server, name))
    return name


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with the program's migrations and no rows."""
    if request.param == "sqlite":
        path = tmp_path / "store.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        made = Store(_sqlite(path))
        yield made
        made.close()
    else:
        template = request.getfixturevalue("postgresql_template")
        yield from _on(request.getfixturevalue("server"), f" TEMPLATE {template}")


@pytest.fixture(params=BOTH)
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database without any table."""
    if request.param == "sqlite":
        made = Store(_sqlite(tmp_path / "empty.db"))
        yield made
        made.close()
    else:
        yield from _on(request.getfixturevalue("server"), "")


def _on(server: str, template: str) -> Iterator[Store]:
    name = f"test_{uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name}{template}")
    made = Store(_postgresql(server, name))
    yield made
    made.close()
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _upgrade(address: Address) -> None:
    store = Store(address)
    upgrade(store)
    store.close()


def _sqlite(path: Path) -> Address:
    return database_address({"DATABASE_URL": f"sqlite:///{path}"})


def _postgresql(server: str, name: str) -> Address:
    return Address(database_address({"DATABASE_URL": server}).url.set(database=name))


def _administer(server: str, statement: str) -> None:
    engine = create_engine(
        make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
