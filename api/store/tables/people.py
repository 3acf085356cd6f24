"""Municipality, units, providers, and recipients by a key that tells nothing."""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import datetime

from sqlmodel import Field

from api.store.moments import Moment
from api.store.tables.base import Base, OfMunicipality, belongs, one_of
from scheduler.care.model import ProviderKind


class MunicipalityRow(Base, table=True):
    """A municipality."""

    __tablename__ = "municipality"

    id: str = Field(primary_key=True)
    name: str


class UnitRow(OfMunicipality, table=True):
    """A home-care unit."""

    __tablename__ = "unit"
    __table_args__ = (belongs(),)

    id: str = Field(primary_key=True)
    name: str


class ProviderRow(OfMunicipality, table=True):
    """A provider that a person may choose; its kind never changes."""

    __tablename__ = "provider"
    __table_args__ = (belongs(), one_of("kind", ProviderKind))

    id: str = Field(primary_key=True)
    kind: str


class RecipientRow(OfMunicipality, table=True):
    """A person with a decision, by a pseudonymous key; no name and no identity number."""

    __tablename__ = "recipient"
    __table_args__ = (belongs(),)

    id: str = Field(primary_key=True)
    registered_at: datetime = Field(sa_type=Moment)
