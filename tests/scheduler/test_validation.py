"""Every fault of a day is told, each by its code, all at once and in little time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scheduler.care.errors import Severity
from scheduler.care.model import (
    Apart,
    Break,
    Carer,
    Day,
    Delegation,
    Gap,
    Location,
    Window,
    Wishes,
)
from scheduler.travel import TravelSettings
from scheduler.validation import day_findings
from tests.clock import quickest
from tests.scheduler.sound_day import (
    DAY,
    SOUND,
    at,
    visit,
    with_carer,
    with_more,
    with_shift,
    with_visit,
)


def test_a_sound_day_has_no_findings(travel: TravelSettings) -> None:
    """An expired delegation and a skill that nobody holds today are matters for the plan."""
    assert day_findings(SOUND, travel) == []


NAIVE = datetime(2026, 3, 4, 8)  # noqa: DTZ001 - the fault itself
PLANTED: list[tuple[str, str, Day]] = [
    ("DUPLICATE_ID", "carers[2] (c1)", replace(SOUND, carers=(*SOUND.carers, SOUND.carers[0]))),
    (
        "DELEGATION_ENDS_BEFORE_START",
        "carers[1] (c2).delegations[0]",
        replace(
            SOUND,
            carers=(
                SOUND.carers[0],
                Carer("c2", frozenset(), (Delegation("insulin", DAY, DAY - timedelta(days=1)),)),
            ),
        ),
    ),
    ("DUPLICATE_ID", "shifts[1] (s1)", with_shift(2, id="s1")),
    ("UNKNOWN_CARER", "shifts[1] (s2).carer_id", with_shift(2, carer_id="c9")),
    ("SHIFT_ENDS_BEFORE_START", "shifts[1] (s2)", with_shift(2, end=at(7))),
    ("SHIFT_ENDS_BEFORE_START", "shifts[1] (s2)", with_shift(2, end=at(6))),
    ("SHIFTS_OVERLAP", "shifts[2] (s3)", with_shift(3, start=at(10, 59))),
    ("SHIFTS_OVERLAP", "shifts[1] (s2)", with_shift(3, start=at(6), end=at(12))),
    (
        "SHIFT_SHORTER_THAN_TRAVEL",
        "shifts[1] (s2)",
        with_shift(2, end_location=Location(57.7, 11.97)),
    ),
    ("NAIVE_TIME", "shifts[1] (s2).start", with_shift(2, start=NAIVE)),
    (
        "COORDINATES_OUT_OF_RANGE",
        "shifts[1] (s2).end_location",
        with_shift(2, end_location=Location(56.0, 181.0)),
    ),
    (
        "BREAK_OUTSIDE_SHIFT",
        "shifts[0] (s1).rest",
        with_shift(1, rest=Break(at(15, 31), at(16), 30)),
    ),
    (
        "BREAK_OUTSIDE_SHIFT",
        "shifts[0] (s1).rest",
        with_shift(1, rest=Break(at(5), at(6, 59), 30)),
    ),
    (
        "BREAK_LONGER_THAN_SHIFT",
        "shifts[0] (s1).rest",
        with_shift(1, rest=Break(at(7), at(8), 541)),
    ),
    (
        "WINDOW_ENDS_BEFORE_START",
        "shifts[0] (s1).rest",
        with_shift(1, rest=Break(at(13), at(12), 30)),
    ),
    (
        "DURATION_NOT_POSITIVE",
        "shifts[0] (s1).rest.duration_min",
        with_shift(1, rest=Break(at(10), at(13), 0)),
    ),
    (
        "NAIVE_TIME",
        "shifts[0] (s1).rest.latest",
        with_shift(1, rest=Break(at(10), NAIVE, 30)),
    ),
    ("DUPLICATE_ID", "visits[4] (v1)", with_more(visit("v1", 8))),
    (
        "COORDINATES_OUT_OF_RANGE",
        "visits[1] (v2).location",
        with_visit(2, location=Location(91.0, 14.0)),
    ),
    (
        "COORDINATES_OUT_OF_RANGE",
        "visits[1] (v2).location",
        with_visit(2, location=Location(float("nan"), 14.0)),
    ),
    ("NAIVE_TIME", "visits[0] (v1).earliest", with_visit(1, earliest=NAIVE)),
    ("WINDOW_ENDS_BEFORE_START", "visits[3] (v4)", with_visit(4, latest=at(10, 59), gaps=())),
    ("DURATION_NOT_POSITIVE", "visits[1] (v2).duration_min", with_visit(2, duration_min=0)),
    ("DURATION_NOT_POSITIVE", "visits[1] (v2).duration_min", with_visit(2, duration_min=-30)),
    ("DURATION_TOO_LONG", "visits[1] (v2).duration_min", with_visit(2, duration_min=1441)),
    ("PRIORITY_OUT_OF_RANGE", "visits[1] (v2).priority", with_visit(2, priority=0)),
    ("PRIORITY_OUT_OF_RANGE", "visits[1] (v2).priority", with_visit(2, priority=4)),
    (
        "UNKNOWN_SKILL",
        "visits[1] (v2).required_skills",
        with_visit(2, required_skills=frozenset({"dialys"})),
    ),
    (
        "CARER_WANTED_AND_PROHIBITED",
        "visits[1] (v2).wishes",
        with_visit(2, wishes=Wishes(frozenset({"c1"}), frozenset({"c1", "c2"}))),
    ),
    (
        "DAY_NOT_POSSIBLE",
        "visits[3] (v4).possible_days",
        with_visit(4, possible_days=(date(2026, 3, 5),)),
    ),
    (
        "DAY_NOT_POSSIBLE",
        "visits[3] (v4).possible_days",
        with_visit(4, possible_days=(DAY, DAY)),
    ),
    (
        "HOURS_APART_OUT_OF_RANGE",
        "visits[3] (v4).apart[0].least_h",
        with_visit(4, apart=(Apart(0),)),
    ),
    (
        "HOURS_APART_OUT_OF_RANGE",
        "visits[3] (v4).apart[1].least_h",
        with_visit(4, apart=(Apart(336), Apart(337))),
    ),
    (
        "NAIVE_TIME",
        "visits[3] (v4).apart[0].last_occasion",
        with_visit(4, apart=(Apart(24, NAIVE),)),
    ),
    ("GROUP_DAYS_DIFFER", "visit group (g1)", with_visit(2, possible_days=(DAY,))),
    ("GROUP_OF_ONE", "visit group (g2)", with_more(visit("v5", 8, group="g2"))),
    (
        "GROUP_TOO_LARGE",
        "visit group (g2)",
        with_more(*(visit(f"w{number}", 8, group="g2") for number in range(9))),
    ),
    ("GROUP_WINDOWS_DISJOINT", "visit group (g1)", with_visit(2, latest=at(9, 59))),
    (
        "GROUP_WINDOWS_DISJOINT",
        "visit group (g1)",
        with_visit(2, latest=at(9, 10), more_windows=(Window(at(11, 1), at(12)),)),
    ),
    ("NAIVE_TIME", "carers[0] (c1).next_start", with_carer(1, next_start=NAIVE)),
    ("LATEST_END_BEFORE_END", "shifts[0] (s1).latest_end", with_shift(1, latest_end=at(15, 59))),
    ("NAIVE_TIME", "shifts[0] (s1).latest_end", with_shift(1, latest_end=NAIVE)),
    ("SHIFTS_OVERLAP", "shifts[2] (s3)", with_shift(2, latest_end=at(17, 1))),
    ("PIN_UNKNOWN_CARER", "visits[3] (v4).pinned_carer", with_visit(4, pinned_carer="c9")),
    (
        "PIN_CARER_WITHOUT_SKILL",
        "visits[0] (v1).pinned_carer",
        with_visit(1, pinned_carer="c2"),
    ),
    (
        "PIN_CARER_WITHOUT_SHIFT",
        "visits[3] (v4).pinned_carer",
        replace(with_visit(4, pinned_carer="c1"), shifts=SOUND.shifts[1:]),
    ),
    (
        "PIN_OUTSIDE_SHIFT",
        "visits[3] (v4).pinned_start",
        with_visit(4, pinned_carer="c2", pinned_start=at(11, 30)),
    ),
    ("NAIVE_TIME", "visits[3] (v4).pinned_start", with_visit(4, pinned_start=NAIVE)),
    (
        "PINS_OF_GROUP_DIFFER",
        "visit group (g1)",
        replace(
            SOUND,
            visits=(
                SOUND.visits[0],
                replace(SOUND.visits[1], pinned_start=at(10)),
                replace(SOUND.visits[2], pinned_start=at(10, 1)),
                SOUND.visits[3],
            ),
        ),
    ),
    (
        "PINS_OF_GROUP_DIFFER",
        "visit group (g1)",
        replace(
            SOUND,
            visits=(
                SOUND.visits[0],
                replace(SOUND.visits[1], pinned_carer="c1"),
                replace(SOUND.visits[2], pinned_carer="c1"),
                SOUND.visits[3],
            ),
        ),
    ),
    (
        "PREFERRED_OUTSIDE_WINDOWS",
        "visits[3] (v4).preferred",
        with_visit(4, preferred=Window(at(23), at(23, 30))),
    ),
    (
        "WINDOW_ENDS_BEFORE_START",
        "visits[3] (v4).preferred",
        with_visit(4, preferred=Window(at(9), at(8))),
    ),
    (
        "WINDOWS_OVERLAP",
        "visits[3] (v4).more_windows[1]",
        with_visit(4, more_windows=(Window(at(13), at(14)), Window(at(14), at(15))), gaps=()),
    ),
    (
        "WINDOW_ENDS_BEFORE_START",
        "visits[3] (v4).more_windows[0]",
        with_visit(4, more_windows=(Window(at(14), at(13)),)),
    ),
    (
        "NAIVE_TIME",
        "visits[3] (v4).more_windows[0].latest",
        with_visit(4, more_windows=(Window(at(14), NAIVE),), gaps=()),
    ),
    (
        "UNKNOWN_VISIT",
        "visits[3] (v4).gaps[0].preceding_visit",
        with_visit(4, gaps=(Gap("v9", 60),)),
    ),
    ("GAP_NEGATIVE", "visits[3] (v4).gaps[0].min_min", with_visit(4, gaps=(Gap("v1", -1),))),
    (
        "GAP_NEGATIVE",
        "visits[3] (v4).gaps[0].max_min",
        with_visit(4, gaps=(Gap("v1", 0, -1),)),
    ),
    ("GAP_TOO_LONG", "visits[3] (v4).gaps[0].min_min", with_visit(4, gaps=(Gap("v1", 1441),))),
    ("GAP_MIN_ABOVE_MAX", "visits[3] (v4).gaps[0]", with_visit(4, gaps=(Gap("v1", 61, 60),))),
    # v1 ends 08:30 at the earliest, v4 starts 12:00 at the latest: 210 minutes at most.
    ("GAP_LARGER_THAN_WINDOWS", "visits[3] (v4).gaps[0]", with_visit(4, gaps=(Gap("v1", 211),))),
    (
        "GAP_LARGER_THAN_WINDOWS",
        "visits[3] (v4).gaps[0]",
        with_visit(4, gaps=(Gap("v1", 241, from_start=True),)),
    ),
    # v1 ends 09:30 at the latest, v4 starts 11:00 at the earliest: 90 minutes at least.
    (
        "GAP_SMALLER_THAN_WINDOWS",
        "visits[3] (v4).gaps[0]",
        with_visit(4, gaps=(Gap("v1", 0, 89),)),
    ),
    ("GAP_WITHIN_GROUP", "visits[2] (v3).gaps[0]", with_visit(3, gaps=(Gap("v2", 0),))),
    (
        "GAP_CIRCLE",
        "visits v5, v6",
        with_more(visit("v5", 8, Gap("v6", 0)), visit("v6", 8, Gap("v5", 0))),
    ),
    ("GAP_CIRCLE", "visits v5", with_more(visit("v5", 8, Gap("v5", 0, from_start=True)))),
    (
        "GAP_CIRCLE",
        "visits v2, v3, v5, v6",
        replace(
            SOUND,
            visits=(
                SOUND.visits[0],
                SOUND.visits[1],
                replace(SOUND.visits[2], gaps=(Gap("v6", 0),)),
                visit("v5", 9, Gap("v2", 0), group="g2"),
                visit("v6", 9, group="g2"),
            ),
        ),
    ),
]


@pytest.mark.parametrize(
    ("code", "where", "day"), PLANTED, ids=[f"{code} {where}" for code, where, _ in PLANTED]
)
def test_each_planted_fault_is_told_alone(
    code: str, where: str, day: Day, travel: TravelSettings
) -> None:
    """The one fault, at its place, with an action; and nothing that follows from it."""
    findings = day_findings(day, travel)
    assert [(finding.code, finding.where) for finding in findings] == [(code, where)]
    assert findings[0].severity is Severity.ERROR
    assert findings[0].action.endswith(".")


def test_a_shift_inside_another_does_not_hide_the_next_overlap(travel: TravelSettings) -> None:
    """07-18 overlaps both 08-09 and 17-21, though these two are far apart."""
    long = with_shift(2, end=at(18))
    inside = replace(SOUND.shifts[1], id="s4", start=at(8), end=at(9))
    findings = day_findings(replace(long, shifts=(*long.shifts, inside)), travel)
    assert [(finding.code, finding.where) for finding in findings] == [
        ("SHIFTS_OVERLAP", "shifts[3] (s4)"),
        ("SHIFTS_OVERLAP", "shifts[2] (s3)"),
    ]


def test_all_planted_faults_are_told_at_once(travel: TravelSettings) -> None:
    """One round of mending is enough, and two separate circles are two findings."""
    day = replace(
        SOUND,
        shifts=(*SOUND.shifts, replace(SOUND.shifts[0], id="s4", carer_id="c9", end=at(6))),
        visits=(
            *SOUND.visits,
            replace(
                visit("v5", 9),
                latest=at(8),
                duration_min=-5,
                priority=7,
                required_skills=frozenset({"dialys"}),
                location=Location(99.0, 0.0),
            ),
            visit("v6", 9, Gap("v7", 0)),
            visit("v7", 9, Gap("v6", 0)),
            visit("v8", 9, Gap("v9", 0)),
            visit("v9", 9, Gap("v8", 0), Gap("nowhere", 0)),
            visit("v10", 9, Gap("v1", 900)),
            visit("v10", 9, group="g5"),
        ),
    )
    codes = sorted(finding.code for finding in day_findings(day, travel))
    assert codes == sorted(
        [
            "UNKNOWN_CARER",
            "SHIFT_ENDS_BEFORE_START",
            "WINDOW_ENDS_BEFORE_START",
            "DURATION_NOT_POSITIVE",
            "PRIORITY_OUT_OF_RANGE",
            "UNKNOWN_SKILL",
            "COORDINATES_OUT_OF_RANGE",
            "GAP_CIRCLE",
            "GAP_CIRCLE",
            "UNKNOWN_VISIT",
            "GAP_LARGER_THAN_WINDOWS",
            "DUPLICATE_ID",
            "GROUP_OF_ONE",
        ]
    )


def test_findings_hold_no_place_of_a_home(travel: TravelSettings) -> None:
    """Where somebody lives is personal data, also when it is wrong."""
    (finding,) = day_findings(with_visit(1, location=Location(95.4321, 14.9876)), travel)
    assert "95.4321" not in str(finding)
    assert "14.9876" not in str(finding)


@pytest.mark.alone
def test_three_thousand_visits_are_judged_in_half_a_second(travel: TravelSettings) -> None:
    """A chain of all visits is the worst case: any quadratic step would show."""
    chain = tuple(
        visit(f"v{number}", 8, *([Gap(f"v{number - 1}", 0)] if number else []))
        for number in range(3000)
    )
    day = replace(SOUND, visits=chain)
    assert quickest(lambda: day_findings(day, travel)) < 0.5
    assert day_findings(day, travel) == []
