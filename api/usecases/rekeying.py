"""
Changing keys: bringing every identity to the newest ones, a few at a time.

Each step is a transaction of its own with its entries in the log, so a run that is killed has lost
at most its last step, and is simply started again. The service goes on beside it; it needs both
keys until the end.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from api.store.audit import Act, append, lock
from api.store.engine import Store
from api.store.person_keys import PersonKeys
from api.store.person_rows import reseal
from api.store.tables import PersonRow

STEP = 100


def rotate(store: Store, act: Act, keys: PersonKeys, *, step: int = STEP) -> int:
    """
    Encrypt and hash everything of the act's municipality under the newest keys.

    Parameters
    ----------
    step
        Persons in one transaction, at least 1.

    Returns
    -------
    int
        How many were changed; 0 when all had the newest keys.

    Raises
    ------
    Sealed
        When a row needs a key that is not given, or does not open; earlier steps stay.
    NotFound
        When the municipality is not set up.
    """
    changed = 0
    while done := rotate_some(store, act, keys, step):
        changed += done
    return changed


def rotate_some(store: Store, act: Act, keys: PersonKeys, step: int) -> int:
    """One step of :func:`rotate`, in one transaction; how many it changed."""
    with store.writing() as session:
        head = lock(session, act.municipality)
        rows = _older(session, act.municipality, keys, step)
        append(session, head, act, [reseal(session, keys, row) for row in rows])
        return len(rows)


def _older(session: Session, municipality: str, keys: PersonKeys, step: int) -> list[PersonRow]:
    """Rows of older keys; who has no number has no search key either."""
    query = (
        select(PersonRow)
        .where(PersonRow.municipality_id == municipality)
        .where(
            (col(PersonRow.key_id) != keys.sealing.newest)
            | (col(PersonRow.index_key_id) != keys.indexing.newest)
        )
        .order_by(col(PersonRow.recipient_id))
        .limit(step)
    )
    return list(session.exec(query))
