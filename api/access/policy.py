"""
Which roles may do which operation, and on whose objects: the one place that says so.

Default deny: an operation that :data:`api.access.operations.POLICY` does not name is refused to
everybody, and a test holds the table against the OpenAPI description, so that an operation without
a line fails the build. A role's scope says which of the municipality's objects it reaches; other
municipalities' objects are out of reach of every role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from api.access.caller import Caller, Role
from api.access.refusals import not_allowed


class Scope(StrEnum):
    """Which of the municipality's objects a role reaches with an operation."""

    MUNICIPALITY = "municipality"
    UNITS = "units"
    PROVIDER = "provider"
    CARER = "carer"
    OWN = "own"  # what the caller has made
    UNITS_AND_OWN = "units and own"  # an operation that joins the two


@dataclass(frozen=True, slots=True)
class Rule:
    """
    Who may do an operation.

    Parameters
    ----------
    scopes
        Each role that may, with what it reaches.
    public
        Whether anybody may, without being known; nothing stored is told by such an operation.
    """

    scopes: Mapping[Role, Scope] = field(default_factory=dict)
    public: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """
    The objects that a caller may touch with one operation.

    Parameters
    ----------
    everything, every_unit
        All of the municipality; whatever belongs to a unit of it. Otherwise what is of `units`, of
        `provider`, of `carer`, or made by `user`.
    """

    municipality: str
    everything: bool = False
    every_unit: bool = False
    units: frozenset[str] = frozenset()
    provider: str | None = None
    carer: str | None = None
    user: str | None = None

    def covers(
        self,
        *,
        unit: str | None = None,
        provider: str | None = None,
        carer: str | None = None,
        maker: str | None = None,
    ) -> bool:
        """
        Whether an object of `unit`, of `provider` and of `carer`, made by `maker`, is within reach.

        One of them is enough. An object of none is only within reach of the whole municipality.
        """
        return (
            self.everything
            or (unit is not None and (self.every_unit or unit in self.units))
            or (provider is not None and provider == self.provider)
            or (carer is not None and carer == self.carer)
            or (maker is not None and maker == self.user)
        )


PUBLIC = Rule(public=True)


def permit(policy: Mapping[str, Rule], operation: str, caller: Caller) -> Reach:
    """
    What `caller` reaches with `operation`: the union over the caller's roles.

    Raises
    ------
    Forbidden
        When no role of the caller may, or the policy does not name the operation.
    """
    rule = policy.get(operation, Rule())
    scopes = {rule.scopes[role] for role in caller.roles if role in rule.scopes}
    if not scopes:
        raise not_allowed(operation)
    by_units = not scopes.isdisjoint({Scope.UNITS, Scope.UNITS_AND_OWN})
    by_maker = not scopes.isdisjoint({Scope.OWN, Scope.UNITS_AND_OWN})
    return Reach(
        caller.municipality,
        everything=Scope.MUNICIPALITY in scopes,
        every_unit=by_units and caller.has_all_units,
        units=caller.units if by_units else frozenset(),
        provider=caller.provider if Scope.PROVIDER in scopes else None,
        carer=caller.carer if Scope.CARER in scopes else None,
        user=caller.user if by_maker else None,
    )
