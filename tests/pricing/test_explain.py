"""Any öre of a price can be followed back to inputs with unit, first day and source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from price_cases import DEMO, document, published

from pricing.chain import Chain, chain
from pricing.explain import Trace, explain
from pricing.figure import evaluate, inputs
from pricing.price import (
    MeasuredShares,
    PerformedShares,
    load_price_parameters,
    parse_price_parameters,
    shown_cost,
)
from pricing.recipe import TimeClass
from scheduler.care.errors import UnknownValue
from scheduler.care.model import ProviderKind

DAY = date(2026, 3, 4)


def made(zone: str = "town") -> Chain:
    return chain(load_price_parameters(DEMO), DAY, zone)


def leaves(trace: Trace) -> Iterator[Trace]:
    if not trace.parts and not trace.again:
        yield trace
    for part in trace.parts:
        yield from leaves(part)


def test_the_transport_line_is_followed_to_the_wage_and_its_share() -> None:
    """103.55 = 336.55 x 20 % / 65 %; the wage is the one that is in force, with its source."""
    (found,) = explain(made(), "transport_share")
    assert (found.provider, found.amount) == (None, Decimal("103.55"))
    assert found.trace.formula == "336,55 × 20,00\u00a0% / 65,00\u00a0%"
    hour, share, care = found.trace.parts
    assert hour.formula == "543\u00a0753,42 / 1\u00a0615,68"
    assert (share.value, share.first_day) == (Decimal("0.20"), date(2026, 1, 1))
    assert care.formula.startswith("1 − (20,00\u00a0% + ")
    by_name = {leaf.name: leaf for leaf in leaves(found.trace)}
    wage = by_name["monthly_wage"]
    assert (wage.value, wage.unit, wage.first_day) == (30907, "kr/month", date(2026, 1, 1))
    assert wage.source.startswith("Mean monthly wage")


def test_an_input_is_dated_by_the_value_that_is_in_force() -> None:
    """Of a wage raised in April, a price of May says April."""
    doc = document(DEMO)
    doc["parameters"]["monthly_wage"]["values"] |= {"2026-04-01": 32_000, "2027-04-01": 33_000}
    parameters = parse_price_parameters(doc, "test.toml")
    for day, first_day in (
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 5, 20), date(2026, 4, 1)),
    ):
        origin = inputs([chain(parameters, day, "town").cost.total])["monthly_wage"].origin
        assert origin is not None
        assert origin.first_day == first_day


def test_every_line_ends_in_inputs_with_a_source_and_a_first_day() -> None:
    """Whatever finance is asked about must have an answer, for each line of every price list."""
    cases = [("kristianstad_2017.toml", date(2017, 5, 1)), ("synthetic_2026.toml", DAY)]
    for file, day in cases:
        each = chain(published(file), day, "town")
        cost = shown_cost(each)
        codes = [line.code for line in cost.lines]
        codes += [line.code for lines in cost.rate_lines.values() for line in lines]
        for code in [*codes, "total", "rate"]:
            for found in explain(each, code):
                ends = list(leaves(found.trace))
                assert ends, code
                assert all(end.source and end.first_day for end in ends), code


def test_the_amounts_explained_are_those_the_price_shows() -> None:
    """An explanation of another number would be worse than none."""
    each = made()
    cost = shown_cost(each)
    for line in cost.lines:
        (found,) = explain(each, line.code)
        assert found.amount == line.amount
        assert abs(found.trace.value - line.amount) <= Decimal("0.01")
    (whole,) = explain(each, "total")
    assert whole.amount == cost.total
    rates = {found.provider: found.amount for found in explain(each, "rate")}
    assert rates == {ProviderKind.OWN: 629, ProviderKind.PRIVATE: 642}


def test_a_step_to_the_rate_is_explained_for_each_provider_that_has_it() -> None:
    """Rounding has two explanations, VAT compensation the private provider's alone."""
    each = made()
    assert [found.provider for found in explain(each, "rounding")] == [
        ProviderKind.OWN,
        ProviderKind.PRIVATE,
    ]
    (found,) = explain(each, "vat_compensation")
    assert found.provider is ProviderKind.PRIVATE
    assert found.trace.formula == "629,09 × 2,00\u00a0%"


def test_a_figure_between_and_an_input_can_be_asked_for() -> None:
    """Not every question is about a line: what is the pay, where does the wage come from?"""
    (pay,) = explain(made(), "pay")
    assert pay.amount is None
    assert round(pay.trace.value, 2) == Decimal("376221.84")
    assert pay.trace.formula.count("−") == 1
    (wage,) = explain(made(), "monthly_wage")
    assert wage.trace.parts == ()
    assert wage.trace.formula == "30\u00a0907,00"


def test_digits_of_an_input_are_not_lost() -> None:
    """0.605 % a day of vacation is not 0.61 %."""
    (found,) = explain(made(), "vacation_supplement_share")
    assert found.trace.formula == "0,605\u00a0%"


def test_what_was_told_is_not_told_again() -> None:
    """The worked hour is in every ancillary line; its wage steps are told once."""
    (found,) = explain(made(), "total")
    hours = [part for part in _all(found.trace) if part.name == "worked_hour"]
    assert len(hours) > 3
    assert [bool(hour.parts) for hour in hours].count(True) == 1
    assert all(hour.again for hour in hours if not hour.parts)


def _all(trace: Trace) -> Iterator[Trace]:
    yield trace
    for part in trace.parts:
        yield from _all(part)


def test_measured_shares_name_their_measurement() -> None:
    """The plan is the source, not the price list's figure that it replaced."""
    measured = MeasuredShares(Decimal("0.16"), Decimal("0.01"), Decimal("0.13"))
    each = chain(load_price_parameters(DEMO), DAY, "town", measured)
    (transport,) = explain(each, "transport_share")
    ends = {leaf.name: leaf for leaf in leaves(transport.trace)}
    assert (ends["transport_share"].source, ends["transport_share"].first_day) == (
        "Uppmätt i dagsplanen",
        None,
    )
    assert ends["rest_share"].value == Decimal("0.13")
    performed = PerformedShares({TimeClass.TRANSPORT: Decimal("0.16")}, Decimal("0.2"))
    each = chain(load_price_parameters(DEMO), DAY, "town", performed)
    (transport,) = explain(each, "transport_share")
    assert "Uppmätt i utförd tid" in {leaf.source for leaf in leaves(transport.trace)}


def test_an_unknown_line_names_those_there_are() -> None:
    """The one who asks needs the list."""
    with pytest.raises(UnknownValue) as refused:
        explain(made(), "transprt")
    assert refused.value.findings[0].code == "UNKNOWN_LINE"
    assert "transport_share" in refused.value.findings[0].expected


def test_the_inputs_of_a_price_give_it_again() -> None:
    """The explanation is the calculation: from the inputs alone the same öre comes out."""
    each = made("rural")
    figures = [figure for _, figure in each.results()]
    values = {name: figure.value for name, figure in inputs(figures).items()}
    assert evaluate(figures, values) == [figure.value for figure in figures]
