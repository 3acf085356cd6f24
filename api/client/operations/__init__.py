"""
Every operation of the service, by the module of its route.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Calls
from api.client.operations.acts import Acts
from api.client.operations.amendments import Amendments
from api.client.operations.auth import Auth
from api.client.operations.budgets import Budgets
from api.client.operations.day_plan_views import DayPlanViews
from api.client.operations.day_plans import DayPlans
from api.client.operations.deadlines import Deadlines
from api.client.operations.decisions import Decisions
from api.client.operations.follow_ups import FollowUps
from api.client.operations.health import Health
from api.client.operations.hour_costs import HourCosts
from api.client.operations.municipalities import Municipalities
from api.client.operations.orders import Orders
from api.client.operations.own_orders import OwnOrders
from api.client.operations.performed_visits import PerformedVisits
from api.client.operations.persons import Persons
from api.client.operations.plan_revisions import PlanRevisions
from api.client.operations.published import Published
from api.client.operations.purses import Purses
from api.client.operations.quotes import Quotes
from api.client.operations.rate_documents import RateDocuments
from api.client.operations.readings import Readings
from api.client.operations.settlements import Settlements
from api.client.operations.unit_days import UnitDays
from api.client.operations.worked_time import WorkedTime


class Operations:
    """Every operation, as ``subject.operation``."""

    def __init__(self, calls: Calls) -> None:
        self.acts = Acts(calls)
        self.amendments = Amendments(calls)
        self.auth = Auth(calls)
        self.budgets = Budgets(calls)
        self.day_plan_views = DayPlanViews(calls)
        self.day_plans = DayPlans(calls)
        self.deadlines = Deadlines(calls)
        self.decisions = Decisions(calls)
        self.follow_ups = FollowUps(calls)
        self.health = Health(calls)
        self.hour_costs = HourCosts(calls)
        self.municipalities = Municipalities(calls)
        self.orders = Orders(calls)
        self.own_orders = OwnOrders(calls)
        self.performed_visits = PerformedVisits(calls)
        self.persons = Persons(calls)
        self.plan_revisions = PlanRevisions(calls)
        self.published = Published(calls)
        self.purses = Purses(calls)
        self.quotes = Quotes(calls)
        self.rate_documents = RateDocuments(calls)
        self.readings = Readings(calls)
        self.settlements = Settlements(calls)
        self.unit_days = UnitDays(calls)
        self.worked_time = WorkedTime(calls)
