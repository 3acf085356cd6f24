"""Answers about the log of acts."""

from __future__ import annotations

from api.documents.schema_types import Moment, Schema


class LoggedActSchema(Schema):
    """Who did what, when, and to what; ``details`` are versions and counts, never digests."""

    number: int
    at: Moment
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, str | int]


class LoggedActsSchema(Schema):
    """Acts, the latest first; ``next`` is what the following page asks for as ``before``."""

    acts: list[LoggedActSchema]
    next: int | None = None
