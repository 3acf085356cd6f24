"""
The care-time share at which a rate just covers the cost (step 14 of docs/pricing.md).

Only staff cost grows when less of the worked time is care time. So a provider breaks even where
cost per worked hour / share + non-time cost per care hour = rate. Below that share it runs a
deficit.
"""

from __future__ import annotations

from decimal import Decimal


def break_even_share(
    cost_per_worked_hour: Decimal, rate: Decimal, non_time_cost: Decimal
) -> Decimal | None:
    """
    Care-time share at which the rate covers the cost, unrounded.

    Parameters
    ----------
    cost_per_worked_hour
        Kronor; >= 0.
    rate
        Kronor paid per care hour.
    non_time_cost
        Kronor per care hour that do not depend on the share: vehicle, supervision, overhead.

    Returns
    -------
    Decimal or None
        Above 1 when no plan is good enough; None when the rate does not even cover the non-time
        cost.
    """
    left = rate - non_time_cost
    return cost_per_worked_hour / left if left > 0 else None
