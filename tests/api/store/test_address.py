"""Which database: a file by default; what cannot be meant is refused; no password is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.store.address import OWNER_VARIABLE, database_address, owner_address, service_role
from api.store.engine import Store
from scheduler.care.errors import InvalidInput


def test_nothing_configured_is_a_sqlite_file_beside_the_servers_own() -> None:
    address = database_address({})
    assert address.is_sqlite
    assert address.url.database == "hemplan.db"
    assert database_address({"DATABASE_URL": ""}) == address


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_word_for_postgresql_means_psycopg(scheme: str) -> None:
    address = database_address({"DATABASE_URL": f"{scheme}://kim:hemligt@db.local/hemplan"})
    assert not address.is_sqlite
    assert address.url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    "wrong",
    ["hemligt", "mysql://kim:hemligt@db/x", "sqlite://", "sqlite:///:memory:", "postgresql://db",
     "postgresql://kim:hemligt@db:port/x", "oracle+nothing://hemligt"],
)  # fmt: skip
def test_another_address_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        database_address({"DATABASE_URL": wrong})
    (finding,) = refused.value.findings
    assert finding.code == "DATABASE_ADDRESS"
    assert "hemligt" not in str(refused.value)


def test_no_password_user_or_host_is_shown() -> None:
    address = database_address({"DATABASE_URL": "postgresql://kim:hemligt@db.local/hemplan"})
    assert address.name == "PostgreSQL hemplan"
    for shown in (repr(address), address.name):
        for secret in ("kim", "hemligt", "db.local"):
            assert secret not in shown


@pytest.mark.parametrize("place", ["nowhere/store.db", "."])
def test_a_file_that_cannot_be_opened_is_refused(place: str, tmp_path: Path) -> None:
    store = Store(database_address({"DATABASE_URL": f"sqlite:///{tmp_path}/{place}"}))
    with pytest.raises(InvalidInput, match="DATABASE "):
        store.require()
    store.close()


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Hej! " * 1000)
    store = Store(database_address({"DATABASE_URL": f"sqlite:///{tmp_path}/letter.txt"}))
    with pytest.raises(InvalidInput, match="DATABASE "):
        store.require()
    store.close()


def test_a_server_that_is_not_there_is_refused_without_its_address(tmp_path: Path) -> None:
    url = f"postgresql:///hemplan?user=kim&password=hemligt&host={tmp_path}"
    store = Store(database_address({"DATABASE_URL": url}))
    with pytest.raises(InvalidInput, match="DATABASE ") as refused:
        store.require()
    assert refused.value.__suppress_context__
    for secret in ("kim", "hemligt", str(tmp_path)):
        assert secret not in str(refused.value)
    store.close()


def test_the_owner_is_the_service_where_nothing_else_is_said() -> None:
    environment = {"DATABASE_URL": "postgresql://anna@db/hemplan"}
    assert owner_address(environment) == database_address(environment)
    assert service_role(environment) is None


@pytest.mark.parametrize(
    "service", ["postgresql://serving@db/hemplan", "postgresql:///hemplan?user=serving&host=/run"]
)
def test_the_services_role_is_told_where_it_is_another(service: str) -> None:
    environment = {"DATABASE_URL": service, OWNER_VARIABLE: "postgresql://owning@db/hemplan"}
    assert owner_address(environment).user == "owning"
    assert service_role(environment) == "serving"
    assert service_role({**environment, OWNER_VARIABLE: service}) is None


@pytest.mark.parametrize("owner", ["postgresql://owning@db/other", "sqlite:///hemplan", "nothing"])
def test_an_owner_of_another_database_is_refused(owner: str) -> None:
    environment = {"DATABASE_URL": "postgresql://serving@db/hemplan", OWNER_VARIABLE: owner}
    with pytest.raises(InvalidInput, match=OWNER_VARIABLE):
        owner_address(environment)
