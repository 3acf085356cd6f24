"""
Operations of budgets.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Document, Group
from api.server.followup_schemas import BudgetRequestSchema


class Budgets(Group):
    """Operations of budgets."""

    def budget(self, body: BudgetRequestSchema) -> Document:
        """
        The year of each unit and provider by the stored decisions, and what nobody has money
        for.
        """
        made: Document = self._calls.ask("POST", "/v1/budgets", body=body).json()
        return made
