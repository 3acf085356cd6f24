"""
The HTTP server: put together here, with no configuration needed.

    Watched (id, figures) → SecurityHeaders → RateLimit → Guard (bounded body, no bare crash)
    → Admission (so many at a time) → FastAPI → Gate (who, and may they) → routes → services → flow
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig

from api import flow
from api.access.headers import SecurityHeaders
from api.access.issuer import Issuer
from api.access.limits import RateLimit
from api.access.operation_ids import operation_id
from api.access.operations import POLICY
from api.access.settings import AccessSettings
from api.boards import Boards
from api.operations.requests import Teller, Watched
from api.server.access_services import make_access
from api.server.admission import Admission
from api.server.jobs import Jobs
from api.server.names import only_names
from api.server.openapi import describe
from api.server.problems import Guard, install, refusal
from api.server.routes import (
    acts,
    amendments,
    auth,
    budgets,
    day_plan_views,
    day_plans,
    deadlines,
    decisions,
    follow_ups,
    health,
    hour_costs,
    municipalities,
    orders,
    own_orders,
    performed_visits,
    persons,
    plan_revisions,
    published,
    purses,
    quotes,
    rate_documents,
    readings,
    settlements,
    unit_days,
    worked_time,
)
from api.server.scopes import enter_scope
from api.server.services import Services
from api.server.settings import Settings
from api.server.solver_process import solve
from api.server.solver_run import Target
from api.server.warming import Warming
from api.server.watching import Watching
from api.store.address import Address
from api.store.audit import Act
from api.store.engine import Store
from api.store.migrate import prepare
from api.store.person_keys import PersonKeys
from api.store.records import Municipality
from api.store.row_scope import of_municipality, within
from api.usecases.setting_up import municipality, set_up
from scheduler.care.errors import NotFound

DEVELOPMENT = AccessSettings()
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
ROUTES = (
    health,
    auth,
    municipalities,
    day_plans,
    day_plan_views,
    plan_revisions,
    published,
    unit_days,
    decisions,
    amendments,
    quotes,
    orders,
    own_orders,
    deadlines,
    hour_costs,
    rate_documents,
    performed_visits,
    settlements,
    purses,
    worked_time,
    follow_ups,
    budgets,
    persons,
    readings,
    acts,
)


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    address: Address,
    *,
    access: AccessSettings = DEVELOPMENT,
    issuer: Issuer | None = None,
    clock: Callable[[], datetime] = _now,
    target: Target = solve,
    tellers: Sequence[Teller] = (),
    keys: PersonKeys | None = None,
) -> FastAPI:
    """
    The application, with its database opened and its terms read.

    Parameters
    ----------
    address
        The database; a SQLite file that is not there is made.
    access
        Without any: one local user, whom only the own machine reaches.
    issuer
        The identity provider; None takes the configured one.
    clock
        The present moment, aware.
    target
        What solves a day in the child process.
    tellers
        What else is told of each request, beside the figures.
    keys
        Those of identities; without them nobody's name can be read or recorded.

    Raises
    ------
    InvalidInput
        When the database or a parameter file cannot be used.
    """
    terms = flow.load_terms(
        Path(settings.catalogue or flow.KRISTIANSTAD), Path(settings.prices or flow.DEMO_PRICES)
    )
    store = Store(address)
    prepare(store)
    if access.is_development or access.municipality:
        _require_municipality(store, settings.municipality, clock())
    accesses = make_access(access, store, clock, issuer)
    watching = Watching(store, settings, clock)
    jobs = Jobs(store, settings, clock, target, watching.metrics.tell_solve)
    boards = Boards()
    warming = Warming(store, boards, clock)

    def leave() -> None:
        """Take no new work, and begin to end what runs."""
        watching.readiness.drain()
        jobs.leave()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        watching.start()
        jobs.start()
        if access.is_development or access.municipality:
            warming.begin(settings.municipality)
        try:
            yield
        finally:
            jobs.close()
            warming.close()
            watching.close()
            store.close()

    app = FastAPI(
        title="Hemplan",
        version="0.1.0",
        summary="Home-care day plans and LOV hour prices for Swedish municipalities",
        lifespan=lifespan,
        # The interactive pages load scripts from elsewhere; the description itself is here.
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        # Of the application, not of its routes: none can be forgotten.
        dependencies=[Depends(accesses.gate), Depends(enter_scope), Depends(only_names)],
        # The framework would find exporters in the environment, and tell them addresses, refused
        # values and the words of errors: persons' data. What is told is api/operations/traces.py.
        telemetry=NO_TELEMETRY,
    )
    app.state.access = accesses
    app.state.services = Services(
        settings, terms, store, jobs, clock, lambda: str(uuid4()), keys,
        boards=boards, warm_up=warming.begin,
    )  # fmt: skip
    app.state.readiness, app.state.leave = watching.readiness, leave
    for module in ROUTES:
        app.include_router(module.router)
    # The last one added is the outermost.
    # Inside the Guard: a body that comes slowly takes nobody's place.
    app.add_middleware(
        Admission,
        most=settings.most_requests,
        at_once=settings.requests_at_once,
        refuse=refusal,
    )
    app.add_middleware(Guard, max_bytes=settings.max_bytes)
    app.add_middleware(RateLimit, buckets=accesses.addresses, refuse=refusal)
    app.add_middleware(SecurityHeaders, https=access.public_url.startswith("https:"))
    app.add_middleware(Watched, tellers=[watching.metrics.tell_request, *tellers])
    install(app, [route for module in ROUTES for route in module.router.routes])
    describe(app, POLICY)
    return app


def _require_municipality(store: Store, name: str, at: datetime) -> None:
    """Make the server's own municipality when it is missing, so that nothing has to be set up."""
    with within(of_municipality(name)):
        try:
            municipality(store, name)
        except NotFound:
            set_up(store, Act(name, "hemplan", at), Municipality(name, name, (), ()))
