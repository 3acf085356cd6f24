"""Payroll gets the hours that the plan schedules and that were worked, and no others."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from api.documents.payroll import (
    Employer,
    ScheduledShift,
    TimeCode,
    WorkedDay,
    paxml,
    scheduled_shifts,
    worked_days,
)
from fixtures.tiny_day import tiny_day
from pricing.performed_time import read_carer_days
from scheduler.followup import follow_up, overtime_s
from scheduler.planner import plan_day
from scheduler.travel import TravelSettings
from tests.api.command_line import run

PERFORMED = (
    "day,carer,zone,worked_min,care_min\n"
    "2026-03-04,c-1,town,300,200\n"
    "2026-03-04,c-1,rural,150,80\n"
    "2026-03-05,c-1,town,465,300\n"
    "2026-03-04,c-0,town,61,60\n"
)
EMPLOYER = Employer("2120009994", "Exempelkommun & <Co>")


def read(text: str) -> ET.Element:
    return ET.fromstring(text.encode())  # noqa: S314 - our own document


def test_worked_time_is_added_up_by_carer_and_day() -> None:
    """Two zones of a day are one transaction: 300 + 150 min are 7.5 hours; 61 min are 1.02."""
    worked = worked_days(read_carer_days(PERFORMED, "t.csv"))
    root = read(paxml(EMPLOYER, worked, []))
    rows = root.findall("tidtransaktioner/tidtrans")
    assert [
        (row.get("postid"), row.get("anstid"), *(row.findtext(x) for x in ("datum", "timmar")))
        for row in rows
    ] == [
        ("1", "c-0", "2026-03-04", "1.02"),
        ("2", "c-1", "2026-03-04", "7.50"),
        ("3", "c-1", "2026-03-05", "7.75"),
    ]
    assert {row.findtext("tidkod") for row in rows} == {"TID"}
    assert root.find("schematransaktioner") is None


def test_who_is_paid_by_the_hour_has_another_code() -> None:
    root = read(paxml(EMPLOYER, [WorkedDay("c", date(2026, 3, 4), 60)], [], TimeCode.HOURLY))
    assert root.findtext("tidtransaktioner/tidtrans/tidkod") == "ARB"


def test_the_head_and_the_order_are_those_of_the_format() -> None:
    """Sections and fields in the order of the schema; what is unknown is left out, not empty."""
    shift = ScheduledShift(
        "c", datetime(2026, 3, 4, 6, tzinfo=UTC), datetime(2026, 3, 4, 15, tzinfo=UTC), 30_600
    )
    text = paxml(EMPLOYER, [WorkedDay("c", date(2026, 3, 4), 60)], [shift])
    root = read(text)
    assert [each.tag for each in root] == ["header", "tidtransaktioner", "schematransaktioner"]
    assert [(each.tag, each.text) for each in root[0]] == [
        ("version", "2.0"),
        ("format", "LÖNIN"),
        ("foretagorgnr", "2120009994"),
        ("foretagnamn", "Exempelkommun & <Co>"),
        ("programnamn", "Hemplan 0.1.0"),
    ]
    assert [each.tag for each in root[1][0]] == ["tidkod", "datum", "timmar"]
    assert 'noNamespaceSchemaLocation="http://www.paxml.se/2.0/paxml.xsd"' in text
    assert [each.tag for each in read(paxml(Employer(), [], []))[0]] == [
        "version", "format", "programnamn",
    ]  # fmt: skip


def test_a_shift_is_told_by_the_clock_in_sweden() -> None:
    """From 22 to 07 over the night of 23 hours: seven hours and a half with its half hour break."""
    shift = ScheduledShift(
        "c", datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC), 27_000
    )
    (day,) = read(paxml(EMPLOYER, [], [shift])).findall("schematransaktioner/schema/dag")
    assert day.attrib == {
        "datum": "2026-03-28", "starttid": "22:00:00", "sluttid": "07:00:00", "timmar": "7.50",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_scheduled_and_overtime_are_what_is_paid(seed: int, travel: TravelSettings) -> None:
    """No paid second is missing from the schedule but overtime, which is for performed time."""
    day = tiny_day(seed)
    plan = plan_day(day, travel, iterations=50, threads=1)
    shifts = scheduled_shifts(day, plan)
    routes = {route.shift_id: route for route in plan.routes}
    overtime = sum(overtime_s(shift, routes.get(shift.id)) for shift in day.shifts)
    paid = follow_up(day, plan).total.paid_s
    assert sum(shift.seconds for shift in shifts) + overtime == paid
    root = read(paxml(EMPLOYER, [], shifts))
    days = root.findall("schematransaktioner/schema/dag")
    hours = sum(Decimal(each.get("timmar", "")) for each in days)
    assert abs(hours * 3600 - (paid - overtime)) <= 18 * len(days)


def test_the_command_writes_schedule_and_worked_time(
    planned: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    day, plan, _ = planned
    performed, out = tmp_path / "time.csv", tmp_path / "payroll.xml"
    performed.write_text(PERFORMED, encoding="utf-8")
    employer = ("--employer", "Exempelkommun", "--organisation", "2120009994")
    assert run("payroll", day, plan, "--performed", performed, *employer, "--out", out) == 0
    root = read(out.read_text(encoding="utf-8"))
    assert len(root.findall("tidtransaktioner/tidtrans")) == 3
    assert root.findall("schematransaktioner/schema/dag")
    assert run("payroll", day, plan, "--code", "ARB", "--out", out) == 0
    assert read(out.read_text(encoding="utf-8")).find("tidtransaktioner") is None


def test_faults_of_all_files_come_at_once(
    planned: tuple[Path, Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day, plan, document = planned
    performed, out = tmp_path / "time.csv", tmp_path / "payroll.xml"
    performed.write_text("day,carer\n", encoding="utf-8")
    plan.write_text("{}", encoding="utf-8")
    arguments = ("--performed", performed, "--organisation", "2120009999", "--out", out)
    assert run("payroll", day, plan, *arguments) == 2
    told = capsys.readouterr().err
    assert all(each in told for each in ("time.csv", "plan.json", "--organisation"))
    performed.write_bytes(b"\xff")
    plan.write_text(json.dumps(document), encoding="utf-8")
    assert run("payroll", day, plan, "--performed", performed, "--out", out) == 2
    assert "NOT_UTF8" in capsys.readouterr().err
    assert not out.exists()
