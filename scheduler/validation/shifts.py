"""Faults of carers, shifts and breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from scheduler.care.errors import CareError, Finding, Severity
from scheduler.care.model import Carer, Day, Shift
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.given_travel import UNREACHABLE_S
from scheduler.travel import Travel, travel_seconds
from scheduler.validation.common import (
    duplicate_ids,
    duration,
    is_aware,
    naive_times,
    place,
    second_of,
    window,
)
from scheduler.validation.planned_day import outside_planned_day
from scheduler.working_time import WorkingTime, load_working_time


def carer_findings(carers: Sequence[Carer]) -> Iterator[Finding]:
    """Codes: DUPLICATE_ID, DELEGATION_ENDS_BEFORE_START, NAIVE_TIME."""
    yield from duplicate_ids("carers", (carer.id for carer in carers))
    for position, carer in enumerate(carers):
        for name in ("previous_end", "next_start"):
            moment = getattr(carer, name)
            if moment is not None:
                yield from naive_times(f"carers[{position}] ({carer.id})", **{name: moment})
        for number, delegation in enumerate(carer.delegations):
            if delegation.valid_to < delegation.valid_from:
                yield Finding(
                    "DELEGATION_ENDS_BEFORE_START",
                    f"carers[{position}] ({carer.id}).delegations[{number}]",
                    f"a last day from {delegation.valid_from.isoformat()}",
                    delegation.valid_to.isoformat(),
                    "Rätta delegeringens första eller sista dag.",
                )


def shift_findings(day: Day, travel: Travel) -> Iterator[Finding]:
    """
    Codes: DUPLICATE_ID, UNKNOWN_CARER, SHIFT_ENDS_BEFORE_START, LATEST_END_BEFORE_END,
    ELASTIC_NOT_OPTIONAL, ELASTIC_WITH_OVERTIME, ELASTIC_LENGTH, ELASTIC_WITHOUT_BREAK,
    SHIFT_TOO_LONG (warning), REST_TOO_SHORT (warning),
    SHIFT_SHORTER_THAN_TRAVEL, SHIFTS_OVERLAP, BREAK_LONGER_THAN_SHIFT, BREAK_OUTSIDE_SHIFT,
    OUTSIDE_PLANNED_DAY (warning) and those of :mod:`scheduler.validation.common`.
    """
    yield from duplicate_ids("shifts", (shift.id for shift in day.shifts))
    working: WorkingTime | None = None
    try:
        working = load_working_time(day.date)
    except CareError as error:
        yield from error.findings
    carers = {carer.id: carer for carer in day.carers}
    for position, shift in enumerate(day.shifts):
        where = f"shifts[{position}] ({shift.id})"
        if shift.carer_id not in carers:
            yield Finding(
                "UNKNOWN_CARER",
                f"{where}.carer_id",
                "the id of a carer of the same day",
                shift.carer_id,
                "Lägg till medarbetaren eller rätta passets medarbetare.",
            )
        places = [
            *place(f"{where}.start_location", shift.start_location),
            *place(f"{where}.end_location", shift.end_location),
        ]
        yield from places
        naive = list(naive_times(where, start=shift.start, end=shift.end, latest_end=shift.closes))
        yield from naive
        if not naive:
            yield from _span(where, shift, working.longest_shift_min if working else None)
            yield from _elastic(where, shift, working.longest_stretch_min if working else None)
            if working and shift.carer_id in carers:
                yield from _daily_rest(where, shift, carers[shift.carer_id], working)
            yield from outside_planned_day(where, day.date, shift.start, shift.end)
            if not places:
                yield from _way_home(where, shift, travel)
        yield from _rest(f"{where}.rest", shift)
    yield from _overlaps(day.shifts)


def _span(where: str, shift: Shift, longest_min: int | None) -> Iterator[Finding]:
    length_s = second_of(shift.end) - second_of(shift.start)
    if length_s <= 0:
        yield Finding(
            "SHIFT_ENDS_BEFORE_START",
            where,
            f"an end after {shift.start.isoformat()}",
            shift.end.isoformat(),
            "Rätta passets tider; ett nattpass slutar nästa dag.",
        )
        return
    if second_of(shift.closes) < second_of(shift.end):
        yield Finding(
            "LATEST_END_BEFORE_END",
            f"{where}.latest_end",
            f"a time from {shift.end.isoformat()}, when the shift ends",
            shift.closes.isoformat(),
            "Ange till när övertid är möjlig, eller ta bort uppgiften.",
        )
    whole_s = max(length_s, second_of(shift.closes) - second_of(shift.start))
    if shift.elastic is not None:
        rest_min = shift.rest.duration_min if shift.rest else 0
        whole_s = min(whole_s, (shift.elastic.most_min + rest_min) * SECONDS_PER_MINUTE)
    if longest_min is not None and whole_s > longest_min * SECONDS_PER_MINUTE:
        yield Finding(
            "SHIFT_TOO_LONG",
            where,
            f"at most {longest_min} minutes, overtime included",
            f"{whole_s // SECONDS_PER_MINUTE} minutes",
            "Korta eller dela passet, eller kontrollera att avtalet tillåter det.",
            Severity.WARNING,
        )


def _elastic(where: str, shift: Shift, stretch_min: int | None) -> Iterator[Finding]:
    """What the plan may decide of an elastic shift; whatever it decides, the law is kept."""
    elastic = shift.elastic
    if elastic is None:
        return
    if not shift.optional:
        yield Finding(
            "ELASTIC_NOT_OPTIONAL",
            f"{where}.elastic",
            "only of a shift that is optional",
            "one that is not",
            "Gör passet valfritt, eller ta bort uppgiften om längd.",
        )
    if shift.latest_end is not None:
        yield Finding(
            "ELASTIC_WITH_OVERTIME",
            f"{where}.latest_end",
            "none for an elastic shift, which ends at the latest when its limits say",
            shift.latest_end.isoformat(),
            "Ta bort tiden för övertid, eller utöka passets gränser.",
        )
    length_min = (second_of(shift.end) - second_of(shift.start)) // SECONDS_PER_MINUTE
    rest_min = shift.rest.duration_min if shift.rest else 0
    if not 0 <= elastic.least_min <= elastic.most_min or elastic.least_min > length_min - rest_min:
        yield Finding(
            "ELASTIC_LENGTH",
            f"{where}.elastic",
            "0 <= least <= most minutes, the least within the shift's limits less the break",
            f"{elastic.least_min} and {elastic.most_min} min within {length_min} min",
            "Rätta passets minsta och största längd.",
        )
    if stretch_min is None:
        return
    # Without a break for the stretch at most; with one, wherever the shift comes to lie.
    longest_min = min(length_min - rest_min, elastic.most_min) if not rest_min else length_min
    allowed_min = stretch_min if not rest_min else 2 * stretch_min + rest_min
    if longest_min > allowed_min:
        yield Finding(
            "ELASTIC_WITHOUT_BREAK",
            f"{where}.elastic",
            f"at most {allowed_min} minutes "
            + ("from first start to last end" if rest_min else "of work, since there is no break"),
            f"{longest_min} minutes",
            "Snäva in passets gränser eller korta det, så att ingen arbetar för länge utan rast.",
        )


def _daily_rest(where: str, shift: Shift, carer: Carer, working: WorkingTime) -> Iterator[Finding]:
    """From the carer's shift before the day, and to the one after it."""
    pairs = [(carer.previous_end, shift.start), (shift.end, carer.next_start)]
    for end, start in pairs:
        if end is None or start is None or not is_aware(end, start):
            continue
        rest_min = (second_of(start) - second_of(end)) // SECONDS_PER_MINUTE
        if rest_min < working.daily_rest_min:
            yield Finding(
                "REST_TOO_SHORT",
                where,
                f"at least {working.daily_rest_min} minutes from one shift to the next",
                f"{rest_min} minutes from {end.isoformat()} to {start.isoformat()}",
                "Byt ett av passen, eller kontrollera att avtalet tillåter kortare vila.",
                Severity.WARNING,
            )


def _way_home(where: str, shift: Shift, travel: Travel) -> Iterator[Finding]:
    """Even without visits the carer must reach the end of the shift in time."""
    length_s = second_of(shift.end) - second_of(shift.start)
    needed_s = travel_seconds(shift.start_location, shift.end_location, shift.mode, travel)
    if 0 < length_s < needed_s:
        none = needed_s >= UNREACHABLE_S
        yield Finding(
            "SHIFT_SHORTER_THAN_TRAVEL",
            where,
            "a way from its start to its end location"
            if none
            else f"at least {needed_s} seconds, the way from its start to its end location",
            "no way, by the day's travel times" if none else f"{length_s} seconds",
            "Förläng passet eller rätta dess start- och slutplats.",
        )


def _rest(where: str, shift: Shift) -> Iterator[Finding]:
    rest = shift.rest
    if rest is None:
        return
    faults = [
        *naive_times(where, earliest=rest.earliest, latest=rest.latest),
        *duration(f"{where}.duration_min", rest.duration_min),
    ]
    yield from faults
    if faults or not is_aware(shift.start, shift.end):
        return
    yield from window(where, rest.earliest, rest.latest)
    start, end = second_of(shift.start), second_of(shift.end)
    duration_s = rest.duration_min * SECONDS_PER_MINUTE
    if start < end < start + duration_s:
        yield Finding(
            "BREAK_LONGER_THAN_SHIFT",
            where,
            f"at most {(end - start) // SECONDS_PER_MINUTE} minutes, the length of the shift",
            f"{rest.duration_min} minutes",
            "Korta rasten eller förläng passet.",
        )
        return
    first = max(start, second_of(rest.earliest))
    last = min(end - duration_s, second_of(rest.latest))
    if start < end and last < first and second_of(rest.earliest) <= second_of(rest.latest):
        yield Finding(
            "BREAK_OUTSIDE_SHIFT",
            where,
            f"a start that lets {rest.duration_min} minutes fit from {shift.start.isoformat()} "
            f"to {shift.end.isoformat()}",
            f"{rest.earliest.isoformat()} to {rest.latest.isoformat()}",
            "Flytta rasten så att den ryms inom passet.",
        )


def _overlaps(shifts: Sequence[Shift]) -> Iterator[Finding]:
    """Each shift of a carer against the one that has lasted longest when it begins."""
    by_carer: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for position, shift in enumerate(shifts):
        if is_aware(shift.start, shift.end, shift.closes):
            by_carer[shift.carer_id].append(
                (second_of(shift.start), second_of(shift.closes), position)
            )
    for spans in by_carer.values():
        spans.sort()
        furthest = spans[0]
        for _, span in pairwise(spans):
            if span[0] < furthest[1]:
                yield Finding(
                    "SHIFTS_OVERLAP",
                    f"shifts[{span[2]}] ({shifts[span[2]].id})",
                    "shifts of one carer that do not overlap, overtime included",
                    f"begins before shifts[{furthest[2]}] ({shifts[furthest[2]].id}) ends",
                    "Rätta passens tider eller ge det ena till någon annan.",
                )
            furthest = max(furthest, span, key=lambda one: one[1])
