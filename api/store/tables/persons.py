"""
Who a recipient is, encrypted; who is protected, and who may see them; who has read; who is erased.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from api.store.moments import Moment
from api.store.person_records import AccessKind, Grantee, ProtectionKind
from api.store.tables.base import OfMunicipality, belongs, one_of, refers


class OfRecipient(OfMunicipality):
    """A table whose rows belong to one recipient."""

    recipient_id: str = Field(primary_key=True)


class PersonRow(OfRecipient, table=True):
    """Name and identity number of a recipient, sealed; see :mod:`api.store.sealing`."""

    __tablename__ = "person"
    __table_args__ = (
        refers("recipient", "recipient_id", to=("id",)),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("length(sealed) > 28", name="sealed"),
        CheckConstraint("number_hash IS NULL OR length(number_hash) = 64", name="number_hash"),
        CheckConstraint("(number_hash IS NULL) = (index_key_id IS NULL)", name="index_key"),
        # Not unique: a refusal would tell that a hidden person has the number.
        Index(None, "municipality_id", "number_hash"),
    )

    version: int
    key_id: str
    sealed: bytes
    index_key_id: str | None = None
    number_hash: str | None = None
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class ProtectionRow(OfRecipient, table=True):
    """A marking of a protected identity (skyddade personuppgifter); in force until it is ended."""

    __tablename__ = "protection"
    __table_args__ = (
        refers("recipient", "recipient_id", to=("id",)),
        CheckConstraint("number >= 1", name="number"),
        one_of("kind", ProtectionKind),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by"),
        Index(
            "ix_protection_in_force",
            "municipality_id",
            "recipient_id",
            "kind",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    number: int = Field(primary_key=True)
    kind: str
    valid_from: date
    marked_at: datetime = Field(sa_type=Moment)
    marked_by: str
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_by: str | None = None


class GrantRow(OfRecipient, table=True):
    """Leave to see one protected person, for a user or a role, with reason and end."""

    __tablename__ = "person_grant"
    __table_args__ = (
        refers("recipient", "recipient_id", to=("id",)),
        CheckConstraint("number >= 1", name="number"),
        one_of("grantee_kind", Grantee),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("ends_at > granted_at", name="ends_at"),
        CheckConstraint("NOT emergency OR grantee_kind = 'USER'", name="emergency"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by"),
    )

    number: int = Field(primary_key=True)
    grantee_kind: str
    grantee: str
    reason: str
    emergency: bool
    granted_at: datetime = Field(sa_type=Moment)
    granted_by: str
    ends_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_by: str | None = None


class ErasureRow(OfRecipient, table=True):
    """A recipient whose identity and home are erased: for ever, also when an old file comes."""

    __tablename__ = "erasure"
    __table_args__ = (refers("recipient", "recipient_id", to=("id",)),)

    erased_at: datetime = Field(sa_type=Moment)
    erased_by: str


class PlanErasureRow(OfMunicipality, table=True):
    """An erased recipient who was taken out of the documents of one plan."""

    __tablename__ = "plan_erasure"
    __table_args__ = (
        refers("plan_revision", "unit_id", "day", "revision", to=("unit_id", "day", "number")),
        refers("erasure", "recipient_id"),
    )

    unit_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    recipient_id: str = Field(primary_key=True)


class AccessRow(OfMunicipality, table=True):
    """One reading of one person's record, chained; see :mod:`api.store.access_log`."""

    __tablename__ = "access_log"
    __table_args__ = (
        refers("recipient", "recipient_id", to=("id",)),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hash"),
        one_of("kind", AccessKind),
        Index(None, "municipality_id", "recipient_id", "number"),
        Index(None, "municipality_id", "at"),
    )

    number: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=Moment)
    actor: str
    unit: str
    kind: str
    recipient_id: str
    reason: str
    case_id: str | None = None
    protected: bool
    emergency: bool
    previous_hash: str
    hash: str


class AccessHeadRow(OfMunicipality, table=True):
    """The last reading of a municipality, and the first that is still kept."""

    __tablename__ = "access_head"
    __table_args__ = (
        belongs(),
        CheckConstraint("number >= 0", name="number"),
        CheckConstraint("kept_from BETWEEN 1 AND number + 1", name="kept_from"),
        CheckConstraint("length(hash) = 64 AND length(kept_after) = 64", name="hash"),
    )

    number: int = Field(sa_type=BigInteger)
    hash: str
    kept_from: int = Field(sa_type=BigInteger)
    kept_after: str
