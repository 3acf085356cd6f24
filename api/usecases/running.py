"""
Runs: a day to plan is stored, begun, improved and ended, each step one short transaction.

Promises: a run's state only moves forward, and what is final stays as it is; whoever writes names
the attempt that he was given, so a worker that was given up can change nothing any more. A run is
working material and has no entry in the log; what is made of its plan has (:mod:`planning`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from api.access.policy import Reach
from api.documents.plan_schemas import MetadataSchema, PlanDocumentSchema, Status
from api.documents.planning import PlanningDocument
from api.refusals import not_found
from api.store import run_rows
from api.store.audit import Act, lock
from api.store.engine import Store
from api.store.records import BatchRun, Origin, Queue, RunKey
from api.store.row_scope import WORKERS
from api.store.row_scope import within as scoped
from api.store.run_rows import held_run
from api.store.tables import RunRow
from api.usecases.looking import Look, look, write
from api.usecases.requested import Request, as_submitted, find_earlier, lock_key, note
from api.usecases.run_telling import document_told, metadata_told
from scheduler.care.errors import Finding

MOST_ATTEMPTS = 3
NOWHERE = Origin()
OPEN = tuple(status for status in Status if not status.final)

TRIED_TOO_OFTEN = Finding(
    "TRIED_TOO_OFTEN",
    "day-plans",
    "a solve that its server survives",
    f"a server that ended in each of {MOST_ATTEMPTS} attempts",
    "Kontrollera serverns minne och underlagets storlek, och skicka det igen.",
)


def submit(
    store: Store,
    act: Act,
    run_id: str,
    document: PlanningDocument,
    origin: Origin = NOWHERE,
    request: Request | None = None,
) -> MetadataSchema:
    """
    Store a day to plan, as SOLVING_SCHEDULED.

    Where `origin` has a parent, its best plan so far is what is planned near.

    Raises
    ------
    NotFound
        When there is no such parent.
    Conflict
        When another request has the key of `request`.
    """
    return submit_all(store, act, [(run_id, document, origin)], request)[0]


def submit_all(
    store: Store,
    act: Act,
    days: Iterable[tuple[str, PlanningDocument, Origin]],
    request: Request | None = None,
) -> tuple[MetadataSchema, ...]:
    """
    As :func:`submit`, several days or none: each its id, its document and its origin.

    Parameters
    ----------
    request
        Under whose key they are asked for: what it began before is answered again.

    Whoever the advice on a day names has a line in the log of readings, in this transaction.
    """
    told = list(days)
    with write(store, act) as (session, shown):
        if request is not None:
            lock_key(session, act, request)
            began = find_earlier(session, act, request)
            if began:
                return _again(began, shown)
        if any(document.warnings for _, document, _ in told):
            # Whoever is named may not be marked before the answer is written.
            lock(session, act.municipality)
        rows = []
        for run_id, document, origin in told:
            key = RunKey(act.municipality, origin.parent or "")
            parent = None if origin.parent is None else held_run(session, key)
            rows.append(run_rows.new_row(act, run_id, document, origin, parent))
        if request is not None:
            note(rows, request)
        session.add_all(rows)
        return tuple(metadata_told(row, shown) for row in rows)


def submitted_again(store: Store, act: Act, began: Sequence[RunRow]) -> tuple[MetadataSchema, ...]:
    """The first answer to the request that `began` these runs."""

    def read(session: Session, shown: Look) -> tuple[MetadataSchema, ...]:
        keys = [RunKey(row.municipality_id, row.id) for row in began]
        return _again([held_run(session, key) for key in keys], shown)

    return look(store, act, read)


def _again(rows: Sequence[RunRow], shown: Look) -> tuple[MetadataSchema, ...]:
    return tuple(as_submitted(metadata_told(row, shown)) for row in rows)


def batch(store: Store, within: Reach, batch_id: str) -> tuple[BatchRun, ...]:
    """The runs of a municipality's day `within` reach, by unit; NotFound when there are none."""
    query = (
        select(col(RunRow.unit_id), col(RunRow.id), col(RunRow.day))
        .where(RunRow.municipality_id == within.municipality)
        .where(RunRow.batch_id == batch_id)
        .order_by(col(RunRow.unit_id))
    )
    with store.reading() as session:
        found = tuple(
            BatchRun(unit or "", name, day)
            for unit, name, day in session.exec(query)
            if within.covers(unit=unit)
        )
    if not found:
        raise not_found("municipality-plans", batch_id)
    return found


def begin(store: Store, key: RunKey, worker: str, at: datetime) -> int | None:
    """
    Begin to solve.

    Returns
    -------
    int or None
        The attempt that every further step must name; None when the run is final, or is so now
        because it was tried too often.

    Raises
    ------
    NotFound
        When there is no such run.
    """
    with store.writing() as session:
        return begin_row(held_run(session, key, lock=True), worker, at)


def begin_row(row: RunRow, worker: str, at: datetime) -> int | None:
    """As :func:`begin`, of a row that the caller's transaction has taken."""
    if Status(row.status).final:
        return None
    if row.attempt >= MOST_ATTEMPTS:
        run_rows.end_row(row, Status.SOLVING_FAILED, at, TRIED_TOO_OFTEN)
        return None
    row.attempt += 1
    row.status = Status.SOLVING_ACTIVE
    row.started_at = row.heartbeat_at = at
    row.beat = 0
    row.worker = worker
    row.objective = row.unassigned = None
    return row.attempt


def progress(
    store: Store, key: RunKey, attempt: int, at: datetime, objective: int, unassigned: int
) -> bool:
    """Note what the search has reached; False when the attempt is no longer the run's."""
    with store.writing() as session:
        row = held_run(session, key, lock=True)
        if not _is_current(row, attempt):
            return False
        row.objective, row.unassigned, row.heartbeat_at = objective, unassigned, at
        return True


def keep(
    store: Store, key: RunKey, attempt: int, at: datetime, document: PlanDocumentSchema
) -> bool:
    """Keep `document` as the best plan so far; False as for :func:`progress`."""
    with store.writing() as session:
        row = held_run(session, key, lock=True)
        if not _is_current(row, attempt):
            return False
        run_rows.keep_document(row, document)
        row.heartbeat_at = at
        return True


def end(
    store: Store,
    key: RunKey,
    attempt: int,
    at: datetime,
    fault: Finding | None,
    no_plan: Finding,
) -> bool:
    """
    End a run: failed by its `fault`, else completed with its plan, else for want of one.

    Parameters
    ----------
    attempt
        0 ends a run that was never begun.
    no_plan
        Why there is none, when there is none.

    Returns
    -------
    bool
        False as for :func:`progress`.
    """
    with store.writing() as session:
        row = held_run(session, key, lock=True)
        if not _is_current(row, attempt):
            return False
        if fault is not None:
            run_rows.end_row(row, Status.SOLVING_FAILED, at, fault)
        else:
            end_row_as_it_stands(row, at, no_plan)
        return True


def end_row_as_it_stands(row: RunRow, at: datetime, no_plan: Finding) -> None:
    """Completed with its plan, else incomplete because of `no_plan`."""
    if row.output_json is not None:
        run_rows.end_row(row, Status.SOLVING_COMPLETED, at, None)
    else:
        run_rows.end_row(row, Status.SOLVING_INCOMPLETE, at, no_plan)


def queue(store: Store, now: datetime) -> Queue:
    """How much there is to plan, of all municipalities, at `now`."""
    with scoped(WORKERS), store.reading() as session:
        counted = dict(
            session.exec(
                select(RunRow.status, func.count())
                .where(col(RunRow.status).in_(OPEN))
                .group_by(col(RunRow.status))
            ).all()
        )
        first = session.exec(
            select(func.min(RunRow.submitted_at)).where(
                col(RunRow.status) == Status.SOLVING_SCHEDULED
            )
        ).one()
    return Queue(
        waiting=counted.get(Status.SOLVING_SCHEDULED, 0),
        running=counted.get(Status.SOLVING_ACTIVE, 0),
        oldest=None if first is None else now - first,
    )


def metadata(
    store: Store, key: RunKey, within: Reach | None = None, act: Act | None = None
) -> MetadataSchema:
    """
    What the run is and how far it has come; NotFound when there is none `within` reach.

    Parameters
    ----------
    act
        Who asks: advice on persons of whom they may not know is left out, and whoever else it names
        is logged. Without one nothing is left out or logged.
    """

    def read(session: Session, shown: Look) -> MetadataSchema:
        return metadata_told(within_reach(session, key, within), shown)

    return look(store, act, read)


def plan_document(
    store: Store, key: RunKey, within: Reach | None = None, act: Act | None = None
) -> PlanDocumentSchema:
    """
    The best plan so far with its metadata; NotFound when there is no run `within` reach.

    Parameters
    ----------
    act
        Who asks: whoever they may not know of is left out (:mod:`api.documents.withheld`).
    """

    def read(session: Session, shown: Look) -> PlanDocumentSchema:
        return document_told(within_reach(session, key, within), shown)

    return look(store, act, read)


def plan_to_be_near(store: Store, key: RunKey) -> bytes | None:
    """The plan document that the run is planned near to; None when there is none."""
    with store.reading() as session:
        found = held_run(session, key).near_json
        return None if found is None else found.encode()


def planning_document(store: Store, key: RunKey, within: Reach | None = None) -> bytes:
    """The day to plan, as it was stored; NotFound when there is no run `within` reach."""
    with store.reading() as session:
        return within_reach(session, key, within).input_json.encode()


def within_reach(session: Session, key: RunKey, within: Reach | None) -> RunRow:
    """The row of a run; one beyond reach is refused as one that does not exist."""
    row = held_run(session, key)
    if within is not None and not within.covers(unit=row.unit_id, maker=row.submitted_by):
        raise not_found("day-plans", key.id)
    return row


def _is_current(row: RunRow, attempt: int) -> bool:
    return row.attempt == attempt and not Status(row.status).final
