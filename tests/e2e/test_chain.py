"""
The whole chain over HTTP on PostgreSQL, with two worker processes and a login for each role.

500 decisions → rosters → all units planned → published → a sick call replanned → visits performed
→ settled and closed → SIE and Peppol files → follow-up; every sum is counted here once more from
the plans.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from api.access.caller import Role
from api.documents.decisions import Registration, document_of
from api.documents.planning import model_input
from api.server.app import create_app
from api.server.settings import Settings
from api.store.address import VARIABLE, database_address
from api.store.check import check
from api.store.engine import Store
from api.store.migrate import upgrade
from fixtures.municipality import Size, day_of, generate
from tests.api.access import keys
from tests.api.store.money_samples import SETUP
from tests.e2e.test_workers import workers
from tests.postgresql import postgresql

DAY = date(2026, 3, 4)
NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
UNITS = ("north", "south")
SECONDS = 6
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
INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}PayableAmount"


class Desk:
    """The service as its users see it: a token for each role and person."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def ask(
        self, role: Role, method: str, path: str, json: Any = None, *, who: str = "1",
        version: int | None = None, status: int = 200, **more: Any,
    ) -> Any:  # fmt: skip
        of = {"provider": "private"} if role is Role.PROVIDER else {}
        token = keys.token(sub=f"{role}-{who}", roles=[role.value], units=["*"], **of)
        headers = {"Authorization": f"Bearer {token}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        headers |= more.pop("headers", {})
        answer = self.client.request(method, path, json=json, headers=headers, **more)
        assert answer.status_code == status, (path, answer.text[:2000])
        return answer


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with postgresql(durable=True) as address:
        made = Store(database_address({VARIABLE: address}))
        upgrade(made)
        yield made
        made.close()


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    app = create_app(
        Settings(running=0, municipality="m-1"),
        store.address,
        access=keys.SETTINGS,
        issuer=keys.Provider().issuer(),
        clock=lambda: NOW,
    )
    with TestClient(app, "https://testserver") as client:
        yield Desk(client)


def publish(desk: Desk, unit: str, path: str, version: int, json: Any = None) -> None:
    """Save a revision of the day's plan, approve it and put it in force."""
    plans = f"/v1/units/{unit}/plans/{DAY}"
    made = desk.ask(
        Role.SCHEDULER, "POST", f"{plans}/{path}", json, version=version, status=201
    ).json()
    for step in ("approve", "publish"):
        made = desk.ask(
            Role.SCHEDULER, "POST", f"{plans}/revisions/{made['revision']}/{step}",
            version=made["version"],
        ).json()  # fmt: skip


def planned(desk: Desk, unit: str) -> list[dict[str, Any]]:
    """Every visit of the plan in force, as the map tells it."""
    path = f"/v1/units/{unit}/plans/{DAY}/published/routes"
    features = desk.ask(Role.SCHEDULER, "GET", path).json()["features"]
    return [each["properties"] for each in features if each["properties"]["kind"] == "VISIT"]


def ore(kind: str, zone: str, minutes: int) -> int:
    """What a visit is paid, half up."""
    kronor = Decimal(RATES[kind, zone]) * minutes / 60
    return int((kronor * 100).quantize(Decimal(1), ROUND_HALF_UP))


def follow_up(desk: Desk, rows: list[Any], services: set[str]) -> None:
    """Granted, planned, performed and paid of the month are those of the plans and visits."""
    asked = {
        "months": ["2026-03"],
        "basis": "CALENDAR_DAYS",
        "services": [
            {"service": each, "firstDay": "2024-01-01", "paidAs": "care"}
            for each in sorted(services)
        ],
    }  # fmt: skip
    found = desk.ask(Role.FINANCE, "POST", "/v1/follow-ups", asked).json()["groups"]
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
    private = desk.ask(Role.PROVIDER, "POST", "/v1/follow-ups", asked).json()["groups"]
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
    desk.ask(Role.ADMIN, "PUT", "/v1/municipality",
             {"name": "Provköping", "units": units, "providers": providers})  # fmt: skip

    # Decisions, every other recipient in the south.
    recipients = sorted({each.recipient.id for each in registrations})
    unit_of = {name: UNITS[number % 2] for number, name in enumerate(recipients)}
    documents = [
        {**document_of(each).model_dump(mode="json", exclude_none=True),
         "unit": unit_of[each.recipient.id]}
        for each in registrations
    ]  # fmt: skip
    answer = desk.ask(Role.ASSESSOR, "POST", "/v1/decisions", {"decisions": documents}, status=201)
    assert answer.json()["decisions"] == len(documents) == 500

    # Staff, every other carer in the south.
    carers = model_input(day_of(municipality)).model_dump(mode="json", exclude_none=True)
    for number, unit in enumerate(UNITS):
        roster = {"caregivers": carers["caregivers"][:190][number::2]}
        desk.ask(Role.SCHEDULER, "PUT", f"/v1/units/{unit}/rosters/{DAY}", roster, version=0)

    # Both units planned by two worker processes.
    config = {"run": {"termination": {"spentLimit": f"PT{SECONDS}S"}, "threads": 1}}
    with workers(store, 2, "solve"):
        asked = {"day": DAY.isoformat(), "config": config}
        batch = desk.ask(Role.SCHEDULER, "POST", "/v1/municipality-plans", asked, status=202).json()
        deadline = time.monotonic() + 180
        while not batch["final"]:
            assert time.monotonic() < deadline, batch["counts"]
            time.sleep(0.5)
            batch = desk.ask(Role.SCHEDULER, "GET", f"/v1/municipality-plans/{batch['id']}").json()
    assert batch["counts"] == {"SOLVING_COMPLETED": 2}
    for each in batch["plans"]:
        publish(desk, each["unit"], f"revisions/from-day-plan/{each['plan']['id']}", 0)

    # Somebody in the north is sick in the morning.
    plans = f"/v1/units/north/plans/{DAY}"
    held = desk.ask(Role.SCHEDULER, "GET", f"{plans}/revisions/1").json()
    sick = Counter(each["caregiverId"] for each in planned(desk, "north")).most_common(1)[0][0]
    replanned = desk.ask(
        Role.SCHEDULER, "POST", "/v1/replans",
        {"modelInput": held["modelInput"], "modelOutput": held["modelOutput"],
         "disturbances": {"now": f"{DAY}T06:00:00+01:00", "sickCaregivers": [sick]},
         "spentLimit": "PT3S"},
    ).json()  # fmt: skip
    assert replanned["violations"] == []
    body = {name: replanned[name] for name in ("modelInput", "modelOutput")}
    publish(desk, "north", "revisions", 3, body)
    assert sick not in {each["caregiverId"] for each in planned(desk, "north")}
    revisions = desk.ask(Role.SCHEDULER, "GET", plans).json()["revisions"]
    assert [each["status"] for each in revisions] == ["SUPERSEDED", "PUBLISHED"]

    # What was planned is performed; the private provider's visits are reported by itself.
    rows = []
    for unit in UNITS:
        for each in planned(desk, unit):
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
    finance = Role.FINANCE
    setup = SETUP.replace('id = "p-1"', 'id = "private"')
    for kind, content in (("books", BOOK), ("export-setups", setup)):
        desk.ask(finance, "POST", f"/v1/rate-documents/{kind}", content=content.encode(),
                 params={"name": "file.toml", "firstDay": "2026-01-01"}, status=201)  # fmt: skip
        path = f"/v1/rate-documents/{kind}/1/approve"
        desk.ask(finance, "POST", path, version=1, who="2")
    added = 0
    for role, provider, sender in ((finance, "own", ""), (Role.PROVIDER, "private", "private")):
        delivered = desk.ask(
            role, "POST", "/v1/performed-visits", params={"name": "march.csv"}, status=201,
            content=texts[provider].encode(), headers={"Idempotency-Key": "march"},
        ).json()  # fmt: skip
        assert delivered["sender"] == sender
        added += delivered["added"]
        desk.ask(finance, "POST", "/v1/visit-deliveries/march/approve", version=1, who="2",
                 params={"sender": sender})  # fmt: skip
    assert added == len(rows)

    # Settled, closed and handed out; the sums are those of the visits.
    for provider in ("own", "private"):
        of = [row for row in rows if row[1] == provider]
        made = desk.ask(
            finance, "POST", "/v1/settlements", {"provider": provider, "month": "2026-03"}
        ).json()
        assert made["minutes"] == sum(row[6] for row in of)
        assert made["amountOre"] == sum(ore(row[2], row[4], row[6]) for row in of)
        assert len(made["paymentLines"]) == len(of)
        month = f"/v1/settlements/{provider}/2026-03"
        desk.ask(finance, "POST", f"{month}/close", version=made["version"])
        kronor = f"{made['amountOre'] // 100}.{made['amountOre'] % 100:02d}"
        (file,) = desk.ask(finance, "POST", f"{month}/exports", {"format": "SIE"}).json()["files"]
        sie = desk.ask(finance, "GET", f"{month}/exports/SIE/{file['name']}").content
        debits = [Decimal(each.decode()) for each in re.findall(rb"#TRANS .*\} (-?[0-9.]+)", sie)]
        assert len(debits) > 1
        assert sum(debits) == 0
        assert sum(each for each in debits if each > 0) == Decimal(kronor)
        if provider == "private":
            asked = {"format": "PEPPOL"}
            (file,) = desk.ask(finance, "POST", f"{month}/exports", asked).json()["files"]
            ubl = desk.ask(finance, "GET", f"{month}/exports/PEPPOL/{file['name']}").content
            invoice = ElementTree.fromstring(ubl)  # noqa: S314 - our own document
            assert invoice.findtext(f".//{INVOICE}") == kronor
    follow_up(desk, rows, {line.service for each in registrations for line in each.decision.lines})
    told = desk.ask(finance, "GET", "/v1/reconciliation").json()
    assert told == {"agrees": True, "findings": []}
    assert check(store) == []
