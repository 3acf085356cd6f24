"""Where Alembic starts: on the connection that :mod:`api.store.migrate` has opened and begun."""

from __future__ import annotations

from alembic import context

from api.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
