"""
Who shall carry a decision out: the person's choice, or the municipality's rule for whoever does not
choose (ickevalsalternativ); and how much each provider takes.

Promises: a choice is followed by an order to its first provider in the same transaction; an earlier
choice, ceiling or rule stays as it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from api.refusals import Conflict, not_found, require_version
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.order_records import (
    WAITING,
    At,
    Ceiling,
    Choice,
    ChoiceKind,
    Office,
    Order,
    OrderStatus,
    Rule,
    RuleKind,
)
from api.store.order_rows import (
    capacity_digest,
    capacity_subject,
    ceilings,
    choice_digest,
    choice_of,
    choices,
    in_force,
    order_rows,
    orders_of,
    rule_digest,
    rules,
    write_offices,
    write_ranked,
)
from api.store.records import DecisionRevision
from api.store.tables import CapacityRow, ChoiceRow, FallbackRuleRow, ProviderRow, UnitRow
from api.usecases.looking import Look, look, write
from api.usecases.ordering_steps import Acting
from api.usecases.rooms import WeeklyMinutes, room_in, whole_minutes
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Location
from scheduler.travel import great_circle_m

MOST_RANKED, MOST_ANSWER_DAYS = 20, 90


@dataclass(frozen=True, slots=True)
class Ordered:
    """A choice, and the order that followed from it."""

    choice: Choice
    order: Order


def set_capacity(
    store: Store,
    act: Act,
    expected: int,
    ceiling: Ceiling,
    weekly: WeeklyMinutes,
) -> Ceiling:
    """
    Let a ceiling hold from its first day on; whoever has room by it is taken off the queue.

    Parameters
    ----------
    expected
        Number of the last ceiling of the provider and unit; 0 for the first.
    ceiling
        Its own number is not read.

    Raises
    ------
    InvalidInput, Stale
        UNKNOWN_PROVIDER, UNKNOWN_UNIT, OUT_OF_RANGE; another number is the last.
    """
    at, minutes = ceiling.at, ceiling.minutes_per_week
    with store.writing() as session:
        acting = Acting(session, lock(session, act.municipality), act, weekly)
        findings = _unknown(session, act.municipality, [at], "capacity")
        if minutes is not None and minutes < 0:
            findings.append(
                Finding("OUT_OF_RANGE", "capacity.minutesPerWeek", "0 or more", str(minutes),
                        "Rätta taket.")
            )  # fmt: skip
        if findings:
            raise InvalidInput(findings)
        last = len(ceilings(session, act.municipality, at))
        require_version(f"capacity ({at.provider} {at.unit})", expected, last)
        row = CapacityRow(
            municipality_id=act.municipality,
            provider_id=at.provider,
            unit_id=at.unit,
            number=last + 1,
            first_day=ceiling.first_day,
            minutes_per_week=minutes,
            recorded_at=act.at,
            recorded_by=act.actor,
        )
        session.add(row)
        session.flush()
        details: dict[str, str | int] = {"version": row.number, "sha256": capacity_digest(row)}
        subject = capacity_subject(at.provider, at.unit)
        acting.tell(Entry("CAPACITY_SET", "capacity", subject, details))
        acting.advance(at)
        acting.finish()
        return Ceiling(at, row.number, row.first_day, row.minutes_per_week)


def set_rule(store: Store, act: Act, expected: int, rule: Rule) -> Rule:
    """
    Let the unit's non-choosers get their provider by `rule` from its first day on.

    Parameters
    ----------
    expected
        Number of the unit's last rule; 0 for the first.

    Raises
    ------
    InvalidInput, Stale
        UNKNOWN_PROVIDER, UNKNOWN_UNIT; NO_PROVIDERS; NO_LOCATION where NEAREST needs one; another
        number is the last.
    """
    with store.writing() as session:
        head = lock(session, act.municipality)
        findings = _unknown(
            session, act.municipality, [At(o.provider, rule.unit) for o in rule.offices], "rule"
        )
        if not rule.offices:
            findings.append(
                Finding("NO_PROVIDERS", "rule.providers", "at least one provider", "none",
                        "Ange minst en utförare.")
            )  # fmt: skip
        findings += [
            Finding("NO_LOCATION", f"rule.providers ({office.provider})", "a location", "none",
                    "Ange var utförarens kontor ligger.")
            for office in rule.offices
            if rule.kind is RuleKind.NEAREST and office.location is None
        ]  # fmt: skip
        if findings:
            raise InvalidInput(findings)
        last = len(rules(session, act.municipality, rule.unit))
        require_version(f"rule ({rule.unit})", expected, last)
        row = FallbackRuleRow(
            municipality_id=act.municipality,
            unit_id=rule.unit,
            number=last + 1,
            first_day=rule.first_day,
            kind=rule.kind,
            offices_json=write_offices(rule.offices),
            recorded_at=act.at,
            recorded_by=act.actor,
        )
        session.add(row)
        session.flush()
        details: dict[str, str | int] = {"version": row.number, "sha256": rule_digest(row)}
        append(session, head, act, [Entry("RULE_SET", "fallback-rule", rule.unit, details)])
        return Rule(rule.unit, row.number, rule.first_day, rule.kind, rule.offices)


def choose(
    store: Store,
    act: Act,
    decision_id: str,
    expected: int,
    ranked: Sequence[At],
    first_day: date,
    answer_days: int,
    weekly: WeeklyMinutes,
) -> Ordered:
    """
    Keep the person's choice, and order from the first provider of it.

    Parameters
    ----------
    expected
        Number of the decision's last choice; 0 for the first.
    ranked
        The most wanted first; the next one is asked when one refuses or does not answer.
    answer_days
        Days that a provider has to answer.

    Raises
    ------
    NotFound, Stale
        No such decision; another choice is the last.
    InvalidInput
        NO_PROVIDERS, DUPLICATE_ID, UNKNOWN_PROVIDER, UNKNOWN_UNIT, NOT_OFFERED, CHOICE_OUTSIDE,
        OUT_OF_RANGE.
    Conflict
        ORDER_STANDS: an order of an earlier choice waits, or the first provider has it already.
    """
    with write(store, act) as (session, shown):
        acting = Acting(session, lock(session, act.municipality), act, weekly)
        shown.open_decision(decision_id)
        held = acting.held(decision_id)
        _require_last(session, act, decision_id, expected)
        made = _choose(acting, held, tuple(ranked), first_day, answer_days, None)
        acting.finish()
        return made


def choose_for(
    store: Store,
    act: Act,
    decision_id: str,
    expected: int,
    unit: str,
    first_day: date,
    answer_days: int,
    weekly: WeeklyMinutes,
) -> Ordered:
    """
    Let the unit's rule choose for somebody who does not, and order.

    Raises
    ------
    NotFound, Stale, InvalidInput, Conflict
        As :func:`choose`; NotFound also when the unit has no rule on `first_day`.
    """
    with write(store, act) as (session, shown):
        acting = Acting(session, lock(session, act.municipality), act, weekly)
        shown.open_decision(decision_id)
        held = acting.held(decision_id)
        _require_last(session, act, decision_id, expected)
        rule = in_force(rules(session, act.municipality, unit), first_day)
        if rule is None:
            raise not_found("fallback-rules", unit)
        ranked = _ranked_by(acting, rule, held, first_day)
        made = _choose(acting, held, ranked, first_day, answer_days, rule)
        acting.finish()
        return made


def capacities(store: Store, municipality: str) -> tuple[Ceiling, ...]:
    """Every ceiling that was ever set."""
    with store.reading() as session:
        return tuple(ceilings(session, municipality))


def choices_of(
    store: Store, municipality: str, decision_id: str, act: Act | None = None
) -> tuple[Choice, ...]:
    """Every choice of a decision; none of one that is not there."""

    def read(session: Session, shown: Look) -> tuple[Choice, ...]:
        if not shown.may_open_decision(decision_id):
            return ()
        return tuple(choices(session, municipality, decision_id))

    return look(store, act, read, opens=True)


# ---------------------------------------------------------------- the choice


def _choose(
    acting: Acting,
    held: DecisionRevision,
    ranked: tuple[At, ...],
    first_day: date,
    answer_days: int,
    rule: Rule | None,
) -> Ordered:
    session, act = acting.session, acting.act
    decision = held.case.granted.decision
    findings = _faults(acting, held, ranked, first_day, answer_days)
    if findings:
        raise InvalidInput(findings)
    for other in order_rows(session, act.municipality, decision_id=decision.id):
        status = OrderStatus(other.status)
        same = other.provider_id == ranked[0].provider
        if status in WAITING or (status is OrderStatus.ACCEPTED and same):
            raise Conflict(_stands(decision.id, other.number, status))
    row = ChoiceRow(
        municipality_id=act.municipality,
        decision_id=decision.id,
        number=len(choices(session, act.municipality, decision.id)) + 1,
        kind=ChoiceKind.CHOSEN if rule is None else ChoiceKind.FALLBACK,
        first_day=first_day,
        answer_days=answer_days,
        ranked_json=write_ranked(ranked),
        rule_unit=None if rule is None else rule.unit,
        rule_number=None if rule is None else rule.number,
        place=acting.place,
        recorded_at=act.at,
        recorded_by=act.actor,
    )
    session.add(row)
    session.flush()
    details: dict[str, str | int] = {"version": row.number, "sha256": choice_digest(row)}
    acting.tell(Entry("PROVIDER_CHOSEN", "choice", decision.id, details))
    choice = choice_of(row)
    ordered = acting.order(held, choice, 0)
    (order,) = orders_of(session, [ordered])
    return Ordered(choice, order)


def _faults(
    acting: Acting,
    held: DecisionRevision,
    ranked: tuple[At, ...],
    first_day: date,
    answer_days: int,
) -> list[Finding]:
    session, municipality = acting.session, acting.act.municipality
    decision = held.case.granted.decision
    findings = _unknown(session, municipality, ranked, "choice")
    if not ranked or len(ranked) > MOST_RANKED:
        findings.append(
            Finding("NO_PROVIDERS", "choice.providers", f"1 to {MOST_RANKED} providers",
                    str(len(ranked)), "Ange minst en utförare, den mest önskade först.")
        )  # fmt: skip
    providers = [at.provider for at in ranked]
    findings += [
        Finding("DUPLICATE_ID", "choice.providers", "each provider once", provider,
                "Ta bort dubbletten.")
        for provider in sorted({each for each in providers if providers.count(each) > 1})
    ]  # fmt: skip
    if not 1 <= answer_days <= MOST_ANSWER_DAYS:
        findings.append(
            Finding("OUT_OF_RANGE", "choice.answerDays", f"1 to {MOST_ANSWER_DAYS} days",
                    str(answer_days), "Rätta antalet dagar.")
        )  # fmt: skip
    if first_day < decision.valid_from or (
        decision.valid_to is not None and first_day > decision.valid_to
    ):
        findings.append(
            Finding("CHOICE_OUTSIDE", f"decision ({decision.id})",
                    "a day on which the decision is in force", first_day.isoformat(),
                    "Ange en dag från beslutets första till dess sista.")
        )  # fmt: skip
    if not findings:
        findings += [
            Finding("NOT_OFFERED", f"choice.providers ({at.provider})",
                    f"a provider that takes persons in {at.unit} on {first_day.isoformat()}",
                    "one without a ceiling or the lack of one there",
                    "Lägg in utförarens kapacitet i enheten, eller välj en annan.")
            for at in ranked
            if in_force(ceilings(session, municipality, at), first_day) is None
        ]  # fmt: skip
    return findings


def _require_last(session: Session, act: Act, decision_id: str, expected: int) -> None:
    last = len(choices(session, act.municipality, decision_id))
    require_version(f"choices of decision ({decision_id})", expected, last)


# ---------------------------------------------------------------- the rule


def _ranked_by(
    acting: Acting, rule: Rule, held: DecisionRevision, first_day: date
) -> tuple[At, ...]:
    """The rule's providers in the order in which they are asked."""
    offices = list(rule.offices)
    if rule.kind is RuleKind.ROTATION:
        offices = _rotated(acting, rule, offices)
    elif rule.kind is RuleKind.NEAREST:
        home = held.case.home.location
        offices.sort(key=lambda office: _metres(home, office))
    if rule.kind is not RuleKind.FIXED:
        decision = held.case.granted.decision
        minutes = whole_minutes(acting.weekly(decision, first_day))
        # Whoever has room goes first; nobody has: the first one's queue.
        offices.sort(key=lambda o: not _has_room(acting, rule, o, first_day, minutes, decision.id))
    return tuple(At(office.provider, rule.unit) for office in offices)


def _rotated(acting: Acting, rule: Rule, offices: list[Office]) -> list[Office]:
    """From the one behind the last whom a rule of the unit gave somebody."""
    query = (
        select(ChoiceRow)
        .where(ChoiceRow.municipality_id == acting.act.municipality)
        .where(ChoiceRow.rule_unit == rule.unit)
        .order_by(col(ChoiceRow.place).desc())
    )
    last = acting.session.exec(query).first()
    names = [office.provider for office in offices]
    before = None if last is None else choice_of(last).ranked[0].provider
    at = names.index(before) + 1 if before in names else 0
    return [*offices[at:], *offices[:at]]


def _has_room(
    acting: Acting, rule: Rule, office: Office, day: date, minutes: int, decision_id: str
) -> bool:
    at = At(office.provider, rule.unit)
    room = room_in(
        acting.session, acting.act.municipality, at, day, acting.weekly, without=decision_id
    )
    return room.fits(minutes) and not room.queued


def _metres(home: Location, office: Office) -> float:
    return 0.0 if office.location is None else great_circle_m(home, office.location)


# ---------------------------------------------------------------- faults


def _unknown(session: Session, municipality: str, ats: Sequence[At], where: str) -> list[Finding]:
    units = set(session.exec(select(UnitRow.id).where(UnitRow.municipality_id == municipality)))
    query = select(ProviderRow.id).where(ProviderRow.municipality_id == municipality)
    providers = set(session.exec(query))
    unknown = {
        ("UNKNOWN_PROVIDER", "a provider", at.provider, "utföraren")
        for at in ats
        if at.provider not in providers
    } | {("UNKNOWN_UNIT", "a unit", at.unit, "enheten") for at in ats if at.unit not in units}
    return [
        Finding(code, where, f"{what} of the municipality", found,
                f"Lägg upp {name} först, eller rätta id:t.")
        for code, what, found, name in sorted(unknown)
    ]  # fmt: skip


def _stands(decision_id: str, number: int, status: OrderStatus) -> Finding:
    return Finding(
        "ORDER_STANDS",
        f"decision ({decision_id})",
        "no order that waits, and none that the provider has accepted",
        f"order {number}, {status.value}",
        "Återkalla beställningen först, eller vänta på svaret.",
    )
