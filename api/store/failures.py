"""
What a database that fails in the middle of a transaction means to whoever asked for it.

Three ends: nothing was stored and the same request may succeed later; nothing was stored and
somebody has to make room; the answer to the commit was lost, so that nobody here knows. Only the
last one must not be told as a failure: what is believed to have failed is done twice.

Sources: PostgreSQL 18, appendix A (error codes); SQLite, "Result and Error Codes".
"""

from __future__ import annotations

from sqlalchemy import exc

from api.refusals import Away, Busy, Full, Unsure
from api.store.address import Address
from scheduler.care.errors import CareError, Finding

# Codes of PostgreSQL and names of SQLite, by how they begin; "deadlock" is of two that both waited.
_WAITED = ("55P03", "40001", "40P01", "SQLITE_BUSY", "SQLITE_LOCKED")
_FULL = ("53100", "SQLITE_FULL")
# Lost in the middle, shut down, crashed, starting; files that cannot be read or written.
_AWAY = ("08", "57P", "58030", "53300", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")


def failure(
    address: Address,
    error: exc.DBAPIError | exc.TimeoutError,
    *,
    committing: bool = False,
    committed: bool = False,
) -> CareError | None:
    """
    The refusal that `error` means.

    Parameters
    ----------
    committing
        Whether the commit was under way: what had failed before it has stored nothing.
    committed
        Whether the same request has committed something before.

    Returns
    -------
    CareError or None
        None when it is no failure of the database but a fault of the program.
    """
    refusal = _refusal(address, error, committing=committing)
    return Unsure(_unsure(address)) if refusal is not None and committed else refusal


def _refusal(
    address: Address, error: exc.DBAPIError | exc.TimeoutError, *, committing: bool
) -> CareError | None:
    """What it means for its own transaction."""
    if isinstance(error, exc.TimeoutError):
        return Busy(_busy(address))
    code = _code(error)
    if code.startswith(_WAITED):
        return Busy(_busy(address))
    if code.startswith(_FULL):
        return Full(_full(address))
    # PostgreSQL could not say a word: no connection was made, or it ended in the middle.
    silent = isinstance(error, exc.OperationalError) and not code
    if not (silent or error.connection_invalidated or code.startswith(_AWAY)):
        return None
    return Unsure(_unsure(address)) if committing else Away(_away(address))


def _code(error: exc.DBAPIError) -> str:
    """PostgreSQL's code or SQLite's name; empty when the connection broke without a word."""
    told = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return str(told or "")


def _busy(address: Address) -> Finding:
    return Finding(
        "DATABASE_BUSY",
        address.name,
        "its turn to write",
        "others that write for too long",
        "Försök igen om en stund.",
    )


def _full(address: Address) -> Finding:
    return Finding(
        "DISK_FULL",
        address.name,
        "room on the database's disk",
        "none",
        "Be den som sköter driften att göra plats, och försök sedan igen.",
    )


def _away(address: Address) -> Finding:
    return Finding(
        "DATABASE_AWAY",
        address.name,
        "a database that answers",
        "none, or one that was lost on the way",
        "Försök igen om en stund.",
    )


def _unsure(address: Address) -> Finding:
    return Finding(
        "OUTCOME_UNKNOWN",
        address.name,
        "the database's answer that all is stored",
        "a database that was lost just then",
        "Det kan ha sparats. Läs om innan du gör om ändringen; en begäran med Idempotency-Key kan "
        "skickas igen som den är.",
    )
