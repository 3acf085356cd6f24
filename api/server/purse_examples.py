"""One example per operation about purses and unit costs."""

from __future__ import annotations

from typing import Any

SERVICE: str = """title = "Kommunens kök"
unit = "portion"
volume = "delivered"
cost = [{ kind = "amount", parameter = "food" }]
[[consumers]]
code = "school"
text = "Grundskola"
volume = "portions"
charged = "charge"
[parameters.food]
text = "Livsmedel"
unit = "kr/year"
source = "Bokslut 2025"
values = { 2026-01-01 = 16000 }
[parameters.delivered]
text = "Levererade portioner"
unit = "units/year"
source = "Bokslut 2025"
values = { 2026-01-01 = 1000 }
[parameters.portions]
text = "Skolans portioner"
unit = "units/year"
source = "Bokslut 2025"
values = { 2026-01-01 = 900 }
[parameters.charge]
text = "Skolans avgift"
unit = "kr/year"
source = "Budget 2026"
values = { 2026-01-01 = 12000 }
"""
UNIT_COST: dict[str, Any] = {
    "title": "Kommunens kök",
    "unit": "portion",
    "day": "2026-01-01",
    "lines": [
        {
            "code": "food",
            "text": "Livsmedel",
            "amount": "16.00",
            "unit": "kr/portion",
            "formula": "16\xa0000,00 / 1\xa0000,00",
            "source": "Bokslut 2025",
        }
    ],
    "perUnit": "16.00",
    "volume": "1000",
    "costOre": 1600000,
    "invoices": [
        {
            "code": "school",
            "text": "Grundskola",
            "volume": "900",
            "weightedVolume": "900",
            "amountOre": 1440000,
            "chargedOre": 1200000,
            "gapOre": 240000,
        }
    ],
    "unusedOre": 160000,
    "passThrough": [],
}
PURSE_REQUEST: dict[str, Any] = {
    "basis": "CALENDAR_DAYS",
    "services": [
        {"service": "morning", "firstDay": "2026-01-01", "paidAs": "care", "duration": "PT15M"}
    ],
    "decisions": [
        {
            "id": "b-1",
            "recipientId": "r-1",
            "recipient": {"location": [56.035, 14.16], "zone": "town"},
            "decidedOn": "2026-02-20",
            "validFrom": "2026-03-01",
            "provider": {"id": "p-2", "kind": "PRIVATE"},
            "unit": "centrum",
            "lines": [
                {
                    "id": "l-1",
                    "service": "morning",
                    "frequency": {"times": 1, "period": "DAY"},
                    "bands": ["MORNING"],
                }
            ],
        }
    ],
}
PURSES: dict[str, Any] = {
    "month": "2026-03",
    "basis": "CALENDAR_DAYS",
    "hours": "31/4",
    "amountOre": 387500,
    "lines": [
        {
            "decisionId": "b-1",
            "month": "2026-03",
            "firstDay": "2026-03-01",
            "lastDay": "2026-03-31",
            "unit": "centrum",
            "provider": "p-2",
            "providerKind": "PRIVATE",
            "zone": "town",
            "band": "any",
            "component": "visit",
            "rate": "care",
            "per": "hour",
            "kronor": "500",
            "quantity": "31/4",
            "minutes": "465",
            "amountOre": 387500,
            "services": [
                {
                    "lineId": "l-1",
                    "service": "care",
                    "staff": 1,
                    "quantity": "31/4",
                    "minutes": "465",
                    "amountOre": 387500,
                }
            ],
        }
    ],
}
