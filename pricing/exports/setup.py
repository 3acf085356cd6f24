"""
What an export must know and no settlement tells: accounts, objects, parties and VAT.

Data of one municipality, read by :mod:`pricing.exports.setup_file`; nothing of it is in the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class CorrectionDate(StrEnum):
    """
    The date of a voucher for an earlier month.

    SETTLED is the day of the export, for ledgers whose earlier periods are closed; CONCERNED is the
    last day of the month in which the visits were.
    """

    SETTLED = "settled"
    CONCERNED = "concerned"


class Dimension(StrEnum):
    """What an amount is booked on beside its account."""

    COST_CENTER = "cost_center"
    ACTIVITY = "activity"
    COUNTERPART = "counterpart"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a party is; Sweden."""

    street: str
    postal_code: str
    city: str


@dataclass(frozen=True, slots=True)
class Party:
    """
    A party of an invoice.

    Parameters
    ----------
    organisation
        Ten digits; also the electronic address, scheme 0007, unless `endpoint` is another one.
    vat_number
        ``SE`` and twelve digits; empty when there is none.
    """

    name: str
    organisation: str
    endpoint: str
    address: Address
    vat_number: str = ""


@dataclass(frozen=True, slots=True)
class ExportProvider:
    """
    Who is paid, and how that is booked.

    Parameters
    ----------
    id
        As in the settlement.
    account, payable_account
        Debited for the cost; credited for what is owed, or for internal income.
    counterpart
        Object of the counterpart.
    vat_liable
        Services with VAT: None is every one, an empty set none.
    party
        None for who gets no invoice: the municipality's own units.
    f_tax
        Approved for F-tax.
    bankgiro
        Seven or eight digits; empty when there is none.
    """

    id: str
    name: str
    account: str
    payable_account: str
    counterpart: str
    vat_liable: frozenset[str] | None
    party: Party | None
    f_tax: bool = False
    bankgiro: str = ""

    def is_liable(self, service: str) -> bool:
        """Whether the service carries VAT."""
        return self.vat_liable is None or service in self.vat_liable


@dataclass(frozen=True, slots=True)
class Posting:
    """Cost centre and activity of services in zones; None is every one."""

    services: frozenset[str] | None
    zones: frozenset[str] | None
    cost_center: str
    activity: str

    def fits(self, service: str, zone: str) -> bool:
        """Whether it books the service in the zone."""
        return (self.services is None or service in self.services) and (
            self.zones is None or zone in self.zones
        )


@dataclass(frozen=True, slots=True)
class ExportSetup:
    """
    Everything that one file of :mod:`pricing.exports.setup_file` says.

    Parameters
    ----------
    reference
        Of the buyer, demanded by Peppol.
    vat_percent
        6, 12 or 25.
    exemption
        Why care is exempt from VAT, in Swedish.
    dimensions
        Number in the ledger.
    objects
        Texts by code of each dimension.
    """

    buyer: Party
    reference: str
    payment_days: int
    vat_percent: int
    exemption: str
    series: str
    vat_account: str
    correction_date: CorrectionDate
    dimensions: Mapping[Dimension, int]
    accounts: Mapping[str, str]
    objects: Mapping[Dimension, Mapping[str, str]]
    services: Mapping[str, str]
    zones: Mapping[str, str]
    providers: Mapping[str, ExportProvider]
    postings: tuple[Posting, ...]

    def posting(self, service: str, zone: str) -> Posting | None:
        """The one posting that fits; None when none does."""
        return next((each for each in self.postings if each.fits(service, zone)), None)
