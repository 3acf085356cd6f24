"""
Errors and findings, each with a code, what was expected, what was found and what to do.

    CareError                 a request is refused; carries one or more findings
    ├── InvalidInput          the input cannot be used as it stands
    ├── UnknownValue          a code, id or parameter that nothing defines
    ├── NotInForce            a day on which no value holds
    └── NotFound              a stored thing that does not exist

A fault in data is a :class:`Finding`. Readers and validators collect all findings of a document
and raise once. Programming faults stay ordinary exceptions.

Findings name ids and positions, never names, addresses or other personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding blocks the request or only advises."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One fault in data.

    Parameters
    ----------
    code
        Stable upper-case identifier, e.g. ``WINDOW_ENDS_BEFORE_START``.
    where
        Path or id that locates it, e.g. ``visits[12] (v-104)``.
    expected
        What would have been accepted.
    found
        What was there; never personal data.
    action
        What the reader can do about it, in Swedish.
    severity
        ERROR blocks; WARNING does not.
    """

    code: str
    where: str
    expected: str
    found: str
    action: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return (
            f"{self.code} {self.where}: expected {self.expected}; found {self.found}. {self.action}"
        )


class CareError(Exception):
    """A refused request; ``findings`` holds every reason, at least one."""

    def __init__(self, findings: Sequence[Finding] | Finding) -> None:
        self.findings: tuple[Finding, ...] = (
            (findings,) if isinstance(findings, Finding) else tuple(findings)
        )
        if not self.findings:
            raise ValueError("A CareError needs at least one finding.")
        super().__init__("\n".join(str(f) for f in self.findings))


class InvalidInput(CareError):
    """The input cannot be used as it stands."""


class UnknownValue(CareError):
    """A code, id or parameter that nothing defines."""


class NotInForce(CareError):
    """A day on which no value is in force."""


class NotFound(CareError):
    """A stored thing that does not exist."""
