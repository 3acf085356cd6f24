"""
A settlement, ready to be exported: its lines summed by what is booked and invoiced alike.

Promises that every öre and minute of the settlement is in exactly one group, that every group can
be booked, and that its VAT is that of its provider; a settlement of which that is not true is
refused with everything at once. What a document's VAT differs from that of its lines is told beside
(:mod:`pricing.exports.document_vat`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pricing.exports.document_vat import DocumentVat, document_vat
from pricing.exports.setup import ExportProvider, ExportSetup, Posting
from pricing.pay.settlement import Settlement, digest_of, sums_of
from scheduler.care.errors import Finding, InvalidInput

_NUMBER = re.compile(r"([0-9]{4}-[0-9]{2})-[0-9]+")


class Group(NamedTuple):
    """
    What is booked and invoiced alike.

    Attributes
    ----------
    month
        ``2026-03``, of the visits; before the settled month for corrections and late visits.
    corrects
        Whether the lines correct lines of earlier settlements.
    """

    provider: str
    month: str
    corrects: bool
    service: str
    zone: str
    component: str
    rate: str
    band: str


class Total(NamedTuple):
    """Number of lines, minutes, thousandths of a quantity, öre, öre of VAT."""

    lines: int
    minutes: int
    quantity: int
    amount_ore: int
    vat_ore: int


@dataclass(frozen=True, slots=True)
class Posted:
    """
    A settlement that can be exported.

    Parameters
    ----------
    day
        The date of documents and vouchers.
    groups
        In their order.
    corrected
        Provider -> settled months that its lines correct.
    vat
        Provider -> VAT of its document; every provider of the settlement.
    """

    settlement: Settlement
    setup: ExportSetup
    day: date
    groups: Mapping[Group, Total]
    corrected: Mapping[str, tuple[str, ...]]
    vat: Mapping[str, DocumentVat]

    @property
    def owed_ore(self) -> int:
        """Öre of all providers with the VAT of their documents."""
        return self.settlement.amount_ore + sum(each.ore for each in self.vat.values())

    def provider(self, group: Group) -> ExportProvider:
        """Who is paid."""
        return self.setup.providers[group.provider]

    def posting(self, group: Group) -> Posting:
        """Where it is booked."""
        found = self.setup.posting(group.service, group.zone)
        if found is None:
            raise ValueError(f"No posting for {group.service}, {group.zone}.")
        return found


def post(settlement: Settlement, setup: ExportSetup, day: date) -> Posted:
    """
    The groups of a settlement.

    Raises
    ------
    InvalidInput
        When the settlement was edited or is empty, when the setup lacks one of its providers,
        services or zones, or when a line has VAT that its provider does not carry, or lacks it.
    """
    groups: dict[Group, list[int]] = {}
    strange: dict[tuple[str, str], int] = {}
    for line in settlement.lines:
        group = Group(
            line.provider,
            line.day[:7],
            bool(line.corrects),
            line.service,
            line.zone,
            line.component,
            line.rate,
            line.band,
        )
        total = groups.setdefault(group, [0, 0, 0, 0, 0])
        total[0] += 1
        for place, figure in enumerate(line.figures, 1):
            total[place] += figure
        provider = setup.providers.get(line.provider)
        if provider is not None and not _vat_fits(
            line.amount_ore,
            line.vat_ore,
            setup.vat_percent if provider.is_liable(line.service) else 0,
        ):
            key = (line.provider, line.service)
            strange[key] = strange.get(key, 0) + 1
    findings = [
        *_own_faults(settlement),
        *_unknown(groups, setup),
        *_vat_faults(strange, setup),
    ]
    if findings:
        raise InvalidInput(findings)
    totals = {group: Total._make(groups[group]) for group in sorted(groups)}
    return Posted(settlement, setup, day, totals, _corrected(settlement), _vat(totals, setup))


def _vat(groups: Mapping[Group, Total], setup: ExportSetup) -> dict[str, DocumentVat]:
    taxed: dict[str, list[tuple[int, int]]] = {group.provider: [] for group in groups}
    for group, total in groups.items():
        if setup.providers[group.provider].is_liable(group.service):
            taxed[group.provider].append((total.amount_ore, total.vat_ore))
    return {
        provider: document_vat(
            parts, setup.vat_percent, invoiced=setup.providers[provider].party is not None
        )
        for provider, parts in taxed.items()
    }


def _vat_fits(amount_ore: int, vat_ore: int, percent: int) -> bool:
    """Exact to the rounding; a difference of two rounded amounts is off by an öre at most."""
    if percent == 0:
        return vat_ore == 0
    return abs(100 * vat_ore - percent * amount_ore) <= 100


def _corrected(settlement: Settlement) -> dict[str, tuple[str, ...]]:
    """
    Months whose documents a provider's lines correct.

    A visit that was moved from one provider to another points, for both, at the line of the first;
    what is paid to the second corrects no document of its own.
    """
    taken_from: dict[str, str] = {}
    for line in settlement.lines:
        if line.corrects:
            taken_from.setdefault(line.corrects, line.provider)
            if line.amount_ore < 0 or line.minutes < 0:
                taken_from[line.corrects] = line.provider
    found: dict[str, set[str]] = {}
    for number, provider in taken_from.items():
        found.setdefault(provider, set()).add(number.rpartition("-")[0])
    return {provider: tuple(sorted(months)) for provider, months in found.items()}


def _own_faults(settlement: Settlement) -> Iterator[Finding]:
    if digest_of(settlement) != settlement.digest:
        yield Finding(
            "EDITED",
            settlement.month,
            f"the digest {settlement.digest[:12]}… that it was written with",
            digest_of(settlement)[:12] + "…",
            "Återställ avräkningen ur säkerhetskopian; en stängd månad ändras aldrig.",
        )
    if sums_of(settlement.lines) != settlement.sums:
        yield Finding(
            "SUM_DIFFERS", settlement.month, "the sums of its lines", "other sums",
            "Räkna om avräkningen från besöken.",
        )  # fmt: skip
    for line in settlement.lines:
        number = _NUMBER.fullmatch(line.corrects)
        if line.corrects and (number is None or number[1] >= settlement.month):
            yield Finding(
                "CORRECTS_NOTHING",
                f"line {line.number}",
                f"the number of a line of a month before {settlement.month}",
                line.corrects[:40],
                "Rätta hänvisningen genom en ny rad.",
            )
    if not len(settlement.lines):
        yield Finding(
            "NOTHING_TO_EXPORT", settlement.month, "at least one line", "none",
            "Inget att bokföra eller fakturera den månaden.",
        )  # fmt: skip


def _unknown(groups: Mapping[Group, list[int]], setup: ExportSetup) -> Iterator[Finding]:
    known: tuple[tuple[str, str, Mapping[str, object]], ...] = (
        ("provider", "[[provider]]", setup.providers),
        ("service", "[services]", setup.services),
        ("zone", "[zones]", setup.zones),
    )
    for field, section, names in known:
        for code in sorted({getattr(group, field) for group in groups} - names.keys()):
            yield Finding(
                f"UNKNOWN_{field.upper()}", f"{field} {code}", f"one in {section} of the setup",
                "none", f"Lägg till den i {section}.",
            )  # fmt: skip
    for service, zone in sorted({(group.service, group.zone) for group in groups}):
        if setup.posting(service, zone) is None:
            yield Finding(
                "NO_POSTING", f"service {service}, zone {zone}", "a [[posting]] that fits",
                "none", "Ange kostnadsställe och verksamhet för dem.",
            )  # fmt: skip


def _vat_faults(strange: Mapping[tuple[str, str], int], setup: ExportSetup) -> Iterator[Finding]:
    for (provider, service), lines in sorted(strange.items()):
        liable = setup.providers[provider].is_liable(service)
        yield Finding(
            "VAT_DIFFERS",
            f"provider {provider}, service {service}",
            f"{setup.vat_percent if liable else 0} % VAT on every line",
            f"{lines} lines with other VAT",
            "Rätta vat_liable i exportens uppgifter, eller [[vat]] i ersättningsboken.",
        )
