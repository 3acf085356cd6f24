"""Documents as the client's models."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel

from api.documents.schema_faults import FROM_DOCUMENT

Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], example: Any) -> Model:
    """An example read as the service reads it."""
    return model.model_validate_json(json.dumps(example), context=FROM_DOCUMENT)
