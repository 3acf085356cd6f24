"""
What the database itself promises beside its tables: triggers and exclusion constraints, by name.

The migrations make them; :mod:`api.store.check` tells when one of them is missing.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

APPEND_ONLY = (
    "provider",
    "intake",
    "audit",
    "decision_revision",
    "service_line",
    "placement",
    "interruption",
    "plan_visit",
    "roster",
    "erasure",
    "plan_erasure",
    "rate_document_use",
    "delivery",
    "delivery_approval",
    "performed_revision",
    "settlement_terms",
    "settled_visit",
    "settlement_line",
    "settlement_export",
    "capacity",
    "fallback_rule",
    "choice",
    "order_step",
    "review",
    "worked_delivery",
    "worked_time",
)
NEVER_REMOVED = (
    *("decision", "audit_head", "plan_revision", "day_plan", "protection", "access_head"),
    *("rate_document", "performed_visit", "settlement", "provider_order"),
)
# Removed by erasure or retention only.
REMOVED_WHEN_DUE = ("person", "person_grant", "access_log")
GUARDED = (
    *(f"{table}_no_update" for table in (*APPEND_ONLY, "booking", "access_log")),
    *(f"{table}_no_delete" for table in (*APPEND_ONLY, *NEVER_REMOVED)),
    *(f"{table}_guarded_update" for table in (*NEVER_REMOVED, "person", "person_grant")),
    *(f"{table}_guarded_delete" for table in REMOVED_WHEN_DUE),
    *(f"{table}_guarded_insert" for table in ("person", "decision", "decision_revision")),
    "plan_visit_guarded_insert",
    "run_guarded_update",
    "run_request_kept",
    "booking_guarded_insert",
    "booking_guarded_delete",
    "booking_not_double",
    "rate_document_use_guarded_insert",
    "settlement_guarded_insert",
    "settled_visit_guarded_insert",
    "settlement_line_guarded_insert",
    "settlement_export_guarded_insert",
)
# SQLite knows no TRUNCATE.
POSTGRESQL_ONLY = tuple(
    f"{table}_no_truncate" for table in (*APPEND_ONLY, *NEVER_REMOVED, *REMOVED_WHEN_DUE)
)


def missing_guards(connection: Connection) -> list[str]:
    """Names of the guards that the database lacks, or that are switched off."""
    if connection.dialect.name == "sqlite":
        wanted: tuple[str, ...] = GUARDED
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        wanted = GUARDED + POSTGRESQL_ONLY
        query = (
            "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND tgrelid IN "
            "(SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace) "
            "UNION SELECT conname FROM pg_constraint WHERE contype = 'x'"
        )
    found = set(connection.execute(text(query)).scalars())
    return sorted(set(wanted) - found)
