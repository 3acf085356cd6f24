"""One example per operation of a provider's own orders, for the description and docs/api.md."""

from __future__ import annotations

from typing import Any

from api.server import examples, needs_examples

_SENT: dict[str, Any] = {
    "status": "SENT", "at": "2026-03-03T15:20:00+01:00", "reason": "",
}  # fmt: skip
_HEAD: dict[str, Any] = {
    name: value
    for name, value in needs_examples.ORDER.items()
    if name not in ("choice", "rank", "provider")
} | {"steps": [_SENT]}
ORDERS: dict[str, Any] = {"orders": [_HEAD]}
_LINES: list[dict[str, Any]] = [
    {"staff": 1, "flexible": False, **line,
     "frequency": {"weekdays": [], **line["frequency"]}}
    for line in examples.DECISION["lines"]
]  # fmt: skip
_HOME: dict[str, Any] = {
    "prohibitedCaregivers": [], "preferredCaregivers": [], "preferredLanguages": [],
    "allergens": [], "requiredSkills": [], **examples.DECISION["recipient"],
}  # fmt: skip
ORDER: dict[str, Any] = {
    **_HEAD,
    "ordered": {
        "firstDay": "2026-03-10",
        "lastDay": examples.DECISION["validTo"],
        "zone": examples.DECISION["recipient"]["zone"],
        "requiredSkills": [],
        "lines": _LINES,
        "interruptions": [],
    },
}
ACCEPTED: dict[str, Any] = {
    **ORDER,
    "version": 2,
    "status": "ACCEPTED",
    "steps": [_SENT, {**_SENT, "status": "ACCEPTED", "by": "local"}],
    "ordered": {
        **ORDER["ordered"], "recipientId": examples.DECISION["recipientId"], "recipient": _HOME,
    },
}  # fmt: skip
REFUSED: dict[str, Any] = {
    **_HEAD,
    "version": 2,
    "status": "REFUSED",
    "steps": [_SENT, {**_SENT, "status": "REFUSED", "by": "local", **needs_examples.REASON}],
}
