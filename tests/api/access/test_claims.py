"""From claims to a caller: by the configured names, and never by a guess."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.access.caller import Caller, Role
from api.access.claims import caller_of
from api.access.refusals import NotSignedIn
from tests.api.access.keys import SETTINGS, claims


def test_claims_describe_a_caller() -> None:
    assert caller_of(claims(), SETTINGS) == Caller(
        "u-1", "m-1", frozenset({Role.SCHEDULER}), None, frozenset({"north"})
    )


def test_names_and_roles_are_the_providers_own() -> None:
    """As Keycloak nests them, as Entra names groups, and as OAuth writes lists."""
    settings = replace(
        SETTINGS, claim_roles="realm_access.roles", claim_user="oid", claim_units="hem.units",
        role_names="finance=G-7 auditor=G-7 admin=G-1",
    )  # fmt: skip
    found = caller_of(
        claims(oid="o-5", realm_access={"roles": ["G-7", "other"]}, **{"hem.units": "a b"}),
        settings,
    )
    assert found.user == "o-5"
    assert found.roles == {Role.FINANCE, Role.AUDITOR}
    assert found.units == {"a", "b"}


def test_roles_of_other_systems_are_left_out() -> None:
    assert caller_of(claims(roles=["superuser", "Admin"]), SETTINGS).roles == frozenset()


def test_own_words_do_not_count_once_others_are_configured() -> None:
    settings = replace(SETTINGS, role_names="admin=G-1")
    assert caller_of(claims(roles=["admin"]), settings).roles == frozenset()


def test_the_service_may_be_one_municipalitys() -> None:
    settings = replace(SETTINGS, municipality="m-1")
    assert caller_of(claims(municipality=None), settings).municipality == "m-1"
    assert caller_of(claims(), settings).municipality == "m-1"
    with pytest.raises(NotSignedIn):
        caller_of(claims(municipality="m-2"), settings)


@pytest.mark.parametrize(
    "changed",
    [
        {"municipality": None},
        {"municipality": ["m-1"]},
        {"municipality": ""},
        {"municipality": "m\n1"},
        {"sub": 5},
        {"sub": "x" * 101},
        {"roles": {"admin": True}},
        {"roles": [["admin"]]},
        {"roles": 5},
        {"units": ["a"] * 1001},
        {"units": [""]},
        {"provider": 5},
        {"provider": ""},
        {"carer": ["c-1"]},
        {"roles": ["provider"]},
    ],
)
def test_claims_of_another_shape_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn, match="CALLER"):
        caller_of(claims(**changed), SETTINGS)


def test_a_providers_user_has_a_provider() -> None:
    found = caller_of(claims(roles=["provider"], provider="p-1", units=None), SETTINGS)
    assert (found.provider, found.units) == ("p-1", frozenset())


def test_a_carer_is_the_one_that_plans_know() -> None:
    assert caller_of(claims(roles=["carer"], carer="anna"), SETTINGS).carer == "anna"


def test_a_caller_without_an_id_cannot_be_made() -> None:
    for wrong in (("", "m", None), ("u", "", None), ("u", "m", "")):
        with pytest.raises(ValueError, match="ids"):
            Caller(wrong[0], wrong[1], frozenset(), wrong[2])
    with pytest.raises(ValueError, match="provider"):
        Caller("u", "m", frozenset({Role.PROVIDER}))
