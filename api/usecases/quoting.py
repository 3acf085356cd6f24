"""
A quote before a decision: what each provider that the person may choose could do, by its plans.

Promises: nothing is written; the plan of a day is its published revision, else the latest approved
one, else the latest draft; asked again about the same revisions, nothing is read and built anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session, col, select

from api.boards import BoardKey, Boards
from api.documents.decisions import Registration
from api.documents.quotes import HandedIn, OccasionSchema, QuoteRequest, QuoteSchema
from api.flow import Terms, decision_faults
from api.judgement import judge, refuse_broken
from api.quotes import Sample, offer
from api.store.audit import Act
from api.store.engine import Store
from api.store.plan_rows import held_plan
from api.store.records import PlanKey, PlanStatus
from api.store.tables import PlanRevisionRow, ProviderRow, UnitRow
from api.usecases.looking import Look, look
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import Day, Provider
from scheduler.given_travel import travel_of
from scheduler.plan import Plan
from scheduler.recommend import Recommender

# So far from the first day a plan may stand for its weekday; before it only where none is after it.
MOST_DAYS_OFF = 28
ORDER = (PlanStatus.DRAFT, PlanStatus.APPROVED, PlanStatus.PUBLISHED)
HANDED_IN = "HANDED_IN"


@dataclass(frozen=True, slots=True)
class Held:
    """A revision that stands for its day."""

    key: PlanKey
    number: int
    status: str


def quote(
    store: Store,
    boards: Boards,
    municipality: str,
    request: QuoteRequest,
    terms: Terms,
    act: Act | None = None,
) -> QuoteSchema:
    """
    An offer for each choice of `request`.

    Parameters
    ----------
    act
        Who asks: what would be moved of a person of whom they may not know is not told, and of a
        decision for such a person not who comes to them today.

    Raises
    ------
    InvalidInput
        With every fault of the decision, every unknown unit and provider, and every broken rule of
        a plan that was handed in.
    """
    asked, findings = request.schema, []
    findings += [
        each
        for each in decision_faults(request.registration, terms)
        if each.severity is Severity.ERROR
    ]
    given = {(each.unit, each.day.date): _ready(each, findings) for each in request.handed_in}
    units = list(dict.fromkeys(choice.unit for choice in asked.choices))

    def read(session: Session, shown: Look) -> tuple[dict[str, list[Held]], frozenset[str]]:
        found = [*findings, *_unknown(session, municipality, request)]
        if found:
            raise InvalidInput(found)
        first, days = asked.first_day, asked.days
        shown.may_open(request.registration.recipient.id)
        held = {unit: _held(session, municipality, unit, first, days) for unit in units}
        return held, shown.hidden

    held, hidden = look(store, act, read)
    samples = {
        unit: _samples(store, boards, municipality, unit, held[unit], request, given)
        for unit in units
    }
    made = QuoteSchema(
        decision_id=asked.decision.id,
        offers=[
            offer(
                _as_known(request.registration, hidden),
                Provider(choice.provider.id, choice.provider.kind),
                choice.unit,
                samples[choice.unit],
                asked.first_day,
                terms,
            )
            for choice in asked.choices
        ],
    )
    return _told(store, act, made)


def _as_known(registration: Registration, hidden: frozenset[str]) -> Registration:
    """The decision of somebody new, where the plans must not tell who comes to the person."""
    if registration.recipient.id not in hidden:
        return registration
    nobody = replace(registration.recipient, id="")
    decision = replace(registration.decision, recipient_id="")
    return replace(registration, recipient=nobody, decision=decision)


def _told(store: Store, act: Act | None, made: QuoteSchema) -> QuoteSchema:
    """The answer without the moves of who is hidden, and with a line of each other one."""

    def read(_session: Session, shown: Look) -> QuoteSchema:
        hidden = shown.hidden
        told: set[str] = set()

        def kept(occasion: OccasionSchema) -> OccasionSchema:
            moved = [each for each in occasion.moved if each.recipient_id not in hidden]
            told.update(each.recipient_id for each in moved if each.recipient_id is not None)
            return occasion.model_copy(update={"moved": moved})

        offers = [
            each.model_copy(update={"occasions": [kept(one) for one in each.occasions]})
            for each in made.offers
        ]
        shown.show(sorted(told))
        return made.model_copy(update={"offers": offers})

    return look(store, act, read)


def warm(store: Store, boards: Boards, municipality: str, unit: str, first: date) -> int:
    """Make the boards that a question about `unit` from `first` on would need; how many."""
    with store.reading() as session:
        held = _nearest(_held(session, municipality, unit, first, ()), first)
    for each in held:
        _board(store, boards, municipality, each)
    return len(held)


# ---------------------------------------------------------------- which plans


def _held(
    session: Session, municipality: str, unit: str, first: date, days: Sequence[date]
) -> list[Held]:
    """The revision that stands for each day of the unit, by rising day."""
    query = (
        select(col(PlanRevisionRow.day), col(PlanRevisionRow.number), col(PlanRevisionRow.status))
        .where(PlanRevisionRow.municipality_id == municipality)
        .where(PlanRevisionRow.unit_id == unit)
        .where(PlanRevisionRow.status != PlanStatus.SUPERSEDED)
    )
    if days:
        query = query.where(col(PlanRevisionRow.day).in_(sorted(set(days))))
    else:
        span = timedelta(days=MOST_DAYS_OFF)
        query = query.where(col(PlanRevisionRow.day).between(first - span, first + span))
    best: dict[date, Held] = {}
    for day, number, status in session.exec(query.order_by(col(PlanRevisionRow.number))):
        rank = ORDER.index(PlanStatus(status))
        if day not in best or rank >= ORDER.index(PlanStatus(best[day].status)):
            best[day] = Held(PlanKey(unit, day), number, status)
    return [best[day] for day in sorted(best)]


def _nearest(held: Iterable[Held], first: date) -> list[Held]:
    """For each weekday the next one from `first` on, else the last one before."""
    chosen: dict[int, Held] = {}
    for each in held:
        weekday = each.key.day.isoweekday()
        before = chosen.get(weekday)
        if before is None or before.key.day < first:
            chosen[weekday] = each
    return sorted(chosen.values(), key=lambda each: each.key.day)


def _samples(
    store: Store,
    boards: Boards,
    municipality: str,
    unit: str,
    held: Sequence[Held],
    request: QuoteRequest,
    given: dict[tuple[str, date], Recommender | None],
) -> list[Sample]:
    first, days = request.schema.first_day, request.schema.days
    mine = {day: asked for (of, day), asked in given.items() if of == unit and asked is not None}
    stored = {each.key.day: each for each in held}
    wanted = [Held(PlanKey(unit, day), 0, HANDED_IN) for day in mine]
    wanted += [each for day, each in stored.items() if day not in mine]
    wanted.sort(key=lambda each: each.key.day)
    chosen = [w for w in wanted if w.key.day in days] if days else _nearest(wanted, first)
    return [
        Sample(each.key.day, mine[each.key.day], None, HANDED_IN)
        if each.status == HANDED_IN
        else Sample(
            each.key.day, _board(store, boards, municipality, each), each.number, each.status
        )
        for each in chosen
    ]


def _board(store: Store, boards: Boards, municipality: str, held: Held) -> Recommender:
    def make() -> Recommender:
        with store.reading() as session:
            found = held_plan(session, municipality, held.key, held.number)
        return _recommender(found.day, found.plan)

    key = BoardKey(municipality, held.key.unit, held.key.day, held.number)
    return boards.board(key, make)


def _recommender(day: Day, plan: Plan) -> Recommender:
    return Recommender(day, plan, travel_of(day))


# ---------------------------------------------------------------- faults


def _ready(given: HandedIn, findings: list[Finding]) -> Recommender | None:
    """The board of a plan that was handed in; what breaks a rule is told and not asked."""
    try:
        refuse_broken(judge(given.day, given.plan))
        return _recommender(given.day, given.plan)
    except InvalidInput as error:
        findings += error.findings
        return None


def _unknown(session: Session, municipality: str, request: QuoteRequest) -> list[Finding]:
    units = set(session.exec(select(UnitRow.id).where(UnitRow.municipality_id == municipality)))
    query = select(ProviderRow).where(ProviderRow.municipality_id == municipality)
    kinds = {row.id: row.kind for row in session.exec(query)}
    findings = []
    for number, choice in enumerate(request.schema.choices):
        where = f"choices[{number}]"
        if choice.unit not in units:
            findings.append(
                Finding("UNKNOWN_UNIT", f"{where}.unit", "a unit of the municipality",
                        choice.unit, "Lägg upp enheten först, eller rätta id:t.")
            )  # fmt: skip
        kind = kinds.get(choice.provider.id)
        if kind is None:
            findings.append(
                Finding("UNKNOWN_PROVIDER", f"{where}.provider", "a provider of the municipality",
                        choice.provider.id, "Lägg upp utföraren först, eller rätta id:t.")
            )  # fmt: skip
        elif kind != choice.provider.kind:
            findings.append(
                Finding("PROVIDER_KIND", f"{where}.provider", kind, choice.provider.kind.value,
                        "Rätta utförarens slag: egen regi (OWN) eller privat.")
            )  # fmt: skip
    return findings
