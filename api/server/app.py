"""
The HTTP server: put together here, with no configuration needed.

    Guard (bounded body, no bare crash) → FastAPI → routes → services → flow
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI

from api import flow
from api.server.db import Database
from api.server.decision_store import DecisionStore
from api.server.jobs import Jobs
from api.server.openapi import describe
from api.server.problems import Guard, install
from api.server.routes import day_plans, decisions, health, hour_costs
from api.server.services import Services
from api.server.settings import Settings
from api.server.solver_process import solve
from api.server.solver_run import Target
from api.server.store import PlanStore


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = _now,
    target: Target = solve,
) -> FastAPI:
    """
    The application, with its database opened and its terms read.

    Parameters
    ----------
    clock
        The present moment, aware.
    target
        What solves a day in the child process.

    Raises
    ------
    InvalidInput
        When the database or a parameter file cannot be used.
    """
    terms = flow.load_terms(
        Path(settings.catalogue or flow.KRISTIANSTAD), Path(settings.prices or flow.DEMO_PRICES)
    )
    database = Database(settings.database_path)
    plans = PlanStore(database)
    jobs = Jobs(plans, settings, clock, target)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        jobs.start()
        try:
            yield
        finally:
            jobs.close()
            database.close()

    app = FastAPI(
        title="Hemplan",
        version="0.1.0",
        summary="Home-care day plans and LOV hour prices for Swedish municipalities",
        lifespan=lifespan,
        # The interactive pages load scripts from elsewhere; the description itself is here.
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = Services(
        settings, terms, plans, DecisionStore(database), jobs, clock, lambda: str(uuid4())
    )
    for module in (health, day_plans, decisions, hour_costs):
        app.include_router(module.router)
    app.add_middleware(Guard, max_bytes=settings.max_bytes)
    install(app)
    describe(app)
    return app
