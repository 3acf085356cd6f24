"""
What can be wrong with a readable planning document, each fault at its place in the document.

Faults of the written form (groups, names, the planning window) are found here; those of the day
itself by :mod:`scheduler.validation`, whose places are put into the document's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from api.documents.day_parts import Parts
from api.documents.planning_schemas import VisitGroupSchema
from api.documents.withheld import withheld_findings
from scheduler.care.errors import Finding, NotInForce
from scheduler.care.model import Day, Mode
from scheduler.travel import TravelSettings, load_travel_settings
from scheduler.validation import day_findings

# Stands in on a day without travel settings, which is a finding of its own: travel takes no time.
NO_TRAVEL = TravelSettings(
    detour=dict.fromkeys(Mode, 1.0),
    speed_kmh=dict.fromkeys(Mode, 1e9),
    fixed_min=dict.fromkeys(Mode, 0.0),
    rural_car_kmh=1e9,
)

# Fields of the day that the document calls something else.
FIELD_NAMES = {
    ".duration_min": ".serviceDuration",
    ".required_skills": ".requiredSkills",
    ".wishes": "",
    ".preferred": ".preferredTime",
    ".possible_days": ".possibleDays",
    ".pinned_carer": ".pinnedCaregiver",
    ".pinned_start": ".pinnedStartTime",
    ".gaps[": ".visitDependencies[",
    ".apart[": ".occasionsApart[",
    ".least_h": ".leastHoursApart",
    ".last_occasion": ".lastOccasion",
    ".rest.serviceDuration": ".requiredBreaks[0].duration",
    ".rest": ".requiredBreaks[0]",
    ".latest_end": ".latestEndTime",
    ".previous_end": ".previousShiftEnd",
    ".next_start": ".nextShiftStart",
    ".start_location": ".startLocation",
    ".end_location": ".endLocation",
    ".valid_to": ".validTo",
    ".preceding_visit": ".precedingVisit",
    ".min_min": ".minDelay",
    ".max_min": ".maxDelay",
    ".durations_s": ".durationsS",
}

# The document has all windows of a visit in one list.
MORE_WINDOWS = re.compile(r"\.more_windows\[(\d+)\]")


def meaning_findings(day: Day, paths: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """
    What validation says of `day`.

    Parameters
    ----------
    paths
        For each list of the day (carers, shifts, visits, travel_times), the items' paths in the
        document.
    """
    try:
        travel = load_travel_settings(day.date)
    except NotInForce as error:
        yield from error.findings
        travel = NO_TRAVEL
    for finding in day_findings(day, travel):
        yield replace(finding, where=_in_document(finding.where, paths))


def form_findings(parts: Parts) -> Iterator[Finding]:
    """Faults of the written form, which the day itself no longer shows."""
    yield from _window_findings(parts)
    yield from _start_findings(parts)
    yield from _group_findings(parts)
    yield from _name_findings(parts)
    yield from withheld_findings(parts.withheld_visits)


def _in_document(where: str, paths: Mapping[str, Sequence[str]]) -> str:
    """``visits[2] (v-7)`` of the day as the path of the same item in the document."""

    def path(match: re.Match[str]) -> str:
        known = paths.get(match["list"], ())
        position = int(match["position"])
        return known[position] if position < len(known) else match[0]

    where = MORE_WINDOWS.sub(lambda match: f".timeWindows[{int(match[1]) + 1}]", where)
    for name, written in FIELD_NAMES.items():
        where = where.replace(name, written)
    where = re.sub(r"^(?P<list>[a-z_]+)\[(?P<position>\d+)\]", path, where)
    if where.startswith("modelInput.standby["):
        where = where.replace(".serviceDuration", ".duration")
    return where


def _window_findings(parts: Parts) -> Iterator[Finding]:
    window = parts.window
    if window is not None and not window.start_date <= parts.date < window.end_date:
        yield Finding(
            "DATE_OUTSIDE_PLANNING_WINDOW",
            "modelInput.date",
            f"a day from {window.start_date} and before {window.end_date}",
            str(parts.date),
            "Rätta dagen eller planeringsperioden; slutdagen ingår inte.",
        )


def _start_findings(parts: Parts) -> Iterator[Finding]:
    for position, item in parts.visits:
        for number, window in enumerate(item.time_windows):
            if window.max_start_time is None and window.max_end_time is None:
                yield Finding(
                    "MISSING_FIELD",
                    f"modelInput.visits[{position}].timeWindows[{number}] ({item.id})",
                    "maxStartTime or maxEndTime",
                    "nothing",
                    "Ange när besöket senast får börja eller sluta.",
                )


def _group_findings(parts: Parts) -> Iterator[Finding]:
    known = {item.id for _, item in parts.visits}
    groups: set[str] = set()
    group_of: dict[str, str] = {}
    for position, group in parts.groups:
        where = f"modelInput.visitGroups[{position}] ({group.id})"
        if group.id in groups:
            yield Finding(
                "DUPLICATE_ID",
                where,
                "an id of its own",
                "an earlier group's id",
                "Ge gruppen ett eget id.",
            )
        groups.add(group.id)
        yield from _member_findings(where, group, known, group_of)


def _member_findings(
    where: str, group: VisitGroupSchema, known: set[str], group_of: dict[str, str]
) -> Iterator[Finding]:
    """Faults of one group's members; `group_of` remembers where each visit was first named."""
    if not group.visits:
        yield Finding(
            "EMPTY_GROUP",
            where,
            "at least two visits",
            "none",
            "Lägg till besöken som ska börja samtidigt, eller ta bort gruppen.",
        )
    for visit_id in group.visits:
        if visit_id not in known:
            yield Finding(
                "UNKNOWN_VISIT",
                where,
                "visits of the document",
                visit_id,
                "Rätta besökets id i gruppen.",
            )
        elif visit_id in group_of:
            yield Finding(
                "VISIT_IN_TWO_GROUPS",
                where,
                "each visit in one place of one group",
                f"{visit_id} also in {group_of[visit_id]}",
                "Behåll besöket på en plats.",
            )
        group_of.setdefault(visit_id, group.id)


def _name_findings(parts: Parts) -> Iterator[Finding]:
    names: dict[str, str] = {}
    for path, key, name in parts.names():
        if names.setdefault(key, name) != name:
            yield Finding(
                "CONFLICTING_NAME",
                f"modelInput.{path}.name ({key})",
                "one name per caregiver and recipient",
                "another name than before for the same id",
                "Ange samma namn överallt, eller olika id.",
            )
