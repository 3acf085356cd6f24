"""
The whole chain over HTTP on PostgreSQL, with two worker processes and a login for each role.

Service and workers connect as a role that row-level security holds.

500 decisions → rosters → all units planned → published → a sick call replanned → visits performed
→ settled and closed → SIE and Peppol files → follow-up; every sum is counted here once more from
the plans.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from api.access.caller import Role
from api.client import Client, Versioned
from api.client.operations.plan_revisions import PlanRevisions
from api.client.operations.settlements import Settlements
from api.documents.cases import CasesSchema
from api.documents.decisions import Registration, document_of
from api.documents.evaluation import EvaluationRequestSchema
from api.documents.planning import model_input
from api.documents.planning_schemas import ConfigSchema, RunSchema, TerminationSchema
from api.documents.replanning import DisturbancesSchema, ReplanRequestSchema
from api.documents.rosters import RosterSchema
from api.server.app import create_app
from api.server.finance_schemas import ExportRequestSchema, SettlementRequestSchema
from api.server.followup_schemas import FollowUpRequestSchema
from api.server.settings import Settings
from api.server.store_schemas import (
    MunicipalityPlanRequestSchema,
    MunicipalityRequestSchema,
    StepSchema,
)
from api.store.address import VARIABLE, database_address
from api.store.check import check
from api.store.engine import Store
from api.store.money_records import ExportFormat
from fixtures.municipality import Size, day_of, generate
from tests.api.access import keys
from tests.api.client.reading import read
from tests.api.store.money_samples import SETUP
from tests.api.store.trio import SERVICE, as_role, upgrade_for_service
from tests.e2e.test_workers import workers
from tests.postgresql import postgresql

pytestmark = pytest.mark.alone

DAY = date(2026, 3, 4)
NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
UNITS = ("north", "south")
SECONDS = 6
MORNING = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)
RATES = {("PRIVATE", "town"): 500, ("PRIVATE", "rural"): 560, ("OWN", "town"): 480,
         ("OWN", "rural"): 530}  # fmt: skip
BOOK = """title = "Exempelkommun 2026"
municipality = "Exempelkommun"
source = "Beslut 2025-11-24"
[services]
care = "Omvårdnad"
[zones]
town = "Tätort"
rural = "Landsbygd"
[providers]
PRIVATE = "Privat utförare"
OWN = "Egen regi"
""" + "".join(
    f"""[[rate]]
code = "{kind}-{zone}"
text = "Omvårdnad, utförd tid"
source = "Beslut 2025-11-24"
provider = "{kind}"
zone = "{zone}"
unit = "hour"
basis = "performed"
values = {{ 2026-01-01 = {rate} }}
"""
    for (kind, zone), rate in RATES.items()
)
# The service as a person of a role sees it.
Desk = Callable[..., Client]
INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}PayableAmount"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with postgresql(durable=True) as address:
        made = Store(database_address({VARIABLE: address}))
        upgrade_for_service(made)
        yield made
        made.close()


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    app = create_app(
        Settings(running=0, municipality="m-1"),
        as_role(store.address, SERVICE),
        access=keys.SETTINGS,
        issuer=keys.Provider().issuer(),
        clock=lambda: NOW,
    )
    with TestClient(app, "https://testserver") as http:

        def client(role: Role, who: str = "1") -> Client:
            of = {"provider": "private"} if role is Role.PROVIDER else {}
            token = keys.token(sub=f"{role}-{who}", roles=[role.value], units=["*"], **of)
            return Client(token=token, http=http)

        yield client


def publish(plans: PlanRevisions, unit: str, made: Versioned[StepSchema]) -> None:
    """Approve a revision of the day's plan that was saved, and put it in force."""
    for step in (plans.approve, plans.publish):
        made = step(unit, DAY, made.value.revision, version=made.version)


def planned(scheduler: Client, unit: str) -> list[dict[str, Any]]:
    """Every visit of the plan in force, as the map tells it."""
    features = scheduler.published.routes(unit, DAY).features
    return [each.properties for each in features if each.properties["kind"] == "VISIT"]


def handed_out(months: Settlements, provider: str, kind: ExportFormat) -> bytes:
    """The only file of a closed month in a format."""
    (file,) = months.hand_out(provider, "2026-03", ExportRequestSchema(format=kind)).files
    return months.export_file(provider, "2026-03", kind.value, file.name)


def ore(kind: str, zone: str, minutes: int) -> int:
    """What a visit is paid, half up."""
    kronor = Decimal(RATES[kind, zone]) * minutes / 60
    return int((kronor * 100).quantize(Decimal(1), ROUND_HALF_UP))


def follow_up(desk: Desk, rows: list[Any], services: set[str]) -> None:
    """Granted, planned, performed and paid of the month are those of the plans and visits."""
    paid = [{"service": each, "firstDay": "2024-01-01", "paidAs": "care"}
            for each in sorted(services)]  # fmt: skip
    asked = read(
        FollowUpRequestSchema,
        {"months": ["2026-03"], "basis": "CALENDAR_DAYS", "services": paid},
    )
    found = desk(Role.FINANCE).follow_ups.follow_up(asked)["groups"]
    (total,) = found["total"]
    of = {each["provider"]: each for each in found["provider"]}
    for provider, one in of.items():
        own = [row for row in rows if row[1] == provider]
        minutes = sum(row[6] for row in own)
        assert (one["performedMin"], one["paidMin"]) == (minutes, minutes)
        assert one["paidOre"] == sum(ore(row[2], row[4], row[6]) for row in own)
    # The municipal carers performed what was planned; nobody planned for the private provider.
    assert of["own"]["plannedMin"] == of["own"]["performedMin"]
    assert of["private"]["plannedMin"] is None
    for groups in (found["provider"], found["zone"], found["unit"], found["month"]):
        for name in ("performedMin", "paidOre", "grantedOre"):
            assert sum(each[name] for each in groups) == total[name], name
    for one in (total, *of.values()):
        # Every granted minute ends in one place; told to a millionth.
        ended = sum(Fraction(each["grantedMin"]) for each in one["places"])
        assert abs(ended - Fraction(one["grantedMin"])) < Fraction(1, 1000)
        assert sum(each["grantedOre"] for each in one["places"]) == one["grantedOre"]
    private = desk(Role.PROVIDER).follow_ups.follow_up(asked)["groups"]
    assert private["provider"] == [of["private"]]


@pytest.mark.slow
def test_from_decisions_to_invoices_every_sum_agrees(desk: Desk, store: Store) -> None:
    municipality = generate(Size.XL, 1, DAY)
    homes = {each.id: each for each in municipality.recipients}
    placed = {each.id: each for each in municipality.providers}
    registrations = [
        Registration(each, homes[each.recipient_id], placed[each.provider])
        for each in municipality.decisions[:500]
    ]
    providers = [{"id": "own", "kind": "OWN"}, {"id": "private", "kind": "PRIVATE"}]
    units = [{"id": unit, "name": unit.title()} for unit in UNITS]
    made = {"name": "Provköping", "units": units, "providers": providers}
    desk(Role.ADMIN).municipalities.set_up(read(MunicipalityRequestSchema, made))

    # Decisions, every other recipient in the south.
    recipients = sorted({each.recipient.id for each in registrations})
    unit_of = {name: UNITS[number % 2] for number, name in enumerate(recipients)}
    documents = [
        {**document_of(each).model_dump(mode="json", exclude_none=True),
         "unit": unit_of[each.recipient.id]}
        for each in registrations
    ]  # fmt: skip
    cases = read(CasesSchema, {"decisions": documents})
    assert desk(Role.ASSESSOR).decisions.register(cases).decisions == len(documents) == 500

    # Staff, every other carer in the south.
    scheduler = desk(Role.SCHEDULER)
    carers = model_input(day_of(municipality)).caregivers[:190]
    for number, unit in enumerate(UNITS):
        roster = RosterSchema(caregivers=carers[number::2])
        scheduler.unit_days.set_roster(unit, DAY, roster, version=0)

    # Both units planned by two worker processes.
    plans = scheduler.plan_revisions
    run = RunSchema(termination=TerminationSchema(spent_limit=Decimal(SECONDS)), threads=1)
    asked = MunicipalityPlanRequestSchema(day=DAY, config=ConfigSchema(run=run))
    with workers(store, 2, "solve"):
        batch = scheduler.unit_days.solve_municipality(asked)
        batch = scheduler.wait_for_municipality(batch.id, timeout_s=180, look_every_s=0.5)
    assert batch.counts == {"SOLVING_COMPLETED": 2}
    for each in batch.plans:
        publish(plans, each.unit, plans.save_run(each.unit, DAY, each.plan.id, version=0))

    # Somebody in the north is sick in the morning.
    held = plans.revision("north", DAY, 1)
    north = planned(scheduler, "north")
    sick = Counter(each["caregiverId"] for each in north).most_common(1)[0][0]
    replanned = scheduler.day_plans.replan(
        ReplanRequestSchema(
            model_input=held.model_input,
            model_output=held.model_output,
            disturbances=DisturbancesSchema(now=MORNING, sick_caregivers=[sick]),
        )
    )
    assert replanned.violations == []
    saved = EvaluationRequestSchema(
        model_input=replanned.model_input, model_output=replanned.model_output
    )
    publish(plans, "north", plans.save("north", DAY, saved, version=3))
    assert sick not in {each["caregiverId"] for each in planned(scheduler, "north")}
    revisions = plans.revisions("north", DAY).value.revisions
    assert [each.status for each in revisions] == ["SUPERSEDED", "PUBLISHED"]

    # What was planned is performed; the private provider's visits are reported by itself.
    rows = []
    for unit in UNITS:
        for each in planned(scheduler, unit):
            start = datetime.fromisoformat(each["startServiceTime"])
            minutes = round((datetime.fromisoformat(each["departureTime"]) - start).seconds / 60)
            rows.append((each["visitId"], "own", "OWN", each["recipientId"], each["zone"], start,
                         minutes, each["caregiverId"]))  # fmt: skip
    own = len(rows)
    granted = [r for r in registrations if r.provider.id == "private"]
    for number, each in enumerate(granted):
        start = datetime(2026, 3, 4, 8, tzinfo=UTC) + timedelta(minutes=number)
        rows.append((f"p-{number}", "private", "PRIVATE", each.recipient.id, each.recipient.zone,
                     start, 20 + number % 30, "x"))  # fmt: skip
    assert own > 500
    assert len(rows) > own
    head = "id,provider,provider_kind,recipient,service,zone,start,performed_min,carer\n"
    texts = {
        sent_by: head + "".join(
            f"{name},{provider},{kind},{recipient},care,{zone},{start.isoformat()},{minutes},"
            f"{carer}\n"
            for name, provider, kind, recipient, zone, start, minutes, carer in rows
            if provider == sent_by
        )
        for sent_by in ("own", "private")
    }  # fmt: skip
    finance, other = desk(Role.FINANCE), desk(Role.FINANCE, "2")
    setup = SETUP.replace('id = "p-1"', 'id = "private"')
    for kind, content in (("books", BOOK), ("export-setups", setup)):
        finance.rate_documents.upload(
            kind, content.encode(), name="file.toml", first_day=date(2026, 1, 1)
        )
        other.rate_documents.approve(kind, 1, version=1)
    added = 0
    for sends, provider, sender in (
        (finance, "own", ""), (desk(Role.PROVIDER), "private", "private"),
    ):  # fmt: skip
        delivered = sends.performed_visits.deliver(
            texts[provider].encode(), name="march.csv", key="march"
        )
        assert delivered.sender == sender
        added += delivered.added
        other.performed_visits.approve("march", sender=sender, version=1)
    assert added == len(rows)

    # Settled, closed and handed out; the sums are those of the visits.
    for provider in ("own", "private"):
        of = [row for row in rows if row[1] == provider]
        months = finance.settlements
        made = months.settle(SettlementRequestSchema(provider=provider, month="2026-03"))
        sums = made.value
        assert sums.minutes == sum(row[6] for row in of)
        assert sums.amount_ore == sum(ore(row[2], row[4], row[6]) for row in of)
        assert len(sums.payment_lines) == len(of)
        months.close(provider, "2026-03", version=made.version)
        kronor = f"{sums.amount_ore // 100}.{sums.amount_ore % 100:02d}"
        sie = handed_out(months, provider, ExportFormat.SIE)
        debits = [Decimal(each.decode()) for each in re.findall(rb"#TRANS .*\} (-?[0-9.]+)", sie)]
        assert len(debits) > 1
        assert sum(debits) == 0
        assert sum(each for each in debits if each > 0) == Decimal(kronor)
        if provider == "private":
            ubl = handed_out(months, provider, ExportFormat.PEPPOL)
            invoice = ElementTree.fromstring(ubl)  # noqa: S314 - our own document
            assert invoice.findtext(f".//{INVOICE}") == kronor
    follow_up(desk, rows, {line.service for each in registrations for line in each.decision.lines})
    told = finance.settlements.reconcile()
    assert (told.agrees, told.findings) == (True, [])
    assert check(store) == []
