"""Law, to the minute: a break divides the shift, and overtime leaves the daily rest whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from scheduler.care.model import Break
from scheduler.care.units import STOCKHOLM
from scheduler.checker import check
from scheduler.planner import plan_day
from scheduler.rules import Rule
from scheduler.working_time import WorkingTime, break_frame, closes, load_working_time
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, visit

FIVE = WorkingTime(13 * 60, 5 * 60, 11 * 60)


def test_the_law_in_force_is_five_hours_and_eleven() -> None:
    assert load_working_time(date(2026, 3, 4)) == FIVE


def test_the_break_is_kept_where_it_divides_the_shift() -> None:
    """07-16 with half an hour: it starts 10:30 at the earliest and 12:00 at the latest."""
    shift = replace(two.day().shifts[0], start=at("07:00"), end=at("16:00"))
    assert break_frame(shift, Break(at("10:00"), at("13:30"), 30), FIVE) == (
        at("10:30"), at("12:00"),
    )  # fmt: skip
    inner = Break(at("11:00"), at("11:30"), 30)
    assert break_frame(shift, inner, FIVE) == (at("11:00"), at("11:30"))


def test_a_shift_that_one_break_cannot_divide_keeps_its_frame() -> None:
    """Eleven hours with half an hour of break hold a stretch of more than five anyhow."""
    shift = replace(two.day().shifts[0], start=at("07:00"), end=at("18:00"))
    rest = Break(at("11:00"), at("13:00"), 30)
    assert break_frame(shift, rest, FIVE) == (at("11:00"), at("13:00"))


def test_the_stretch_is_counted_in_hours_that_pass() -> None:
    """The spring night 23-07 lasts seven hours: five of them have passed at 05:00."""
    night = datetime(2026, 3, 28, 23, tzinfo=STOCKHOLM)
    morning = datetime(2026, 3, 29, 7, tzinfo=STOCKHOLM)
    shift = replace(two.day().shifts[0], start=night, end=morning)
    rest = Break(night + timedelta(hours=1), datetime(2026, 3, 29, 6, tzinfo=STOCKHOLM), 30)
    _, last = break_frame(shift, rest, FIVE)
    assert last.astimezone(STOCKHOLM).hour == 5


def test_overtime_ends_eleven_hours_before_the_next_shift() -> None:
    """At work again at 22:30: back at 11:30, though 12:00 is the shift's latest end."""
    shift = replace(two.day().shifts[0], end=at("11:00"), latest_end=at("12:00"))
    assert closes(shift, replace(two.ANNA, next_start=at("22:30")), FIVE) == at("11:30")
    assert closes(shift, replace(two.ANNA, next_start=at("21:00")), FIVE) == at("11:00")
    assert closes(shift, replace(two.ANNA, next_start=at("23:30")), FIVE) == at("12:00")
    assert closes(shift, two.ANNA, FIVE) == at("12:00")


def test_a_break_in_its_frame_may_still_come_too_late() -> None:
    """Bo works 04:00-12:00; his break at 09:30 is five and a half hours after the start."""
    day = two.day()
    day = replace(day, shifts=(day.shifts[0], replace(day.shifts[1], start=at("04:00"))))
    wider = replace(day.shifts[1], rest=Break(at("08:30"), at("10:30"), 30))
    day = replace(day, shifts=(day.shifts[0], wider))
    (late,) = check(day, two.plan(), two.TRAVEL)
    assert (late.rule, late.shift_ids, late.size_s) == (Rule.STRETCH, ("pass-bo",), 1800)
    made = plan_day(day, two.TRAVEL, iterations=5000, threads=1)
    assert check(day, made, two.TRAVEL) == []


def test_overtime_into_the_rest_is_found_and_never_planned() -> None:
    """Anna is back at 11:10 from a shift until 11:00; she begins again at 22:05."""
    day = two.day()
    shift = replace(day.shifts[0], end=at("11:00"), latest_end=at("12:00"))
    anna = replace(two.ANNA, next_start=at("22:05"))
    day = replace(day, shifts=(shift, day.shifts[1]), carers=(anna, two.BO))
    (over,) = check(day, two.plan(), two.TRAVEL)
    assert (over.rule, over.shift_ids, over.size_s) == (Rule.DAILY_REST, ("pass-anna",), 300)
    late = visit("sen", "siv", ("10:50", "10:50"), 20)
    alone = replace(day, shifts=(shift,), visits=(late,))
    assert len(plan_day(alone, two.TRAVEL, iterations=500, threads=1).unassigned) == 1
    rested = replace(alone, carers=(replace(anna, next_start=at("22:10")),))
    assert plan_day(rested, two.TRAVEL, iterations=500, threads=1).unassigned == ()
