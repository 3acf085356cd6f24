"""
A settlement as an Excel workbook: the sums of every provider, and the lines behind each of them.

Sheet ``Summor`` has a row for each section (:mod:`pricing.exports.sections`) with the way to its
lines, and the sum of each provider with the VAT of its invoice. Sheet ``Rader`` has every line in
the same order; it goes on in ``Rader 2`` where a sheet is full. Sums are numbers that were added up
in whole öre; beside each stands a formula that is 0 as long as it agrees with the rows behind it.
Ids of visits, nothing of recipients.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pricing.exports.cells import LARGEST_ORE, LONGEST_TEXT, MOST_ROWS, Book, Column, Sheet
from pricing.exports.postings import Posted
from pricing.exports.sections import Section, sections
from pricing.exports.workbook_lines import AMOUNT, LAST_COLUMN, VAT, Span, placed, write_lines
from scheduler.care.errors import Finding, InvalidInput

SUMS = "Summor"
SUM = "Summa"
HEAD_ROW = 7
SUM_COLUMNS = (
    Column("Utförare", 14),
    Column("Namn", 28),
    Column("Insats och zon", 44),
    Column("Rader", 9),
    Column("Minuter", 11),
    Column("Belopp, kr", 15),
    Column("Moms, kr", 13),
    Column("Med moms, kr", 15),
    Column("Raderna bakom", 22),
    Column("Avvikelse, kr (ska vara 0)", 14),
    Column("Konto", 9),
    Column("Kostnadsställe", 14),
    Column("Verksamhet", 12),
    Column("Motpart", 9),
)
TOTAL = "H"


def workbook(posted: Posted, *, most_rows: int = MOST_ROWS) -> bytes:
    """
    The settlement as the bytes of an ``.xlsx`` file; the same settlement gives the same bytes.

    Parameters
    ----------
    most_rows
        Of one sheet, its headings included.

    Raises
    ------
    InvalidInput
        On amounts and texts that a cell cannot hold.
    """
    # Before the first row: a workbook that is left half-written keeps its files open.
    findings = [*_too_much(posted), *_too_long(posted)]
    if findings:
        raise InvalidInput(findings)
    of_provider, settlement = sections(posted), posted.settlement
    made = Book(f"Avräkning {settlement.month}", posted.setup.buyer.name, posted.day)
    sums = made.sheet(SUMS, SUM_COLUMNS)
    places = placed(of_provider, most_rows)
    _write_sums(sums, posted, of_provider, places)
    write_lines(made, posted, of_provider, most_rows)
    return made.content()


# ---------------------------------------------------------------- sums


def _write_sums(
    sheet: Sheet,
    posted: Posted,
    of_provider: dict[str, list[Section]],
    places: dict[tuple[str, int], list[Span]],
) -> None:
    settlement = posted.settlement
    sheet.text(0, 0, f"Avräkning {settlement.month}", "title")
    facts = (
        ("Beställare", posted.setup.buyer.name),
        ("Ersättningsbok", settlement.book),
        ("Kontrollsumma", settlement.digest),
    )
    for row, (label, fact) in enumerate(facts, 1):
        sheet.text(row, 0, label)
        sheet.text(row, 1, fact)
    sheet.text(4, 0, "Datum")
    sheet.day(4, 1, posted.day)
    sheet.head(HEAD_ROW, SUM_COLUMNS)
    row = HEAD_ROW + 1
    for provider, own in of_provider.items():
        first = row
        for number, section in enumerate(own):
            _section_row(sheet, row, posted, provider, section, places[provider, number])
            row += 1
        vat = posted.vat[provider]
        if vat.rounding_ore:
            _named(sheet, row, posted, provider, "Öresutjämning av fakturans moms")
            _figures(sheet, row, (0, 0, 0, vat.rounding_ore))
            row += 1
        _named(sheet, row, posted, provider, SUM, bold=True)
        figures = (*_added(own)[:3], _added(own)[3] + vat.rounding_ore)
        _figures(sheet, row, figures, bold=True)
        spans = [span for number in range(len(own)) for span in places[provider, number]]
        _linked(sheet, row, _joined(spans))
        rows = f"{TOTAL}{first + 1}:{TOTAL}{row}"
        sheet.check(row, 9, f"=ROUND({TOTAL}{row + 1}-SUM({rows}),2)", bold=True)
        row += 1
    _total_row(sheet, row, posted, of_provider)


def _section_row(
    sheet: Sheet, row: int, posted: Posted, provider: str, section: Section, spans: list[Span]
) -> None:
    setup, heading = posted.setup, section.heading
    _named(sheet, row, posted, provider, section.title)
    _figures(sheet, row, (len(section.lines), section.minutes, section.amount_ore, section.vat_ore))
    _linked(sheet, row, spans)
    behind = ",".join(span.of(AMOUNT, VAT) for span in spans)
    sheet.check(row, 9, f"=ROUND({TOTAL}{row + 1}-SUM({behind}),2)")
    posting = setup.posting(heading.service, heading.zone)
    if posting is not None:
        paid = setup.providers[provider]
        codes = (paid.account, posting.cost_center, posting.activity, paid.counterpart)
        for column, code in enumerate(codes, 10):
            sheet.text(row, column, code)


def _total_row(
    sheet: Sheet, row: int, posted: Posted, of_provider: dict[str, list[Section]]
) -> None:
    sheet.text(row, 0, "Alla utförare", bold=True)
    lines, minutes, amount, vat = _added([each for own in of_provider.values() for each in own])
    rounding = sum(each.rounding_ore for each in posted.vat.values())
    _figures(sheet, row, (lines, minutes, amount, vat + rounding), bold=True)
    named, sums = (f"{column}{HEAD_ROW + 2}:{column}{row}" for column in ("C", TOTAL))
    formula = f'=ROUND({TOTAL}{row + 1}-SUMIF({named},"{SUM}",{sums}),2)'
    sheet.check(row, 9, formula, bold=True)


def _named(
    sheet: Sheet, row: int, posted: Posted, provider: str, title: str, *, bold: bool = False
) -> None:
    for column, text in enumerate((provider, posted.setup.providers[provider].name, title)):
        sheet.text(row, column, text, bold=bold)


def _figures(sheet: Sheet, row: int, figures: Sequence[int], *, bold: bool = False) -> None:
    """Lines, minutes, amount, VAT, and the amount with VAT."""
    lines, minutes, amount, vat = figures
    sheet.whole(row, 3, lines, bold=bold)
    sheet.whole(row, 4, minutes, bold=bold)
    for column, ore in enumerate((amount, vat, amount + vat), 5):
        sheet.ore(row, column, ore, bold=bold)


def _linked(sheet: Sheet, row: int, spans: list[Span]) -> None:
    told = ", ".join(f"{each.sheet} {each.first}–{each.last}" for each in spans)
    sheet.link(row, 8, spans[0].of("A", LAST_COLUMN), told)


def _joined(spans: list[Span]) -> list[Span]:
    """Spans that follow each other on a sheet as one."""
    found = [spans[0]]
    for span in spans[1:]:
        if span.sheet == found[-1].sheet:
            found[-1] = found[-1]._replace(last=span.last)
        else:
            found.append(span)
    return found


def _added(own: Sequence[Section]) -> tuple[int, int, int, int]:
    return (
        sum(len(each.lines) for each in own),
        sum(each.minutes for each in own),
        sum(each.amount_ore for each in own),
        sum(each.vat_ore for each in own),
    )


# ---------------------------------------------------------------- refusals


def _too_much(posted: Posted) -> Iterator[Finding]:
    """Amounts that would be rounded without a word."""
    largest: dict[str, int] = {}
    for line in posted.settlement.lines:
        size = max(abs(line.amount_ore), abs(line.vat_ore))
        largest[line.provider] = max(size, largest.get(line.provider, 0))
    for each in posted.settlement.sums:
        vat = posted.vat[each.provider].ore
        size = max(largest[each.provider], abs(each.amount_ore), abs(each.amount_ore + vat))
        if size > LARGEST_ORE:
            yield Finding(
                "AMOUNT_TOO_LARGE",
                f"provider {each.provider}",
                f"at most {LARGEST_ORE} öre, which a spreadsheet holds exactly",
                f"{size} öre",
                "Använd SIE, Peppol eller HTML; de har ingen sådan gräns.",
            )


def _too_long(posted: Posted) -> Iterator[Finding]:
    """Texts that would be cut or left out without a word."""
    lines, setup = posted.settlement.lines, posted.setup
    texts: dict[str, Iterable[str]] = {
        "settlement, book": [posted.settlement.book],
        "setup, buyer.name": [setup.buyer.name],
        "setup, services": setup.services.values(),
        "setup, zones": setup.zones.values(),
        "setup, provider.name": [each.name for each in setup.providers.values()],
    }
    for field in ("number", "corrects", "visit", "provider", "rate", "component", "band"):
        texts[f"settlement, {field}"] = lines.column(field)
    for where, each in texts.items():
        longest = max(map(len, each), default=0)
        if longest > LONGEST_TEXT:
            yield Finding(
                "TEXT_TOO_LONG",
                where,
                f"at most {LONGEST_TEXT} characters",
                f"{longest}",
                "Korta texten.",
            )
