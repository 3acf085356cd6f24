"""The ledger books what was settled: to the öre, on the right objects, in signs it can read."""

from __future__ import annotations

from collections import defaultdict

import pytest
from export_cases import (
    END_OF_MARCH,
    MARCH,
    SieVoucher,
    line,
    posted_of,
    read_sie,
    settled,
    settlement_of,
    setup_of,
)
from hypothesis import given, settings

from pricing.exports.postings import post
from pricing.exports.sie import pc8, sie_file
from pricing.pay.settlement import SettledLine

CARE_TOWN = ((1, "310"), (20, "5521"), (21, "80"))


def test_one_voucher_by_hand() -> None:
    """255 kronor of care in town: debit 4630 on three objects, credit 2440 on the counterpart."""
    (voucher,) = read_sie(sie_file(posted_of([line(1)])).content).vouchers
    assert voucher == SieVoucher(
        "20260331",
        "Hemtjänst 2026-03, Solgårdens omsorg AB",
        [
            ("4630", CARE_TOWN, 25_500, "Omvårdnad, Tätort"),
            ("2440", ((21, "80"),), -25_500, "Solgårdens omsorg AB"),
        ],
    )


def test_the_head_is_that_of_sie_4() -> None:
    tags = read_sie(sie_file(posted_of(MARCH)).content).tags
    assert next(iter(tags)) == "#FLAGGA"
    assert tags["#FLAGGA"] == [["0"]]
    assert tags["#FORMAT"] == [["PC8"]]
    assert tags["#SIETYP"] == [["4"]]
    assert tags["#PROGRAM"] == [["Hemplan", "0.1.0"]]
    assert tags["#GEN"] == [["20260331"]]
    assert tags["#ORGNR"] == [["212000-9994"]]
    assert tags["#FNAMN"] == [["Exempelkommun"]]
    assert [each[0] for each in tags["#DIM"]] == ["1", "20", "21"]
    assert ["1", "310", "Hemtjänst, tätort"] in tags["#OBJEKT"]
    assert ["4630", "Köp av hemtjänst"] in tags["#KONTO"]


def test_lines_end_as_the_standard_says() -> None:
    content = sie_file(posted_of(MARCH)).content
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")


def booked(lines: tuple[SettledLine, ...]) -> dict[tuple[str, str], int]:
    """What the file books on each account and object."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for voucher in read_sie(sie_file(posted_of(lines)).content).vouchers:
        for account, objects, ore, _ in voucher.rows:
            for key in [("account", account), *((str(d), code) for d, code in objects)]:
                if key[0] == "account" or account.startswith("4"):
                    found[key] += ore
    return found


def test_sums_by_account_and_object_are_those_of_the_settlement() -> None:
    """Counted here by hand from the lines: p-1 62 042 öre, p-2 99 320, own 25 001."""
    found = booked(MARCH)
    assert found["account", "4630"] == 62_042 + 99_320
    assert found["account", "4990"] == 25_001
    assert found["account", "1640"] == 15_280
    assert found["account", "2440"] == -(62_042 + 99_320 + 15_280)
    assert found["account", "3990"] == -25_001
    assert found["1", "320"] == 40_017
    assert found["1", "310"] == 62_042 + 99_320 + 25_001 - 40_017
    assert found["20", "5522"] == 5_025 + 61_120 + 38_200
    assert found["21", "10"] == 25_001


def test_a_planted_ore_is_found() -> None:
    """One öre more in a row of the file, and its voucher no longer balances."""
    content = sie_file(posted_of(MARCH)).content
    assert b" 400.17 " in content
    with pytest.raises(AssertionError):
        read_sie(content.replace(b" 400.17 ", b" 400.18 "))


def test_a_correction_is_a_voucher_of_its_own() -> None:
    """Its date is what the setup says: the day of the export, or the end of its own month."""
    changed = ('correction_date = "settled"', 'correction_date = "concerned"')
    for setup, day in ((setup_of(), "20260331"), (setup_of(a=changed), "20260228")):
        read = read_sie(sie_file(posted_of(MARCH, setup)).content)
        (found,) = [each for each in read.vouchers if each.text.startswith("Rättelse")]
        assert found.text == "Rättelse av 2026-02, avräknad 2026-03, Solgårdens omsorg AB"
        assert found.day == day
        assert [row[2] for row in found.rows] == [-8_500, 8_500]


def test_quotation_marks_and_braces_stay_in_their_text() -> None:
    """A company's name must not end a field or open an object list."""
    read = read_sie(sie_file(posted_of(MARCH)).content)
    texts = {row[3] for voucher in read.vouchers for row in voucher.rows}
    assert 'Städ & "Rent" {Öst} AB' in texts


def test_swedish_letters_survive_code_page_437_and_nothing_is_told() -> None:
    made = sie_file(posted_of(MARCH))
    assert made.notes == ()
    assert "Solgårdens".encode("cp437") in made.content
    assert pc8("åäöÅÄÖéü") == "åäöÅÄÖéü"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Šarić – “vård”", 'Saric - "vård"'),
        ("€ 漢", "? ?"),
        ("a\\", "a/"),
        ("a\u0308lg", "älg"),
        ("rad\nny", "rad ny"),
        ("1\u00a0000", "1 000"),
    ],
)
def test_what_the_code_page_lacks_has_a_plain_form(text: str, plain: str) -> None:
    assert pc8(text) == plain


def test_a_replaced_sign_is_told() -> None:
    setup = setup_of(a=("Solgårdens omsorg AB", "Šolgården AB"))
    made = sie_file(posted_of([line(1)], setup))
    assert {each.code for each in made.notes} == {"NOT_IN_CODE_PAGE"}
    assert "Solgården AB" in made.content.decode("cp437")


def test_what_comes_to_zero_is_no_voucher() -> None:
    free = line(1, amount_ore=0)
    assert read_sie(sie_file(posted_of([free])).content).vouchers == []


def test_the_rounding_of_vat_is_a_row_of_its_own() -> None:
    """Three lines of 2 öre with an öre of VAT each: the invoice has 2 öre (1.5 rounded), not 3."""
    lines = [
        line(n, provider="p-2", service="cleaning", amount_ore=2, vat_ore=1) for n in range(1, 4)
    ]
    (voucher,) = read_sie(sie_file(posted_of(lines)).content).vouchers
    assert [(account, ore) for account, _, ore, _ in voucher.rows] == [
        ("4630", 6), ("1640", 3), ("1640", -1), ("2440", -8),
    ]  # fmt: skip
    assert voucher.rows[2][3] == "Ingående moms, öresutjämning till fakturan"


def test_rounding_is_booked_in_the_settled_month_though_all_lines_correct_another() -> None:
    """The invoice is of March; the corrections of February keep their own voucher."""
    fields = {"provider": "p-2", "service": "cleaning", "day": "2026-02-27", "minutes": 0}
    lines = [
        line(n, corrects=f"2026-02-{n}", amount_ore=-2, vat_ore=-1, **fields) for n in range(1, 4)
    ]
    found = read_sie(sie_file(posted_of(lines)).content).vouchers
    assert [(each.text[:8], [row[2] for row in each.rows]) for each in found] == [
        ("Rättelse", [-6, -3, 9]), ("Hemtjäns", [1, -1]),
    ]  # fmt: skip


def test_without_an_invoice_vat_stays_that_of_the_lines() -> None:
    """An own unit has no document whose VAT could be another."""
    setup = setup_of(
        a=('counterpart = "10"\nvat_liable = false', 'counterpart = "10"\nvat_liable = true')
    )
    lines = [line(n, provider="own", amount_ore=2, vat_ore=1) for n in range(1, 4)]
    assert posted_of(lines, setup).vat["own"].rounding_ore == 0


@given(settled())
@settings(max_examples=80, deadline=None)
def test_vouchers_balance_and_book_everything(lines: list[SettledLine]) -> None:
    """Read back: every voucher is zero (the reader asserts it), and each provider's debt right."""
    settlement = settlement_of(lines)
    posted = post(settlement, setup_of(), END_OF_MARCH)
    read = read_sie(sie_file(posted).content)
    owed: dict[str, int] = defaultdict(int)
    for voucher in read.vouchers:
        for account, _, ore, text in voucher.rows:
            if account in ("2440", "3990"):
                owed[text] -= ore
    for each in settlement.sums:
        name = posted.setup.providers[each.provider].name
        rounding = posted.vat[each.provider].rounding_ore
        assert owed[name] == each.amount_ore + each.vat_ore + rounding
