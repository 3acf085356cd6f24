"""The care-time share at which a rate covers the cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from price_cases import published

from pricing.break_even import break_even_share
from pricing.price import hour_cost
from scheduler.care.units import round_half_up


def test_the_synthetic_chain_at_a_paid_rate_of_600_breaks_even_at_68_9_per_cent() -> None:
    """
    336.55 / (600 - 93 - 18.32) = 336.55 / 488.68.

    Source: the synthetic chain; 93 kr of non-time cost and its overhead held in kronor.
    """
    share = break_even_share(Decimal("336.55"), Decimal(600), Decimal("93") + Decimal("18.32"))
    assert share is not None
    assert round_half_up(share, Decimal("0.001")) == Decimal("0.689")


def test_a_town_provider_is_held_to_the_share_that_its_price_assumes() -> None:
    """
    Own: 336.547 / (629 - 111.323) = 65.01 %. Private: its compensation of 12.58 pays a cost that
    only it has, so 336.547 / (642 - 111.323 - 12.582) = 64.96 %.
    """
    cost = hour_cost(published("synthetic_2026.toml"), date(2026, 1, 1), "town")
    shares = {kind.value: round(share, 4) for kind, share in cost.break_even_share.items()}
    assert shares == {"OWN": Decimal("0.6501"), "PRIVATE": Decimal("0.6496")}


@pytest.mark.parametrize(("rate", "expected"), [(93, None), (92, None), (94, 300)])
def test_a_rate_within_the_non_time_cost_has_no_break_even_share(
    rate: int, expected: int | None
) -> None:
    """Dividing by what is left would promise a provider that a negative share suffices."""
    assert break_even_share(Decimal(300), Decimal(rate), Decimal(93)) == expected
