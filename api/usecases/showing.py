"""
Plans to be read: what of a day, a plan or a run whoever asks may see, with the lines of whom it
shows.

Promises: as :mod:`api.usecases.looking`. A carer sees to whom they go themselves; everybody else
sees that the carer is taken then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from api.access.policy import Reach
from api.documents.day_lists import recipients_of
from api.documents.plan_schemas import PlanDocumentSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.withheld import (
    Withheld,
    input_without,
    withheld_findings,
    withheld_of,
)
from api.store import run_rows
from api.store.audit import Act
from api.store.engine import Store
from api.store.plan_rows import held_plan
from api.store.records import PlanKey, PlanRevision, RunKey
from api.usecases.looking import Look, look
from api.usecases.planning import held_published
from api.usecases.run_telling import everybody_in, withheld_in
from api.usecases.running import within_reach
from scheduler.care.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan, and the recipients that whoever asked for it may not be told of."""

    held: PlanRevision
    hidden: frozenset[str]


def shown_revision(store: Store, act: Act, key: PlanKey, number: int) -> Shown:
    """One revision of a day as `act` may see it; NotFound when there is none."""

    def read(session: Session, shown: Look) -> Shown:
        held = held_plan(session, act.municipality, key, number)
        seen = {each.recipient_id for each in held.day.visits if not each.standby}
        shown.show(seen - shown.hidden)
        return Shown(held, shown.hidden & seen)

    return look(store, act, read)


def shown_map(store: Store, act: Act, key: PlanKey) -> Shown:
    """The plan in force as `act` may see it; NotFound when none is."""

    def read(session: Session, shown: Look) -> Shown:
        held = held_published(session, act.municipality, key)
        shown.show(recipients_of(held.day, held.plan) - shown.hidden)
        return Shown(held, shown.hidden)

    return look(store, act, read)


def shown_round(store: Store, act: Act, key: PlanKey, carer: str, *, leaves: bool = False) -> Shown:
    """
    A carer's day in the plan in force as `act` may see it; NotFound when no plan is.

    Parameters
    ----------
    leaves
        Whether it goes to where others read it too, such as a telephone's calendar: nobody who is
        protected goes with it then, whoever asks.
    """

    def read(session: Session, shown: Look) -> Shown:
        held = held_published(session, act.municipality, key)
        hidden = shown.protected if leaves else shown.hidden_on_round(carer, key.day)
        shown.show(recipients_of(held.day, held.plan, carer) - hidden)
        return Shown(held, hidden)

    return look(store, act, read)


def shown_recipient(store: Store, act: Act, key: PlanKey, recipient: str) -> Shown:
    """The plan in force, for who comes to `recipient`; nobody, when `act` may not know of them."""

    def read(session: Session, shown: Look) -> Shown:
        held = held_published(session, act.municipality, key)
        may = shown.may_open(recipient)
        return Shown(held, frozenset() if may else frozenset({recipient}))

    return look(store, act, read)


def plan_documents(
    store: Store, keys: Sequence[RunKey], within: Reach, act: Act
) -> tuple[tuple[PlanDocumentSchema, ...], Withheld]:
    """
    Several plans whole, to be compared, and what the comparison may not name.

    Of whom one of them tells counts as shown.
    """

    def read(session: Session, shown: Look) -> tuple[tuple[PlanDocumentSchema, ...], Withheld]:
        rows = [within_reach(session, key, within) for key in keys]
        made = tuple(run_rows.document_of(row) for row in rows)
        withheld = [withheld_in(row, shown) for row in rows]
        for row, each in zip(rows, made, strict=True):
            shown.show(set(everybody_in(row, each)) - shown.hidden)
        return made, Withheld(
            frozenset().union(*(each.recipients for each in withheld)),
            frozenset().union(*(each.visits for each in withheld)),
        )

    return look(store, act, read)


def shown_input(store: Store, key: RunKey, within: Reach, act: Act) -> EnvelopeSchema:
    """The day to plan without whom `act` may not know of; NotFound as :func:`plan_document`."""

    def read(session: Session, shown: Look) -> EnvelopeSchema:
        row = within_reach(session, key, within)
        made = EnvelopeSchema.model_validate_json(row.input_json)
        day = input_without(made.model_input, withheld_of(made.model_input, shown.hidden))
        shown.show(each.recipient_id for each in day.visits)
        return made.model_copy(update={"model_input": day})

    return look(store, act, read)


def require_whole(store: Store, key: RunKey, within: Reach, act: Act) -> None:
    """
    Refuse to change a day that the reader may not see all of.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`plan_document`; WITHHELD_VISITS.
    """
    with store.reading() as session:
        withheld = withheld_in(within_reach(session, key, within), Look(session, act))
    if withheld.visits:
        raise InvalidInput(withheld_findings(len(withheld.visits)))
