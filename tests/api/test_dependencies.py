"""What routes ask for before they begin: none of it may take a thread of the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import iscoroutinefunction
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.server.app import ROUTES
from api.server.scopes import provider_scope


def test_nothing_that_routes_ask_for_takes_a_thread() -> None:
    """Each would hand the request to a thread and back: half a millisecond, more under load."""
    asked = {
        each
        for module in ROUTES
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for each in _asked(route.dependant)
    }
    assert provider_scope in asked
    assert [each for each in asked if not iscoroutinefunction(each)] == []


def _asked(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Whatever is called before a route's own function."""
    for each in dependant.dependencies:
        if each.call is not None:
            yield each.call
        yield from _asked(each)
