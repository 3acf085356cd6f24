"""
A wire between the service and PostgreSQL that can be cut at a chosen moment.

Each connection is pumped by two threads of this process. The client's ``COMMIT`` is a message of
its own (psycopg sends it as a simple query), so the wire can be cut before the database has seen
it, or after it has answered and before anybody hears of it.
"""

from __future__ import annotations

import socket
import struct
import time
from contextlib import suppress
from enum import StrEnum
from threading import Event, Lock, Thread

COMMIT = b"COMMIT\x00"
# What PostgreSQL answers: CommandComplete with the name of the command.
COMMITTED = b"COMMIT\x00Z"
AT_ONCE = struct.pack("ii", 1, 0)


class Cut(StrEnum):
    """Where the wire is cut."""

    STATEMENT = "in a transaction"
    BEFORE_COMMIT = "before COMMIT"
    AFTER_COMMIT = "between COMMIT and its answer"


class Proxy:
    """
    Listens on a port of this machine, and leads to a server's socket.

    Parameters
    ----------
    target
        The path of PostgreSQL's socket.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = Lock()
        self._armed: tuple[Cut, bytes] | None = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.closed_to_new = False
        self.delay_s = 0.0
        # Set once an armed cut has been made.
        self.made = Event()
        Thread(target=self._accept, name="proxy", daemon=True).start()

    def address(self, database: str = "postgres") -> str:
        """As DATABASE_URL takes it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def arm(self, cut: Cut, text: bytes = b"") -> None:
        """
        Cut the next connection that comes to the place.

        Parameters
        ----------
        text
            For a cut in a transaction: the statement that it is cut after.
        """
        with self._lock:
            self._armed = (cut, text)
            self.made.clear()

    def cut_all(self) -> None:
        """Cut every connection, without a farewell."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _cut(*pair)

    def close(self) -> None:
        """End all of it."""
        self._listening.close()
        self.cut_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                if self.closed_to_new:
                    raise ConnectionRefusedError
                server.connect(self._target)
            except OSError:
                _cut(client, server)
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.append((client, server))
            committing = Event()
            for work in (self._from_client, self._from_server):
                Thread(target=work, args=(client, server, committing), daemon=True).start()

    def _from_client(self, client: socket.socket, server: socket.socket, after: Event) -> None:
        with suppress(OSError):
            while sent := client.recv(65536):
                if self.delay_s:
                    time.sleep(self.delay_s)
                cut = self._due(sent)
                if cut is Cut.AFTER_COMMIT:
                    after.set()
                elif cut is not None:
                    self.made.set()
                    break
                server.sendall(sent)
        _cut(client, server)

    def _from_server(self, client: socket.socket, server: socket.socket, after: Event) -> None:
        with suppress(OSError):
            while told := server.recv(65536):
                if after.is_set() and COMMITTED in told:
                    self.made.set()
                    break
                client.sendall(told)
        _cut(client, server)

    def _due(self, sent: bytes) -> Cut | None:
        """The armed cut, when this is its place; it is made once."""
        with self._lock:
            if self._armed is None:
                return None
            cut, text = self._armed
            if (text if cut is Cut.STATEMENT else COMMIT) not in sent:
                return None
            self._armed = None
            return cut


def _cut(*pair: socket.socket) -> None:
    """Reset rather than end: what was on its way is lost."""
    for each in pair:
        with suppress(OSError):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
