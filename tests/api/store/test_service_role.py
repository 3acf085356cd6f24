"""The service as a role that owns nothing: what it can do, and what is left to the owner."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from api.operations import backup
from api.refusals import Conflict
from api.server.serving import tell_protection
from api.store.check import check
from api.store.engine import Store
from api.store.migrate import downgrade, permit, upgrade
from api.store.records import PlanKey
from api.store.row_scope import EVERYTHING, RowScope, of_municipality, within
from api.store.row_security import Protection, protection
from api.store.schema import HEAD, require_current
from api.usecases import ordering, planning
from api.usecases.sessions import end_session, find_session, open_session
from api.usecases.setting_up import municipality
from scheduler.care.errors import InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.everything import LIFETIME, OTHER
from tests.api.store.followup_samples import followed
from tests.api.store.order_samples import weekly
from tests.api.store.samples import ACT, AT, DAY, day_and_plan, prepare
from tests.api.store.test_row_security import HERE, PROVIDER, counts
from tests.api.store.trio import OWNER, SERVICE, Trio, upgrade_for_service
from tests.api.usecases.test_following_up import told
from tests.api.usecases.test_sessions import CALLER


def code(refused: pytest.ExceptionInfo[InvalidInput]) -> str:
    (finding,) = refused.value.findings
    return finding.code


def test_what_row_security_is_worth_is_told_by_account(trio: Trio) -> None:
    assert protection(trio.service) is Protection.FULL
    assert protection(trio.owner) is Protection.OWNER
    assert protection(trio.root) is Protection.BYPASSED


@pytest.mark.parametrize(
    ("worth", "level"), [(Protection.FULL, "info"), (Protection.OWNER, "warning")]
)
def test_what_it_is_worth_is_told_when_the_service_starts(worth: Protection, level: str) -> None:
    with capture_logs() as told:
        tell_protection(worth)
    assert told == [{"event": "row_security", "code": worth.value, "log_level": level}]


def test_sqlite_has_none(store: Store) -> None:
    assert (protection(store) is Protection.NONE) == store.address.is_sqlite


def test_a_member_of_the_owner_is_as_good_as_the_owner(trio: Trio) -> None:
    """Whoever may become the owner may take the lock off."""
    with trio.root.engine.begin() as connection:
        connection.exec_driver_sql(f"GRANT {OWNER} TO {SERVICE}")
    try:
        assert protection(trio.service) is Protection.OWNER
    finally:
        with trio.root.engine.begin() as connection:
            connection.exec_driver_sql(f"REVOKE {OWNER} FROM {SERVICE}")


@pytest.mark.parametrize("role", ["nobody_of_that_name", "postgres"])
def test_a_role_that_policies_do_not_hold_is_not_let_in(trio: Trio, role: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        permit(trio.owner, role)
    assert code(refused) == "SERVICE_ROLE"


def test_one_account_for_everything_is_held_by_the_policies_too(empty_trio: Trio) -> None:
    """A small municipality with one address: a query that forgets whose rows still finds none."""
    owner = empty_trio.owner
    upgrade(owner)
    with within(HERE):
        prepare(owner)
        assert municipality(owner, "m-1").id == "m-1"
    assert set(counts(owner, of_municipality(OTHER), lambda _: "true").values()) == {0}
    with within(of_municipality(OTHER)), pytest.raises(NotFound):
        municipality(owner, "m-1")
    assert check(owner) == []


def test_a_check_or_a_backup_that_would_miss_rows_is_refused(trio: Trio, tmp_path: Path) -> None:
    """Of a database from which rows are hidden both would look whole."""
    require_current(trio.service)
    with within(EVERYTHING), pytest.raises(InvalidInput) as refused:
        check(trio.service)
    assert code(refused) == "OWNER_NEEDED"
    with pytest.raises(InvalidInput) as refused:
        backup.write(trio.service, tmp_path / "a.backup", AT, None)
    assert code(refused) == "OWNER_NEEDED"
    assert list(tmp_path.iterdir()) == []


def test_the_owner_backs_up_and_restores_every_municipality(
    trio: Trio, empty_trio: Trio, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    written = backup.write(trio.owner, file, AT, None)
    assert backup.restore(empty_trio.owner, file, None) == written
    before, after = dump(trio.root), dump(empty_trio.root)
    assert after == {**before, "login_session": []}
    permit(empty_trio.owner, SERVICE)
    with within(of_municipality(OTHER)):
        assert municipality(empty_trio.service, OTHER).id == OTHER
    found = counts(empty_trio.service, HERE, lambda _: "true")
    assert found["decision"] == counts(trio.service, HERE, lambda _: "true")["decision"] > 0


def test_the_policies_go_and_come_with_the_rows_in_place(trio: Trio) -> None:
    """Back to the migration before, and forth, on a database that is in use."""
    # Later migrations take columns and tables of their own with them: they have gone first.
    downgrade(trio.owner, "0010")
    before = dump(trio.root)
    with trio.owner.engine.connect() as connection:
        ours = text("SELECT count(*) FROM pg_policies WHERE schemaname = 'public'")
        policies = connection.execute(ours).scalar_one()
        connection.rollback()
        downgrade(trio.owner, "0009")
        assert connection.execute(ours).scalar_one() == 0
        # Without policies the owner needs no scope, as before.
        assert connection.execute(text("SELECT count(*) FROM decision")).scalar_one() > 0
        connection.rollback()
    assert dump(trio.root) == before
    assert upgrade(trio.owner) == ("0009", HEAD)
    permit(trio.owner, SERVICE)
    assert counts(trio.service, RowScope(), lambda _: "true")["decision"] == 0
    downgrade(trio.owner, "0010")
    with trio.owner.engine.connect() as connection:
        assert connection.execute(ours).scalar_one() == policies > 0
    assert dump(trio.root) == before


def test_a_login_is_found_by_its_own_id_before_anybody_is_known(trio: Trio) -> None:
    service = trio.service
    first = open_session(service, CALLER, AT, LIFETIME)
    assert find_session(service, first.id, AT, LIFETIME) == first
    end_session(service, first.id, AT)
    assert find_session(service, first.id, AT, LIFETIME) is None
    with within(HERE), service.reading() as session:
        told = text("SELECT action FROM audit WHERE subject_id = 'u-9' ORDER BY number")
        assert list(session.connection().execute(told).scalars()) == ["LOGGED_IN", "LOGGED_OUT"]


def test_a_providers_refusal_asks_the_next_one(trio: Trio) -> None:
    """The order that follows is another provider's; the rest of its transaction stays narrow."""
    with within(PROVIDER):
        made = ordering.refuse(trio.service, ACT, "b-2", 1, 1, "Inte plats", weekly)
        assert made.next is not None
        assert made.next.at.provider == "own"
        assert {each.at.provider for each in ordering.orders(trio.service, "m-1")} == {"p-1"}


def test_a_provider_follows_itself_up_as_whoever_sees_all_would(empty_trio: Trio) -> None:
    """A figure that lacks rows that a policy hid would be wrong, and look right."""
    upgrade_for_service(empty_trio.root)
    followed(empty_trio.root)
    for unasked in (PROVIDER, HERE):
        with within(unasked):
            assert told(empty_trio.service, "p-1") == told(empty_trio.root, "p-1")


def test_a_unit_publishes_its_own_day_and_hears_of_anothers_booking(trio: Trio) -> None:
    scope = RowScope("m-1", units=frozenset({"south"}))
    key = PlanKey("south", DAY)
    with within(scope):
        held = planning.plan_revisions(trio.service, "m-1", key)
        day, plan = day_and_plan(carer="anna")
        visits = tuple(replace(each, recipient_id="r-1") for each in day.visits)
        saved = planning.save(
            trio.service, ACT, "south", held.version, replace(day, visits=visits), plan
        )
        approved = planning.approve(trio.service, ACT, key, saved.number, saved.version)
        with pytest.raises(Conflict, match="CARER_BOOKED"):
            planning.publish(trio.service, ACT, key, saved.number, approved.version)
        with pytest.raises(NotFound):
            planning.published_plan(trio.service, "m-1", PlanKey("north", DAY))
