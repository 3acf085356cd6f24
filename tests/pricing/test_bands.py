"""Time bands: a third way in which prices differ, with their own supplements and shares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from price_cases import document, set_value

from pricing.price import hour_cost, parse_price_parameters
from scheduler.care.errors import InvalidInput, UnknownValue

DAY = date(2026, 3, 4)
EVENING_AND_NIGHT = {"day": 0, "evening": Decimal("21.50"), "night": Decimal("45.40")}


def banded() -> dict[str, Any]:
    """The synthetic chain by day, evening and night, each band all in its own supplement."""
    doc = document()
    doc["bands"] = ["day", "evening", "night"]
    set_value(doc, "unsocial_rate", EVENING_AND_NIGHT)
    shares = {band: {each: int(each == band) for each in doc["bands"]} for band in doc["bands"]}
    set_value(doc, "unsocial_share", shares)
    return doc


def worked_hour(doc: dict[str, Any], band: str) -> Decimal:
    cost = hour_cost(parse_price_parameters(doc, "x"), DAY, "town", band=band)
    assert cost.cost_per_worked_hour is not None
    assert cost.band == band
    return cost.cost_per_worked_hour


def test_a_band_carries_its_own_supplement_with_on_costs() -> None:
    """
    An evening hour costs 21.50 x 1.4453 = 31.07 more than a day hour, a night hour 65.62.

    A day hour is (370,884 - 19,285.968 + 5,235.6458) x 1.4453 / 1,615.68 = 319.20.
    """
    assert worked_hour(banded(), "day") == Decimal("319.20")
    assert worked_hour(banded(), "evening") == Decimal("350.28")  # 319.2036 + 31.0740
    assert worked_hour(banded(), "night") == Decimal("384.82")  # 319.2036 + 65.6166


def test_a_band_may_have_its_own_shares_in_each_zone() -> None:
    """Nights are more travel for less care; a table by zone and band, in either order."""
    doc = banded()
    shares = {"day": Decimal("0.30"), "evening": Decimal("0.35"), "night": Decimal("0.50")}
    set_value(doc, "ancillary", {"town": shares, "rural": Decimal("0.42")})
    prices = parse_price_parameters(doc, "x")

    def share(zone: str, band: str) -> Decimal | None:
        return hour_cost(prices, DAY, zone, band=band).care_time_share

    assert [share("town", band) for band in shares] == [
        Decimal("0.70"),
        Decimal("0.65"),
        Decimal("0.50"),
    ]
    assert share("rural", "night") == Decimal("0.58")


def test_a_rate_step_may_differ_by_band() -> None:
    """One number per band, where nothing else differs."""
    doc = banded()
    set_value(doc, "vat_compensation", {"day": 0, "evening": Decimal("0.02"), "night": 1})
    prices = parse_price_parameters(doc, "x")
    for band, share in (("day", 0), ("evening", Decimal("0.02")), ("night", 1)):
        cost = hour_cost(prices, DAY, "town", band=band)
        line = cost.rate_lines[prices.providers[1]][0]
        assert abs(line.amount - cost.total * share) <= Decimal("0.01")


def test_a_band_must_be_chosen_and_known() -> None:
    """An evening priced as a day is a wrong payment every evening."""
    prices = parse_price_parameters(banded(), "x")
    for band in (None, "weekend"):
        with pytest.raises(UnknownValue) as refused:
            hour_cost(prices, DAY, "town", band=band)
        assert [finding.code for finding in refused.value.findings] == ["UNKNOWN_BAND"]
    with pytest.raises(UnknownValue):
        hour_cost(parse_price_parameters(document(), "x"), DAY, "town", band="day")


@pytest.mark.parametrize(
    ("bands", "where"),
    [([], "bands"), (["day", "day"], "bands"), (["town", "day"], "bands"), ("day", "bands")],
)
def test_faulty_bands_are_refused(bands: object, where: str) -> None:
    """A name that is also a zone would make tables mean two things."""
    doc = banded()
    doc["bands"] = bands
    with pytest.raises(InvalidInput) as refused:
        parse_price_parameters(doc, "x")
    assert f"x: {where}" in {finding.where for finding in refused.value.findings}


def test_a_table_that_lacks_a_band_is_refused() -> None:
    """Nobody knows what a night costs when only day and evening are given."""
    doc = banded()
    set_value(doc, "vehicle", {"day": 9, "evening": 10})
    with pytest.raises(InvalidInput) as refused:
        parse_price_parameters(doc, "x")
    assert [finding.code for finding in refused.value.findings] == ["WRONG_TABLE"]
    assert "band (day, evening, night)" in refused.value.findings[0].expected
