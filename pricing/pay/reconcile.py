"""
Reconciliation: every invariant between visits, payment lines and settlements that does not hold.

Returns findings and raises nothing: whoever reconciles wants all of them. Amounts are worked out
anew from the visits and the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from pricing.book.model import RateBook
from pricing.pay.columns import VisitColumns
from pricing.pay.engine import pay
from pricing.pay.granted import paid_both_ways
from pricing.pay.reference import pay_plainly
from pricing.pay.settlement import (
    Key,
    SettledLine,
    Settlement,
    digest_of,
    net_of,
    sums_of,
)
from pricing.pay.visits import PaymentLine
from scheduler.care.errors import CareError, Finding

# Above this many visits amounts are worked out by columns: one by one would take minutes.
MOST_PLAIN = 20_000
FIGURES = ("minutes", "quantity", "amount_ore", "vat_ore")


def reconcile(
    book: RateBook, visits: VisitColumns, settlements: Sequence[Settlement]
) -> list[Finding]:
    """
    Every broken invariant; none when minutes and öre are the same from visit to settlement.

    Parameters
    ----------
    visits
        Every visit of the months, as last sent.
    settlements
        Of all these months, in their order.
    """
    known_on = settlements[-1].known_on if settlements else None
    return [
        *broken_chain(settlements),
        *broken_amounts(book, visits, net_of(settlements), known_on),
    ]


def broken_chain(settlements: Sequence[Settlement]) -> list[Finding]:
    """What of settlements, in their order, does not agree with themselves, whatever the visits."""
    return [*_unchanged(settlements), *_sums(settlements), *_pointers(settlements)]


def broken_amounts(
    book: RateBook,
    visits: VisitColumns,
    paid: Mapping[Key, tuple[Sequence[int], SettledLine]],
    known_on: date | None,
) -> list[Finding]:
    """
    Where what was paid is not what the visits and the book give.

    Parameters
    ----------
    paid
        As :func:`pricing.pay.settlement.net_of` gives it, of these visits.
    known_on
        A final index known later is not used.
    """
    return [*paid_both_ways(book, visits), *_amounts(book, visits, paid, known_on)]


def _unchanged(settlements: Sequence[Settlement]) -> Iterator[Finding]:
    before: tuple[str, ...] = ()
    last = ""
    for each in settlements:
        if digest_of(each) != each.digest:
            yield _fault(
                "EDITED",
                each.month,
                f"the digest {each.digest[:12]}… that it was written with",
                digest_of(each)[:12] + "…",
                "Återställ avräkningen ur säkerhetskopian; en stängd månad ändras aldrig.",
            )
        if each.earlier != before:
            yield _fault(
                "CHAIN_BROKEN",
                each.month,
                f"the {len(before)} settlements before it",
                f"{len(each.earlier)} others",
                "Ange alla avräkningar i ordning.",
            )
        if each.month <= last:
            yield _fault(
                "MONTH_TWICE", each.month, f"a month after {last}", each.month, "Ta bort den ena."
            )
        before, last = (*before, each.digest), each.month


def _sums(settlements: Sequence[Settlement]) -> Iterator[Finding]:
    for each in settlements:
        found = {total.provider: total for total in each.sums}
        for total in sums_of(each.lines):
            if found.pop(total.provider, None) != total:
                yield _fault(
                    "SUM_DIFFERS",
                    f"{each.month}, provider {total.provider}",
                    f"{total.amount_ore} öre, {total.minutes} min in {total.lines} lines",
                    "another sum",
                    "Räkna om avräkningen från besöken.",
                )
        for provider in found:
            yield _fault(
                "SUM_DIFFERS",
                f"{each.month}, provider {provider}",
                "a provider with lines",
                "none",
                "Räkna om avräkningen från besöken.",
            )


def _pointers(settlements: Sequence[Settlement]) -> Iterator[Finding]:
    """The first line of a key points at nothing, every later one at a line of it before."""
    of_key: dict[Key, set[str]] = {}
    numbers: set[str] = set()
    for each in settlements:
        for line in each.lines:
            if line.number in numbers:
                yield _fault(
                    "NUMBER_TWICE", _at(line), "each line number once", line.number, "Spärra raden."
                )
            numbers.add(line.number)
            before = of_key.setdefault(line.key, set())
            if not line.corrects and before:
                yield _fault(
                    "PAID_TWICE",
                    _at(line),
                    f"a line that corrects {min(before)}",
                    "a second first line",
                    "Kreditera raden.",
                )
            if line.corrects and line.corrects not in before:
                yield _fault(
                    "CORRECTS_NOTHING",
                    _at(line),
                    "the number of a line before, of the same visit and rate",
                    line.corrects[:40],
                    "Rätta hänvisningen genom en ny rad.",
                )
            if line.day[:7] > each.month:
                yield _fault(
                    "AFTER_MONTH", _at(line), f"a visit in {each.month} or before", line.day,
                    "Kreditera raden.",
                )  # fmt: skip
            before.add(line.number)


def _amounts(
    book: RateBook,
    visits: VisitColumns,
    paid: Mapping[Key, tuple[Sequence[int], SettledLine]],
    known_on: date | None,
) -> Iterator[Finding]:
    try:
        owed = {line.key: line for line in _owed(book, visits, known_on)}
    except CareError as error:
        yield from error.findings
        return
    sent = set(visits.ids)
    for key, line in owed.items():
        figures = tuple(getattr(line, name) for name in FIGURES)
        if key not in paid:
            yield _fault(
                "NOT_PAID", _named(key), f"{line.amount_ore} öre", "no line",
                "Avräkna besöket i nästa månad.",
            )  # fmt: skip
        elif tuple(paid[key][0]) != figures:
            yield _differs(key, figures, paid[key][0])
    for key, (total, _) in paid.items():
        if key[0] not in sent:
            yield _fault(
                "UNKNOWN_VISIT", _named(key), "a visit that was sent", f"{total[2]} öre paid",
                "Skicka besöket igen, eller återta det med WITHDRAWN.",
            )  # fmt: skip
        elif key not in owed and any(total):
            yield _differs(key, (0, 0, 0, 0), total)


def _owed(book: RateBook, visits: VisitColumns, known_on: date | None) -> Iterable[PaymentLine]:
    if len(visits) <= MOST_PLAIN:
        return pay_plainly(book, [visits.row(row) for row in range(len(visits))], known_on)
    return pay(book, visits, known_on).records()


def _differs(key: Key, owed: Sequence[int], paid: Sequence[int]) -> Finding:
    names = [name for name, a, b in zip(FIGURES, owed, paid, strict=True) if a != b]
    return _fault(
        "AMOUNT_DIFFERS",
        _named(key),
        ", ".join(f"{name} {value}" for name, value in zip(FIGURES, owed, strict=True)),
        ", ".join(f"{n} {v}" for n, v in zip(FIGURES, paid, strict=True) if n in names),
        "Avräkna skillnaden i nästa månad.",
    )


def _named(key: Key) -> str:
    visit, component, rate, band = key
    return f"visit {visit}, {component}, {rate}, {band or 'any'}"


def _at(line: SettledLine) -> str:
    return f"line {line.number}"


def _fault(code: str, where: str, expected: str, found: str, action: str) -> Finding:
    return Finding(code, where, expected, found, action)
