"""The ledger that the faults are judged by, held against stores whose contents are known."""

from __future__ import annotations

from api.store.engine import Store
from tests.faults import acts


def test_the_ledger_tells_what_is_lost(filled: Store) -> None:
    """Held against a store with two decisions, one of them interrupted, and nothing paid."""
    assert acts.judge(filled, acts.Ledger(interrupted={"b-1"})) == acts.Verdict(0, 0, ())
    missing = acts.Ledger(
        imported={"b-1", "b-3"}, interrupted={"b-2"}, paid={"2026-03": 100},
        files={"2026-03": {("a", "b")}}, days={"p-9"},
    )  # fmt: skip
    assert acts.judge(filled, missing) == acts.Verdict(5, 0, ())


def test_the_ledger_tells_what_is_there_twice(settled: Store) -> None:
    """March is closed: 30, 60 and 20 minutes at 500 kronor an hour; with one payment file."""
    right = acts.Ledger(paid={"2026-03": 25_000 + 50_000 + 16_667})
    assert acts.judge(settled, right) == acts.Verdict(0, 0, ())
    assert acts.judge(settled, acts.Ledger(paid={"2026-03": 45_833})).doubled == 1
    assert acts.judge(settled, acts.Ledger(files={"2026-03": set()})).doubled == 1
