"""Bodies of follow-up and budget."""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.documents.budgets import BudgetSchema
from api.documents.purses import CountingSchema
from api.documents.schema_types import Id, Ids
from api.server.finance_schemas import Month


class FollowUpRequestSchema(CountingSchema):
    """
    Which months are followed up, in a row, and whose.

    ``without``: services that do not count for continuity, such as alarms. ``priceList``: name of
    the approved price list for the hour cost; the only one in force by default.
    """

    months: Annotated[list[Month], Field(min_length=1, max_length=12)]
    provider: Id | None = None
    without: Ids = []
    price_list: Id | None = None


class BudgetRequestSchema(CountingSchema):
    """
    The year, and the last month of it that closed settlements say was executed.

    What ``budget`` states of a month goes before what is settled.
    """

    budget: BudgetSchema
    executed_until: Month | None = None
