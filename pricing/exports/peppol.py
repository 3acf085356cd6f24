"""
Self-billing documents: what the municipality invoices itself with in a provider's name.

One document for each provider and settled month: an invoice, or a credit note when the corrections
of earlier months exceed the rest. Its number follows from provider and month, so that a document
which corrects earlier ones can name them. Lines and their sum are those of the settlement to the
öre; the VAT is the rate times the base, rounded once (:mod:`pricing.exports.document_vat`), and a
difference to the VAT of the lines is told in the document.

Source: Peppol BIS Billing 3.0, self-billing (invoice type 389, credit note type 261), EN 16931.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from pricing.exports.document_vat import DocumentVat, vat_of
from pricing.exports.postings import Group, Posted, Total
from pricing.exports.setup import ExportProvider, Party
from pricing.pay.settlement import Settlement, month_bounds
from pricing.swedish import number
from scheduler.care.units import from_ore

THOUSAND = 1000


class UnitCode(StrEnum):
    """What a line counts (UN/ECE Recommendation 20)."""

    MINUTE = "MIN"
    ONE = "C62"


class Category(StrEnum):
    """VAT category (UNCL 5305)."""

    EXEMPT = "E"
    STANDARD = "S"


class DocumentLine(NamedTuple):
    """
    A line of a document.

    Attributes
    ----------
    quantity
        Not zero; of the amount's sign.
    amount_ore
        Without VAT. The price is its size per `quantity`, so nothing is rounded.
    booked
        Account, cost centre, activity and counterpart of the buyer.
    first, last
        Days of the month that it concerns.
    """

    text: str
    description: str
    quantity: Decimal
    unit: UnitCode
    amount_ore: int
    category: Category
    booked: str
    first: date
    last: date


class TaxSubtotal(NamedTuple):
    """What is taxed alike."""

    category: Category
    percent: int
    taxable_ore: int
    tax_ore: int


@dataclass(frozen=True, slots=True)
class SelfBilling:
    """
    An invoice, or with `credit` a credit note; all amounts as the document states them.

    Parameters
    ----------
    number
        The provider's id and the settled month.
    references
        Numbers of the documents that it corrects.
    """

    number: str
    credit: bool
    month: str
    day: date
    due: date
    note: str
    seller: ExportProvider
    seller_party: Party
    lines: tuple[DocumentLine, ...]
    subtotals: tuple[TaxSubtotal, ...]
    references: tuple[str, ...]

    @property
    def net_ore(self) -> int:
        """Öre without VAT."""
        return sum(line.amount_ore for line in self.lines)

    @property
    def vat_ore(self) -> int:
        """Öre of VAT."""
        return sum(each.tax_ore for each in self.subtotals)


def self_billing(posted: Posted) -> list[SelfBilling]:
    """The documents of a settlement, by provider; none for who gets no invoice."""
    by_provider: dict[str, list[tuple[Group, Total]]] = {}
    for group, total in posted.groups.items():
        by_provider.setdefault(group.provider, []).append((group, total))
    made = []
    for identity, groups in by_provider.items():
        provider = posted.setup.providers[identity]
        if provider.party is not None:
            made.append(_document(posted, provider, provider.party, groups))
    return made


def document_number(provider: str, month: str) -> str:
    """The number of a provider's document for a month."""
    return f"{provider}-{month}"


def _document(
    posted: Posted, provider: ExportProvider, party: Party, groups: list[tuple[Group, Total]]
) -> SelfBilling:
    settlement, setup, vat = posted.settlement, posted.setup, posted.vat[provider.id]
    credit = sum(total.amount_ore for _, total in groups) + vat.ore < 0
    lines = tuple(_line(posted, group, total, credit=credit) for group, total in groups)
    return SelfBilling(
        number=document_number(provider.id, settlement.month),
        credit=credit,
        month=settlement.month,
        day=posted.day,
        due=posted.day + timedelta(days=setup.payment_days),
        note=_note(settlement, vat, credit=credit),
        seller=provider,
        seller_party=party,
        lines=lines,
        subtotals=tuple(_subtotals(lines, setup.vat_percent)),
        references=tuple(
            document_number(provider.id, month) for month in posted.corrected.get(provider.id, ())
        ),
    )


def _note(settlement: Settlement, vat: DocumentVat, *, credit: bool) -> str:
    note = f"Självfakturering, avräkning {settlement.month}, {settlement.book}"
    if not vat.rounding_ore:
        return note
    sign = -1 if credit else 1
    own, settled = (number(from_ore(sign * ore)) for ore in (vat.ore, vat.settled_ore))
    return (
        f"{note}. Moms {own} kr, räknad på summan; enligt avräkningens rader, avrundade var för "
        f"sig, {settled} kr."
    )


def _line(posted: Posted, group: Group, total: Total, *, credit: bool) -> DocumentLine:
    sign = -1 if credit else 1
    setup, provider, posting = posted.setup, posted.provider(group), posted.posting(group)
    amount = sign * total.amount_ore
    quantity, unit = _quantity(amount, sign * total.minutes, sign * total.quantity)
    parts = (setup.zones[group.zone], group.rate, group.band, f"{total.lines} rader")
    text = setup.services[group.service]
    first, last = month_bounds(group.month)
    return DocumentLine(
        text=f"{text}, rättelse av {group.month}" if group.corrects else text,
        description=", ".join(part for part in parts if part),
        quantity=quantity,
        unit=unit,
        amount_ore=amount,
        category=Category.STANDARD if provider.is_liable(group.service) else Category.EXEMPT,
        booked=" ".join(
            (provider.account, posting.cost_center, posting.activity, provider.counterpart)
        ),
        first=first,
        last=last,
    )


def _quantity(amount: int, minutes: int, thousandths: int) -> tuple[Decimal, UnitCode]:
    """
    Minutes, else pieces, of the amount's sign; else one.

    A price is never below zero, so that minutes which went up while the amount went down say
    nothing: the line is then one correction.
    """
    if minutes and amount * minutes >= 0:
        return Decimal(minutes), UnitCode.MINUTE
    if thousandths and not minutes and amount * thousandths >= 0:
        return Decimal(thousandths) / THOUSAND, UnitCode.ONE
    return Decimal(-1 if amount < 0 else 1), UnitCode.ONE


def _subtotals(lines: Iterable[DocumentLine], percent: int) -> Iterator[TaxSubtotal]:
    for category in Category:
        own = [line for line in lines if line.category is category]
        if own:
            rate = percent if category is Category.STANDARD else 0
            taxable = sum(line.amount_ore for line in own)
            yield TaxSubtotal(category, rate, taxable, vat_of(taxable, rate))
