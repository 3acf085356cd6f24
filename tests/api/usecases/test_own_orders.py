"""A provider's own orders: from when it sees them, how much of them, and nothing of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.store.access_log import readings_of
from api.store.check import check
from api.store.engine import Store
from api.store.migrate import permit, upgrade
from api.store.order_records import OrderStatus
from api.store.person_records import AccessKind
from api.store.row_scope import RowScope, of_municipality, within
from api.usecases.choosing import choose
from api.usecases.deciding import interrupt
from api.usecases.ordering import accept, cancel, expire, orders, refuse
from api.usecases.own_orders import accept_own, own_order, own_orders, refuse_own
from api.usecases.reviewing import who_has_read
from api.usecases.sight import Reader, Right
from pricing.budget.model import Interruption
from scheduler.care.errors import NotFound
from tests.api.store.dump import dump
from tests.api.store.order_samples import (
    OWN,
    PRIVATE,
    capacity,
    chosen,
    offered,
    ordered,
    weekly,
)
from tests.api.store.person_samples import ADMIN, grant, protect, reader
from tests.api.store.samples import ACT, later
from tests.api.store.trio import SERVICE, Trio

PETRA = reader("petra", Right.READ)


@pytest.fixture
def sent(store: Store) -> Store:
    """b-2 is ordered from the private provider, then from the own one."""
    ordered(store)
    return store


def on(day: date) -> Reader:
    """Petra, later."""
    act = replace(PETRA.act, at=PETRA.act.at + (day - PETRA.act.at.date()))
    return replace(PETRA, act=act)


def test_before_the_answer_it_is_told_what_but_not_whose(sent: Store) -> None:
    before = dump(sent)
    (order,) = own_orders(sent, PETRA, "p-1")
    assert (order.decision_id, order.status) == ("b-2", OrderStatus.SENT)
    told = own_order(sent, PETRA, "p-1", "b-2", 1).ordered
    assert told is not None
    assert (told.first_day, told.last_day, told.zone) == (date(2026, 3, 10), None, "town")
    assert [line.service for line in told.lines] == ["cleaning"]
    assert told.home is None
    assert dump(sent) == before


def test_whoever_accepts_is_told_whose_it_is_and_the_reading_is_logged(sent: Store) -> None:
    away = Interruption(date(2026, 3, 5), date(2026, 3, 12), "Sjukhus")
    interrupt(sent, later(1), "b-2", 1, away)
    accept_own(sent, PETRA, "p-1", "b-2", 1, 1, weekly)
    told = own_order(sent, PETRA, "p-1", "b-2", 1).ordered
    assert told is not None
    assert told.home is not None
    assert told.home.id == "r-1"
    # Its own days only, and not why.
    assert told.interruptions == (Interruption(date(2026, 3, 10), date(2026, 3, 12)),)
    (line,), _ = who_has_read(sent, ADMIN, "r-1")
    assert (line.actor, line.unit, line.case) == ("petra", "north", "b-2")
    assert check(sent) == []


def test_whoever_refuses_is_told_nothing_more(sent: Store) -> None:
    refuse_own(sent, PETRA, "p-1", "b-2", 1, 1, "Fullt på kvällarna", weekly)
    found = own_order(sent, PETRA, "p-1", "b-2", 1)
    assert (found.order.status, found.ordered) == (OrderStatus.REFUSED, None)
    assert [each.at for each in orders(sent, "m-1", "b-2")] == [PRIVATE, OWN]
    # The next one is the own provider's business.
    assert len(own_orders(sent, PETRA, "p-1")) == 1


@pytest.mark.parametrize("ended", ["expired", "cancelled"])
def test_what_was_taken_back_is_told_no_longer(sent: Store, ended: str) -> None:
    if ended == "expired":
        expire(sent, later(24 * 30), weekly)
    else:
        accept_own(sent, PETRA, "p-1", "b-2", 1, 1, weekly)
        cancel(sent, later(1), "b-2", 1, 2, "Personen flyttade", weekly)
    assert own_order(sent, PETRA, "p-1", "b-2", 1).ordered is None


def test_a_replaced_provider_is_told_to_its_last_day(sent: Store) -> None:
    accept_own(sent, PETRA, "p-1", "b-2", 1, 1, weekly)
    capacity(sent, OWN, None, expected=1)
    made = chosen(sent, OWN, expected=1)
    accept(sent, later(2), "b-2", made.order.number, 1, weekly)
    # The next one begins the same day: it never had the decision.
    assert own_order(sent, PETRA, "p-1", "b-2", 1).ordered is None


def test_the_days_until_another_provider_takes_over_stay_its_own(store: Store) -> None:
    offered(store)
    chosen(store, PRIVATE, decision="b-1")
    accept_own(store, PETRA, "p-1", "b-1", 1, 1, weekly)

    made = choose(store, ACT, "b-1", 1, (OWN,), date(2026, 5, 1), 3, weekly)
    accept(store, later(2), "b-1", made.order.number, 1, weekly)
    last = date(2026, 4, 30)
    told = own_order(store, on(last), "p-1", "b-1", 1)
    assert told.order.status is OrderStatus.REPLACED
    assert told.ordered is not None
    assert (told.ordered.last_day, told.ordered.home is None) == (last, False)
    after = own_order(store, on(last + timedelta(1)), "p-1", "b-1", 1)
    assert after.ordered is None


def test_what_waits_in_the_queue_has_not_come_to_the_provider(store: Store) -> None:
    offered(store)
    capacity(store, PRIVATE, 0, expected=1)
    chosen(store)
    before = dump(store)
    assert own_orders(store, PETRA, "p-1") == ()
    with pytest.raises(NotFound):
        own_order(store, PETRA, "p-1", "b-2", 1)
    with pytest.raises(NotFound):
        accept_own(store, PETRA, "p-1", "b-2", 1, 1, weekly)
    assert dump(store) == before
    cancel(store, later(1), "b-2", 1, 1, "Ångrat", weekly)
    assert own_orders(store, PETRA, "p-1") == ()


@pytest.mark.parametrize(("provider", "number"), [("own", 1), ("p-1", 2), ("p-9", 1)])
def test_anothers_order_is_as_none(sent: Store, provider: str, number: int) -> None:
    refuse(sent, later(1), "b-2", 1, 1, "Fullt", weekly)
    before = dump(sent)
    for ask in (
        lambda: own_order(sent, PETRA, provider, "b-2", number),
        lambda: accept_own(sent, PETRA, provider, "b-2", number, 1, weekly),
        lambda: refuse_own(sent, PETRA, provider, "b-2", number, 1, "Fullt", weekly),
    ):
        with pytest.raises(NotFound):
            ask()
    assert dump(sent) == before


def test_a_protected_persons_order_is_there_for_who_has_a_grant(sent: Store) -> None:
    protect(sent, "r-1")
    assert own_orders(sent, PETRA, "p-1") == ()
    with pytest.raises(NotFound):
        own_order(sent, PETRA, "p-1", "b-2", 1)
    with pytest.raises(NotFound):
        accept_own(sent, PETRA, "p-1", "b-2", 1, 1, weekly)
    # The answers are those of an order that is not there; the log tells of both.
    with sent.reading() as session:
        lines, _ = readings_of(session, "m-1", "r-1")
    assert [line.kind for line in lines] == [AccessKind.REFUSED] * 2
    grant(sent, "r-1", "petra")
    assert len(own_orders(sent, PETRA, "p-1")) == 1
    accept_own(sent, PETRA, "p-1", "b-2", 1, 1, weekly)
    own_order(sent, PETRA, "p-1", "b-2", 1)
    with sent.reading() as session:
        (line, *_), _ = readings_of(session, "m-1", "r-1")
    assert (line.actor, line.protected) == ("petra", True)


# ---------------------------------------------------------------- as the service's role

# What a request of the provider reaches in the database.
OF_P_1 = RowScope("m-1", provider="p-1")


@pytest.fixture
def held(empty_trio: Trio) -> Trio:
    """b-2 is ordered from p-1, then from the own provider, by a role that owns nothing."""
    upgrade(empty_trio.owner)
    permit(empty_trio.owner, SERVICE)
    with within(of_municipality("m-1")):
        ordered(empty_trio.service)
    return empty_trio


def test_what_the_database_keeps_from_a_provider_its_own_orders_do_not_need(held: Trio) -> None:
    with within(OF_P_1):
        assert len(own_orders(held.service, PETRA, "p-1")) == 1
        accept_own(held.service, PETRA, "p-1", "b-2", 1, 1, weekly)
        told = own_order(held.service, PETRA, "p-1", "b-2", 1).ordered
    assert told is not None
    assert told.home is not None
    assert check(held.root) == []


def test_a_refusal_goes_on_to_who_its_provider_does_not_reach(held: Trio) -> None:
    """The act is the whole municipality's; what the provider sees afterwards is its own."""
    with within(OF_P_1):
        refuse_own(held.service, PETRA, "p-1", "b-2", 1, 1, "Fullt", weekly)
        assert [each.at for each in orders(held.service, "m-1", "b-2")] == [PRIVATE]
        # Not even when it is asked for as the other.
        assert own_orders(held.service, PETRA, "own") == ()
    assert [each.at for each in orders(held.root, "m-1", "b-2")] == [PRIVATE, OWN]
    assert check(held.root) == []
