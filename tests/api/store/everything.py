"""Something in every table, and a second municipality whose ids are all the same as the first's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import text

from api.access.caller import Caller, Role
from api.documents.amendments import Outcome, ReviewSchema
from api.store.engine import Store
from api.store.row_scope import of_municipality, within
from api.store.tables import METADATA
from api.usecases import persons, planning
from api.usecases.amending import review
from api.usecases.erasing import erase
from api.usecases.performing import deliver
from api.usecases.preparing import set_roster
from api.usecases.running import NOWHERE
from api.usecases.sessions import Lifetime, open_session
from scheduler.care.model import Wishes
from tests.api.access.service import FROM_PROVIDER, ROSTER, finished_run, publish
from tests.api.store.money_samples import fill_money, sent
from tests.api.store.order_samples import OWN, PRIVATE, capacity, chosen, rule
from tests.api.store.person_samples import ANNA, KEYS, add_recipients, grant, protect, record
from tests.api.store.samples import ACT, AT, DAY, NORTH, day_and_plan, later
from tests.api.store.worked_samples import time_reported
from tests.api.usecases.person_cases import YEARS_LATER

OTHER = "m-2"
FOUND = ReviewSchema(reviewed_on=date(2026, 3, 3), outcome=Outcome.UNCHANGED)
LIFETIME = Lifetime(timedelta(minutes=30), timedelta(hours=10))


def fill_everything(store: Store) -> None:
    """The municipality m-1 with rows of every kind, made by use cases in its own scope."""
    with within(of_municipality("m-1")):
        fill_money(store)
        deliver(store, ACT, sent(FROM_PROVIDER, "p-1-file", sender="p-1"))
        for unit, carer in (("north", "anna"), ("south", "bo")):
            publish(store, ACT, unit, carer)
        set_roster(store, ACT, NORTH, 0, ROSTER)
        finished_run(store, ACT, "run-1", NOWHERE)
        add_recipients(store, "r-2", "r-3", "r-4")
        for recipient in ("r-2", "r-3", "r-4"):
            record(store, recipient)
        protect(store, "r-3")
        grant(store, "r-3")
        persons.persons(store, ANNA, KEYS)
        for at in (OWN, PRIVATE):
            capacity(store, at, None)
        rule(store)
        chosen(store)
        chosen(store, OWN, PRIVATE, decision="b-1")
        review(store, later(1), "b-1", 1, FOUND)
        time_reported(store)
        day, plan = day_and_plan(day=DAY + timedelta(days=7))
        wishing = (
            replace(each, wishes=Wishes(preferred=frozenset({"anna"}))) for each in day.visits
        )
        planning.save(store, ACT, "north", 0, replace(day, visits=tuple(wishing)), plan)
        erase(store, YEARS_LATER, "r-2", dry_run=False)
        caller = Caller("u-1", "m-1", frozenset({Role.ADMIN}))
        open_session(store, caller, AT, LIFETIME)


def copy_municipality(root: Store, name: str, other: str) -> None:
    """Give `other` a copy of every row of `name`, past all guards; logins get ids of their own."""
    with root.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in METADATA.sorted_tables:
            own = "id" if table.name == "municipality" else "municipality_id"
            values = {own: f"'{other}'", "id_sha256": "reverse(id_sha256)"}
            columns = [column.name for column in table.columns]
            chosen = ", ".join(values.get(column, column) for column in columns)
            connection.execute(
                text(
                    f"INSERT INTO {table.name} ({', '.join(columns)}) "
                    f"SELECT {chosen} FROM {table.name} WHERE {own} = :name"
                ),
                {"name": name},
            )
