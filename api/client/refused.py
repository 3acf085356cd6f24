"""
Refusals as the same exceptions that the service raises inside, with every fault.

    CareError     a refusal of the service, as its type says: InvalidInput, NotFound, Stale, …
    Unexpected    no answer, or one that is none of the service's
"""

from __future__ import annotations

import httpx2
from pydantic import ValidationError

from api.access.refusals import TooMany
from api.documents.schema_faults import FROM_DOCUMENT
from api.refusals import Away, Busy
from api.server.problems import REFUSALS, ProblemSchema
from scheduler.care.errors import CareError, Finding

KINDS = {f"/problems/{name}": kind for kind, (_, name, _) in REFUSALS.items()}
PROBLEM = "application/problem+json"
# Not among them: Unsure, a change that may have been kept.
UNDONE = {f"/problems/{REFUSALS[kind][1]}" for kind in (Busy, Away, TooMany)}


class Unexpected(Exception):
    """
    An answer that is neither what was asked for nor a refusal of the service; or none.

    Parameters
    ----------
    status
        Of HTTP; 0 when there was no answer.
    findings
        What is known, at least one.
    """

    def __init__(self, status: int, *findings: Finding) -> None:
        self.status, self.findings = status, findings
        super().__init__("\n".join(str(each) for each in findings))


def refusal(answer: httpx2.Response) -> CareError | Unexpected:
    """The exception that an answer of 400 or above is; its detail is a note on it."""
    try:
        if not is_ours(answer):
            raise ValueError("not ours")
        told = ProblemSchema.model_validate_json(
            answer.content, context=FROM_DOCUMENT, extra="ignore"
        )
    except (ValueError, ValidationError):
        return Unexpected(answer.status_code, _nothing_told(answer))
    findings = [Finding(**each.model_dump(by_alias=False)) for each in told.findings]
    kind = KINDS.get(told.type)
    error: CareError | Unexpected
    if kind is None or not findings:
        error = Unexpected(answer.status_code, *findings or [_nothing_told(answer)])
    elif kind is TooMany:
        error = TooMany(seconds_to_wait(answer))
    else:
        error = kind(findings)
    error.add_note(f"{told.title}. {told.detail}")
    return error


def nothing_done(answer: httpx2.Response) -> bool:
    """Whether the service itself says that it has not begun, so that a change may be sent again."""
    try:
        return is_ours(answer) and answer.json().get("type") in UNDONE
    except (ValueError, AttributeError):
        return False


def is_ours(answer: httpx2.Response) -> bool:
    """Whether a refusal is the service's own, not that of something before it."""
    return str(answer.headers.get("content-type", "")).startswith(PROBLEM)


def seconds_to_wait(answer: httpx2.Response) -> int:
    """Whole seconds that a busy server asks for, 1 when it does not say."""
    told = answer.headers.get("retry-after", "")
    return max(int(told), 1) if told.isascii() and told.isdigit() else 1


def _nothing_told(answer: httpx2.Response) -> Finding:
    return Finding(
        "UNEXPECTED_ANSWER",
        answer.request.url.path,
        "what the OpenAPI description says",
        f"status {answer.status_code}",
        "Kontrollera adressen och tjänstens logg.",
    )
