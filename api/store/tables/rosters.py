"""Who works when: the staff of a unit's day, each change as a revision."""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from api.store.moments import Moment
from api.store.tables.base import refers
from api.store.tables.plans import OfUnit


class RosterRow(OfUnit, table=True):
    """The staff of a day as a document; the highest number holds."""

    __tablename__ = "roster"
    __table_args__ = (
        refers("unit", "unit_id", to=("id",)),
        CheckConstraint("number >= 1", name="number"),
    )

    number: int = Field(primary_key=True)
    roster_json: str
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
