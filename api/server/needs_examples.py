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
