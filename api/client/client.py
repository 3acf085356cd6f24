"""The service, with its operations by subject, and what takes several of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

import httpx2

from api.client.calling import Calls
from api.client.operations import Operations
from api.documents.plan_schemas import MetadataSchema, Status
from api.server.finance_schemas import PerformedVisitSchema
from api.server.store_schemas import DecisionRevisionSchema, MunicipalityPlanSchema

TIMEOUT_S = 30
LOOK_EVERY_S = 1.0


class TookTooLong(Exception):
    """What was waited for had not ended in time; it goes on."""


class Client(Operations):
    """
    A typed client of the service.

    >>> with Client("http://127.0.0.1:8000") as service:
    ...     held = service.decisions.decision("b-1")
    ...     service.decisions.end("b-1", EndSchema(last_day=day), version=held.version)

    Parameters
    ----------
    url
        Of the service, without ``/v1``.
    token
        A bearer token, or what gives the one of the next request; None without login.
    http
        Of one's own, with the service's address, e.g. with other time limits; then it is not
        closed here.
    attempts
        How often a request is made at most (:class:`api.client.calling.Calls`).
    """

    def __init__(
        self,
        url: str = "",
        token: str | Callable[[], str] | None = None,
        *,
        http: httpx2.Client | None = None,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        used = http or httpx2.Client(base_url=url, timeout=TIMEOUT_S)
        self._own = used if http is None else None
        given = (lambda: token) if isinstance(token, str) else token
        self._calls = Calls(used, given, attempts, sleep)
        super().__init__(self._calls)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that were made here."""
        if self._own is not None:
            self._own.close()

    def every_decision(self, page: int = 500) -> Iterator[DecisionRevisionSchema]:
        """The decisions within reach as they hold, by rising id, `page` at a time."""
        after: str | None = None
        while True:
            found = self.decisions.decisions(after=after, limit=page)
            yield from found.decisions
            after = found.next
            if after is None:
                return

    def every_visit(self, provider: str, month: str) -> Iterator[PerformedVisitSchema]:
        """A provider's performed visits of a month as they were last reported, by rising id."""
        after: str | None = None
        while True:
            found = self.performed_visits.visits(provider, month=month, after=after)
            yield from found.visits
            after = found.next
            if after is None:
                return

    def wait(
        self,
        plan_id: str,
        timeout_s: float = 3600,
        progress: Callable[[MetadataSchema], object] | None = None,
    ) -> MetadataSchema:
        """
        The metadata of a solve once it is final, as the server tells it.

        Parameters
        ----------
        progress
            Is told of everything new, such as the objective of a better plan.

        Raises
        ------
        TookTooLong
            When it is not final after `timeout_s` seconds; looked at between two events.
        """
        deadline = time.monotonic() + timeout_s
        told: MetadataSchema | None = None
        while True:
            # A stream that breaks is begun anew: it starts with how far the solve has come.
            with suppress(httpx2.TransportError):
                for latest in self.day_plan_views.events(plan_id):
                    if latest != told:
                        told = latest
                        if progress is not None:
                            progress(latest)
                    if Status(latest.status).final:
                        return latest
                    if time.monotonic() > deadline:
                        raise TookTooLong(plan_id)
            if time.monotonic() > deadline:
                raise TookTooLong(plan_id)
            self._calls.sleep(LOOK_EVERY_S)

    def wait_for_municipality(
        self, batch: str, timeout_s: float = 3600, look_every_s: float = LOOK_EVERY_S
    ) -> MunicipalityPlanSchema:
        """The day of all units once every solve is final; TookTooLong as of :meth:`wait`."""
        deadline = time.monotonic() + timeout_s
        while True:
            told = self.unit_days.municipality_plan(batch)
            if told.final:
                return told
            if time.monotonic() > deadline:
                raise TookTooLong(batch)
            self._calls.sleep(look_every_s)
