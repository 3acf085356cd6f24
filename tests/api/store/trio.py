"""One database as three roles see it: the server's administrator, its owner, and the service."""

from __future__ import annotations

from dataclasses import dataclass

from api.store.engine import Store

OWNER, SERVICE = "hemplan_owner", "hemplan_service"


@dataclass(frozen=True, slots=True)
class Trio:
    """
    Parameters
    ----------
    root
        Passes row-level security by.
    owner
        Owns the tables; may ask for everything.
    service
        Owns nothing, and passes nothing by.
    """

    root: Store
    owner: Store
    service: Store

    def close(self) -> None:
        """Close all connections."""
        for each in (self.root, self.owner, self.service):
            each.close()
