"""The hour cost: lines that add up, every step of the chain, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from price_cases import DEMO, add_step, document, published, set_value

from pricing.price import (
    HourCost,
    MeasuredShares,
    ShareSource,
    hour_cost,
    load_price_parameters,
    parse_price_parameters,
)
from scheduler.care.errors import CareError, InvalidInput, NotInForce, UnknownValue
from scheduler.care.model import ProviderKind
from scheduler.care.units import round_half_up

OWN, PRIVATE = ProviderKind.OWN, ProviderKind.PRIVATE
DAY = date(2026, 3, 4)


def price(doc: dict[str, Any], zone: str = "town", day: date = DAY) -> HourCost:
    return hour_cost(parse_price_parameters(doc, "test.toml"), day, zone)


def codes(error: CareError) -> list[str]:
    return [finding.code for finding in error.findings]


def amounts(cost: HourCost, kind: ProviderKind) -> dict[str, Decimal]:
    return {line.code: line.amount for line in cost.rate_lines[kind]}


# ---------------------------------------------------------------- each step of the chain


def five_hundred() -> dict[str, Any]:
    """A price list a person can do in the head: one stated amount of 500 kr."""

    def parameter(unit: str, value: int) -> dict[str, Any]:
        return {"text": "Test", "unit": unit, "source": "test", "values": {"2026-01-01": value}}

    return {
        "title": "Fem hundra",
        "zones": ["all"],
        "services": ["home_care"],
        "providers": ["OWN", "PRIVATE"],
        "recipe": [
            {
                "first_day": "2026-01-01",
                "cost": [{"kind": "amount", "parameter": "base"}],
                "rate": [{"kind": "round", "parameter": "rounding"}],
            }
        ],
        "parameters": {"base": parameter("kr/care hour", 500), "rounding": parameter("kr", 1)},
    }


@pytest.mark.parametrize(
    ("kind", "unit", "value", "expected"),
    [
        ("efficiency_share", "share", "0.01", 495),
        ("exempt_share", "share", "0.02", 490),
        ("exempt_amount", "kr/care hour", "12.50", 488),  # 487.50, half up
        ("compensation_share", "share", "0.015", 508),  # 507.50, half up
        ("index_share", "change", "0.027", 514),  # 513.50, half up
        ("index_share", "change", "-0.01", 495),
    ],
)
def test_each_rate_step_moves_500_kronor_as_it_says(
    kind: str, unit: str, value: str, expected: int
) -> None:
    """A flipped sign turns a deduction into a gift."""
    doc = five_hundred()
    add_step(doc, kind, "step", unit, Decimal(value))
    assert price(doc, "all").rates == {OWN: expected, PRIVATE: expected}


def test_a_step_for_one_provider_leaves_the_other() -> None:
    """VAT compensation is for private providers, central services for the municipality's own."""
    doc = five_hundred()
    add_step(doc, "exempt_amount", "central_services", "kr/care hour", 20, "OWN")
    add_step(doc, "compensation_share", "vat_compensation", "share", Decimal("0.015"), "PRIVATE")
    assert price(doc, "all").rates == {OWN: 480, PRIVATE: 508}


def test_the_whole_chain_with_every_step_by_hand() -> None:
    """
    500 less 1 % is 495. Own: less 20 is 475; private: plus 2 % of 495 is 504.90.

    Index 2.7 %: own 487.825, private 518.5323. Whole kronor: 488 and 519.
    """
    doc = five_hundred()
    add_step(doc, "efficiency_share", "efficiency", "share", Decimal("0.01"))
    add_step(doc, "exempt_amount", "central_services", "kr/care hour", 20, "OWN")
    add_step(doc, "compensation_share", "vat_compensation", "share", Decimal("0.02"), "PRIVATE")
    add_step(doc, "index_share", "index", "change", Decimal("0.027"))
    cost = price(doc, "all")
    assert cost.rates == {OWN: 488, PRIVATE: 519}
    assert amounts(cost, OWN) == {
        "efficiency": Decimal("-5.00"),
        "central_services": Decimal("-20.00"),
        "index": Decimal("12.83"),  # 487.825 is shown as 487.83
        "rounding": Decimal("0.17"),
    }
    assert amounts(cost, PRIVATE) == {
        "efficiency": Decimal("-5.00"),
        "vat_compensation": Decimal("9.90"),
        "index": Decimal("13.63"),
        "rounding": Decimal("0.47"),
    }


@pytest.mark.parametrize(
    ("step", "expected"),
    [(1, "500"), (Decimal("1.0"), "500"), (Decimal("0.1"), "499.5"), (Decimal("0.01"), "499.55")],
)
def test_the_price_list_decides_what_a_rate_is_rounded_to(step: object, expected: str) -> None:
    """Some municipalities print öre (Jönköping 2016: 414.80); 1.0 is one krona, not a tenth."""
    doc = five_hundred()
    set_value(doc, "base", Decimal("499.546"))
    set_value(doc, "rounding", step)
    assert str(price(doc, "all").rates[OWN]) == expected


def test_zones_take_their_own_values() -> None:
    """Car 9 kr in town and 30 in the country: swapped zones pay the wrong providers."""
    price_list = published("synthetic_2026.toml")
    cars = {
        zone: next(
            line.amount for line in hour_cost(price_list, DAY, zone).lines if line.code == "vehicle"
        )
        for zone in price_list.zones
    }
    assert cars == {"town": 9, "rural": 30}


def test_values_may_differ_by_service_within_a_zone() -> None:
    """A value by zone and service, in either order, and one number for all of them."""
    doc = five_hundred()
    doc["zones"] = ["town", "rural"]
    doc["services"] = ["care", "service"]
    doc["parameters"]["base"]["values"] = {
        "2026-01-01": {"town": {"care": 400, "service": 350}, "rural": 450},
        "2026-02-01": {"care": {"town": 410, "rural": 460}, "service": 360},
    }
    price_list = parse_price_parameters(doc, "test.toml")

    def rate(day: date, zone: str, service: str) -> Decimal:
        return hour_cost(price_list, day, zone, service=service).rates[OWN]

    january, february = date(2026, 1, 31), date(2026, 2, 1)
    assert [rate(january, "town", "care"), rate(january, "town", "service")] == [400, 350]
    assert [rate(january, "rural", "care"), rate(january, "rural", "service")] == [450, 450]
    assert [rate(february, "town", "care"), rate(february, "rural", "care")] == [410, 460]
    assert [rate(february, "town", "service"), rate(february, "rural", "service")] == [360, 360]


def test_a_new_value_holds_from_its_first_day() -> None:
    """One day off and a whole month is paid at last year's price, or next year's."""
    doc = five_hundred()
    values = {"2026-01-01": 500, "2026-07-01": 520, "2027-01-01": "ended"}
    doc["parameters"]["base"]["values"] = values
    assert price(doc, "all", date(2026, 6, 30)).rates[OWN] == 500
    assert price(doc, "all", date(2026, 7, 1)).rates[OWN] == 520
    assert price(doc, "all", date(2026, 12, 31)).rates[OWN] == 520
    with pytest.raises(NotInForce) as refused:
        price(doc, "all", date(2027, 1, 1))
    assert codes(refused.value) == ["VALUE_ENDED"]


def test_an_old_formula_stays_in_force_for_its_days() -> None:
    """A month re-priced next year must give what it gave, though the formula has changed."""
    doc = five_hundred()
    add_step(doc, "efficiency_share", "efficiency", "share", Decimal("0.01"))
    simple = {"kind": "round", "parameter": "rounding"}
    # Written first: the days decide, not the order in the file.
    doc["recipe"].insert(0, {**doc["recipe"][0], "first_day": "2026-07-01", "rate": [simple]})
    assert price(doc, "all", date(2026, 6, 30)).rates[OWN] == 495
    assert price(doc, "all", date(2026, 7, 1)).rates[OWN] == 500


# ---------------------------------------------------------------- measured shares


def demo(measured: MeasuredShares | None = None, zone: str = "town") -> HourCost:
    return hour_cost(load_price_parameters(DEMO), DAY, zone, measured)


def shares(transport: str, waiting: str, idle: str) -> MeasuredShares:
    return MeasuredShares(Decimal(transport), Decimal(waiting), Decimal(idle))


def test_the_demo_falls_back_on_the_synthetic_chain() -> None:
    """Its five stated shares add up to the chain's one, so the published figures must come out."""
    town, rural = demo(), demo(zone="rural")
    assert (town.rates, rural.rates) == ({OWN: 629, PRIVATE: 642}, {OWN: 715, PRIVATE: 737})
    assert (town.total, rural.total) == (Decimal("629.09"), Decimal("715.08"))
    assert town.share_source == ShareSource.STATED == "stated"


def test_a_plan_replaces_transport_waiting_and_unbooked_time() -> None:
    """
    By hand: transport 0.16, waiting 0.01, idle 0.13 of which documentation and meetings take 0.09.

    So 0.04 is unbooked, b = 0.70, cost per care hour 336.547 / 0.70 = 480.78; transport adds
    336.547 x 0.16 / 0.70 = 76.92. With 93 kr of other costs x 1.03: 591.00 -> 591; private 602.82.
    """
    cost = demo(shares("0.16", "0.01", "0.13"))
    assert cost.care_time_share == Decimal("0.70")
    assert cost.share_source == ShareSource.MEASURED == "measured"
    assert cost.rates == {OWN: 591, PRIVATE: 603}
    lines = {line.code: line for line in cost.lines}
    assert lines["transport_share"].amount == Decimal("76.92")
    assert lines["transport_share"].source == "Uppmätt i dagsplanen"
    assert lines["meetings_share"].source.startswith("Assumed")
    assert cost.notes == ()


def test_a_plan_that_leaves_too_little_time_is_priced_in_full_with_a_note() -> None:
    """Documentation needs 9 % and the plan leaves 5 %: b = 1 - 0.20 - 0.05 - 0.09 = 0.66."""
    cost = demo(shares("0.20", "0.05", "0.05"))
    assert cost.care_time_share == Decimal("0.66")
    assert [note.code for note in cost.notes] == ["PLAN_LEAVES_TOO_LITTLE_TIME"]
    assert "5,00\u00a0%" in cost.notes[0].action
    assert "9,00\u00a0%" in cost.notes[0].action


def test_exactly_enough_idle_time_leaves_no_note() -> None:
    """The bound is included: 9 % needed and 9 % left."""
    assert demo(shares("0.20", "0.05", "0.09")).notes == ()


def test_measured_shares_are_refused_where_no_line_can_show_them() -> None:
    """Kristianstad states kronor: a measured plan would change nothing and seem to count."""
    with pytest.raises(InvalidInput) as refused:
        hour_cost(published("kristianstad_2017.toml"), DAY, "town", shares("0.2", "0.0", "0.1"))
    assert codes(refused.value) == ["NO_LINE_FOR_MEASURED_SHARE"]


@pytest.mark.parametrize("transport", ["0.91", "0.95"])
def test_measured_shares_that_leave_no_care_time_are_refused(transport: str) -> None:
    """With 9 % indirect time nothing is left at 91 %; dividing by it is no price."""
    with pytest.raises(InvalidInput) as refused:
        demo(shares(transport, "0.0", "0.0"))
    assert codes(refused.value) == ["NO_CARE_TIME"]


# ---------------------------------------------------------------- refusals


def test_an_unknown_zone_names_the_zones_there_are() -> None:
    """The one who asks needs the list, not a bare no."""
    with pytest.raises(UnknownValue) as refused:
        hour_cost(published("synthetic_2026.toml"), DAY, "skargard")
    finding = refused.value.findings[0]
    assert (finding.code, finding.expected) == ("UNKNOWN_ZONE", "one of town, rural")


def test_a_service_must_be_chosen_when_there_are_several() -> None:
    """Tyresö has four: pricing any of them would be a guess. Both faults come at once."""
    with pytest.raises(UnknownValue) as refused:
        hour_cost(published("tyreso_2021.toml"), date(2021, 2, 1), "town")
    assert codes(refused.value) == ["UNKNOWN_ZONE", "UNKNOWN_SERVICE"]


def test_deductions_that_leave_no_rate_are_refused() -> None:
    """A provider is never asked to pay for caring."""
    doc = five_hundred()
    add_step(doc, "exempt_amount", "central_services", "kr/care hour", 500, "OWN")
    with pytest.raises(InvalidInput) as refused:
        price(doc, "all")
    assert codes(refused.value) == ["RATE_NOT_POSITIVE"]
    assert refused.value.findings[0].where == "test.toml: rate of OWN"


def test_a_rate_below_the_non_time_cost_is_noted() -> None:
    """No care-time share would do, so none is shown and the reader is told why."""
    doc = document()
    add_step(doc, "efficiency_share", "efficiency", "share", Decimal("0.9"))
    cost = price(doc)
    assert cost.break_even_share == {}
    assert [note.code for note in cost.notes] == ["RATE_BELOW_NON_TIME_COST"] * 2


# ---------------------------------------------------------------- properties

share = st.integers(0, 2000).map(lambda n: Decimal(n) / 10_000)
money = st.integers(0, 10_000).map(lambda n: Decimal(n) / 100)


@st.composite
def price_lists(draw: st.DrawFn) -> dict[str, Any]:
    """The demo's price list with any wage, shares, amounts and steps to the rate."""
    doc = document(DEMO)
    set_value(doc, "monthly_wage", draw(st.integers(20_000, 60_000)))
    for name in ("transport_share", "waiting_share", "documentation_share", "unbooked_share"):
        set_value(doc, name, draw(share))
    for name in ("vehicle", "other", "supervision", "premises_it"):
        set_value(doc, name, draw(money))
    set_value(doc, "overhead", draw(share))
    set_value(doc, "vat_compensation", draw(share))
    add_step(doc, "exempt_amount", "central_services", "kr/care hour", draw(money), "OWN")
    add_step(doc, "index_share", "index", "change", draw(share))
    set_value(doc, "rounding", Decimal("0.01"))
    return doc


@given(price_lists())
@settings(max_examples=60, deadline=None)
def test_every_line_shown_adds_up(doc: dict[str, Any]) -> None:
    """What is printed must survive being added by hand: lines to total, rate lines to rate."""
    cost = price(doc)
    assert all(line.amount == round_half_up(line.amount) for line in cost.lines)
    assert sum(line.amount for line in cost.lines) == cost.total
    for kind, rate in cost.rates.items():
        assert cost.total + sum(line.amount for line in cost.rate_lines[kind]) == rate


@given(price_lists())
@settings(max_examples=60, deadline=None)
def test_a_rate_at_full_cost_breaks_even_at_the_share_it_was_priced_by(doc: dict[str, Any]) -> None:
    """
    Without an efficiency requirement nobody earns or loses at the priced share, whatever is
    exempted, compensated or indexed; rounding to öre moves the share by less than 0.0001.
    """
    cost = price(doc)
    assert cost.care_time_share is not None
    for break_even in cost.break_even_share.values():
        assert abs(break_even - cost.care_time_share) < Decimal("0.0001")
    assert len(cost.break_even_share) == 2


@given(price_lists(), st.integers(1, 500).map(lambda n: Decimal(n) / 10_000))
@settings(max_examples=40, deadline=None)
def test_an_efficiency_requirement_raises_the_break_even_share(
    doc: dict[str, Any], requirement: Decimal
) -> None:
    """The saving has to come from somewhere: more care time of the same worked time."""
    without = price(doc)
    doc["recipe"][0]["rate"].insert(0, {"kind": "efficiency_share", "parameter": "efficiency"})
    doc["parameters"]["efficiency"] = {
        "text": "Krav",
        "unit": "share",
        "source": "test",
        "values": {"2026-01-01": requirement},
    }
    with_it = price(doc)
    for kind, break_even in with_it.break_even_share.items():
        assert break_even > without.break_even_share[kind]
        assert with_it.rates[kind] < without.rates[kind]


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 500))
@settings(max_examples=60, deadline=None)
def test_more_travel_never_makes_an_hour_cheaper(
    transport: int, waiting: int, idle: int, more: int
) -> None:
    """The loop from plan to price must point the right way."""

    def cost(travel: int) -> Decimal:
        measured = (Decimal(part) / 10_000 for part in (travel, waiting, idle))
        return demo(MeasuredShares(*measured)).total

    assert cost(transport) < cost(transport + more)


def test_the_same_question_has_the_same_answer() -> None:
    """A price that moves by itself cannot be audited."""
    assert demo() == demo()
