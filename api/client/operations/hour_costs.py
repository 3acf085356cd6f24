"""
Operations of hour costs.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, read
from api.server.answer_schemas import HourCostRequestSchema, HourCostsSchema


class HourCosts(Group):
    """Operations of hour costs."""

    def hour_costs(self, body: HourCostRequestSchema) -> HourCostsSchema:
        """The hour cost of every zone, with its lines and rates; nothing is stored."""
        return read(HourCostsSchema, self._calls.ask("POST", "/v1/hour-costs", body=body))
