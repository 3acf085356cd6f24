"""
Stores on both databases: a SQLite file, and a real PostgreSQL that starts once for the whole run.

A test that takes `store`, `filled`, `settled` or `empty_store` runs on both, each time on a
database of its own. Nothing is skipped: where PostgreSQL cannot start, the tests fail. And days as
files, for the command line.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import as_json, plan_document
from api.documents.planning import write_document
from api.documents.strict_json import write_json
from api.store.address import Address, database_address
from api.store.engine import Store
from api.store.migrate import permit, upgrade
from fixtures.tiny_day import tiny_day
from scheduler.followup import follow_up
from scheduler.planner import plan_day
from scheduler.travel import TravelSettings
from tests.api.cases import TWO_VISITS
from tests.api.store.everything import OTHER, copy_municipality, fill_everything
from tests.api.store.money_samples import fill_money
from tests.api.store.samples import fill
from tests.api.store.trio import OWNER, SERVICE, Trio, as_role, make_roles
from tests.postgresql import postgresql

BOTH = ("sqlite", "postgresql")
FILLINGS: dict[str, Callable[[Store], None]] = {
    "migrated": lambda _store: None,
    "filled": fill,
    "settled": fill_money,
    "whole": fill_everything,
}


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running PostgreSQL."""
    with postgresql() as address:
        yield address


@pytest.fixture(scope="session", params=BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture(scope="session")
def templates(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Address]:
    """What stores are copied from: made once, by kind of database and what fills it."""
    folder = tmp_path_factory.mktemp("templates")

    @cache
    def template(kind: str, filling: str) -> Address:
        if kind == "sqlite":
            address = _sqlite(folder / f"{filling}.db")
        else:
            server = request.getfixturevalue("server")
            _administer(server, f"CREATE DATABASE template_{filling}")
            address = _postgresql(server, f"template_{filling}")
        made = Store(address)
        upgrade(made)
        FILLINGS[filling](made)
        made.close()
        return address

    return template


@pytest.fixture
def store(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Store]:
    """A store with the program's migrations and no rows."""
    yield from _copy(request, kind, tmp_path, "migrated")


@pytest.fixture
def filled(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Store]:
    """A store with what :func:`tests.api.store.samples.fill` does."""
    yield from _copy(request, kind, tmp_path, "filled")


@pytest.fixture
def settled(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Store]:
    """A store with what :func:`tests.api.store.money_samples.fill_money` does."""
    yield from _copy(request, kind, tmp_path, "settled")


@pytest.fixture
def whole(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Store]:
    """A store with what :func:`tests.api.store.everything.fill_everything` does."""
    yield from _copy(request, kind, tmp_path, "whole")


@pytest.fixture
def empty_store(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Store]:
    """A database without any table."""
    if kind == "sqlite":
        made = Store(_sqlite(tmp_path / "empty.db"))
        yield made
        made.close()
    else:
        yield from _on(request.getfixturevalue("server"), "")


@pytest.fixture(scope="session")
def two_municipalities(server: str) -> str:
    """A template: something in every table, twice, made by the service's own role."""
    name = "template_two"
    made = _trio(server, name)
    try:
        upgrade(made.owner)
        permit(made.owner, SERVICE)
        fill_everything(made.service)
        copy_municipality(made.root, "m-1", OTHER)
    finally:
        made.close()
    return name


@pytest.fixture
def trio(server: str, two_municipalities: str) -> Iterator[Trio]:
    """PostgreSQL as three roles see it, with something in every table of two municipalities."""
    with _of_its_own(server, two_municipalities) as made:
        yield made


@pytest.fixture(scope="module")
def trio_shared(server: str, two_municipalities: str) -> Iterator[Trio]:
    """As `trio`, for tests that change nothing."""
    with _of_its_own(server, two_municipalities) as made:
        yield made


@pytest.fixture
def empty_trio(server: str) -> Iterator[Trio]:
    """PostgreSQL as three roles see it, without any table."""
    with _of_its_own(server) as made:
        yield made


@pytest.fixture(scope="module")
def migrated_trio(server: str) -> Iterator[Trio]:
    """PostgreSQL as three roles see it, without any row, for the tests of a module."""
    with _of_its_own(server) as made:
        upgrade(made.owner)
        permit(made.owner, SERVICE)
        yield made


@contextmanager
def _of_its_own(server: str, template: str = "template1") -> Iterator[Trio]:
    name = f"test_{uuid4().hex}"
    made = _trio(server, name, template)
    try:
        yield made
    finally:
        made.close()
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _trio(server: str, name: str, template: str = "template1") -> Trio:
    administrator = Store(_postgresql(server, "postgres"))
    make_roles(administrator)
    administrator.close()
    _administer(server, f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")
    root = _postgresql(server, name)
    return Trio(*(Store(as_role(root, role)) for role in ("postgres", OWNER, SERVICE)))


@pytest.fixture
def other_store(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Store]:
    """A database of the other kind, without any table."""
    if kind == "sqlite":
        yield from _on(request.getfixturevalue("server"), "")
    else:
        made = Store(_sqlite(tmp_path / "other.db"))
        yield made
        made.close()


def _copy(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path, filling: str
) -> Iterator[Store]:
    template = request.getfixturevalue("templates")(kind, filling).url.database
    if kind == "sqlite":
        path = tmp_path / "store.db"
        shutil.copy(template, path)
        made = Store(_sqlite(path))
        yield made
        made.close()
    else:
        yield from _on(request.getfixturevalue("server"), f" TEMPLATE {template}")


def _on(server: str, template: str) -> Iterator[Store]:
    name = f"test_{uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name}{template}")
    made = Store(_postgresql(server, name))
    yield made
    made.close()
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


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


@pytest.fixture
def day_file(tmp_path: Path) -> Path:
    path = tmp_path / "day.json"
    path.write_text(write_json(TWO_VISITS), encoding="utf-8")
    return path


@pytest.fixture
def planned(tmp_path: Path, travel: TravelSettings) -> tuple[Path, Path, dict[str, Any]]:
    """A tiny day, its plan, and the plan's document for spoiling."""
    day = tiny_day(5)
    plan = plan_day(day, travel, iterations=100, threads=1)
    metadata = MetadataSchema(id="p", status=Status.SOLVING_COMPLETED)
    document = as_json(plan_document(plan, metadata, day, follow_up(day, plan)))
    day_path, plan_path = tmp_path / "day.json", tmp_path / "plan.json"
    day_path.write_text(write_json(write_document(day)), encoding="utf-8")
    plan_path.write_text(write_json(document), encoding="utf-8")
    return day_path, plan_path, document
