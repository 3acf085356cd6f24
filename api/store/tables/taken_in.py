"""What the tables of files that were taken in share: who sent what by which key, and counts."""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from api.store.moments import Moment
from api.store.tables.base import OfMunicipality


class TakenIn(OfMunicipality):
    """A file by its sender's own key; no sender is the municipality."""

    sender: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    sha256: str
    rows_sha256: str
    corrects: bool
    added: int
    corrected: int
    unchanged: int
    received_at: datetime = Field(sa_type=Moment)
    received_by: str


def counted() -> tuple[CheckConstraint, ...]:
    """What holds of each such row by itself."""
    return (
        CheckConstraint("length(sha256) = 64 AND length(rows_sha256) = 64", name="sha256"),
        CheckConstraint(
            "added >= 0 AND corrected >= 0 AND unchanged >= 0 "
            "AND added + corrected + unchanged >= 1",
            name="counts",
        ),
        CheckConstraint("corrects OR corrected = 0", name="corrects"),
    )
