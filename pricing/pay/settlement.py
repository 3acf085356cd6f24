"""
Monthly settlement: payment lines and sums per provider, and differences to what was settled before.

A settlement is never edited. What has changed since (a corrected visit, a withdrawn one, another
rate, a final index) becomes a line of the difference in a later month that points at the line which
it corrects. A visit that was settled and is sent again unchanged gives no line at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from pricing.book.model import RateBook
from pricing.pay.columns import Ints, LineColumns, VisitColumns
from pricing.pay.engine import pay
from pricing.pay.granted import paid_both_ways
from pricing.pay.texts import (
    Named,
    are_distinct,
    chosen,
    in_lines,
    named,
    numbered,
    ranks,
)
from scheduler.care.errors import Finding, InvalidInput

Key = tuple[str, str, str, str]
MOST_FINDINGS = 1_000


class SettledLine(NamedTuple):
    """
    A payment line of a settlement; see :class:`pricing.pay.visits.PaymentLine`.

    Attributes
    ----------
    number
        Unique over all months: the month and a running number.
    corrects
        Number of the latest line of the same visit, component, rate and band; empty for the first.
        The figures of a correcting line are differences.
    day
        ISO day of the visit.
    """

    number: str
    corrects: str
    visit: str
    component: str
    rate: str
    band: str
    provider: str
    service: str
    zone: str
    day: str
    minutes: int
    quantity: int
    amount_ore: int
    vat_ore: int

    @property
    def key(self) -> Key:
        """What is paid once."""
        return self.visit, self.component, self.rate, self.band

    @property
    def figures(self) -> tuple[int, int, int, int]:
        """Minutes, thousandths of a quantity, öre, öre of VAT."""
        return self.minutes, self.quantity, self.amount_ore, self.vat_ore


class SettledLines:
    """
    The lines of a settlement, kept as columns: a municipality's month is more than a million.

    Parameters
    ----------
    columns
        One sequence for each field of :class:`SettledLine`, in its order, all of one length; of
        figures also an array of int64.
    """

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Sequence[Any] | Ints]) -> None:
        self.columns = tuple(columns)

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[SettledLine]:
        columns = map(self.column, SettledLine._fields)
        return map(SettledLine._make, zip(*columns, strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SettledLines) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def column(self, name: str) -> Sequence[Any]:
        """One field of every line."""
        found = self.columns[SettledLine._fields.index(name)]
        return found.tolist() if isinstance(found, np.ndarray) else found

    def figures(self, name: str) -> Ints:
        """(m,) int64, one figure of every line."""
        return np.asarray(self.columns[SettledLine._fields.index(name)], dtype=np.int64)

    @classmethod
    def of(cls, lines: Iterable[SettledLine]) -> SettledLines:
        """Lines as columns."""
        columns = list(zip(*lines, strict=True))
        return cls(columns or [()] * len(SettledLine._fields))


class ProviderSum(NamedTuple):
    """Sum of a provider's lines."""

    provider: str
    lines: int
    minutes: int
    amount_ore: int
    vat_ore: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """
    One settled month.

    Parameters
    ----------
    month
        ``2026-03``.
    known_on
        A final index known later was not used; None used everything in the book.
    earlier
        Digests of the settlements that it builds on, in their order.
    digest
        SHA-256 of everything else; whoever edits a settlement changes it.
    """

    month: str
    book: str
    known_on: date | None
    earlier: tuple[str, ...]
    sums: tuple[ProviderSum, ...]
    lines: SettledLines
    digest: str = ""

    @property
    def amount_ore(self) -> int:
        """Öre of all providers, without VAT."""
        return sum(each.amount_ore for each in self.sums)


def settle(
    book: RateBook,
    visits: VisitColumns,
    month: str,
    earlier: Sequence[Settlement] = (),
    known_on: date | None = None,
) -> Settlement:
    """
    The settlement of a month.

    Parameters
    ----------
    visits
        Of the month; of earlier months too, where they were late, corrected or are priced anew.
    month
        ``2026-03``.
    earlier
        Every settlement before, in their order.

    Raises
    ------
    InvalidInput
        On visits after the month or of a month never settled, a month settled before, two visits
        with one id, granted time beside its visits, and visits that the book cannot pay; all of a
        kind at once.
    """
    findings = [
        *_month_findings(visits, month, earlier),
        *_double_ids(visits),
        *_incomplete(book, visits, earlier),
        *paid_both_ways(book, visits),
    ]
    if findings:
        raise InvalidInput(findings[:MOST_FINDINGS])
    lines = _ordered(pay(book, visits, known_on))
    if earlier:
        lines = SettledLines.of(_differences(lines, visits, earlier))
    lines = SettledLines((numbered(f"{month}-", len(lines)), *lines.columns[1:]))
    made = Settlement(
        month=month,
        book=book.name,
        known_on=known_on,
        earlier=tuple(each.digest for each in earlier),
        sums=sums_of(lines),
        lines=lines,
    )
    return replace(made, digest=digest_of(made))


def sums_of(lines: SettledLines) -> tuple[ProviderSum, ...]:
    """Sums per provider, by name."""
    provider = named(lines.column("provider"))
    totals = [np.bincount(provider.codes, minlength=len(provider.names)).tolist()]
    for name in ("minutes", "amount_ore", "vat_ore"):
        total = np.zeros(len(provider.names), dtype=np.int64)
        np.add.at(total, provider.codes, lines.figures(name))
        totals.append(total.tolist())
    sums = map(ProviderSum._make, zip(provider.names, *totals, strict=True))
    return tuple(sorted(each for each in sums if each.lines))


def digest_of(settlement: Settlement) -> str:
    """SHA-256 over the whole settlement but its digest, as hexadecimal text."""
    state = hashlib.sha256()
    known_on = settlement.known_on.isoformat() if settlement.known_on else None
    head = [settlement.month, settlement.book, known_on, settlement.earlier, settlement.sums]
    state.update(json.dumps([*head, len(settlement.lines)], ensure_ascii=False).encode())
    for column in settlement.lines.columns:
        if not len(column):
            state.update(b"()")
        elif isinstance(column, np.ndarray) or isinstance(column[0], int):
            state.update(np.asarray(column, dtype=np.int64).tobytes())
        else:
            # One newline within a text would make ("a", "b") as good as ("a\nb",).
            joined = in_lines(column)
            state.update(repr(tuple(column)).encode() if joined is None else joined)
    return state.hexdigest()


def net_of(earlier: Iterable[Settlement]) -> dict[Key, tuple[list[int], SettledLine]]:
    """What was settled of each key: the sum of its figures, and its latest line."""
    found: dict[Key, tuple[list[int], SettledLine]] = {}
    for settlement in earlier:
        for line in settlement.lines:
            key = line.key
            before = found.get(key)
            if before is None:
                found[key] = (list(line.figures), line)
            else:
                total = [a + b for a, b in zip(before[0], line.figures, strict=True)]
                found[key] = (total, line)
    return found


def month_bounds(month: str) -> tuple[date, date]:
    """
    First and last day of ``2026-03``.

    Raises
    ------
    InvalidInput
        When the text is no month.
    """
    try:
        first = date.fromisoformat(f"{month}-01")
        following = (first + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        raise InvalidInput(
            Finding("NOT_A_MONTH", "month", "a month as YYYY-MM", month[:20], "Skriv ÅÅÅÅ-MM.")
        ) from None
    return first, following - timedelta(days=1)


# ---------------------------------------------------------------- lines


def _ordered(lines: LineColumns) -> SettledLines:
    """Lines by start and id of the visit, then component, rate and band: whatever order came in."""
    visits = lines.visits
    key = visits.places[lines.visit]
    for names, codes in (
        (lines.components, lines.component), (lines.rates, lines.rate), (lines.bands, lines.band),
    ):  # fmt: skip
        key = key * len(names) + ranks(names)[codes]
    order = np.argsort(key, kind="stable")
    visit = lines.visit[order]
    days = visits.days[visit]
    first = int(days.min()) if len(days) else 0
    last = int(days.max()) if len(days) else -1
    iso = [date.fromordinal(day).isoformat() for day in range(first, last + 1)]
    empty = Named([""], np.zeros(len(order), dtype=np.int64))
    return SettledLines(
        (
            empty,
            empty,
            chosen(visits.ids, visit),
            Named(lines.components, lines.component[order]),
            Named(lines.rates, lines.rate[order]),
            Named(lines.bands, lines.band[order]),
            Named(visits.providers, visits.provider[visit]),
            Named(visits.services, visits.service[visit]),
            Named(visits.zones, visits.zone[visit]),
            Named(iso, days - first),
            lines.minutes[order],
            lines.quantity[order],
            lines.amount_ore[order],
            lines.vat_ore[order],
        )
    )


def _differences(
    paid: Iterable[SettledLine], visits: VisitColumns, earlier: Sequence[Settlement]
) -> Iterator[SettledLine]:
    """Lines that are new, differ or are gone; nothing of visits that were not sent again."""
    sent = set(visits.ids)
    before = {key: each for key, each in net_of(earlier).items() if key[0] in sent}
    for line in paid:
        known = before.pop(line.key, None)
        if known is None:
            yield line
            continue
        total, latest = known
        same_place = (line.provider, line.service, line.zone, line.day) == (
            latest.provider,
            latest.service,
            latest.zone,
            latest.day,
        )
        if same_place:
            change = [a - b for a, b in zip(line.figures, total, strict=True)]
            if any(change):
                yield _with(line, latest.number, change)
        else:
            # Another provider, day or zone: what was booked there goes back whole.
            if any(total):
                yield _with(latest, latest.number, [-each for each in total])
            yield line._replace(corrects=latest.number)
    for total, latest in before.values():
        if any(total):
            yield _with(latest, latest.number, [-each for each in total])


def _with(line: SettledLine, corrects: str, figures: Sequence[int]) -> SettledLine:
    minutes, quantity, amount, vat = figures
    return line._replace(
        corrects=corrects, minutes=minutes, quantity=quantity, amount_ore=amount, vat_ore=vat
    )


# ---------------------------------------------------------------- refusals


def _month_findings(
    visits: VisitColumns, month: str, earlier: Sequence[Settlement]
) -> Iterator[Finding]:
    first, last = month_bounds(month)
    settled = {each.month for each in earlier}
    if settled and month <= max(settled):
        yield Finding(
            "MONTH_CLOSED",
            "month",
            f"a month after {max(settled)}, the last settled",
            month,
            "Ta rättelsen i nästa öppna månad.",
        )
    days = visits.days
    for row in (days > last.toordinal()).nonzero()[0][:MOST_FINDINGS].tolist():
        yield Finding(
            "AFTER_MONTH",
            f"visit {visits.ids[row]}",
            f"a start in {month} or before",
            date.fromordinal(int(days[row])).isoformat(),
            "Avräkna besöket i sin egen månad.",
        )
    for row in (days < first.toordinal()).nonzero()[0].tolist():
        own = date.fromordinal(int(days[row])).isoformat()[:7]
        if own not in settled:
            yield Finding(
                "NEVER_SETTLED",
                f"visit {visits.ids[row]}",
                f"a start in {month}, or in a month settled before",
                own,
                "Ange månadens avräkning som tidigare, eller avräkna den månaden först.",
            )


def _double_ids(visits: VisitColumns) -> Iterator[Finding]:
    if are_distinct(visits.ids):
        return
    seen: set[str] = set()
    for each in visits.ids:
        if each in seen:
            yield Finding("SAME_ID", f"visit {each}", "each id once", "twice", "Rätta raden.")
        seen.add(each)


def _incomplete(
    book: RateBook, visits: VisitColumns, earlier: Sequence[Settlement]
) -> Iterator[Finding]:
    """A rule over a month cannot be worked out from some of its visits."""
    if not earlier or not book.asks_months:
        return
    months = {date.fromordinal(day).isoformat()[:7] for day in set(visits.days.tolist())}
    sent = set(visits.ids)
    missing: dict[tuple[str, str], int] = {}
    gone: set[str] = set()
    providers = {visits.providers[code] for code in set(visits.provider.tolist())}
    for key, (total, line) in net_of(earlier).items():
        own = line.day[:7]
        if own in months and key[0] not in sent and line.provider in providers and any(total):
            if key[0] not in gone:
                missing[line.provider, own] = missing.get((line.provider, own), 0) + 1
            gone.add(key[0])
    for (provider, own), number in sorted(missing.items()):
        yield Finding(
            "INCOMPLETE_MONTH",
            f"provider {provider}, {own}",
            "every visit of the month again, since the book looks at the month as a whole",
            f"{number} settled visits missing",
            "Skicka månadens alla besök, de oförändrade också.",
        )
