"""
Operations of decisions.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from datetime import date

from api.client.calling import Group, Versioned, read, versioned
from api.documents.cases import CasesSchema
from api.documents.purses import GrantedSchema, InterruptionSchema
from api.server.store_schemas import (
    DecisionHistorySchema,
    DecisionRevisionSchema,
    DecisionsSchema,
    DecisionViewSchema,
    EndSchema,
    RegisteredSchema,
)


class Decisions(Group):
    """Operations of decisions."""

    def change(
        self, decision_id: str, body: GrantedSchema, *, version: int
    ) -> Versioned[DecisionRevisionSchema]:
        """Let another content of the decision hold, as a new revision."""
        return versioned(
            DecisionRevisionSchema,
            self._calls.ask(
                "PUT",
                "/v1/decisions/{decision_id}",
                {"decision_id": decision_id},
                body=body,
                version=version,
            ),
        )

    def decision(
        self, decision_id: str, *, day: date | None = None
    ) -> Versioned[DecisionViewSchema]:
        """A decision with its visits and purse on `day`; its first day when none is given."""
        return versioned(
            DecisionViewSchema,
            self._calls.ask(
                "GET",
                "/v1/decisions/{decision_id}",
                {"decision_id": decision_id},
                query={"day": day},
            ),
        )

    def decisions(self, *, after: str | None = None, limit: int | None = None) -> DecisionsSchema:
        """The decisions as they hold, by rising id."""
        return read(
            DecisionsSchema,
            self._calls.ask("GET", "/v1/decisions", {}, query={"after": after, "limit": limit}),
        )

    def end(
        self, decision_id: str, body: EndSchema, *, version: int
    ) -> Versioned[DecisionRevisionSchema]:
        """End a decision by its last day."""
        return versioned(
            DecisionRevisionSchema,
            self._calls.ask(
                "POST",
                "/v1/decisions/{decision_id}/end",
                {"decision_id": decision_id},
                body=body,
                version=version,
            ),
        )

    def history(self, decision_id: str) -> DecisionHistorySchema:
        """Every revision of a decision, the first one first."""
        return read(
            DecisionHistorySchema,
            self._calls.ask(
                "GET", "/v1/decisions/{decision_id}/history", {"decision_id": decision_id}
            ),
        )

    def interrupt(
        self, decision_id: str, body: InterruptionSchema, *, version: int
    ) -> Versioned[DecisionRevisionSchema]:
        """Add days on which nothing is carried out, such as a stay in hospital."""
        return versioned(
            DecisionRevisionSchema,
            self._calls.ask(
                "POST",
                "/v1/decisions/{decision_id}/interruptions",
                {"decision_id": decision_id},
                body=body,
                version=version,
            ),
        )

    def register(self, body: CasesSchema, *, key: str | None = None) -> RegisteredSchema:
        """
        Register one decision or thousands: all of them or none, with every fault in one answer.
        """
        return read(
            RegisteredSchema,
            self._calls.ask("POST", "/v1/decisions", body=body, key=key, keyed=True),
        )
