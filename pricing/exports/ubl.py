"""
A self-billing document as UBL 2.1: elements in the order of its schema, none of them empty.

Source: Peppol BIS Billing 3.0, self-billing syntax; the rules for Sweden (SE-R-001 to 013).
"""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

from pricing.exports.peppol import Category, DocumentLine, SelfBilling, TaxSubtotal
from pricing.exports.setup import ExportProvider, ExportSetup, Party
from scheduler.care.units import from_ore

UBL = "urn:oasis:names:specification:ubl:schema:xsd"
CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"
INVOICE_TYPE, CREDIT_NOTE_TYPE = "389", "261"
ORGANISATION_SCHEME = "0007"
CREDIT_TRANSFER = "30"
F_TAX = "Godkänd för F-skatt"
CURRENCY = "SEK"
COUNTRY = "SE"
# Article 132(1)(g) of the VAT directive: services linked to welfare and social security work.
EXEMPTION_CODE = "VATEX-EU-132-1G"
UNREADABLE = "\ufffd"


def ubl_document(document: SelfBilling, setup: ExportSetup) -> str:
    """The document as XML text."""
    kind = "CreditNote" if document.credit else "Invoice"
    root = ET.Element(
        kind,
        {
            "xmlns": f"{UBL}:{kind}-2",
            "xmlns:cac": f"{UBL}:CommonAggregateComponents-2",
            "xmlns:cbc": f"{UBL}:CommonBasicComponents-2",
        },
    )
    _head(root, document, setup)
    for reference in document.references:
        billing = _part(root, "BillingReference")
        _basic(_part(billing, "InvoiceDocumentReference"), "ID", reference)
    _party(_part(root, "AccountingSupplierParty"), document.seller_party, document.seller)
    _party(_part(root, "AccountingCustomerParty"), setup.buyer, None)
    _payment(root, document, setup)
    _totals(root, document, setup)
    for number, line in enumerate(document.lines, 1):
        _line(root, number, line, document, setup)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _head(root: ET.Element, document: SelfBilling, setup: ExportSetup) -> None:
    _basic(root, "CustomizationID", CUSTOMIZATION)
    _basic(root, "ProfileID", PROFILE)
    _basic(root, "ID", document.number)
    _basic(root, "IssueDate", document.day.isoformat())
    if document.credit:
        _basic(root, "CreditNoteTypeCode", CREDIT_NOTE_TYPE)
    else:
        _basic(root, "DueDate", document.due.isoformat())
        _basic(root, "InvoiceTypeCode", INVOICE_TYPE)
    _basic(root, "Note", document.note)
    _basic(root, "DocumentCurrencyCode", CURRENCY)
    _basic(root, "BuyerReference", setup.reference)
    # The periods of the lines must lie within that of the document.
    _period(
        root,
        min(line.first for line in document.lines).isoformat(),
        max(line.last for line in document.lines).isoformat(),
    )


def _period(parent: ET.Element, first: str, last: str) -> None:
    period = _part(parent, "InvoicePeriod")
    _basic(period, "StartDate", first)
    _basic(period, "EndDate", last)


def _party(parent: ET.Element, party: Party, seller: ExportProvider | None) -> None:
    element = _part(parent, "Party")
    _basic(element, "EndpointID", party.endpoint, schemeID=ORGANISATION_SCHEME)
    _basic(_part(element, "PartyName"), "Name", party.name)
    address = _part(element, "PostalAddress")
    _basic(address, "StreetName", party.address.street)
    _basic(address, "CityName", party.address.city)
    _basic(address, "PostalZone", party.address.postal_code)
    _basic(_part(address, "Country"), "IdentificationCode", COUNTRY)
    if party.vat_number:
        _tax_scheme(element, party.vat_number, "VAT")
    if seller is not None and seller.f_tax:
        _tax_scheme(element, F_TAX, "TAX")
    entity = _part(element, "PartyLegalEntity")
    _basic(entity, "RegistrationName", party.name)
    _basic(entity, "CompanyID", party.organisation, schemeID=ORGANISATION_SCHEME)


def _tax_scheme(parent: ET.Element, identity: str, scheme: str) -> None:
    element = _part(parent, "PartyTaxScheme")
    _basic(element, "CompanyID", identity)
    _basic(_part(element, "TaxScheme"), "ID", scheme)


def _payment(root: ET.Element, document: SelfBilling, setup: ExportSetup) -> None:
    if document.seller.bankgiro and not document.credit:
        means = _part(root, "PaymentMeans")
        _basic(means, "PaymentMeansCode", CREDIT_TRANSFER)
        _basic(means, "PaymentID", document.number)
        account = _part(means, "PayeeFinancialAccount")
        _basic(account, "ID", document.seller.bankgiro)
        _basic(_part(account, "FinancialInstitutionBranch"), "ID", "SE:BANKGIRO")
    terms = f"{setup.payment_days} dagar netto"
    if document.credit:
        terms = "Avräknas mot kommande betalningar"
    _basic(_part(root, "PaymentTerms"), "Note", terms)


def _totals(root: ET.Element, document: SelfBilling, setup: ExportSetup) -> None:
    tax = _part(root, "TaxTotal")
    _amount(tax, "TaxAmount", document.vat_ore)
    for each in document.subtotals:
        subtotal = _part(tax, "TaxSubtotal")
        _amount(subtotal, "TaxableAmount", each.taxable_ore)
        _amount(subtotal, "TaxAmount", each.tax_ore)
        _category(_part(subtotal, "TaxCategory"), each, setup.exemption)
    total = _part(root, "LegalMonetaryTotal")
    _amount(total, "LineExtensionAmount", document.net_ore)
    _amount(total, "TaxExclusiveAmount", document.net_ore)
    _amount(total, "TaxInclusiveAmount", document.net_ore + document.vat_ore)
    _amount(total, "PayableAmount", document.net_ore + document.vat_ore)


def _line(
    root: ET.Element, number: int, line: DocumentLine, document: SelfBilling, setup: ExportSetup
) -> None:
    kind, counted = ("CreditNoteLine", "CreditedQuantity") if document.credit else (
        "InvoiceLine", "InvoicedQuantity",
    )  # fmt: skip
    element = _part(root, kind)
    _basic(element, "ID", str(number))
    _basic(element, counted, _plain(line.quantity), unitCode=line.unit)
    _amount(element, "LineExtensionAmount", line.amount_ore)
    _basic(element, "AccountingCost", line.booked)
    _period(element, line.first.isoformat(), line.last.isoformat())
    item = _part(element, "Item")
    _basic(item, "Description", line.description)
    _basic(item, "Name", line.text)
    percent = setup.vat_percent if line.category is Category.STANDARD else 0
    rate = TaxSubtotal(line.category, percent, 0, 0)
    _category(_part(item, "ClassifiedTaxCategory"), rate, "")
    price = _part(element, "Price")
    _amount(price, "PriceAmount", abs(line.amount_ore))
    _basic(price, "BaseQuantity", _plain(abs(line.quantity)), unitCode=line.unit)


def _category(element: ET.Element, rate: TaxSubtotal, exemption: str) -> None:
    """A category; why it is exempt belongs to the totals only."""
    _basic(element, "ID", rate.category)
    _basic(element, "Percent", str(rate.percent))
    if exemption and rate.category is Category.EXEMPT:
        _basic(element, "TaxExemptionReasonCode", EXEMPTION_CODE)
        _basic(element, "TaxExemptionReason", exemption)
    _basic(_part(element, "TaxScheme"), "ID", "VAT")


def _part(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"cac:{name}")


def _basic(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"cbc:{name}", attributes).text = xml_text(text)


def _amount(parent: ET.Element, name: str, ore: int) -> None:
    _basic(parent, name, str(from_ore(ore)), currencyID=CURRENCY)


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def xml_text(text: str) -> str:
    """`text` without what XML 1.0 cannot hold, which the standard writer would let through."""
    if text.isprintable():
        return text
    return "".join(
        sign
        if sign in "\t\n\r" or " " <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd"
        or sign >= "\U00010000"
        else UNREADABLE
        for sign in text
    )  # fmt: skip
