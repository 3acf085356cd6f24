"""Prices and purses as JSON, without a binary float."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from price_cases import DEMO, cases, published, purse_of

from pricing.export import hour_cost_dict, purse_dict
from pricing.price import hour_cost, load_price_parameters, measured_shares
from scheduler.care.units import to_ore


def test_an_exported_hour_cost_is_json_with_decimals_as_texts() -> None:
    """498.03 as a JSON number would be read as a binary float."""
    cost = hour_cost(published("kristianstad_2017.toml"), date(2017, 5, 1), "rural")
    plain = json.loads(json.dumps(hour_cost_dict(cost)))
    assert plain["total"] == "528.15"
    assert plain["rates"] == {"PRIVATE": "523"}
    assert plain["day"] == "2017-05-01"
    assert plain["zone"] == "rural"
    assert plain["staff"] is None
    assert plain["lines"][1] == {
        "code": "transport_time",
        "text": "Transporttid",
        "amount": "96.27",
        "unit": "kr/brukartimme",
        "formula": "angivet belopp 96,27",
        "source": "Kristianstad price list 2017-05-01",
    }
    assert [step["amount"] for step in plain["rateLines"]["PRIVATE"]] == ["-5.28", "0.13"]


def test_an_exported_hour_cost_holds_the_wage_steps_and_the_notes() -> None:
    """The steps to öre, and each note with what to do about it."""
    hurried = measured_shares(paid_s=100, travel_s=20, waiting_s=5, idle_s=5)
    cost = hour_cost(load_price_parameters(DEMO), date(2026, 3, 4), "town", hurried)
    plain = json.loads(json.dumps(hour_cost_dict(cost)))
    assert plain["staff"]["payWithOnCosts"] == "543753.42"
    assert plain["costPerWorkedHour"] == plain["staff"]["perWorkedHour"] == "336.55"
    assert plain["shareSource"] == "measured"
    assert plain["careTimeShare"] == "0.66"
    assert [(note["code"], note["severity"]) for note in plain["notes"]] == [
        ("PLAN_LEAVES_TOO_LITTLE_TIME", "WARNING")
    ]
    assert plain["breakEvenShare"].keys() == {"OWN", "PRIVATE"}


def test_an_exported_purse_keeps_its_hours_unrounded() -> None:
    """Whoever multiplies hours by the rate must find the amount."""
    plain = json.loads(json.dumps(purse_dict(purse_of(cases("purse")[0]))))
    assert plain["amountOre"] == 1_589_888
    assert to_ore(Decimal(plain["hoursPerMonth"]) * Decimal(plain["rate"])) == plain["amountOre"]
    assert (plain["decisionId"], plain["providerKind"]) == ("d-1", "PRIVATE")
