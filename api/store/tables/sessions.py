"""Logins of people with a browser, until they end."""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from api.store.moments import Moment
from api.store.tables.base import Base


class SessionRow(Base, table=True):
    """
    A login, found by the hash of what the browser keeps.

    Its municipality need not be set up yet: whoever does so has logged in before.
    """

    __tablename__ = "login_session"
    __table_args__ = (
        CheckConstraint("length(id_sha256) = 64", name="sha256"),
        CheckConstraint("started_at <= used_at AND used_at <= ends_at", name="order"),
    )

    id_sha256: str = Field(primary_key=True)
    municipality_id: str
    user_id: str
    caller_json: str
    csrf_token: str
    started_at: datetime = Field(sa_type=Moment)
    used_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment, index=True)
