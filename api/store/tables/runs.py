"""Runs: days to plan, how far each has come, and the best plan so far."""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from api.documents.plan_schemas import Status
from api.store.moments import Moment
from api.store.tables.base import OfMunicipality, belongs, one_of, quoted, refers

FINAL = quoted(status for status in Status if status.final)


class RunRow(OfMunicipality, table=True):
    """
    A day to plan: one of several of a `batch_id` where all units are planned, and near to
    `near_json` where it was patched from `parent_id`.

    `attempt` counts how often it was begun, `worker` and `heartbeat_at` tell by whom, and when it
    was last heard of; `beat` counts its signs of life, `stop_asked_at` tells it to stop.
    `request_key` is its sender's name of the request, which it is one of several of by
    `request_place`; `request_digest` tells under `request_salt` what the request said.
    """

    __tablename__ = "run"
    __table_args__ = (
        belongs(),
        one_of("status", Status),
        CheckConstraint(f"(status IN ({FINAL})) = (ended_at IS NOT NULL)", name="ended_when_final"),
        CheckConstraint("(attempt = 0) = (started_at IS NULL)", name="started"),
        CheckConstraint("limit_ms > 0", name="limit"),
        CheckConstraint("attempt >= 0", name="attempt"),
        CheckConstraint("batch_id IS NULL OR unit_id IS NOT NULL", name="batch"),
        refers("unit", "unit_id", to=("id",)),
        Index(None, "municipality_id", "batch_id"),
        Index(None, "municipality_id", "submitted_by", "request_key", "request_place", unique=True),
    )

    id: str = Field(primary_key=True)
    name: str | None = None
    batch_id: str | None = None
    unit_id: str | None = None
    day: date
    parent_id: str | None = None
    origin_id: str | None = None
    status: str = Field(index=True)
    submitted_at: datetime = Field(sa_type=Moment)
    submitted_by: str
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    attempt: int = 0
    worker: str | None = None
    heartbeat_at: datetime | None = Field(default=None, sa_type=Moment)
    beat: int | None = Field(default=None, sa_type=BigInteger)
    stop_asked_at: datetime | None = Field(default=None, sa_type=Moment)
    seed: int
    limit_ms: int
    objective: int | None = Field(default=None, sa_type=BigInteger)
    unassigned: int | None = None
    input_json: str
    near_json: str | None = None
    metrics_json: str
    output_json: str | None = None
    findings_json: str = "[]"
    request_key: str | None = None
    request_place: int | None = None
    request_salt: str | None = None
    request_digest: str | None = None
