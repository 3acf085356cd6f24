"""The policy: default deny, and no role reaches more than its scope."""

from __future__ import annotations

import pytest

from api.access.caller import ALL_UNITS, Caller, Role
from api.access.policy import Reach, Rule, Scope, permit
from api.refusals import Forbidden

POLICY = {
    "plans.read": Rule(
        {Role.SCHEDULER: Scope.UNITS, Role.PROVIDER: Scope.PROVIDER,
         Role.ADMIN: Scope.MUNICIPALITY}
    ),
    "days.read": Rule({Role.CARER: Scope.CARER}),
    "runs.read": Rule({Role.SCHEDULER: Scope.OWN}),
    "runs.save": Rule({Role.SCHEDULER: Scope.UNITS_AND_OWN}),
}  # fmt: skip


def caller(*roles: Role, units: tuple[str, ...] = ("north",)) -> Caller:
    return Caller("u", "m-1", frozenset(roles), "p-1", frozenset(units))


def test_an_operation_without_a_rule_is_refused_to_everybody() -> None:
    with pytest.raises(Forbidden, match=r"NOT_ALLOWED plans\.write"):
        permit(POLICY, "plans.write", caller(*Role))


@pytest.mark.parametrize("roles", [(), (Role.FINANCE,), (Role.CARER, Role.AUDITOR)])
def test_a_role_that_a_rule_does_not_name_is_refused(roles: tuple[Role, ...]) -> None:
    with pytest.raises(Forbidden):
        permit(POLICY, "plans.read", caller(*roles))


def test_units_are_the_own_ones() -> None:
    reach = permit(POLICY, "plans.read", caller(Role.SCHEDULER))
    assert reach == Reach("m-1", units=frozenset({"north"}))
    assert not reach.covers(maker="u")
    assert reach.covers(unit="north")
    assert not reach.covers(unit="south")
    assert not reach.covers(provider="p-1")
    assert not reach.covers()


def test_all_units_are_every_unit_and_nothing_else() -> None:
    reach = permit(POLICY, "plans.read", caller(Role.SCHEDULER, units=(ALL_UNITS,)))
    assert reach.covers(unit="south")
    assert not reach.covers(provider="p-1")
    assert not reach.covers(maker="u")


def test_a_unit_that_is_called_all_of_them_is_none() -> None:
    assert not permit(POLICY, "plans.read", caller(Role.SCHEDULER)).covers(unit=ALL_UNITS)


def test_own_is_what_the_caller_has_made() -> None:
    reach = permit(POLICY, "runs.read", caller(Role.SCHEDULER, units=(ALL_UNITS,)))
    assert reach.covers(maker="u")
    assert not reach.covers(maker="v")
    assert not reach.covers(unit="north")
    both = permit(POLICY, "runs.save", caller(Role.SCHEDULER))
    assert both.covers(maker="u")
    assert both.covers(unit="north")
    assert not both.covers(unit="south", maker="v")


def test_all_units_widen_no_other_scope() -> None:
    """A provider's user with a wide units claim still sees the own provider only."""
    reach = permit(POLICY, "plans.read", caller(Role.PROVIDER, units=(ALL_UNITS,)))
    assert reach == Reach("m-1", provider="p-1")
    assert reach.covers(unit="north", provider="p-1")
    assert not reach.covers(unit="north", provider="p-2")


def test_no_provider_is_not_an_own_one() -> None:
    reach = permit(POLICY, "plans.read", caller(Role.SCHEDULER))
    assert not reach.covers(unit=None, provider=None)


def test_a_carer_is_the_own_one() -> None:
    made = Caller("u", "m-1", frozenset({Role.CARER}), carer="anna")
    reach = permit(POLICY, "days.read", made)
    assert reach.covers(unit="south", carer="anna")
    assert not reach.covers(unit="north", carer="bo")
    assert not permit(POLICY, "days.read", caller(Role.CARER)).covers(unit="north", carer="anna")


def test_several_roles_reach_what_each_does() -> None:
    reach = permit(POLICY, "plans.read", caller(Role.SCHEDULER, Role.PROVIDER))
    assert reach == Reach("m-1", units=frozenset({"north"}), provider="p-1")
    assert permit(POLICY, "plans.read", caller(Role.SCHEDULER, Role.ADMIN)).everything
