"""
The price of one care hour: from a price list, a day and a zone to the hour cost and its rates.

Reads as the chain of docs/pricing.md: time shares -> full cost -> rate per kind of provider. Every
amount shown is a line with its formula and source, the total is the sum of the lines shown, and the
rate is the total and the sum of the rate lines shown. Given the same price list, day, zone and
measured shares, the result is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from pricing.chain import Chain, chain
from pricing.hour_cost import HourCost, ShareSource
from pricing.lines import Line, shown
from pricing.price_file import in_file, parse_price_list
from pricing.price_list import PriceParameters
from pricing.ranges import ranges_of
from pricing.rules import ProviderRate
from pricing.shares import AnyShares, MeasuredShares, PerformedShares, measured_shares
from scheduler.care.dated import read_toml
from scheduler.care.errors import Finding, InvalidInput, NotInForce, Severity
from scheduler.care.model import ProviderKind
from scheduler.care.units import round_half_up

__all__ = [
    "AnyShares",
    "HourCost",
    "Line",
    "MeasuredShares",
    "PerformedShares",
    "PriceParameters",
    "ShareSource",
    "hour_cost",
    "load_price_parameters",
    "measured_shares",
    "parse_price_parameters",
    "shown_cost",
]


def load_price_parameters(path: Path) -> PriceParameters:
    """
    The price list of one TOML file, with every price it can give worked out once as a check.

    Raises
    ------
    InvalidInput
        With every fault of the file; each names the file and the parameter.
    """
    return parse_price_parameters(read_toml(path), path.name)


def parse_price_parameters(document: Mapping[str, Any], name: str) -> PriceParameters:
    """As :func:`load_price_parameters`, from a document already read and its name."""
    parameters = parse_price_list(document, name)
    # Values that are fine one by one may leave no worked hour or no care time together.
    findings: dict[Finding, None] = {}
    for day, (zone, service, band) in product(parameters.first_days(), parameters.cells()):
        try:
            ranges_of(chain(parameters, day, zone, service=service, band=band))
        except NotInForce:
            continue  # told on the day that somebody asks for
        except InvalidInput as error:
            findings.update(dict.fromkeys(error.findings))
    if findings:
        raise InvalidInput(in_file(name, list(findings)))
    return parameters


def hour_cost(
    parameters: PriceParameters,
    day: date,
    zone: str,
    measured: AnyShares | None = None,
    service: str | None = None,
    band: str | None = None,
) -> HourCost:
    """
    Cost and rates of one care hour.

    Parameters
    ----------
    measured
        Shares of a day plan or of performed time, which replace the stated ones; None uses the
        price list's.
    service, band
        May be None when the price list has one only; `band` also when it has none.

    Raises
    ------
    UnknownValue
        On a zone, service or band that the price list lacks.
    NotInForce
        On a day before the recipe or one of its parameters begins, or from when it ended.
    InvalidInput
        When the shares leave no care time, absence no worked hour, or the deductions no rate.
    """
    return shown_cost(chain(parameters, day, zone, measured, service, band))


def shown_cost(made: Chain) -> HourCost:
    """The hour cost of a chain: its lines to öre, so that what is printed adds up."""
    terms, cost, rates, shares = made.terms, made.cost, made.rates, made.shares
    worked_hour, care_time = cost.worked_hour, cost.care_time_share
    return HourCost(
        zone=terms.zone,
        day=terms.day,
        lines=shown(cost.lines),
        cost_per_worked_hour=None if worked_hour is None else round_half_up(worked_hour.value),
        care_time_share=None if care_time is None else care_time.value,
        share_source=shares.source,
        rates={kind: rate.rate.value for kind, rate in rates.items()},
        break_even_share={
            kind: rate.break_even_share
            for kind, rate in rates.items()
            if rate.break_even_share is not None
        },
        rate_lines={kind: shown(rate.lines, cost.total.value) for kind, rate in rates.items()},
        staff=None if cost.staff is None else cost.staff.amounts(),
        notes=shares.notes + _uncovered(care_time is not None, rates),
        service=terms.service,
        title=terms.price_list.title,
        band=terms.band,
        share_sources=shares.sources,
    )


def _uncovered(
    has_care_time_share: bool, rates: Mapping[ProviderKind, ProviderRate]
) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "RATE_BELOW_NON_TIME_COST",
            f"rate of {kind}",
            "more than the non-time cost per care hour",
            str(round_half_up(rate.rate.value)),
            "Ersättningen täcker inte ens kostnaderna utöver personal; ingen brukartidsandel "
            "räcker.",
            Severity.WARNING,
        )
        for kind, rate in rates.items()
        if has_care_time_share and rate.break_even_share is None
    )
