"""
``hemplan payroll``: the schedule of a plan and performed time as a file for payroll.
"""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from api.documents.payroll import (
    Employer,
    TimeCode,
    WorkedDay,
    paxml,
    scheduled_shifts,
    worked_days,
)
from api.documents.strict_json import read_file
from api.judgement import judge, refuse_broken
from api.terminal.console import console, write_output
from api.terminal.reading import max_bytes, read_both
from pricing.exports.identifiers import is_organisation
from pricing.performed_time import read_carer_days
from scheduler.care.errors import CareError, Finding, InvalidInput


def payroll(
    path: Path,
    plan_path: Path,
    *,
    performed: Path | None,
    code: str,
    employer: Employer,
    out: Path,
) -> None:
    """
    Write the file.

    Raises
    ------
    InvalidInput
        With every fault of the files and of the employer's number, or when the plan breaks a rule.
    """
    findings: list[Finding] = []
    if employer.organisation and not is_organisation(employer.organisation):
        findings.append(
            Finding(
                "WRONG_FIELD",
                "--organisation",
                "ten digits with a right check digit",
                employer.organisation[:20],
                "Rätta organisationsnumret.",
            )
        )
    worked: list[WorkedDay] = []
    try:
        worked = [] if performed is None else _worked(performed)
    except CareError as error:
        findings += error.findings
    try:
        document, planned = read_both(path, plan_path)
    except CareError as error:
        raise InvalidInput([*findings, *error.findings]) from None
    if findings:
        raise InvalidInput(findings)
    refuse_broken(judge(document.day, planned.plan))
    scheduled = scheduled_shifts(document.day, planned.plan)
    write_output(out, paxml(employer, worked, scheduled, TimeCode(code)))
    screen = console()
    screen.print(Text(f"{out}: {len(scheduled)} pass, {len(worked)} arbetade dagar."))


def _worked(path: Path) -> list[WorkedDay]:
    content = read_file(path, max_bytes=max_bytes())
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            Finding(
                "NOT_UTF8",
                path.name,
                "text in UTF-8",
                f"byte {error.start} that is not",
                "Spara filen som CSV i UTF-8.",
            )
        ) from None
    return worked_days(read_carer_days(text, path.name))
