"""One example per operation about rates, performed visits and settlements."""

from __future__ import annotations

from typing import Any

BOOK: str = """title = "Exempelkommun 2026"
municipality = "Exempelkommun"
source = "Beslut 2025-11-24"
[services]
care = "Omvårdnad"
[zones]
town = "Tätort"
[providers]
PRIVATE = "Privat utförare"
[[rate]]
code = "care"
text = "Omvårdnad, utförd tid"
source = "Beslut 2025-11-24"
unit = "hour"
basis = "performed"
values = { 2026-01-01 = 500 }
"""
RATE_DOCUMENT: dict[str, Any] = {
    "kind": "books",
    "number": 1,
    "name": "book.toml",
    "sha256": "5f0c…",
    "firstDay": "2026-01-01",
    "priceLists": [],
    "version": 1,
    "uploadedAt": "2026-03-03T15:20:00+01:00",
    "uploadedBy": "user-7",
}
APPROVED_DOCUMENT: dict[str, Any] = {
    **RATE_DOCUMENT,
    "version": 2,
    "approvedAt": "2026-03-03T15:40:00+01:00",
    "approvedBy": "user-8",
}
RATE_DOCUMENTS: dict[str, Any] = {"documents": [APPROVED_DOCUMENT]}
VISITS_FILE: str = (
    "id,provider,provider_kind,recipient,service,zone,start,performed_min\n"
    "v-1,p-2,PRIVATE,r-1,care,town,2026-03-04T09:00+01:00,30\n"
)
DELIVERY: dict[str, Any] = {
    "sender": "",
    "key": "march",
    "sha256": "5f0c…",
    "corrects": False,
    "added": 1,
    "corrected": 0,
    "unchanged": 0,
    "version": 1,
    "receivedAt": "2026-04-01T08:00:00+02:00",
    "receivedBy": "user-7",
}
APPROVED_DELIVERY: dict[str, Any] = {
    **DELIVERY,
    "version": 2,
    "approvedAt": "2026-04-01T09:00:00+02:00",
    "approvedBy": "user-8",
}
DELIVERIES: dict[str, Any] = {"deliveries": [DELIVERY]}
VISIT_REQUEST: dict[str, Any] = {
    "providerKind": "PRIVATE",
    "recipient": "r-1",
    "service": "care",
    "zone": "town",
    "start": "2026-03-04T09:00:00+01:00",
    "status": "PERFORMED",
    "performedMin": 25,
    "deviation": "TOO_SHORT",
}
VISIT: dict[str, Any] = {
    **VISIT_REQUEST,
    "grantedMin": 0,
    "staff": 1,
    "delegated": False,
    "quantityThousandths": 1000,
    "carer": "",
    "plannedVisit": "",
    "circumstance": "",
    "provider": "p-2",
    "id": "v-1",
    "version": 2,
    "month": "2026-03",
    "delivery": "fix-1",
    "approved": False,
}
VISITS: dict[str, Any] = {"visits": [VISIT]}
SETTLEMENT_REQUEST: dict[str, Any] = {"provider": "p-2", "month": "2026-03"}
HEAD: dict[str, Any] = {
    "provider": "p-2",
    "month": "2026-03",
    "version": 1,
    "digest": "5f0c…",
    "lines": 1,
    "minutes": 30,
    "amountOre": 25_000,
    "vatOre": 0,
}
SETTLEMENT: dict[str, Any] = {
    **HEAD,
    "terms": [{"month": "2026-03", "book": 1}],
    "paymentLines": [
        {
            "number": "2026-03-1",
            "visit": "v-1",
            "component": "visit",
            "rate": "care",
            "band": "",
            "service": "care",
            "zone": "town",
            "day": "2026-03-04",
            "minutes": 30,
            "quantityThousandths": 0,
            "amountOre": 25_000,
            "vatOre": 0,
        }
    ],
}
CLOSED: dict[str, Any] = {
    **SETTLEMENT,
    "version": 2,
    "closedAt": "2026-04-03T10:00:00+02:00",
    "closedBy": "user-8",
}
SETTLEMENTS: dict[str, Any] = {"settlements": [HEAD]}
EXPORT_REQUEST: dict[str, Any] = {"format": "SIE", "datedOn": "2026-04-03"}
EXPORTS: dict[str, Any] = {
    "files": [
        {
            "format": "SIE",
            "name": "2026-03.si",
            "sha256": "5f0c…",
            "bytes": 812,
            "setup": 1,
            "datedOn": "2026-04-03",
            "madeAt": "2026-04-03T10:05:00+02:00",
            "madeBy": "user-8",
        }
    ]
}
RECONCILIATION: dict[str, Any] = {"agrees": True, "findings": []}
# By format, their beginnings; a workbook is no text.
FILES: dict[str, str] = {
    "SIE": '#FLAGGA 0\r\n#FORMAT PC8\r\n#SIETYP 4\r\n#PROGRAM "Hemplan" "0.1.0"\r\n',
    "PEPPOL": '<?xml version="1.0" encoding="UTF-8"?>\n<Invoice>…</Invoice>\n',
    "HTML": '<!DOCTYPE html>\n<html lang="sv"><title>Ersättning mars 2026</title>…</html>\n',
}
