"""
Every writing use case fails at its statements, before and after each, and at its commit.

Of the statements each third here, other ones for each use case; all in ``make faults``.

Promises held: until the commit nothing is left of it; after a commit whose answer was lost all of
it is; every invariant holds in either case, and the use case can be repeated to the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from api.documents.amendments import Outcome, ReviewSchema
from api.documents.plan_schemas import PlanDocumentSchema
from api.documents.planning import document_of
from api.refusals import Conflict, Stale
from api.store.check import check
from api.store.engine import Store
from api.store.records import RunKey
from api.usecases import leasing, running
from api.usecases.amending import amend, review
from api.usecases.choosing import choose_for
from api.usecases.deciding import change, end, interrupt
from api.usecases.ordering import accept, cancel, expire, refuse
from api.usecases.own_orders import accept_own, own_order, refuse_own
from api.usecases.planning import approve, publish, save
from api.usecases.preparing import set_roster
from api.usecases.registering import register
from api.usecases.requested import Request
from api.usecases.sessions import end_session
from api.usecases.setting_up import set_up
from pricing.budget.model import Interruption
from scheduler.care.errors import Finding
from tests.api.cases import TWO_VISITS
from tests.api.solvers import POOR_PLAN
from tests.api.store.dump import dump
from tests.api.store.order_samples import (
    FIRST,
    PRIVATE,
    capacity,
    chosen,
    offered,
    ordered,
    rule,
    weekly,
)
from tests.api.store.person_samples import ADMIN
from tests.api.store.samples import (
    ACT,
    DOCUMENT,
    MUNICIPALITY,
    NORTH,
    cases,
    day_and_plan,
    encoded,
    later,
    prepare,
    published,
    session_row,
)
from tests.api.usecases.money_use_cases import MONEY_USE_CASES
from tests.api.usecases.person_cases import PERSON_CASES, Repeats
from tests.api.usecases.test_looking import ASKING
from tests.api.usecases.test_run_telling import advised
from tests.faults import positions

SESSION = "what-a-browser-keeps"
Step = Callable[[Store], object]


def replanned(store: Store) -> None:
    """A published plan, and another one that is approved."""
    prepare(store)
    published(store)
    save(store, ACT, "north", 3, *day_and_plan(minutes=30))
    approve(store, ACT, NORTH, 2, 4)


def drafted(store: Store) -> None:
    """A draft."""
    prepare(store)
    save(store, ACT, "north", 0, *day_and_plan())


def ruled(store: Store) -> None:
    """Providers in the north, and a rule for whoever does not choose."""
    offered(store)
    rule(store)


def queued(store: Store) -> None:
    """An order that waits for room."""
    offered(store)
    capacity(store, PRIVATE, 0, expected=1)
    chosen(store)


def taken(store: Store) -> None:
    """An order that its provider has accepted."""
    ordered(store)
    accept(store, later(1), "b-2", 1, 1, weekly)


def logged_in(store: Store) -> None:
    """Somebody has logged in with a browser."""
    prepare(store)
    with store.writing() as session:
        session.add(session_row(SESSION))


def nothing(_store: Store) -> None:
    """A new database."""


def solving(store: Store) -> None:
    """A run that has been begun."""
    prepare(store)
    submitted(store)
    running.begin(store, RUN, "w", ACT.at)


def submitted(store: Store) -> None:
    running.submit(store, ACT, RUN.id, document_of(TWO_VISITS))


def submitted_with_advice(store: Store) -> None:
    running.submit(store, ASKING, RUN.id, advised())


def submitted_once(store: Store) -> None:
    running.submit(store, ACT, RUN.id, document_of(TWO_VISITS), request=Request("k", b"day"))


RUN = RunKey("m-1", "run-1")
POOR = PlanDocumentSchema.model_validate(POOR_PLAN)
NO_PLAN = Finding("NO_PLAN_YET", "day-plans", "this", "that", "Gör så.")
ROSTER = b'{"caregivers": [{"id": "anna", "shifts": []}]}'


def waiting(store: Store) -> None:
    """A run that waits for a worker."""
    prepare(store)
    submitted(store)


def take_over(store: Store) -> object:
    """As if the worker had stood still."""
    return leasing.take_over(store, RUN, leasing.Sign(1, 0), "w-2", ACT.at, NO_PLAN)


AWAY = Interruption(date(2026, 3, 10), date(2026, 3, 20))
ACTS = encoded(
    {
        "amendments": [
            {"decisionId": "b-1", "version": 1, "end": "2026-06-30"},
            {"decisionId": "b-2", "version": 1, "review": {"reviewedOn": "2026-03-20",
             "outcome": "UNCHANGED", "nextOn": "2026-09-20"}},
        ]
    }
)  # fmt: skip
FOUND = ReviewSchema(reviewed_on=date(2026, 3, 20), outcome=Outcome.UNCHANGED)
# Use case: what is there before it, the act itself, and what repeating it after a lost answer says.
USE_CASES: dict[str, tuple[Step, Step, type[Exception] | None]] = {
    "set up": (nothing, lambda s: set_up(s, ACT, MUNICIPALITY), None),
    "register": (
        lambda s: set_up(s, ACT, MUNICIPALITY),
        lambda s: register(s, ACT, "file-1", encoded(DOCUMENT)),
        None,
    ),
    "change": (prepare, lambda s: change(s, later(1), 1, cases()[0]), Stale),
    "interrupt": (prepare, lambda s: interrupt(s, later(1), "b-1", 1, AWAY), Stale),
    "end": (prepare, lambda s: end(s, later(1), "b-1", 1, date(2026, 5, 31)), Stale),
    "save": (prepare, lambda s: save(s, later(1), "north", 0, *day_and_plan()), Stale),
    "save again": (drafted, lambda s: save(s, later(1), "north", 1, *day_and_plan()), Stale),
    "approve": (drafted, lambda s: approve(s, later(1), NORTH, 1, 1), Stale),
    "set roster": (prepare, lambda s: set_roster(s, ACT, NORTH, 0, ROSTER), Stale),
    "run: submit": (prepare, submitted, Conflict),
    "run: submit, with advice": (prepare, submitted_with_advice, Conflict),
    "run: submit under a key": (prepare, submitted_once, None),
    "run: keep": (solving, lambda s: running.keep(s, RUN, 1, ACT.at, POOR), None),
    "run: end": (solving, lambda s: running.end(s, RUN, 1, ACT.at, None, NO_PLAN), None),
    "run: claim": (waiting, lambda s: leasing.claim(s, "w-1", ACT.at, NO_PLAN), None),
    "run: take over": (solving, take_over, None),
    "run: stop": (solving, lambda s: leasing.ask_to_stop(s, RUN, ACT.at, NO_PLAN), None),
    "amend": (prepare, lambda s: amend(s, later(1), "acts-1", ACTS), None),
    "review": (prepare, lambda s: review(s, later(1), "b-1", 1, FOUND), Stale),
    "set a ceiling": (queued, lambda s: capacity(s, PRIVATE, 250, expected=2), Stale),
    "set a rule": (prepare, rule, Stale),
    "choose": (offered, chosen, Stale),
    "choose by rule": (
        ruled,
        lambda s: choose_for(s, ACT, "b-2", 0, "north", FIRST, 3, weekly),
        Stale,
    ),
    "accept": (ordered, lambda s: accept(s, later(1), "b-2", 1, 1, weekly), Stale),
    "refuse": (ordered, lambda s: refuse(s, later(1), "b-2", 1, 1, "Fullt", weekly), Stale),
    "cancel": (ordered, lambda s: cancel(s, later(1), "b-2", 1, 1, "Ångrat", weekly), Stale),
    "accept an own order": (
        ordered,
        lambda s: accept_own(s, ADMIN, "p-1", "b-2", 1, 1, weekly),
        Stale,
    ),
    "refuse an own order": (
        ordered,
        lambda s: refuse_own(s, ADMIN, "p-1", "b-2", 1, 1, "Fullt", weekly),
        Stale,
    ),
    "read an own order": (taken, lambda s: own_order(s, ADMIN, "p-1", "b-2", 1), Repeats),
    "expire": (ordered, lambda s: expire(s, later(200), weekly), None),
    "log out": (logged_in, lambda s: end_session(s, SESSION, later(1).at), None),
    "publish": (replanned, lambda s: publish(s, later(1), NORTH, 2, 5), Stale),
    **PERSON_CASES,
    **MONEY_USE_CASES,
}


class Cut(Exception):
    """The planted failure: the connection is gone."""


class Faults:
    """Counts the statements of an engine, and fails before or after one of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.position = self.seen = 0
        self.kind = ""

    def fail(self) -> None:
        """What happens there."""
        raise Cut

    def before(self, *_: Any) -> None:
        self.seen += 1
        if self.kind == "before" and self.seen == self.position:
            self.fail()

    def after(self, *_: Any) -> None:
        if self.kind == "after" and self.seen == self.position:
            self.fail()

    @contextmanager
    def planted(self, kind: str, position: int) -> Iterator[None]:
        """Fail `kind` statement number `position`; 0 only counts."""
        self.kind, self.position, self.seen = kind, position, 0
        engine, dialect = self.store.engine, self.store.engine.dialect
        commit = dialect.do_commit

        def cut_commit(connection: Any) -> None:
            if kind == "before commit":
                self.fail()
            commit(connection)
            if kind == "after commit":
                self.fail()

        event.listen(engine, "before_cursor_execute", self.before)
        event.listen(engine, "after_cursor_execute", self.after)
        dialect.do_commit = cut_commit  # type: ignore[method-assign]
        try:
            yield
        finally:
            dialect.do_commit = commit  # type: ignore[method-assign]
            event.remove(engine, "before_cursor_execute", self.before)
            event.remove(engine, "after_cursor_execute", self.after)


def failed(store: Store, act: Step, faults: Faults, kind: str, position: int = 0) -> bool:
    """Whether `act` failed by what was planted."""
    try:
        with faults.planted(kind, position):
            act(store)
    except Cut:
        return True
    return False


@pytest.mark.parametrize("name", sorted(USE_CASES))
def test_a_failure_at_any_statement_leaves_all_or_nothing(store: Store, name: str) -> None:
    prepare_it, act, again = USE_CASES[name]
    prepare_it(store)
    # Whatever leaves every row as it was leaves the invariants as they are: told once.
    assert check(store) == []
    before, faults = dump(store), Faults(store)

    assert failed(store, act, faults, "before commit")
    statements = faults.seen
    assert dump(store) == before
    # A step of a run writes one row, without lock and log.
    assert statements >= (1 if name.startswith("run: ") else 5)
    for kind in ("before", "after"):
        which = f"{name} {kind} {store.address.is_sqlite}"
        tried = positions.chosen(which, statements, positions.FAILED)
        for position in tried:
            assert failed(store, act, faults, kind, position), (kind, position)
            assert dump(store) == before, (kind, position)
        positions.note(f"error {kind} it", len(tried))

    # The answer to the commit is lost: everything is there, once, however often it is asked for.
    assert failed(store, act, faults, "after commit")
    done = dump(store)
    assert done != before
    assert check(store) == []
    if again is Repeats:
        act(store)
        assert check(store) == []
        return
    if again is None:
        act(store)
    else:
        with pytest.raises(again):
            act(store)
    assert dump(store) == done
