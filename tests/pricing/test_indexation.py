"""The care index, against what was published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from price_cases import cases, label, percent_share

from pricing.indexation import IndexWeights, care_index, indexed, load_index_weights
from scheduler.care.errors import NotInForce


@pytest.mark.parametrize("case", cases("care_index"), ids=label)
def test_the_care_index_is_the_published_one_where_its_parts_give_it(case: dict[str, Any]) -> None:
    """2020 is kept as published: its printed parts give another figure, and the data says so."""
    computed = care_index(
        percent_share(case["labour"]),
        percent_share(case["consumer_prices"]),
        load_index_weights(date(case["year"], 1, 1)),
    )
    assert (computed == percent_share(case["published"])) is case["reproduces"]


def test_the_index_of_2020_does_not_follow_from_its_printed_parts() -> None:
    """0.8 x 3.23 + 0.2 x 1.82 = 2.948, so 2.9 per cent; published was 3.0."""
    weights = load_index_weights(date(2020, 1, 1))
    assert care_index(Decimal("0.0323"), Decimal("0.0182"), weights) == Decimal("0.029")


def test_an_index_is_put_on_a_cost() -> None:
    """629.09 kr and 2.7 per cent: 646.08, unrounded 646.07543."""
    assert indexed(Decimal("629.09"), Decimal("0.027")) == Decimal("646.07543")


def test_the_weights_are_dated_and_sum_to_one() -> None:
    """A year before the weights has no index of ours."""
    assert load_index_weights(date(2015, 1, 1)) == IndexWeights(Decimal("0.8"), Decimal("0.2"))
    with pytest.raises(NotInForce):
        load_index_weights(date(2014, 12, 31))
