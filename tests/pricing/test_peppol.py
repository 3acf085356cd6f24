"""Self-billing documents: exact to the öre, and such that a receiver can take them."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree as ET

import pytest
from export_cases import MARCH, NAMES, line, ore, posted_of, read_ubl, settled, setup_of, value
from hypothesis import given, settings

from pricing.exports.peppol import SelfBilling, self_billing
from pricing.exports.ubl import ubl_document
from pricing.pay.settlement import SettledLine

SETUP = setup_of()
CREDITED = (
    line(1, amount_ore=100, minutes=1),
    line(2, day="2026-02-27", corrects="2026-02-9", minutes=-10, amount_ore=-8_500),
    line(3, day="2026-01-27", corrects="2026-01-4", minutes=10, amount_ore=-1_000),
)


def documents(lines: tuple[SettledLine, ...]) -> dict[str, ET.Element]:
    made = self_billing(posted_of(lines, SETUP))
    return {each.number: read_ubl(ubl_document(each, SETUP)) for each in made}


def check_sums(root: ET.Element) -> None:
    """EN 16931: lines to totals, VAT by category, quantity times price is the line."""
    lines = [each for each in root if each.tag.endswith("Line")]
    net, taxed = 0, defaultdict(int)
    for each in lines:
        amount = ore(each, "cbc:LineExtensionAmount")
        quantity = Decimal(next(e.text or "" for e in each if e.tag.endswith("Quantity")))
        price, base = ore(each, "cac:Price/cbc:PriceAmount"), value(
            each, "cac:Price/cbc:BaseQuantity"
        )  # fmt: skip
        assert price >= 0
        assert Decimal(base) > 0
        assert quantity * price == amount * Decimal(base)
        net += amount
        taxed[value(each, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID")] += amount
    vat = 0
    for each in root.findall("cac:TaxTotal/cac:TaxSubtotal", NAMES):
        category = value(each, "cac:TaxCategory/cbc:ID")
        percent = Decimal(value(each, "cac:TaxCategory/cbc:Percent"))
        base, tax = ore(each, "cbc:TaxableAmount"), ore(each, "cbc:TaxAmount")
        assert base == taxed.pop(category)
        assert tax == int((base * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
        vat += tax
    assert not taxed
    assert ore(root, "cac:TaxTotal/cbc:TaxAmount") == vat
    total = "cac:LegalMonetaryTotal/cbc:"
    assert ore(root, total + "LineExtensionAmount") == net
    assert ore(root, total + "TaxExclusiveAmount") == net
    assert ore(root, total + "TaxInclusiveAmount") == net + vat
    assert ore(root, total + "PayableAmount") == net + vat


def test_an_invoice_by_hand() -> None:
    """Half an hour for 255 kronor: 30 minutes at 255 kronor per 30 minutes, no VAT."""
    (root,) = documents((line(1),)).values()
    check_sums(root)
    assert root.tag == "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
    assert value(root, "cbc:CustomizationID").endswith("poacc:selfbilling:3.0")
    assert value(root, "cbc:ProfileID") == "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"
    assert value(root, "cbc:ID") == "p-1-2026-03"
    assert value(root, "cbc:InvoiceTypeCode") == "389"
    assert value(root, "cbc:IssueDate") == "2026-03-31"
    assert value(root, "cbc:DueDate") == "2026-04-30"
    assert ore(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == 25_500
    row = root.find("cac:InvoiceLine", NAMES)
    assert row is not None
    assert value(row, "cbc:InvoicedQuantity") == "30"
    assert value(row, "cac:Item/cbc:Name") == "Omvårdnad"
    assert value(row, "cbc:AccountingCost") == "4630 310 5521 80"
    assert root.find("cac:BillingReference", NAMES) is None


def test_parties_have_names_numbers_and_addresses() -> None:
    root = documents(MARCH)["p-2-2026-03"]
    for role, name, number in (
        ("Supplier", 'Städ & "Rent" {Öst} AB', "5590001110"),
        ("Customer", "Exempelkommun", "2120009994"),
    ):
        party = root.find(f"cac:Accounting{role}Party/cac:Party", NAMES)
        assert party is not None
        endpoint = party.find("cbc:EndpointID", NAMES)
        assert endpoint is not None
        assert (endpoint.get("schemeID"), endpoint.text) == ("0007", number)
        assert value(party, "cac:PartyLegalEntity/cbc:RegistrationName") == name
        assert value(party, "cac:PartyLegalEntity/cbc:CompanyID") == number
        assert value(party, "cac:PostalAddress/cac:Country/cbc:IdentificationCode") == "SE"


def test_care_is_exempt_with_its_reason_and_cleaning_carries_vat() -> None:
    root = documents(MARCH)["p-2-2026-03"]
    check_sums(root)
    found = {
        value(each, "cac:TaxCategory/cbc:ID"): each
        for each in root.findall("cac:TaxTotal/cac:TaxSubtotal", NAMES)
    }
    assert ore(found["S"], "cbc:TaxableAmount") == 61_120
    assert ore(found["S"], "cbc:TaxAmount") == 15_280
    assert value(found["S"], "cac:TaxCategory/cbc:Percent") == "25"
    assert found["S"].find("cac:TaxCategory/cbc:TaxExemptionReason", NAMES) is None
    assert ore(found["E"], "cbc:TaxableAmount") == 38_200
    assert ore(found["E"], "cbc:TaxAmount") == 0
    assert value(found["E"], "cac:TaxCategory/cbc:TaxExemptionReason").startswith("Social omsorg")


def test_a_month_below_zero_is_a_credit_note_that_names_what_it_corrects() -> None:
    """1 - 85 - 10 kronor: 94 are credited, stated above zero."""
    (root,) = documents(CREDITED).values()
    check_sums(root)
    assert root.tag.endswith("}CreditNote")
    assert value(root, "cbc:CreditNoteTypeCode") == "261"
    assert ore(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == 9_400
    path = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"
    assert [each.text for each in root.findall(path, NAMES)] == ["p-1-2026-01", "p-1-2026-02"]


def test_a_correction_says_so_and_lies_within_the_period_of_its_document() -> None:
    """Lines outside the period of the document are refused (PEPPOL-EN16931-R110 and R111)."""
    root = documents(MARCH)["p-1-2026-03"]
    rows = {value(row, "cac:Item/cbc:Name"): row for row in root.findall("cac:InvoiceLine", NAMES)}
    assert set(rows) == {"Omvårdnad", "Omvårdnad, rättelse av 2026-02", "Matleverans"}
    corrected = rows["Omvårdnad, rättelse av 2026-02"]
    assert value(corrected, "cac:InvoicePeriod/cbc:StartDate") == "2026-02-01"
    assert value(corrected, "cac:InvoicePeriod/cbc:EndDate") == "2026-02-28"
    assert value(root, "cac:InvoicePeriod/cbc:StartDate") == "2026-02-01"
    assert value(root, "cac:InvoicePeriod/cbc:EndDate") == "2026-03-31"


def test_an_ore_of_vat_alone_is_nothing_to_pay() -> None:
    """No base, no VAT: what the line tells is taken back by the rounding."""
    only_vat = line(1, provider="p-2", service="cleaning", minutes=0, amount_ore=0, vat_ore=-1)
    (root,) = documents((only_vat,)).values()
    check_sums(root)
    assert root.tag.endswith("}Invoice")
    assert ore(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == 0


def test_payment_and_tax_status_are_those_of_the_provider() -> None:
    """p-1 has a bankgiro number and F-tax, p-2 a VAT number and neither of them."""
    first, second = (documents(MARCH)[f"{each}-2026-03"] for each in ("p-1", "p-2"))
    account = "cac:PaymentMeans/cac:PayeeFinancialAccount/"
    assert value(first, account + "cbc:ID") == "9912346"
    assert value(first, account + "cac:FinancialInstitutionBranch/cbc:ID") == "SE:BANKGIRO"
    assert second.find("cac:PaymentMeans", NAMES) is None
    schemes = "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme"
    for root, identity, scheme in (
        (first, "Godkänd för F-skatt", "TAX"),
        (second, "SE559000111001", "VAT"),
    ):
        (found,) = root.findall(schemes, NAMES)
        assert value(found, "cbc:CompanyID") == identity
        assert value(found, "cac:TaxScheme/cbc:ID") == scheme


def test_a_moved_visit_corrects_the_document_of_who_lost_it() -> None:
    """p-2 never had a document for February; a reference to one would name nothing."""
    day = "2026-02-27"
    moved = (
        line(1, day=day, corrects="2026-02-9", minutes=-30, amount_ore=-25_500),
        line(2, day=day, corrects="2026-02-9", provider="p-2"),
    )
    path = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"
    made = documents(moved)
    assert [e.text for e in made["p-1-2026-03"].findall(path, NAMES)] == ["p-1-2026-02"]
    assert made["p-2-2026-03"].findall(path, NAMES) == []


def test_own_units_get_no_invoice() -> None:
    assert set(documents(MARCH)) == {"p-1-2026-03", "p-2-2026-03"}


def test_a_planted_ore_is_found() -> None:
    (made,) = self_billing(posted_of((line(1),), SETUP))
    text = ubl_document(made, SETUP)
    assert text.count(">255.00<") > 3
    with pytest.raises(AssertionError):
        check_sums(read_ubl(text.replace(">255.00<", ">255.01<", 1)))


def test_vat_is_rounded_once_for_the_document() -> None:
    """
    250 lines of 2 öre, each with an öre of VAT: 5.00 kronor at 25 % is 1.25, not 2.50.

    Line by line it would be more than a krona beside the rate, and no receiver takes that.
    """
    lines = tuple(
        line(n, provider="p-2", service="cleaning", amount_ore=2, vat_ore=1) for n in range(1, 251)
    )
    (root,) = documents(lines).values()
    check_sums(root)
    assert ore(root, "cac:TaxTotal/cbc:TaxAmount") == 125
    assert ore(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == 625
    note = value(root, "cbc:Note")
    assert "Moms 1,25 kr" in note
    assert "2,50 kr" in note


def test_a_note_is_silent_when_vat_agrees() -> None:
    assert "Moms" not in value(documents(MARCH)["p-2-2026-03"], "cbc:Note")


def test_what_xml_cannot_hold_is_replaced() -> None:
    """The standard writer lets control characters through, and no reader takes the file then."""
    (root,) = documents((line(1, rate="care\x08<&>"),)).values()
    text = value(root, "cac:InvoiceLine/cac:Item/cbc:Description")
    assert "care\ufffd<&>" in text


@given(settled())
@settings(max_examples=60, deadline=None)
def test_documents_agree_with_the_settlement(lines: list[SettledLine]) -> None:
    posted = posted_of(lines, SETUP)
    made: dict[str, SelfBilling] = {each.seller.id: each for each in self_billing(posted)}
    for total in posted.settlement.sums:
        if total.provider == "own":
            continue
        document = made.pop(total.provider)
        root = read_ubl(ubl_document(document, SETUP))
        check_sums(root)
        sign = -1 if root.tag.endswith("CreditNote") else 1
        payable = ore(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")
        assert payable >= 0
        vat = posted.vat[total.provider]
        assert vat.settled_ore == total.vat_ore
        assert sign * payable == total.amount_ore + total.vat_ore + vat.rounding_ore
        assert sign * ore(root, "cac:TaxTotal/cbc:TaxAmount") == total.vat_ore + vat.rounding_ore
    assert not made
