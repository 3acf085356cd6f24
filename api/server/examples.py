"""One example per operation, for the server's description and for docs/api.md."""

from __future__ import annotations

from typing import Any

DAY_PLAN: dict[str, Any] = {
    "config": {"run": {"name": "Centrum", "termination": {"spentLimit": "PT30S"}, "seed": 1}},
    "modelInput": {
        "date": "2026-03-04",
        "caregivers": [
            {
                "id": "c-1",
                "skills": ["undersköterska"],
                "delegations": [
                    {"skill": "läkemedel", "validFrom": "2026-01-01", "validTo": "2026-12-31"}
                ],
                "shifts": [
                    {
                        "id": "s-1",
                        "minStartTime": "2026-03-04T07:00:00+01:00",
                        "maxEndTime": "2026-03-04T15:00:00+01:00",
                        "startLocation": [56.03, 14.15],
                        "endLocation": [56.03, 14.15],
                        "transportMode": "BICYCLE",
                        "requiredBreaks": [
                            {
                                "minStartTime": "2026-03-04T10:00:00+01:00",
                                "maxStartTime": "2026-03-04T13:30:00+01:00",
                                "duration": "PT30M",
                            }
                        ],
                    }
                ],
            }
        ],
        "visits": [
            {
                "id": "v-1",
                "recipientId": "r-1",
                "zone": "town",
                "location": [56.035, 14.16],
                "timeWindows": [
                    {
                        "minStartTime": "2026-03-04T07:30:00+01:00",
                        "maxStartTime": "2026-03-04T09:00:00+01:00",
                    }
                ],
                "serviceDuration": "PT25M",
                "requiredSkills": ["läkemedel"],
                "priority": 1,
                "services": ["morning"],
            }
        ],
    },
}
PLAN_ID = "3f1b8a52-8d1e-4c55-9c39-5a0c1f1f7a10"
SCHEDULED: dict[str, Any] = {
    "id": PLAN_ID,
    "name": "Centrum",
    "status": "SOLVING_SCHEDULED",
    "submittedAt": "2026-03-03T15:20:00+01:00",
    "seed": 1,
    "spentLimit": "PT30S",
    "findings": [],
}
COMPLETED: dict[str, Any] = {
    **SCHEDULED,
    "status": "SOLVING_COMPLETED",
    "startedAt": "2026-03-03T15:20:00+01:00",
    "endedAt": "2026-03-03T15:20:32+01:00",
    "objective": 328,
    "unassignedVisits": 0,
}
PATCH: dict[str, Any] = {
    "patch": [
        {
            "op": "replace",
            "path": "/modelInput/visits/[id=v-1]/serviceDuration",
            "value": "PT40M",
        },
        {"op": "replace", "path": "/config/run/termination/spentLimit", "value": "PT10S"},
    ]
}
PATCHED: dict[str, Any] = {
    **SCHEDULED,
    "id": "9d0c2f4e-5b1a-4a36-8f0e-2a7f3a1f0b22",
    "parentId": PLAN_ID,
    "originId": PLAN_ID,
    "spentLimit": "PT10S",
}
PLAN: dict[str, Any] = {
    "metadata": COMPLETED,
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
                                "recipientId": "r-1",
                                "zone": "town",
                                "arrivalTime": "2026-03-04T07:30:00+01:00",
                                "startServiceTime": "2026-03-04T07:30:00+01:00",
                                "departureTime": "2026-03-04T07:55:00+01:00",
                                "travelTime": "PT5M7S",
                            }
                        ],
                        "returnTravelTime": "PT5M7S",
                        "endTime": "2026-03-04T08:00:07+01:00",
                    }
                ],
            }
        ],
        "unassignedVisits": [],
    },
}
EVALUATION_REQUEST: dict[str, Any] = {
    "modelInput": DAY_PLAN["modelInput"],
    "modelOutput": PLAN["modelOutput"],
}
EVALUATION: dict[str, Any] = {
    "objective": 2456,
    "violations": [],
    "missed": [],
    "scoreAnalysis": [
        {"term": "travel", "quantity": 614, "unit": "s", "weight": 4, "points": 2456}
    ],
}
SCORE_ANALYSIS: dict[str, Any] = {
    "objective": 2456,
    "scoreAnalysis": EVALUATION["scoreAnalysis"],
}
RECOMMENDATION_REQUEST: dict[str, Any] = {
    "modelInput": DAY_PLAN["modelInput"],
    "modelOutput": {
        "date": "2026-03-04",
        "caregivers": [
            {
                "id": "c-1",
                "shifts": [
                    {
                        "id": "s-1",
                        "position": 0,
                        "itinerary": [],
                        "returnTravelTime": "PT0S",
                        "endTime": "2026-03-04T07:00:00+01:00",
                    }
                ],
            }
        ],
        "unassignedVisits": [],
    },
    "visits": ["v-1"],
}
RECOMMENDATIONS: dict[str, Any] = {
    "recommendations": [
        {
            "visits": ["v-1"],
            "options": [
                {
                    "placed": [{"visitId": "v-1", "caregiverId": "c-1", "shiftId": "s-1"}],
                    "startServiceTime": "2026-03-04T09:00:00+01:00",
                    "text": "11 min mer restid, 35 min mer väntan.",
                    "points": -995332,
                    "scoreAnalysis": [
                        {
                            "term": "travel",
                            "quantity": 642,
                            "unit": "s",
                            "weight": 4,
                            "points": 2568,
                        },
                        {
                            "term": "waiting",
                            "quantity": 2100,
                            "unit": "s",
                            "weight": 1,
                            "points": 2100,
                        },
                        {
                            "term": "unassigned_priority_1",
                            "quantity": -1,
                            "unit": "visits",
                            "weight": 1000000,
                            "points": -1000000,
                        },
                    ],
                    "moved": [],
                }
            ],
            "furtherShifts": 0,
            "refusals": [],
        }
    ]
}
REPLAN_REQUEST: dict[str, Any] = {
    **EVALUATION_REQUEST,
    "disturbances": {"now": "2026-03-04T07:00:00+01:00", "cancelledVisits": ["v-1"]},
}
REPLAN: dict[str, Any] = {
    "modelInput": {
        "planningWindow": {"startDate": "2026-03-04", "endDate": "2026-03-05"},
        "date": "2026-03-04",
        "caregivers": DAY_PLAN["modelInput"]["caregivers"],
        "visits": [],
        "visitGroups": [],
    },
    "modelOutput": RECOMMENDATION_REQUEST["modelOutput"],
    "changes": [
        {
            "visitId": "v-1",
            "recipientId": "r-1",
            "kind": "REMOVED",
            "before": {
                "caregiverId": "c-1",
                "shiftId": "s-1",
                "startServiceTime": "2026-03-04T07:30:00+01:00",
            },
            "cause": "CANCELLED",
            "because": [],
            "text": "Avbokat.",
        }
    ],
    "untouchedVisits": 0,
    "keptVisits": 0,
    "objective": 0,
    "violations": [],
    "scoreAnalysis": [{"term": "travel", "quantity": 0, "unit": "s", "weight": 4, "points": 0}],
}
SIMULATION_REQUEST: dict[str, Any] = {
    "modelInput": DAY_PLAN["modelInput"],
    "modelOutput": PLAN["modelOutput"],
    "days": 1000,
    "seed": 1,
}
SIMULATION: dict[str, Any] = {
    "days": 1000,
    "seed": 1,
    "tolerance": "PT15M",
    "punctualShare": 1.0,
    "halfWidth": 0.0,
    "inWindowShare": 1.0,
    "inToleranceShare": 1.0,
    "mustInWindowShare": 1.0,
    "mustDaysShare": 1.0,
    "lateness": "PT0S",
    "overtime": "PT0S",
    "visitsPerDay": {"planned": 1, "made": 0.933, "cancelled": 0.024, "toSubstitute": 0.043},
    "visits": [
        {
            "visitId": "v-1",
            "caregiverId": "c-1",
            "shiftId": "s-1",
            "startServiceTime": "2026-03-04T07:30:00+01:00",
            "punctualShare": 1.0,
            "inWindowShare": 1.0,
            "inToleranceShare": 1.0,
            "madeShare": 0.933,
            "medianDelayS": 0,
            "p95DelayS": 0,
        }
    ],
    "shifts": [
        {
            "shiftId": "s-1",
            "caregiverId": "c-1",
            "visits": 1,
            "punctualShare": 1.0,
            "overtimeShare": 0.0,
            "overtime": "PT0S",
        }
    ],
}
DATA_CHECK: dict[str, Any] = {
    "date": "2026-03-04",
    "blocks": 0,
    "improves": 3,
    "advice": [
        {
            "code": "NO_DECISIONS",
            "level": "IMPROVES",
            "kind": "VISITS",
            "count": 1,
            "ids": ["v-1"],
            "text": "1 besök saknar beslut. Planerad tid kan inte ställas mot beviljad tid och "
            "påse pengar.",
            "action": "Ange beslutets och gärna radernas id (decisionId, lineIds).",
        },
        {
            "code": "NO_NAMES",
            "level": "IMPROVES",
            "kind": "CARERS",
            "count": 1,
            "ids": ["c-1"],
            "text": "1 medarbetare saknar namn. I planen står bara id.",
            "action": "Ange name om utskrifter ska användas av personal.",
        },
        {
            "code": "NO_NAMES",
            "level": "IMPROVES",
            "kind": "RECIPIENTS",
            "count": 1,
            "ids": ["r-1"],
            "text": "1 person saknar namn. I daglistan står bara id.",
            "action": "Ange name om utskrifter ska användas av personal.",
        },
    ],
    "findings": [],
}
DIFF: dict[str, Any] = {
    "before": PLAN_ID,
    "after": "9c0d6d0e-52a4-4d35-8a5b-0d7f2f1f4b11",
    "date": "2026-03-04",
    "unchangedVisits": 243,
    "stillUnassignedVisits": 0,
    "changes": [
        {
            "visitId": "v-1",
            "recipientId": "r-1",
            "kind": "CARER_AND_TIME",
            "before": {
                "caregiverId": "c-1",
                "shiftId": "s-1",
                "startServiceTime": "2026-03-04T07:30:00+01:00",
            },
            "after": {
                "caregiverId": "c-2",
                "shiftId": "s-2",
                "startServiceTime": "2026-03-04T07:45:00+01:00",
            },
        }
    ],
    "kpis": [
        {"kpi": "travelTime", "unit": "s", "before": 87060, "after": 87360, "difference": 300}
    ],
}
DECISION: dict[str, Any] = {
    "id": "b-1",
    "recipientId": "r-1",
    "recipient": {"location": [56.035, 14.16], "zone": "town"},
    "decidedOn": "2026-02-20",
    "validFrom": "2026-03-01",
    "validTo": "2026-08-31",
    "reviewOn": "2026-08-01",
    "provider": {"id": "p-1", "kind": "OWN"},
    "lines": [
        {
            "id": "l-1",
            "service": "morning",
            "frequency": {"times": 1, "period": "DAY"},
            "bands": ["MORNING"],
        },
        {
            "id": "l-2",
            "service": "shower",
            "frequency": {"times": 1, "period": "WEEK", "weekdays": [3]},
            "bands": ["MORNING"],
            "ownDuration": "PT35M",
        },
    ],
}
HOUR_COST_REQUEST: dict[str, Any] = {"day": "2026-03-04", "dayPlanId": PLAN_ID}
DECISION_TODAY: dict[str, Any] = {
    "day": "2026-03-04",
    "visits": [
        {
            "id": "b-1-morning-1",
            "minStartTime": "2026-03-04T07:00:00+01:00",
            "maxStartTime": "2026-03-04T10:30:00+01:00",
            "serviceDuration": "PT50M",
            "requiredSkills": [],
            "services": ["morning", "shower"],
            "lineIds": ["l-1", "l-2"],
        }
    ],
    "purse": {
        "decisionId": "b-1",
        "zone": "town",
        "providerKind": "OWN",
        "minutesPerWeek": "140",
        "hoursPerMonth": "10.14583333333333333333333333",
        "rate": "629",
        "amountOre": 638173,
    },
}
HOUR_COSTS: dict[str, Any] = {
    "hourCosts": [
        {
            "title": "Prislista",
            "zone": "town",
            "service": "care",
            "day": "2026-03-04",
            "lines": [
                {
                    "code": "worked_hour",
                    "text": "Personal, arbetad tid",
                    "amount": "336.55",
                    "unit": "kr/brukartimme",
                    "formula": "336,55 kr",
                    "source": "Synthetic chain",
                }
            ],
            "total": "336.55",
            "costPerWorkedHour": "336.55",
            "careTimeShare": "0.65",
            "shareSource": "measured",
            "rates": {"OWN": "629"},
            "rateLines": {"OWN": []},
            "breakEvenShare": {"OWN": "0.63"},
            "staff": {
                "workedHours": "1615.68",
                "sickDeduction": "19285.97",
                "vacationSupplement": "5235.65",
                "unsocialSupplement": "19388.16",
                "pay": "376221.84",
                "payWithOnCosts": "543753.42",
                "perWorkedHour": "336.55",
            },
            "notes": [],
            "band": "",
            "shareSources": {},
        }
    ]
}
