"""
What a file of performed visits changes, and every fault of it against what the store holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from api.refusals import not_found, require_version
from api.store.performed_rows import (
    Key,
    Reported,
    last_reported,
    natural_key,
    taken_keys,
)
from api.store.tables import (
    DecisionRow,
    PlacementRow,
    ProviderRow,
)
from pricing.pay.reading import MOST_FINDINGS
from pricing.pay.visits import Performed
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import ProviderKind

# The municipality's own deliveries.
MUNICIPALITY = ""
UNKNOWN_TO_MUNICIPALITY = "Rätta id:t, eller registrera beslutet eller bytet av utförare."
# A provider registers no decisions.
UNKNOWN_TO_PROVIDER = (
    "Rätta id:t. Är det rätt: ta bort raden, skicka resten, och be biståndshandläggaren "
    "kontrollera att personens beslut ligger hos er."
)


@dataclass(frozen=True, slots=True)
class Sent:
    """
    A file of performed visits as it came.

    Parameters
    ----------
    sender
        The provider that sends it; empty for the municipality, which may send those of all.
    key
        The sender's own name of the request.
    name
        Of the file; its ending tells a workbook.
    corrects
        Whether visits that were reported otherwise are to be changed; else they are refused.
    expected
        Of one visit: the version of it that was read, 0 for one that is new.
    """

    sender: str
    key: str
    name: str
    content: bytes
    corrects: bool = False
    expected: int | None = None


class Changes:
    """What a file changes, and every fault of it."""

    def __init__(self, name: str, visits: Sequence[Performed], lines: Sequence[int]) -> None:
        self.name, self.visits = name, visits
        self.line = {
            (each.provider, each.id): line for each, line in zip(visits, lines, strict=True)
        }
        self.added: list[Reported] = []
        self.corrected: list[Reported] = []
        self.findings: list[Finding] = []

    def tell(
        self, code: str, visit: Performed, field: str, expected: str, found: str, action: str
    ) -> None:
        """A fault by its line; ids of visits and persons are not repeated."""
        if len(self.findings) < MOST_FINDINGS:
            where = f"{self.name}:{self.line[visit.provider, visit.id]}: {field}"
            self.findings.append(Finding(code, where, expected, found, action))

    @property
    def reported(self) -> list[Reported]:
        """Every new revision."""
        return [*self.added, *self.corrected]


# ---------------------------------------------------------------- what a file refers to


def check_references(session: Session, municipality: str, sender: str, changes: Changes) -> None:
    kinds = {
        row.id: row.kind
        for row in session.exec(
            select(ProviderRow).where(ProviderRow.municipality_id == municipality)
        )
    }
    placed: dict[str, set[str]] = {}
    for visit in changes.visits:
        # To a provider any other one is as good as none.
        if visit.provider not in kinds or sender not in (MUNICIPALITY, visit.provider):
            code = "OTHER_PROVIDER" if sender else "UNKNOWN_PROVIDER"
            expected = sender or "a provider of the municipality"
            changes.tell(
                code, visit, "provider", expected, "another",
                "Skicka bara egna besök, eller rätta utförarens id.",
            )  # fmt: skip
            continue
        kind = kinds[visit.provider]
        if visit.provider_kind in ProviderKind.__members__ and visit.provider_kind != kind:
            changes.tell(
                "PROVIDER_KIND", visit, "provider_kind", kind, visit.provider_kind,
                "Rätta utförarens slag: egen regi (OWN) eller privat.",
            )  # fmt: skip
        if visit.provider not in placed:
            placed[visit.provider] = _recipients(session, municipality, visit.provider)
        if visit.recipient not in placed[visit.provider]:
            changes.tell(
                "UNKNOWN_RECIPIENT", visit, "recipient", "somebody with a decision at the provider",
                "somebody else", UNKNOWN_TO_MUNICIPALITY if sender == MUNICIPALITY else
                UNKNOWN_TO_PROVIDER,
            )  # fmt: skip


def _recipients(session: Session, municipality: str, provider: str) -> set[str]:
    """Everybody who by some decision, in force or not, was placed with the provider."""
    query = (
        select(DecisionRow.recipient_id)
        .join(
            PlacementRow,
            (col(PlacementRow.municipality_id) == DecisionRow.municipality_id)
            & (col(PlacementRow.decision_id) == DecisionRow.id),
        )
        .where(DecisionRow.municipality_id == municipality)
        .where(PlacementRow.provider_id == provider)
        .distinct()
    )
    return set(session.exec(query))


# ---------------------------------------------------------------- what a file changes


def find_changes(session: Session, municipality: str, sent: Sent, changes: Changes) -> None:
    keys: list[Key] = [(each.provider, each.id) for each in changes.visits]
    held = last_reported(session, municipality, keys)
    if sent.expected is not None:
        _require_one(sent, changes, held)
    for visit in changes.visits:
        before = held.get((visit.provider, visit.id))
        if before is None:
            changes.added.append(Reported(visit, 1))
        elif before.visit == visit:
            continue
        elif sent.corrects:
            changes.corrected.append(Reported(visit, before.number + 1))
        else:
            changes.tell(
                "VISIT_DIFFERS", visit, "id", "what was reported under the id, or a new one",
                "another content", "Skicka ändringen som rättelse, eller ge besöket ett eget id.",
            )  # fmt: skip
    for visit in _twice(session, municipality, changes):
        changes.tell(
            "SAME_VISIT", visit, "id", "each visit under one id",
            "another of the same person, service, time and carer",
            "Ta bort dubbletten; dubbelbemanning anges med staff, eller med var sin medarbetare.",
        )  # fmt: skip


def _require_one(sent: Sent, changes: Changes, held: Mapping[Key, Reported]) -> None:
    """
    The one visit that is corrected is there, and as whoever corrects it has read it.

    Of version 0 it is not there yet, and is reported for the first time.
    """
    if len(changes.visits) != 1:
        raise InvalidInput(
            Finding(
                "ONE_VISIT", changes.name, "one visit", str(len(changes.visits)),
                "Skicka flera rättelser som fil.",
            )
        )  # fmt: skip
    visit = changes.visits[0]
    before = held.get((visit.provider, visit.id))
    if before is None and sent.expected != 0:
        raise not_found("performed-visits", visit.id)
    number = 0 if before is None else before.number
    require_version("performed visit", sent.expected or 0, number)


def _twice(session: Session, municipality: str, changes: Changes) -> Iterator[Performed]:
    """Visits that are of the same as another one, in the file or stored."""
    changed = {(each.visit.provider, each.visit.id) for each in changes.corrected}
    of_provider: dict[str, list[tuple[str, Performed]]] = {}
    for each in changes.reported:
        natural = natural_key(each.visit)
        if natural is not None:
            of_provider.setdefault(each.visit.provider, []).append((natural, each.visit))
    for provider, own in of_provider.items():
        taken = {
            natural: visit
            for natural, visit in taken_keys(
                session, municipality, provider, [natural for natural, _ in own]
            ).items()
            if (provider, visit) not in changed
        }
        for natural, visit in own:
            if taken.setdefault(natural, visit.id) != visit.id:
                yield visit
