"""
Whether PostgreSQL keeps municipalities, providers and units apart, and for whom.

The policies stand in the migrations and read what :mod:`api.store.row_scope` tells. They hold for
the tables' owner too (FORCE), but whoever owns a table may switch them off or ask for everything:
so a service of several municipalities connects as a role that owns nothing (docs/storage.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, text

from api.store.engine import Store
from api.store.guards import APPEND_ONLY
from api.store.row_scope import Beyond, present
from api.store.tables import METADATA
from scheduler.care.errors import Finding, InvalidInput

# Tables whose rows tell of one provider, of several, of one unit.
OF_PROVIDER = (
    "capacity", "delivery", "delivery_approval", "order_step", "performed_revision",
    "performed_visit", "provider_order", "settled_visit", "settlement", "settlement_export",
    "settlement_line", "settlement_terms", "choice", "fallback_rule", "worked_delivery",
    "worked_time",
)  # fmt: skip
OF_UNIT = ("day_plan", "plan_revision", "plan_visit", "roster", "run")
# Table -> why its rows are reached by more than their own municipality's, provider's or unit's.
NOT_BY_MUNICIPALITY: Mapping[str, str] = {}
NOT_BY_PROVIDER: Mapping[str, str] = {
    "placement": "part of a decision, which is read whole or not at all",
}
NOT_BY_UNIT: Mapping[str, str] = {
    "placement": "part of a decision, which is read whole or not at all",
    "booking": "a plan is published only when no other unit has booked its carers",
    "plan_erasure": "written by erasure, which is of the whole municipality",
    "capacity": "of providers and assessors, who have no units",
    "fallback_rule": "of assessors, who have no units",
    "provider_order": "of providers and assessors, who have no units",
    "worked_time": "one policy says of which provider, and of which unit for who is none",
}
PROTECTED = tuple(sorted(set(METADATA.tables) - set(NOT_BY_MUNICIPALITY)))
POLICIES = (
    *(f"{table}_{kind}" for table in PROTECTED for kind in ("of_municipality", "for_owner")),
    *(f"{table}_of_provider" for table in OF_PROVIDER),
    *(f"{table}_of_unit" for table in OF_UNIT),
    "run_for_workers",
    "login_session_by_session",
)
# Blanked by erasure, which whoever serves requests may come to do.
_BLANKED = {"decision_revision", "interruption"}


class Protection(StrEnum):
    """What row-level security is worth for an account."""

    NONE = "NONE"  # SQLite has none
    BYPASSED = "BYPASSED"  # a superuser, or a role with BYPASSRLS
    OWNER = "OWNER"  # holds for queries, not for whoever runs statements of their own
    FULL = "FULL"


@dataclass(frozen=True, slots=True)
class Account:
    """What the connected role is to the tables."""

    bypasses: bool
    owns: bool


def protection(store: Store) -> Protection:
    """What the policies are worth for the account that `store` connects as."""
    if store.address.is_sqlite:
        return Protection.NONE
    with store.engine.connect() as connection:
        account = account_of(connection)
    if account.bypasses:
        return Protection.BYPASSED
    return Protection.OWNER if account.owns else Protection.FULL


def account_of(connection: Connection) -> Account:
    """The connected role, on PostgreSQL; of a database without tables it owns what it can make."""
    found = connection.execute(
        text(
            "SELECT rolsuper OR rolbypassrls, coalesce((SELECT bool_and(pg_has_role(current_user, "
            "relowner, 'MEMBER')) FROM pg_class WHERE relname = ANY(:tables) "
            "AND relnamespace = current_schema()::regnamespace), true) "
            "FROM pg_roles WHERE rolname = current_user"
        ),
        {"tables": list(METADATA.tables)},
    ).one()
    return Account(bool(found[0]), bool(found[1]))


def require_everything(connection: Connection) -> None:
    """
    Refuse an account from which policies hide rows, or a scope that does not ask for all of them.

    A backup or a check of what is left would look whole.

    Raises
    ------
    InvalidInput
        OWNER_NEEDED.
    """
    if connection.dialect.name == "sqlite":
        return
    account = account_of(connection)
    if account.bypasses or (account.owns and present().beyond is Beyond.EVERYTHING):
        return
    raise InvalidInput(
        Finding(
            "OWNER_NEEDED",
            "database",
            "the account that owns the tables, which reaches every row",
            "an account from which the database hides rows",
            "Ange ägarens adress i HEMPLAN_OWNER_DATABASE_URL.",
        )
    )


def missing_policies(connection: Connection) -> list[str]:
    """Names of the policies that PostgreSQL lacks; ``TABLE_forced`` where they are not in force."""
    if connection.dialect.name == "sqlite":
        return []
    found = connection.execute(
        text(
            "SELECT policyname FROM pg_policies WHERE schemaname = current_schema() UNION "
            "SELECT relname || '_forced' FROM pg_class WHERE relrowsecurity "
            "AND relforcerowsecurity AND relnamespace = current_schema()::regnamespace"
        )
    ).scalars()
    return sorted({*POLICIES, *(f"{table}_forced" for table in PROTECTED)} - set(found))


def permit_service(connection: Connection, role: str) -> None:
    """
    Let `role` do the service's work on PostgreSQL: read and add rows, and change what may change.

    Raises
    ------
    InvalidInput
        SERVICE_ROLE when there is no such role, or policies do not hold for it.
    """
    found = connection.execute(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role"), {"role": role}
    ).scalar_one_or_none()
    if found is not False:
        raise InvalidInput(
            Finding(
                "SERVICE_ROLE",
                "DATABASE_URL",
                "a role that exists, without SUPERUSER and BYPASSRLS",
                "none of that name" if found is None else "one that passes row-level security by",
                "Skapa rollen med CREATE ROLE … LOGIN, som docs/storage.md visar.",
            )
        )
    quote = connection.dialect.identifier_preparer.quote
    kept = sorted(set(APPEND_ONLY) - _BLANKED)
    changed = sorted(set(METADATA.tables) - set(kept))
    for rights, tables in (
        ("SELECT, INSERT", kept),
        ("SELECT, INSERT, UPDATE, DELETE", changed),
        ("SELECT", ["alembic_version"]),
    ):
        names = ", ".join(quote(table) for table in tables)
        connection.exec_driver_sql(f"GRANT {rights} ON {names} TO {quote(role)}")
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {quote(schema)} TO {quote(role)}")
