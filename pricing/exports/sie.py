"""
Vouchers for the ledger: a SIE 4I file.

One voucher for each provider and month of visits: the cost on its account with cost centre,
activity and counterpart, the VAT, and what is owed against them; each balances to the öre. The VAT
of the provider's invoice is what is deducted; its difference to that of the lines is a row of its
own on the same account.

Source: SIE file format, edition 4B (2008-09-30): fields apart by blanks, texts in quotation marks
with ``\\"`` for one inside, code page 437, lines ended by CR LF, amounts with a decimal point and
two decimals, dimensions 1-19 reserved. The numbers of the vouchers are left to the ledger.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pricing.exports.postings import Group, Posted, Total
from pricing.exports.setup import CorrectionDate, Dimension, ExportProvider
from pricing.pay.settlement import month_bounds
from scheduler.care.errors import Finding, Severity
from scheduler.care.units import ORE_PER_KRONA

CODE_PAGE = "cp437"
VAT_ROUNDING = "Ingående moms, öresutjämning till fakturan"
PROGRAM, VERSION = "Hemplan", "0.1.0"
DIMENSION_TEXTS = {
    Dimension.COST_CENTER: "Kostnadsställe",
    Dimension.ACTIVITY: "Verksamhet",
    Dimension.COUNTERPART: "Motpart",
}
# What has a plain form that a person reads alike. A backslash would take the mark after it along.
PLAIN = {
    "–": "-",
    "—": "-",
    "−": "-",
    "’": "'",
    "‘": "'",
    "”": '"',
    "“": '"',
    "…": "...",
    "\\": "/",
}
BLANKS = "\u00a0\u202f\u2009"


class Row(NamedTuple):
    """A transaction; debit above zero."""

    account: str
    objects: tuple[tuple[Dimension, str], ...]
    amount_ore: int
    text: str


@dataclass(frozen=True, slots=True)
class Voucher:
    """Rows whose sum is zero."""

    provider: str
    day: date
    text: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SieFile:
    """
    A file and what had to be changed in it.

    Parameters
    ----------
    notes
        A warning for each text with signs that the code page lacks.
    """

    content: bytes
    notes: tuple[Finding, ...]


def vouchers(posted: Posted) -> list[Voucher]:
    """The vouchers of a settlement, by provider and month; nothing for what comes to zero."""
    parts: dict[tuple[str, str], dict[Group, Total]] = {}
    for group, total in posted.groups.items():
        parts.setdefault((group.provider, group.month), {})[group] = total
    settled = posted.settlement.month
    for provider, vat in posted.vat.items():
        if vat.rounding_ore:
            parts.setdefault((provider, settled), {})
    made = []
    for (provider, month), groups in sorted(parts.items(), key=lambda part: part[0]):
        rounding = posted.vat[provider].rounding_ore if month == settled else 0
        rows = tuple(_rows(posted, posted.setup.providers[provider], groups, rounding))
        if rows:
            day, text = _heading(posted, provider, month)
            made.append(Voucher(provider, day, text, rows))
    return made


def sie_file(posted: Posted) -> SieFile:
    """The vouchers of a settlement as a SIE 4I file."""
    writer = _Writer()
    setup, found = posted.setup, vouchers(posted)
    writer.line("#FLAGGA", "0")
    writer.line("#PROGRAM", writer.quoted(PROGRAM, "program"), VERSION)
    writer.line("#FORMAT", "PC8")
    writer.line("#GEN", _day(posted.day))
    writer.line("#SIETYP", "4")
    organisation = setup.buyer.organisation
    writer.line("#ORGNR", f"{organisation[:6]}-{organisation[6:]}")
    writer.line("#FNAMN", writer.quoted(setup.buyer.name, "buyer.name"))
    rows = [row for voucher in found for row in voucher.rows]
    for dimension in Dimension:
        number = str(setup.dimensions[dimension])
        writer.line("#DIM", number, writer.quoted(DIMENSION_TEXTS[dimension], dimension))
    for dimension, code in sorted(
        {each for row in rows for each in row.objects},
        key=lambda each: (setup.dimensions[each[0]], each[1]),
    ):
        label = writer.quoted(setup.objects[dimension][code], f"{dimension} {code}")
        number = str(setup.dimensions[dimension])
        writer.line("#OBJEKT", number, writer.quoted(code, f"{dimension} {code}"), label)
    for account in sorted({row.account for row in rows}):
        writer.line("#KONTO", account, writer.quoted(setup.accounts[account], account))
    for voucher in found:
        _write(voucher, writer, posted)
    return SieFile(writer.content(), tuple(writer.notes.values()))


def _heading(posted: Posted, provider: str, month: str) -> tuple[date, str]:
    settled, setup = posted.settlement.month, posted.setup
    name = setup.providers[provider].name
    if month == settled:
        return posted.day, f"Hemtjänst {month}, {name}"
    day = posted.day
    if setup.correction_date is CorrectionDate.CONCERNED:
        day = month_bounds(month)[1]
    return day, f"Rättelse av {month}, avräknad {settled}, {name}"


def _rows(
    posted: Posted, provider: ExportProvider, groups: dict[Group, Total], rounding_ore: int
) -> Iterator[Row]:
    """Costs by service and zone, then VAT, then what is owed."""
    setup = posted.setup
    counterpart = (Dimension.COUNTERPART, provider.counterpart)
    costs: dict[tuple[tuple[tuple[Dimension, str], ...], str], int] = {}
    for group, total in groups.items():
        posting = posted.posting(group)
        objects = (
            (Dimension.COST_CENTER, posting.cost_center),
            (Dimension.ACTIVITY, posting.activity),
            counterpart,
        )
        text = f"{setup.services[group.service]}, {setup.zones[group.zone]}"
        costs[objects, text] = costs.get((objects, text), 0) + total.amount_ore
    vat = sum(total.vat_ore for total in groups.values())
    owed = sum(costs.values()) + vat + rounding_ore
    rows = [Row(provider.account, objects, ore, text) for (objects, text), ore in costs.items()]
    rows.append(Row(setup.vat_account, (), vat, "Ingående moms"))
    rows.append(Row(setup.vat_account, (), rounding_ore, VAT_ROUNDING))
    rows.append(Row(provider.payable_account, (counterpart,), -owed, provider.name))
    yield from (row for row in rows if row.amount_ore)


def _write(voucher: Voucher, writer: _Writer, posted: Posted) -> None:
    setup, at = posted.setup, f"provider {voucher.provider}"
    writer.line(
        "#VER",
        writer.quoted(setup.series, "ledger.series"),
        '""',
        _day(voucher.day),
        writer.quoted(voucher.text, at),
    )
    writer.line("{")
    for row in voucher.rows:
        objects = " ".join(
            f"{setup.dimensions[dimension]} {writer.quoted(code, at)}"
            for dimension, code in row.objects
        )
        text = writer.quoted(row.text, at)
        writer.line(
            "   #TRANS", row.account, f"{{{objects}}}", _kronor(row.amount_ore),
            _day(voucher.day), text,
        )  # fmt: skip
    writer.line("}")


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.notes: dict[str, Finding] = {}

    def line(self, *fields: str) -> None:
        self.lines.append(" ".join(fields))

    def quoted(self, text: str, where: str) -> str:
        """A text as a field; what the code page lacks is replaced and told."""
        plain = pc8(text)
        if plain != text.translate(dict.fromkeys(map(ord, BLANKS), " ")):
            self.notes.setdefault(
                text,
                Finding(
                    "NOT_IN_CODE_PAGE",
                    where,
                    "signs of code page 437",
                    f"{text} written as {plain}",
                    "Byt tecknen i exportens uppgifter om det inte duger.",
                    Severity.WARNING,
                ),
            )
        escaped = plain.replace('"', '\\"')
        return f'"{escaped}"'

    def content(self) -> bytes:
        return "".join(f"{line}\r\n" for line in self.lines).encode(CODE_PAGE)


def pc8(text: str) -> str:
    """
    `text` in signs that a SIE file can hold, the others by their nearest plain form.

    Å, ä, ö and whatever else code page 437 has stay; control characters become blanks, letters
    lose marks that the code page lacks, and what has no plain form becomes a question mark.
    """
    return "".join(map(_plain, unicodedata.normalize("NFC", text)))


def _plain(sign: str) -> str:
    if sign in BLANKS or not (sign.isprintable() or sign in PLAIN):
        return " "
    if sign in PLAIN:
        return PLAIN[sign]
    if _in_code_page(sign):
        return sign
    marks = unicodedata.normalize("NFKD", sign)
    return "".join(each for each in marks if each.isascii() and each.isprintable()) or "?"


def _in_code_page(sign: str) -> bool:
    try:
        sign.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _kronor(ore: int) -> str:
    kronor, rest = divmod(abs(ore), ORE_PER_KRONA)
    return f"{'-' if ore < 0 else ''}{kronor}.{rest:02d}"
