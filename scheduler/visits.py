"""
From decisions to the visits of one day.

All lines of a decision that fall in the same band of the same day with the same number of staff
are done in one visit: minutes add up, skills unite, the most important priority holds. Two
decisions are never bundled, so that each visit can be traced to the decision that pays for it.

A line with several occasions in one band makes several visits there; its first occasion joins the
band's first visit, its second the second, and so on. Visit ids are made of the decision's id, the
band and a number; they are the same every time and tell nothing about the person.

A visit may be moved to a later day when all its lines are flexible: to the days that suit them all.

A line's least hours between days come with the visit; when its last occasion was is for
:mod:`scheduler.occasions` to tell.

``Visit.latest`` is the last allowed *start*: the end of the band bounds the start, not the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from scheduler.bands import TimeBand
from scheduler.care.errors import CareError, Finding, InvalidInput, NotInForce, UnknownValue
from scheduler.care.model import Apart, Band, Decision, Gap, Period, Recipient, ServiceLine, Visit
from scheduler.frequency import days_left, occasions_on, occasions_per_week
from scheduler.standard_times import Catalogue

# So many days ahead a flexible visit may be moved. Assumed: within a week.
MOST_DAYS_AHEAD = 6


def in_force(decision: Decision, day: date) -> bool:
    """True from the decision's first day to its last, both included."""
    return decision.valid_from <= day and (decision.valid_to is None or day <= decision.valid_to)


def occasions(line: ServiceLine, decision: Decision, day: date) -> tuple[Band, ...]:
    """
    The band of each occasion of `line` on `day`; as many as there are occasions, often none.

    Raises
    ------
    InvalidInput
        When the frequency is impossible; see :mod:`scheduler.frequency`.
    """
    times = occasions_on(
        line.frequency, f"{decision.id}/{line.id}", anchor=decision.valid_from, day=day
    )
    if line.frequency.period is Period.DAY:
        return tuple(line.bands[number % len(line.bands)] for number in range(times))
    return (line.bands[0],) * times


def possible_days(lines: Iterable[ServiceLine], decision: Decision, day: date) -> tuple[date, ...]:
    """
    Every day on which the occasions of `lines` on `day` may be made, `day` first.

    Empty when it is that day only: when a line is not flexible, or there is no other day that suits
    all of them while the decision is in force.
    """
    common: set[date] | None = None
    for line in lines:
        if not line.flexible:
            return ()
        key = f"{decision.id}/{line.id}"
        left = days_left(line.frequency, key, decision.valid_from, day, MOST_DAYS_AHEAD)
        days = {other for other in left if in_force(decision, other)}
        common = days if common is None else common & days
    return (day, *sorted(common)) if common else ()


def weekly_minutes(decision: Decision, catalogue: Catalogue, day: date) -> Decimal:
    """
    Mean granted minutes per week of all lines, each carer counted, by the catalogue of `day`.

    Raises
    ------
    UnknownValue, NotInForce
        As :meth:`Catalogue.minutes`.
    """
    minutes = sum(
        (
            occasions_per_week(line.frequency) * catalogue.line_minutes(line, day) * line.staff
            for line in decision.lines
        ),
        start=Fraction(),
    )
    return Decimal(minutes.numerator) / minutes.denominator


def visits_of_day(
    decisions: Iterable[Decision],
    recipients: Mapping[str, Recipient],
    catalogue: Catalogue,
    bands: Mapping[Band, TimeBand],
    day: date,
) -> tuple[Visit, ...]:
    """
    All visits that the decisions in force grant on `day`; other decisions yield nothing.

    Parameters
    ----------
    recipients
        By id; must hold the recipient of every decision in force.
    bands
        Clock times of every band, see :func:`scheduler.bands.load_bands`.

    Raises
    ------
    InvalidInput
        With the faults of every decision that cannot be expanded.
    """
    visits: list[Visit] = []
    findings: list[Finding] = []
    for decision in decisions:
        if not in_force(decision, day):
            continue
        try:
            recipient = recipients.get(decision.recipient_id)
            visits.extend(visits_of_decision(decision, recipient, catalogue, bands, day))
        except CareError as error:
            findings.extend(error.findings)
    if findings:
        raise InvalidInput(findings)
    return tuple(visits)


def visits_of_decision(
    decision: Decision,
    recipient: Recipient | None,
    catalogue: Catalogue,
    bands: Mapping[Band, TimeBand],
    day: date,
) -> tuple[Visit, ...]:
    """
    The visits that one decision grants on `day`, in order of time.

    Raises
    ------
    NotInForce
        When `day` lies outside the decision's validity, or a standard time has no value on it.
    UnknownValue
        When the recipient is None, or the catalogue lacks a service.
    """
    if not in_force(decision, day):
        raise NotInForce(_not_in_force(decision, day))
    if recipient is None:
        raise UnknownValue(
            Finding(
                "UNKNOWN_RECIPIENT",
                f"decision {decision.id}",
                "a recipient of the same document",
                decision.recipient_id,
                "Lägg till omsorgstagaren eller rätta beslutets omsorgstagare.",
            )
        )
    bundles: dict[_Slot, list[ServiceLine]] = {}
    gaps: dict[_Slot, dict[_Slot, Gap]] = {}
    for line in decision.lines:
        slots = _slots(line, occasions(line, decision, day), bands)
        for slot in slots:
            bundles.setdefault(slot, []).append(line)
        for before, after in pairwise(slots):
            _tie(gaps.setdefault(after, {}), before, decision.id, line)
    visits: list[Visit] = []
    for slot in sorted(bundles, key=lambda slot: slot.order(bands)):
        slot_gaps = tuple(gaps.get(slot, {}).values())
        visits.extend(
            _bundle(slot, bundles[slot], slot_gaps, decision, recipient, catalogue, bands, day)
        )
    return tuple(visits)


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where an occasion goes: band, number of staff, and which visit of that band (from 1)."""

    band: Band
    staff: int
    number: int

    def order(self, bands: Mapping[Band, TimeBand]) -> tuple[object, ...]:
        band = bands[self.band]
        return band.start, band.end, self.band.value, self.number, self.staff

    def base_id(self, decision_id: str) -> str:
        """Id of the single visit, or of the group of a double one."""
        double = "double-" if self.staff > 1 else ""
        return f"{decision_id}-{self.band.value.lower()}-{double}{self.number}"

    def visit_ids(self, decision_id: str) -> tuple[str, ...]:
        base = self.base_id(decision_id)
        if self.staff == 1:
            return (base,)
        return tuple(f"{base}-{number}" for number in range(1, self.staff + 1))


def _slots(
    line: ServiceLine, granted: Sequence[Band], bands: Mapping[Band, TimeBand]
) -> list[_Slot]:
    """One slot per occasion, in order of time."""
    slots = [
        _Slot(band, line.staff, granted[:position].count(band) + 1)
        for position, band in enumerate(granted)
    ]
    return sorted(slots, key=lambda slot: slot.order(bands))


def _tie(gaps: dict[_Slot, Gap], before: _Slot, decision_id: str, line: ServiceLine) -> None:
    """Add the line's rule between two occasions; of two lines' rules the stricter ends hold."""
    if line.min_gap_min is None and line.max_gap_min is None:
        return
    least, most = line.min_gap_min or 0, line.max_gap_min
    present = gaps.get(before)
    if present is not None:
        least = max(least, present.min_min)
        most = min((m for m in (most, present.max_min) if m is not None), default=None)
    # The visits of a group start and end together: its first one stands for all.
    gaps[before] = Gap(before.visit_ids(decision_id)[0], least, most)


def _bundle(
    slot: _Slot,
    lines: Sequence[ServiceLine],
    gaps: tuple[Gap, ...],
    decision: Decision,
    recipient: Recipient,
    catalogue: Catalogue,
    bands: Mapping[Band, TimeBand],
    day: date,
) -> list[Visit]:
    """One visit, or one per carer of a double visit."""
    services = [catalogue.service(line.service) for line in lines]
    earliest, latest = bands[slot.band].window(day)
    return [
        Visit(
            id=visit_id,
            recipient_id=recipient.id,
            location=recipient.location,
            zone=recipient.zone,
            earliest=earliest,
            latest=latest,
            duration_min=sum(catalogue.line_minutes(line, day) for line in lines),
            required_skills=recipient.required_skills.union(*(s.skills for s in services)),
            priority=min(service.priority for service in services),
            group=slot.base_id(decision.id) if slot.staff > 1 else None,
            gaps=gaps,
            decision_id=decision.id,
            line_ids=tuple(line.id for line in lines),
            services=tuple(dict.fromkeys(service.code for service in services)),
            wishes=recipient.wishes,
            possible_days=possible_days(lines, decision, day),
            apart=tuple(
                Apart(line.least_apart_h, line_id=line.id)
                for line in lines
                if line.least_apart_h is not None
            ),
        )
        for visit_id in slot.visit_ids(decision.id)
    ]


def _not_in_force(decision: Decision, day: date) -> Finding:
    until = f" to {decision.valid_to.isoformat()}" if decision.valid_to else ""
    return Finding(
        "DECISION_NOT_IN_FORCE",
        f"decision {decision.id}",
        f"a day from {decision.valid_from.isoformat()}{until}",
        day.isoformat(),
        "Välj en dag då beslutet gäller eller förläng beslutet.",
    )
