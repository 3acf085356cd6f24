"""What the database itself refuses of worked time, and what the check finds."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.store.check import check
from api.store.engine import Store
from tests.api.store.samples import prepare
from tests.api.store.tampering import past_guards
from tests.api.store.test_guards import refused
from tests.api.store.worked_samples import HEADER, MARCH, time_reported


@pytest.mark.parametrize(
    ("table", "change"), [("worked_time", "care_min = 0"), ("worked_delivery", "added = 9")]
)
def test_what_was_reported_stays(store: Store, table: str, change: str) -> None:
    prepare(store)
    time_reported(store)
    refused(store, f"APPEND_ONLY {table}", f"UPDATE {table} SET {change}")
    refused(store, f"APPEND_ONLY {table}", f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ("zone, 3, 2", r"FOREIGN KEY|fk_worked_time"),
        ("zone, 2, NULL", "corrects"),
        ("'rural', 1, NULL", None),
    ],
)
def test_revisions_follow_one_another(store: Store, values: str, rule: str | None) -> None:
    prepare(store)
    time_reported(store)
    insert = (
        "INSERT INTO worked_time (municipality_id, provider_id, unit_id, day, carer, zone, number, "
        "corrects, worked_min, care_min, delivery_sender, delivery_key) SELECT municipality_id, "
        f"provider_id, unit_id, day, carer, {values}, worked_min, care_min, delivery_sender, "
        "delivery_key FROM worked_time WHERE carer = 'robin'"
    )
    if rule is not None:
        refused(store, rule, insert)
        return
    with store.engine.begin() as connection:
        connection.execute(text(insert))
    # The database cannot count what a file has; the check does.
    assert {each.code for each in check(store)} == {"HALF_DELIVERY", "UNLIKE_LOG"}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE worked_time SET care_min = 1", "UNLIKE_LOG"),
        ("UPDATE worked_time SET number = 2, corrects = 1 WHERE carer = 'robin'", "REVISIONS"),
        ("DELETE FROM worked_time WHERE carer = 'robin'", "HALF_DELIVERY"),
        ("DELETE FROM worked_delivery", "HALF_DELIVERY"),
        ("UPDATE worked_delivery SET received_by = 'nobody'", "UNLIKE_LOG"),
    ],
)
def test_a_change_past_the_program_is_found(store: Store, statement: str, code: str) -> None:
    prepare(store)
    time_reported(store)
    with past_guards(store) as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert code in {each.code for each in check(store)}


def test_the_header_has_every_class() -> None:
    """So that a sample row says what it seems to say."""
    assert len(HEADER.split(",")) == len(MARCH.splitlines()[0].split(","))
