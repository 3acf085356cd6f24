"""
Examples of persons; the identity numbers are test numbers, which nobody is given.
"""

from __future__ import annotations

from typing import Any

PERSON_REQUEST: dict[str, Any] = {"name": "Åsa Östlund", "number": "19380517-2388"}
PERSON: dict[str, Any] = {
    "recipient": "r-1",
    "name": "Åsa Östlund",
    "number": "193805172388",
    "version": 1,
    "protected": [],
}
PERSONS: dict[str, Any] = {"persons": [PERSON], "total": 1}
SEARCH: dict[str, Any] = {"number": "380517-2388"}
PROTECTION_REQUEST: dict[str, Any] = {"kind": "PROTECTED_REGISTRATION", "validFrom": "2026-03-01"}
UNPROTECT: dict[str, Any] = {"kind": "PROTECTED_REGISTRATION"}
PROTECTION: dict[str, Any] = {
    "recipient": "r-1",
    "number": 1,
    "kind": "PROTECTED_REGISTRATION",
    "validFrom": "2026-03-01",
    "markedAt": "2026-03-03T15:20:00+01:00",
    "markedBy": "u-7",
}
PROTECTIONS: dict[str, Any] = {"protections": [PROTECTION]}
UNPROTECTED: dict[str, Any] = {
    **PROTECTION, "endedAt": "2026-03-03T15:20:00+01:00", "endedBy": "u-7",
}  # fmt: skip
GRANT_REQUEST: dict[str, Any] = {
    "granteeKind": "USER", "grantee": "u-8", "endsAt": "2026-09-01T00:00:00+02:00",
}  # fmt: skip
GRANT: dict[str, Any] = {
    "recipient": "r-1",
    "number": 1,
    "granteeKind": "USER",
    "grantee": "u-8",
    "reason": "Planerar personens besök",
    "emergency": False,
    "grantedAt": "2026-03-03T15:20:00+01:00",
    "grantedBy": "u-7",
    "endsAt": "2026-09-01T00:00:00+02:00",
}
GRANTS: dict[str, Any] = {"grants": [GRANT]}
REVOKED: dict[str, Any] = {
    **GRANT, "revokedAt": "2026-03-03T15:20:00+01:00", "revokedBy": "u-7",
}  # fmt: skip
EMERGENCY: dict[str, Any] = {
    **GRANT,
    "reason": "Larm från hemmet, ambulans på väg",
    "emergency": True,
    "grantedBy": "u-8",
    "endsAt": "2026-03-03T19:20:00+01:00",
}
ERASURE_REQUEST: dict[str, Any] = {"dryRun": True}
ERASURE: dict[str, Any] = {
    "recipient": "r-1",
    "again": False,
    "identity": True,
    "grants": 0,
    "decisionRevisions": 4,
    "planRevisions": 31,
    "runs": 2,
}
RETENTION_REQUEST: dict[str, Any] = {
    "identityYears": 5, "keptBornOn": [5, 15, 25], "readingsYears": 5, "dryRun": True,
}  # fmt: skip
RETENTION: dict[str, Any] = {
    "day": "2026-03-03",
    "due": [{"recipient": "r-1", "lastDay": "2020-12-31", "kept": False}],
    "readings": 120,
    "readingsBefore": "2021-03-03T00:00:00+01:00",
    "erased": [],
}
READING: dict[str, Any] = {
    "number": 1,
    "at": "2026-03-03T15:20:00+01:00",
    "actor": "u-7",
    "unit": "north",
    "kind": "READ",
    "recipient": "r-1",
    "reason": "decisions.decision",
    "case": "b-1",
    "protected": False,
    "emergency": False,
}
READINGS: dict[str, Any] = {"readings": [READING], "total": 1}
REVIEW_REQUEST: dict[str, Any] = {
    "since": "2026-03-01T00:00:00+01:00", "until": "2026-04-01T00:00:00+02:00", "sample": 20,
    "seed": 3,
}  # fmt: skip
REVIEW: dict[str, Any] = {
    "lines": 1,
    "actors": 1,
    "remarkable": [
        {"remark": "PROTECTED", "actor": "u-8", "count": 2, "first": 17, "recipient": "r-2"}
    ],
    "sample": [READING],
}
CHAIN: dict[str, Any] = {"agrees": True, "number": 1, "hash": "b66a7e3c" * 8, "findings": []}
