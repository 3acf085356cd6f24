"""
Reading what the commands are given: a day, a plan of it, or both, with every fault at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from api.documents.plan_reading import PlanDocument, read_plan
from api.documents.planning import PlanningDocument, read_document
from api.documents.strict_json import read_file
from api.judgement import judge, refuse_broken
from api.server.settings import read_settings
from api.terminal.console import print_findings
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.followup import TimeUse


def max_bytes() -> int:
    """The largest file that is read, by the settings."""
    return read_settings(os.environ).max_bytes


def read_day(path: Path) -> PlanningDocument:
    """The planning document in a file; its advice is shown, its faults refuse it."""
    limit = max_bytes()
    document = read_document(read_file(path, max_bytes=limit), max_bytes=limit)
    if document.warnings:
        print_findings(document.warnings, "Att kontrollera i underlaget")
    return document


def read_made(path: Path) -> PlanDocument:
    """The plan in a file."""
    limit = max_bytes()
    return read_plan(read_file(path, max_bytes=limit), max_bytes=limit)


def read_both(path: Path, plan_path: Path) -> tuple[PlanningDocument, PlanDocument]:
    """A document and a plan of it; the faults of both are told at once."""
    findings: list[Finding] = []
    document: PlanningDocument | None = None
    planned: PlanDocument | None = None
    try:
        document = read_day(path)
    except CareError as error:
        findings += in_file(path, error)
    try:
        planned = read_made(plan_path)
    except CareError as error:
        findings += in_file(plan_path, error)
    if document is None or planned is None:
        raise InvalidInput(findings)
    return document, planned


def read_with_later(
    path: Path, plan_path: Path, later: Path
) -> tuple[PlanningDocument, PlanDocument, PlanningDocument]:
    """As :func:`read_both`, with the document of a later day; the faults of all three at once."""
    findings: list[Finding] = []
    into: PlanningDocument | None = None
    try:
        into = read_day(later)
    except CareError as error:
        findings += in_file(later, error)
    try:
        document, planned = read_both(path, plan_path)
    except CareError as error:
        raise InvalidInput([*error.findings, *findings]) from error
    if into is None:
        raise InvalidInput(findings)
    return document, planned, into


def in_file(path: Path, error: CareError) -> list[Finding]:
    """The findings of `error` with the file's name before each place."""
    return [replace(each, where=f"{path.name}: {each.where}") for each in error.findings]


def measured_plan(plan: Path, document: Path | None) -> tuple[Mapping[str, TimeUse], date]:
    """
    Zone -> use of the paid time in a plan, and the plan's day.

    Parameters
    ----------
    document
        The plan's input: then the plan is measured anew; None takes what the plan says itself.

    Raises
    ------
    InvalidInput
        With every fault of the files; when the plan breaks a rule, or says nothing of its time use.
    """
    if document is None:
        planned = read_made(plan)
        measured: Mapping[str, TimeUse] | None = planned.zones
    else:
        asked, planned = read_both(document, plan)
        measured = refuse_broken(judge(asked.day, planned.plan)).by_zone
    if not measured:
        raise InvalidInput(_nothing_measured(plan))
    return measured, planned.plan.date


def _nothing_measured(path: Path) -> Finding:
    return Finding(
        "NOTHING_MEASURED",
        f"{path.name}: kpis.zones",
        "the use of the paid time per zone",
        "none",
        "Ange även underlaget med --input, så mäts planen.",
    )
