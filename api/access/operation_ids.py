"""What an operation is called: in the policy, the OpenAPI description, the log and the figures."""

from __future__ import annotations

from typing import Any


def operation_id(route: Any) -> str:
    """Module and name of the function behind a `route`, such as ``decisions.register``."""
    module = route.endpoint.__module__.rpartition(".")[2]
    return f"{module}.{route.name}"
