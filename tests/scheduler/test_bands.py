"""Time bands are the clock times of their file, also on the days when the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from scheduler.bands import PARAMETER_FILE, TimeBand, clock, load_bands
from scheduler.care.errors import InvalidInput, NotInForce
from scheduler.care.model import Band
from scheduler.care.units import STOCKHOLM

DAY = date(2026, 3, 4)


def test_each_band_has_the_stated_clock_times() -> None:
    """Morning 07:00-10:30, lunch 11:00-13:30, evening 16:00-19:00: planning practice."""
    bands = load_bands(DAY)
    assert set(bands) == set(Band)
    assert bands[Band.MORNING] == TimeBand(time(7), time(10, 30))
    assert bands[Band.LUNCH] == TimeBand(time(11), time(13, 30))
    assert bands[Band.EVENING] == TimeBand(time(16), time(19))
    assert bands[Band.BEDTIME] == TimeBand(time(19), time(21, 30))
    assert bands[Band.NIGHT] == TimeBand(time(21), time(7))


@pytest.mark.parametrize("day", [DAY, date(2026, 3, 29), date(2026, 10, 25)])
def test_a_window_shows_the_same_clock_on_every_day(day: date) -> None:
    """People get up by the clock on the wall."""
    earliest, latest = TimeBand(time(7), time(10, 30)).window(day)
    assert (earliest.date(), earliest.time()) == (day, time(7))
    assert (latest.date(), latest.time()) == (day, time(10, 30))


def test_a_skipped_time_is_the_one_an_hour_later() -> None:
    """02:30 on 2026-03-29 never comes; 03:30 is as long after midnight as 02:30 would be."""
    shown = clock(date(2026, 3, 29), time(2, 30))
    assert shown == datetime(2026, 3, 29, 3, 30, tzinfo=STOCKHOLM)
    midnight = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert shown - midnight == timedelta(hours=2, minutes=30)


def test_a_repeated_time_is_the_first_of_the_two() -> None:
    """02:30 on 2026-10-25 comes in summer time and again an hour later."""
    assert clock(date(2026, 10, 25), time(2, 30)).utcoffset() == timedelta(hours=2)


def test_a_band_without_clock_times_is_told_with_every_other(tmp_path: Path) -> None:
    """A municipality writes this file itself."""
    text = PARAMETER_FILE.read_text(encoding="utf-8")
    path = tmp_path / "time_bands.toml"
    path.write_text(text.replace('"07:00"', '"7 am"').replace('"16:00"', "16"), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_bands(DAY, path)
    # "07:00" opens the morning and closes the night; "16:00" the evening, afternoon and daytime.
    wheres = {finding.where for finding in caught.value.findings}
    names = {"MORNING", "NIGHT", "EVENING", "AFTERNOON", "DAYTIME"}
    assert wheres == {f"time_bands.toml: {name}" for name in names}
    assert {finding.code for finding in caught.value.findings} == {"NOT_A_TIME_BAND"}


def test_a_day_before_the_first_value_has_no_bands() -> None:
    """No default is filled in."""
    with pytest.raises(NotInForce):
        load_bands(date(2016, 12, 31))
