"""
One price worked out: the terms of a day, its shares, its full cost and its rates, all as figures.

What :mod:`pricing.price` shows to öre; and what explaining, comparing, moving and drawing inputs
start from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pricing.figure import Figure
from pricing.price_list import PriceParameters, Terms
from pricing.recipe import StepKind
from pricing.rules import FullCost, ProviderRate, full_cost, provider_rate
from pricing.shares import AnyShares, TimeShares, time_shares
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import ProviderKind
from scheduler.care.units import round_half_up


@dataclass(frozen=True, slots=True)
class Chain:
    """From the terms of one day, zone, service and band to the rate of each kind of provider."""

    terms: Terms
    shares: TimeShares
    cost: FullCost
    rates: Mapping[ProviderKind, ProviderRate]

    def results(self) -> Iterator[tuple[ProviderKind | None, Figure]]:
        """The full cost, then the rate of each kind of provider before rounding."""
        yield None, self.cost.total
        for kind, rate in self.rates.items():
            yield kind, rate.unrounded


def chain(
    parameters: PriceParameters,
    day: date,
    zone: str,
    measured: AnyShares | None = None,
    service: str | None = None,
    band: str | None = None,
) -> Chain:
    """The price of one care hour; arguments and errors as :func:`pricing.price.hour_cost`."""
    terms = parameters.terms(day, zone, service, band)
    steps = [step for step in terms.recipe.cost if step.kind is StepKind.ANCILLARY_SHARE]
    stated = {step.parameter: terms.figure(step.parameter) for step in steps}
    classes = {step.parameter: step.time_class for step in steps if step.time_class is not None}
    shares = time_shares(stated, classes, measured)
    if terms.band and measured is not None:
        shares = replace(shares, notes=(*shares.notes, _over_all_bands(terms)))
    cost = full_cost(terms, shares)
    rates = {kind: provider_rate(terms, cost, kind) for kind in parameters.providers}
    _require_positive(rates)
    return Chain(terms, shares, cost, rates)


def _over_all_bands(terms: Terms) -> Finding:
    return Finding(
        "MEASURED_OVER_ALL_BANDS",
        f"band {terms.band}",
        "shares measured in each time band",
        "shares measured over the whole day",
        "De uppmätta andelarna gäller hela dygnet och används lika i varje tid på dygnet.",
        Severity.WARNING,
    )


def _require_positive(rates: Mapping[ProviderKind, ProviderRate]) -> None:
    findings = [
        Finding(
            "RATE_NOT_POSITIVE",
            f"rate of {kind}",
            "> 0 kr/care hour",
            str(round_half_up(rate.rate.value)),
            "Sänk avdragen: ingen ersättning återstår.",
        )
        for kind, rate in rates.items()
        if rate.rate.value <= 0
    ]
    if findings:
        raise InvalidInput(findings)
