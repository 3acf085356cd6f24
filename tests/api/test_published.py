"""What carers, recipients and maps are told of the plan in force, and that it is all of theirs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar

from api import flow
from api.documents.day_lists import carer_calendar, day_list, who_comes
from api.documents.planning import Run
from api.documents.route_map import route_map
from api.server import store_examples
from api.usecases import quoting
from fixtures.municipality import Size, day_of, generate
from scheduler.care.model import Day
from scheduler.plan import Plan
from tests.api import solvers
from tests.api.server import NOW, problem, running

pytestmark = pytest.mark.alone

PLANS = "/v1/units/centrum/plans/2026-03-04"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with running(tmp_path, solvers.wait) as made:
        made.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
        yield made


@pytest.fixture(scope="module")
def planned() -> tuple[Day, Plan]:
    """A generated day with double staffing and breaks."""
    day = day_of(generate(Size.S, 1, datetime(2026, 3, 4, tzinfo=UTC).date()))
    return day, flow.first_plan(day, Run())


def publish(client: TestClient) -> None:
    for step, version in (("", 0), ("/1/approve", 1), ("/1/publish", 2)):
        answer = client.post(
            f"{PLANS}/revisions{step}",
            json=None if step else store_examples.SAVE_REQUEST,
            headers={"If-Match": f'"{version}"'},
        )
        assert answer.status_code < 300, answer.text


def test_a_published_plan_is_ready_for_the_first_quote(client: TestClient) -> None:
    """To begin a board costs more than to ask it; the assessor's first question must not wait."""
    app: Any = client.app
    boards = app.state.services.boards
    assert len(boards) == 0
    publish(client)
    assert len(boards) == 1


def boards_within(client: TestClient, seconds: float = 10) -> int:
    """How many boards the server has, once it has one."""
    app: Any = client.app
    deadline = time.monotonic() + seconds
    while not len(app.state.services.boards) and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(app.state.services.boards)


def test_a_server_that_starts_again_makes_its_plans_ready(tmp_path: Path) -> None:
    """In the background: it answers before, and the first quote after a restart need not wait."""
    with running(tmp_path, solvers.wait) as client:
        client.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
        publish(client)
    with running(tmp_path, solvers.wait) as client:
        assert boards_within(client) == 1


def test_a_server_starts_whatever_becomes_of_its_boards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ready while boards are made, and when they cannot be."""
    begun, go_on = Event(), Event()

    def fail(*_: object) -> int:
        begun.set()
        go_on.wait(10)
        raise OSError

    with running(tmp_path, solvers.wait) as client:
        client.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
    monkeypatch.setattr(quoting, "warm", fail)
    with running(tmp_path, solvers.wait) as client:
        assert begun.wait(10)
        assert client.get("/health/ready").status_code == 200
        go_on.set()


def test_a_plan_is_published_whatever_becomes_of_its_board(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError

    monkeypatch.setattr(quoting, "warm", fail)
    publish(client)
    app: Any = client.app
    assert len(app.state.services.boards) == 0


def test_only_the_plan_in_force_is_told(client: TestClient) -> None:
    paths = ("carers/c-1", "carers/c-1/calendar", "recipients/r-1", "routes")
    for path in paths:
        assert problem(client.get(f"{PLANS}/published/{path}"), 404) == ["NOT_FOUND"]
    publish(client)
    for path, example in (
        ("carers/c-1", store_examples.DAY_LIST),
        ("recipients/r-1", store_examples.WHO_COMES),
        ("routes", store_examples.ROUTE_MAP),
    ):
        assert client.get(f"{PLANS}/published/{path}").json() == example
    answer = client.get(f"{PLANS}/published/routes")
    assert answer.headers["content-type"] == "application/geo+json"
    calendar = client.get(f"{PLANS}/published/carers/c-1/calendar")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert calendar.text.count("BEGIN:VEVENT") == 2


def test_who_is_not_in_the_plan_has_an_empty_day(client: TestClient) -> None:
    publish(client)
    assert client.get(f"{PLANS}/published/carers/c-9").json()["shifts"] == []
    assert client.get(f"{PLANS}/published/recipients/r-9").json()["visits"] == []


def test_the_lists_of_all_carers_and_of_all_recipients_are_the_plan(
    planned: tuple[Day, Plan],
) -> None:
    day, plan = planned
    whole = {
        (stop.visit_id, route.carer_id, stop.start.timestamp())
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id is not None
    }
    by_carer = {
        (stop.visit_id, carer.id, stop.start_time.timestamp())
        for carer in day.carers
        for shift in day_list(day, plan, carer.id).shifts
        for stop in shift.stops
        if stop.visit_id is not None
    }
    recipients = {visit.recipient_id for visit in day.visits}
    lists = [who_comes(day, plan, recipient) for recipient in recipients]
    by_recipient = {
        (each.visit_id, each.caregiver_id, each.start_time.timestamp())
        for told in lists
        for each in told.visits
    }
    assert by_carer == by_recipient == whole
    left_out = {name for told in lists for name in told.left_out}
    assert left_out == {each.visit_id for each in plan.unassigned}


def test_who_comes_along_is_told_to_both(planned: tuple[Day, Plan]) -> None:
    day, plan = planned
    along = {
        (carer.id, other)
        for carer in day.carers
        for shift in day_list(day, plan, carer.id).shifts
        for stop in shift.stops
        for other in stop.together_with
    }
    assert along
    assert along == {(other, carer) for carer, other in along}
    assert all(carer != other for carer, other in along)


def test_a_calendar_can_be_read_back_and_names_nobody(planned: tuple[Day, Plan]) -> None:
    day, plan = planned
    carer = next(route.carer_id for route in plan.routes if len(route.stops) > 1)
    content = carer_calendar(day, plan, carer, NOW)
    events = Calendar.from_ical(content).walk("VEVENT")
    wanted = [stop for shift in day_list(day, plan, carer).shifts for stop in shift.stops]
    assert [(event["dtstart"].dt, event["dtend"].dt) for event in events] == [
        (stop.start_time.astimezone(UTC), stop.end_time.astimezone(UTC)) for stop in wanted
    ]
    assert len({event["uid"] for event in events}) == len(events)
    text = content.decode()
    assert day.names
    assert not any(name in text for name in day.names.values() if name)


def test_a_map_begins_and_ends_where_the_shift_does_with_longitude_first(
    planned: tuple[Day, Plan],
) -> None:
    day, plan = planned
    features = route_map(day, plan).features
    lines = [each for each in features if each.geometry["type"] == "LineString"]
    assert len(lines) == sum(any(s.visit_id for s in route.stops) for route in plan.routes)
    shifts = {shift.id: shift for shift in day.shifts}
    for line in lines:
        shift = shifts[line.properties["shiftId"]]
        first, last = line.geometry["coordinates"][0], line.geometry["coordinates"][-1]
        assert first == [shift.start_location.lon, shift.start_location.lat]
        assert last == [shift.end_location.lon, shift.end_location.lat]
    points = [each for each in features if each.geometry["type"] == "Point"]
    made = [s for route in plan.routes for s in route.stops if s.visit_id is not None]
    assert len(points) == len(made)
