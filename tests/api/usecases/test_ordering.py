"""Choice of provider, order and answer, ceilings and the queue behind them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.documents.amendments import Outcome, ReviewSchema
from api.refusals import Conflict, Stale
from api.store.check import check
from api.store.engine import Store
from api.store.order_records import At, Ceiling, Office, OrderStatus, Rule, RuleKind
from api.usecases import deciding
from api.usecases.amending import review
from api.usecases.choosing import choices_of, choose, choose_for, set_capacity, set_rule
from api.usecases.ordering import accept, advance, cancel, expire, orders, queue, refuse
from api.usecases.registering import register
from api.usecases.rooms import room
from scheduler.care.errors import InvalidInput, NotFound
from scheduler.care.model import Decision
from tests.api.store.dump import dump
from tests.api.store.order_samples import (
    ANSWER_DAYS,
    FIRST,
    OWN,
    PRIVATE,
    capacity,
    chosen,
    offered,
    rule,
    weekly,
)
from tests.api.store.samples import ACT, document, encoded, later
from tests.api.store.tampering import past_guards

Q, S, A = OrderStatus.QUEUED, OrderStatus.SENT, OrderStatus.ACCEPTED


@pytest.fixture
def ready(store: Store) -> Store:
    """Two decisions; ceilings of both providers in the north."""
    offered(store)
    return store


def more(store: Store, *ids: str) -> None:
    """Further decisions of the own provider in the south, from the second of March on."""
    one = document()["decisions"][1]
    decisions = [{**deepcopy(one), "id": name} for name in ids]
    register(store, ACT, "-".join(ids), encoded({"decisions": decisions}))


def statuses(store: Store, decision: str = "b-2") -> list[OrderStatus]:
    return [order.status for order in orders(store, "m-1", decision)]


# ---------------------------------------------------------------- choice and answer


def test_a_choice_is_ordered_and_acceptance_moves_the_decision(ready: Store) -> None:
    made = chosen(ready)
    assert (made.order.status, made.order.at, made.order.rank) == (S, PRIVATE, 0)
    assert made.order.answer_by == date(2026, 3, 5)
    assert made.order.minutes_per_week == 100
    assert choices_of(ready, "m-1", "b-2") == (made.choice,)

    answered = accept(ready, later(5), "b-2", 1, 1, weekly)
    assert [step.status for step in answered.order.steps] == [S, A]
    held = deciding.decision(ready, "m-1", "b-2")
    assert (held.number, held.event) == (2, "CHANGED")
    first, moved = held.case.granted.placements
    assert (first.provider, first.unit) == ("own", "south")
    assert (moved.first_day, moved.provider, moved.unit) == (FIRST, "p-1", "north")
    assert check(ready) == []


def test_a_refusal_leads_to_the_next_choice_and_then_to_nobody(ready: Store) -> None:
    chosen(ready)
    answered = refuse(ready, later(1), "b-2", 1, 1, "Ingen kan finska", weekly)
    assert answered.order.steps[-1].reason == "Ingen kan finska"
    assert answered.next is not None
    assert (answered.next.at, answered.next.status, answered.next.rank) == (OWN, S, 1)
    assert refuse(ready, later(2), "b-2", 2, 1, "Fullt", weekly).next is None
    assert statuses(ready) == [OrderStatus.REFUSED] * 2
    assert check(ready) == []


def test_an_order_without_an_answer_goes_on_when_its_day_has_passed(ready: Store) -> None:
    chosen(ready)
    assert expire(ready, later(24 * ANSWER_DAYS), weekly) == 0
    assert expire(ready, later(24 * (ANSWER_DAYS + 1)), weekly) == 1
    assert statuses(ready) == [OrderStatus.EXPIRED, S]
    assert orders(ready, "m-1", "b-2")[1].answer_by == date(2026, 3, 9)
    assert check(ready) == []


def test_another_provider_takes_over_and_the_first_one_is_replaced(ready: Store) -> None:
    chosen(ready)
    accept(ready, later(1), "b-2", 1, 1, weekly)
    with pytest.raises(Conflict, match="ORDER_STANDS"):
        chosen(ready, PRIVATE, expected=1)
    chosen(ready, OWN, expected=1)
    accept(ready, later(2), "b-2", 2, 1, weekly)
    assert statuses(ready) == [OrderStatus.REPLACED, A]
    held = deciding.decision(ready, "m-1", "b-2")
    assert held.case.granted.placement_on(FIRST).provider == "own"
    assert check(ready) == []


def test_while_an_order_waits_no_other_is_made(ready: Store) -> None:
    chosen(ready)
    before = dump(ready)
    with pytest.raises(Conflict, match="ORDER_STANDS"):
        chosen(ready, OWN, expected=1)
    assert dump(ready) == before
    cancel(ready, later(1), "b-2", 1, 1, "Personen ångrade sig", weekly)
    assert chosen(ready, OWN, expected=1).order.number == 2


@pytest.mark.parametrize("step", [accept, refuse, cancel])
def test_an_answer_to_another_version_or_twice_is_refused(ready: Store, step: object) -> None:
    def answer(version: int) -> None:
        if step is accept:
            accept(ready, later(1), "b-2", 1, version, weekly)
        else:
            act = refuse if step is refuse else cancel
            act(ready, later(1), "b-2", 1, version, "därför", weekly)

    chosen(ready, PRIVATE)
    with pytest.raises(Stale):
        answer(2)
    answer(1)
    before = dump(ready)
    with pytest.raises(Stale):
        answer(1)
    if step is not accept:
        with pytest.raises(Conflict, match="ORDER_STATUS"):
            answer(2)
    assert dump(ready) == before


def test_a_choice_of_another_version_is_refused(ready: Store) -> None:
    for expected in (1, 2):
        with pytest.raises(Stale):
            chosen(ready, expected=expected)


def test_every_fault_of_a_choice_is_told_at_once(ready: Store) -> None:
    before = dump(ready)
    with pytest.raises(InvalidInput) as refused:
        choose(
            ready, ACT, "b-2", 0, (At("p-9", "north"), At("own", "borta"), At("own", "north")),
            date(2026, 1, 1), 0, weekly,
        )  # fmt: skip
    assert [finding.code for finding in refused.value.findings] == [
        "UNKNOWN_PROVIDER", "UNKNOWN_UNIT", "DUPLICATE_ID", "OUT_OF_RANGE", "CHOICE_OUTSIDE",
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="NOT_OFFERED"):
        chosen(ready, At("own", "south"))
    with pytest.raises(NotFound):
        chosen(ready, decision="b-9")
    with pytest.raises(InvalidInput, match="NO_REASON"):
        refuse(ready, ACT, "b-2", 1, 1, " ", weekly)
    assert dump(ready) == before


def test_an_ended_decision_is_accepted_by_nobody(ready: Store) -> None:
    chosen(ready)
    deciding.end(ready, later(1), "b-2", 1, date(2026, 3, 31))
    with pytest.raises(Conflict, match="DECISION_ENDED"):
        accept(ready, later(2), "b-2", 1, 1, weekly)


# ---------------------------------------------------------------- ceilings and queue


def test_room_counts_what_is_placed_and_what_waits_for_an_answer(ready: Store) -> None:
    """b-1 is the private one's in the north until June: it counts on every day before."""
    assert room(ready, "m-1", PRIVATE, FIRST, weekly).used == 100
    assert room(ready, "m-1", PRIVATE, date(2026, 6, 1), weekly).used == 0
    chosen(ready)
    assert room(ready, "m-1", PRIVATE, FIRST, weekly).used == 200
    accept(ready, later(1), "b-2", 1, 1, weekly)
    assert room(ready, "m-1", PRIVATE, FIRST, weekly).used == 200
    cancel(ready, later(2), "b-2", 1, 2, "Flyttar", weekly)
    assert room(ready, "m-1", OWN, FIRST, weekly).fits(10**6)
    assert not room(ready, "m-1", At("own", "south"), FIRST, weekly).offered


def test_who_finds_no_room_waits_with_a_reason_and_is_sent_in_turn(ready: Store) -> None:
    more(ready, "b-3", "b-4", "b-5")
    assert chosen(ready).order.status is S
    waiting = [chosen(ready, PRIVATE, decision=name).order for name in ("b-3", "b-4", "b-5")]
    assert [order.status for order in waiting] == [Q] * 3
    assert waiting[0].steps[0].reason == (
        "Taket 250 min i veckan räcker inte: 200 används, beslutet behöver 100."
    )
    assert [order.decision_id for order in queue(ready, "m-1", PRIVATE)] == ["b-3", "b-4", "b-5"]

    # One leaves: the first in line takes the room, with a day to answer by.
    refuse(ready, later(24), "b-2", 1, 1, "Kan inte", weekly)
    assert [order.decision_id for order in queue(ready, "m-1", PRIVATE)] == ["b-4", "b-5"]
    (sent,) = orders(ready, "m-1", "b-3")
    assert (sent.status, sent.answer_by) == (S, date(2026, 3, 6))
    # A higher ceiling lets in as many as fit.
    capacity(ready, PRIVATE, 300, expected=1)
    assert [order.decision_id for order in queue(ready, "m-1", PRIVATE)] == ["b-5"]
    capacity(ready, PRIVATE, None, expected=2)
    assert queue(ready, "m-1", PRIVATE) == ()
    assert check(ready) == []


def test_nobody_is_let_past_who_waits_longer(ready: Store) -> None:
    """A small decision behind a large one waits, although it would fit."""
    more(ready, "b-3", "b-4")

    def sized(decision: Decision, _day: date) -> Decimal:
        return Decimal({"b-3": 200, "b-4": 50}.get(decision.id, 100))

    for name in ("b-3", "b-4"):
        made = choose(ready, ACT, name, 0, (PRIVATE,), FIRST, ANSWER_DAYS, sized)
        assert made.order.status is Q
    (small,) = orders(ready, "m-1", "b-4")
    assert small.steps[0].reason == "Andra väntar före."
    assert advance(ready, later(1), sized) == 0


def test_a_decision_that_ends_makes_room(ready: Store) -> None:
    capacity(ready, PRIVATE, 150, expected=1)
    assert chosen(ready).order.status is Q
    assert advance(ready, later(1), weekly) == 0
    deciding.end(ready, later(2), "b-1", 1, date(2026, 3, 5))
    # Counted from the order's first day on, the tenth.
    assert advance(ready, later(3), weekly) == 1
    assert statuses(ready) == [S]
    assert check(ready) == []


def test_a_ceiling_of_nothing_takes_nobody_and_of_another_version_is_refused(ready: Store) -> None:
    capacity(ready, OWN, 0, expected=1)
    assert chosen(ready, OWN).order.status is Q
    with pytest.raises(Stale):
        capacity(ready, OWN, 10, expected=1)
    with pytest.raises(InvalidInput, match="OUT_OF_RANGE"):
        capacity(ready, OWN, -1, expected=2)


def test_a_ceiling_holds_from_its_first_day(ready: Store) -> None:
    after = Ceiling(PRIVATE, 0, date(2026, 4, 1), 1000)
    set_capacity(ready, ACT, 1, after, weekly)
    assert room(ready, "m-1", PRIVATE, date(2026, 3, 31), weekly).ceiling == 250
    assert room(ready, "m-1", PRIVATE, date(2026, 4, 1), weekly).ceiling == 1000


# ---------------------------------------------------------------- who does not choose


def given(store: Store, decision: str) -> str:
    made = choose_for(store, ACT, decision, 0, "north", FIRST, ANSWER_DAYS, weekly)
    return made.order.at.provider


def test_a_fixed_provider_gets_all_who_do_not_choose(ready: Store) -> None:
    more(ready, "b-3")
    rule(ready, RuleKind.FIXED)
    assert [given(ready, name) for name in ("b-2", "b-3")] == ["own", "own"]
    assert choices_of(ready, "m-1", "b-2")[0].rule == 1
    assert check(ready) == []


def test_by_rotation_each_is_next_in_turn_and_the_full_one_is_passed_over(ready: Store) -> None:
    more(ready, "b-3", "b-4", "b-5", "b-6")
    rule(ready)
    # The private one has room for one beside b-1.
    turns = [given(ready, name) for name in ("b-2", "b-3", "b-4", "b-5")]
    assert turns == ["own", "p-1", "own", "own"]
    capacity(ready, PRIVATE, None, expected=1)
    assert given(ready, "b-6") == "p-1"


def test_the_nearest_with_room_gets_who_does_not_choose(ready: Store) -> None:
    more(ready, "b-3")
    rule(ready, RuleKind.NEAREST)
    assert [given(ready, name) for name in ("b-2", "b-3")] == ["p-1", "own"]


def test_without_room_anywhere_the_first_ones_queue_is_joined(ready: Store) -> None:
    for at in (OWN, PRIVATE):
        capacity(ready, at, 0, expected=1)
    rule(ready, RuleKind.NEAREST)
    made = choose_for(ready, ACT, "b-2", 0, "north", FIRST, ANSWER_DAYS, weekly)
    assert (made.order.at, made.order.status) == (PRIVATE, Q)


def test_a_rule_is_refused_with_every_fault_and_holds_from_its_first_day(ready: Store) -> None:
    with pytest.raises(NotFound):
        given(ready, "b-2")
    wrong = Rule("north", 0, FIRST, RuleKind.NEAREST, (Office("p-9"),))
    with pytest.raises(InvalidInput) as refused:
        set_rule(ready, ACT, 0, wrong)
    assert [f.code for f in refused.value.findings] == ["UNKNOWN_PROVIDER", "NO_LOCATION"]
    with pytest.raises(InvalidInput, match="NO_PROVIDERS"):
        set_rule(ready, ACT, 0, replace(wrong, offices=()))
    rule(ready)
    with pytest.raises(Stale):
        rule(ready)
    set_rule(ready, ACT, 1, Rule("north", 0, date(2026, 4, 1), RuleKind.FIXED, (Office("p-1"),)))
    assert given(ready, "b-2") == "own"


# ---------------------------------------------------------------- what somebody changes past it

TAMPERINGS = {
    "UPDATE capacity SET minutes_per_week = 9 WHERE provider_id = 'p-1'": "UNLIKE_LOG",
    "DELETE FROM capacity WHERE provider_id = 'p-1'": "UNLIKE_LOG",
    "UPDATE fallback_rule SET kind = 'FIXED'": "UNLIKE_LOG",
    "UPDATE choice SET ranked_json = '[]'": "UNLIKE_LOG",
    "UPDATE provider_order SET minutes_per_week = 1 WHERE number = 1": "UNLIKE_LOG",
    "UPDATE provider_order SET status = 'ACCEPTED' WHERE number = 2": "STEPS",
    "UPDATE provider_order SET version = 5 WHERE number = 2": "STEPS",
    "DELETE FROM order_step WHERE order_number = 1 AND number = 2": "UNLIKE_LOG",
    "UPDATE order_step SET number = 9 WHERE order_number = 1 AND number = 2": "REVISIONS",
    "UPDATE review SET outcome = 'END'": "UNLIKE_LOG",
    "DELETE FROM review": "UNLIKE_LOG",
}


@pytest.mark.parametrize("statement", sorted(TAMPERINGS))
def test_a_change_past_the_program_is_found(ready: Store, statement: str) -> None:
    rule(ready)
    chosen(ready)
    refuse(ready, later(1), "b-2", 1, 1, "Fullt", weekly)
    found = ReviewSchema(reviewed_on=date(2026, 3, 20), outcome=Outcome.UNCHANGED)
    review(ready, later(2), "b-1", 1, found)
    assert check(ready) == []
    with past_guards(ready) as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert TAMPERINGS[statement] in {finding.code for finding in check(ready)}


@pytest.mark.parametrize(
    ("statement", "rule_name"),
    [
        ("UPDATE provider_order SET status = 'ACCEPTED'", "ONLY_FORWARD provider_order"),
        ("UPDATE provider_order SET version = 2, minutes_per_week = 1, status = 'ACCEPTED'",
         "ONLY_FORWARD provider_order"),
        ("UPDATE provider_order SET version = 2, status = 'REPLACED'",
         "ONLY_FORWARD provider_order"),
        ("DELETE FROM provider_order", "NEVER_REMOVED provider_order"),
        ("UPDATE order_step SET reason = 'x'", "APPEND_ONLY order_step"),
        ("DELETE FROM choice", "APPEND_ONLY choice"),
        ("UPDATE capacity SET minutes_per_week = 1", "APPEND_ONLY capacity"),
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_ordered(ready: Store, statement: str, rule_name: str) -> None:
    chosen(ready)
    with pytest.raises(IntegrityError, match=rule_name), ready.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_provider_has_one_standing_order_of_a_decision(ready: Store) -> None:
    chosen(ready)
    columns = (
        "municipality_id, decision_id, number, version, choice_number, rank, provider_id, unit_id, "
        "first_day, minutes_per_week, answer_by, status, place"
    )
    copied = columns.replace(" number,", " 2,").replace("version", "1")
    statement = f"INSERT INTO provider_order ({columns}) SELECT {copied} FROM provider_order"  # noqa: S608
    with pytest.raises(IntegrityError), ready.engine.begin() as connection:
        connection.execute(text(statement))
