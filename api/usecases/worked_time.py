"""
Worked time: taken in by file or by lines, corrected, and read.

Promises: a file is taken in whole or not at all, with every fault in one answer; what is sent twice
under a key counts once; a correction is another revision, and only what is sent as one changes
anything; a provider reports and reads its own carers' time, whoever works with units that of the
municipality's own carers in them, and neither anything of others.

Nobody approves it, since nothing is paid by it; the log tells who has sent what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from api.documents.schema_faults import is_id
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.money_records import Delivery
from api.store.tables import ProviderRow, UnitRow, WorkedDeliveryRow
from api.store.worked_rows import (
    EVERYBODY,
    HeldDay,
    Key,
    Whose,
    insert_days,
    key_of,
    last_of,
    revisions,
    rows_digest,
    values_of,
)
from api.usecases.rating import not_a_key
from api.usecases.taking_in import (
    MAX_BYTES,
    Counts,
    delivery_of,
    details,
    keep,
    opened,
    sent_before,
    subject,
)
from pricing.pay.values import YEARS
from pricing.pay.worked_reading import read_worked_lines
from pricing.performed_time import CarerDay
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import ProviderKind

MOST_FINDINGS = 1_000
AT_MOST = 1_000
NAMES = ("carer", "zone", "provider", "unit")


@dataclass(frozen=True, slots=True)
class SentTime:
    """
    A file of worked time.

    Parameters
    ----------
    whose
        Whose time its sender may report; a provider's rows may leave the provider out.
    key
        The sender's own name of it, for ever.
    name
        As ``march.csv``; findings name it.
    corrects
        Whether other content than was reported before is a correction of it.
    """

    whose: Whose
    key: str
    name: str
    content: bytes
    corrects: bool = False

    @property
    def sender(self) -> str:
        """The provider; nobody is the municipality."""
        return self.whose.provider or ""


def report(store: Store, act: Act, sent: SentTime, *, max_bytes: int = MAX_BYTES) -> Delivery:
    """
    Take in every carer day of a file: CSV, JSON or an Excel workbook.

    Raises
    ------
    TooLarge
        When it is larger than `max_bytes`.
    InvalidInput
        With every fault of the file, else every fault of its days: UNKNOWN_PROVIDER,
        OTHER_PROVIDER, UNKNOWN_UNIT, OTHER_UNIT, NOT_AN_ID, NOT_A_DAY, DAY_DIFFERS (reported before
        with other content), NOTHING_TO_WITHDRAW.
    Conflict
        When the key was used for another file.
    NotFound
        When the municipality is not set up.
    """
    file = opened(sent, max_bytes)
    name = file.name
    lines = {
        line: _with_provider(day, sent.sender)
        for line, day in read_worked_lines(sent.content, name, corrects=sent.corrects).items()
    }
    with store.writing() as session:
        head = lock(session, act.municipality)
        earlier = sent_before(session, WorkedDeliveryRow, act.municipality, file)
        if earlier is not None:
            return delivery_of(earlier)
        findings = list(_reference_faults(session, act.municipality, sent.whose, name, lines))
        if findings:
            raise InvalidInput(findings[:MOST_FINDINGS])
        held = _held(session, act.municipality, lines, sent.whose)
        findings = list(_change_faults(name, lines, held, corrects=sent.corrects))
        if findings:
            raise InvalidInput(findings[:MOST_FINDINGS])
        made = list(_revisions(lines, held, sent))
        first = sum(each.number == 1 for each in made)
        digest = rows_digest(values_of(act.municipality, each) for each in made)
        counts = Counts(first, len(made) - first, len(lines) - len(made))
        row = keep(session, WorkedDeliveryRow, act, file, digest, counts)
        insert_days(session, act.municipality, made)
        entry = Entry("TIME_REPORTED", "worked-time", subject(sent.sender, sent.key), details(row))
        append(session, head, act, [entry])
        return delivery_of(row)


def reported(
    store: Store,
    municipality: str,
    days: tuple[date, date],
    whose: Whose = EVERYBODY,
    *,
    history: bool = False,
    offset: int = 0,
) -> tuple[list[HeldDay], bool]:
    """
    Carer days as they hold, 1,000 at a time, and whether there are more.

    Parameters
    ----------
    days
        First and last, both included.
    history
        Every report instead, also of what was corrected and taken back since.
    offset
        How many are passed over, by provider, unit, day, carer, zone and number.
    """
    with store.reading() as session:
        every = list(revisions(session, municipality, *days, whose))
    if not history:
        every = [each for each in last_of(every).values() if each.content.worked_min]
    return every[offset : offset + AT_MOST], len(every) > offset + AT_MOST


# ---------------------------------------------------------------- faults


def _with_provider(day: CarerDay, sender: str) -> CarerDay:
    """A provider need not say in each line who it is."""
    if day.provider or not sender:
        return day
    return CarerDay(
        day.day, day.carer, day.zone, day.worked_min, day.care_min, day.classes_min, sender,
        day.unit,
    )  # fmt: skip


def _reference_faults(
    session: Session, municipality: str, whose: Whose, name: str, lines: Mapping[int, CarerDay]
) -> Iterator[Finding]:
    """What does not exist or is not the sender's; ids of others and of carers are not repeated."""
    kinds = {
        row.id: row.kind
        for row in session.exec(
            select(ProviderRow).where(ProviderRow.municipality_id == municipality)
        )
    }
    units = set(session.exec(select(UnitRow.id).where(UnitRow.municipality_id == municipality)))
    for line, day in lines.items():
        where = f"{name}: line {line}"
        for field in NAMES:
            if getattr(day, field) and not is_id(getattr(day, field)):
                yield not_a_key(f"{where}, {field}")
        if day.day.year not in YEARS:
            yield Finding(
                "NOT_A_DAY", f"{where}, day", f"a day of {YEARS[0]} to {YEARS[-1]}",
                day.day.isoformat(), "Rätta året.",
            )  # fmt: skip
        yield from _whose_fault(day, whose, kinds, units, where)


def _whose_fault(
    day: CarerDay, whose: Whose, kinds: Mapping[str, str], units: set[str], where: str
) -> Iterator[Finding]:
    # To who reports for one, every other provider and unit is as good as none.
    bound = whose.provider is not None or whose.units is not None
    if whose.provider is not None:
        mine = day.provider == whose.provider
    else:
        mine = day.provider in kinds
        if whose.units is not None:
            mine = kinds.get(day.provider) == ProviderKind.OWN
    if not mine:
        yield Finding(
            "OTHER_PROVIDER" if bound else "UNKNOWN_PROVIDER", f"{where}, provider",
            whose.provider or ("a municipal provider" if bound else "a provider of the "
            "municipality"), "another" if day.provider else "none",
            "Rapportera bara egen personal, eller rätta utförarens id.",
        )  # fmt: skip
    if day.unit not in (units if whose.units is None else units & whose.units):
        yield Finding(
            "UNKNOWN_UNIT" if whose.units is None else "OTHER_UNIT", f"{where}, unit",
            "a unit of the municipality" if whose.units is None else "a unit of one's own",
            "another" if day.unit else "none", "Ange enheten som tiden arbetades för.",
        )  # fmt: skip


def _change_faults(
    name: str, lines: Mapping[int, CarerDay], held: Mapping[Key, HeldDay], *, corrects: bool
) -> Iterator[Finding]:
    for line, day in lines.items():
        before = held.get(key_of(day))
        if before is None and not day.worked_min:
            yield Finding(
                "NOTHING_TO_WITHDRAW", f"{name}: line {line}, worked_min",
                "minutes of a day that was never reported", "0",
                "Ta bort raden; bara en rapporterad dag kan tas tillbaka med 0 minuter.",
            )  # fmt: skip
        if before is not None and before.content != day and not corrects:
            yield Finding(
                "DAY_DIFFERS", f"{name}: line {line}", "what was reported of the day before",
                "other minutes", "Skicka ändringen som rättelse.",
            )  # fmt: skip


# ---------------------------------------------------------------- rows


def _held(
    session: Session, municipality: str, lines: Mapping[int, CarerDay], whose: Whose
) -> dict[Key, HeldDay]:
    """What holds of the days that the file speaks of."""
    days = [each.day for each in lines.values()]
    return last_of(revisions(session, municipality, min(days), max(days), whose))


def _revisions(
    lines: Mapping[int, CarerDay], held: Mapping[Key, HeldDay], sent: SentTime
) -> Iterator[HeldDay]:
    for day in lines.values():
        before = held.get(key_of(day))
        if before is None or before.content != day:
            number = 1 if before is None else before.number + 1
            yield HeldDay(day, number, sent.sender, sent.key)
