"""A quote by the store's plans: which plan stands for a day, who comes, what it costs, why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from api.boards import Boards
from api.documents.quotes import OfferSchema, QuoteRequest, read_quote_request
from api.flow import Terms, load_terms
from api.store.engine import Store
from api.usecases import planning
from api.usecases.quoting import quote, warm
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Continuity, Day
from scheduler.plan import Plan
from tests.api.store.dump import dump
from tests.api.store.samples import ACT, DAY, NORTH, day_and_plan, encoded, prepare

SHOWER: dict[str, Any] = {
    "id": "l-1", "service": "shower", "bands": ["FORENOON"], "ownDuration": "PT20M",
    "frequency": {"times": 1, "period": "DAY"},
}  # fmt: skip


@pytest.fixture(scope="module")
def terms() -> Terms:
    return load_terms()


@pytest.fixture
def ready(store: Store) -> Store:
    """Anna works 08-12 in the north on the Wednesday, with visits at nine."""
    prepare(store)
    publish(store, *day_and_plan())
    return store


def publish(store: Store, day: Day, plan: Plan, expected: int = 0) -> None:
    key = replace(NORTH, day=day.date)
    step = planning.save(store, ACT, "north", expected, day, plan)
    version = planning.approve(store, ACT, key, step.number, step.version).version
    planning.publish(store, ACT, key, step.number, version)


def request(*lines: dict[str, Any], **fields: Any) -> QuoteRequest:
    body = {
        "decision": {
            "id": "b-9",
            "recipientId": "r-9",
            "recipient": {"location": [56.03, 14.15], "zone": "town"},
            "decidedOn": "2026-03-01",
            "validFrom": "2026-03-02",
            "provider": {"id": "own", "kind": "OWN"},
            "lines": list(lines) or [SHOWER],
        },
        "choices": [{"provider": {"id": "own", "kind": "OWN"}, "unit": "north"}],
        "firstDay": "2026-03-02",
        **fields,
    }
    return read_quote_request(encoded(body))


def only(store: Store, asked: QuoteRequest, terms: Terms) -> OfferSchema:
    (offer,) = quote(store, Boards(), "m-1", asked, terms).offers
    return offer


def test_an_offer_says_when_by_whom_and_what_it_costs(ready: Store, terms: Terms) -> None:
    before = dump(ready)
    found = quote(
        ready,
        Boards(),
        "m-1",
        request(
            choices=[
                {"provider": {"id": "own", "kind": "OWN"}, "unit": "north"},
                {"provider": {"id": "p-1", "kind": "PRIVATE"}, "unit": "south"},
            ]
        ),
        terms,
    )
    north, south = found.offers
    (occasion,) = north.occasions
    assert (north.fits, occasion.fits, occasion.day) == (True, True, DAY)
    assert occasion.start is not None
    assert [placed.caregiver_id for placed in occasion.placed] == ["anna"]
    assert (north.travel_s, north.travel_ore) == (0, 0)
    assert north.purse_ore_month is not None
    assert south.purse_ore_month is not None
    # The private provider has no plan in the south, and its travel no price in the price list.
    assert (south.fits, south.occasions, south.travel_ore) == (False, [], None)
    assert "ingen plan" in south.text
    assert dump(ready) == before


def test_the_published_plan_stands_before_a_later_draft(ready: Store, terms: Terms) -> None:
    planning.save(ready, ACT, "north", 3, *day_and_plan(carer="bo"))
    offer = only(ready, request(), terms)
    assert [(each.revision, each.status) for each in offer.days] == [(1, "PUBLISHED")]
    assert offer.continuity.new == ["anna"]


def test_without_a_published_plan_the_approved_one_stands_before_a_draft(
    store: Store, terms: Terms
) -> None:
    prepare(store)
    planning.save(store, ACT, "north", 0, *day_and_plan())
    planning.save(store, ACT, "north", 1, *day_and_plan(carer="bo"))
    assert [each.revision for each in only(store, request(), terms).days] == [2]
    planning.approve(store, ACT, NORTH, 1, 2)
    assert [each.revision for each in only(store, request(), terms).days] == [1]


def test_each_weekday_has_the_next_day_with_a_plan(ready: Store, terms: Terms) -> None:
    week = timedelta(days=7)
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1), DAY + week):
        publish(ready, *day_and_plan(day=day))
    offer = only(ready, request(), terms)
    assert [each.day for each in offer.days] == [
        DAY - timedelta(days=1), DAY, DAY + timedelta(days=1),
    ]  # fmt: skip
    assert offer.weekdays_without_plan == [1, 5, 6, 7]
    # From the day after, the Wednesday is that of the next week, and Tuesday's last plan stands.
    later = only(ready, request(firstDay=(DAY + timedelta(days=1)).isoformat()), terms)
    assert [each.day for each in later.days] == [
        DAY - timedelta(days=1), DAY + timedelta(days=1), DAY + week,
    ]  # fmt: skip
    assert [e.day for e in only(ready, request(days=[DAY.isoformat()]), terms).days] == [DAY]


def test_a_rare_line_is_tried_once(ready: Store, terms: Terms) -> None:
    rare = {**SHOWER, "frequency": {"times": 1, "period": "YEAR", "weekdays": [3]}}
    never = {**SHOWER, "id": "l-2", "frequency": {"times": 1, "period": "YEAR", "weekdays": [1]}}
    offer = only(ready, request(rare, never), terms)
    assert [occasion.lines for occasion in offer.occasions] == [["l-1"]]
    assert offer.lines_without_day == ["l-2"]
    assert not offer.fits


def test_a_no_has_every_shifts_reason_and_what_would_help(ready: Store, terms: Terms) -> None:
    late = {**SHOWER, "bands": ["AFTERNOON"], "ownDuration": "PT10M"}
    offer = only(ready, request(late), terms)
    (occasion,) = offer.occasions
    assert not occasion.fits
    assert [refusal.caregiver_id for refusal in occasion.refusals] == ["anna"]
    assert occasion.text.startswith("Inget av 1 pass kan: 1 arbetar inte då.")
    assert offer.text == "Ryms inte: 0 av 1 besök får plats."


def test_another_day_is_told_where_the_decision_leaves_it_open(ready: Store, terms: Terms) -> None:
    """The Thursday has nobody in the forenoon, the Wednesday has."""
    publish(ready, *day_and_plan(day=DAY + timedelta(days=1), clock="16:00"))
    open_day = {**SHOWER, "frequency": {"times": 2, "period": "WEEK", "weekdays": [3, 4]}}
    fixed = {**SHOWER, "frequency": {"times": 1, "period": "DAY"}}
    told = {o.day: o for o in only(ready, request(open_day), terms).occasions}
    thursday = told[DAY + timedelta(days=1)]
    assert not thursday.fits
    assert thursday.nearest is not None
    assert (thursday.nearest.way, thursday.nearest.start.date()) == ("OTHER_DAY", DAY)
    told = {o.day: o for o in only(ready, request(fixed), terms).occasions}
    nearest = told[DAY + timedelta(days=1)].nearest
    assert nearest is None or nearest.way != "OTHER_DAY"


def test_who_comes_already_is_known_and_counted(store: Store, terms: Terms) -> None:
    prepare(store)
    day, plan = day_and_plan()
    known = Continuity("r-1", frozenset({"bo", "cilla"}))
    publish(store, replace(day, continuity=(known,)), plan)
    asked = request()
    registration = asked.registration
    mine = replace(
        asked,
        registration=replace(
            registration,
            decision=replace(registration.decision, recipient_id="r-1"),
            recipient=replace(registration.recipient, id="r-1"),
        ),
    )
    continuity = only(store, mine, terms).continuity
    assert (continuity.known, continuity.new, continuity.distinct_14_days) == (["anna"], [], 3)
    assert only(store, asked, terms).continuity.distinct_14_days is None


def test_warm_boards_are_not_read_again(ready: Store, terms: Terms) -> None:
    boards = Boards()
    assert warm(ready, boards, "m-1", "north", date(2026, 3, 2)) == 1
    assert len(boards) == 1
    before = quote(ready, boards, "m-1", request(), terms)
    with ready.engine.begin() as connection:
        # The plan's documents are not looked at: what is stored cannot be read any more.
        if ready.address.is_sqlite:
            connection.exec_driver_sql("DROP TRIGGER plan_revision_guarded_update")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("UPDATE plan_revision SET plan_json = '{}'")
    assert quote(ready, boards, "m-1", request(), terms) == before
    with pytest.raises(InvalidInput):
        quote(ready, Boards(), "m-1", request(), terms)
