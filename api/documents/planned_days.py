"""
A folder of day plans: planning documents and the plans made of them, as planned visits.

A file with ``modelInput`` is a planning document, one with ``modelOutput`` a plan. A plan belongs
to the document of its day that has all its visits; several areas may have plans of one day. All
faults of all files come at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from api.documents.iso8601 import parse_day, parse_duration, parse_time
from api.documents.plan_reading import read_plan
from api.documents.planning import document_of
from api.documents.strict_json import MAX_BYTES, parse_json, read_file
from pricing.book.calendar import epoch_minute
from pricing.followup.model import PlannedVisit
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.model import Day, Visit
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.plan import Plan

# A visit of the document that its plan does not mention at all.
NOT_MENTIONED = "NOT_MENTIONED"


@dataclass(frozen=True, slots=True)
class _Input:
    name: str
    day: Day

    @property
    def visits(self) -> frozenset[str]:
        return frozenset(visit.id for visit in self.day.visits)


@dataclass(frozen=True, slots=True)
class _Made:
    name: str
    plan: Plan

    @property
    def visits(self) -> frozenset[str]:
        stops = (stop.visit_id for route in self.plan.routes for stop in route.stops)
        planned = {visit for visit in stops if visit is not None}
        return frozenset({*planned, *(each.visit_id for each in self.plan.unassigned)})


def read_planned_days(
    folder: Path,
    *,
    max_bytes: int = MAX_BYTES,
    progress: Callable[[int, int], None] = lambda _done, _whole: None,
) -> tuple[PlannedVisit, ...]:
    """
    Every visit of the day plans in the ``.json`` files of `folder`.

    Parameters
    ----------
    progress
        Called with the number of files read, and of all.

    Raises
    ------
    InvalidInput
        With every fault of every file; when a plan has no document or several, a document no plan
        or several, or two documents of a day the same visit.
    """
    if not folder.is_dir():
        raise InvalidInput(
            Finding("NOT_A_FOLDER", folder.name, "a folder with day plans", "none",
                    "Ange mappen med dagsplaner och deras underlag.")
        )  # fmt: skip
    inputs: list[_Input] = []
    plans: list[_Made] = []
    findings: list[Finding] = []
    files = sorted(folder.glob("*.json"))
    for number, path in enumerate(files):
        progress(number, len(files))
        try:
            content = read_file(path, max_bytes=max_bytes)
            value, faults = parse_json(content, max_bytes=max_bytes)
            if isinstance(value, dict) and "modelInput" in value:
                inputs.append(_Input(path.name, document_of(value, faults).day))
            else:
                plans.append(_Made(path.name, read_plan(content, max_bytes=max_bytes).plan))
        except CareError as error:
            findings += [
                replace(each, where=f"{path.name}: {each.where}") for each in error.findings
            ]
    if not files:
        findings.append(
            Finding("NO_PLANS", folder.name, "day plans as .json files", "none",
                    "Lägg dagsplanerna och deras underlag i mappen.")
        )  # fmt: skip
    # Half a day's files cannot be paired fairly.
    if not findings:
        findings += _same_visits(inputs)
    pairs = [] if findings else list(_pairs(inputs, plans, findings))
    if findings:
        raise InvalidInput(findings)
    return tuple(visit for day, plan in pairs for visit in planned_visits(day, plan))


def planned_visits(day: Day, plan: Plan) -> Iterator[PlannedVisit]:
    """The visits of a day as its plan has them; standby is no visit."""
    starts = {
        stop.visit_id: (epoch_minute(stop.start), route.carer_id)
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id is not None
    }
    reasons = {each.visit_id: each.reason.value for each in plan.unassigned}
    for visit in day.visits:
        if visit.standby:
            continue
        start, carer = starts.get(visit.id, (None, ""))
        left_out = "" if start is not None else reasons.get(visit.id, NOT_MENTIONED)
        yield _planned(visit, day, start, carer, left_out)


def stored_visits(document: Mapping[str, Any], plan: Mapping[str, Any]) -> Iterator[PlannedVisit]:
    """
    As :func:`planned_visits`, of documents in the words that this program has written.

    They were judged when they came in. To read a day of 850 visits strictly takes half a second,
    and a municipality's month has hundreds of days.
    """
    day = parse_day(document["modelInput"]["date"])
    output = plan["modelOutput"]
    starts = {
        stop["id"]: (_minute(stop["startServiceTime"]), carer["id"])
        for carer in output["caregivers"]
        for shift in carer["shifts"]
        for stop in shift["itinerary"]
        if stop["kind"] == "VISIT"
    }
    reasons = {each["id"]: each["code"] for each in output["unassignedVisits"]}
    for visit in document["modelInput"]["visits"]:
        start, carer = starts.get(visit["id"], (None, ""))
        yield PlannedVisit(
            visit["id"],
            day,
            visit["recipientId"],
            visit["zone"],
            int(parse_duration(visit["serviceDuration"])) // SECONDS_PER_MINUTE,
            decision=visit.get("decisionId", ""),
            lines=tuple(visit["lineIds"]),
            services=tuple(visit["services"]),
            start=start,
            windows=tuple(
                (_minute(each["minStartTime"]), _minute(each["maxStartTime"]))
                for each in visit["timeWindows"]
            ),
            carer=carer,
            left_out="" if start is not None else reasons.get(visit["id"], NOT_MENTIONED),
        )


def _minute(text: str) -> int:
    return epoch_minute(parse_time(text))


def _planned(visit: Visit, day: Day, start: int | None, carer: str, left_out: str) -> PlannedVisit:
    return PlannedVisit(
        visit.id,
        day.date,
        visit.recipient_id,
        visit.zone,
        visit.duration_min,
        decision=visit.decision_id or "",
        lines=visit.line_ids,
        services=visit.services,
        start=start,
        windows=tuple((epoch_minute(w.earliest), epoch_minute(w.latest)) for w in visit.windows),
        carer=carer,
        left_out=left_out,
    )


def _pairs(
    inputs: Sequence[_Input], plans: Sequence[_Made], findings: list[Finding]
) -> Iterator[tuple[Day, Plan]]:
    taken: dict[str, str] = {}
    for made in plans:
        fitting = [
            each
            for each in inputs
            if each.day.date == made.plan.date and made.visits <= each.visits
        ]
        if len(fitting) != 1:
            findings.append(
                Finding("NO_INPUT_OF_PLAN", made.name,
                        "one planning document of its day with all its visits",
                        ", ".join(each.name for each in fitting) or "none",
                        "Lägg planens underlag i samma mapp, en gång.")
            )  # fmt: skip
            continue
        found = fitting[0]
        if found.name in taken:
            findings.append(
                Finding("SEVERAL_PLANS", f"{taken[found.name]}, {made.name}",
                        f"one plan of {found.name}", "two", "Behåll den plan som gällde.")
            )  # fmt: skip
        taken[found.name] = made.name
        yield found.day, made.plan
    findings += [
        Finding("NO_PLAN_OF_INPUT", each.name, "a plan of the document", "none",
                "Lägg till planen, eller ta bort underlaget.")
        for each in inputs
        if each.name not in taken and not findings
    ]  # fmt: skip


def _same_visits(inputs: Sequence[_Input]) -> Iterator[Finding]:
    seen: dict[tuple[object, str], str] = {}
    told: set[tuple[str, str]] = set()
    for each in inputs:
        for visit in each.visits:
            first = seen.setdefault((each.day.date, visit), each.name)
            if first != each.name and (first, each.name) not in told:
                told.add((first, each.name))
                yield Finding(
                    "SAME_VISIT",
                    f"{first}, {each.name}",
                    "each visit of a day in one document",
                    "the same in both",
                    "Behåll det underlag som gällde.",
                )
