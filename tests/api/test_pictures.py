"""Geometry of the day grid and of the map drawing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from api.pages.grid_view import grid_view
from api.pages.map_view import ASPECT, MARGIN, WIDTH, map_view
from api.pages.view import ShiftView, initials, recipient_homes, shift_views, unassigned_views
from scheduler.care.model import Location
from scheduler.care.units import STOCKHOLM
from tests.api.sample import DAY, OFFICE, sample_result

TOLERANCE = 1e-6


@pytest.fixture(name="rows")
def _rows() -> tuple[ShiftView, ...]:
    return shift_views(sample_result())


def test_shifts_come_by_start_and_then_by_name(rows: tuple[ShiftView, ...]) -> None:
    """The reader looks for a person within the morning or the evening."""
    assert [row.carer for row in rows] == ["Anna L", "Björn S", "Åsa & Ö", "Nils N"]
    assert [row.number for row in rows] == [1, 2, 3, 4]


def test_a_stop_names_person_services_waiting_partner_and_delegation(
    rows: tuple[ShiftView, ...],
) -> None:
    """What a carer must know at the door; the partner is the other one, not oneself."""
    anna, bjorn = rows[0], rows[1]
    shower = anna.stops[1]
    assert (shower.recipient, shower.services) == ("Bertil J", ("Dusch",))
    assert (shower.partners, shower.wait_s) == (("Björn S",), 24 * 60)
    assert bjorn.stops[0].partners == ("Anna L",)
    # Björn holds insulin by delegation; Anna holds B-körkort as a lasting skill.
    assert (bjorn.stops[3].delegations, bjorn.stops[3].skills) == (("insulin",), ())
    assert (anna.stops[2].delegations, anna.stops[2].skills) == ((), ("B-körkort",))
    assert anna.stops[3].visit is None


def test_what_is_left_out_comes_most_important_first() -> None:
    """Priority 1 is what the scheduler must solve before seven o'clock."""
    assert [view.visit.id for view in unassigned_views(sample_result())] == ["v-12", "v-13"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Astrid K", "AK"), ("Åsa", "Å"), ("Eva Maria Berg", "EM"), ("", "")],
)
def test_initials_are_the_first_letters_of_two_words(name: str, expected: str) -> None:
    """A visit of ten minutes has room for two letters."""
    assert initials(name) == expected


def test_blocks_lie_at_the_minutes_of_their_times(rows: tuple[ShiftView, ...]) -> None:
    """Anna's morning, checked by hand: 07:00 is the left edge, travel ends where waiting begins."""
    grid = grid_view(rows, DAY, "sv")
    assert grid.hours == 24
    blocks = [(block.kind, block.left, block.width) for block in grid.rows[0].blocks]
    assert blocks[:5] == [
        ("travel", "10", "5"),
        ("visit", "15", "15"),
        ("travel", "30", "6"),
        ("wait", "36", "24"),
        ("visit", "60", "40"),
    ]
    assert blocks[-1] == ("travel", "315", "20")
    assert [block[0] for block in blocks].count("break") == 1
    assert (grid.rows[0].left, grid.rows[0].width) == ("0", "510")
    assert grid.ticks[0].label == "07:00"
    assert grid.ticks[17].label == "00:00 tor"


@pytest.mark.parametrize(
    ("evening", "hours", "labels"),
    [
        (date(2026, 3, 28), 9, ["01:00 sön", "03:00 sön", "04:00 sön"]),
        (date(2026, 10, 24), 11, ["01:00 sön", "02:00 sön", "02:00 sön"]),
    ],
)
def test_the_nights_when_the_clock_is_changed_have_their_true_length(
    rows: tuple[ShiftView, ...], evening: date, hours: int, labels: list[str]
) -> None:
    """A night shift 21-07 lasts nine or eleven hours then, and every block must fit in it."""
    start = datetime(evening.year, evening.month, evening.day, 21, tzinfo=STOCKHOLM)
    next_day = evening + timedelta(days=1)
    end = datetime(next_day.year, next_day.month, next_day.day, 7, tzinfo=STOCKHOLM)
    night = replace(rows[3], shift=replace(rows[3].shift, start=start, end=end), stops=(), back=end)
    grid = grid_view([night], evening, "sv")
    assert grid.hours == hours
    assert [tick.label for tick in grid.ticks[4:7]] == labels
    assert grid.rows[0].width == str(hours * 60)


def test_a_day_without_shifts_has_an_empty_grid() -> None:
    """Nothing to draw is not a fault."""
    assert grid_view([], DAY, "sv").rows == ()


def test_the_map_keeps_every_place_inside_and_north_up() -> None:
    """A home that falls outside the picture would be forgotten."""
    result = sample_result()
    view = map_view(shift_views(result), recipient_homes(result))
    assert len(view.whole.dots) == 7
    assert view.whole.height == pytest.approx((WIDTH - 2 * MARGIN) * ASPECT + 2 * MARGIN, abs=0.1)
    points = [(dot.x, dot.y) for dot in view.whole.dots]
    points += [(square.x, square.y) for square in view.whole.squares]
    for x, y in points:
        assert MARGIN - TOLERANCE <= x <= WIDTH - MARGIN + TOLERANCE
        assert MARGIN - TOLERANCE <= y <= view.whole.height - MARGIN + TOLERANCE
    by_name = {dot.name: dot for dot in view.whole.dots}
    assert by_name["Greta Å"].y < by_name["Astrid K"].y < by_name["Hugo B"].y
    assert by_name["Hugo B"].x < by_name["Astrid K"].x < by_name["Greta Å"].x


def test_zones_differ_by_shape_and_offices_from_homes() -> None:
    """The map is read in black and white; the commonest zone gets the plainest shape."""
    result = sample_result()
    view = map_view(shift_views(result), recipient_homes(result))
    assert view.zone_shapes == (("town", "circle"), ("rural", "triangle"))
    assert sorted(square.shared for square in view.whole.squares) == [False, True]


def test_the_dense_part_is_enlarged_and_framed() -> None:
    """Five of seven homes lie within two kilometres; side by side they would be one blot."""
    result = sample_result()
    view = map_view(shift_views(result), recipient_homes(result))
    assert view.detail is not None
    assert view.frame is not None
    assert {dot.name for dot in view.detail.dots}.isdisjoint({"Greta Å", "Hugo B"})
    assert len(view.detail.dots) == 5
    assert view.frame.width < WIDTH / 4
    inside = next(dot for dot in view.whole.dots if dot.name == "Astrid K")
    assert view.frame.x <= inside.x <= view.frame.x + view.frame.width


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    """0.08 degrees of latitude are 8,896 m: 0.08 / 360 of 40,030 km."""
    places = [(Location(56.00, 14.0), "S", "town"), (Location(56.08, 14.0), "N", "town")]
    picture = map_view((), places).whole
    south, north = sorted(picture.dots, key=lambda dot: -dot.y)
    metres_per_point = picture.scale_m / picture.scale_px
    assert (south.y - north.y) * metres_per_point == pytest.approx(8_896, rel=0.01)


def test_a_route_goes_from_start_to_end_place_in_order() -> None:
    """Anna starts at the office, visits four homes and ends at her own place."""
    result = sample_result()
    picture = map_view(shift_views(result), recipient_homes(result)).whole
    anna = next(line for line in picture.lines if line.number == 1)
    points = anna.points.split(" ")
    names = {f"{dot.x:g},{dot.y:g}": dot.name for dot in picture.dots}
    assert [names.get(point) for point in points] == [
        *(None, "Astrid K", "Bertil J", "Greta Å", "Astrid K", None)
    ]
    assert points[0] != points[-1]


def test_one_place_alone_is_drawn_in_the_middle() -> None:
    """All homes in one building give no extent to scale by."""
    picture = map_view((), [(OFFICE, "Alla", "town")]).whole
    assert picture.dots[0].x == pytest.approx(WIDTH / 2)
