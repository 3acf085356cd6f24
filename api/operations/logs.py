"""
The service's log: one JSON object a line on standard error, without personal data.

Promises: a line holds only the fields listed here, whatever a caller or a library adds; the words
of an exception, the arguments of another library's message and the address of a request are never
written, since each may hold what a user sent. A moment has its zone.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

# Every field that a line may have. Ids are those of requests, runs and workers: made by the
# service, and opaque.
FIELDS = (
    "at", "level", "event", "logger", "request", "operation", "method", "status", "duration_ms",
    "run", "attempt", "worker", "error", "place", "code", "count", "version",
)  # fmt: skip
OURS = "hemplan"
# Libraries tell of their own work below this only to who develops them.
_LIBRARIES = logging.WARNING


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """
    Let everything that is logged, by us or by a library, go to `stream` (standard error) as JSON.

    Parameters
    ----------
    level
        Least level of our own lines.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_of_record],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _only_fields,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    for before in root.handlers[:]:
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(_LIBRARIES)
    logging.getLogger(OURS).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(_LIBRARIES)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _without_words,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def log(name: str) -> Any:
    """A logger of ours: ``log("api").info("request", status=200)``."""
    return structlog.stdlib.get_logger(f"{OURS}.{name}")


def place_of(error: BaseException) -> str:
    """Where `error` was raised: file and line, no words."""
    step = error.__traceback__
    if step is None:
        return "unknown"
    while step.tb_next is not None:
        step = step.tb_next
    return f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}"


def _of_record(_logger: WrappedLogger, _method: str, told: EventDict) -> EventDict:
    """A line that did not come through structlog."""
    record: logging.LogRecord = told["_record"]
    ours = record.name.split(".")[0] == OURS
    made: MutableMapping[str, Any] = {
        "at": structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")(None, "", {})["at"],
        "level": record.levelname.lower(),
        "logger": record.name,
        # Another library's arguments may be what a user sent; its own words are not.
        "event": str(told["event"]) if ours else str(record.msg),
        "_record": record,
        "_from_structlog": False,
    }
    if record.exc_info and record.exc_info[1] is not None:
        made.update(_error(record.exc_info[1]))
        record.exc_info = record.exc_text = None
    return made


def _without_words(_logger: WrappedLogger, _method: str, told: EventDict) -> EventDict:
    """The kind and the place of an exception instead of its words."""
    error = told.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        told.update(_error(error))
    return told


def _error(error: BaseException) -> dict[str, str]:
    return {"error": type(error).__name__, "place": place_of(error)}


def _only_fields(_logger: WrappedLogger, _method: str, told: EventDict) -> EventDict:
    return {name: told[name] for name in FIELDS if name in told}
