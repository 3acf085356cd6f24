"""One example per operation of needs assessment, for the description and docs/api.md."""

from __future__ import annotations

from typing import Any

from api.server import examples, store_examples

QUOTE_REQUEST: dict[str, Any] = {
    "decision": {
        **examples.DECISION,
        "id": "b-2",
        "recipientId": "r-9",
        "lines": [
            {
                "id": "l-1",
                "service": "shower",
                "frequency": {"times": 1, "period": "WEEK", "weekdays": [3]},
                "bands": ["FORENOON"],
                "ownDuration": "PT35M",
            }
        ],
    },
    "choices": [{"provider": {"id": "p-1", "kind": "OWN"}, "unit": "centrum"}],
    "firstDay": "2026-03-04",
    "plans": [{"unit": "centrum", **store_examples.SAVE_REQUEST}],
}
QUOTE: dict[str, Any] = {
    "decisionId": "b-2",
    "offers": [
        {
            "provider": {"id": "p-1", "kind": "OWN"},
            "unit": "centrum",
            "fits": True,
            "text": "Ryms: alla 1 besök.",
            "occasions": [
                {
                    "day": "2026-03-04",
                    "lines": ["l-1"],
                    "services": ["shower"],
                    "duration": "PT35M",
                    "staff": 1,
                    "fits": True,
                    "text": "Ryms kl. 08:30. 35 min mindre väntan.",
                    "start": "2026-03-04T08:30:00+01:00",
                    "end": "2026-03-04T09:05:00+01:00",
                    "placed": [
                        {"visitId": "b-2-forenoon-1", "caregiverId": "c-1", "shiftId": "s-1"}
                    ],
                    "travelS": 0,
                    "moved": [],
                    "refusals": [],
                }
            ],
            "continuity": {"known": [], "new": ["c-1"]},
            "travelS": 0,
            "travelOre": 0,
            "purseOreMonth": 159543,
            "hoursMonth": "2.54",
            "rate": "629",
            "days": [{"day": "2026-03-04", "status": "HANDED_IN"}],
            "weekdaysWithoutPlan": [1, 2, 4, 5, 6, 7],
            "linesWithoutDay": [],
        }
    ],
}
PLACES = [{"provider": "p-2", "unit": "centrum"}, {"provider": "p-1", "unit": "centrum"}]
CHOICE_REQUEST: dict[str, Any] = {
    "providers": PLACES,
    "firstDay": "2026-03-10",
    "answerDays": 3,
}
CHOICE: dict[str, Any] = {
    "number": 1,
    "kind": "CHOSEN",
    "providers": PLACES,
    "firstDay": "2026-03-10",
    "answerDays": 3,
    "at": "2026-03-03T15:20:00+01:00",
    "by": "local",
}
ORDER: dict[str, Any] = {
    "decisionId": "b-1",
    "number": 1,
    "version": 1,
    "choice": 1,
    "rank": 0,
    "provider": "p-2",
    "unit": "centrum",
    "firstDay": "2026-03-10",
    "minutesPerWeek": 140,
    "answerBy": "2026-03-06",
    "status": "SENT",
    "steps": [
        {"status": "SENT", "at": "2026-03-03T15:20:00+01:00", "by": "local", "reason": ""},
    ],
}
ORDERED: dict[str, Any] = {"choice": CHOICE, "order": ORDER}
CHOICES: dict[str, Any] = {"choices": [CHOICE]}
ORDERS: dict[str, Any] = {"orders": [ORDER]}
REASON: dict[str, Any] = {"reason": "Ingen med finska kan komma på kvällarna."}
ANSWERED: dict[str, Any] = {
    "order": {
        **ORDER,
        "version": 2,
        "status": "ACCEPTED",
        "steps": [
            *ORDER["steps"],
            {"status": "ACCEPTED", "at": "2026-03-03T15:20:00+01:00", "by": "local", "reason": ""},
        ],
    }
}
EXPIRED: dict[str, Any] = {"expired": 0, "sent": 0}
CAPACITY_REQUEST: dict[str, Any] = {"firstDay": "2026-03-01", "minutesPerWeek": 24_000}
CAPACITY: dict[str, Any] = {
    **CAPACITY_REQUEST, "provider": "p-2", "unit": "centrum", "number": 1,
}  # fmt: skip
CAPACITIES: dict[str, Any] = {"capacities": [CAPACITY]}
QUEUE: dict[str, Any] = {
    "provider": "p-2",
    "unit": "centrum",
    "offered": True,
    "minutesPerWeek": 24_000,
    "usedMinutes": 0,
    "orders": [],
}
RULE_REQUEST: dict[str, Any] = {
    "firstDay": "2026-03-01",
    "kind": "NEAREST",
    "providers": [
        {"provider": "p-1", "location": [56.03, 14.15]},
        {"provider": "p-2", "location": [56.3, 14.5]},
    ],
}
RULE: dict[str, Any] = {**RULE_REQUEST, "unit": "centrum", "number": 1}
DEADLINES: dict[str, Any] = {
    "today": "2026-05-10",
    "until": "2026-06-09",
    "deadlines": [
        {
            "kind": "NOT_STARTED",
            "decisionId": "b-1",
            "provider": "p-1",
            "unit": "centrum",
            "due": "2026-05-20",
            "days": 10,
            "text": "Inte verkställt: beslutet fattades 2026-02-20.",
        }
    ],
}
REVIEW: dict[str, Any] = {
    "reviewedOn": "2026-08-01", "outcome": "UNCHANGED", "nextOn": "2026-08-30",
}  # fmt: skip
REVIEWED: dict[str, Any] = {
    **store_examples.DECISION_REVISION,
    "version": 2,
    "event": "CHANGED",
    "decision": {**store_examples.DECISION_REVISION["decision"], "reviewOn": "2026-08-30"},
}
AMENDMENTS: dict[str, Any] = {
    "amendments": [
        {"decisionId": "b-1", "version": 1, "interrupt": store_examples.INTERRUPTION},
        {"decisionId": "b-1", "version": 2, "review": REVIEW},
        {"decisionId": "b-1", "version": 3, "end": "2026-08-31"},
    ]
}
AMENDED: dict[str, Any] = {**store_examples.REGISTERED, "decisions": 3}
