"""The JSON Schema of each document that is read from files, for whoever writes them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.documents.budgets import BudgetSchema
from api.documents.decision_schemas import DecisionSchema
from api.documents.plan_schemas import PlanDocumentSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.purses import PursesSchema

# Name on the command line -> schema.
DOCUMENTS: dict[str, type[BaseModel]] = {
    "input": EnvelopeSchema,
    "plan": PlanDocumentSchema,
    "decision": DecisionSchema,
    "purses": PursesSchema,
    "budget": BudgetSchema,
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(name: str) -> dict[str, Any]:
    """
    The schema of one of DOCUMENTS.

    What holds between fields, such as an end after a start, no schema says: the reader does.
    """
    schema = DOCUMENTS[name].model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **schema}
