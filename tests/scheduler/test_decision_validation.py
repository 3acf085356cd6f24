"""Every fault of a decision is told, each by its code and all at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scheduler.care.errors import Severity
from scheduler.care.model import Band, Decision, Frequency, Period, ServiceLine
from scheduler.standard_times import KRISTIANSTAD, load_catalogue
from scheduler.validation import decision_findings

DAY = date(2026, 3, 4)
CATALOGUE = load_catalogue(KRISTIANSTAD)
MORNING = ServiceLine("l1", "morning", Frequency(1, Period.DAY), (Band.MORNING,))
MEDICINE = ServiceLine(
    "l2",
    "medication",
    Frequency(2, Period.DAY),
    (Band.MORNING, Band.EVENING),
    min_gap_min=240,
    max_gap_min=700,
)
DECISION = Decision(
    "d1", "r1", date(2026, 1, 2), date(2026, 1, 5), None, "own", (MORNING, MEDICINE)
)


def with_line(**changes: object) -> Decision:
    return replace(DECISION, lines=(MORNING, replace(MEDICINE, **changes)))  # type: ignore[arg-type]


LINE = "decision (d1).lines[1] (l2)"
PLANTED_DECISIONS: list[tuple[str, str, Decision]] = [
    (
        "DECISION_ENDS_BEFORE_START",
        "decision (d1).valid_to",
        replace(DECISION, valid_to=date(2026, 1, 4)),
    ),
    ("DECISION_WITHOUT_LINES", "decision (d1).lines", replace(DECISION, lines=())),
    ("DUPLICATE_ID", "decision (d1).lines[1] (l1)", with_line(id="l1")),
    ("UNKNOWN_SERVICE", f"{LINE}.service", with_line(service="haircut")),
    ("LINE_WITHOUT_BAND", f"{LINE}.bands", with_line(bands=())),
    ("STAFF_OUT_OF_RANGE", f"{LINE}.staff", with_line(staff=0)),
    ("STAFF_OUT_OF_RANGE", f"{LINE}.staff", with_line(staff=3)),
    ("DURATION_NOT_POSITIVE", f"{LINE}.own_minutes", with_line(own_minutes=0)),
    ("DURATION_NOT_POSITIVE", f"{LINE}.own_minutes", with_line(own_minutes=-10)),
    ("DURATION_TOO_LONG", f"{LINE}.own_minutes", with_line(own_minutes=1441)),
    ("HOURS_APART_OUT_OF_RANGE", f"{LINE}.least_apart_h", with_line(least_apart_h=0)),
    ("HOURS_APART_OUT_OF_RANGE", f"{LINE}.least_apart_h", with_line(least_apart_h=337)),
    ("GAP_NEGATIVE", f"{LINE}.min_gap_min", with_line(min_gap_min=-1)),
    ("GAP_MIN_ABOVE_MAX", LINE, with_line(max_gap_min=239)),
    ("GAP_WITHOUT_OCCASIONS", LINE, with_line(frequency=Frequency(1, Period.DAY))),
    ("GAP_WITHOUT_OCCASIONS", LINE, with_line(frequency=Frequency(2, Period.WEEK))),
    (
        "WEEKDAY_OUT_OF_RANGE",
        f"{LINE}.frequency.weekdays",
        with_line(frequency=Frequency(2, Period.DAY, (1, 8))),
    ),
    (
        "TIMES_NOT_POSITIVE",
        f"{LINE}.frequency.times",
        with_line(frequency=Frequency(0, Period.DAY), min_gap_min=None, max_gap_min=None),
    ),
    (
        "FREQUENCY_IMPOSSIBLE",
        f"{LINE}.frequency.times",
        with_line(frequency=Frequency(8, Period.WEEK), min_gap_min=None, max_gap_min=None),
    ),
]


def test_a_sound_decision_has_no_findings() -> None:
    """The base that the planted faults are planted in."""
    assert decision_findings(DECISION, CATALOGUE, DAY) == []


@pytest.mark.parametrize(("code", "where", "decision"), PLANTED_DECISIONS)
def test_each_planted_fault_of_a_decision_is_told(
    code: str, where: str, decision: Decision
) -> None:
    """The one fault, at its place."""
    findings = decision_findings(decision, CATALOGUE, DAY)
    assert [(finding.code, finding.where) for finding in findings] == [(code, where)]


def test_all_faults_of_a_decision_are_told_at_once() -> None:
    """One round of mending is enough."""
    wrong = replace(
        with_line(service="haircut", staff=5, own_minutes=-1), valid_to=date(2020, 1, 1)
    )
    assert [finding.code for finding in decision_findings(wrong, CATALOGUE, DAY)] == [
        "DECISION_ENDS_BEFORE_START",
        "UNKNOWN_SERVICE",
        "STAFF_OUT_OF_RANGE",
        "DURATION_NOT_POSITIVE",
    ]


def test_a_day_before_the_first_standard_time_is_told_for_each_line() -> None:
    """An old decision is not priced with figures that did not hold."""
    findings = decision_findings(DECISION, CATALOGUE, date(2016, 12, 31))
    assert [finding.code for finding in findings] == ["BEFORE_FIRST_VALUE"] * 2


def capped(service: str, times: int, period: Period, own: int | None = None) -> Decision:
    line = ServiceLine("l1", service, Frequency(times, period), (Band.AFTERNOON,), own)
    return replace(DECISION, lines=(line,))


@pytest.mark.parametrize(
    ("held", "broken"),
    [
        # 3 x 45 = 135 minutes a week.
        (capped("walk", 3, Period.WEEK), capped("walk", 4, Period.WEEK)),
        (capped("walk", 1, Period.WEEK, 135), capped("walk", 1, Period.WEEK, 136)),
        # 180 minutes a year.
        (capped("windows", 1, Period.YEAR), capped("windows", 2, Period.YEAR)),
        (capped("windows", 3, Period.YEAR, 60), capped("windows", 3, Period.YEAR, 61)),
    ],
)
def test_more_than_the_cap_is_a_warning(held: Decision, broken: Decision) -> None:
    """The guideline says at most so much; a person's need may still be more."""
    assert decision_findings(held, CATALOGUE, DAY) == []
    (finding,) = decision_findings(broken, CATALOGUE, DAY)
    assert (finding.code, finding.severity) == ("CAP_EXCEEDED", Severity.WARNING)


def test_a_cap_without_a_value_on_the_day_is_told(tmp_path: Path) -> None:
    """A cap that begins later than the standard time must not pass as no cap."""
    text = KRISTIANSTAD.read_text(encoding="utf-8")
    assert "2017-05-01 = 135" in text
    path = tmp_path / "catalogue.toml"
    path.write_text(text.replace("2017-05-01 = 135", "2030-01-01 = 135"), encoding="utf-8")
    findings = decision_findings(capped("walk", 1, Period.WEEK), load_catalogue(path), DAY)
    assert [finding.code for finding in findings] == ["BEFORE_FIRST_VALUE"]
