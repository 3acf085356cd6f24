"""What a request is shown of persons, and the line that each showing leaves; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from api.documents.amendments import AmendmentsSchema
from api.store.audit import Act
from api.store.check import check
from api.store.engine import Store
from api.store.person_records import AccessKind, Grantee, ProtectionKind, View
from api.store.sqlite import WRITES
from api.store.tables import AccessRow
from api.usecases import amending, choosing, deciding, ordering, performing, protecting, visit_views
from api.usecases.deadlines import deadlines
from api.usecases.visit_changes import Sent
from scheduler.care.errors import CareError, InvalidInput, NotFound
from tests.api.store.money_samples import CORRECTED, HEADER, MARCH, sent
from tests.api.store.order_samples import ordered, weekly
from tests.api.store.person_samples import ADMIN
from tests.api.store.samples import ACT, AT, encoded, later

WHOLE = View(frozenset(), "north", "a request")
ASKING = replace(later(2), actor="asker", view=WHOLE)


def hide(store: Store, recipient: str = "r-1") -> None:
    """Protect the recipient of both decisions."""
    kind = ProtectionKind.MARKED_CONFIDENTIAL
    protecting.protect(store, ADMIN, recipient, kind, date(2026, 3, 1))


def kinds(store: Store) -> list[str]:
    """How r-1 has been read, in order."""
    with store.reading() as session:
        rows = session.exec(select(AccessRow).order_by(AccessRow.number))  # type: ignore[arg-type]
        return [row.kind for row in rows]


def test_who_asks_the_program_itself_sees_all_and_leaves_nothing(store: Store) -> None:
    """Whoever plans or exports at the machine has the database anyhow."""
    ordered(store)
    hide(store)
    assert deciding.decision(store, "m-1", "b-1").number == 1
    assert len(deciding.decisions(store, "m-1", "", 9, None, ACT)) == 2
    assert kinds(store) == []


HIDDEN: dict[str, Callable[[Store], object]] = {
    "decision": lambda s: deciding.decision(s, "m-1", "b-1", None, ASKING),
    "history": lambda s: deciding.decision_history(s, "m-1", "b-1", None, ASKING),
    "end": lambda s: deciding.end(s, ASKING, "b-1", 1, date(2026, 6, 30)),
    "choose": lambda s: choosing.choose(s, ASKING, "b-2", 1, [], date(2026, 3, 9), 3, weekly),
    "choose by rule": lambda s: choosing.choose_for(
        s, ASKING, "b-2", 1, "north", date(2026, 3, 9), 3, weekly
    ),
    "accept": lambda s: ordering.accept(s, ASKING, "b-2", 1, 1, weekly),
}


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_a_hidden_person_is_not_there_and_the_question_is_logged(store: Store, name: str) -> None:
    ordered(store)
    hide(store)
    with pytest.raises(NotFound) as refused:
        HIDDEN[name](store)
    assert [each.code for each in refused.value.findings] == ["NOT_FOUND"]
    assert kinds(store) == [AccessKind.REFUSED]
    assert check(store) == []


def test_lists_leave_hidden_persons_out(store: Store) -> None:
    ordered(store)
    shown = (
        len(deciding.decisions(store, "m-1", "", 9, None, ASKING)),
        len(ordering.orders(store, "m-1", act=ASKING)),
        len(deadlines(store, "m-1", date(2026, 6, 1), act=ASKING)) > 0,
        len(choosing.choices_of(store, "m-1", "b-2", ASKING)),
    )
    assert shown == (2, 1, True, 1)
    assert kinds(store) == [AccessKind.LISTED, AccessKind.READ]
    hide(store)
    assert deciding.decisions(store, "m-1", "", 9, None, ASKING) == ()
    assert ordering.orders(store, "m-1", act=ASKING) == ()
    assert deadlines(store, "m-1", date(2026, 6, 1), act=ASKING) == ()
    assert choosing.choices_of(store, "m-1", "b-2", ASKING) == ()
    # Whoever is not named is not asked for either.
    assert kinds(store)[2:] == [AccessKind.REFUSED]


def test_acts_on_many_decisions_refuse_those_of_hidden_persons(store: Store) -> None:
    ordered(store)
    hide(store)
    acts = {"amendments": [{"decisionId": "b-1", "version": 1, "end": "2026-06-30"},
                           {"decisionId": "b-0", "version": 1, "end": "2026-06-30"}]}  # fmt: skip
    assert AmendmentsSchema.model_validate_json(encoded(acts))
    with pytest.raises(InvalidInput) as refused:
        amending.amend(store, ASKING, "acts", encoded(acts))
    first, second = refused.value.findings
    assert (first.code, first.where.split(":")[1]) == (second.code, second.where.split(":")[1])
    assert kinds(store) == [AccessKind.REFUSED]


def test_visits_of_hidden_persons_are_neither_read_nor_corrected(store: Store) -> None:
    ordered(store)
    performing.deliver(store, ACT, sent(MARCH, "march"))
    fix = Sent("", "fix", "f.csv", (HEADER + CORRECTED).encode(), corrects=True, expected=1)
    assert len(visit_views.visits(store, "m-1", "p-1", "2026-03", act=ASKING)) == 3
    hide(store)
    assert visit_views.visits(store, "m-1", "p-1", "2026-03", act=ASKING) == ()
    for ask in (
        lambda: visit_views.visit_history(store, "m-1", "p-1", "v-2", ASKING),
        lambda: performing.deliver(store, ASKING, fix),
    ):
        with pytest.raises(NotFound):
            ask()
    assert kinds(store) == [AccessKind.LISTED, AccessKind.REFUSED, AccessKind.REFUSED]


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({}, 1), ({"actor": "other"}, 2), ({"view": replace(WHOLE, reason="another list")}, 2),
        ({"view": replace(WHOLE, unit="south")}, 2), ({"view": replace(WHOLE, case="b-1")}, 2),
        ({"at": AT + timedelta(hours=30)}, 2),
    ],
)  # fmt: skip
def test_a_list_has_one_line_a_day_for_each_reader_and_purpose(
    store: Store, changed: dict[str, object], lines: int
) -> None:
    ordered(store)
    again: Act = replace(ASKING, **changed)  # type: ignore[arg-type]
    for act in (ASKING, again):
        deciding.decisions(store, "m-1", "", 9, None, act)
    assert len(kinds(store)) == lines


def test_whoever_has_a_grant_sees_and_each_showing_is_told(store: Store) -> None:
    ordered(store)
    hide(store)
    protecting.grant(store, ADMIN, "r-1", Grantee.USER, "asker", AT + timedelta(hours=9))
    for _ in range(2):
        assert len(deciding.decisions(store, "m-1", "", 9, None, ASKING)) == 2
    assert deciding.end(store, ASKING, "b-1", 1, date(2026, 6, 30)).number == 2
    assert kinds(store) == [AccessKind.LISTED, AccessKind.LISTED, AccessKind.READ]
    with store.reading() as session:
        assert all(row.protected for row in session.exec(select(AccessRow)))


def test_a_refusal_of_another_kind_leaves_no_line(store: Store) -> None:
    """Nothing was shown, and nobody was asked for in vain."""
    ordered(store)
    with pytest.raises(CareError):
        deciding.end(store, ASKING, "b-1", 7, date(2026, 6, 30))
    with pytest.raises(NotFound):
        deciding.decision(store, "m-1", "b-0", None, ASKING)
    assert kinds(store) == []


def test_who_opens_somebody_reads_once(store: Store) -> None:
    """A line is certain, so that no reading without one is tried first."""
    ordered(store)
    begun: list[bool] = []
    event.listen(
        store.engine, "begin", lambda c: begun.append(c.get_execution_options().get(WRITES, False))
    )
    deciding.decision(store, "m-1", "b-1", None, ASKING)
    deciding.decision_history(store, "m-1", "b-1", None, ASKING)
    assert begun == [True, True]
    assert kinds(store) == [AccessKind.READ, AccessKind.READ]
    # The program itself is in nobody's way.
    deciding.decision(store, "m-1", "b-1")
    assert begun[-1] is False
