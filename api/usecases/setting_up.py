"""
Setting up a municipality: its units, and the providers that a person may choose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sqlmodel import Session, select

from api.documents.schema_faults import is_id
from api.refusals import not_found
from api.store.audit import NOTHING_BEFORE, Act, Entry, append, lock
from api.store.engine import Store
from api.store.records import Municipality, Unit
from api.store.tables import AuditHeadRow, MunicipalityRow, ProviderRow, UnitRow
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Provider, ProviderKind

Row = TypeVar("Row", UnitRow, ProviderRow)


def set_up(store: Store, act: Act, municipality: Municipality) -> None:
    """
    Make the municipality as it is described, or extend it; nothing that is there is removed.

    Sent again it does nothing.

    Raises
    ------
    InvalidInput
        With every fault: NOT_AN_ID, DUPLICATE_ID, PROVIDER_KIND (a provider's kind never changes:
        what it was paid by depends on it).
    """
    faults = _faults(municipality)
    if faults:
        raise InvalidInput(faults)
    with store.writing() as session:
        changed = _make(session, municipality)
        head = lock(session, municipality.id)
        units = _rows(session, UnitRow, municipality.id)
        providers = _rows(session, ProviderRow, municipality.id)
        faults = _other_kinds(municipality, providers)
        if faults:
            raise InvalidInput(faults)
        row = session.get_one(MunicipalityRow, municipality.id)
        if row.name != municipality.name:
            row.name, changed = municipality.name, True
        for unit in municipality.units:
            held = units.get(unit.id)
            if held is None:
                session.add(UnitRow(municipality_id=row.id, id=unit.id, name=unit.name))
                changed = True
            elif held.name != unit.name:
                held.name, changed = unit.name, True
        for provider in municipality.providers:
            if provider.id not in providers:
                session.add(ProviderRow(municipality_id=row.id, id=provider.id, kind=provider.kind))
                changed = True
        if changed:
            counts = {
                "units": len(municipality.units), "providers": len(municipality.providers),
            }  # fmt: skip
            append(
                session,
                head,
                act,
                [Entry("MUNICIPALITY_SET_UP", "municipality", municipality.id, counts)],
            )


def municipality(store: Store, municipality_id: str) -> Municipality:
    """A municipality with its units and providers, by rising id; NotFound when it is not set up."""
    with store.reading() as session:
        row = session.get(MunicipalityRow, municipality_id)
        if row is None:
            raise not_found("municipality", municipality_id)
        units = _rows(session, UnitRow, row.id)
        providers = _rows(session, ProviderRow, row.id)
        return Municipality(
            row.id,
            row.name,
            tuple(Unit(key, units[key].name) for key in sorted(units)),
            tuple(Provider(key, ProviderKind(providers[key].kind)) for key in sorted(providers)),
        )


def _make(session: Session, municipality: Municipality) -> bool:
    """Add the municipality's own row and its log, when they are missing."""
    if session.get(MunicipalityRow, municipality.id) is not None:
        return False
    session.add(MunicipalityRow(id=municipality.id, name=municipality.name))
    session.flush()
    session.add(AuditHeadRow(municipality_id=municipality.id, number=0, hash=NOTHING_BEFORE))
    session.flush()
    return True


def _rows(session: Session, table: type[Row], municipality: str) -> dict[str, Row]:
    query = select(table).where(table.municipality_id == municipality)
    return {row.id: row for row in session.exec(query)}


def _faults(municipality: Municipality) -> list[Finding]:
    units = [unit.id for unit in municipality.units]
    providers = [provider.id for provider in municipality.providers]
    findings = [
        Finding("NOT_AN_ID", where, "1-100 printable characters", "something else",
                "Ange ett id med 1-100 skrivbara tecken.")
        for where, ids in (("municipality", [municipality.id]), ("units", units),
                           ("providers", providers))
        for each in ids
        if not is_id(each)
    ]  # fmt: skip
    for where, ids in (("units", units), ("providers", providers)):
        findings += [
            Finding("DUPLICATE_ID", where, "each once", each, "Ta bort dubbletten.")
            for each in sorted({each for each in ids if ids.count(each) > 1})
        ]
    return findings


def _other_kinds(municipality: Municipality, held: Mapping[str, ProviderRow]) -> list[Finding]:
    return [
        Finding(
            "PROVIDER_KIND",
            f"providers ({provider.id})",
            held[provider.id].kind,
            provider.kind.value,
            "Lägg upp utföraren med ett nytt id.",
        )
        for provider in municipality.providers
        if provider.id in held and held[provider.id].kind != provider.kind
    ]
