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
    everything
        All of the municipality; otherwise what is of `units` or of `provider`.
    """

    municipality: str
    everything: bool = False
    units: frozenset[str] = frozenset()
    provider: str | None = None

    def covers(self, *, unit: str | None = None, provider: str | None = None) -> bool:
        """
        Whether an object of `unit` and of `provider` is within reach.

        One of the two is enough. An object of neither is only within reach of the whole
        municipality.
        """
        return (
            self.everything
            or (unit is not None and unit in self.units)
            or (provider is not None and provider == self.provider)
        )


PUBLIC = Rule(public=True)


def permit(policy: Mapping[str, Rule], operation: str, caller: Caller) -> Reach:
    """
    What `caller` reaches with `operation`: the union over the caller's roles.

    Raises
    ------
    NotAllowed
        When no role of the caller may, or the policy does not name the operation.
    """
    rule = policy.get(operation, Rule())
    scopes = {rule.scopes[role] for role in caller.roles if role in rule.scopes}
    if not scopes:
        raise not_allowed(operation)
    by_units = Scope.UNITS in scopes
    return Reach(
        caller.municipality,
        everything=Scope.MUNICIPALITY in scopes or (by_units and caller.has_all_units),
        units=caller.units if by_units else frozenset(),
        provider=caller.provider if Scope.PROVIDER in scopes else None,
    )
