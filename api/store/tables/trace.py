"""What came in from outside, and who did what: append-only."""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from api.store.moments import Moment
from api.store.tables.base import OfMunicipality, belongs


class IntakeRow(OfMunicipality, table=True):
    """A document whose decisions were registered, by the sender's own key of the request."""

    __tablename__ = "intake"
    __table_args__ = (
        belongs(),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("decisions >= 1", name="decisions"),
    )

    key: str = Field(primary_key=True)
    sha256: str
    decisions: int
    received_at: datetime = Field(sa_type=Moment)
    received_by: str


class AuditRow(OfMunicipality, table=True):
    """One act, bound to the one before it by its hash; see :mod:`api.store.audit`."""

    __tablename__ = "audit"
    __table_args__ = (
        belongs(),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hash"),
        Index(None, "municipality_id", "subject_kind", "subject_id"),
    )

    number: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=Moment)
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    details_json: str
    previous_hash: str
    hash: str


class AuditHeadRow(OfMunicipality, table=True):
    """The last act of a municipality: what a writing transaction locks first."""

    __tablename__ = "audit_head"
    __table_args__ = (
        belongs(),
        CheckConstraint("number >= 0", name="number"),
        CheckConstraint("length(hash) = 64", name="hash"),
    )

    number: int = Field(sa_type=BigInteger)
    hash: str
