"""
Many acts on registered decisions at once, and reviews: all of a document or none of it.

Promises: every fault of the document in one answer; the same request sent again under its key is
answered as the first time; a review is a revision, whose next day of review is the decision's.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sqlmodel import Session

from api.documents.amendments import AmendmentSchema, Outcome, ReviewSchema, read_amendments
from api.documents.cases import Case
from api.documents.decisions import registration_of
from api.documents.purses import granted_of, interruption_of
from api.documents.schema_faults import is_id
from api.documents.strict_json import MAX_BYTES
from api.refusals import Conflict, Stale
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.order_records import Review
from api.store.order_rows import review_digest, reviews
from api.store.records import DecisionEvent, DecisionRevision
from api.store.tables import IntakeRow, ReviewRow
from api.usecases.deciding import Alteration, changing, ending, interrupting, revise_in
from api.usecases.looking import write
from api.usecases.registering import Faults, Registered, again, no_faults, not_a_key
from scheduler.care.errors import CareError, Finding, InvalidInput


def amend(
    store: Store,
    act: Act,
    key: str,
    content: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    faults: Faults = no_faults,
) -> Registered:
    """
    Do every act of the document in `content`, in its order.

    Parameters
    ----------
    key
        The sender's own name of the request, 1-100 printable characters.
    faults
        As in :func:`api.usecases.registering.register`, of changed decisions.

    Raises
    ------
    TooLarge, InvalidInput
        With every fault of the document and of each act. Stale, Conflict and NotFound when no act
        has a fault of another kind.
    Conflict
        Also when the key was used for other content.
    """
    amendments = read_amendments(content, max_bytes=max_bytes).amendments
    if not is_id(key):
        raise InvalidInput(not_a_key())
    sha256 = hashlib.sha256(content).hexdigest()
    with write(store, act) as (session, shown):
        head = lock(session, act.municipality)
        earlier = session.get(IntakeRow, (act.municipality, key))
        if earlier is not None:
            return again(earlier, sha256)
        answer = Registered(key, sha256, len(amendments), act.at, act.actor)
        session.add(
            IntakeRow(
                municipality_id=act.municipality,
                key=key,
                sha256=sha256,
                decisions=len(amendments),
                received_at=act.at,
                received_by=act.actor,
            )
        )
        session.flush()
        received: dict[str, str | int] = {"decisions": len(amendments), "sha256": sha256}
        entries = [Entry("DECISIONS_AMENDED", "intake", key, received)]
        refused: list[CareError] = []
        for number, each in enumerate(amendments):
            try:
                shown.open_decision(each.decision_id)
                entries += _done(session, act, each, key, faults)
            except CareError as error:
                refused.append(_at(number, error))
        if refused:
            raise _together(refused)
        append(session, head, act, entries)
    return answer


def review(
    store: Store, act: Act, decision_id: str, expected: int, found: ReviewSchema
) -> DecisionRevision:
    """
    Keep what a review found; the decision is due again on its next day, or not any more.

    Parameters
    ----------
    expected
        The decision's version that was reviewed.

    Raises
    ------
    NotFound, Stale, Conflict, InvalidInput
        As :func:`api.usecases.deciding.change`; REVIEW_DAYS when the next review is not after this
        one, or this one not from the decision's day on.
    """
    with write(store, act) as (session, shown):
        head = lock(session, act.municipality)
        shown.open_decision(decision_id)
        made, entries = _review_in(session, act, decision_id, expected, found, None)
        append(session, head, act, entries)
        return made


def reviews_of(store: Store, municipality: str, decision_id: str) -> tuple[Review, ...]:
    """Every review of a decision."""
    with store.reading() as session:
        return reviews(session, municipality, decision_id)


def _done(
    session: Session, act: Act, each: AmendmentSchema, key: str, faults: Faults
) -> list[Entry]:
    if each.review is not None:
        _, entries = _review_in(session, act, each.decision_id, each.version, each.review, key)
        return entries
    _, entry = revise_in(
        session, act, each.decision_id, each.version, _alteration(each, faults), key
    )
    return [entry]


def _alteration(each: AmendmentSchema, faults: Faults) -> Alteration:
    if each.change is not None:
        case = Case(granted_of(each.change), registration_of(each.change).recipient)
        return changing(case, faults)
    if each.interrupt is not None:
        return interrupting(interruption_of(each.interrupt))
    if each.end is None:
        raise ValueError("Expected one of four acts; the reader refuses none.")
    return ending(each.end)


def _review_in(
    session: Session,
    act: Act,
    decision_id: str,
    expected: int,
    found: ReviewSchema,
    intake: str | None,
) -> tuple[DecisionRevision, list[Entry]]:
    def reviewed(held: Case) -> Case:
        decision = held.granted.decision
        next_on = found.next_on
        if found.reviewed_on < decision.decided_on or (
            next_on is not None and next_on <= found.reviewed_on
        ):
            raise InvalidInput(_days(decision_id))
        made = replace(decision, review_on=next_on)
        return replace(held, granted=replace(held.granted, decision=made))

    alteration = Alteration(DecisionEvent.CHANGED, reviewed)
    revision, entry = revise_in(session, act, decision_id, expected, alteration, intake)
    row = ReviewRow(
        municipality_id=act.municipality,
        decision_id=decision_id,
        number=len(reviews(session, act.municipality, decision_id)) + 1,
        revision=revision.number,
        reviewed_on=found.reviewed_on,
        outcome=Outcome(found.outcome),
        next_on=found.next_on,
        recorded_at=act.at,
        recorded_by=act.actor,
    )
    session.add(row)
    session.flush()
    details: dict[str, str | int] = {"version": row.number, "sha256": review_digest(row)}
    return revision, [entry, Entry("DECISION_REVIEWED", "review", decision_id, details)]


def _at(number: int, error: CareError) -> CareError:
    """The same refusal, told of one act of the document."""
    findings = [replace(f, where=f"amendments[{number}]: {f.where}") for f in error.findings]
    return type(error)(findings)


def _together(refused: list[CareError]) -> CareError:
    """All findings as one refusal: of the kind that all are of, else as faults of the document."""
    findings = [finding for error in refused for finding in error.findings]
    kinds = {type(error) for error in refused}
    for kind in (Stale, Conflict):
        if kinds == {kind}:
            return kind(findings)
    return InvalidInput(findings)


def _days(decision_id: str) -> Finding:
    return Finding(
        "REVIEW_DAYS",
        f"decision ({decision_id})",
        "a review from the day of the decision on, and the next one after it",
        "days in another order",
        "Rätta uppföljningens dag eller nästa dag.",
    )
