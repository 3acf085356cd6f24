"""
What a database server must promise before the service writes to it.

A PostgreSQL with one of these settings off answers a commit that a power cut takes back, or breaks
its files: decisions and payments that somebody was told were stored would be gone.

Source: PostgreSQL 18 documentation, 19.5 Write Ahead Log.
"""

from __future__ import annotations

from sqlalchemy import text

from api.store.engine import Store
from scheduler.care.errors import Finding, InvalidInput

# Setting -> why it must not be off.
NEEDED = ("fsync", "full_page_writes", "synchronous_commit")


def require_durable(store: Store) -> None:
    """
    Refuse a PostgreSQL that may lose what it has acknowledged; SQLite is set up by ourselves.

    Raises
    ------
    InvalidInput
        One finding per setting that is off; DATABASE when it cannot be reached.
    """
    if store.address.is_sqlite:
        return
    store.require()
    with store.reading() as session:
        connection = session.connection()
        found = {
            name: str(connection.execute(text(f"SHOW {name}")).scalar_one())  # a constant
            for name in NEEDED
        }
    findings = [
        Finding(
            "NOT_DURABLE",
            store.address.name,
            f"{name} on",
            "off",
            f"Sätt {name} = on i PostgreSQL:s inställningar och starta om databasen.",
        )
        for name, value in found.items()
        if value == "off"
    ]
    if findings:
        raise InvalidInput(findings)
