"""
Reading a price list: one format, checked as a whole.

A document is refused with all its faults at once, also for a parameter that no step uses: it would
else be ignored in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pricing.price_list import WAGE_QUANTITY, PriceParameters
from pricing.quantities import TIME_BAND, Dimensions, Quantity, value_findings
from pricing.ranges import parse_ranges
from pricing.recipe import QUANTITY, Recipe, Step, StepKind, parse_recipe
from scheduler.care.dated import Dated, Parameters, parse_dated
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import ProviderKind

KEYS = ("title", "zones", "services", "bands", "providers", "recipe", "parameters")


def parse_price_list(document: Mapping[str, Any], name: str) -> PriceParameters:
    """
    A price list from a parsed TOML or JSON document.

    Parameters
    ----------
    document
        Numbers int or Decimal (read JSON with ``parse_float=Decimal``); days dates or ISO texts.
    name
        Of the document, put before the place of each finding.

    Raises
    ------
    InvalidInput
        With every fault of the document.
    """
    findings = [
        _field(key, f"one of {', '.join(KEYS)}", key, "Ta bort fältet.")
        for key in document
        if key not in KEYS
    ]
    title = document.get("title")
    if not isinstance(title, str) or not title.strip():
        findings.append(_field("title", "a text", repr(title), "Ange prislistans namn."))
    zones = _names(document, "zones", findings)
    services = _names(document, "services", findings)
    bands = _names(document, "bands", findings) if "bands" in document else ()
    if set(zones) & set(services):
        findings.append(
            _field("services", "no name of a zone", "one that is both", "Byt namn på tjänsten.")
        )
    if set(bands) & {*zones, *services}:
        findings.append(
            _field("bands", "no name of a zone or service", "one that is", "Byt namn på tiden.")
        )
    providers = _names(document, "providers", findings)
    if not set(providers) <= ProviderKind.__members__.keys():
        findings.append(
            _field(
                "providers",
                f"some of {', '.join(ProviderKind)}",
                ", ".join(providers),
                "Rätta utförarformerna.",
            )
        )
        providers = ()
    recipes = _recipes(document.get("recipe"), findings)
    parameters = _parameters(document.get("parameters"), findings)
    dimensions = {"zone": zones, "service": services} | ({TIME_BAND: bands} if bands else {})
    findings.extend(_use_findings(recipes, providers, parameters, document, dimensions))
    uses = dict(_uses([step for _, recipe in recipes for step in recipe.steps]))
    raw = document.get("parameters")
    ranges, faults = parse_ranges(raw if isinstance(raw, Mapping) else {}, uses, dimensions)
    findings.extend(faults)
    if findings:
        raise InvalidInput(in_file(name, findings))
    return PriceParameters(
        title=str(title),
        zones=zones,
        services=services,
        providers=tuple(ProviderKind(provider) for provider in providers),
        recipe=Dated("recipe", "Beräkningens steg", "steps", str(title), tuple(recipes)),
        parameters=Parameters(parameters),
        bands=bands,
        ranges=Parameters(ranges),
    )


def in_file(name: str, findings: list[Finding]) -> list[Finding]:
    """The findings with the file's name before each place."""
    return [replace(finding, where=f"{name}: {finding.where}") for finding in findings]


def _names(document: Mapping[str, Any], key: str, findings: list[Finding]) -> tuple[str, ...]:
    raw = document.get(key)
    if (
        isinstance(raw, list)
        and raw
        and all(isinstance(name, str) and name for name in raw)
        and len(set(raw)) == len(raw)
    ):
        return tuple(raw)
    findings.append(_field(key, "a list of different names", repr(raw)[:80], f"Ange {key}."))
    return ()


def _recipes(raw: object, findings: list[Finding]) -> list[tuple[date, Recipe]]:
    if not isinstance(raw, list) or not raw:
        findings.append(_field("recipe", "at least one", repr(raw)[:80], "Skriv [[recipe]]."))
        return []
    recipes = []
    for position, table in enumerate(raw):
        dated_recipe, faults = parse_recipe(f"recipe[{position}]", table)
        findings.extend(faults)
        if dated_recipe is not None:
            recipes.append(dated_recipe)
    recipes.sort(key=lambda item: item[0])
    days = [first_day for first_day, _ in recipes]
    if len(days) != len(set(days)):
        findings.append(
            _field("recipe", "different first days", "the same twice", "Rätta första dag.")
        )
    return recipes


def _parameters(raw: object, findings: list[Finding]) -> dict[str, Dated]:
    if not isinstance(raw, Mapping):
        findings.append(_field("parameters", "tables", repr(raw)[:80], "Skriv [parameters.namn]."))
        return {}
    parameters = {}
    for name, table in raw.items():
        dated, faults = parse_dated(name, table if isinstance(table, Mapping) else {})
        findings.extend(faults)
        if dated is not None:
            parameters[name] = dated
    return parameters


def _use_findings(
    recipes: list[tuple[date, Recipe]],
    providers: tuple[str, ...],
    parameters: Mapping[str, Dated],
    document: Mapping[str, Any],
    dimensions: Dimensions,
) -> Iterator[Finding]:
    """Faults between the recipes and the parameters that they name."""
    steps = [step for _, recipe in recipes for step in recipe.steps]
    for step in steps:
        if providers and step.provider is not None and step.provider not in providers:
            yield _field(
                f"recipe, step {step.parameter}",
                f"a provider of the price list: {', '.join(providers)}",
                step.provider,
                "Lägg till utförarformen i providers eller ta bort steget.",
            )
    uses = dict.fromkeys(_uses(steps))
    used = {name for name, _ in uses}
    written = document.get("parameters")
    written_names = written.keys() if isinstance(written, Mapping) else set()
    for name in sorted(used - written_names):
        yield Finding(
            "UNKNOWN_PARAMETER",
            f"parameters.{name}",
            "a parameter, since the recipe uses it",
            "none of that name",
            f"Lägg till [parameters.{name}].",
        )
    # Not when a recipe could not be read: its steps may be what uses them.
    if recipes and len(recipes) == len(document["recipe"]):
        for name in sorted(written_names - used):
            yield Finding(
                "UNUSED_PARAMETER",
                f"parameters.{name}",
                "a parameter that a step of a recipe uses",
                name,
                "Rätta namnet, lägg till ett steg eller ta bort parametern.",
            )
    for name, quantity in uses:
        if name in parameters:
            yield from value_findings(parameters[name], quantity, dimensions)


def quantities_of(prices: PriceParameters) -> dict[str, Quantity]:
    """Name -> unit and range, of every parameter that a recipe of the price list uses."""
    return dict(_uses([step for _, recipe in prices.recipe.values for step in recipe.steps]))


def _uses(steps: list[Step]) -> Iterator[tuple[str, Quantity]]:
    for step in steps:
        if step.kind is StepKind.WORKED_HOUR:
            yield from WAGE_QUANTITY.items()
        else:
            yield step.parameter, QUANTITY[step.kind]


def _field(where: str, expected: str, found: str, action: str) -> Finding:
    return Finding("WRONG_FIELD", where, expected, found, action)
