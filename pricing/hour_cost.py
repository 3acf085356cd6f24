"""
What a price list gives for one zone on one day: the hour cost, line by line, and the rates.

Records only; :mod:`pricing.price` works them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pricing.lines import Line
from pricing.staff_cost import StaffCost
from scheduler.care.errors import Finding
from scheduler.care.model import ProviderKind


class ShareSource(StrEnum):
    """Whether a time share was measured in a plan or in performed time, or is the price list's."""

    MEASURED = "measured"
    PERFORMED = "performed"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class HourCost:
    """
    The cost of one care hour and the rates that follow from it.

    Parameters
    ----------
    zone, day
        What it holds for.
    lines
        Build-up of the full cost, kronor per care hour to öre.
    cost_per_worked_hour
        Kronor, to öre; None when the price list does not state staff cost on its own.
    care_time_share
        Care time / worked time in (0, 1], unrounded; None as above.
    share_source
        Where the care-time share comes from: stated only when every share is.
    rates
        Kind of provider -> kronor per care hour, rounded by the price list (whole kronor, half up).
    break_even_share
        Kind of provider -> care-time share at which the rate just covers the cost, unrounded.
        Below it the provider runs a deficit; above 1 no plan is good enough. A kind is missing when
        the staff cost is not known, or when the rate does not cover even the non-time cost.
    rate_lines
        Kind of provider -> steps from the total to the rate: ``total + their sum == rate``.
    staff
        Steps from wage to cost per worked hour; None when the price list states the cost itself.
    notes
        What the reader should know, as warnings.
    service
        Service of the price list that it holds for.
    title
        Name of the price list, in Swedish.
    band
        Time band of the price list that it holds for; empty when it has none.
    share_sources
        Code of an ancillary line -> where its share comes from.
    """

    zone: str
    day: date
    lines: tuple[Line, ...]
    cost_per_worked_hour: Decimal | None
    care_time_share: Decimal | None
    share_source: ShareSource
    rates: Mapping[ProviderKind, Decimal]
    break_even_share: Mapping[ProviderKind, Decimal]
    rate_lines: Mapping[ProviderKind, tuple[Line, ...]]
    staff: StaffCost | None = None
    notes: tuple[Finding, ...] = ()
    service: str = ""
    title: str = ""
    band: str = ""
    share_sources: Mapping[str, ShareSource] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """Full cost per care hour: the sum of the lines shown."""
        return sum((line.amount for line in self.lines), Decimal(0))
