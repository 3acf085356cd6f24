"""
Operations of orders.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, Versioned, read, versioned
from api.server.needs_schemas import (
    AnsweredSchema,
    CapacitiesSchema,
    CapacityRequestSchema,
    CapacitySchema,
    ChoiceRequestSchema,
    ChoicesSchema,
    ExpiredSchema,
    OrderedSchema,
    OrdersSchema,
    QueueSchema,
    ReasonSchema,
    RuleRequestSchema,
    RuleSchema,
)


class Orders(Group):
    """Operations of orders."""

    def accept(self, decision_id: str, number: int, *, version: int) -> Versioned[AnsweredSchema]:
        """The provider takes the order, and has the decision from its first day on."""
        return versioned(
            AnsweredSchema,
            self._calls.ask(
                "POST",
                "/v1/decisions/{decision_id}/orders/{number}/accept",
                {"decision_id": decision_id, "number": number},
                version=version,
            ),
        )

    def cancel(
        self, decision_id: str, number: int, body: ReasonSchema, *, version: int
    ) -> Versioned[AnsweredSchema]:
        """Take an order back, queued, sent or accepted; nobody else is asked."""
        return versioned(
            AnsweredSchema,
            self._calls.ask(
                "POST",
                "/v1/decisions/{decision_id}/orders/{number}/cancel",
                {"decision_id": decision_id, "number": number},
                body=body,
                version=version,
            ),
        )

    def capacities(self) -> CapacitiesSchema:
        """Every capacity ceiling that was set, per provider and unit."""
        return read(CapacitiesSchema, self._calls.ask("GET", "/v1/capacities"))

    def choices(self, decision_id: str) -> Versioned[ChoicesSchema]:
        """
        Every choice of provider of a decision; the ETag is the version that the next one names.
        """
        return versioned(
            ChoicesSchema,
            self._calls.ask(
                "GET", "/v1/decisions/{decision_id}/choices", {"decision_id": decision_id}
            ),
        )

    def choose(
        self, decision_id: str, body: ChoiceRequestSchema, *, version: int
    ) -> Versioned[OrderedSchema]:
        """Keep the person's choice, or let the rule choose, and order from the first provider."""
        return versioned(
            OrderedSchema,
            self._calls.ask(
                "POST",
                "/v1/decisions/{decision_id}/choices",
                {"decision_id": decision_id},
                body=body,
                version=version,
            ),
        )

    def expire(self) -> ExpiredSchema:
        """Let orders that were not answered in time go on, and whoever has room leave the queue."""
        return read(ExpiredSchema, self._calls.ask("POST", "/v1/orders/expire"))

    def orders(self, *, decision: str | None = None, provider: str | None = None) -> OrdersSchema:
        """Orders of a decision, to a provider, or all."""
        return read(
            OrdersSchema,
            self._calls.ask(
                "GET", "/v1/orders", {}, query={"decision": decision, "provider": provider}
            ),
        )

    def queue(self, unit: str, provider: str) -> QueueSchema:
        """What a provider has left in a unit today, and who waits for it, with the reason."""
        return read(
            QueueSchema,
            self._calls.ask(
                "GET", "/v1/units/{unit}/queues/{provider}", {"unit": unit, "provider": provider}
            ),
        )

    def refuse(
        self, decision_id: str, number: int, body: ReasonSchema, *, version: int
    ) -> Versioned[AnsweredSchema]:
        """The provider does not take the order; the next one of the choice is asked."""
        return versioned(
            AnsweredSchema,
            self._calls.ask(
                "POST",
                "/v1/decisions/{decision_id}/orders/{number}/refuse",
                {"decision_id": decision_id, "number": number},
                body=body,
                version=version,
            ),
        )

    def set_capacity(
        self, unit: str, provider: str, body: CapacityRequestSchema, *, version: int
    ) -> Versioned[CapacitySchema]:
        """Let a ceiling hold from a day on; whoever has room by it leaves the queue."""
        return versioned(
            CapacitySchema,
            self._calls.ask(
                "PUT",
                "/v1/units/{unit}/capacities/{provider}",
                {"unit": unit, "provider": provider},
                body=body,
                version=version,
            ),
        )

    def set_rule(
        self, unit: str, body: RuleRequestSchema, *, version: int
    ) -> Versioned[RuleSchema]:
        """How whoever does not choose gets a provider, from a day on (ickevalsalternativ)."""
        return versioned(
            RuleSchema,
            self._calls.ask(
                "PUT", "/v1/units/{unit}/fallback-rule", {"unit": unit}, body=body, version=version
            ),
        )
