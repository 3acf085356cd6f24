"""Times and durations are read as written or refused; a guess here would move a visit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents.iso8601 import (
    format_duration,
    format_time,
    parse_day,
    parse_duration,
    parse_time,
    to_utc_text,
)
from scheduler.care.units import STOCKHOLM


def test_a_time_is_read_into_stockholm() -> None:
    moment = parse_time("2026-03-04T06:30:00Z")
    assert moment == datetime(2026, 3, 4, 7, 30, tzinfo=STOCKHOLM)
    assert format_time(moment) == "2026-03-04T07:30:00+01:00"


def test_both_hours_of_the_october_night_stay_apart() -> None:
    """02:30 comes twice on 2026-10-25; only the offset tells which one is meant."""
    first = parse_time("2026-10-25T02:30:00+02:00")
    second = parse_time("2026-10-25T02:30:00+01:00")
    assert second.timestamp() - first.timestamp() == 3600
    assert format_time(first) == "2026-10-25T02:30:00+02:00"
    assert format_time(second) == "2026-10-25T02:30:00+01:00"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04T07:30:00",
        "2026-03-04",
        "2026-03-04 07:30:00+01:00",
        "2026-02-29T07:30:00+01:00",
        "2026-03-04T25:00:00+01:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "２026-03-04T07:30:00+01:00",
        "",
    ],
)
def test_what_is_no_time_with_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_time(text)


@pytest.mark.parametrize("text", ["2026-3-4", "20260304", "2026-02-30", "1899-12-31", "igår"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_day(text)


def test_a_day_is_read() -> None:
    assert parse_day("2026-03-04") == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT25M", "1500"),
        ("PT1H30M", "5400"),
        ("PT90M", "5400"),
        ("P1DT2H", "93600"),
        ("PT0S", "0"),
        ("PT0.5S", "0.5"),
        ("-PT5M", "-300"),
    ],
)
def test_durations_by_iso_8601(text: str, seconds: str) -> None:
    assert parse_duration(text) == Decimal(seconds)


@pytest.mark.parametrize("text", ["", "P", "PT", "25", "PT25", "P1M", "1H", "PT1M1H", "PT-5M"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """A month has no length of its own, so P1M is refused rather than guessed."""
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@given(st.integers(-(10**8), 10**8))
@settings(max_examples=100, deadline=None)
def test_whole_seconds_survive_writing_and_reading(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.floats(0, 1e6, allow_subnormal=False))
@settings(max_examples=100, deadline=None)
def test_any_limit_in_seconds_survives_writing_and_reading(seconds: float) -> None:
    assert float(parse_duration(format_duration(Decimal(str(seconds))))) == seconds


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
@settings(max_examples=100, deadline=None)
def test_any_moment_survives_writing_and_reading(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert parse_time(format_time(moment)) == moment


def test_stored_times_sort_by_time_across_the_change_of_the_clock() -> None:
    first = parse_time("2026-10-25T02:30:00+02:00")
    later = first.astimezone(UTC) + timedelta(hours=1)
    assert to_utc_text(first) < to_utc_text(later)
