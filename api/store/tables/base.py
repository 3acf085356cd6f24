"""
What all tables share: their own metadata, names of constraints, and keys by municipality.

The metadata is not SQLModel's own: there the tables of the present server stand.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(constraint_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
REGISTRY = registry(metadata=METADATA)


class Base(SQLModel, registry=REGISTRY):
    """A table of the store."""


class OfMunicipality(Base):
    """A table whose rows belong to one municipality."""

    municipality_id: str = Field(primary_key=True)


def one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    """`column` holds one of the codes of `kinds`."""
    return CheckConstraint(f"{column} IN ({quoted(kinds)})", name=column)


def quoted(codes: Iterable[str]) -> str:
    """Codes as a list in SQL."""
    return ", ".join(f"'{code}'" for code in codes)


def belongs() -> ForeignKeyConstraint:
    """The row's municipality exists."""
    return ForeignKeyConstraint(["municipality_id"], ["municipality.id"])


def refers(table: str, *columns: str, to: tuple[str, ...] | None = None) -> ForeignKeyConstraint:
    """
    A foreign key within the municipality.

    Parameters
    ----------
    columns
        Beside the municipality's.
    to
        Their names in `table`; None means the same ones.
    """
    own, others = ("municipality_id", *columns), ("municipality_id", *(to or columns))
    return ForeignKeyConstraint(own, [f"{table}.{name}" for name in others])
