"""
One request to the service: how it is written, sent again, and read.

Promises: a change is never sent twice unless its idempotency key makes that one change; an answer
with fields that this version does not know is read without them, so a client may be older than its
server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx2
from pydantic import BaseModel

from api.client.refused import Unexpected, nothing_done, refusal, seconds_to_wait
from api.documents.schema_faults import FROM_DOCUMENT
from scheduler.care.errors import Finding

Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")

READING = frozenset({"GET", "HEAD"})
# Of a server that has no room just now; nothing of the request was done.
BUSY = frozenset({429, 503})
LONGEST_WAIT_S = 30
SILENCE_S = 60


@dataclass(frozen=True, slots=True)
class Versioned(Generic[Value]):
    """
    What was read or made, and the version that the next change of it must name.

    Parameters
    ----------
    version
        As the answer's ETag tells it, >= 0.
    """

    value: Value
    version: int


class Calls:
    """
    Requests to one service.

    Parameters
    ----------
    http
        With the service's address; closed by who made it.
    token
        What gives the bearer token of the next request; None without login.
    attempts
        How often a request is made at most, >= 1: again after a broken connection, when that
        cannot do anything twice, and when the server is busy.
    sleep
        Waits so many seconds.
    """

    def __init__(
        self,
        http: httpx2.Client,
        token: Callable[[], str] | None,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http, self._token, self._attempts = http, token, attempts
        self.sleep = sleep

    def ask(
        self,
        method: str,
        path: str,
        names: Mapping[str, object] | None = None,
        *,
        query: Mapping[str, object] | None = None,
        body: BaseModel | bytes | None = None,
        kind: str = "application/json",
        version: int | None = None,
        key: str | None = None,
        keyed: bool = False,
    ) -> httpx2.Response:
        """
        The answer to a request that was not refused.

        Parameters
        ----------
        path
            With the parameters of `names` in braces.
        query
            What is None is left out.
        kind
            Media type of the body.
        version
            What the change was made of.
        key
            The sender's own name of the request; one is made where the operation is `keyed`.

        Raises
        ------
        CareError
            As it was refused.
        Unexpected
            When there was no answer, or one that is none of the service's.
        """
        headers = self._headers()
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if keyed:
            headers["Idempotency-Key"] = key or str(uuid4())
        content = None
        if body is not None:
            headers["Content-Type"] = kind
            content = body if isinstance(body, bytes) else written(body)
        url = path.format_map({name: quote(str(each), safe="") for name, each in _named(names)})
        given = {name: text_of(each) for name, each in _named(query) if each is not None}
        request = self._http.build_request(
            method, url, params=given or None, headers=headers, content=content
        )
        answer = self._send(request, again=keyed or method in READING)
        if answer.status_code >= 400:
            raise refusal(answer)
        return answer

    def events(self, path: str, names: Mapping[str, object], model: type[Model]) -> Iterator[Model]:
        """What is told at an address as server-sent events, until it ends."""
        url = path.format_map({name: quote(str(each), safe="") for name, each in _named(names)})
        usual = self._http.timeout
        # Between two events there may be a quarter of a minute.
        timeout = httpx2.Timeout(
            connect=usual.connect, read=SILENCE_S, write=usual.write, pool=usual.pool
        )
        with self._http.stream("GET", url, headers=self._headers(), timeout=timeout) as answer:
            if answer.status_code >= 400:
                answer.read()
                raise refusal(answer)
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    yield model.model_validate_json(
                        line.removeprefix("data:"), context=FROM_DOCUMENT, extra="ignore"
                    )

    def _headers(self) -> dict[str, str]:
        return {} if self._token is None else {"Authorization": f"Bearer {self._token()}"}

    def _send(self, request: httpx2.Request, *, again: bool) -> httpx2.Response:
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            try:
                answer = self._http.send(request, follow_redirects=False)
            except httpx2.TransportError as error:
                if last or not again:
                    raise Unexpected(0, _no_answer(request, error)) from error
                wait_s = attempt
            else:
                wait_s = seconds_to_wait(answer)
                # A proxy may be busy after the service has done what it was asked.
                busy = answer.status_code in BUSY and (again or nothing_done(answer))
                if last or not busy or wait_s > LONGEST_WAIT_S:
                    return answer
            self.sleep(wait_s)
        raise AssertionError("the last attempt returns or raises")


class Group:
    """Operations of one subject."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls


def read(model: type[Model], answer: httpx2.Response) -> Model:
    """What was answered."""
    return model.model_validate_json(answer.content, context=FROM_DOCUMENT, extra="ignore")


def versioned(model: type[Model], answer: httpx2.Response) -> Versioned[Model]:
    """What was answered, with its version."""
    return Versioned(read(model, answer), int(answer.headers["etag"].strip('"')))


def written(body: BaseModel) -> bytes:
    """A document as the service reads it."""
    return body.model_dump_json(by_alias=True, exclude_none=True).encode()


def _named(values: Mapping[str, object] | None) -> list[tuple[str, object]]:
    """The pairs of `values`."""
    return list((values or {}).items())


def text_of(value: object) -> str:
    """A value as an address has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _no_answer(request: httpx2.Request, error: httpx2.TransportError) -> Finding:
    return Finding(
        "NO_ANSWER",
        request.url.path,
        "an answer of the service",
        type(error).__name__,
        "Kontrollera att tjänsten kan nås. En ändring kan ha sparats: läs om innan du försöker "
        "igen.",
    )


# For operations whose answers have no model.
Document = dict[str, Any]
