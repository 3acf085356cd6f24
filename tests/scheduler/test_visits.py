"""Decisions become the right visits: minutes, bands, bundles, double staffing and gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.bands import load_bands
from scheduler.care.errors import InvalidInput, NotInForce, UnknownValue
from scheduler.care.model import (
    Apart,
    Band,
    Decision,
    Frequency,
    Gap,
    Location,
    Period,
    Recipient,
    ServiceLine,
    Visit,
)
from scheduler.care.units import STOCKHOLM
from scheduler.standard_times import KRISTIANSTAD, load_catalogue
from scheduler.visits import occasions, visits_of_day, visits_of_decision, weekly_minutes

DAY = date(2026, 3, 4)
CATALOGUE = load_catalogue(KRISTIANSTAD)
BANDS = load_bands(DAY)
DAILY = Frequency(1, Period.DAY)
RUT = Recipient("r1", Location(56.03, 14.15), "town", required_skills=frozenset({"finska"}))


def line(id_: str, service: str, *bands: Band, times: int = 1, **other: object) -> ServiceLine:
    plain = ServiceLine(id_, service, Frequency(times, Period.DAY), bands)
    return replace(plain, **other)  # type: ignore[arg-type]


def decision(*lines: ServiceLine, id_: str = "d1") -> Decision:
    return Decision(id_, "r1", date(2026, 1, 2), date(2026, 1, 5), date(2026, 12, 31), "own", lines)


def visits(*lines: ServiceLine, day: date = DAY) -> tuple[Visit, ...]:
    return visits_of_decision(decision(*lines), RUT, CATALOGUE, BANDS, day)


def test_lines_of_one_band_are_one_visit() -> None:
    """One carer comes once and does it all: 15 + 10 + 5 minutes, the skills of each."""
    (visit,) = visits(
        line("l1", "bed_making", Band.MORNING),
        line("l2", "morning", Band.MORNING),
        line("l3", "medication", Band.MORNING),
    )
    assert visit == Visit(
        id="d1-morning-1",
        recipient_id="r1",
        location=RUT.location,
        zone="town",
        earliest=datetime(2026, 3, 4, 7, 0, tzinfo=STOCKHOLM),
        latest=datetime(2026, 3, 4, 10, 30, tzinfo=STOCKHOLM),
        duration_min=30,
        required_skills=frozenset({"finska", "läkemedel"}),
        priority=1,
        decision_id="d1",
        line_ids=("l1", "l2", "l3"),
        services=("bed_making", "morning", "medication"),
    )


def test_different_bands_and_decisions_are_different_visits() -> None:
    """Each visit is traced to the one decision that pays for it."""
    both = [
        decision(line("l1", "morning", Band.MORNING), line("l2", "evening", Band.EVENING)),
        decision(line("l1", "morning", Band.MORNING), id_="d2"),
    ]
    found = visits_of_day(both, {"r1": RUT}, CATALOGUE, BANDS, DAY)
    assert [visit.id for visit in found] == ["d1-morning-1", "d1-evening-1", "d2-morning-1"]


def test_own_minutes_replace_the_standard_time_of_their_line_only() -> None:
    """15 by standard and 22 of its own: 37."""
    (visit,) = visits(
        line("l1", "morning", Band.MORNING), line("l2", "shower", Band.MORNING, own_minutes=22)
    )
    assert visit.duration_min == 37


def test_double_staffing_is_two_visits_of_one_group() -> None:
    """Both come at once; single help in the same band is a visit of its own."""
    found = visits(line("l1", "morning", Band.MORNING, staff=2), line("l2", "dishes", Band.MORNING))
    assert [(visit.id, visit.group, visit.duration_min) for visit in found] == [
        ("d1-morning-1", None, 10),
        ("d1-morning-double-1-1", "d1-morning-double-1", 15),
        ("d1-morning-double-1-2", "d1-morning-double-1", 15),
    ]


def test_gaps_tie_consecutive_occasions_of_a_line() -> None:
    """Medicine three times a day at least 210 minutes apart, whatever else the visits hold."""
    found = visits(
        line("l1", "midday", Band.LUNCH),
        line(
            "l2",
            "medication",
            Band.EVENING,
            Band.MORNING,
            Band.LUNCH,
            times=3,
            min_gap_min=210,
            max_gap_min=400,
        ),
    )
    assert [(visit.id, visit.gaps) for visit in found] == [
        ("d1-morning-1", ()),
        ("d1-lunch-1", (Gap("d1-morning-1", 210, 400),)),
        ("d1-evening-1", (Gap("d1-lunch-1", 210, 400),)),
    ]


def test_of_two_lines_rules_between_the_same_visits_the_stricter_ends_hold() -> None:
    """Each rule must be kept, so the larger least and the smaller most are."""
    ends = (Band.MORNING, Band.EVENING)
    found = visits(
        line("l1", "medication", *ends, times=2, min_gap_min=240),
        line("l2", "insulin", *ends, times=2, min_gap_min=200, max_gap_min=600),
    )
    assert found[1].gaps == (Gap("d1-morning-1", 240, 600),)


def test_insulin_before_breakfast_is_two_visits_in_the_morning() -> None:
    """Two occasions of one line in one band stay two visits; the insulin joins the first."""
    first, second = visits(
        line("l1", "morning", Band.MORNING, times=2, max_gap_min=30),
        line("l2", "insulin", Band.MORNING),
    )
    assert (first.duration_min, first.line_ids) == (25, ("l1", "l2"))
    assert (second.duration_min, second.line_ids) == (15, ("l1",))
    assert second.gaps == (Gap("d1-morning-1", 0, 30),)


def test_a_gap_to_a_double_visit_names_its_first_carer() -> None:
    """The group starts together, so one of its visits stands for both."""
    found = visits(
        line("l1", "morning", Band.MORNING, Band.EVENING, times=2, staff=2, min_gap_min=240)
    )
    gap = Gap("d1-morning-double-1-1", 240)
    assert [visit.gaps for visit in found] == [(), (), (gap,), (gap,)]


def test_a_night_window_crosses_midnight() -> None:
    """The night belongs to the day on which it begins."""
    (visit,) = visits(line("l1", "night", Band.NIGHT))
    assert visit.earliest == datetime(2026, 3, 4, 21, 0, tzinfo=STOCKHOLM)
    assert visit.latest == datetime(2026, 3, 5, 7, 0, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 9), (DAY, 10), (date(2026, 10, 24), 11)]
)
def test_a_night_across_a_change_of_the_clock_has_its_real_length(day: date, hours: int) -> None:
    """From 21 to 07 by the clock, an hour shorter in spring and longer in autumn."""
    earliest, latest = BANDS[Band.NIGHT].window(day)
    assert latest.timestamp() - earliest.timestamp() == hours * 3600
    assert (earliest.hour, latest.hour) == (21, 7)


def test_occasions_beyond_the_bands_begin_anew() -> None:
    """Occasion i of the day falls in band i modulo their number."""
    four = line("l1", "supervision", Band.MORNING, Band.LUNCH, Band.EVENING, times=4)
    assert occasions(four, decision(four), DAY) == (
        Band.MORNING,
        Band.LUNCH,
        Band.EVENING,
        Band.MORNING,
    )


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2026, 1, 4), 0),
        (date(2026, 1, 5), 1),
        (date(2026, 12, 31), 1),
        (date(2027, 1, 1), 0),
    ],
)
def test_both_ends_of_the_validity_count(day: date, number: int) -> None:
    """In bulk, a decision that does not hold yields nothing; alone it is refused."""
    one = decision(line("l1", "morning", Band.MORNING))
    assert len(visits_of_day([one], {"r1": RUT}, CATALOGUE, BANDS, day)) == number
    if not number:
        with pytest.raises(NotInForce) as caught:
            visits_of_decision(one, RUT, CATALOGUE, BANDS, day)
        assert caught.value.findings[0].code == "DECISION_NOT_IN_FORCE"


def test_a_decision_until_further_notice_goes_on() -> None:
    """No last day means no end."""
    endless = replace(decision(line("l1", "morning", Band.MORNING)), valid_to=None)
    assert len(visits_of_decision(endless, RUT, CATALOGUE, BANDS, date(2040, 1, 1))) == 1


CLEANING = Frequency(1, Period.WEEK, (1, 2, 3, 4, 5))


def _day_of(key_line: ServiceLine, first: date) -> date:
    days = [first + timedelta(days=n) for n in range(7)]
    (found,) = [d for d in days if occasions(key_line, decision(key_line), d)]
    return found


def test_a_flexible_line_may_be_made_on_the_days_left() -> None:
    weekly = line("l3", "cleaning_with_care", Band.FORENOON, frequency=CLEANING, flexible=True)
    day = _day_of(weekly, date(2026, 3, 2))
    (visit,) = visits(weekly, day=day)
    friday = date(2026, 3, 6)
    expected = [day + timedelta(days=n) for n in range((friday - day).days + 1)]
    assert len(expected) > 1, "choose another key: nothing is left of the week"
    assert visit.possible_days == tuple(expected)
    (bound,) = visits(replace(weekly, flexible=False), day=day)
    assert bound.possible_days == ()


def test_what_is_done_with_something_bound_to_the_day_is_bound_too() -> None:
    weekly = line("l3", "cleaning_with_care", Band.MORNING, frequency=CLEANING, flexible=True)
    day = _day_of(weekly, date(2026, 3, 2))
    (visit,) = visits(line("l1", "morning", Band.MORNING), weekly, day=day)
    assert set(visit.line_ids) == {"l1", "l3"}
    assert visit.possible_days == ()


def test_each_line_brings_its_own_hours_from_day_to_day() -> None:
    """Both lines are done in one visit; the one without a rule asks for nothing."""
    (visit,) = visits(
        line("l1", "morning", Band.MORNING, least_apart_h=18), line("l2", "morning", Band.MORNING)
    )
    assert visit.line_ids == ("l1", "l2")
    assert visit.apart == (Apart(18, None, "l1"),)


def test_nothing_is_moved_beyond_the_end_of_the_decision() -> None:
    weekly = line("l3", "cleaning_with_care", Band.FORENOON, frequency=CLEANING, flexible=True)
    day = _day_of(weekly, date(2026, 3, 2))
    ends = replace(decision(weekly), valid_to=day + timedelta(days=1))
    (visit,) = visits_of_decision(ends, RUT, CATALOGUE, BANDS, day)
    assert visit.possible_days == (day, day + timedelta(days=1))
    (visit,) = visits_of_decision(replace(ends, valid_to=day), RUT, CATALOGUE, BANDS, day)
    assert visit.possible_days == ()


def test_unknown_recipient_and_service_are_told_for_every_decision() -> None:
    """All faults of the document come in one answer."""
    wrong = [
        decision(line("l1", "haircut", Band.MORNING)),
        replace(decision(line("l1", "morning", Band.MORNING), id_="d2"), recipient_id="r9"),
    ]
    with pytest.raises(InvalidInput) as caught:
        visits_of_day(wrong, {"r1": RUT}, CATALOGUE, BANDS, DAY)
    assert [finding.code for finding in caught.value.findings] == [
        "UNKNOWN_SERVICE",
        "UNKNOWN_RECIPIENT",
    ]
    with pytest.raises(UnknownValue):
        visits_of_decision(wrong[1], None, CATALOGUE, BANDS, DAY)


PURSE = (
    line("l1", "morning", Band.MORNING),
    line("l2", "evening", Band.EVENING),
    line("l3", "supervision", Band.AFTERNOON),
    ServiceLine("l4", "shower", Frequency(1, Period.WEEK), (Band.MORNING,)),
    ServiceLine("l5", "shopping", Frequency(1, Period.WEEK), (Band.AFTERNOON,)),
    ServiceLine("l6", "cleaning_with_care", Frequency(1, Period.TWO_WEEKS), (Band.FORENOON,)),
    ServiceLine("l7", "laundry_at_home", Frequency(1, Period.TWO_WEEKS), (Band.FORENOON,)),
)


def test_the_published_purse_is_445_minutes_a_week() -> None:
    """3 x 15 x 7 + 40 + 45 + 70/2 + 20/2; source: Kristianstad's standard times 2017."""
    assert weekly_minutes(decision(*PURSE), CATALOGUE, DAY) == Decimal(445)


def test_weekly_minutes_count_each_carer() -> None:
    """A double visit costs twice: 15 x 7 x 2 = 210."""
    double = decision(line("l1", "morning", Band.MORNING, staff=2))
    assert weekly_minutes(double, CATALOGUE, DAY) == Decimal(210)


def test_the_visits_of_four_weeks_hold_the_granted_minutes() -> None:
    """Planned and paid minutes come from the same decision: 4 x 445 = 1,780."""
    monday = date(2026, 3, 2)
    total = sum(
        visit.duration_min
        for number in range(28)
        for visit in visits(*PURSE, day=monday + timedelta(days=number))
    )
    assert total == 4 * 445


lines = st.lists(
    st.builds(
        ServiceLine,
        id=st.uuids().map(str),
        service=st.sampled_from(["morning", "shower", "medication", "cleaning_with_care"]),
        frequency=st.builds(
            Frequency,
            times=st.integers(1, 4),
            period=st.sampled_from(Period),
            weekdays=st.sampled_from([(), (1, 2, 3, 4, 5)]),
        ),
        bands=st.lists(st.sampled_from(Band), min_size=1, max_size=3).map(tuple),
        own_minutes=st.none() | st.integers(1, 60),
        staff=st.integers(1, 2),
        min_gap_min=st.none() | st.just(60),
    ),
    min_size=1,
    max_size=6,
)


@given(lines=lines, day=st.dates(date(2026, 1, 5), date(2026, 12, 31)))
@settings(max_examples=100, deadline=None)
def test_no_minute_is_lost_or_made(lines: list[ServiceLine], day: date) -> None:
    """Whatever is bundled, the visits hold each occasion's minutes once per carer."""
    one = decision(*lines)
    found = visits_of_decision(one, RUT, CATALOGUE, BANDS, day)
    granted = sum(
        len(occasions(line, one, day)) * CATALOGUE.line_minutes(line, day) * line.staff
        for line in lines
    )
    assert sum(visit.duration_min for visit in found) == granted
    ids = [visit.id for visit in found]
    assert len(set(ids)) == len(ids)
    earlier: set[str] = set()
    for visit in found:
        assert all(gap.preceding_visit in earlier for gap in visit.gaps)
        earlier.add(visit.id)
