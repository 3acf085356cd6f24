"""One example per operation about the log of acts."""

from __future__ import annotations

from typing import Any

ACTS: dict[str, Any] = {
    "acts": [
        {
            "number": 48,
            "at": "2026-03-03T15:20:00+01:00",
            "actor": "user-7",
            "action": "DECISION_CHANGED",
            "subjectKind": "decision",
            "subjectId": "b-1",
            "details": {"version": 2},
        }
    ],
    "next": 48,
}
