"""Setting a municipality up: made, extended, never taken from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from api.store.check import check
from api.store.engine import Store
from api.store.records import Municipality, Unit
from api.store.tables import MunicipalityRow, ProviderRow, UnitRow
from api.usecases.setting_up import set_up
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Provider, ProviderKind
from tests.api.store.dump import dump
from tests.api.store.samples import ACT, MUNICIPALITY, later


def test_it_is_made_and_extended(store: Store) -> None:
    set_up(store, ACT, MUNICIPALITY)
    wider = replace(
        MUNICIPALITY,
        name="Nyköping",
        units=(Unit("north", "Norr"), Unit("west", "Väst")),
        providers=(Provider("p-2", ProviderKind.PRIVATE),),
    )
    set_up(store, later(1), wider)
    with store.reading() as session:
        assert session.get_one(MunicipalityRow, "m-1").name == "Nyköping"
        units = {row.id: row.name for row in session.exec(select(UnitRow))}
        assert units == {"north": "Norr", "south": "Södra", "west": "Väst"}
        providers = {row.id: row.kind for row in session.exec(select(ProviderRow))}
        assert providers == {"own": "OWN", "p-1": "PRIVATE", "p-2": "PRIVATE"}
    assert check(store) == []


def test_the_same_again_does_nothing(store: Store) -> None:
    set_up(store, ACT, MUNICIPALITY)
    once = dump(store)
    set_up(store, later(1), MUNICIPALITY)
    assert dump(store) == once


def test_a_provider_keeps_its_kind(store: Store) -> None:
    """What it was paid by depends on it."""
    set_up(store, ACT, MUNICIPALITY)
    once = dump(store)
    other = replace(
        MUNICIPALITY,
        units=(Unit("west", "Väst"),),
        providers=(Provider("p-1", ProviderKind.OWN),),
    )
    with pytest.raises(InvalidInput, match="PROVIDER_KIND"):
        set_up(store, ACT, other)
    assert dump(store) == once


def test_every_fault_is_told(store: Store) -> None:
    wrong = Municipality(
        "m\n1", "X", (Unit("", "A"), Unit("u", "B"), Unit("u", "C")),
        (Provider("p", ProviderKind.OWN), Provider("p", ProviderKind.OWN)),
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        set_up(store, ACT, wrong)
    told = [(finding.code, finding.where) for finding in refused.value.findings]
    assert told == [
        ("NOT_AN_ID", "municipality"), ("NOT_AN_ID", "units"), ("DUPLICATE_ID", "units"),
        ("DUPLICATE_ID", "providers"),
    ]  # fmt: skip
    assert not dump(store)["municipality"]
