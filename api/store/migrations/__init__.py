"""Alembic's migrations of the store; run by :mod:`api.store.migrate`, never by hand."""
