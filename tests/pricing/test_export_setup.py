"""What is booked and invoiced is data, and every fault of the data is told at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from export_cases import END_OF_MARCH, MARCH, SERVICE_COMPANY, line, settlement_of, setup_of

from pricing.exports.identifiers import is_bankgiro, is_organisation, is_vat_number
from pricing.exports.postings import post
from pricing.exports.setup_file import parse_setup
from pricing.pay.settlement import Settlement
from scheduler.care.errors import InvalidInput


def test_the_demonstration_is_faultless() -> None:
    setup = setup_of()
    assert list(setup.providers) == ["p-1", "own", "p-2"]
    assert setup.providers["own"].party is None
    posting = setup.posting("meal", "rural")
    assert posting is not None
    assert (posting.cost_center, posting.activity) == ("320", "5522")


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ('organisation = "5566778899"', 'organisation = "5566778898"', "WRONG_FIELD",
         "provider[0].organisation"),
        ("f_tax = true", "f_tax = false", "MISSING_FIELD", "provider[0].vat_number"),
        ("vat_liable = false", "vat_liable = true", "MISSING_FIELD", "provider[0].vat_number"),
        ('bankgiro = "9912346"', 'bankgiro = "9912345"', "WRONG_FIELD", "provider[0].bankgiro"),
        ('vat_number = "SE559000111001"', "", "MISSING_FIELD", "provider[2].vat_number"),
        ('account = "4990"', 'account = "4991"', "UNKNOWN_NAME", "provider[1].account"),
        ('counterpart = "10"', 'counterpart = "11"', "UNKNOWN_NAME", "provider[1].counterpart"),
        ('id = "own"', 'id = "p-1"', "PROVIDER_TWICE", "provider[1].id"),
        ("activity = 20", "activity = 1", "DIMENSION_TWICE", "dimensions.activity"),
        ("vat_percent = 25", "vat_percent = 24", "OUT_OF_RANGE", "invoice.vat_percent"),
        ('correction_date = "settled"', "", "MISSING_FIELD", "ledger.correction_date"),
        ('correction_date = "settled"', 'correction_date = "later"', "WRONG_FIELD",
         "ledger.correction_date"),
        ('310 = "Hemtjänst, tätort"', '"3 10" = "Hemtjänst"', "WRONG_CODE", 'cost_centers.3 10'),
        ('service = ["care", "alarm"]\nzone = "rural"', 'service = ["care", "alarm"]', "AMBIGUOUS",
         "posting[1]"),
        ('vat_liable = ["cleaning"]', 'vat_liable = ["windows"]', "UNKNOWN_NAME",
         "provider[2].vat_liable[0]"),
        ("invoice = false", "invoiced = false", "UNKNOWN_FIELD", "provider[1].invoiced"),
        ('city = "Exempelstad"\nreference', 'reference', "MISSING_FIELD", "buyer"),
        ('name = "Exempelkommun"', 'name = "Exempel\\nkommun"', "WRONG_FIELD", "buyer.name"),
        ("[zones]", "[zone]", "MISSING_FIELD", "zones"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(old: str, new: str, code: str, place: str) -> None:
    with pytest.raises(InvalidInput) as error:
        setup_of(a=(old, new))
    assert any(each.code == code and place in each.where for each in error.value.findings), [
        (each.code, each.where) for each in error.value.findings
    ]


def test_every_fault_comes_at_once_with_its_line() -> None:
    with pytest.raises(InvalidInput) as error:
        setup_of(
            a=("vat_percent = 25", "vat_percent = 24"),
            b=('account = "4990"', 'account = "4991"'),
            c=("f_tax = true", "f_tax = 1"),
        )
    assert {each.code for each in error.value.findings} >= {
        "OUT_OF_RANGE", "UNKNOWN_NAME", "WRONG_FIELD",
    }  # fmt: skip
    assert all(each.where.startswith("export.toml:") for each in error.value.findings)


@pytest.mark.parametrize("content", [b"\xff", b"[", b"", b"provider = 1", b"[buyer]\nname = 1"])
def test_a_broken_file_gets_findings(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_setup(content, "export.toml")


@pytest.mark.parametrize(
    ("fits", "right", "wrong"),
    [
        (is_organisation, "5566778899", "5566778890"),
        (is_organisation, "2120009994", "212000-9994"),
        (is_vat_number, "SE556677889901", "SE55667788990"),
        (is_bankgiro, "9912346", "991234"),
    ],
)
def test_numbers_have_form_and_check_digit(fits, right, wrong) -> None:  # type: ignore[no-untyped-def]
    assert fits(right)
    assert not fits(wrong)


def refused(settlement: Settlement, extra: str = SERVICE_COMPANY) -> set[str]:
    with pytest.raises(InvalidInput) as error:
        post(settlement, setup_of(extra), END_OF_MARCH)
    return {each.code for each in error.value.findings}


def test_what_the_setup_lacks_is_told_at_once() -> None:
    lines = [*MARCH, line(8, service="walk"), line(9, zone="island"), line(10, provider="p-9")]
    assert refused(settlement_of(lines)) == {
        "UNKNOWN_PROVIDER", "UNKNOWN_SERVICE", "UNKNOWN_ZONE", "NO_POSTING",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        line(1, vat_ore=1),
        line(1, provider="p-2", service="cleaning", amount_ore=400, vat_ore=0),
        line(1, provider="p-2", service="cleaning", amount_ore=400, vat_ore=102),
    ],
)
def test_vat_that_the_provider_does_not_carry_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    assert refused(settlement_of([wrong])) == {"VAT_DIFFERS"}


def test_an_edited_settlement_is_not_exported() -> None:
    """One öre planted in a line: neither its digest nor its sums hold."""
    settlement = settlement_of(MARCH)
    planted = settlement_of([MARCH[0]._replace(amount_ore=25_501), *MARCH[1:]])
    edited = replace(settlement, lines=planted.lines)
    assert refused(edited) == {"EDITED", "SUM_DIFFERS"}


@pytest.mark.parametrize("number", ["2026-03-1", "2026-04-1", "elsewhere"])
def test_a_correction_of_no_earlier_line_is_refused(number: str) -> None:
    """Its document would name one that cannot be."""
    assert refused(settlement_of([line(1), line(2, corrects=number)])) == {"CORRECTS_NOTHING"}


def test_an_empty_settlement_is_told() -> None:
    assert refused(settlement_of([])) == {"NOTHING_TO_EXPORT"}


def test_every_ore_and_minute_is_in_one_group() -> None:
    settlement = settlement_of(MARCH)
    groups = post(settlement, setup_of(), END_OF_MARCH).groups
    for total in settlement.sums:
        own = [each for group, each in groups.items() if group.provider == total.provider]
        assert sum(each.lines for each in own) == total.lines
        assert sum(each.minutes for each in own) == total.minutes
        assert sum(each.amount_ore for each in own) == total.amount_ore
        assert sum(each.vat_ore for each in own) == total.vat_ore
