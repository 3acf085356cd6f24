"""
Operations of performed visits.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, Versioned, read, versioned
from api.server.finance_schemas import (
    DeliveriesSchema,
    DeliverySchema,
    PerformedVisitRequestSchema,
    PerformedVisitSchema,
    PerformedVisitsSchema,
)


class PerformedVisits(Group):
    """Operations of performed visits."""

    def approve(
        self, key: str, *, version: int, sender: str | None = None
    ) -> Versioned[DeliverySchema]:
        """Let what was delivered be settled; not by who delivered it."""
        return versioned(
            DeliverySchema,
            self._calls.ask(
                "POST",
                "/v1/visit-deliveries/{key}/approve",
                {"key": key},
                version=version,
                query={"sender": sender},
            ),
        )

    def correct(
        self,
        provider: str,
        visit: str,
        body: PerformedVisitRequestSchema,
        *,
        version: int,
        key: str | None = None,
    ) -> Versioned[PerformedVisitSchema]:
        """Report one visit, or correct it: a revision that points at the one before."""
        return versioned(
            PerformedVisitSchema,
            self._calls.ask(
                "PUT",
                "/v1/performed-visits/{provider}/{visit}",
                {"provider": provider, "visit": visit},
                body=body,
                version=version,
                key=key,
                keyed=True,
            ),
        )

    def deliver(
        self,
        body: bytes,
        *,
        name: str | None = None,
        corrects: bool | None = None,
        key: str | None = None,
    ) -> DeliverySchema:
        """Take in a file of visits, whole or not at all, with every fault in one answer."""
        return read(
            DeliverySchema,
            self._calls.ask(
                "POST",
                "/v1/performed-visits",
                {},
                body=body,
                kind="text/csv",
                query={"name": name, "corrects": corrects},
                key=key,
                keyed=True,
            ),
        )

    def deliveries(self) -> DeliveriesSchema:
        """What was delivered: by the provider that asks, or by all."""
        return read(DeliveriesSchema, self._calls.ask("GET", "/v1/visit-deliveries"))

    def delivery(self, key: str, *, sender: str | None = None) -> Versioned[DeliverySchema]:
        """A delivery, and the version that its approval must name."""
        return versioned(
            DeliverySchema,
            self._calls.ask(
                "GET", "/v1/visit-deliveries/{key}", {"key": key}, query={"sender": sender}
            ),
        )

    def visit_history(self, provider: str, visit: str) -> Versioned[PerformedVisitsSchema]:
        """Every revision of a visit, the first one first."""
        return versioned(
            PerformedVisitsSchema,
            self._calls.ask(
                "GET",
                "/v1/performed-visits/{provider}/{visit}",
                {"provider": provider, "visit": visit},
            ),
        )

    def visits(
        self, provider: str, *, month: str, after: str | None = None, deviating: bool | None = None
    ) -> PerformedVisitsSchema:
        """
        A provider's visits of a month as they were last reported, 1,000 at a time by rising id.
        """
        return read(
            PerformedVisitsSchema,
            self._calls.ask(
                "GET",
                "/v1/performed-visits/{provider}",
                {"provider": provider},
                query={"month": month, "after": after, "deviating": deviating},
            ),
        )
