"""The service as processes on one database, each of which can be killed and started again."""

from __future__ import annotations

import http.client
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from api.access.caller import Role
from api.store.address import VARIABLE, Address, database_address
from api.store.engine import Store
from api.store.migrate import upgrade
from tests.api.access import keys
from tests.e2e.test_serve import free_port
from tests.faults import victims
from tests.postgresql import Server, postgresql_server

ANSWER_S = 15
LONGEST_S = 30


class Lost(Exception):
    """No answer came: whether it was done is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API told."""

    status: int
    body: Any


class Desk:
    """
    A user's way to the API; one connection a request, as after a restart.

    Parameters
    ----------
    port
        Of the API on this machine.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        # Of all answers that came.
        self.slowest_s = 0.0
        self._tokens: dict[tuple[Role, str], str] = {}

    def ask(
        self, role: Role, method: str, path: str, body: bytes | dict[str, Any] | None = None,
        *, who: str = "1", key: str | None = None, version: int | None = None,
    ) -> Answer:  # fmt: skip
        """
        One request.

        Raises
        ------
        Lost
            When no whole answer came.
        """
        token = self._token(role, who)
        headers = {"Authorization": f"Bearer {token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_S)
        began = time.monotonic()
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            told = answer.read()
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
            return Answer(answer.status, json.loads(told) if told else None)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Lost from error
        finally:
            connection.close()

    def _token(self, role: Role, who: str) -> str:
        if (role, who) not in self._tokens:
            sub = f"{role}-{who}"
            self._tokens[role, who] = keys.token(sub=sub, roles=[role.value], units=["*"])
        return self._tokens[role, who]


class Service:
    """
    Parameters
    ----------
    folder
        For its logs, and what arms its points.
    address
        Of the database.
    server
        PostgreSQL's; None on SQLite, where the API solves in its own process.
    workers
        How many processes of their own solve.
    lease
        Seconds after which a silent worker loses its run.
    through
        The address that the processes are given; None gives them the database's own.
    """

    def __init__(
        self, folder: Path, address: Address, server: Server | None, workers: int, lease: int,
        through: str | None = None,
    ) -> None:  # fmt: skip
        self.store = Store(address)
        self.server = server
        self.arm = folder / "armed"
        self.log = folder / "log"
        self.lease = lease
        self._url = through or address.url.render_as_string(hide_password=False)
        self._port = free_port()
        self._context = victims.context()
        self.desk = Desk(self._port)
        upgrade(self.store)
        self.api = self._serve()
        self.workers = [self._work() for _ in range(workers)]

    @property
    def is_sqlite(self) -> bool:
        """Whether it runs on one file."""
        return self.server is None

    def processes(self) -> list[ForkServerProcess]:
        """All of them."""
        return [self.api, *self.workers]

    def revive(self) -> list[ForkServerProcess]:
        """Start again whatever has died; what it was."""
        dead = [each for each in self.processes() if not each.is_alive()]
        if not self.api.is_alive():
            self.api = self._serve()
        self.workers = [each if each.is_alive() else self._work() for each in self.workers]
        return dead

    def wait_until_answering(self) -> None:
        """Until the API answers and can write."""
        wait(self._is_ready, LONGEST_S, "the API does not answer again")

    def close(self) -> None:
        """End every process, and the harness's own connections."""
        for each in self.processes():
            if each.is_alive() and each.pid is not None:
                os.kill(each.pid, signal.SIGKILL)
            each.join(LONGEST_S)
        self.store.close()

    def _is_ready(self) -> bool:
        if not self.api.is_alive():
            raise RuntimeError(f"the API has ended: {self.log.read_text()[-2000:]}")
        with suppress(Lost):
            # Not its probe, which looks every two seconds only; 404: nobody has set it up yet.
            told = self.desk.ask(Role.ADMIN, "GET", "/v1/municipality")
            return told.status in (200, 404)
        return False

    def _serve(self) -> ForkServerProcess:
        key = keys.public(keys.rsa_key(), "one")
        running = 1 if self.is_sqlite else 0
        return self._start(
            victims.serve, self._url, self._port, str(self.arm), str(self.log), key, running,
            self.lease,
        )  # fmt: skip

    def _work(self) -> ForkServerProcess:
        return self._start(victims.work, self._url, str(self.arm), str(self.log), self.lease)

    def _start(self, target: Callable[..., None], *args: Any) -> ForkServerProcess:
        made = self._context.Process(target=target, args=args)
        made.start()
        return made


_SHARED: list[Server] = []


@contextmanager
def shared_database() -> Iterator[None]:
    """One PostgreSQL for all that is run meanwhile; starting one takes seconds."""
    with postgresql_server(durable=True) as server:
        _SHARED.append(server)
        try:
            yield
        finally:
            _SHARED.remove(server)


@contextmanager
def database() -> Iterator[Server]:
    """The shared PostgreSQL, or one of its own; as in production it waits for the disk."""
    if _SHARED:
        yield _SHARED[-1]
    else:
        with postgresql_server(durable=True) as server:
            yield server


@contextmanager
def new_database(server: Server) -> Iterator[Address]:
    """An empty database of `server`, dropped at the end."""
    name = f"faults_{uuid4().hex}"
    administer(server, f"CREATE DATABASE {name}")
    try:
        yield Address(database_address({VARIABLE: server.address}).url.set(database=name))
    finally:
        administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running(
    folder: Path, server: Server | None, *, workers: int = 2, lease: int = 1,
    through: Callable[[str], str] | None = None,
) -> Iterator[Service]:  # fmt: skip
    """
    The service on a new database of `server`, or on a new SQLite file in `folder`.

    Parameters
    ----------
    through
        Name of the database -> the address by which the processes reach it.
    """
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        if server is None:
            address = database_address({VARIABLE: f"sqlite:///{folder / 'store.db'}"})
        else:
            address = stack.enter_context(new_database(server))
        behind = through(address.url.database or "") if through else None
        service = Service(folder, address, server, 0 if server is None else workers, lease, behind)
        stack.callback(service.close)
        service.wait_until_answering()
        yield service


@contextmanager
def alone() -> Iterator[Service]:
    """The API alone, without workers, on PostgreSQL."""
    with (
        tempfile.TemporaryDirectory(prefix="hemplan-faults-") as name,
        database() as server,
        running(Path(name, "alone"), server, workers=0) as made,
    ):
        yield made


def administer(server: Server, *statements: str) -> None:
    """Carry `statements` out outside of a transaction."""
    engine = create_engine(
        make_url(server.address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for each in statements:
            connection.exec_driver_sql(each)
    engine.dispose()


def wait(what: Callable[[], bool], seconds: float, why: str) -> float:
    """
    Seconds until `what` holds.

    Raises
    ------
    RuntimeError
        With `why`, when it does not hold in time.
    """
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            raise RuntimeError(why)
        time.sleep(0.02)
    return time.monotonic() - began
