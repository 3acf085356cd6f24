"""One example per operation of follow-up and budget, for the description and docs/api.md."""

from __future__ import annotations

from typing import Any

from api.usecases.following_up import ACTIONS

FOLLOW_UP_REQUEST: dict[str, Any] = {
    "months": ["2026-03"],
    "basis": "CALENDAR_DAYS",
    "services": [{"service": "care", "firstDay": "2026-01-01", "paidAs": "care"}],
    "provider": "p-1",
}
# Half an hour a day is granted; two visits are performed and paid, one of them was planned.
_PLACES = {
    "INTERRUPTED": "PLANNED",
    "LEFT_OUT": "PLANNED",
    "NOT_PLANNED": "PLANNED",
    "DECLINED": "PERFORMED",
    "PLANNED_ABSENCE": "PERFORMED",
    "UNPLANNED_ABSENCE": "PERFORMED",
    "DECEASED": "PERFORMED",
    "TOO_SHORT": "PERFORMED",
    "NO_TIME": "PERFORMED",
    "UNPAID": "PAID",
    "PAID": "DONE",
    "NOT_TRACED": "UNKNOWN",
}
_NOTHING: dict[str, Any] = {
    "grantedMin": "0", "grantedOre": 0, "beyondMin": "0", "paidMin": 0, "paidOre": 0,
}  # fmt: skip
_ENDED: dict[str, dict[str, Any]] = {
    "PAID": {"grantedMin": "50", "grantedOre": 41_667, "paidMin": 50, "paidOre": 41_667},
    "NOT_TRACED": {"grantedMin": "880", "grantedOre": 733_333},
}
_FIGURES: dict[str, Any] = {
    "grantedMin": "930",
    "grantedOre": 775_000,
    "grantedUntimedOre": 0,
    "inForceMin": "930",
    "plannedMin": 30,
    "performedMin": 50,
    "paidMin": 50,
    "paidOre": 41_667,
    "paidBesideTimeOre": {},
    "plannedShare": "1",
    "performedOfPlanned": "1",
    "executionShare": "0.053763",
    "knownMin": {"plan": "30", "visits": "930", "payment": "930"},
    "places": [
        {"place": place, "step": step, **_NOTHING, **_ENDED.get(place, {})}
        for place, step in _PLACES.items()
    ],
    "leftOutMin": {},
    "worked": None,
    "continuity": {
        "meanCarers": None, "recipients": 0, "recipientsUnknown": 0, "source": None,
    },
    "punctuality": {"share": "1", "onTime": 1, "visits": 1},
}  # fmt: skip
FOLLOW_UP: dict[str, Any] = {
    "firstDay": "2026-03-01",
    "lastDay": "2026-03-31",
    "continuityDays": [["2026-03-01", "2026-03-14"]],
    "groups": {
        "total": [_FIGURES],
        "kind": [{"kind": "PRIVATE", **_FIGURES}],
        "provider": [{"kind": "PRIVATE", "provider": "p-1", **_FIGURES}],
        "zone": [{"zone": "town", **_FIGURES}],
        "unit": [{"unit": "north", **_FIGURES}],
        "month": [{"month": "2026-03", **_FIGURES}],
        # Clock times belong to visits, which may have several services.
        "service": [
            {"service": "care", **_FIGURES,
             "punctuality": {"share": None, "onTime": 0, "visits": 0}}
        ],
    },
    "careHours": [],
    "notes": [
        {"code": code, "where": where, "expected": expected, "found": found,
         "action": ACTIONS[code]}
        for code, where, expected, found in (
            ("PLANS_MISSING", "p-1, north, 2026-03", "a day plan of every day", "of 1 days"),
            ("DAYS_WITHOUT_TIME", "p-1, 2026-03", "visits on every day",
             "none on 29 of 31 days, first 2026-03-01"),
            ("WORKED_TIME_MISSING", "worked time", "carer days", "none"),
        )
    ],
}  # fmt: skip
BUDGET_REQUEST: dict[str, Any] = {
    "budget": {
        "year": 2026,
        "posts": [{"id": "north", "unit": "north", "amountOre": 10_000_000}],
        "executionShares": [{"unit": "north", "provider": "p-1", "share": "0.9"}],
    },
    "basis": "CALENDAR_DAYS",
    "executedUntil": "2026-03",
}


def _months(executed: tuple[str, int], expected: tuple[str, int]) -> list[dict[str, Any]]:
    """March and April of a year's twelve."""

    def volume(minutes: str, ore: int) -> dict[str, Any]:
        return {"minutes": minutes, "amountOre": ore}

    return [
        {"month": "2026-03", "granted": volume("930", 775_000), "executed": volume(*executed),
         "expected": None},
        {"month": "2026-04", "granted": volume("900", 750_000), "executed": None,
         "expected": volume(*expected)},
    ]  # fmt: skip


# Of the months those two that tell one another apart.
BUDGET: dict[str, Any] = {
    "year": 2026,
    "units": [
        {"unit": "north", "budgetOre": 10_000_000, "grantedOre": 15_300_000,
         "forecastOre": 6_722_715, "leftOre": 3_277_285, "moneyEnds": None}
    ],
    "providers": [
        {"unit": "north", "provider": "own", "executionShare": "2/31", "shareSource": "MEASURED",
         "grantedOre": 7_650_000, "executedOre": 50_000, "expectedOre": 443_548,
         "forecastOre": 493_548, "months": _months(("60", 50_000), ("1800/31", 48_387))},
        {"unit": "north", "provider": "p-1", "executionShare": "9/10", "shareSource": "STATED",
         "grantedOre": 7_650_000, "executedOre": 41_667, "expectedOre": 6_187_500,
         "forecastOre": 6_229_167, "months": _months(("50", 41_667), ("810", 675_000))},
    ],
    "commissions": [],
    "newDecisions": [],
    "findings": [],
}  # fmt: skip
