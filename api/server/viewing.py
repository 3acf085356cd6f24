"""
As whom a request looks at persons: from the caller's roles and units to the view that
:mod:`api.usecases.looking` asks, and to the rights of :mod:`api.usecases.sight`. The one place that
says so; docs/persons.md has the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from fastapi import Request

from api.access.caller import ALL_UNITS, Caller, Role
from api.access.operation_ids import operation_id
from api.store.access_log import Purpose
from api.store.audit import Act
from api.store.person_records import View
from api.usecases.sight import Reader, Right

# What each role may do with who somebody is: name, number, markings, and the log of readings.
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.ASSESSOR: frozenset({Right.READ, Right.RECORD, Right.BREAK_GLASS}),
    Role.SCHEDULER: frozenset({Right.BREAK_GLASS}),
    # To erase, and to tell who has read, is to know of somebody; neither role may ask for a name
    # (api.access.operations).
    Role.ADMIN: frozenset({Right.READ, Right.PROTECT, Right.ERASE}),
    Role.AUDITOR: frozenset({Right.READ, Right.REVIEW}),
}
# Where somebody works who has no unit of their own, or several.
WHOLE = "municipality"


def view_of(request: Request, caller: Caller) -> View:
    """
    As whom `caller` sees what this request answers.

    The reason that the log is given is the operation; the case is the decision that the address
    names, and the unit the address's, or the caller's only one.
    """
    named = request.path_params
    own = caller.units - {ALL_UNITS}
    alone = next(iter(own)) if len(own) == 1 and not caller.has_all_units else WHOLE
    return View(
        grantable(caller),
        str(named.get("unit", alone)),
        operation_id(request.scope["route"]),
        named.get("decision_id"),
        caller.carer if Role.CARER in caller.roles else None,
    )


def grantable(caller: Caller) -> frozenset[str]:
    """
    The roles of `caller` as a grant may name them: ``scheduler``, ``scheduler:north`` of one unit,
    ``provider:p-1``.

    Somebody of every unit has no role of one: a grant to that one is meant for few.
    """
    plain = {role.value for role in caller.roles}
    by_unit = {f"{role}:{unit}" for role in plain for unit in caller.units - {ALL_UNITS}}
    of_provider = set()
    if Role.PROVIDER in caller.roles and caller.provider is not None:
        of_provider = {f"{Role.PROVIDER.value}:{caller.provider}"}
    return frozenset(plain | by_unit | of_provider)


def reader_of(caller: Caller, act: Act, reason: str | None, case: str | None) -> Reader:
    """
    The same for what is about persons themselves: with the rights of the caller's roles, and the
    reason in the caller's own words.

    Parameters
    ----------
    reason
        As a header carries it, in UTF-8 with percent signs; without one it is refused later on
        (:func:`api.usecases.sight.require`).
    """
    if act.view is None:
        raise ValueError("Expected the act of a request; found the program's own.")
    words = unquote(reason or "")
    view = replace(act.view, reason=words, case=case)
    rights = frozenset[Right]().union(*(RIGHTS.get(role, ()) for role in caller.roles))
    purpose = Purpose(view.unit, words, case)
    return Reader(replace(act, view=view), purpose, rights, view.roles)
