"""
Operations of acts.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, read
from api.server.act_schemas import LoggedActsSchema
from api.server.person_schemas import ChainSchema


class Acts(Group):
    """Operations of acts."""

    def acts(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        actor: str | None = None,
        action: str | None = None,
        subject_kind: str | None = None,
        subject_id: str | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> LoggedActsSchema:
        """Who did what, when, and to what, by opaque ids; the reading is an act itself."""
        return read(
            LoggedActsSchema,
            self._calls.ask(
                "GET",
                "/v1/acts",
                {},
                query={
                    "since": since,
                    "until": until,
                    "actor": actor,
                    "action": action,
                    "subjectKind": subject_kind,
                    "subjectId": subject_id,
                    "before": before,
                    "limit": limit,
                },
            ),
        )

    def verify(self, *, anchor: str | None = None) -> ChainSchema:
        """Whether the log of acts is as it was written, and its head, to be noted elsewhere."""
        return read(
            ChainSchema, self._calls.ask("GET", "/v1/acts/chain", {}, query={"anchor": anchor})
        )
