"""Two prices line by line, and causes that add up to their difference to the öre."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from price_cases import DEMO, add_step, document, published, set_value

from pricing.chain import Chain, chain
from pricing.compare import Comparison, compare
from pricing.price import MeasuredShares, load_price_parameters, parse_price_parameters
from pricing.scenario import SOURCE, with_values
from scheduler.care.errors import InvalidInput
from scheduler.care.model import ProviderKind

DAY = date(2026, 3, 4)
OWN, PRIVATE = ProviderKind.OWN, ProviderKind.PRIVATE


def demo(zone: str = "town", measured: MeasuredShares | None = None) -> Chain:
    return chain(load_price_parameters(DEMO), DAY, zone, measured)


def causes(found: Comparison, kind: ProviderKind | None = None) -> dict[str, Decimal]:
    result = next(each for each in found.results if each.provider is kind)
    return {cause.name: cause.amount for cause in result.causes}


def require_sums(found: Comparison) -> None:
    """Everything printed adds up: lines and causes to each result's difference."""
    for result in found.results:
        assert result.after - result.before == result.difference
        assert sum((cause.amount for cause in result.causes), Decimal(0)) == result.difference
        assert all(cause.amount == round(cause.amount, 2) for cause in result.causes)
        kinds = (None, result.provider) if result.provider else (None,)
        lines = [each.difference for each in found.lines if each.provider in kinds]
        assert sum(lines, Decimal(0)) == result.difference


def test_the_country_is_dearer_by_travel_and_car() -> None:
    """
    715.08 - 629.09 = 85.99: the car 21 x 1.03 = 21.63, travel the rest.

    The private rate also has 1 % more VAT compensation, of about 672 kr.
    """
    found = compare(demo("town"), demo("rural"))
    require_sums(found)
    assert causes(found) == {"transport_share": Decimal("64.36"), "vehicle": Decimal("21.63")}
    private = causes(found, PRIVATE)
    assert private["vat_compensation"] == Decimal("6.72")
    lines = {line.code: line for line in found.lines if line.provider is None}
    assert (lines["vehicle"].before, lines["vehicle"].after) == (9, 30)
    assert [cause.name for cause in lines["meetings_share"].causes] == ["transport_share"]


def test_two_days_of_one_price_list() -> None:
    """Next year: wage and on-costs differ, nothing else is blamed."""
    doc = document(DEMO)
    doc["parameters"]["monthly_wage"]["values"]["2027-01-01"] = 32000
    doc["parameters"]["on_cost_share"]["values"]["2027-01-01"] = Decimal("0.46")
    prices = parse_price_parameters(doc, "x")
    found = compare(chain(prices, DAY, "town"), chain(prices, date(2027, 1, 1), "town"))
    require_sums(found)
    assert causes(found).keys() == {"monthly_wage", "on_cost_share"}


def test_two_municipalities_with_different_recipes() -> None:
    """Lines that only one has explain themselves; the sum holds all the same."""
    one = chain(published("kristianstad_2017.toml"), date(2017, 5, 1), "town")
    found = compare(one, demo())
    require_sums(found)
    assert [result.provider for result in found.results] == [None, PRIVATE]
    lines = {line.code: line for line in found.lines if line.provider is None}
    assert (lines["administration"].after, lines["overhead"].before) == (None, None)
    assert causes(found, PRIVATE)["efficiency"] == Decimal("4.98")  # 498.03 x 1 %


def test_stated_against_measured_shares() -> None:
    """What the plan did to the price: travel and unbooked time, told apart."""
    measured = MeasuredShares(Decimal("0.16"), Decimal("0.01"), Decimal("0.13"))
    found = compare(demo(), demo(measured=measured))
    require_sums(found)
    assert causes(found).keys() == {"transport_share", "waiting_share"}
    busier = MeasuredShares(Decimal("0.16"), Decimal("0.01"), Decimal("0.11"))
    again = causes(compare(demo(measured=measured), demo(measured=busier)))
    assert again.keys() == {"rest_share"}


def test_the_same_price_twice_differs_in_nothing() -> None:
    """No cause is invented."""
    found = compare(demo(), demo())
    require_sums(found)
    assert all(not result.causes for result in found.results)


amount = st.integers(0, 6000).map(lambda n: Decimal(n) / 100)
share = st.integers(0, 1500).map(lambda n: Decimal(n) / 10_000)


@st.composite
def price_lists(draw: st.DrawFn) -> dict[str, Any]:
    doc = document(DEMO)
    set_value(doc, "monthly_wage", draw(st.integers(20_000, 60_000)))
    for name in ("transport_share", "waiting_share", "unbooked_share", "overhead"):
        set_value(doc, name, draw(share))
    for name in ("vehicle", "other", "supervision"):
        set_value(doc, name, draw(amount))
    if draw(st.booleans()):
        add_step(doc, "index_share", "index", "change", draw(share))
    if draw(st.booleans()):
        add_step(doc, "efficiency_share", "efficiency", "share", draw(share))
    set_value(doc, "rounding", draw(st.sampled_from([1, Decimal("0.1"), Decimal("0.01")])))
    return doc


@given(price_lists(), price_lists(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_lines_and_causes_add_up_whatever_differs(
    before: dict[str, Any], after: dict[str, Any], random: Any
) -> None:
    """And the order of the parameters in the file changes neither."""
    prices = [parse_price_parameters(doc, "x") for doc in (before, after)]
    found = compare(*(chain(each, DAY, "town") for each in prices))
    require_sums(found)
    names = list(after["parameters"])
    random.shuffle(names)
    turned = {**after, "parameters": {name: after["parameters"][name] for name in names}}
    other = parse_price_parameters(turned, "x")
    assert compare(chain(prices[0], DAY, "town"), chain(other, DAY, "town")).results == (
        found.results
    )


# ---------------------------------------------------------------- scenarios


def test_a_scenario_is_a_price_list_whose_changes_name_it() -> None:
    """Car 3 kr dearer and supplements 2.50 kr higher: both by hand, and named as assumed."""
    prices = load_price_parameters(DEMO)
    what_if = with_values(
        prices, DAY, {"vehicle": Decimal(12), "unsocial_rate.mean": Decimal("14.5")}
    )
    found = compare(chain(prices, DAY, "town"), chain(what_if, DAY, "town"))
    require_sums(found)
    # 3 x 1.03, and 2.50 x 1.4453 / 0.65 x 1.03.
    assert causes(found) == {
        "unsocial_rate.mean": Decimal("5.73"),
        "vehicle": Decimal("3.08"),  # an öre less, so that the two add up to 637.90 - 629.09
    }
    assert what_if.parameters.get("vehicle").source == SOURCE
    assert prices.parameters.get("vehicle").source != SOURCE


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("vehicel", 1, "UNKNOWN_PARAMETER"),
        ("vehicle.town", 1, "UNKNOWN_PARAMETER"),
        ("unsocial_rate", 1, "UNKNOWN_PARAMETER"),
        ("unsocial_rate.night", 1, "UNKNOWN_PARAMETER"),
        ("overhead", 3, "OUT_OF_RANGE"),
    ],
)
def test_a_scenario_of_what_is_not_there_is_refused(name: str, value: int, code: str) -> None:
    """A misspelt name would else give the old price as the answer."""
    with pytest.raises(InvalidInput) as refused:
        with_values(load_price_parameters(DEMO), DAY, {name: Decimal(value)})
    assert [finding.code for finding in refused.value.findings] == [code]
