"""
What of the stored a caller may see, as part of the query: rows beyond reach are never read.

None stands for the program itself, which reads everything of a municipality.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, or_, true
from sqlmodel import Session, col, select

from api.access.policy import Reach
from api.refusals import not_found
from api.store.tables import DecisionRow, PlacementRow


def placed_within(within: Reach | None) -> ColumnElement[bool]:
    """Whether a decision, as it holds, is placed in a unit or with a provider within reach."""
    if within is None or within.everything:
        return true()
    reached: list[ColumnElement[bool]] = [false()]
    if within.every_unit:
        reached.append(true())
    if within.units:
        reached.append(col(PlacementRow.unit_id).in_(within.units))
    if within.provider is not None:
        reached.append(col(PlacementRow.provider_id) == within.provider)
    return exists().where(
        col(PlacementRow.municipality_id) == col(DecisionRow.municipality_id),
        col(PlacementRow.decision_id) == col(DecisionRow.id),
        col(PlacementRow.revision) == col(DecisionRow.version),
        or_(*reached),
    )


def require_placed(
    session: Session, municipality: str, decision_id: str, within: Reach | None
) -> None:
    """Refuse a decision beyond reach with NotFound, as one that does not exist."""
    if within is None or within.everything:
        # Whoever asks goes on to read the row, which is at hand then.
        if session.get(DecisionRow, (municipality, decision_id)) is None:
            raise not_found("decisions", decision_id)
        return
    query = (
        select(DecisionRow.id)
        .where(DecisionRow.municipality_id == municipality)
        .where(DecisionRow.id == decision_id)
        .where(placed_within(within))
    )
    if session.exec(query).first() is None:
        raise not_found("decisions", decision_id)
