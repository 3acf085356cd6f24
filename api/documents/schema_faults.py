"""
From a schema's errors to findings: every fault with its place, and no value echoed.

Promises: each error of a document gives one finding; what was found is told by its kind (a text of
12 characters, a number, nothing), never by its content, which may be a name or a personal number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from api.documents.strict_json import join_path
from scheduler.care.errors import Finding

Model = TypeVar("Model", bound=BaseModel)

# Larger numbers may be personal numbers or telephone numbers and are not told.
SMALL_NUMBER = 1_000_000

# Beyond this it is another kind of document, and telling each fault would exhaust the memory.
MAX_FAULTS = 10_000

# Characters of an id, so many as a finding or a column can take.
MAX_ID = 100

# Tells a schema's readers that every time and duration must be in its written form.
FROM_DOCUMENT = "document"

_CODES = {
    "missing": "MISSING_FIELD",
    "extra_forbidden": "UNKNOWN_FIELD",
    "greater_than": "OUT_OF_RANGE",
    "greater_than_equal": "OUT_OF_RANGE",
    "less_than": "OUT_OF_RANGE",
    "less_than_equal": "OUT_OF_RANGE",
    "finite_number": "OUT_OF_RANGE",
    "too_long": "WRONG_NUMBER_OF_ITEMS",
    "too_short": "WRONG_NUMBER_OF_ITEMS",
    "string_pattern_mismatch": "WRONG_FORM",
    "string_too_long": "WRONG_FORM",
    "string_too_short": "WRONG_FORM",
    "string_unicode": "WRONG_FORM",
    "enum": "UNKNOWN_CODE",
    "literal_error": "UNKNOWN_CODE",
}
_ACTIONS = {
    "MISSING_FIELD": "Lägg till fältet.",
    "UNKNOWN_FIELD": "Ta bort fältet eller rätta dess namn; inget fält hoppas över.",
    "OUT_OF_RANGE": "Rätta värdet.",
    "WRONG_NUMBER_OF_ITEMS": "Rätta antalet poster.",
    "WRONG_FORM": "Skriv värdet i rätt form.",
    "UNKNOWN_CODE": "Använd en av de tillåtna koderna.",
    "WRONG_TYPE": "Rätta värdets typ.",
    "NOT_AN_ID": "Ange ett id med 1-100 skrivbara tecken.",
    "NOT_A_TIME": "Skriv tiden med datum, klockslag och tidszon, t.ex. 2026-03-04T07:30:00+01:00.",
    "NOT_A_DAY": "Skriv dagen som 2026-03-04.",
    "NOT_A_DURATION": "Skriv längden enligt ISO 8601, t.ex. PT25M.",
}
# Kinds with a bound: its name among what the error knows, what was expected, and what to do.
_BOUNDS = {
    "too_long": ("max_length", "at most {} items", "Ange högst {} poster."),
    "too_short": ("min_length", "at least {} items", "Ange minst {} poster."),
    "string_too_long": ("max_length", "at most {} characters", "Skriv högst {} tecken."),
    "string_too_short": ("min_length", "at least {} characters", "Skriv minst {} tecken."),
    "greater_than_equal": ("ge", "at least {}", "Ange minst {}."),
    "greater_than": ("gt", "more than {}", "Ange mer än {}."),
    "less_than_equal": ("le", "at most {}", "Ange högst {}."),
    "less_than": ("lt", "less than {}", "Ange mindre än {}."),
}
# Of one, the words are in the singular.
_SINGULAR = {"1 items": "1 item", "1 characters": "1 character", "1 poster": "1 post"}


def findings_of(error: ValidationError, root: str, value: Any) -> list[Finding]:
    """
    One finding per error, in the document's order; a single one when there are beyond all reason.

    Parameters
    ----------
    root
        Path of `value` in its document; empty for the whole.
    value
        What was validated; used for the ids on the way to each fault.
    """
    if error.error_count() > MAX_FAULTS:
        return [
            Finding(
                "TOO_MANY_FAULTS",
                root or "document",
                f"at most {MAX_FAULTS} faults of form",
                str(error.error_count()),
                "Kontrollera att det är rätt sorts dokument.",
            )
        ]
    details = error.errors(include_url=False, include_context=True)
    return [_finding(detail, root, value) for detail in details]


def _finding(detail: ErrorDetails, root: str, value: Any) -> Finding:
    kind = detail["type"]
    code = kind if kind in _ACTIONS else _CODES.get(kind, "WRONG_TYPE")
    nothing = code == "MISSING_FIELD"
    return Finding(
        code,
        _where(root, detail["loc"], value),
        _expected(detail, code),
        "nothing" if nothing else kind_of(detail["input"]),
        _bound(detail)[1] or _ACTIONS[code],
    )


def expected_of(detail: Mapping[str, Any]) -> str:
    """What an error of a schema says was expected, in our own words where it has a bound."""
    message = str(detail["msg"])
    return _bound(detail)[0] or message.removeprefix("Input should be ").removeprefix(
        "Input should have "
    )


def _bound(detail: Mapping[str, Any]) -> tuple[str, str]:
    """What was expected of a kind that has a bound, and what to do; else nothing."""
    name, expected, action = _BOUNDS.get(str(detail["type"]), ("", "", ""))
    bound = detail.get("ctx", {}).get(name)
    if bound is None:
        return "", ""
    said = [words.format(bound) for words in (expected, action)]
    for many, one in _SINGULAR.items() if bound == 1 else ():
        said = [words.replace(many, one) for words in said]
    return said[0], said[1]


def _expected(detail: ErrorDetails, code: str) -> str:
    if code == "MISSING_FIELD":
        return "the field"
    if code == "UNKNOWN_FIELD":
        return "no field of that name"
    if detail["type"] in {"model_type", "dict_type"}:
        return "an object"
    return expected_of(detail)


def _where(root: str, steps: tuple[int | str, ...], value: Any) -> str:
    """The path, with the id of the innermost item that has a readable one."""
    where, found_id = root, ""
    for step in steps:
        where = join_path(where, step)
        value = _child(value, step)
        if isinstance(value, dict) and is_id(value.get("id")):
            found_id = value["id"]
    return f"{where} ({found_id})" if found_id else where or "document"


def _child(value: Any, step: int | str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def is_id(value: object) -> bool:
    """Whether `value` can be shown as an id: a printable text of at most 100 characters."""
    return isinstance(value, str) and 0 < len(value) <= MAX_ID and value.isprintable()


def kind_of(value: object) -> str:
    """What `value` is, without telling more of it than a small number."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return f"a text of {len(value)} characters"
        case int() | float():
            return str(value) if abs(value) < SMALL_NUMBER else "a number"
        case dict():
            return "an object"
        case list():
            return f"a list of {len(value)} items"
    return type(value).__name__


def validate(model: type[Model], value: Any, root: str = "") -> tuple[Model | None, list[Finding]]:
    """`value` read by `model`, or None and every fault of it."""
    try:
        return _read(model, value), []
    except ValidationError as error:
        return None, findings_of(error, root, value)


def readable(model: type[Model], value: Any) -> Model | None:
    """`value` read by `model`, or None when it has a fault."""
    try:
        return _read(model, value)
    except ValidationError:
        return None


def _read(model: type[Model], value: Any) -> Model:
    return model.model_validate(value, by_alias=True, by_name=False, context=FROM_DOCUMENT)
