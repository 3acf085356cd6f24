"""
Operations of quotes.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, read
from api.documents.quotes import QuoteRequestSchema, QuoteSchema


class Quotes(Group):
    """Operations of quotes."""

    def quote(self, body: QuoteRequestSchema) -> QuoteSchema:
        """
        Whether a decision can be carried out with today's plans and staff, when, by whom, at
        what marginal travel and what purse a month, per provider; else why not. Nothing
        is stored.
        """
        return read(QuoteSchema, self._calls.ask("POST", "/v1/quotes", body=body))
