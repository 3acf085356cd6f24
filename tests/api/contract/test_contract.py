"""
A thrifty slice of the contract: each operation by a role that may, on one database; `make contract`
is the whole.
"""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.access.caller import Role
from api.access.operations import POLICY
from api.store.address import Address
from api.store.engine import Store
from tests.api.access.service import fill, store_in
from tests.api.contract.hostile import PLACES, crashes
from tests.api.contract.run import contract
from tests.api.contract.service import service

# Their bodies are whole days, of which there are thousands of kinds, or they load the search: left
# to the whole.
LARGE = {
    "amendments.amend", "day_plans.check", "day_plans.demo_data", "day_plans.evaluate",
    "day_plans.recommendations", "day_plans.replan", "day_plans.simulations", "day_plans.submit",
    "plan_revisions.save", "purses.purses", "quotes.quote", "unit_days.set_roster",
}  # fmt: skip


def first_role(operation: str) -> Role:
    """One that may; of what is open to all, the administrator."""
    return next(iter(POLICY[operation].scopes), Role.ADMIN)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Address:
    store = store_in(tmp_path_factory.mktemp("contract"))
    store.close()
    return store.address


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted({first_role(each) for each in POLICY}))
def test_every_answer_is_as_described(address: Address, role: Role) -> None:
    report = contract(
        address, role, examples=1, seed=1, phases=("examples", "coverage", "fuzzing"),
        wanted=lambda each: each not in LARGE and first_role(each) == role,
    )  # fmt: skip
    assert report.requests["coverage"] > 0
    assert not report.faults, str(report)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_hostile_is_met_by_a_crash(store: Store, place: str) -> None:
    fill(store)
    with (
        service(store.address) as app,
        TestClient(app, "https://testserver", raise_server_exceptions=False) as client,
    ):
        assert not crashes(client, place, one_of=8)
