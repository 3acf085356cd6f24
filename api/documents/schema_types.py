"""
What every schema of the documents is built of: a strict base and the written forms of time.

A field that the schema does not name is refused, and no value is converted silently: ``"25"`` is
not a number and ``1`` is not a yes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from api.documents.iso8601 import (
    format_duration,
    format_time,
    parse_day,
    parse_duration,
    parse_time,
)
from api.documents.schema_faults import FROM_DOCUMENT, is_id
from scheduler.care.units import SECONDS_PER_MINUTE


class Schema(BaseModel):
    """Base of all schemas: camelCase outside, snake_case inside, nothing unknown, nothing lax."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
    )


class FailAtFirst(FailFast):
    """Tells the first fault of a list only; hashable, as ``Point | None`` needs on Python 3.11."""

    __hash__ = object.__hash__


def _reader(parse: Callable[[str], Any], target: type, code: str, form: str) -> BeforeValidator:
    """Reads texts by `parse`; outside a document our own records pass as the `target` type."""

    def read(value: object, info: ValidationInfo) -> object:
        if info.context is not FROM_DOCUMENT and isinstance(value, target):
            return value
        try:
            if isinstance(value, str):
                return parse(value)
        except ValueError:
            pass
        raise PydanticCustomError(code, form)

    return BeforeValidator(read)


def _whole(unit_s: int) -> Callable[[str], int]:
    """Reads a duration that is a whole multiple of `unit_s` seconds, as that multiple."""

    def parse(text: str) -> int:
        count, rest = divmod(parse_duration(text), unit_s)
        if rest:
            raise ValueError("not whole")
        return int(count)

    return parse


def _known_id(value: str) -> str:
    if not is_id(value):
        raise PydanticCustomError("NOT_AN_ID", "1 to 100 printable characters")
    return value


def _duration_schema(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": "duration", "examples": [example]})


Id = Annotated[str, AfterValidator(_known_id), Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=1000)]
# Wide enough for what validation explains, too narrow for a personal number, which it would show.
SmallNumber = Annotated[int, Field(ge=-1000, le=1000)]
Ids = Annotated[list[Id], FailAtFirst()]

HoursApart = Annotated[int, Field(ge=1, le=336)]

Moment = Annotated[
    datetime,
    _reader(parse_time, datetime, "NOT_A_TIME", "a time with offset"),
    PlainSerializer(format_time),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-03-04T07:30:00+01:00"]}
    ),
]
CalendarDay = Annotated[
    date,
    _reader(parse_day, date, "NOT_A_DAY", "a day"),
    PlainSerializer(date.isoformat),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-04"]}),
]
Minutes = Annotated[
    int,
    _reader(_whole(SECONDS_PER_MINUTE), int, "NOT_A_DURATION", "a duration of whole minutes"),
    PlainSerializer(lambda minutes: format_duration(minutes * SECONDS_PER_MINUTE)),
    _duration_schema("PT25M"),
]
Seconds = Annotated[
    int,
    _reader(_whole(1), int, "NOT_A_DURATION", "a duration of whole seconds"),
    PlainSerializer(format_duration),
    _duration_schema("PT4M30S"),
]
Span = Annotated[
    Decimal,
    _reader(parse_duration, Decimal, "NOT_A_DURATION", "a duration"),
    PlainSerializer(format_duration),
    _duration_schema("PT30S"),
]
Point = Annotated[
    list[float],
    Field(min_length=2, max_length=2, examples=[[56.03, 14.15]]),
    FailAtFirst(),
]
