"""
Row-level security: PostgreSQL itself keeps municipalities, providers and units apart.

Revision: 0010. On SQLite, which has none, nothing changes.
"""

from __future__ import annotations

from api.store.migrations.policies import (
    by_session,
    for_workers,
    only_for_all_providers,
    only_of_provider,
    only_of_sender,
    only_of_unit,
    only_of_unit_or_maker,
    only_with,
    protect,
    unprotect,
)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OF_MUNICIPALITY = (
    "unit", "provider", "recipient", "intake", "audit", "audit_head",
    "decision", "decision_revision", "service_line", "placement", "interruption",
    "day_plan", "plan_revision", "plan_visit", "booking", "roster", "run",
    "person", "protection", "person_grant", "erasure", "plan_erasure", "access_log", "access_head",
    "rate_document", "rate_document_use",
    "delivery", "delivery_approval", "performed_visit", "performed_revision",
    "settlement", "settlement_terms", "settled_visit", "settlement_line", "settlement_export",
    "capacity", "fallback_rule", "choice", "provider_order", "order_step", "review",
    "login_session",
)  # fmt: skip


def upgrade() -> None:
    """Make the policies."""
    protect(*OF_MUNICIPALITY)
    protect("municipality", by="id")
    only_of_provider(
        "capacity", "provider_order", "performed_visit", "performed_revision",
        "settlement", "settlement_terms", "settled_visit", "settlement_line", "settlement_export",
    )  # fmt: skip
    only_of_provider("delivery", by="sender")
    # That a visit may be paid is told to its provider, whoever has reported it.
    only_of_sender("delivery_approval", by="sender")
    only_with(
        "order_step",
        "provider_order",
        "provider_order.municipality_id = order_step.municipality_id "
        "AND provider_order.decision_id = order_step.decision_id "
        "AND provider_order.number = order_step.order_number",
    )
    only_for_all_providers("choice", "fallback_rule")
    only_of_unit("day_plan", "plan_revision", "plan_visit", "roster")
    only_of_unit_or_maker("run", "submitted_by")
    for_workers("run")
    by_session("login_session", "id_sha256")


def downgrade() -> None:
    """Drop the policies; the rows stay."""
    unprotect("municipality", *OF_MUNICIPALITY)
