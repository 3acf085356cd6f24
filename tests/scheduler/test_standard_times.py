"""Standard times are the published ones, and a faulty catalogue is refused with all its faults."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scheduler.care.errors import InvalidInput, NotInForce, UnknownValue
from scheduler.care.model import Band, Frequency, Period, ServiceLine
from scheduler.standard_times import KRISTIANSTAD, SOLNA, load_catalogue

CASES = Path(__file__).parents[1] / "cases" / "standard_times.toml"
FILES = {"kristianstad": KRISTIANSTAD, "solna": SOLNA}
DAY = date(2026, 3, 4)

SOUND = """
municipality = "Test"
[service.walk]
text = "Promenad"
unit = "min/occasion"
source = "test"
values = { 2020-01-01 = 45, 2025-01-01 = 50 }
skills = []
priority = 3
recipient_present = true
[cap.walk]
text = "Promenad, högst"
unit = "min/week"
source = "test"
values = { 2020-01-01 = 135 }
"""


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{case['municipality']} {case['day']}")
        for case in tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
    ]


@pytest.mark.parametrize("case", cases())
def test_minutes_are_the_published_ones(case: dict[str, Any]) -> None:
    """Granted time and payment both start from these figures."""
    catalogue = load_catalogue(FILES[case["municipality"]])
    found = {code: catalogue.minutes(code, case["day"]) for code in case["expected"]}
    assert found == case["expected"]


def test_walk_has_the_published_weekly_cap() -> None:
    """The cap is data, so that the next municipality's differs without code."""
    walk = load_catalogue(KRISTIANSTAD).service("walk")
    assert walk.cap is not None
    assert (walk.cap.on(DAY), walk.cap_period) == (Decimal(135), Period.WEEK)


def test_a_day_before_the_first_value_has_no_standard_time() -> None:
    """A default would price an old decision with figures that did not hold."""
    with pytest.raises(NotInForce) as caught:
        load_catalogue(KRISTIANSTAD).minutes("shower", date(2017, 4, 30))
    assert [finding.code for finding in caught.value.findings] == ["BEFORE_FIRST_VALUE"]


def test_an_unknown_service_names_the_codes_that_exist() -> None:
    """The reader can pick the right code from the answer alone."""
    with pytest.raises(UnknownValue) as caught:
        load_catalogue(SOLNA).minutes("shower", DAY)
    finding = caught.value.findings[0]
    assert finding.code == "UNKNOWN_SERVICE"
    assert finding.found == "shower"
    assert "cleaning" in finding.expected


def test_a_later_value_replaces_the_earlier_from_its_first_day(tmp_path: Path) -> None:
    """The day before keeps the old minutes."""
    path = tmp_path / "catalogue.toml"
    path.write_text(SOUND, encoding="utf-8")
    catalogue = load_catalogue(path)
    assert catalogue.minutes("walk", date(2024, 12, 31)) == 45
    assert catalogue.minutes("walk", date(2025, 1, 1)) == 50


def test_own_minutes_replace_the_standard_time() -> None:
    """An individual assessment goes before the standard."""
    catalogue = load_catalogue(KRISTIANSTAD)
    line = ServiceLine("l1", "shower", Frequency(1, Period.WEEK), (Band.MORNING,))
    own = ServiceLine("l2", "shower", Frequency(1, Period.WEEK), (Band.MORNING,), own_minutes=55)
    assert (catalogue.line_minutes(line, DAY), catalogue.line_minutes(own, DAY)) == (40, 55)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('municipality = "Test"', "", "MISSING_FIELD"),
        ("2020-01-01 = 45", "2020-01-01 = -45", "NOT_WHOLE_MINUTES"),
        ("2020-01-01 = 45", "2020-01-01 = 0", "NOT_WHOLE_MINUTES"),
        ("2020-01-01 = 45", "2020-01-01 = 7.5", "NOT_WHOLE_MINUTES"),
        ("2020-01-01 = 45", "2020-01-01 = nan", "NOT_A_VALUE"),
        ("2020-01-01 = 45", '"2020-13-01" = 45', "NOT_A_DAY"),
        ('unit = "min/occasion"', 'unit = "h"', "UNKNOWN_UNIT"),
        ("skills = []", "skills = [1]", "NOT_A_LIST"),
        ("priority = 3", "priority = 4", "PRIORITY_OUT_OF_RANGE"),
        ("recipient_present = true", 'recipient_present = "yes"', "MISSING_FIELD"),
        ('unit = "min/week"', 'unit = "min/day"', "UNKNOWN_UNIT"),
        ("[cap.walk]", "[cap.run]", "UNKNOWN_SERVICE"),
        ("[cap.walk]", "[cap]", "NOT_A_TABLE"),
    ],
)
def test_each_fault_of_a_catalogue_has_its_code(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    """A municipality edits these files itself and must be told what is wrong."""
    assert old in SOUND
    path = tmp_path / "catalogue.toml"
    path.write_text(SOUND.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_catalogue(path)
    assert code in {finding.code for finding in caught.value.findings}


def test_all_faults_of_a_catalogue_are_told_at_once(tmp_path: Path) -> None:
    """One round of mending is enough."""
    text = SOUND.replace("priority = 3", "priority = 9").replace("= 45", "= -1")
    path = tmp_path / "catalogue.toml"
    path.write_text(text.replace("recipient_present = true", ""), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_catalogue(path)
    assert [finding.code for finding in caught.value.findings] == [
        "NOT_WHOLE_MINUTES",
        "PRIORITY_OUT_OF_RANGE",
        "MISSING_FIELD",
    ]
