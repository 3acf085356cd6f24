"""
From the readable parts of a planning document to a :class:`Day`, with every fault it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from api.documents.day_faults import form_findings, meaning_findings
from api.documents.day_parts import ABOUT_VISITS, Parts
from api.documents.planning_schemas import (
    CaregiverSchema,
    PreferredTimeSchema,
    ShiftSchema,
    StandbySchema,
    TimeWindowSchema,
    TravelTimesSchema,
    VisitSchema,
)
from scheduler.care.errors import Finding
from scheduler.care.model import (
    Apart,
    Break,
    Carer,
    Continuity,
    Day,
    Delegation,
    Elastic,
    Gap,
    Location,
    Resource,
    Shift,
    TravelTimes,
    Visit,
    Window,
)
from scheduler.care.units import STOCKHOLM


def build_day(parts: Parts) -> tuple[Day, list[Finding]]:
    """
    The day that the parts describe, and every fault of what they mean.

    Returns
    -------
    (day, findings)
        The day is fit for use only when no finding is an ERROR.
    """
    group_of = {visit_id: group.id for _, group in parts.groups for visit_id in group.visits}
    starts = [(position, item, _windows(item)) for position, item in parts.visits]
    visits = [
        (f"modelInput.visits[{position}]", _visit(item, windows, group_of.get(item.id)))
        for position, item, windows in starts
        if windows is not None
    ]
    visits += [
        (f"modelInput.standby[{position}]", each)
        for position, item in parts.standby
        for each in _standby(item)
    ]
    shifts = [
        (f"modelInput.caregivers[{position}].shifts[{number}]", _shift(shift, item.id))
        for position, item in parts.caregivers
        for number, shift in enumerate(item.shifts)
    ]
    day = Day(
        parts.date,
        tuple(_carer(item) for _, item in parts.caregivers),
        tuple(shift for _, shift in shifts),
        tuple(visit for _, visit in visits),
        {key: name for _, key, name in parts.names()},
        tuple(
            Continuity(item.id, frozenset(item.recent_caregivers), item.max_distinct_caregivers)
            for _, item in parts.recipients
        ),
        tuple(_travel_times(item) for _, item in parts.travel_times),
        tuple(Resource(item.id, item.count) for _, item in parts.resources),
    )
    paths = {
        "carers": [f"modelInput.caregivers[{position}]" for position, _ in parts.caregivers],
        "shifts": [path for path, _ in shifts],
        "visits": [path for path, _ in visits],
        "recipients": [f"modelInput.recipients[{position}]" for position, _ in parts.recipients],
        "resources": [f"modelInput.resources[{position}]" for position, _ in parts.resources],
        "travel_times": [
            f"modelInput.travelTimes[{position}]" for position, _ in parts.travel_times
        ],
    }
    whole = all(windows is not None for *_, windows in starts)
    withheld = parts.withheld if whole else parts.withheld | ABOUT_VISITS
    findings = [*form_findings(parts), *meaning_findings(day, paths)]
    return day, [finding for finding in findings if finding.code not in withheld]


def _carer(item: CaregiverSchema) -> Carer:
    held = (Delegation(each.skill, each.valid_from, each.valid_to) for each in item.delegations)
    return Carer(
        item.id,
        frozenset(item.skills),
        tuple(held),
        item.name or "",
        item.gender,
        frozenset(item.languages),
        frozenset(item.allergies),
        item.previous_shift_end,
        item.next_shift_start,
    )


def _shift(item: ShiftSchema, carer_id: str) -> Shift:
    rest = [
        Break(each.min_start_time, each.max_start_time, each.duration)
        for each in item.required_breaks
    ]
    return Shift(
        item.id,
        carer_id,
        item.min_start_time,
        item.max_end_time,
        Location(*item.start_location),
        Location(*item.end_location),
        item.transport_mode,
        rest[0] if rest else None,
        item.latest_end_time,
        item.optional,
        Elastic(item.elastic.min_duration, item.elastic.max_duration) if item.elastic else None,
        item.resource,
    )


def _windows(item: VisitSchema) -> list[Window] | None:
    """The visit's windows; None when one of them has no upper bound."""
    bounds = [(window.min_start_time, _latest_start(window, item)) for window in item.time_windows]
    windows = [Window(earliest, latest) for earliest, latest in bounds if latest is not None]
    return windows if len(windows) == len(bounds) else None


def _latest_start(window: TimeWindowSchema, item: VisitSchema) -> datetime | None:
    """The tighter of the window's two upper bounds, in elapsed time; None when it has none."""
    bounds = [] if window.max_start_time is None else [window.max_start_time]
    if window.max_end_time is not None:
        duration = timedelta(minutes=item.service_duration)
        bounds.append((window.max_end_time.astimezone(UTC) - duration).astimezone(STOCKHOLM))
    return min(bounds, key=datetime.timestamp, default=None)


def _visit(item: VisitSchema, windows: list[Window], group: str | None) -> Visit:
    gaps = (
        Gap(each.preceding_visit, each.min_delay, each.max_delay, each.delay_from == "START")
        for each in item.visit_dependencies
    )
    return Visit(
        item.id,
        item.recipient_id,
        Location(*item.location),
        item.zone,
        windows[0].earliest,
        windows[0].latest,
        item.service_duration,
        frozenset(item.required_skills),
        item.priority,
        group,
        tuple(gaps),
        item.decision_id,
        tuple(item.line_ids),
        tuple(item.services),
        item.wishes(),
        tuple(windows[1:]),
        _preferred(item.preferred_time),
        item.pinned_caregiver,
        item.pinned_start_time,
        item.loop,
        Location(*item.key_location) if item.key_location else None,
        tuple(item.possible_days),
        apart=tuple(
            Apart(each.least_hours_apart, each.last_occasion, each.line_id)
            for each in item.occasions_apart
        ),
    )


def _standby(item: StandbySchema) -> Iterator[Visit]:
    """One per carer; each may be kept at a time of its own."""
    for number in range(1, item.caregivers + 1):
        name = item.id if item.caregivers == 1 else f"{item.id}/{number}"
        yield Visit(
            name,
            name,
            Location(*item.location),
            item.zone,
            item.min_start_time,
            item.max_start_time,
            item.duration,
            frozenset(item.required_skills),
            standby=True,
        )


def _travel_times(item: TravelTimesSchema) -> TravelTimes:
    return TravelTimes(
        item.transport_mode,
        tuple(Location(*place) for place in item.locations),
        tuple(tuple(row) for row in item.durations_s),
        tuple(item.zones),
    )


def _preferred(wanted: PreferredTimeSchema | None) -> Window | None:
    return Window(wanted.min_start_time, wanted.max_start_time) if wanted else None
