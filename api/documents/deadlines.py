"""Deadlines of needs assessment as a document."""

from __future__ import annotations

from api.documents.schema_types import CalendarDay, Id, Schema, Text


class DeadlineSchema(Schema):
    """
    One thing that is due, or waits.

    ``days`` is how long until ``due``, below 0 when it has passed; of QUEUED, INTERRUPTION_OPEN and
    NO_PROVIDER how long it has lasted since ``due``.
    """

    kind: Text
    decision_id: Id
    provider: Id
    unit: Id
    due: CalendarDay
    days: int
    text: Text


class DeadlinesSchema(Schema):
    """Everything that is due until ``until``, and every wait; the most urgent first."""

    today: CalendarDay
    until: CalendarDay
    deadlines: list[DeadlineSchema]
