"""
What is granted: a decision on home care, its service lines, and how often each is carried out.

Source of the content: socialtjänstlag (2025:400).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Period(StrEnum):
    """What a frequency counts within. A week is an ISO week; a month a calendar month."""

    DAY = "DAY"
    WEEK = "WEEK"
    TWO_WEEKS = "TWO_WEEKS"
    THREE_WEEKS = "THREE_WEEKS"
    FOUR_WEEKS = "FOUR_WEEKS"
    MONTH = "MONTH"
    YEAR = "YEAR"


class Band(StrEnum):
    """Time of day in which an occasion is granted; its clock times are a dated parameter."""

    MORNING = "MORNING"
    FORENOON = "FORENOON"
    LUNCH = "LUNCH"
    AFTERNOON = "AFTERNOON"
    EVENING = "EVENING"
    BEDTIME = "BEDTIME"
    NIGHT = "NIGHT"
    DAYTIME = "DAYTIME"


@dataclass(frozen=True, slots=True)
class Frequency:
    """
    How often a service line is carried out.

    Parameters
    ----------
    times
        Occasions per `period`; >= 1.
    period
        What `times` counts within.
    weekdays
        ISO weekdays (1 = Monday) on which it may fall; empty means any day.
    """

    times: int
    period: Period
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """
    One granted service within a decision.

    Parameters
    ----------
    id
        Unique within the decision.
    service
        Code in the municipality's catalogue of standard times.
    frequency
        How often.
    bands
        Time-of-day bands. With ``Period.DAY`` occasion number i of the day falls in
        ``bands[i % len(bands)]``; otherwise each occasion falls in ``bands[0]``.
    own_minutes
        Individually assessed minutes per occasion, which replace the standard time; None means the
        standard time applies.
    staff
        Carers needed at the same time, 1 or 2.
    min_gap_min, max_gap_min
        For a line with several occasions a day: least and most minutes from the end of one
        occasion to the start of the next; None means no rule.
    flexible
        An occasion may be made on a later day (flexibel dag), before the next one and in the same
        period.
    least_apart_h
        Elapsed hours at least from the start of the last occasion, on an earlier day, to the start
        of the next one; None means no rule.
    """

    id: str
    service: str
    frequency: Frequency
    bands: tuple[Band, ...]
    own_minutes: int | None = None
    staff: int = 1
    min_gap_min: int | None = None
    max_gap_min: int | None = None
    flexible: bool = False
    least_apart_h: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """
    A favourable decision on home care for one recipient (biståndsbeslut).

    Parameters
    ----------
    valid_from, valid_to
        First and last day, both included; `valid_to` None means until further notice.
    decided_on
        Day of the decision; with `valid_from` it tells how long it waited.
    provider
        Id of the chosen provider, own or private.
    lines
        Granted services, at least one.
    review_on
        Day on which it shall be reviewed, if set.
    """

    id: str
    recipient_id: str
    decided_on: date
    valid_from: date
    valid_to: date | None
    provider: str
    lines: tuple[ServiceLine, ...]
    review_on: date | None = None
