"""Stored decisions: each comes back as it was registered, to the last field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.documents.decisions import Registration
from api.refusals import Conflict
from api.server.db import Database
from api.server.decision_store import DecisionStore
from fixtures.municipality import Size, generate
from scheduler.care.errors import NotFound

NOW = datetime(2026, 3, 3, 14, 20, tzinfo=UTC)


def registrations() -> list[Registration]:
    """All decisions of a small municipality, with days set apart so that none hides another."""
    municipality = generate(Size.S, 1, date(2026, 3, 4))
    homes = {recipient.id: recipient for recipient in municipality.recipients}
    providers = {provider.id: provider for provider in municipality.providers}
    return [
        Registration(
            replace(
                decision,
                decided_on=date(2025, 1, 1 + number % 28),
                review_on=None if number % 2 else date(2027, 1, 1 + number % 28),
            ),
            replace(homes[decision.recipient_id], name=""),
            providers[decision.provider],
        )
        for number, decision in enumerate(municipality.decisions)
    ]


def test_every_decision_comes_back_as_it_was_registered(tmp_path: Path) -> None:
    store = DecisionStore(Database(tmp_path / "test.db"))
    made = registrations()
    assert any(line.min_gap_min is not None for each in made for line in each.decision.lines)
    assert any(line.staff == 2 for each in made for line in each.decision.lines)
    for registration in made:
        store.add(registration, NOW)
    for registration in made:
        assert store.get(registration.decision.id) == registration
    store.database.close()


def test_a_conflict_leaves_the_first_decision_as_it_was(tmp_path: Path) -> None:
    store = DecisionStore(Database(tmp_path / "test.db"))
    first, other = registrations()[:2]
    store.add(first, NOW)
    taken = replace(other, decision=replace(other.decision, id=first.decision.id))
    with pytest.raises(Conflict):
        store.add(taken, NOW)
    assert store.get(first.decision.id) == first
    with pytest.raises(NotFound):
        store.get(other.decision.id)
    store.database.close()
