"""How days differ from plans: figures in force, each with its source, and every bad one told."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from scheduler.care.dated import read_parameters
from scheduler.care.errors import InvalidInput, NotInForce
from scheduler.care.model import Mode
from scheduler.simulate.uncertainty import PARAMETER_FILE, load_uncertainty

DAY = date(2026, 3, 4)


def test_disturbances_are_those_of_the_synthetic_municipality() -> None:
    found = load_uncertainty(DAY)
    assert (found.sick_share, found.cancelled_share, found.acute_share) == (0.06, 0.02, 0.01)
    assert (found.alarms_share, found.night_from, found.night_to) == (0.03, time(21), time(7))
    assert (found.lead_min, found.tolerance_min) == (5, 15)
    assert found.trip_spread.keys() == found.weather_spread.keys() == set(Mode)


def test_each_figure_says_whether_it_is_assumed_or_measured() -> None:
    for parameter in read_parameters(PARAMETER_FILE).items.values():
        assert parameter.source.startswith(("Assumed", "Measured", "Practice")), parameter.name


def test_a_day_before_the_figures_has_none() -> None:
    with pytest.raises(NotInForce):
        load_uncertainty(date(2019, 12, 31))


def test_every_figure_out_of_its_range_is_told(tmp_path: Path) -> None:
    text = PARAMETER_FILE.read_text(encoding="utf-8")
    for good, bad in (
        ("2020-01-01 = 0.25 }", "2020-01-01 = 1.5 }"),
        ("2020-01-01 = 0.06 }", "2020-01-01 = -0.1 }"),
        ("least = 0.4", "least = 0"),
        ("most = 3 }", "most = 0.9 }"),
        ("CAR = 0.12", 'CAR = "mycket"'),
        ('from = "21:00"', 'from = "nio"'),
        ("2020-01-01 = 5 }", "2020-01-01 = 2.5 }"),
        (", FOOT = 0.10", ""),
    ):
        assert good in text
        text = text.replace(good, bad, 1)
    path = tmp_path / "uncertainty.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_uncertainty(DAY, path)
    assert {finding.code for finding in refused.value.findings} == {"OUT_OF_RANGE"}
    assert sorted(finding.where for finding in refused.value.findings) == [
        "lead_min", "night.from", "sick_share", "trip_spread.FOOT", "visit_limits.least",
        "visit_limits.most", "visit_spread", "weather_spread.CAR",
    ]  # fmt: skip
