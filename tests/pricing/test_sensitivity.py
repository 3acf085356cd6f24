"""What each input moves, worked out by hand and against the price itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from price_cases import DEMO, document, published, set_value

from pricing.chain import Chain, chain
from pricing.price import load_price_parameters, parse_price_parameters
from pricing.sensitivity import Effect, sensitivity
from scheduler.care.model import ProviderKind

DAY = date(2026, 3, 4)


def effects(made: Chain) -> dict[str, Effect]:
    return {each.name: each for each in sensitivity(made)}


def test_an_amount_moves_itself_and_what_follows_it() -> None:
    """
    Car 5.15 in a price with 1 % efficiency requirement: 1 % of it is 5.15 öre, one krona is 100.

    The full cost gets it all, the rate 99 % of it.
    """
    made = chain(published("kristianstad_2017.toml"), date(2017, 5, 1), "town")
    car = effects(made)["vehicle"]
    private = ProviderKind.PRIVATE
    assert car.percent_ore == {None: Decimal("5.15"), private: Decimal("5.0985")}
    assert car.unit_ore == {None: 100, private: 99}
    requirement = effects(made)["efficiency"]
    assert requirement.unit_step == Decimal("0.01")
    assert requirement.unit_ore == {None: 0, private: Decimal("-498.03")}


def test_the_strongest_comes_first_and_rounding_is_no_input() -> None:
    """Finance reads from the top; the rounding to whole kronor is a rule, not an estimate."""
    found = sensitivity(chain(load_price_parameters(DEMO), DAY, "town"))
    strength = [max(map(abs, each.percent_ore.values())) for each in found]
    assert strength == sorted(strength, reverse=True)
    names = [each.name for each in found]
    assert names[:2] == ["gross_hours", "monthly_wage"]
    assert "rounding" not in names
    assert names[-1] == "other_absence_hours" or found[-1].percent_ore[None] == 0


def test_one_unit_more_that_leaves_no_care_time_is_not_shown() -> None:
    """At 99.5 % ancillary time one point more leaves nothing to divide by."""
    doc = document()
    set_value(doc, "ancillary", Decimal("0.995"))
    found = effects(chain(parse_price_parameters(doc, "x"), DAY, "town"))["ancillary"]
    assert found.unit_ore is None


@given(st.sampled_from(["monthly_wage", "vehicle", "overhead", "sick_hours", "transport_share"]))
@settings(max_examples=10, deadline=None)
def test_the_effect_is_what_the_changed_price_list_gives(name: str) -> None:
    """Moving the input in the file must move the price by as much."""
    made = chain(load_price_parameters(DEMO), DAY, "town")
    effect = effects(made)[name]
    doc = document(DEMO)
    set_value(doc, name, round(effect.value * Decimal("1.01"), 6))
    changed = chain(parse_price_parameters(doc, "x"), DAY, "town")
    moved = (changed.cost.total.value - made.cost.total.value) * 100
    assert abs(moved - effect.percent_ore[None]) < Decimal("0.001")


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_parameters_in_the_file_changes_nothing(random: Any) -> None:
    """A list sorted by accident is not a ranking."""
    doc = document(DEMO)
    names = list(doc["parameters"])
    random.shuffle(names)
    turned = {**doc, "parameters": {name: doc["parameters"][name] for name in names}}
    one, other = (parse_price_parameters(each, "x") for each in (doc, turned))
    assert sensitivity(chain(one, DAY, "town")) == sensitivity(chain(other, DAY, "town"))


def test_equal_effects_are_ordered_by_name() -> None:
    """The same price list, printed twice, gives the same page."""
    found = sensitivity(chain(load_price_parameters(DEMO), DAY, "town"))
    equal = [replace(each, name="", text="", value=Decimal(0)) for each in found]
    for position, each in enumerate(equal[:-1]):
        if each == equal[position + 1]:
            assert found[position].name < found[position + 1].name
