"""The last occasion of a service line, from earlier plans to later days (APART)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler.care.model import Apart, Day, Visit
from scheduler.moved import moved_visits, with_moved
from scheduler.occasions import Report, occasions, with_last
from scheduler.plan import Plan
from scheduler.rules import Reason
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, stop

TOMORROW = two.DAY + timedelta(days=1)


def shower(name: str = "dusch", *, ahead: int = 0, **changes: object) -> Visit:
    """Siv's shower, 08:00-11:30, at least 24 hours apart."""
    more = timedelta(days=ahead)
    made = Visit(
        name, "siv", two.OFFICE, "town", at("08:00") + more, at("11:30") + more, 15,
        decision_id="b-1", line_ids=("l-1", "l-2"), apart=(Apart(24, line_id="l-2"),),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def today(*visits: Visit) -> Day:
    return replace(two.day(), visits=visits)


def plan(*starts: tuple[str, str]) -> Plan:
    stops = tuple(stop(name, clock, 15) for name, clock in starts)
    made = two.plan()
    return replace(made, routes=(replace(made.routes[0], stops=stops),), unassigned=())


def last_of(visit: Visit) -> list[datetime | None]:
    return [each.last_occasion for each in visit.apart]


def test_the_last_planned_start_of_each_line_is_its_last_occasion() -> None:
    """Twice a day: the later one counts, in whatever order; what is left out is no occasion."""
    day = today(shower("a"), shower("b"), shower("c", line_ids=("l-3",)))
    told = occasions(day, plan(("b", "11:00"), ("a", "09:00")))
    line = "siv", "b-1"
    assert told == {(*line, "l-1"): at("11:00"), (*line, "l-2"): at("11:00")}


@pytest.mark.parametrize(
    ("reports", "last"),
    [
        ([], "09:00"),
        ([Report(at("10:20"))], "10:20"),
        ([Report(at("08:10"))], "08:10"),
        ([Report(at("09:00"), made=False)], None),
        # One of two carers was sent home.
        ([Report(at("09:05"), made=False), Report(at("09:10"))], "09:10"),
        # The same id on other days.
        ([Report(at("09:30") + timedelta(days=1), made=False)], "09:00"),
        ([Report(at("09:30") - timedelta(days=1))], "09:00"),
    ],
)
def test_a_report_goes_before_the_plan(reports: list[Report], last: str | None) -> None:
    day = today(shower("a", line_ids=("l-1",)))
    told = occasions(day, plan(("a", "09:00")), {"a": reports})
    assert told == ({} if last is None else {("siv", "b-1", "l-1"): at(last)})


@pytest.mark.parametrize(
    ("other", "known"),
    [
        ({}, at("09:00")),
        ({"decision_id": "b-2"}, None),
        ({"recipient_id": "rut"}, None),
        ({"apart": (Apart(24, line_id="l-9"),)}, None),
        ({"apart": (Apart(24),)}, None),
        ({"apart": (Apart(24, at("08:00"), "l-2"),)}, at("09:00")),
        ({"apart": (Apart(24, at("10:00"), "l-2"),)}, at("10:00")),
    ],
)
def test_a_later_visit_gets_the_last_occasion_of_its_own_line(
    other: dict[str, object], known: datetime | None
) -> None:
    """Another person's, decision's or line's says nothing; of two known the later holds."""
    began = occasions(today(shower()), plan(("dusch", "09:00")))
    (later,) = with_last([shower(ahead=1, **other)], began)
    assert last_of(later) == [known]


def test_the_day_after_gets_what_the_plan_before_made() -> None:
    later = replace(today(shower(ahead=1)), date=TOMORROW, carers=(), shifts=())
    later = with_moved(today(shower()), plan(("dusch", "09:00")), later, two.TRAVEL)
    assert last_of(later.visits[0]) == [at("09:00")]


def test_a_visit_that_is_moved_keeps_its_rule() -> None:
    before = (Apart(48, at("10:00") - timedelta(days=1), "l-2"),)
    flexible = shower(apart=before, possible_days=(two.DAY, TOMORROW))
    left = replace(two.left_out("dusch"), reason=Reason.TOO_SOON, moved_to=(TOMORROW,))
    (moved,) = moved_visits(today(flexible), replace(plan(), unassigned=(left,)), TOMORROW)
    assert moved.apart == before
