"""
The server as a process: its log, its figures, its traces, and an orderly end.

Promises: on SIGTERM or SIGINT the server is not ready from that moment on, takes no new connection,
lets begun requests end within four seconds and solves give up their best plans meanwhile; all of it
within ten seconds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from contextlib import suppress
from socket import socket
from threading import Thread
from types import FrameType

import uvicorn

from api.access.settings import AccessSettings
from api.operations import logs, traces
from api.operations.durability import require_durable
from api.operations.requests import Seen
from api.server.app import create_app
from api.server.settings import Settings
from api.store.address import Address
from api.store.engine import Store
from api.store.person_keys import INDEXING, SEALING, person_keys
from api.store.row_security import Protection, protection

REQUESTS_END_S = 4

_log = logs.log("server")


class _Server(uvicorn.Server):
    """Tells `leave` of the signal, before uvicorn waits for what has begun, and `ended` after."""

    def __init__(
        self, config: uvicorn.Config, leave: Callable[[], None], ended: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._leave = leave
        self._ended = ended

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        # Not here: a signal interrupts the loop, which may hold a lock that leaving needs.
        Thread(target=self._leave, name="leave").start()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End in order; what comes after this, the signal itself may cut off."""
        await super().shutdown(sockets)
        self._ended()


def serve(
    settings: Settings,
    access: AccessSettings,
    address: Address,
    host: str,
    port: int,
    environment: Mapping[str, str],
) -> None:
    """
    Answer on `host` and `port` until a signal comes.

    Raises
    ------
    InvalidInput
        When the database or a parameter file cannot be used, the database server may lose what it
        has acknowledged, a key of identities is malformed, or telemetry is asked for and not
        installed.
    """
    logs.configure()
    store = Store(address)
    try:
        require_durable(store)
        secured = protection(store)
    finally:
        store.close()
    tracing = traces.tracing(environment)
    tellers = [tell_request, *([tracing[0]] if tracing else [])]
    named = any(environment.get(name) for name in (SEALING, INDEXING))
    keys = person_keys(environment) if named else None
    app = create_app(settings, address, access=access, tellers=tellers, keys=keys)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        # Access lines hold addresses and ids of persons' plans; ours name the operation.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=REQUESTS_END_S,
    )

    def ended() -> None:
        if tracing:
            tracing[1]()
        _log.info("ended")

    _log.info("started", version=app.version)
    tell_protection(secured)
    spare_what_stays()
    # uvicorn repeats the signal once all has ended in order.
    with suppress(KeyboardInterrupt):
        _Server(config, app.state.leave, ended).run()


def spare_what_stays() -> None:
    """
    Let the garbage collector leave alone what is loaded by now, which stays to the end.

    A million objects of libraries: each full collection walked through all of them for 0.2 s, in
    which no request was worked on, every 15 s under load; what had queued up then took seconds.
    """
    gc.collect()
    gc.freeze()
    # It forgets how many there were, by which it decides when to look through all again.
    gc.collect()


def tell_protection(secured: Protection) -> None:
    """One line of what row-level security is worth for the account that was given."""
    tell = _log.info if secured is Protection.FULL else _log.warning
    tell("row_security", code=secured.value)


def tell_request(seen: Seen) -> None:
    """One line of the log per request."""
    _log.info(
        "request",
        request=seen.request,
        operation=seen.operation,
        method=seen.method,
        status=seen.status,
        duration_ms=round(seen.seconds * 1000, 1),
    )
