"""A decision changes as a new revision, by whoever has seen the one that holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import event

from api.refusals import Conflict, Stale
from api.store.check import check
from api.store.engine import Store
from api.store.records import DecisionEvent, DecisionRevision
from api.usecases.deciding import (
    change,
    decision,
    decision_history,
    decisions,
    end,
    interrupt,
)
from pricing.budget.model import Interruption
from scheduler.care.errors import InvalidInput, NotFound
from scheduler.care.model import Location
from tests.api.store.dump import dump
from tests.api.store.samples import ACT, cases, later, prepare


@pytest.fixture
def ready(store: Store) -> Store:
    """Two decisions."""
    prepare(store)
    return store


AWAY = Interruption(date(2026, 3, 10), date(2026, 3, 20), "sjukhus")


def test_each_change_is_a_revision_and_the_earlier_ones_stay(ready: Store) -> None:
    first = cases()[0]
    moved = replace(first, home=replace(first.home, location=Location(56.1, 14.2)))
    changed = change(ready, later(1), 1, moved)
    assert (changed.number, changed.event, changed.case) == (2, DecisionEvent.CHANGED, moved)
    away = interrupt(ready, later(2), "b-1", 2, AWAY)
    assert away.case.granted.interruptions == (*first.granted.interruptions, AWAY)
    ended = end(ready, later(3), "b-1", 3, date(2026, 5, 31))
    assert ended.case.granted.decision.valid_to == date(2026, 5, 31)
    # The move on the first of June falls away with the days after the end.
    assert len(ended.case.granted.placements) == 1

    history = decision_history(ready, "m-1", "b-1")
    assert [(each.number, each.event) for each in history] == [
        (1, "GRANTED"), (2, "CHANGED"), (3, "INTERRUPTED"), (4, "ENDED"),
    ]  # fmt: skip
    assert [each.at for each in history] == [ACT.at, *(later(n).at for n in (1, 2, 3))]
    assert history[0].case == first
    assert history[1:] == (changed, away, ended)
    assert decision(ready, "m-1", "b-1") == ended
    assert decision(ready, "m-1", "b-2").case == cases()[1]
    assert check(ready) == []


CHANGES: dict[str, Callable[[Store, int], DecisionRevision]] = {
    "change": lambda store, version: change(store, ACT, version, cases()[0]),
    "interrupt": lambda store, version: interrupt(store, ACT, "b-1", version, AWAY),
    "end": lambda store, version: end(store, ACT, "b-1", version, date(2026, 5, 31)),
}


@pytest.mark.parametrize("name", sorted(CHANGES))
@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_change_of_another_version_is_refused(ready: Store, name: str, version: int) -> None:
    """Else the later of two assessors silently undoes what the first decided."""
    interrupt(ready, ACT, "b-1", 1, AWAY)
    before = dump(ready)
    with pytest.raises(Stale, match="STALE_VERSION"):
        CHANGES[name](ready, version)
    assert dump(ready) == before
    assert CHANGES[name](ready, 2).number == 3


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_an_ended_decision_stays_ended(ready: Store, name: str) -> None:
    end(ready, ACT, "b-1", 1, date(2026, 6, 30))
    before = dump(ready)
    with pytest.raises(Conflict, match="DECISION_ENDED"):
        CHANGES[name](ready, 2)
    assert dump(ready) == before


def test_a_change_is_judged_as_a_registration_is(ready: Store) -> None:
    case = cases()[0]
    decided = replace(case.granted.decision, lines=())
    placed = replace(case.granted.placements[0], unit="west")
    wrong = replace(case, granted=replace(case.granted, decision=decided, placements=(placed,)))
    before = dump(ready)
    with pytest.raises(InvalidInput) as refused:
        change(ready, ACT, 1, wrong)
    codes = [finding.code for finding in refused.value.findings]
    assert codes == ["DECISION_WITHOUT_LINES", "UNKNOWN_UNIT"]
    assert dump(ready) == before


def test_a_decision_stays_with_its_person(ready: Store) -> None:
    case = cases()[0]
    decided = replace(case.granted.decision, recipient_id="r-2")
    other = replace(
        case, home=replace(case.home, id="r-2"), granted=replace(case.granted, decision=decided)
    )
    with pytest.raises(InvalidInput, match="RECIPIENT_CHANGED"):
        change(ready, ACT, 1, other)


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2027, 1, 1)])
def test_a_day_outside_the_decision_is_refused(ready: Store, day: date) -> None:
    with pytest.raises(InvalidInput, match="END_OUTSIDE"):
        end(ready, ACT, "b-1", 1, day)
    with pytest.raises(InvalidInput, match="INTERRUPTION_OUTSIDE"):
        interrupt(ready, ACT, "b-1", 1, Interruption(day, None))
    assert decision(ready, "m-1", "b-1").number == 1


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 12, 31)])
def test_the_first_and_the_last_day_are_the_decisions_own(ready: Store, day: date) -> None:
    interrupt(ready, ACT, "b-1", 1, Interruption(day, None))
    end(ready, ACT, "b-1", 2, day)
    assert check(ready) == []


def test_a_decision_of_another_municipality_is_not_there(ready: Store) -> None:
    with pytest.raises(NotFound):
        decision(ready, "m-2", "b-1")
    with pytest.raises(NotFound):
        decision_history(ready, "m-1", "b-9")
    with pytest.raises(NotFound):
        end(ready, replace(ACT, municipality="m-2"), "b-1", 1, date(2026, 5, 31))


def test_of_edits_made_at_once_each_version_takes_one(ready: Store) -> None:
    """Accepted edits are version steps; no accepted edit is missing afterwards."""
    clients, tries = 4, 6
    barrier = Barrier(clients)
    accepted: list[int] = []
    failures: list[Exception] = []

    def edit(client: int) -> None:
        barrier.wait(10)
        for attempt in range(tries):
            version = decision(ready, "m-1", "b-1").number
            day = date(2026, 7, 1 + client * tries + attempt)
            try:
                accepted.append(
                    interrupt(ready, ACT, "b-1", version, Interruption(day, day)).number
                )
            except Stale:
                continue
            except Exception as error:  # collected for the assertion
                failures.append(error)

    threads = [Thread(target=edit, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(accepted) == list(range(2, len(accepted) + 2))
    held = decision(ready, "m-1", "b-1")
    assert held.number == len(accepted) + 1
    added = held.case.granted.interruptions[2:]
    assert len(added) == len({each.first_day for each in added}) == len(accepted)
    assert check(ready) == []


def test_a_page_takes_as_many_statements_as_one_decision(ready: Store) -> None:
    """Five for each decision would make a page of a hundred the slowest thing of the service."""

    def statements(most: int) -> int:
        counted: list[str] = []

        def count(_c: object, _cursor: object, statement: str, *_: object) -> None:
            counted.append(statement)

        event.listen(ready.engine, "before_cursor_execute", count)
        assert len(decisions(ready, "m-1", "", most)) == most
        event.remove(ready.engine, "before_cursor_execute", count)
        return len(counted)

    assert statements(1) == statements(2)
    found = decisions(ready, "m-1", "", 10)
    assert found == tuple(decision(ready, "m-1", each) for each in ("b-1", "b-2"))


def test_more_decisions_than_a_statement_takes_are_read_in_parts(
    ready: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = decisions(ready, "m-1", "", 10)
    monkeypatch.setattr("api.store.decision_rows.MOST_KEYS", 1)
    assert decisions(ready, "m-1", "", 10) == whole
    assert decisions(ready, "m-1", "b-9", 10) == ()
