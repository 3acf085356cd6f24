"""The service in this process, with something of each kind in it, and its description."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from api.server.app import create_app
from api.server.settings import Settings
from api.store.address import Address
from tests.api import solvers
from tests.api.access import keys
from tests.api.access.service import OWN
from tests.api.server import NOW

# Nothing is solved, nobody is refused for the number of requests, and a search ends soon.
SETTINGS = Settings(running=0, queued=10**6, max_seconds=1, max_bytes=2**20)
UNLIMITED = replace(keys.SETTINGS, rate_per_s=10**6, rate_burst=10**6)


@contextmanager
def service(address: Address) -> Iterator[FastAPI]:
    """The application on the filled database at `address`."""
    app = create_app(
        SETTINGS,
        address,
        access=UNLIMITED,
        issuer=keys.Provider().issuer(),
        clock=lambda: NOW,
        target=solvers.wait,
    )
    yield app
    app.state.services.store.close()


def description(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description; the examples of addresses name what is there."""
    made = deepcopy(app.openapi())
    for methods in made["paths"].values():
        for operation in methods.values():
            for each in operation.get("parameters", []):
                if each["in"] == "path":
                    each["example"] = typed(each, OWN[each["name"]])
    return made


def typed(parameter: dict[str, Any], text: str) -> int | str:
    """`text` as the parameter has it."""
    return int(text) if parameter["schema"].get("type") == "integer" else text
