"""
A registered decision changes: as a new revision, by whoever has seen the one that holds.

Promises: no earlier revision is touched; of two changes made of the same version the second is
refused (Stale). A change whose answer was lost may have been made: read the decision, its version
tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from api.access.policy import Reach
from api.documents.cases import Case, case_faults
from api.refusals import Conflict, require_version
from api.store.audit import Act, Entry, append, lock
from api.store.decision_rows import (
    Written,
    digest,
    held_revision,
    held_revisions,
    held_version,
    insert_revisions,
)
from api.store.engine import Store
from api.store.records import DecisionEvent, DecisionRevision
from api.store.scoping import placed_within, require_placed
from api.store.tables import DecisionRow
from api.usecases.looking import Look, look, write
from api.usecases.registering import Faults, no_faults, reference_findings
from pricing.budget.model import Interruption
from scheduler.care.errors import Finding, InvalidInput


def decision(
    store: Store,
    municipality: str,
    decision_id: str,
    within: Reach | None = None,
    act: Act | None = None,
) -> DecisionRevision:
    """The revision that holds; NotFound when there is no such decision `within` reach."""

    def read(session: Session, shown: Look) -> DecisionRevision:
        require_placed(session, municipality, decision_id, within)
        shown.open_decision(decision_id)
        return _holding(session, municipality, decision_id)

    return look(store, act, read, opens=True)


def decisions(
    store: Store,
    municipality: str,
    after: str,
    most: int,
    within: Reach | None = None,
    act: Act | None = None,
) -> tuple[DecisionRevision, ...]:
    """
    The decisions `within` reach as they hold, by rising id from the one behind `after`.

    At most `most`.
    """

    def read(session: Session, shown: Look) -> tuple[DecisionRevision, ...]:
        query = (
            select(DecisionRow.id, DecisionRow.version)
            .where(DecisionRow.municipality_id == municipality)
            .where(DecisionRow.id > after)
            .where(placed_within(within))
            .where(col(DecisionRow.recipient_id).not_in(sorted(shown.hidden)))
            .order_by(col(DecisionRow.id))
            .limit(most)
        )
        found = held_revisions(session, municipality, session.exec(query).all())
        shown.show(each.case.home.id for each in found)
        return found

    return look(store, act, read)


def decision_history(
    store: Store,
    municipality: str,
    decision_id: str,
    within: Reach | None = None,
    act: Act | None = None,
) -> tuple[DecisionRevision, ...]:
    """Every revision from the first on; NotFound when there is no such decision `within` reach."""

    def read(session: Session, shown: Look) -> tuple[DecisionRevision, ...]:
        require_placed(session, municipality, decision_id, within)
        shown.open_decision(decision_id)
        last = held_version(session, municipality, decision_id).version
        keys = [(decision_id, number) for number in range(1, last + 1)]
        return held_revisions(session, municipality, keys)

    return look(store, act, read, opens=True)


def change(
    store: Store, act: Act, expected: int, case: Case, *, faults: Faults = no_faults
) -> DecisionRevision:
    """
    Let `case` hold instead of what held; its decision's id and recipient stay.

    Parameters
    ----------
    expected
        The version that the change was made of.
    faults
        As in :func:`api.usecases.registering.register`.

    Raises
    ------
    NotFound, Stale, InvalidInput, Conflict
        No such decision; another version holds; every fault of `case`; the decision is ended.
    """

    return _revise(store, act, case.id, expected, changing(case, faults))


def interrupt(
    store: Store, act: Act, decision_id: str, expected: int, interruption: Interruption
) -> DecisionRevision:
    """
    Add days on which nothing is carried out.

    Raises
    ------
    NotFound, Stale, InvalidInput, Conflict
        As :func:`change`; INTERRUPTION_OUTSIDE when it begins on no day of the decision.
    """

    return _revise(store, act, decision_id, expected, interrupting(interruption))


def end(
    store: Store, act: Act, decision_id: str, expected: int, last_day: date
) -> DecisionRevision:
    """
    Let `last_day` be the decision's last one; what was placed after it falls away.

    Raises
    ------
    NotFound, Stale, InvalidInput, Conflict
        As :func:`change`; END_OUTSIDE when it is no day of the decision.
    """

    return _revise(store, act, decision_id, expected, ending(last_day))


# ---------------------------------------------------------------- what changes


@dataclass(frozen=True, slots=True)
class Alteration:
    """What makes a revision, and what it makes of the case that holds."""

    event: DecisionEvent
    of: Callable[[Case], Case]


def changing(case: Case, faults: Faults = no_faults) -> Alteration:
    """Another content of the same person's decision."""

    def changed(held: Case) -> Case:
        found = list(faults(case))
        if found:
            raise InvalidInput(found)
        if case.home.id != held.home.id:
            raise InvalidInput(
                Finding(
                    "RECIPIENT_CHANGED",
                    f"decision ({case.id}).recipientId",
                    "the recipient of the decision",
                    "another",
                    "Registrera ett nytt beslut för den andra personen.",
                )
            )
        return case

    return Alteration(DecisionEvent.CHANGED, changed)


def interrupting(interruption: Interruption) -> Alteration:
    """Days more on which nothing is carried out."""

    def interrupted(held: Case) -> Case:
        made = held.granted.decision
        if interruption.first_day < made.valid_from or (
            made.valid_to is not None and interruption.first_day > made.valid_to
        ):
            raise InvalidInput(_outside("INTERRUPTION_OUTSIDE", held.id, interruption.first_day))
        both = (*held.granted.interruptions, interruption)
        return replace(held, granted=replace(held.granted, interruptions=both))

    return Alteration(DecisionEvent.INTERRUPTED, interrupted)


def ending(last_day: date) -> Alteration:
    """A last day; what was placed after it falls away."""

    def ended(held: Case) -> Case:
        granted = held.granted
        made = granted.decision
        if last_day < made.valid_from or (made.valid_to is not None and last_day > made.valid_to):
            raise InvalidInput(_outside("END_OUTSIDE", held.id, last_day))
        return replace(
            held,
            granted=replace(
                granted,
                decision=replace(made, valid_to=last_day),
                placements=tuple(p for p in granted.placements if p.first_day <= last_day),
            ),
        )

    return Alteration(DecisionEvent.ENDED, ended)


def revise_in(
    session: Session,
    act: Act,
    decision_id: str,
    expected: int,
    alteration: Alteration,
    intake: str | None = None,
) -> tuple[DecisionRevision, Entry]:
    """
    Write a revision within a transaction that holds the municipality's lock; its entry of the log
    is the caller's to write.

    Raises
    ------
    NotFound, Stale, InvalidInput, Conflict
        As :func:`change`; nothing has been written then.
    """
    held = _holding(session, act.municipality, decision_id)
    require_version(f"decision ({decision_id})", expected, held.number)
    if held.event is DecisionEvent.ENDED:
        raise Conflict(_ended(decision_id))
    case = alteration.of(held.case)
    findings = [
        *case_faults(case), *reference_findings(session, act.municipality, [case]),
    ]  # fmt: skip
    if findings:
        raise InvalidInput(findings)
    row = held_version(session, act.municipality, decision_id)
    row.version = held.number + 1
    session.flush()
    insert_revisions(session, act, Written(row.version, alteration.event, intake), [case])
    entry = Entry(
        f"DECISION_{alteration.event}",
        "decision",
        decision_id,
        {"version": row.version, "sha256": digest(case)},
    )
    return (
        DecisionRevision(row.version, alteration.event, case, act.at, act.actor, intake),
        entry,
    )


def _revise(
    store: Store, act: Act, decision_id: str, expected: int, alteration: Alteration
) -> DecisionRevision:
    with write(store, act) as (session, shown):
        head = lock(session, act.municipality)
        shown.open_decision(decision_id)
        made, entry = revise_in(session, act, decision_id, expected, alteration)
        append(session, head, act, [entry])
        return made


def _holding(session: Session, municipality: str, decision_id: str) -> DecisionRevision:
    number = held_version(session, municipality, decision_id).version
    return held_revision(session, municipality, decision_id, number)


def _outside(code: str, decision_id: str, day: date) -> Finding:
    return Finding(
        code,
        f"decision ({decision_id})",
        "a day on which the decision is in force",
        day.isoformat(),
        "Ange en dag från beslutets första till dess sista.",
    )


def _ended(decision_id: str) -> Finding:
    return Finding(
        "DECISION_ENDED",
        f"decision ({decision_id})",
        "a decision that is not ended",
        "one that is",
        "Registrera ett nytt beslut.",
    )
