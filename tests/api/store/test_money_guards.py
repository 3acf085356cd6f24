"""What the database itself refuses of rates, visits and settlements, and what the check finds."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.store.check import check
from api.store.engine import Store
from tests.api.store.tampering import past_guards
from tests.api.store.test_guards import refused, run

CHANGES = {
    "rate_document_use": "list_number = 1",
    "delivery": "added = 9",
    "delivery_approval": "approved_by = 'nobody'",
    "performed_revision": "performed_min = 90",
    "settlement_terms": "known_on = '2026-01-01'",
    "settled_visit": "revision = 1",
    "settlement_line": "amount_ore = 0",
    "settlement_export": "name = 'x'",
}


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_what_was_reported_and_paid_stays_as_it_is(settled: Store, table: str) -> None:
    rule = f"APPEND_ONLY {table}"
    refused(settled, rule, f"UPDATE {table} SET {CHANGES[table]}")
    refused(settled, rule, f"DELETE FROM {table}")
    if not settled.address.is_sqlite:
        refused(settled, r"APPEND_ONLY|NEVER_REMOVED", f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", ["rate_document", "performed_visit", "settlement"])
def test_what_counts_is_never_removed(settled: Store, table: str) -> None:
    refused(settled, f"NEVER_REMOVED {table}", f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "change",
    ["content = 'x'", "first_day = '2026-02-01'", "approved_by = 'nobody'", "name = 'x'",
     "approved_at = NULL, approved_by = NULL"],
)  # fmt: skip
def test_an_approved_document_never_changes(settled: Store, change: str) -> None:
    refused(
        settled, "ONLY_APPROVED rate_document",
        f"UPDATE rate_document SET {change} WHERE kind = 'BOOK' AND number = 1",
    )  # fmt: skip


def test_nobody_approves_alone(settled: Store) -> None:
    approval = (
        "UPDATE rate_document SET approved_at = uploaded_at, approved_by = {} WHERE number = 2"
    )
    refused(settled, "two_persons", approval.format("uploaded_by"))
    run(settled, approval.format("'user-9'"))


def test_an_approved_book_gets_no_other_price_list(settled: Store) -> None:
    columns = "municipality_id, kind, number, name, list_kind, list_number"
    insert = (
        f"INSERT INTO rate_document_use ({columns}) "
        "VALUES ('m-1', 'BOOK', {}, 'x', 'PRICE_LIST', 1)"
    )
    refused(settled, "ONLY_UPLOADED rate_document_use", insert.format(1))
    run(settled, insert.format(2))


def test_nobody_approves_a_delivery_of_their_own(settled: Store) -> None:
    insert = (
        "INSERT INTO delivery_approval SELECT municipality_id, sender, 'x', {}, received_at, {} "
        "FROM delivery WHERE key = 'x'"
    )
    deliver = (
        "INSERT INTO delivery SELECT municipality_id, sender, 'x', sha256, rows_sha256, corrects, "
        "added, corrected, unchanged, received_at, received_by FROM delivery WHERE key = 'march'"
    )
    run(settled, deliver)
    refused(settled, "two_persons", insert.format("received_by", "received_by"))
    # Nor by saying that another sent it.
    refused(
        settled, r"FOREIGN KEY|fk_delivery_approval_delivery",
        insert.format("'somebody'", "received_by"),
    )  # fmt: skip
    run(settled, insert.format("received_by", "'user-9'"))


def test_a_visit_is_counted_once_by_what_it_is_of(settled: Store) -> None:
    refused(
        settled, r"performed_visit\.natural_key|uq_performed_visit_once",
        "INSERT INTO performed_visit SELECT municipality_id, provider_id, 'w-1', 1, natural_key "
        "FROM performed_visit WHERE id = 'v-1' AND provider_id = 'p-1'",
    )  # fmt: skip


def test_a_providers_delivery_holds_its_own_visits_only(settled: Store) -> None:
    run(
        settled,
        "INSERT INTO delivery SELECT municipality_id, 'own', 'x', sha256, rows_sha256, corrects, "
        "added, corrected, unchanged, received_at, received_by FROM delivery WHERE key = 'march'",
    )
    names = (
        "municipality_id, provider_id, visit_id, number, corrects, provider_kind, recipient_id, "
        "service, zone, starts_at, month, status, performed_min, granted_min, staff, delegated, "
        "quantity_thousandths, absent_from, carer, planned_visit, deviation"
    )
    values = names.replace("number, corrects", "number + 1, number")
    refused(
        settled, "own_delivery",
        f"INSERT INTO performed_revision ({names}, delivery_sender, delivery_key) SELECT {values}, "
        "'own', 'x' FROM performed_revision WHERE visit_id = 'v-1' AND provider_id = 'p-1'",
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    ["closed_at = NULL, closed_by = NULL", "document_json = '{}'", "closed_by = 'nobody'",
     "digest = ran_by", "amount_ore = 0"],
)  # fmt: skip
def test_a_closed_settlement_is_immutable(settled: Store, change: str) -> None:
    where = "WHERE provider_id = 'p-1' AND month = '2026-03'"
    refused(settled, "ONLY_CLOSED settlement", f"UPDATE settlement SET {change} {where}")


def test_a_draft_is_only_closed(settled: Store) -> None:
    where = "WHERE provider_id = 'own'"
    refused(settled, "ONLY_CLOSED settlement", f"UPDATE settlement SET ran_by = 'x' {where}")
    run(settled, f"UPDATE settlement SET closed_at = ran_at, closed_by = ran_by {where}")


RUN = "municipality_id, provider_id, {}, {}, digest, lines, minutes, amount_ore, vat_ore, "
REST = "document_json, ran_at, ran_by, closed_at, closed_by"


@pytest.mark.parametrize("month", ["2026-02", "2026-03", "2026-04"])
def test_a_month_that_is_closed_or_passed_is_not_settled_again(settled: Store, month: str) -> None:
    """Payments are one by provider and period, for ever."""
    into, values = RUN.format("month", "version"), RUN.format(f"'{month}'", "7")
    refused(
        settled, "MONTH_CLOSED settlement",
        f"INSERT INTO settlement ({into}{REST}) SELECT {values}{REST} FROM settlement "
        "WHERE provider_id = 'p-1' AND month = '2026-03'",
    )  # fmt: skip


@pytest.mark.parametrize("table", ["settled_visit", "settlement_line", "settlement_export"])
def test_only_a_closed_settlement_pays(settled: Store, table: str) -> None:
    with settled.engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table}"))
        names = ", ".join(found.keys())
    values = names.replace("provider_id", "'own'")
    where = "WHERE provider_id = 'p-1' AND month = '2026-03'"
    refused(
        settled, f"ONLY_CLOSED {table}",
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} {where}",
    )  # fmt: skip


def test_nothing_has_two_first_lines(settled: Store) -> None:
    names = (
        "municipality_id, provider_id, number, month, version, position, corrects, visit_id, "
        "component, rate, band, service, zone, day, minutes, quantity, amount_ore, vat_ore"
    )
    values = names.replace("number", "'2026-03-9'")
    insert = f"INSERT INTO settlement_line ({names}) SELECT {{}} FROM settlement_line WHERE {{}}"
    refused(
        settled, r"settlement_line\.|ix_settlement_line_paid_once",
        insert.format(values, "number = '2026-03-1'"),
    )  # fmt: skip
    # A line may correct another one, and nothing that is not there.
    run(settled, insert.format(values.replace("corrects", "number"), "number = '2026-03-1'"))
    refused(
        settled, r"FOREIGN KEY|fk_settlement_line_settlement_line",
        insert.format(
            names.replace("number", "'2026-03-10'").replace("corrects", "'2026-01-1'"),
            "number = '2026-03-1'",
        ),
    )  # fmt: skip


TAMPERINGS = {
    "UPDATE rate_document SET content = content || ' ' WHERE number = 1": "UNLIKE_DIGEST",
    "UPDATE rate_document SET uploaded_by = 'nobody'": "UNLIKE_LOG",
    "UPDATE rate_document SET approved_by = 'nobody' WHERE number = 1": "UNLIKE_LOG",
    "DELETE FROM rate_document WHERE kind = 'BOOK' AND number = 1": "REVISIONS",
    "DELETE FROM rate_document_use": "UNREADABLE",
    "DELETE FROM performed_revision WHERE visit_id = 'v-3'": "HALF_DELIVERY",
    "DELETE FROM delivery WHERE key = 'april'": "HALF_DELIVERY",
    "UPDATE performed_revision SET performed_min = 90 WHERE visit_id = 'v-3'": "UNLIKE_LOG",
    "UPDATE performed_revision SET starts_at = (SELECT max(starts_at) FROM performed_revision) "
    "WHERE visit_id = 'v-3'": "UNLIKE_LOG",
    "UPDATE performed_visit SET version = 1 WHERE id = 'v-2'": "REVISIONS",
    "UPDATE performed_visit SET natural_key = NULL WHERE id = 'v-3'": "NATURAL_KEY",
    "UPDATE delivery_approval SET approved_by = 'nobody' WHERE key = 'own'": "UNLIKE_LOG",
    "DELETE FROM delivery_approval WHERE key = 'april'": "SETTLED_UNAPPROVED",
    "UPDATE settlement SET document_json = replace(document_json, '25000', '26000') "
    "WHERE closed_at IS NULL": "EDITED",
    "UPDATE settlement SET document_json = '{}'": "UNREADABLE",
    "UPDATE settlement SET amount_ore = 1": "EDITED",
    "UPDATE settlement SET closed_by = 'nobody' WHERE closed_at IS NOT NULL": "UNLIKE_LOG",
    "UPDATE settlement SET version = 3 WHERE month = '2026-04'": "REVISIONS",
    "DELETE FROM settlement_terms": "NO_TERMS",
    "UPDATE settlement_line SET amount_ore = amount_ore + 1": "LINES_DIFFER",
    "DELETE FROM settlement_line WHERE number = '2026-04-1'": "LINES_DIFFER",
    "UPDATE settlement_export SET content = substr(content, 2)": "UNLIKE_DIGEST",
    "UPDATE settlement_export SET name = 'x'": "UNLIKE_LOG",
}


@pytest.mark.parametrize("statement", sorted(TAMPERINGS))
def test_a_change_past_the_program_is_found(settled: Store, statement: str) -> None:
    with past_guards(settled) as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert TAMPERINGS[statement] in {finding.code for finding in check(settled)}


def test_what_the_use_cases_leave_is_sound(settled: Store) -> None:
    assert check(settled) == []
