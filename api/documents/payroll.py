"""
Time and schedule for payroll, as PAXml 2.0.

The schedule comes from a day plan: the hours of every shift that somebody is paid for, its break
out. Worked time comes from performed time, never from a plan: what was planned is no reason to pay
a wage. A carer's id is the employment number that payroll knows.

Source: PAXml 2.0 (paxml.se): time transactions (``tidtrans``: code, day, hours) and schedules
(``schema``: a ``dag`` with day, start, end and hours), in that order after the header; codes TID
(worked within the schedule) and ARB (worked by who is paid by the hour).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from xml.etree import ElementTree as ET

from pricing.performed_time import CarerDay
from scheduler.care.model import Day
from scheduler.care.units import MINUTES_PER_HOUR, SECONDS_PER_MINUTE, STOCKHOLM, round_half_up
from scheduler.followup import follow_up
from scheduler.hours import firm
from scheduler.plan import Plan
from scheduler.time_order import elapsed_s

VERSION, FORMAT, PROGRAM = "2.0", "LÖNIN", "Hemplan 0.1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = f"http://www.paxml.se/{VERSION}/paxml.xsd"


class TimeCode(StrEnum):
    """What worked time is to payroll."""

    SCHEDULED = "TID"
    HOURLY = "ARB"


@dataclass(frozen=True, slots=True)
class WorkedDay:
    """One carer's worked minutes on a day, breaks out."""

    carer: str
    day: date
    minutes: int


@dataclass(frozen=True, slots=True)
class ScheduledShift:
    """
    One shift of the schedule.

    Parameters
    ----------
    start, end
        With their zone; the day is that of the start in Sweden.
    seconds
        Scheduled time without the break; overtime is not scheduled.
    """

    carer: str
    start: datetime
    end: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class Employer:
    """Whose payroll it is; what is empty is left out."""

    organisation: str = ""
    name: str = ""


def worked_days(carer_days: Iterable[CarerDay]) -> list[WorkedDay]:
    """Performed time by carer and day; the zones of a day are added up."""
    minutes: dict[tuple[str, date], int] = defaultdict(int)
    for each in carer_days:
        minutes[each.carer, each.day] += each.worked_min
    return [WorkedDay(carer, day, minutes[carer, day]) for carer, day in sorted(minutes)]


def scheduled_shifts(day: Day, plan: Plan) -> list[ScheduledShift]:
    """
    The shifts that the plan has somebody paid for, by carer and start.

    An optional shift that it does not open is not scheduled; an elastic one has the hours that the
    plan gives it.
    """
    measured = follow_up(day, plan).by_shift
    found = [
        ScheduledShift(
            shift.carer_id,
            shift.start,
            shift.end,
            elapsed_s(shift.start, shift.end) - measured[shift.id].break_s,
        )
        for shift in firm(day, plan).shifts
        if measured[shift.id].paid_s
    ]
    return sorted(found, key=lambda each: (each.carer, each.start, each.end))


def paxml(
    employer: Employer,
    worked: Iterable[WorkedDay],
    scheduled: Iterable[ScheduledShift],
    code: TimeCode = TimeCode.SCHEDULED,
) -> str:
    """The file as XML text; hours with two decimals, rounded half up."""
    root = ET.Element("paxml", {"xmlns:xsi": XSI, "xsi:noNamespaceSchemaLocation": SCHEMA})
    header = ET.SubElement(root, "header")
    for name, text in (
        ("version", VERSION),
        ("format", FORMAT),
        ("foretagorgnr", employer.organisation),
        ("foretagnamn", employer.name),
        ("programnamn", PROGRAM),
    ):
        if text:
            ET.SubElement(header, name).text = text
    _add_times(root, worked, code)
    _add_schedules(root, scheduled)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_times(root: ET.Element, worked: Iterable[WorkedDay], code: TimeCode) -> None:
    times: ET.Element | None = None
    for number, each in enumerate(worked, 1):
        times = ET.SubElement(root, "tidtransaktioner") if times is None else times
        row = ET.SubElement(times, "tidtrans", {"postid": str(number), "anstid": each.carer})
        ET.SubElement(row, "tidkod").text = code.value
        ET.SubElement(row, "datum").text = each.day.isoformat()
        ET.SubElement(row, "timmar").text = _hours(each.minutes * SECONDS_PER_MINUTE)


def _add_schedules(root: ET.Element, scheduled: Iterable[ScheduledShift]) -> None:
    by_carer: dict[str, list[ScheduledShift]] = defaultdict(list)
    for each in scheduled:
        by_carer[each.carer].append(each)
    if not by_carer:
        return
    schedules = ET.SubElement(root, "schematransaktioner")
    for carer, shifts in by_carer.items():
        schedule = ET.SubElement(schedules, "schema", {"anstid": carer})
        for each in shifts:
            start, end = (moment.astimezone(STOCKHOLM) for moment in (each.start, each.end))
            ET.SubElement(
                schedule,
                "dag",
                {
                    "datum": start.date().isoformat(),
                    "starttid": f"{start:%H:%M:%S}",
                    "sluttid": f"{end:%H:%M:%S}",
                    "timmar": _hours(each.seconds),
                },
            )


def _hours(seconds: int) -> str:
    return str(round_half_up(Decimal(seconds) / (MINUTES_PER_HOUR * SECONDS_PER_MINUTE)))
