"""
Operations of worked time.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, read
from api.server.worked_schemas import WorkedDaysSchema, WorkedDeliverySchema


class WorkedTime(Group):
    """Operations of worked time."""

    def days(
        self,
        *,
        month: str,
        provider: str | None = None,
        history: bool | None = None,
        offset: int | None = None,
    ) -> WorkedDaysSchema:
        """A month's carer days as they hold, 1,000 at a time; no provider has another one's."""
        return read(
            WorkedDaysSchema,
            self._calls.ask(
                "GET",
                "/v1/worked-time",
                {},
                query={"month": month, "provider": provider, "history": history, "offset": offset},
            ),
        )

    def report(
        self,
        body: bytes,
        *,
        name: str | None = None,
        corrects: bool | None = None,
        key: str | None = None,
    ) -> WorkedDeliverySchema:
        """Take in worked time, whole or not at all, with every fault in one answer."""
        return read(
            WorkedDeliverySchema,
            self._calls.ask(
                "POST",
                "/v1/worked-time",
                {},
                body=body,
                kind="text/csv",
                query={"name": name, "corrects": corrects},
                key=key,
                keyed=True,
            ),
        )
