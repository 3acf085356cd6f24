"""One database as three roles see it: the server's administrator, its owner, and the service."""

from __future__ import annotations

from dataclasses import dataclass

from api.store.address import Address
from api.store.engine import Store
from api.store.migrate import permit, upgrade

OWNER, SERVICE = "hemplan_owner", "hemplan_service"


def make_roles(administrator: Store) -> None:
    """Both roles, where the server has none of that name."""
    with administrator.engine.begin() as connection:
        for role in (OWNER, SERVICE):
            connection.exec_driver_sql(
                f"DO $$ BEGIN CREATE ROLE {role} LOGIN; "
                "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )


def as_role(address: Address, role: str) -> Address:
    """The same database, as `role`."""
    return Address(address.url.update_query_dict({"user": role}))


def upgrade_for_service(administrator: Store) -> None:
    """Bring the administrator's database up to date, and let the service use it."""
    make_roles(administrator)
    upgrade(administrator)
    permit(administrator, SERVICE)


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
