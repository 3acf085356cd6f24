"""Ranges and what they do to a price: the same chain, drawn many times."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from price_cases import DEMO, add_step, document, set_value

from pricing.chain import Chain, chain
from pricing.figure import evaluate, inputs
from pricing.price import load_price_parameters, parse_price_parameters
from pricing.ranges import Shape, ranges_of
from pricing.simulation import ARRAYS, simulate, worked_out
from scheduler.care.errors import InvalidInput
from scheduler.care.model import ProviderKind

DAY = date(2026, 3, 4)
OWN, PRIVATE = ProviderKind.OWN, ProviderKind.PRIVATE


def with_ranges(**ranges: object) -> dict[str, Any]:
    doc = document(DEMO)
    for name, each in ranges.items():
        doc["parameters"][name]["ranges"] = {"2026-01-01": each}
    return doc


def made(doc: dict[str, Any], zone: str = "town", day: date = DAY) -> Chain:
    return chain(parse_price_parameters(doc, "x"), day, zone)


def between(least: object, most: object, **more: object) -> dict[str, object]:
    return {"least": Decimal(str(least)), "most": Decimal(str(most)), **more}


def test_a_uniform_amount_moves_the_cost_by_its_own_width() -> None:
    """
    Other costs between 0 and 100 kr, with 3 % overhead: the cost lies evenly between
    629.09 - 26 x 1.03 = 602.31 and 705.31. So P5, P50, P95 are 607.46, 653.81, 700.16, and the
    rate of 629 covers (629 - 602.31) / 103 = 25.9 % of the draws.
    """
    found = simulate(made(with_ranges(other=between(0, 100, shape="uniform"))))
    assert abs(found.full_cost.p5 - Decimal("607.46")) < 1
    assert abs(found.full_cost.p50 - Decimal("653.81")) < 1
    assert abs(found.full_cost.p95 - Decimal("700.16")) < 1
    assert abs(found.providers[OWN].covered_share - Decimal("0.259")) < Decimal("0.01")
    assert found.providers[OWN].rate == 629


def test_a_triangle_has_its_peak_at_the_value() -> None:
    """Between 26 and 126 with the peak at 26, half of the draws lie below 26 + 29.29."""
    found = simulate(made(with_ranges(other=between(26, 126))))
    median = Decimal("629.09") + Decimal("29.29") * Decimal("1.03")
    assert abs(found.full_cost.p50 - median) < 1


def test_a_higher_rate_covers_more_and_a_provider_bears_its_own_cost() -> None:
    """A private provider's cost holds the hidden VAT; the rate asked about may be any."""
    doc = with_ranges(other=between(0, 100, shape="uniform"))
    low, high = (simulate(made(doc), rates={PRIVATE: Decimal(r)}) for r in (600, 720))
    assert low.providers[PRIVATE].covered_share == 0
    assert high.providers[PRIVATE].covered_share == 1
    assert high.providers[PRIVATE].cost.p50 > high.providers[OWN].cost.p50
    assert high.providers[OWN].rate == 629


def test_an_efficiency_requirement_makes_the_rate_cover_less() -> None:
    """The rate falls, the cost does not."""
    doc = with_ranges(other=between(20, 32, shape="uniform"))
    before = simulate(made(doc)).providers[OWN]
    add_step(doc, "efficiency_share", "efficiency", "share", Decimal("0.005"))
    after = simulate(made(doc)).providers[OWN]
    assert after.cost == before.cost
    assert after.covered_share < before.covered_share


def test_the_same_seed_gives_the_same_interval_and_another_another() -> None:
    """A figure in a report must come out again."""
    each = made(with_ranges(sick_hours=between(100, 250)))
    assert simulate(each, 1000, 7) == simulate(each, 1000, 7)
    assert simulate(each, 1000, 7).full_cost != simulate(each, 1000, 8).full_cost


def test_the_order_of_the_parameters_changes_no_draw() -> None:
    """Each input has its own stream: neither order nor another range disturbs it."""
    doc = with_ranges(sick_hours=between(100, 250), other=between(20, 40))
    turned = {**doc, "parameters": dict(reversed(doc["parameters"].items()))}
    assert simulate(made(doc), 1000) == simulate(made(turned), 1000)


def test_two_inputs_are_drawn_independently() -> None:
    """
    Two amounts between 0 and 100 kr: their sum is below 31.6 in 5 % of the draws, where
    31.6^2 / 2 = 5 % of 100 x 100. Drawn as one they would be below 10.
    """
    wide = between(0, 100, shape="uniform")
    found = simulate(made(with_ranges(other=wide, supervision=wide)))
    least = Decimal("629.09") - (26 + 48) * Decimal("1.03")
    assert abs(found.full_cost.p5 - (least + Decimal("31.6") * Decimal("1.03"))) < 1


def test_an_index_raises_the_cost_as_it_raises_the_rate() -> None:
    """Else every index would look like a profit."""
    doc = with_ranges(other=between(20, 32, shape="uniform"))
    before = simulate(made(doc)).providers[OWN]
    add_step(doc, "index_share", "index", "change", Decimal("0.1"))
    after = simulate(made(doc)).providers[OWN]
    assert abs(after.cost.p50 - before.cost.p50 * Decimal("1.1")) < Decimal("0.02")
    assert abs(after.covered_share - before.covered_share) < Decimal("0.05")


@pytest.mark.alone
def test_a_hundred_thousand_draws_take_less_than_two_seconds() -> None:
    """All parameters uncertain at once, on one core."""
    doc = document(DEMO)
    for table in doc["parameters"].values():
        if table["unit"] not in ("kr", "share by band", "kr/h by band"):
            value = table["values"]["2026-01-01"]
            if isinstance(value, dict):
                value = max(value.values())
                table["values"] = {"2026-01-01": value}
            table["ranges"] = {"2026-01-01": between(value * Decimal("0.99"), value + 1)}
            if table["unit"] == "share":
                most = min(Decimal(1), value + Decimal("0.01"))
                table["ranges"] = {"2026-01-01": between(value * Decimal("0.99"), most)}
    each = made(doc)
    started = process_time()
    found = simulate(each)
    assert process_time() - started < 2
    assert len(found.ranges) > 15


share = st.integers(0, 1500).map(lambda n: Decimal(n) / 10_000)


@given(
    st.integers(20_000, 60_000), st.lists(share, min_size=4, max_size=4), st.integers(0, 2**31 - 1)
)
@settings(max_examples=25, deadline=None)
def test_the_chain_on_arrays_agrees_with_the_exact_one(
    wage: int, shares: list[Decimal], seed: int
) -> None:
    """One formula in two kinds of numbers: the interval is of the price that is paid."""
    doc = document(DEMO)
    set_value(doc, "monthly_wage", wage)
    names = ("transport_share", "waiting_share", "unbooked_share", "overhead")
    for name, each in zip(names, shares, strict=True):
        set_value(doc, name, each)
    add_step(doc, "exempt_amount", "central_services", "kr/care hour", 20, "OWN")
    add_step(doc, "index_share", "index", "change", Decimal("0.027"))
    one = made(doc)
    figures = [one.cost.total, *(rate.cost for rate in one.rates.values())]
    figures += [rate.unrounded for rate in one.rates.values()]
    random = np.random.default_rng(seed)
    given = {
        name: random.uniform(0.9, 1.1, 3) * float(figure.value)
        for name, figure in inputs(figures).items()
    }
    on_arrays = worked_out(figures, given)
    for draw in range(3):
        exact = evaluate(figures, {name: Decimal(float(v[draw])) for name, v in given.items()})
        for value, array in zip(exact, on_arrays, strict=True):
            assert abs(float(value) - array[draw]) < 1e-6


def test_rounding_on_arrays_is_half_up() -> None:
    """numpy rounds half to even: 642.5 would become 642."""
    assert list(ARRAYS.rounded(np.array([642.5, 642.4]), Decimal(1))) == [643, 642]
    assert ARRAYS.rounded(np.array([0.25]), Decimal("0.1"))[0] == pytest.approx(0.3)
    each = made(document(DEMO)).rates[OWN].rate
    unrounded = each.parts[0]
    assert unrounded.name == "unrounded"
    for vehicle, expected in ((9.0, 629), (10.0, 630)):
        (found,) = worked_out([each], {"vehicle": np.array([vehicle])})
        assert found[0] == expected


# ---------------------------------------------------------------- ranges


def test_ranges_are_dated_and_told_apart_as_values_are() -> None:
    """From their first day, by zone, and by band of unsocial hours."""
    doc = with_ranges(
        transport_share={
            "town": between("0.15", "0.25"),
            "rural": between("0.2", "0.35", shape="uniform"),
        },
        unsocial_rate={"mean": between(10, 15)},
    )
    doc["parameters"]["vehicle"]["ranges"] = {"2026-07-01": between(5, 35)}
    found = ranges_of(made(doc, "rural"))
    assert found.keys() == {"transport_share", "unsocial_rate.mean"}
    assert found["transport_share"].shape is Shape.UNIFORM
    assert found["transport_share"].most == Decimal("0.35")
    assert ranges_of(made(doc, "rural", date(2026, 7, 1))).keys() == {
        "transport_share",
        "unsocial_rate.mean",
        "vehicle",
    }


@pytest.mark.parametrize(
    ("name", "table", "code"),
    [
        ("other", between(30, 40), "RANGE_OUTSIDE_VALUE"),
        ("other", between(40, 20), "WRONG_RANGE"),
        ("other", between(-1, 40), "WRONG_RANGE"),
        ("other", {"least": 1}, "WRONG_RANGE"),
        ("other", between(20, 40, shape="normal"), "WRONG_RANGE"),
        ("other", between(20, 40, peak=30), "WRONG_RANGE"),
        ("other", {"least": 20.5, "most": 40}, "WRONG_RANGE"),
        ("other", 26, "WRONG_RANGE"),
        ("overhead", between(0, 3), "WRONG_RANGE"),
        ("transport_share", {"town": between("0.1", "0.3")}, "WRONG_RANGE"),
        ("unsocial_rate", between(10, 15), "WRONG_RANGE"),
    ],
)
def test_a_faulty_range_is_refused_with_the_price_list(name: str, table: object, code: str) -> None:
    """A range that excludes its own value cannot be meant."""
    with pytest.raises(InvalidInput) as refused:
        parse_price_parameters(with_ranges(**{name: table}), "x.toml")
    found = {(f.code, f.where.startswith(f"x.toml: {name}")) for f in refused.value.findings}
    assert found == {(code, True)}


def test_without_any_range_there_is_nothing_to_draw() -> None:
    """An interval of no width would look like certainty."""
    with pytest.raises(InvalidInput) as refused:
        simulate(chain(load_price_parameters(DEMO), DAY, "town"))
    assert [finding.code for finding in refused.value.findings] == ["NO_RANGES"]


def test_ranges_that_leave_no_care_time_are_refused() -> None:
    """A draw with 110 % ancillary time has no cost per care hour."""
    doc = with_ranges(transport_share=between("0.1", 1, shape="uniform"))
    with pytest.raises(InvalidInput) as refused:
        simulate(made(doc))
    assert [finding.code for finding in refused.value.findings] == ["RANGES_LEAVE_NOTHING"]
