"""
The account: every granted minute to the one place where it ends.

A cell is one recipient's time of one service in one month, at one provider, zone and unit. Within
a cell granted time is filled in a fixed order: what was performed and paid, performed, and then
what the provider or the plan says became of the rest; nothing that happened leaves it NOT_PLANNED.
Services that fall on another day or at another hour of the month are therefore no leak. What is
left over when the granted time is filled was done beyond the decision.

A cell is cut in two where a day plan is known for some of the days only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from pricing.book.model import NOT_PERFORMED, Status
from pricing.book.terms import half_up
from pricing.followup.granted import Amount, Where, granted_time, month_of_day
from pricing.followup.matching import Part, Slot, matched
from pricing.followup.model import Dims, Figures, Paid, Place, PlannedVisit, Sums, grouped
from pricing.followup.sources import (
    PaidVisit,
    RowLists,
    Sources,
    Whose,
    paid_by_visit,
    rows_of_days,
)
from pricing.pay.columns import STATUSES

# The order in which granted time is filled.
FILLED = (
    Place.PAID,
    Place.UNSETTLED,
    Place.UNPAID,
    Place.DECLINED,
    Place.PLANNED_ABSENCE,
    Place.UNPLANNED_ABSENCE,
    Place.DECEASED,
    Place.TOO_SHORT,
    Place.NO_TIME,
    Place.UNREPORTED,
    Place.LEFT_OUT,
)
PLACE_OF = {STATUSES.index(status): Place(status.value) for status in NOT_PERFORMED}
PERFORMED = STATUSES.index(Status.PERFORMED)
WITHDRAWN = STATUSES.index(Status.WITHDRAWN)
BESIDE = {
    STATUSES.index(Status.START_UP): Paid.START_UP,
    STATUSES.index(Status.PERIOD): Paid.UNTIMED,
}
Progress = Callable[[int, int], None]
# Recipient, service and day: what a planned and a registered visit must have in common.
Key = tuple[str, str, date]
# A planned visit's time of one service, and whose it is.
_Part = tuple[PlannedVisit, Dims, int]


def unseen(_done: int, _whole: int) -> None:
    """Progress that nobody watches."""


@dataclass(slots=True)
class _Cell:
    minutes: dict[Place, int] = field(default_factory=dict)
    sums: Sums = field(default_factory=Sums)

    def put(self, place: Place, minutes: int) -> None:
        if minutes:
            self.minutes[place] = self.minutes.get(place, 0) + minutes


@dataclass(frozen=True, slots=True)
class Met:
    """
    A planned visit and the row that it was matched with; for punctuality.

    Parameters
    ----------
    start
        Registered start, in minutes since 1970 UTC.
    """

    dims: Dims
    visit: PlannedVisit
    start: int


@dataclass(frozen=True, slots=True)
class Account:
    """
    The filled cells without their recipients, and which planned visits were made when.

    Parameters
    ----------
    covered
        Provider, unit and day of which a day plan is known.
    reported
        Provider and month of which rows are known.
    unplanned
        Dimensions -> carers' visits that were performed and match no planned one.
    kinds
        Provider -> its kind, as far as decisions and rows tell.
    """

    cells: list[tuple[Dims, Sums]]
    met: list[Met]
    unplanned: Mapping[Dims, int]
    covered: frozenset[tuple[str, str, date]]
    reported: frozenset[tuple[str, str]]
    kinds: Mapping[str, str]


class _Book:
    """Cells being filled."""

    def __init__(self, sources: Sources, progress: Progress) -> None:
        self.sources = sources
        self.progress = progress
        self.whose = Whose(sources)
        self.paid = paid_by_visit(sources)
        self.rows, self.days = rows_of_days(sources)
        self.cells: dict[Where, _Cell] = {}
        self.part_cells: list[_Cell] = []
        self.met: list[Met] = []
        self.unplanned: dict[Dims, int] = {}
        self._settled: dict[tuple[str, str], bool] = {}
        self.parts: list[_Part] = [
            (visit, dims, minutes)
            for visit in sources.planned
            if sources.first <= visit.day <= sources.last
            for dims, minutes in self.whose.parts_of(visit)
        ]
        self.covered = frozenset((d.provider, d.unit, v.day) for v, d, _ in self.parts)
        self.reported = self._reported()

    def _reported(self) -> frozenset[tuple[str, str]]:
        rows = self.sources.performed
        if rows is None:
            return frozenset()
        codes = rows.provider.tolist()
        return frozenset(
            (rows.providers[codes[row]], month_of_day(day))
            for row, day in zip(self.rows, self.days, strict=True)
        )

    def is_covered(self, provider: str, unit: str, day: date) -> bool:
        return (provider, unit, day) in self.covered

    def cell(self, recipient: str, dims: Dims, day: date) -> _Cell:
        where = Where(recipient, dims, self.is_covered(dims.provider, dims.unit, day))
        found = self.cells.get(where)
        if found is None:
            found = self.cells[where] = _Cell()
        return found

    def knows_visits(self, dims: Dims) -> bool:
        return (dims.provider, dims.month) in self.reported

    def is_settled(self, dims: Dims) -> bool:
        key = (dims.provider, dims.month)
        if key not in self._settled:
            self._settled[key] = self.sources.is_settled(*key)
        return self._settled[key]

    # ------------------------------------------------------------ visits

    def fill(self) -> None:
        """Planned visits and rows into their cells."""
        groups: defaultdict[Key, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        self.part_cells = [
            self.cell(each.recipient, dims, each.day) for each, dims, _ in self.parts
        ]
        for position, (visit, dims, minutes) in enumerate(self.parts):
            cell = self.part_cells[position]
            if visit.start is None:
                cell.put(Place.LEFT_OUT, minutes)
                cell.sums.left_out_min[visit.left_out] += minutes
                continue
            cell.sums.planned_min += minutes
            if self.knows_visits(dims):
                cell.sums.planned_reported_min += minutes
            groups[visit.recipient, dims.service, visit.day][0].append(position)
        rows = _Rows(self, RowLists(self.sources.performed))
        for number, row in enumerate(self.rows):
            if rows.own.status[row] in BESIDE or rows.own.status[row] == WITHDRAWN:
                rows.pay_beside(row, number)
                continue
            key = rows.own.recipient[row], rows.own.service[row], self.days[number]
            groups[key][1].append(number)
        for number, (parts, own) in enumerate(groups.values()):
            self._settle_group(parts, own, rows)
            if not number % 1000:
                self.progress(number, len(groups))
        for paid in self.paid.values():
            kind = self.whose.kinds.get(paid.provider, "")
            month = month_of_day(paid.day)
            dims = Dims(month, paid.provider, kind, paid.zone, "", paid.service)
            sums = self.cell("", dims, paid.day).sums
            sums.beside_ore[Paid.UNKNOWN_VISIT] += paid.ore
            sums.paid_ore += paid.ore

    def _settle_group(self, positions: list[int], numbers: list[int], rows: _Rows) -> None:
        """One recipient's day of one service: each planned and each registered visit once."""
        parts = [
            Part(visit.id, visit.start or 0, minutes)
            for visit, _, minutes in (self.parts[position] for position in positions)
        ]
        own = rows.own
        slots = [
            Slot(number, own.start[row], own.planned[row])
            for number, row in ((number, self.rows[number]) for number in numbers)
            for _ in range(own.staff[row] if rows.counts(row) else 0)
        ]
        pairs = matched(parts, slots)
        part_of_slot = {slot: part for part, slot in pairs}
        for position in set(range(len(parts))) - {part for part, _ in pairs}:
            _, dims, minutes = self.parts[positions[position]]
            place = Place.NO_TIME if self.knows_visits(dims) else Place.UNREPORTED
            self.part_cells[positions[position]].put(place, minutes)
        for number in numbers:
            rows.pay(self.rows[number], number)
        for position, slot in enumerate(slots):
            at = part_of_slot.get(position)
            planned = None if at is None else positions[at]
            rows.tell(self.rows[slot.row], slot.row, planned)

    # ------------------------------------------------------------ granted time

    def grant(self) -> list[tuple[Dims, Sums]]:
        """Every cell with its granted time divided over the places; the account's result."""
        given = granted_time(
            self.sources.terms, self.sources.granted, self.sources.first, self.sources.last,
            self.is_covered,
        )  # fmt: skip
        for where in given.in_force:
            self.cells.setdefault(where, _Cell())
        found = [
            (where.dims, self._filled(where, cell, given.in_force.get(where, Amount())))
            for where, cell in self.cells.items()
        ]
        for (_, dims), amount in given.interrupted.items():
            sums = Sums(granted_min=amount.minutes, granted_ore=amount.ore)
            sums.places[Place.INTERRUPTED] = Figures(amount.minutes, value_ore=amount.ore)
            found.append((dims, sums))
        # Added up once over the recipients: whoever groups further meets few sums.
        return [(Dims(*key), sums) for key, sums in grouped(found, Dims._fields).items()]

    def _filled(self, where: Where, cell: _Cell, amount: Amount) -> Sums:
        sums, dims = cell.sums, where.dims
        reported = self.knows_visits(dims)
        settled = self.is_settled(dims)
        left = amount.minutes
        for place in FILLED:
            minutes = cell.minutes.get(place, 0)
            within = min(left, Fraction(minutes))
            if minutes:
                figures = sums.at(place)
                figures.within_min += within
                # What a plan leaves out was neither planned nor performed: nothing beyond it.
                figures.beyond_min += 0 if place is Place.LEFT_OUT else minutes - within
            left -= within
        if left:
            rest = Place.NOT_PLANNED if where.covered else Place.NOT_TRACED
            if not where.covered and not reported:
                rest = Place.UNREPORTED
            sums.at(rest).within_min += left
        _value(sums, amount)
        sums.granted_min = sums.in_force_min = amount.minutes
        sums.with_plan_min = amount.minutes * where.covered
        sums.with_visits_min = amount.minutes * reported
        sums.with_payment_min = amount.minutes * (reported and settled)
        sums.performed_planned_min = sums.performed_min * where.covered
        sums.known.update(plan=where.covered, visits=reported, payment=reported and settled)
        return sums


def _value(sums: Sums, amount: Amount) -> None:
    """The öre of the purse over the places, in proportion to their granted minutes."""
    if not amount.minutes:
        sums.untimed_ore += amount.ore
        return
    so_far, given = Fraction(0), 0
    for place in Place:
        if place in sums.places:
            so_far += sums.places[place].within_min
            until = half_up(amount.ore * so_far / amount.minutes)
            sums.places[place].value_ore = until - given
            given = until
    sums.granted_ore = amount.ore


class _Rows:
    """The registered rows, and what each of them means."""

    def __init__(self, book: _Book, own: RowLists) -> None:
        self.book = book
        self.own = own
        self._cells: dict[int, tuple[_Cell, Dims]] = {}

    def counts(self, row: int) -> bool:
        """Whether the row tells what became of a visit: one without any minutes does not."""
        return self.own.status[row] != PERFORMED or self.own.performed_min[row] > 0

    def _cell(self, row: int, number: int) -> tuple[_Cell, Dims]:
        """Whose time the row is."""
        found = self._cells.get(row)
        if found is None:
            own, day = self.own, self.book.days[number]
            recipient = own.recipient[row]
            dims = self.book.whose.dims_of_row(
                recipient, own.provider[row], own.kind[row], own.zone[row], own.service[row], day
            )
            found = self._cells[row] = self.book.cell(recipient, dims, day), dims
        return found

    def _paid(self, row: int) -> PaidVisit | None:
        return self.book.paid.pop(self.own.ids[row], None)

    def pay_beside(self, row: int, number: int) -> None:
        """What is paid for a new client, by day or month, or is still paid of a withdrawn row."""
        paid = self._paid(row)
        if paid is not None:
            cell, _ = self._cell(row, number)
            kind = BESIDE.get(self.own.status[row], Paid.UNKNOWN_VISIT)
            cell.sums.beside_ore[kind] += paid.ore
            cell.sums.paid_ore += paid.ore

    def pay(self, row: int, number: int) -> None:
        """Performed and paid minutes of a row, and its öre."""
        cell, dims = self._cell(row, number)
        paid = self._paid(row)
        minutes = 0 if paid is None else paid.minutes * self.own.staff[row]
        ore = 0 if paid is None else paid.ore
        sums = cell.sums
        sums.paid_min += minutes
        sums.paid_ore += ore
        if self.own.status[row] != PERFORMED:
            self._add(sums.at(PLACE_OF[self.own.status[row]]), minutes, ore)
            return
        performed = self.own.performed_min[row] * self.own.staff[row]
        sums.performed_min += performed
        if not performed and not minutes:
            sums.beside_ore[Paid.UNTIMED] += ore
            return
        if paid is None and not self.book.is_settled(dims):
            cell.put(Place.UNSETTLED, performed)
            return
        within = max(0, min(performed, minutes))
        cell.put(Place.PAID, within)
        cell.put(Place.UNPAID, performed - within)
        self._add(sums.at(Place.PAID), minutes, ore)

    @staticmethod
    def _add(figures: Figures, minutes: int, ore: int) -> None:
        figures.paid_min += minutes
        figures.paid_ore += ore

    def tell(self, row: int, number: int, planned: int | None) -> None:
        """
        What one carer's registration says of the visit that was planned, or granted.

        Parameters
        ----------
        planned
            Position of the planned visit's part.
        """
        performed = self.own.performed_min[row]
        if planned is None:
            cell, own = self._cell(row, number)
            if self.own.status[row] != PERFORMED:
                cell.put(PLACE_OF[self.own.status[row]], self.own.granted_min[row])
                return
            self.book.unplanned[own] = self.book.unplanned.get(own, 0) + 1
            if not self.book.is_covered(own.provider, own.unit, self.book.days[number]):
                cell.put(Place.TOO_SHORT, max(0, self.own.granted_min[row] - performed))
            return
        visit, dims, minutes = self.book.parts[planned]
        cell = self.book.part_cells[planned]
        if self.own.status[row] != PERFORMED:
            cell.put(PLACE_OF[self.own.status[row]], minutes)
            return
        cell.put(Place.TOO_SHORT, max(0, minutes - performed))
        self.book.met.append(Met(dims, visit, self.own.start[row]))


def account(sources: Sources, progress: Progress = unseen) -> Account:
    """
    Where the granted time of the sources went.

    Parameters
    ----------
    progress
        Called now and then with what is done, and of how much.

    Raises
    ------
    CareError
        With every granted line whose time or price is not known.
    """
    book = _Book(sources, progress)
    book.fill()
    return Account(
        book.grant(), book.met, book.unplanned, book.covered, book.reported, book.whose.kinds,
    )  # fmt: skip
