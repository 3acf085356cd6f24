"""
Operations of municipalities.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, read
from api.server.store_schemas import MunicipalityRequestSchema, MunicipalitySchema


class Municipalities(Group):
    """Operations of municipalities."""

    def municipality(self) -> MunicipalitySchema:
        """The municipality with its units and providers."""
        return read(MunicipalitySchema, self._calls.ask("GET", "/v1/municipality"))

    def set_up(self, body: MunicipalityRequestSchema) -> MunicipalitySchema:
        """Extend it: units and providers that are named are added, nothing is removed."""
        return read(MunicipalitySchema, self._calls.ask("PUT", "/v1/municipality", body=body))
