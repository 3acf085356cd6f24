"""
The service's processes as they are killed: the API by uvicorn, and workers.

They are forked from a small process that has loaded the program, so that a new one takes a fraction
of a second. What solves is a stand-in with a plan of its own; everything else is the service's.
"""

from __future__ import annotations

import os
import sys
import time
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import uvicorn

from api.access.settings import AccessSettings
from api.server.app import create_app
from api.server.settings import Settings
from api.server.working import work as work_until_told
from api.store.address import database_address
from tests.api.access import keys
from tests.api.solvers import in_steps
from tests.faults import points

MUNICIPALITY = "m-1"
# One user makes all the requests of a role: no rate may refuse what is to be killed.
ACCESS = AccessSettings(
    oidc_issuer=keys.ISSUER, oidc_audience=keys.AUDIENCE, rate_per_s=100_000, rate_burst=100_000
)


def context() -> ForkServerContext:
    """Where the processes come from."""
    made = get_context("forkserver")
    made.set_forkserver_preload([__name__])
    return made


def serve(
    url: str, port: int, arm: str, log: str, public_key: dict[str, Any], running: int, lease: int
) -> None:
    """The API on `port` of this machine, until it is killed."""
    _write_to(log)
    points.plant(Path(arm))
    app = create_app(
        Settings(running=running, queued=1000, lease_seconds=lease, municipality=MUNICIPALITY),
        database_address({"DATABASE_URL": url}),
        access=ACCESS,
        issuer=keys.Provider(public_key).issuer(),
        target=in_steps,
    )
    uvicorn.run(
        app, host="127.0.0.1", port=port, access_log=False, log_config=None, server_header=False
    )


def work(url: str, arm: str, log: str, lease: int) -> None:
    """A worker, until it is killed."""
    _write_to(log)
    points.plant(Path(arm))
    settings = Settings(running=1, lease_seconds=lease)
    work_until_told(
        settings, database_address({"DATABASE_URL": url}), target=in_steps, until=_for_ever
    )


def _for_ever() -> None:
    while True:
        time.sleep(3600)


def _write_to(log: str) -> None:
    """Everything that the process says, after what its predecessors said."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for each in (sys.stdout, sys.stderr):
        os.dup2(descriptor, each.fileno())
