"""Faults of one decision and its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

from scheduler.care.errors import CareError, Finding, Severity
from scheduler.care.model import Decision, Period, ServiceLine
from scheduler.care.units import DAYS_PER_YEAR
from scheduler.frequency import DAYS_PER_WEEK, frequency_findings, occasions_per_week
from scheduler.standard_times import Catalogue
from scheduler.validation.common import duplicate_ids, duration, hours_apart

MOST_STAFF = 2


def decision_findings(decision: Decision, catalogue: Catalogue | None, day: date) -> list[Finding]:
    """
    Every fault of `decision`.

    Parameters
    ----------
    catalogue
        None leaves services, standard times and caps to whoever knows them.
    day
        On which standard times and caps are read, e.g. the decision's first day.

    Returns
    -------
    list of Finding
        Codes: DECISION_ENDS_BEFORE_START, DECISION_WITHOUT_LINES, DUPLICATE_ID, UNKNOWN_SERVICE,
        BEFORE_FIRST_VALUE, VALUE_ENDED, LINE_WITHOUT_BAND, STAFF_OUT_OF_RANGE,
        DURATION_NOT_POSITIVE, DURATION_TOO_LONG, GAP_NEGATIVE, GAP_MIN_ABOVE_MAX,
        GAP_WITHOUT_OCCASIONS, CAP_EXCEEDED (warning) and those of :mod:`scheduler.frequency`.
    """
    where = f"decision ({decision.id})"
    findings: list[Finding] = []
    if decision.valid_to is not None and decision.valid_to < decision.valid_from:
        findings.append(
            Finding(
                "DECISION_ENDS_BEFORE_START",
                f"{where}.valid_to",
                f"a day from {decision.valid_from.isoformat()}",
                decision.valid_to.isoformat(),
                "Rätta beslutets första eller sista dag.",
            )
        )
    if not decision.lines:
        findings.append(
            Finding(
                "DECISION_WITHOUT_LINES",
                f"{where}.lines",
                "at least one granted service",
                "none",
                "Lägg till de insatser som beviljats.",
            )
        )
    findings.extend(duplicate_ids(f"{where}.lines", (line.id for line in decision.lines)))
    for position, line in enumerate(decision.lines):
        line_where = f"{where}.lines[{position}] ({line.id})"
        findings.extend(_line(line_where, line, catalogue, day))
    if not findings and catalogue is not None:
        findings.extend(_caps(where, decision, catalogue, day))
    return findings


def _line(
    where: str, line: ServiceLine, catalogue: Catalogue | None, day: date
) -> Iterator[Finding]:
    yield from frequency_findings(line.frequency, f"{where}.frequency")
    try:
        if catalogue is not None:
            catalogue.minutes(line.service, day)
    except CareError as error:
        # The catalogue names itself; the reader of a decision looks for the line.
        yield from (replace(finding, where=f"{where}.service") for finding in error.findings)
    if not line.bands:
        yield Finding(
            "LINE_WITHOUT_BAND",
            f"{where}.bands",
            "at least one time-of-day band",
            "none",
            "Ange när på dygnet insatsen ges.",
        )
    if not 1 <= line.staff <= MOST_STAFF:
        yield Finding(
            "STAFF_OUT_OF_RANGE",
            f"{where}.staff",
            "1 or 2 carers",
            str(line.staff),
            "Ange en eller två medarbetare (dubbelbemanning).",
        )
    if line.own_minutes is not None:
        yield from duration(f"{where}.own_minutes", line.own_minutes)
    if line.flexible and line.frequency.period is Period.DAY:
        yield Finding(
            "FLEXIBLE_EVERY_DAY",
            f"{where}.flexible",
            "a flexible day only on a line that is given per week or longer period",
            f"{line.frequency.times} per {line.frequency.period.value}",
            "Ta bort flexibel dag, eller ange gånger per vecka eller längre tid.",
        )
    if line.least_apart_h is not None:
        yield from hours_apart(f"{where}.least_apart_h", line.least_apart_h)
    yield from _gap(where, line)


def _gap(where: str, line: ServiceLine) -> Iterator[Finding]:
    for name, minutes in (("min_gap_min", line.min_gap_min), ("max_gap_min", line.max_gap_min)):
        if minutes is not None and minutes < 0:
            yield Finding(
                "GAP_NEGATIVE",
                f"{where}.{name}",
                "0 minutes or more",
                f"{minutes} minutes",
                "Ange tiden mellan tillfällena i hela minuter från 0.",
            )
    if line.max_gap_min is not None and 0 <= line.max_gap_min < (line.min_gap_min or 0):
        yield Finding(
            "GAP_MIN_ABOVE_MAX",
            where,
            f"a most of at least {line.min_gap_min or 0} minutes",
            f"{line.max_gap_min} minutes",
            "Rätta minsta eller längsta tid mellan tillfällena.",
        )
    has_gap = line.min_gap_min is not None or line.max_gap_min is not None
    if has_gap and (line.frequency.period is not Period.DAY or line.frequency.times < 2):
        yield Finding(
            "GAP_WITHOUT_OCCASIONS",
            where,
            "a gap only on a line with several occasions a day",
            f"{line.frequency.times} per {line.frequency.period.value}",
            "Ta bort tiden mellan tillfällena eller ange flera gånger per dag.",
        )


def _caps(where: str, decision: Decision, catalogue: Catalogue, day: date) -> Iterator[Finding]:
    """Granted minutes above a cap: a warning, since an individual assessment may exceed it."""
    weekly_min: dict[str, Fraction] = defaultdict(Fraction)
    for line in decision.lines:
        minutes = catalogue.line_minutes(line, day)
        weekly_min[line.service] += occasions_per_week(line.frequency) * minutes
    weeks_per_year = Fraction(DAYS_PER_YEAR) / DAYS_PER_WEEK
    for code, per_week in weekly_min.items():
        service = catalogue.service(code)
        if service.cap is None:
            continue
        try:
            most = int(service.cap.on(day))
        except CareError as error:
            yield from error.findings
            continue
        yearly = service.cap_period is Period.YEAR
        granted = per_week * weeks_per_year if yearly else per_week
        if granted > most:
            yield Finding(
                "CAP_EXCEEDED",
                f"{where}: {code}",
                f"at most {most} {service.cap.unit}",
                f"{float(granted):.1f} {service.cap.unit}",
                "Kontrollera att mer tid än kommunens riktlinje är avsedd.",
                Severity.WARNING,
            )
