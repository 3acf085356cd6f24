"""A day as it is planned: its shifts, its visits, and the ways between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

from scheduler.care.people import NO_WISHES, Carer, Location, Mode, Wishes


@dataclass(frozen=True, slots=True)
class Break:
    """A meal break (rast), unpaid, that must start within [earliest, latest]."""

    earliest: datetime
    latest: datetime
    duration_min: int


@dataclass(frozen=True, slots=True)
class Elastic:
    """
    How long an elastic shift may be, break not counted.

    Parameters
    ----------
    least_min, most_min
        Minutes paid at least once it is opened, and worked at most; ``0 <= least_min <= most_min``.
    """

    least_min: int
    most_min: int


@dataclass(frozen=True, slots=True)
class Resource:
    """
    Things that shifts share over the day, such as cars.

    Parameters
    ----------
    count
        How many there are, >= 1; a shift has one from its start until it closes.
    """

    id: str
    count: int


@dataclass(frozen=True, slots=True)
class Shift:
    """
    One carer's working period; one route. Travel from `start_location` and back to
    `end_location` happens within [start, closes].

    Parameters
    ----------
    latest_end
        Until when the carer may stay on (övertid), at a price; None means no overtime.
    optional
        The shift is opened only if the plan uses it; nobody is paid for it otherwise.
    elastic
        The plan also decides when an optional shift begins, within [start, end], and how long it
        is; None means that start and end are decided.
    resource
        Id of the resource of which the shift needs one if it is used.
    """

    id: str
    carer_id: str
    start: datetime
    end: datetime
    start_location: Location
    end_location: Location
    mode: Mode
    rest: Break | None = None
    latest_end: datetime | None = None
    optional: bool = False
    elastic: Elastic | None = None
    resource: str | None = None

    @property
    def closes(self) -> datetime:
        """When the carer must be back at the latest, overtime included."""
        return self.end if self.latest_end is None else self.latest_end


@dataclass(frozen=True, slots=True)
class Gap:
    """
    Least and most minutes from a preceding visit to this one.

    Parameters
    ----------
    preceding_visit
        Id of the earlier visit.
    min_min, max_min
        ``0 <= min_min <= max_min``; `max_min` None means no upper limit.
    from_start
        Counted from the start of the preceding visit if True, else from its end.
    """

    preceding_visit: str
    min_min: int
    max_min: int | None = None
    from_start: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """
    Least time from the last occasion of the same service, on an earlier day, to this one.

    Parameters
    ----------
    least_h
        Elapsed hours from start to start, >= 1.
    last_occasion
        When the last occasion began; None: not known, and then nothing is bound.
    line_id
        The line of the visit's decision that asks for it, by which a last occasion is found.
    """

    least_h: int
    last_occasion: datetime | None = None
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """First and last allowed start, both included."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """
    One carer's visit to one recipient on the planned day.

    Parameters
    ----------
    earliest, latest
        First and last allowed start of the first window, both included.
    duration_min
        Planned minutes, > 0.
    required_skills
        Every one must be held by the carer on the day.
    priority
        1 must be done, 2 should, 3 can wait. Decides what is left when the staff does not suffice.
    group
        Visits of one group start at the same moment with different carers, all or none
        (double staffing); None stands alone.
    gaps
        Rules that tie the start to earlier visits. A rule binds only when both are planned.
    decision_id, line_ids
        Where the visit comes from.
    services
        Codes of the services carried out, for printing.
    wishes
        Who may come, and who is wanted.
    more_windows
        Further windows in which it may start instead, each after the one before it.
    preferred
        When it should start: before and after costs points, by the second. Says nothing of a visit
        whose start is pinned.
    pinned_carer, pinned_start
        What the scheduler has decided (låst): who makes it, when it starts. A start holds for all
        of a group and goes before their windows. A pinned visit is the last to be left out.
    loop
        Name of the loop (slinga) that the visit belongs to; one carer should make all of it.
    key_at
        Where the key to the home is kept, an office; only a shift that begins there can have it.
    possible_days
        Every day on which it may be made, the planned one among them (flexibel dag); empty means
        the planned day only.
    standby
        Not a visit to anybody, but time that one carer is to be kept free at `location`, ready for
        alarms (beredskap): neither care nor idle time. Its `recipient_id` is its own id.
    apart
        How long after the last occasions it begins at the earliest; all of them hold. Says nothing
        of a visit whose start is pinned.
    """

    id: str
    recipient_id: str
    location: Location
    zone: str
    earliest: datetime
    latest: datetime
    duration_min: int
    required_skills: frozenset[str] = frozenset()
    priority: int = 2
    group: str | None = None
    gaps: tuple[Gap, ...] = ()
    decision_id: str | None = None
    line_ids: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    wishes: Wishes = NO_WISHES
    more_windows: tuple[Window, ...] = ()
    preferred: Window | None = None
    pinned_carer: str | None = None
    pinned_start: datetime | None = None
    loop: str | None = None
    key_at: Location | None = None
    possible_days: tuple[date, ...] = ()
    standby: bool = False
    apart: tuple[Apart, ...] = ()

    def later_days(self, day: date) -> tuple[date, ...]:
        """The days after `day` on which it may be made, in order."""
        return tuple(sorted(other for other in self.possible_days if other > day))

    @property
    def pinned(self) -> bool:
        """Whether who or when is decided."""
        return self.pinned_carer is not None or self.pinned_start is not None

    @property
    def starts_with(self) -> tuple[str | None, str]:
        """Equal for the visits that start at the same moment: those of one group."""
        return (self.group, self.id if self.group is None else "")

    @property
    def windows(self) -> tuple[Window, ...]:
        """All windows, in order of time."""
        return (Window(self.earliest, self.latest), *self.more_windows)


class TravelSource(StrEnum):
    """Where a travel time comes from: the day's own tables, or the estimate."""

    GIVEN = "GIVEN"
    ESTIMATED = "ESTIMATED"


@dataclass(frozen=True, slots=True)
class Continuity:
    """
    Who has come to a recipient lately (personalkontinuitet).

    Parameters
    ----------
    recent
        Ids of the carers who came on the 13 days before the day.
    most
        How many distinct carers should come within 14 days at most; None takes the parameter.
    """

    recipient_id: str
    recent: frozenset[str] = frozenset()
    most: int | None = None


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """
    Measured or routed travel times between places by one mode.

    Parameters
    ----------
    locations
        Each place once.
    durations_s
        By row the seconds from that place to each place, in the order of `locations`; None where no
        way is. From a place to itself 0.
    zones
        Zone of each place, in their order, for the estimate of other ways; empty when not told.
    """

    mode: Mode
    locations: tuple[Location, ...]
    durations_s: tuple[tuple[int | None, ...], ...]
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """
    Everything one area needs to plan one day. Order of the tuples carries no meaning.

    Parameters
    ----------
    date
        The planned day; delegations and parameters are read on it.
    names
        Id -> name for printing; may be empty.
    continuity
        Of recipients for whom it is known and counts, each once.
    travel_times
        What is known of the ways; all others are estimated.
    resources
        What shifts share.
    """

    date: date
    carers: tuple[Carer, ...]
    shifts: tuple[Shift, ...]
    visits: tuple[Visit, ...]
    names: dict[str, str] = field(default_factory=dict)
    continuity: tuple[Continuity, ...] = ()
    travel_times: tuple[TravelTimes, ...] = ()
    resources: tuple[Resource, ...] = ()


class Priority(IntEnum):
    """What `Visit.priority` means."""

    MUST = 1
    SHOULD = 2
    CAN_WAIT = 3
