"""
``hemplan price``: the price of an hour, where it comes from, what moves it and how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rich.console import Console

from api import flow
from api.documents.strict_json import read_file
from api.pages.bar_chart import sensitivity_chart
from api.pages.price_analysis import (
    print_comparison,
    print_explanations,
    print_heading,
    print_sensitivity,
    print_simulation,
)
from api.pages.price_table import print_hour_costs
from api.pages.price_words import PriceWords
from api.terminal.console import print_findings, write_output
from api.terminal.output import Output, answer
from api.terminal.reading import max_bytes, measured_plan
from pricing.analysis_export import (
    cell_dict,
    comparison_dict,
    effect_dict,
    explanation_dict,
    price_dict,
    simulation_dict,
)
from pricing.chain import Chain
from pricing.compare import compare
from pricing.explain import explain
from pricing.performed_time import performed_time, read_carer_days
from pricing.price import load_price_parameters, shown_cost
from pricing.price_list import PriceParameters
from pricing.scenario import with_values
from pricing.sensitivity import sensitivity
from pricing.simulation import simulate
from scheduler.care.errors import Finding, InvalidInput, UnknownValue


@dataclass(frozen=True, slots=True)
class Cells:
    """Which prices of a list are asked for; None for all."""

    zone: str | None = None
    service: str | None = None
    band: str | None = None

    def of(self, made: Sequence[Chain]) -> tuple[Chain, ...]:
        """
        The chains asked for.

        Raises
        ------
        UnknownValue
            When there is none; names the zones, services and bands there are.
        """
        chosen = tuple(each for each in made if self._asks_for(each))
        if not chosen:
            cells = [_named(each) for each in made]
            asked = " / ".join(filter(None, (self.zone, self.service, self.band)))
            raise UnknownValue(
                Finding(
                    "UNKNOWN_PRICE",
                    "--zone, --service, --band",
                    f"one of {', '.join(cells)}",
                    asked[:80],
                    "Välj en zon, tjänst och tid i prislistan.",
                )
            )
        return chosen

    def _asks_for(self, made: Chain) -> bool:
        found = (made.terms.zone, made.terms.service, made.terms.band)
        wanted = (self.zone, self.service, self.band)
        return all(want in (None, each) for want, each in zip(wanted, found, strict=True))


@dataclass(frozen=True, slots=True)
class Measurement:
    """Where measured shares come from: a plan (with its input), performed time, or neither."""

    plan: Path | None = None
    document: Path | None = None
    performed: Path | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """
    What a price is compared with; None keeps what the first one has.

    Parameters
    ----------
    cells
        Zone, service and band of the other price, where they are called otherwise.
    values
        ``name=number`` of a scenario.
    """

    prices: Path | None = None
    day: date | None = None
    cells: Cells = Cells()
    values: Sequence[str] = ()

    def __bool__(self) -> bool:
        return any((self.prices, self.day, self.cells != Cells(), self.values))


class Pricing:
    """The prices of one list on one day, and what can be asked about them."""

    def __init__(
        self,
        parameters: Path,
        day: date | None,
        measurement: Measurement,
        cells: Cells,
        output: Output,
    ) -> None:
        self.prices = load_price_parameters(parameters)
        self.cells = cells
        self.output = output
        self.words = PriceWords(output.lang)
        self.day_given = day
        self.measured: Mapping[str, flow.AnyMeasured] | None = None
        planned_on = None
        if measurement.plan is not None:
            self.measured, planned_on = measured_plan(measurement.plan, measurement.document)
        elif measurement.performed is not None:
            self.measured = _performed(measurement.performed)
        self.day = day or planned_on or self.prices.first_days()[-1]
        self.chains = cells.of(flow.chains(self.prices, self.day, self.measured))

    def show(self) -> None:
        """The hour costs."""
        costs = [shown_cost(made) for made in self.chains]
        self._answer(
            lambda: [price_dict(cost) for cost in costs],
            lambda screen: print_hour_costs(costs, screen, self.output.lang),
        )

    def explain(self, name: str) -> None:
        """Where the figures called `name` come from, in every price asked for."""
        found = [(made, explain(made, name)) for made in self.chains]
        self._answer_each(
            found,
            lambda each: {"explanations": [explanation_dict(one) for one in each]},
            lambda each, screen: print_explanations(each, screen, self.words),
        )

    def sensitivity(self, chart: Path | None) -> None:
        """What each input moves; with `chart` also as a picture of the first price asked for."""
        found = [(made, sensitivity(made)) for made in self.chains]
        if chart is not None:
            made, effects = found[0]
            about = self.words.heading(made)
            write_output(chart, sensitivity_chart(effects, None, about, self.words))
        self._answer_each(
            found,
            lambda each: {"effects": [effect_dict(one) for one in each]},
            lambda each, screen: print_sensitivity(each, screen, self.words),
        )

    def interval(self, draws: int, seed: int) -> None:
        """How sure the price is."""
        found = [(made, simulate(made, draws, seed)) for made in self.chains]
        self._answer_each(
            found,
            lambda each: {"interval": simulation_dict(each)},
            lambda each, screen: print_simulation(each, screen, self.words),
        )

    def compare(self, other: Other) -> None:
        """Every price asked for beside its counterpart."""
        prices = self.prices if other.prices is None else load_price_parameters(other.prices)
        day = other.day or (
            self.day
            if other.prices is None or self.day_given is not None
            else prices.first_days()[-1]
        )
        if other.values:
            prices = with_values(prices, day, _numbers(other.values))
        partners = flow.chains(prices, day, self._measured_in(prices))
        found = [compare(made, _partner(made, partners, other.cells)) for made in self.chains]

        def told(screen: Console) -> None:
            for each in found:
                print_heading(each.before, screen, self.words)
                print_comparison(each, screen, self.words)

        self._answer(lambda: [comparison_dict(each) for each in found], told)

    def _measured_in(self, prices: PriceParameters) -> Mapping[str, flow.AnyMeasured] | None:
        if self.measured is None:
            return None
        return {zone: use for zone, use in self.measured.items() if zone in prices.zones}

    def _answer_each(
        self,
        found: Sequence[tuple[Chain, Any]],
        document: Callable[[Any], dict[str, Any]],
        told: Callable[[Any, Console], None],
    ) -> None:
        def tell(screen: Console) -> None:
            for made, each in found:
                print_heading(made, screen, self.words)
                told(each, screen)

        self._answer(lambda: [cell_dict(made) | document(each) for made, each in found], tell)

    def _answer(self, document: Callable[[], Any], tell: Callable[[Console], None]) -> None:
        answer(self.output, document, tell)


def _partner(made: Chain, partners: Sequence[Chain], asked: Cells) -> Chain:
    """The price to compare with: the same names, or the only one there is to choose."""
    terms = made.terms
    chosen: Sequence[Chain] = partners
    for name in ("zone", "service", "band"):
        given = getattr(asked, name)
        wanted = getattr(terms, name) if given is None else given
        same = [each for each in chosen if getattr(each.terms, name) == wanted]
        alone = len({getattr(each.terms, name) for each in chosen}) == 1
        if same or not alone or given is not None:
            chosen = same
    if chosen:
        return chosen[0]
    raise UnknownValue(
        Finding(
            "UNKNOWN_PRICE",
            "--compare-zone, --compare-service, --compare-band",
            f"one of {', '.join(map(_named, partners))}",
            _named(made)[:80],
            "Ange vad i den andra prislistan som motsvarar priset.",
        )
    )


def _named(made: Chain) -> str:
    return " / ".join(filter(None, (made.terms.zone, made.terms.service, made.terms.band)))


def _performed(path: Path) -> Mapping[str, flow.AnyMeasured]:
    content = read_file(path, max_bytes=max_bytes())
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(
            Finding(
                "UNREADABLE_FILE",
                path.name,
                "a UTF-8 file",
                "another encoding",
                "Spara filen som CSV UTF-8.",
            )
        ) from None
    found = performed_time(read_carer_days(text, path.name))
    if found.notes:
        print_findings(found.notes, "Att kontrollera i den utförda tiden")
    return dict(found.by_zone)


def _numbers(values: Sequence[str]) -> dict[str, Decimal]:
    """``name=number`` with a point or a comma; every fault at once."""
    read: dict[str, Decimal] = {}
    findings = []
    for text in values:
        name, _, number = text.partition("=")
        try:
            value = Decimal(number.strip().replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        if not name.strip() or not value.is_finite():
            findings.append(
                Finding(
                    "NOT_A_VALUE",
                    "--set",
                    "name=number, such as monthly_wage=32000",
                    text[:80],
                    "Skriv uppgiftens namn och tal.",
                )
            )
        read[name.strip()] = value
    if findings:
        raise InvalidInput(findings)
    return read
