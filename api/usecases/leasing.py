"""
Runs among workers: who has which, whether he lives, and who takes over.

A worker *claims* a run by beginning its next attempt. While it solves, it counts the run's *beat*
up; one whose beat others have seen stand still for long enough is given up, and the next attempt is
begun by whoever saw it. Every write names the attempt, so that a worker which was only slow can
change nothing any more, whatever it still believes.

No clock decides: neither this machine's, nor another's, nor the database's may be set, and a lease
by time would then be stolen or never end. What counts is that a number stood still while somebody
looked (as Kubernetes elects its leaders).

Delivery is at least once and the effect is once: a run has one row, one attempt at a time, and one
end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from api.documents.plan_schemas import Status
from api.store.engine import Store
from api.store.records import RunKey
from api.store.run_rows import held_run
from api.store.tables import RunRow
from api.usecases.running import begin_row, end_row_as_it_stands
from scheduler.care.errors import Finding


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that its worker may write to as long as `attempt` is the run's."""

    key: RunKey
    attempt: int


@dataclass(frozen=True, slots=True)
class Sign:
    """The last sign of life of a run's worker."""

    attempt: int
    beat: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a worker learns of its run: whether it still has it, and whether it is to stop."""

    held: bool
    stop: bool


def claim(store: Store, worker: str, at: datetime, no_plan: Finding) -> Claim | None:
    """
    Begin the run that has waited longest, of all municipalities; None when none waits.

    Two that claim at the same time get different runs.
    """
    waiting = (
        select(RunRow)
        .where(col(RunRow.status) == Status.SOLVING_SCHEDULED)
        .order_by(col(RunRow.submitted_at), col(RunRow.id))
        .limit(1)
    )
    with store.reading() as session:
        # Most looks find nothing; on SQLite a writer would be in everybody's way.
        if not _any_waits(session):
            return None
    with store.writing() as session:
        row = session.exec(waiting.with_for_update(skip_locked=True)).first()
        return None if row is None else _begun(row, worker, at, no_plan)


def signs(store: Store) -> dict[RunKey, Sign]:
    """Every run that a worker has, with its last sign of life."""
    query = select(RunRow.municipality_id, RunRow.id, RunRow.attempt, RunRow.beat).where(
        col(RunRow.status) == Status.SOLVING_ACTIVE
    )
    with store.reading() as session:
        return {
            RunKey(municipality, run): Sign(attempt, beat or 0)
            for municipality, run, attempt, beat in session.exec(query)
        }


def take_over(
    store: Store, key: RunKey, seen: Sign, worker: str, at: datetime, no_plan: Finding
) -> Claim | None:
    """
    Begin the next attempt of a run whose worker has given no sign since `seen`.

    None when it has given one after all, somebody else was faster, or the run ends here because it
    was tried too often or is to stop.
    """
    with store.writing() as session:
        row = held_run(session, key, lock=True)
        is_left = row.status == Status.SOLVING_ACTIVE and seen == Sign(row.attempt, row.beat or 0)
        return _begun(row, worker, at, no_plan) if is_left else None


def beat(store: Store, held: Claim, at: datetime) -> bool:
    """Give a sign of life; False when the run is no longer held."""
    with store.writing() as session:
        row = held_run(session, held.key, lock=True)
        if not _holds(row, held):
            return False
        row.beat, row.heartbeat_at = (row.beat or 0) + 1, at
        return True


def standing(store: Store, held: Claim) -> Standing:
    """Whether the run is still held, and whether it is to stop; cheap enough to ask often."""
    with store.reading() as session:
        row = _brief(session, held.key)
        return Standing(
            held=row is not None and row[:2] == (Status.SOLVING_ACTIVE, held.attempt),
            stop=row is not None and row[2] is not None,
        )


def ask_to_stop(store: Store, key: RunKey, at: datetime, no_plan: Finding) -> bool:
    """
    Let a run end with its best plan so far: at once when nobody has it, else by its worker.

    Returns
    -------
    bool
        Whether it is final now.

    Raises
    ------
    NotFound
        When there is no such run.
    """
    with store.writing() as session:
        row = held_run(session, key, lock=True)
        status = Status(row.status)
        if status is Status.SOLVING_SCHEDULED:
            end_row_as_it_stands(row, at, no_plan)
        elif not status.final and row.stop_asked_at is None:
            row.stop_asked_at = at
        return Status(row.status).final


class Watch:
    """
    Tells which workers are gone, from looks that are evenly apart.

    A look that failed says nothing about anybody, and all counting begins anew after it: when the
    database was away, everybody's beat stood still.

    Parameters
    ----------
    looks
        So many in a row must have found the same sign; >= 1.
    """

    def __init__(self, looks: int) -> None:
        self._looks = looks
        self._seen: dict[RunKey, tuple[Sign, int]] = {}

    def look(self, read: Callable[[], Mapping[RunKey, Sign]]) -> dict[RunKey, Sign]:
        """The runs whose sign has stood still; what `read` raises is passed on."""
        try:
            found = read()
        except BaseException:
            self._seen.clear()
            raise
        self._seen = {
            key: (sign, self._seen[key][1] + 1 if self._unchanged(key, sign) else 0)
            for key, sign in found.items()
        }
        return {key: sign for key, (sign, count) in self._seen.items() if count >= self._looks}

    def _unchanged(self, key: RunKey, sign: Sign) -> bool:
        return key in self._seen and self._seen[key][0] == sign


def _begun(row: RunRow, worker: str, at: datetime, no_plan: Finding) -> Claim | None:
    if row.stop_asked_at is not None:
        end_row_as_it_stands(row, at, no_plan)
        return None
    attempt = begin_row(row, worker, at)
    return None if attempt is None else Claim(RunKey(row.municipality_id, row.id), attempt)


def _any_waits(session: Session) -> bool:
    query = select(RunRow.id).where(col(RunRow.status) == Status.SOLVING_SCHEDULED).limit(1)
    return session.exec(query).first() is not None


def _holds(row: RunRow, held: Claim) -> bool:
    return row.status == Status.SOLVING_ACTIVE and row.attempt == held.attempt


def _brief(session: Session, key: RunKey) -> tuple[str, int, datetime | None] | None:
    query = (
        select(RunRow.status, RunRow.attempt, RunRow.stop_asked_at)
        .where(RunRow.municipality_id == key.municipality)
        .where(RunRow.id == key.id)
    )
    found = session.exec(query).one_or_none()
    return None if found is None else (found[0], found[1], found[2])
