"""
The policy: every operation of the HTTP service, by its id in the OpenAPI description.

Each line follows from what a role needs for its work (docs/access.md, needs and risks). A new
operation needs a line here; without one it is refused to everybody, and a test fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.access.caller import Role
from api.access.policy import PUBLIC, Rule, Scope

_ALL = Scope.MUNICIPALITY
# What tells of the caller alone, or of the municipality what everybody may know.
_ANYBODY = Rule(dict.fromkeys(Role, _ALL))
# What a scheduler works out of a document that is sent; nothing stored is read.
_WORKED_OUT = Rule({Role.SCHEDULER: _ALL})
_RUNS = Rule({Role.SCHEDULER: Scope.UNITS_AND_OWN})
_PLANS = Rule({Role.SCHEDULER: Scope.UNITS})
_CARERS_DAY = Rule({Role.SCHEDULER: Scope.UNITS, Role.CARER: Scope.CARER})
_READ_DECISIONS = Rule({Role.ASSESSOR: _ALL, Role.SCHEDULER: Scope.UNITS})
_DECIDE = Rule({Role.ASSESSOR: _ALL})
_ADMIN = Rule({Role.ADMIN: _ALL})
_AUDIT = Rule({Role.AUDITOR: _ALL})
_FINANCE = Rule({Role.FINANCE: _ALL})
_OF_PROVIDERS = Rule({Role.FINANCE: _ALL, Role.PROVIDER: Scope.PROVIDER})
_WORKED = Rule({Role.FINANCE: _ALL, Role.PROVIDER: Scope.PROVIDER, Role.SCHEDULER: Scope.UNITS})
_ANSWER = Rule({Role.PROVIDER: Scope.PROVIDER})
_OWN_ORDERS = Rule({Role.ASSESSOR: _ALL, Role.PROVIDER: Scope.PROVIDER})

POLICY: Final[Mapping[str, Rule]] = {
    "health.health": PUBLIC,
    "health.live": PUBLIC,
    "health.ready": PUBLIC,
    # Login: before it nobody is known.
    "auth.login": PUBLIC,
    "auth.callback": PUBLIC,
    "auth.session": _ANYBODY,
    "auth.logout": _ANYBODY,
    # The municipality
    "municipalities.municipality": _ANYBODY,
    "municipalities.set_up": _ADMIN,
    # Decisions
    "decisions.register": _DECIDE,
    "decisions.decisions": _READ_DECISIONS,
    "decisions.decision": _READ_DECISIONS,
    "decisions.history": _READ_DECISIONS,
    "decisions.change": _DECIDE,
    "decisions.interrupt": _DECIDE,
    "decisions.end": _DECIDE,
    # Day plans
    "day_plans.demo_data": _ANYBODY,
    "day_plans.submit": _WORKED_OUT,
    "day_plans.check": _WORKED_OUT,
    "day_plans.evaluate": Rule({Role.SCHEDULER: _ALL, Role.FINANCE: _ALL}),
    "day_plans.recommendations": _WORKED_OUT,
    "day_plans.replan": _WORKED_OUT,
    "day_plans.simulations": _WORKED_OUT,
    "day_plans.plan": _RUNS,
    "day_plans.metadata": _RUNS,
    "day_plans.diff": _RUNS,
    "day_plans.stop": _RUNS,
    "day_plan_views.events": _RUNS,
    "day_plan_views.plan_input": _RUNS,
    "day_plan_views.score_analysis": _RUNS,
    "day_plan_views.from_patch": _RUNS,
    # Plans of a unit's day
    "plan_revisions.revisions": _PLANS,
    "plan_revisions.save": _PLANS,
    "plan_revisions.save_run": _RUNS,
    "plan_revisions.revision": _PLANS,
    "plan_revisions.approve": _PLANS,
    "plan_revisions.publish": _PLANS,
    # A unit's day, and that of all own units
    "unit_days.roster": _PLANS,
    "unit_days.set_roster": _PLANS,
    "unit_days.day_input": _PLANS,
    "unit_days.solve": _PLANS,
    "unit_days.solve_municipality": _PLANS,
    "unit_days.municipality_plan": _PLANS,
    "unit_days.stop_municipality": _PLANS,
    # The plan in force: the carer's own day, and who comes when to a recipient
    "published.carer_day": _CARERS_DAY,
    "published.calendar": _CARERS_DAY,
    "published.recipient_day": Rule({Role.SCHEDULER: Scope.UNITS, Role.ASSESSOR: _ALL}),
    "published.routes": _PLANS,
    # Who a recipient is; who is protected, and who may see them; how long it is kept
    "persons.persons": _DECIDE,
    "persons.find": _DECIDE,
    "persons.person": _DECIDE,
    "persons.record": _DECIDE,
    "persons.break_glass": Rule({Role.ASSESSOR: _ALL, Role.SCHEDULER: _ALL}),
    "persons.protect": _ADMIN,
    "persons.unprotect": _ADMIN,
    "persons.protections": _ADMIN,
    "persons.grant": _ADMIN,
    "persons.revoke": _ADMIN,
    "persons.grants": _ADMIN,
    "persons.erase": _ADMIN,
    "persons.retain": _ADMIN,
    # Who has read whose record
    "readings.readings": _AUDIT,
    "readings.review": _AUDIT,
    "readings.emergencies": _AUDIT,
    "readings.verify": _AUDIT,
    # Who did what
    "acts.acts": _AUDIT,
    "acts.verify": _AUDIT,
    # Needs assessment: quotes, changes by the thousand, choice of provider, orders and queues
    "quotes.quote": _DECIDE,
    "amendments.amend": _DECIDE,
    "amendments.review": _DECIDE,
    "deadlines.deadlines": _DECIDE,
    "orders.choices": _DECIDE,
    "orders.choose": _DECIDE,
    "orders.orders": _DECIDE,
    "orders.accept": _DECIDE,
    "orders.refuse": _DECIDE,
    "orders.cancel": _DECIDE,
    "orders.expire": _DECIDE,
    "orders.queue": _DECIDE,
    "orders.capacities": _DECIDE,
    "orders.set_capacity": _DECIDE,
    "orders.set_rule": _DECIDE,
    # A provider's own orders. An assessor sees what the provider was told, and registers an answer
    # that was given by telephone under orders: the step says who did.
    "own_orders.orders": _OWN_ORDERS,
    "own_orders.order": _OWN_ORDERS,
    "own_orders.accept": _ANSWER,
    "own_orders.refuse": _ANSWER,
    # Rates: uploaded and approved by two persons of finance
    "rate_documents.upload": _FINANCE,
    "rate_documents.documents": _FINANCE,
    "rate_documents.in_force": _FINANCE,
    "rate_documents.document": _FINANCE,
    "rate_documents.content_of": _FINANCE,
    "rate_documents.approve": _FINANCE,
    # Performed visits and settlements: a provider delivers and reads its own
    "performed_visits.deliver": _OF_PROVIDERS,
    "performed_visits.visits": _OF_PROVIDERS,
    "performed_visits.visit_history": _OF_PROVIDERS,
    "performed_visits.correct": _OF_PROVIDERS,
    "performed_visits.deliveries": _OF_PROVIDERS,
    "performed_visits.delivery": _OF_PROVIDERS,
    "performed_visits.approve": _FINANCE,
    "settlements.settle": _FINANCE,
    "settlements.settlements": _OF_PROVIDERS,
    "settlements.settlement": _OF_PROVIDERS,
    "settlements.close": _FINANCE,
    "settlements.hand_out": _FINANCE,
    "settlements.exports": _OF_PROVIDERS,
    "settlements.export_file": _OF_PROVIDERS,
    "settlements.reconcile": _FINANCE,
    # Money: what is granted and internal services are worth; of a stored plan what it adds up to
    "purses.purses": _FINANCE,
    "purses.unit_costs": _FINANCE,
    # Worked time: of a provider its own carers', of a unit the municipality's own there.
    "worked_time.report": _WORKED,
    "worked_time.days": _WORKED,
    # Follow-up: a provider follows itself up, by its own decisions, visits and payments.
    "follow_ups.follow_up": _OF_PROVIDERS,
    "follow_ups.workbook": _OF_PROVIDERS,
    "follow_ups.chart": _OF_PROVIDERS,
    "budgets.budget": _FINANCE,
    "hour_costs.hour_costs": Rule({Role.FINANCE: _ALL, Role.SCHEDULER: Scope.UNITS_AND_OWN}),
}
