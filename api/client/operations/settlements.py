"""
Operations of settlements.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from typing import Literal

from api.client.calling import Group, Versioned, read, versioned
from api.server.finance_schemas import (
    ExportRequestSchema,
    ExportsSchema,
    ReconciliationSchema,
    SettlementRequestSchema,
    SettlementSchema,
    SettlementsSchema,
)


class Settlements(Group):
    """Operations of settlements."""

    def close(self, provider: str, month: str, *, version: int) -> Versioned[SettlementSchema]:
        """Fix a month for ever; what comes later is a line of a later month."""
        return versioned(
            SettlementSchema,
            self._calls.ask(
                "POST",
                "/v1/settlements/{provider}/{month}/close",
                {"provider": provider, "month": month},
                version=version,
            ),
        )

    def export_file(
        self,
        provider: str,
        month: str,
        format_: Literal["SIE", "PEPPOL", "EXCEL", "HTML"],
        name: str,
    ) -> bytes:
        """A file as it was handed out, the same bytes each time; its ETag is its SHA-256."""
        return self._calls.ask(
            "GET",
            "/v1/settlements/{provider}/{month}/exports/{format}/{name}",
            {"provider": provider, "month": month, "format": format_, "name": name},
        ).content

    def exports(self, provider: str, month: str) -> ExportsSchema:
        """The files that were handed out of a month; to a provider those for the ledger are not."""
        return read(
            ExportsSchema,
            self._calls.ask(
                "GET",
                "/v1/settlements/{provider}/{month}/exports",
                {"provider": provider, "month": month},
            ),
        )

    def hand_out(self, provider: str, month: str, body: ExportRequestSchema) -> ExportsSchema:
        """Make the files of a closed month; asked for again, the same ones are told."""
        return read(
            ExportsSchema,
            self._calls.ask(
                "POST",
                "/v1/settlements/{provider}/{month}/exports",
                {"provider": provider, "month": month},
                body=body,
            ),
        )

    def reconcile(self, *, provider: str | None = None) -> ReconciliationSchema:
        """Minutes and öre followed from visit to line, settlement and export, worked out anew."""
        return read(
            ReconciliationSchema,
            self._calls.ask("GET", "/v1/reconciliation", {}, query={"provider": provider}),
        )

    def settle(self, body: SettlementRequestSchema) -> Versioned[SettlementSchema]:
        """Settle a provider's month by what is approved and the book in force."""
        return versioned(SettlementSchema, self._calls.ask("POST", "/v1/settlements", body=body))

    def settlement(self, provider: str, month: str) -> Versioned[SettlementSchema]:
        """A month with its lines and the books behind them; to a provider once it is closed."""
        return versioned(
            SettlementSchema,
            self._calls.ask(
                "GET", "/v1/settlements/{provider}/{month}", {"provider": provider, "month": month}
            ),
        )

    def settlements(self, *, provider: str | None = None) -> SettlementsSchema:
        """The last settlement of each month; to a provider its own closed ones."""
        return read(
            SettlementsSchema,
            self._calls.ask("GET", "/v1/settlements", {}, query={"provider": provider}),
        )
