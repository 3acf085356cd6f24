"""One example per operation about what the store keeps, for the description and docs/api.md."""

from __future__ import annotations

from typing import Any

from api.server import examples

MUNICIPALITY_REQUEST: dict[str, Any] = {
    "name": "Provköping",
    "units": [{"id": "centrum", "name": "Centrum"}],
    "providers": [{"id": "p-1", "kind": "OWN"}, {"id": "p-2", "kind": "PRIVATE"}],
}
MUNICIPALITY: dict[str, Any] = {**MUNICIPALITY_REQUEST, "id": "kommunen"}
DECISION: dict[str, Any] = {**examples.DECISION, "unit": "centrum"}
DECISIONS: dict[str, Any] = {"decisions": [DECISION]}
REGISTERED: dict[str, Any] = {
    "key": "2026-03-03-1",
    "sha256": "5f0c…",
    "decisions": 1,
    "registeredAt": "2026-03-03T15:20:00+01:00",
}
DECISION_REVISION: dict[str, Any] = {
    "version": 1,
    "event": "GRANTED",
    "at": "2026-03-03T15:20:00+01:00",
    "by": "local",
    "decision": {**DECISION, "moves": [], "interruptions": []},
}
DECISION_VIEW: dict[str, Any] = {**DECISION_REVISION, **examples.DECISION_TODAY}
DECISION_PAGE: dict[str, Any] = {"decisions": [DECISION_REVISION]}
HISTORY: dict[str, Any] = {"revisions": [DECISION_REVISION]}
INTERRUPTION: dict[str, Any] = {
    "firstDay": "2026-03-10",
    "lastDay": "2026-03-14",
    "reason": "Sjukhus",
    "status": "UNPLANNED_ABSENCE",
}
END: dict[str, Any] = {"lastDay": "2026-03-31"}
# A plan that keeps every rule, with the break that the shift demands.
SAVE_REQUEST: dict[str, Any] = {
    "modelInput": examples.DAY_PLAN["modelInput"],
    "modelOutput": {
        "date": "2026-03-04",
        "caregivers": [
            {
                "id": "c-1",
                "shifts": [
                    {
                        "id": "s-1",
                        "position": 0,
                        "itinerary": [
                            {
                                "kind": "VISIT",
                                "id": "v-1",
                                "arrivalTime": "2026-03-04T07:30:00+01:00",
                                "startServiceTime": "2026-03-04T07:30:00+01:00",
                                "departureTime": "2026-03-04T07:55:00+01:00",
                                "travelTime": "PT5M21S",
                            },
                            {
                                "kind": "BREAK",
                                "arrivalTime": "2026-03-04T07:55:00+01:00",
                                "startServiceTime": "2026-03-04T10:00:00+01:00",
                                "departureTime": "2026-03-04T10:30:00+01:00",
                                "travelTime": "PT0S",
                            },
                        ],
                        "returnTravelTime": "PT5M21S",
                        "endTime": "2026-03-04T10:35:21+01:00",
                    }
                ],
            }
        ],
        "unassignedVisits": [],
    },
}
SAVED: dict[str, Any] = {"revision": 1, "status": "DRAFT", "version": 1}
APPROVED: dict[str, Any] = {"revision": 1, "status": "APPROVED", "version": 2}
PUBLISHED: dict[str, Any] = {"revision": 1, "status": "PUBLISHED", "version": 3}
PLAN_DAY: dict[str, Any] = {
    "unit": "centrum",
    "day": "2026-03-04",
    "version": 1,
    "revisions": [
        {"revision": 1, "status": "DRAFT", "savedAt": "2026-03-03T15:20:00+01:00"},
    ],
}
PLAN_REVISION: dict[str, Any] = {
    "unit": "centrum",
    "day": "2026-03-04",
    "revision": 1,
    "status": "DRAFT",
    **SAVE_REQUEST,
}
DAY_LIST: dict[str, Any] = {
    "caregiverId": "c-1",
    "day": "2026-03-04",
    "shifts": [
        {
            "id": "s-1",
            "startTime": "2026-03-04T07:00:00+01:00",
            "endTime": "2026-03-04T15:00:00+01:00",
            "stops": [
                {
                    "kind": "VISIT",
                    "startTime": "2026-03-04T07:30:00+01:00",
                    "endTime": "2026-03-04T07:55:00+01:00",
                    "travelTime": "PT5M21S",
                    "visitId": "v-1",
                    "recipientId": "r-1",
                    "location": [56.035, 14.16],
                    "services": ["morning"],
                    "togetherWith": [],
                },
                {
                    "kind": "BREAK",
                    "startTime": "2026-03-04T10:00:00+01:00",
                    "endTime": "2026-03-04T10:30:00+01:00",
                    "travelTime": "PT0S",
                    "services": [],
                    "togetherWith": [],
                },
            ],
        }
    ],
}
WHO_COMES: dict[str, Any] = {
    "recipientId": "r-1",
    "day": "2026-03-04",
    "visits": [
        {
            "visitId": "v-1",
            "caregiverId": "c-1",
            "startTime": "2026-03-04T07:30:00+01:00",
            "endTime": "2026-03-04T07:55:00+01:00",
            "services": ["morning"],
        }
    ],
    "leftOut": [],
}
ROUTE_MAP: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [[14.15, 56.03], [14.16, 56.035], [14.15, 56.03]],
            },
            "properties": {
                "kind": "ROUTE",
                "caregiverId": "c-1",
                "shiftId": "s-1",
                "transportMode": "BICYCLE",
            },
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [14.16, 56.035]},
            "properties": {
                "kind": "VISIT",
                "caregiverId": "c-1",
                "shiftId": "s-1",
                "visitId": "v-1",
                "recipientId": "r-1",
                "zone": "town",
                "number": 1,
                "startServiceTime": "2026-03-04T07:30:00+01:00",
                "departureTime": "2026-03-04T07:55:00+01:00",
            },
        },
    ],
}
ROSTER: dict[str, Any] = {
    "caregivers": examples.DAY_PLAN["modelInput"]["caregivers"],
}
SOLVE: dict[str, Any] = {"config": {"run": {"termination": {"spentLimit": "PT30S"}}}}
MUNICIPALITY_PLAN_REQUEST: dict[str, Any] = {"day": "2026-03-04", **SOLVE}
MUNICIPALITY_PLAN: dict[str, Any] = {
    "id": "5a0c1f1f-8d1e-4c55-9c39-3f1b8a527a10",
    "day": "2026-03-04",
    "final": False,
    "counts": {"SOLVING_SCHEDULED": 1},
    "unassignedVisits": 0,
    "plans": [{"unit": "centrum", "plan": examples.SCHEDULED}],
}
