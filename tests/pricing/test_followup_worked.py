"""Worked time by class, and the care hour against its rate and its break-even share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from price_cases import DEMO, document

from pricing.followup.model import Dims, Figures, Place, Sums
from pricing.followup.worked import care_hours, worked_by
from pricing.performed_time import read_carer_days
from pricing.price import parse_price_parameters
from pricing.recipe import TimeClass
from scheduler.care.errors import InvalidInput

HEADER = (
    "day;carer;zone;provider;worked_min;care_min;transport_min;indirect_min;"
    "staff_related_min;waiting_min\n"
)
ROWS = (
    "2026-03-04;c-1;town;p-1;480;312;96;24;19;10\n"
    "2026-03-05;c-1;rural;p-1;400;224;108;20;16;8\n"
    "2026-03-04;c-2;town;p-2;500;375;50;25;20;10\n"
)
DAYS = read_carer_days(HEADER + ROWS, "t.csv")
KINDS = {"p-1": "OWN", "p-2": "PRIVATE"}
PRICES = parse_price_parameters(document(DEMO), "prices.toml")
LAST = date(2026, 3, 31)


def test_four_classes_waiting_and_the_rest_are_the_worked_time() -> None:
    whole = worked_by(DAYS, KINDS, ())[()]
    assert (whole.worked_min, whole.care_min, whole.rest_min) == (1380, 911, 63)
    assert whole.minutes(TimeClass.TRANSPORT) == 254
    assert whole.share(whole.care_min) == Decimal(911) / 1380


def test_a_class_that_one_day_lacks_is_missing_there_and_only_there() -> None:
    days = read_carer_days(HEADER + ROWS.replace(";50;25;20;10", ";;25;20;10"), "t.csv")
    found = worked_by(days, KINDS, ("provider",))
    assert found["p-1",].minutes(TimeClass.TRANSPORT) == 204
    assert found["p-2",].minutes(TimeClass.TRANSPORT) is None
    assert found["p-2",].rest_min == 500 - 375 - 25 - 20 - 10
    assert worked_by(days, KINDS, ())[()].minutes(TimeClass.TRANSPORT) is None


def test_own_and_private_stand_apart_and_a_provider_nobody_knows_too() -> None:
    assert list(worked_by(DAYS, {"p-1": "OWN"}, ("kind",))) == [("",), ("OWN",)]


def test_the_care_hour_against_its_rate() -> None:
    """
    Town, own: b 0.65 as the list has it, 336.55 / 0.65 = 517.77; car, other, supervision, premises
    93; x 1.03 = 629.09 against 629, and break-even is b itself. Rural: 0.56 against 0.58.
    """
    found = {(each.provider, each.zone): each for each in care_hours(PRICES, DAYS, KINDS, [], LAST)}
    own = found["p-1", "town"]
    assert own.care_time_share == Decimal("0.65")
    assert (own.cost, own.rate) == (Decimal("629.09"), Decimal(629))
    assert own.break_even_share is not None
    assert round(own.break_even_share, 4) == Decimal("0.6501")
    assert found["p-2", "town"].care_time_share == Decimal("0.75")
    assert found["p-2", "town"].rate == Decimal(642)
    low = found["p-1", "rural"]
    assert low.care_time_share is not None
    assert low.break_even_share is not None
    assert low.care_time_share < low.break_even_share
    assert low.rate is not None
    assert low.cost > low.rate


def test_what_was_paid_for_an_hour_is_of_the_performed_hours() -> None:
    """90,000 öre for 90 performed minutes are 600 kr an hour; unsettled, nothing is known."""
    sums = Sums(performed_min=90)
    sums.places[Place.PAID] = Figures(paid_ore=90_000)
    cells = [(Dims("2026-03", "p-1", "OWN", "town", "", "care"), sums)]
    assert [each.paid for each in care_hours(PRICES, DAYS, KINDS, cells, LAST)] == [None] * 3
    sums.known["payment"] = 1
    paid = {e.provider: e.paid for e in care_hours(PRICES, DAYS, KINDS, cells, LAST)
            if e.zone == "town"}  # fmt: skip
    assert paid == {"p-1": Decimal("600.00"), "p-2": None}


def test_a_provider_without_kind_has_a_cost_and_no_rate() -> None:
    found = care_hours(PRICES, DAYS, {}, [], LAST)
    assert all(each.rate is None and each.break_even_share is None for each in found)


def test_every_zone_that_the_list_lacks_is_told() -> None:
    days = read_carer_days(HEADER + ROWS.replace("town", "centre").replace("rural", "x"), "t.csv")
    with pytest.raises(InvalidInput) as refused:
        care_hours(PRICES, days, KINDS, [], LAST)
    assert {each.found for each in refused.value.findings} == {"centre", "x"}
