"""
Operations of health.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, read
from api.server.answer_schemas import HealthSchema, ReadinessSchema


class Health(Group):
    """Operations of health."""

    def health(self) -> HealthSchema:
        """The server answers."""
        return read(HealthSchema, self._calls.ask("GET", "/health"))

    def live(self) -> HealthSchema:
        """The process is alive; when this is not answered, start it again."""
        return read(HealthSchema, self._calls.ask("GET", "/health/live"))

    def ready(self) -> ReadinessSchema:
        """The server can work: its database answers and is current, and the disk has room."""
        return read(ReadinessSchema, self._calls.ask("GET", "/health/ready"))
