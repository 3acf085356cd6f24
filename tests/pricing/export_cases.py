"""
A setup, settlements, and small readers of what is exported.

The readers know the formats from their standards and share nothing with the writers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import strategies as st
from price_cases import DEMO

from pricing.exports.postings import Posted, post
from pricing.exports.setup import ExportSetup
from pricing.exports.setup_file import parse_setup
from pricing.pay.settlement import SettledLine, SettledLines, Settlement, digest_of, sums_of

TOML = (DEMO.parent / "export.toml").read_text(encoding="utf-8")
SERVICE_COMPANY = """
[[provider]]
id = "p-2"
name = 'Städ & "Rent" {Öst} AB'
organisation = "5590001110"
vat_number = "SE559000111001"
street = "Åvägen 7"
postal_code = "123 47"
city = "Exempelstad"
account = "4630"
payable_account = "2440"
counterpart = "80"
vat_liable = ["cleaning"]
"""
END_OF_MARCH = date(2026, 3, 31)


def setup_of(extra: str = SERVICE_COMPANY, **changes: str) -> ExportSetup:
    """The demonstration's setup, with a service company, and each text replaced by another."""
    text = TOML + extra
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return parse_setup(text.encode(), "export.toml")


def line(number: int, **fields: object) -> SettledLine:
    """Half an hour's care in town, 255 kronor, in March."""
    made = SettledLine(
        number=f"2026-03-{number}", corrects="", visit=f"v-{number}", component="visit",
        rate="care", band="day", provider="p-1", service="care", zone="town", day="2026-03-04",
        minutes=30, quantity=0, amount_ore=25_500, vat_ore=0,
    )  # fmt: skip
    return made._replace(**fields)  # type: ignore[arg-type]


def settlement_of(lines: Sequence[SettledLine], month: str = "2026-03") -> Settlement:
    """A settlement of these lines, with right sums and digest."""
    columns = SettledLines.of(lines)
    made = Settlement(month, "Exempelkommun 2026", None, (), sums_of(columns), columns)
    return replace(made, digest=digest_of(made))


def posted_of(lines: Sequence[SettledLine], setup: ExportSetup | None = None) -> Posted:
    return post(settlement_of(lines), setup or setup_of(), END_OF_MARCH)


MARCH = (
    line(1),
    line(2, zone="rural", band="evening", minutes=45, amount_ore=40_017),
    line(3, service="meal", rate="meal", component="meal", band="", minutes=0, quantity=1000,
         amount_ore=5_025),
    line(4, provider="p-2", service="cleaning", rate="cleaning", band="", minutes=96,
         amount_ore=61_120, vat_ore=15_280),
    line(5, provider="p-2", service="shopping", rate="shopping", minutes=60, amount_ore=38_200),
    line(6, provider="own", amount_ore=25_001),
    line(7, day="2026-02-27", corrects="2026-02-9", minutes=-10, amount_ore=-8_500),
)  # fmt: skip


@st.composite
def settled(draw: Any) -> list[SettledLine]:
    """Random lines; VAT by the rate for who carries it."""
    found = []
    for number in range(1, draw(st.integers(1, 25)) + 1):
        amount = draw(st.integers(-(10**9), 10**9))
        provider = draw(st.sampled_from(["p-1", "p-2", "own"]))
        service = draw(st.sampled_from(["care", "cleaning", "meal"]))
        taxed = provider == "p-2" and service == "cleaning"
        month = draw(st.sampled_from(["2026-01", "2026-02", "2026-03"]))
        found.append(
            line(
                number,
                provider=provider,
                service=service,
                zone=draw(st.sampled_from(["town", "rural"])),
                band=draw(st.sampled_from(["day", "evening", ""])),
                day=f"{month}-{draw(st.integers(1, 28)):02d}",
                corrects=f"{month}-{number}" if month != "2026-03" else "",
                minutes=draw(st.integers(-500, 500)),
                quantity=draw(st.sampled_from([0, 500, 2_000, -1_000])),
                amount_ore=amount,
                vat_ore=(amount + 2) // 4 if taxed else 0,
            )
        )
    return found


# ---------------------------------------------------------------- reading SIE

Objects = tuple[tuple[int, str], ...]


@dataclass
class SieVoucher:
    """A voucher as read: its date, text, and (account, objects, öre, text) of its rows."""

    day: str
    text: str
    rows: list[tuple[str, Objects, int, str]]


@dataclass
class Sie:
    """A file as read: its flags by tag, and its vouchers."""

    tags: dict[str, list[list[str]]]
    vouchers: list[SieVoucher]


def sie_fields(text: str) -> list[str]:
    """The fields of a line, by the standard: blanks part, quotation marks hold together."""
    pattern = re.compile(
        r'\{[^{}"]*(?:"(?:[^"\\]|\\.)*"[^{}"]*)*\}|"(?:[^"\\]|\\.)*"|[^\s"{}]+|[{}]'
    )
    found, at = [], 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        match = pattern.match(text, at)
        assert match, (text, at)
        found.append(match[0])
        at = match.end()
    return [_unquoted(each) for each in found]


def _unquoted(field: str) -> str:
    return field[1:-1].replace('\\"', '"') if field.startswith('"') else field


def read_sie(content: bytes) -> Sie:
    """The file; fails on what the standard does not allow."""
    assert not {*range(9), *range(14, 32), 127} & set(content)
    assert content.endswith(b"\r\n")
    read = Sie({}, [])
    inside = False
    for raw in content.decode("cp437").split("\r\n")[:-1]:
        assert "\n" not in raw
        tag, *fields = sie_fields(raw)
        if tag == "{":
            inside = True
        elif tag == "}":
            inside = False
            assert sum(row[2] for row in read.vouchers[-1].rows) == 0
        elif tag == "#VER":
            read.vouchers.append(SieVoucher(fields[2], fields[3], []))
        elif tag == "#TRANS":
            assert inside
            account, braces, amount, _, text = fields
            assert re.fullmatch(r"-?\d+\.\d\d", amount)
            parts = sie_fields(braces[1:-1])
            objects = tuple(zip(map(int, parts[::2]), parts[1::2], strict=True))
            ore = int(Decimal(amount) * 100)
            read.vouchers[-1].rows.append((account, objects, ore, text))
        else:
            assert not read.vouchers, "vouchers come last"
            read.tags.setdefault(tag, []).append(fields)
    return read


# ---------------------------------------------------------------- reading UBL

NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def read_ubl(text: str) -> ET.Element:
    """The document; no element of it is empty (PEPPOL-EN16931-R008)."""
    root = ET.fromstring(text.encode())  # noqa: S314 - our own document
    assert all(len(each) or (each.text or "").strip() for each in root.iter())
    return root


def ore(element: ET.Element, path: str) -> int:
    """An amount in öre; SEK with two decimals."""
    found = element.find(path, NAMES)
    assert found is not None, path
    assert found.get("currencyID") == "SEK"
    assert re.fullmatch(r"-?\d+\.\d\d", found.text or "")
    return int(Decimal(found.text or "") * 100)


def value(element: ET.Element, path: str) -> str:
    """The text of an element that is there."""
    found = element.findtext(path, None, NAMES)
    assert found is not None, path
    return found
