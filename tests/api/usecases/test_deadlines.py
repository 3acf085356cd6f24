"""What falls due: what is not carried out, reviews, interruptions, orders and queues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session

from api.cli import main
from api.store.carried_out import CarriedOut, Days, booked, carried_out, decision_of
from api.store.engine import Store
from api.usecases import deciding, planning
from api.usecases.deadlines import Deadline, Due, deadlines, months_after
from api.usecases.ordering import refuse
from pricing.budget.model import Interruption
from tests.api.store.money_samples import MARCH, OTHERS, rated, report
from tests.api.store.order_samples import PRIVATE, capacity, chosen, offered, weekly
from tests.api.store.samples import ACT, DAY, NORTH, day_and_plan, later


@pytest.fixture
def ready(store: Store) -> Store:
    """b-1 was decided on the 20th of February, with a review in November; b-2 on the 21st."""
    offered(store)
    return store


def due(store: Store, today: date, kind: Due, ahead: int = 0) -> dict[str, Deadline]:
    found = deadlines(store, "m-1", today, ahead=ahead)
    return {each.decision_id: each for each in found if each.kind is kind}


def carried(days: Mapping[str, Days]) -> CarriedOut:
    def told(_session: Session, _municipality: str, _until: date) -> Mapping[str, Days]:
        return days

    return told


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 2, 20), 3, date(2026, 5, 20)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2026, 12, 31), 3, date(2027, 3, 31)),
    ],
)
def test_three_months_are_months_of_the_calendar(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


def test_a_decision_is_due_three_months_after_it_was_made(ready: Store) -> None:
    assert due(ready, date(2026, 5, 19), Due.NOT_STARTED) == {}
    on_the_day = due(ready, date(2026, 5, 20), Due.NOT_STARTED)
    assert list(on_the_day) == ["b-1"]
    assert on_the_day["b-1"].days == 0
    assert due(ready, date(2026, 5, 25), Due.NOT_STARTED)["b-2"].days == -4
    early = due(ready, date(2026, 5, 1), Due.NOT_STARTED, ahead=30)
    assert {name: each.days for name, each in early.items()} == {"b-1": 19, "b-2": 20}


@pytest.mark.parametrize(
    ("visit", "decision"),
    [
        ("b-1-morning-1", "b-1"),
        ("b-1-evening-double-1-2", "b-1"),
        ("b-1-night-2", "b-1"),
        ("morning-1", None),
        ("v-1", None),
        ("b-1-morning-x", None),
    ],
)
def test_a_visits_id_tells_its_decision(visit: str, decision: str | None) -> None:
    assert decision_of(visit) == decision


def test_what_a_published_plan_has_booked_is_carried_out(ready: Store) -> None:
    day, plan = day_and_plan()
    (route,) = plan.routes
    first, second = route.stops
    mine = replace(route, stops=(replace(first, visit_id="b-1-morning-1"), second))
    visits = (replace(day.visits[0], id="b-1-morning-1"), day.visits[1])
    made = (replace(day, visits=visits), replace(plan, routes=(mine,)))
    planning.save(ready, ACT, "north", 0, *made)
    planning.approve(ready, ACT, NORTH, 1, 1)
    planning.publish(ready, ACT, NORTH, 1, 2)
    with ready.reading() as session:
        assert booked(session, "m-1", DAY) == {"b-1": Days(DAY, DAY)}
        # A plan of tomorrow has carried out nothing yet.
        assert booked(session, "m-1", date(2026, 3, 3)) == {}
    assert list(due(ready, date(2026, 6, 1), Due.NOT_STARTED)) == ["b-2"]


def test_performed_visits_tell_of_a_provider_that_reports_them(ready: Store) -> None:
    """March's visits are r-1's by the private provider, and so b-1's; b-2 is the own unit's."""
    with ready.reading() as session:
        assert carried_out(session, "m-1", DAY) == {}
    rated(ready)
    report(ready, MARCH, "march")
    with ready.reading() as session:
        assert carried_out(session, "m-1", date(2026, 3, 3)) == {}
        assert carried_out(session, "m-1", date(2026, 3, 5)) == {"b-1": Days(DAY, date(2026, 3, 5))}
    assert list(due(ready, date(2026, 6, 1), Due.NOT_STARTED)) == ["b-2"]
    assert due(ready, date(2026, 6, 5), Due.STOPPED) == {}
    assert list(due(ready, date(2026, 6, 6), Due.STOPPED)) == ["b-1"]
    # b-1 moves to the own unit in June only: what that one did in March is b-2's.
    report(ready, OTHERS, "own")
    with ready.reading() as session:
        assert carried_out(session, "m-1", DAY) == {"b-1": Days(DAY, DAY), "b-2": Days(DAY, DAY)}


def test_what_has_not_been_carried_out_for_three_months_is_due(ready: Store) -> None:
    def stopped(today: date) -> list[str]:
        told = carried({"b-1": Days(DAY, DAY), "b-2": Days(DAY, date(2026, 5, 1))})
        found = deadlines(ready, "m-1", today, carried_out=told)
        return [each.decision_id for each in found if each.kind is Due.STOPPED]

    assert stopped(date(2026, 6, 3)) == []
    assert stopped(date(2026, 6, 4)) == ["b-1"]
    # From August on b-1 is interrupted for now, as is known: nobody comes, by intent.
    assert stopped(date(2026, 8, 2)) == ["b-2"]


def test_reviews_and_interruptions(ready: Store) -> None:
    assert due(ready, date(2026, 10, 1), Due.REVIEW) == {}
    assert due(ready, date(2026, 10, 20), Due.REVIEW, ahead=30)["b-1"].days == 12
    assert due(ready, date(2026, 4, 3), Due.INTERRUPTION_ENDS, ahead=7)["b-1"].days == 6
    assert due(ready, date(2026, 4, 1), Due.INTERRUPTION_ENDS, ahead=30) == {}
    assert due(ready, date(2026, 8, 11), Due.INTERRUPTION_OPEN)["b-1"].days == 10
    deciding.interrupt(ready, later(1), "b-2", 1, Interruption(DAY, DAY))
    assert due(ready, DAY, Due.INTERRUPTION_ENDS)["b-2"].days == 0


def test_orders_queues_and_who_has_nobody(ready: Store) -> None:
    chosen(ready, PRIVATE)
    assert due(ready, date(2026, 3, 7), Due.ORDER_UNANSWERED)["b-2"].days == -2
    refuse(ready, later(1), "b-2", 1, 1, "Fullt", weekly)
    assert due(ready, date(2026, 3, 12), Due.NO_PROVIDER)["b-2"].days == 10
    capacity(ready, PRIVATE, 0, expected=1)
    chosen(ready, PRIVATE, expected=1)
    assert due(ready, date(2026, 3, 12), Due.NO_PROVIDER) == {}
    waiting = due(ready, date(2026, 3, 12), Due.QUEUED)["b-2"]
    assert waiting.days == 10
    assert waiting.text.startswith("Plats 1 i kön sedan 2026-03-02. Taket 0 min")


def test_the_command_shows_the_list_and_its_document(
    ready: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = ready.address.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)

    def run(*more: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(["deadlines", "--municipality", "m-1", "--today", "2026-05-20", *more])
        assert left.value.code == 0
        return capsys.readouterr().out

    assert "Ej verkställt" in run()
    told = json.loads(run("--json", "--ahead", "0"))
    assert told["deadlines"] == [
        {
            "kind": "NOT_STARTED", "decisionId": "b-1", "provider": "p-1", "unit": "north",
            "due": "2026-05-20", "days": 0,
            "text": "Inte verkställt: beslutet fattades 2026-02-20.",
        }
    ]  # fmt: skip
    with pytest.raises(SystemExit) as left:
        main(["deadlines", "--municipality", "m-9"])
    assert left.value.code == 2
