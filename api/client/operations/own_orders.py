"""
Operations of own orders.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, Versioned, read, versioned
from api.server.needs_schemas import ReasonSchema
from api.server.own_order_schemas import OwnOrderSchema, OwnOrdersSchema


class OwnOrders(Group):
    """Operations of own orders."""

    def accept(
        self, provider: str, decision_id: str, number: int, *, version: int
    ) -> Versioned[OwnOrderSchema]:
        """The provider takes the order, and has the decision from its first day on."""
        return versioned(
            OwnOrderSchema,
            self._calls.ask(
                "POST",
                "/v1/providers/{provider}/orders/{decision_id}/{number}/accept",
                {"provider": provider, "decision_id": decision_id, "number": number},
                version=version,
            ),
        )

    def order(self, provider: str, decision_id: str, number: int) -> Versioned[OwnOrderSchema]:
        """An order with what is ordered; whose it is, and their home, once it is accepted."""
        return versioned(
            OwnOrderSchema,
            self._calls.ask(
                "GET",
                "/v1/providers/{provider}/orders/{decision_id}/{number}",
                {"provider": provider, "decision_id": decision_id, "number": number},
            ),
        )

    def orders(self, provider: str) -> OwnOrdersSchema:
        """Every order that was sent to the provider, the first one first."""
        return read(
            OwnOrdersSchema,
            self._calls.ask("GET", "/v1/providers/{provider}/orders", {"provider": provider}),
        )

    def refuse(
        self, provider: str, decision_id: str, number: int, body: ReasonSchema, *, version: int
    ) -> Versioned[OwnOrderSchema]:
        """The provider does not take the order, and says why; whoever is asked next is not told."""
        return versioned(
            OwnOrderSchema,
            self._calls.ask(
                "POST",
                "/v1/providers/{provider}/orders/{decision_id}/{number}/refuse",
                {"provider": provider, "decision_id": decision_id, "number": number},
                body=body,
                version=version,
            ),
        )
