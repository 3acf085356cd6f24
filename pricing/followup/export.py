"""
The follow-up as plain values for JSON: minutes and öre; what is missing is null.

Minutes and shares are decimal texts: granted minutes are exact fractions, given to six decimals.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pricing.budget.tariff import shown
from pricing.followup.chain import shown_places, step_of
from pricing.followup.meetings import DAYS
from pricing.followup.model import Figures, Sums
from pricing.followup.report import DIMENSIONS, FollowUp, Group
from pricing.followup.worked import CareHour, Worked
from pricing.performed_time import CLASSES

STEP = Decimal("0.000001")


def follow_up_dict(follow_up: FollowUp) -> dict[str, Any]:
    """The whole follow-up; each group has the same fields."""
    return {
        "firstDay": follow_up.first.isoformat(),
        "lastDay": follow_up.last.isoformat(),
        "continuityDays": [
            [first.isoformat(), (first + timedelta(days=DAYS - 1)).isoformat()]
            for first in follow_up.fortnights
        ],
        "groups": {
            name: [_group(DIMENSIONS[name], each) for each in groups]
            for name, groups in follow_up.groups.items()
        },
        "careHours": [_care_hour(each) for each in follow_up.care_hours],
        "notes": [
            {"code": n.code, "where": n.where, "expected": n.expected, "found": n.found,
             "action": n.action}
            for n in follow_up.notes
        ],
    }  # fmt: skip


def _group(names: tuple[str, ...], group: Group) -> dict[str, Any]:
    sums = group.sums
    plan, visits, payment = (sums.known[name] for name in ("plan", "visits", "payment"))
    return dict(zip(names, group.names, strict=True)) | {
        "grantedMin": _text(sums.granted_min),
        "grantedOre": sums.granted_ore,
        "grantedUntimedOre": sums.untimed_ore,
        "inForceMin": _text(sums.in_force_min),
        "plannedMin": sums.planned_min if plan else None,
        "performedMin": sums.performed_min if visits else None,
        "paidMin": sums.paid_min if payment else None,
        "paidOre": sums.paid_ore if payment else None,
        "paidBesideTimeOre": _beside(sums) if payment else None,
        "plannedShare": _text(group.planned_share),
        "performedOfPlanned": _text(group.performed_of_planned),
        "executionShare": _text(group.execution_share),
        "knownMin": {
            "plan": _text(sums.with_plan_min),
            "visits": _text(sums.with_visits_min),
            "payment": _text(sums.with_payment_min),
        },
        "places": [
            {"place": place.value, "step": step_of(place)}
            | _figures(sums.places.get(place, Figures()))
            for place in shown_places(sums)
        ],
        "leftOutMin": dict(sorted(sums.left_out_min.items())),
        "worked": _worked(group.worked) if group.worked else None,
        "continuity": {
            "meanCarers": _text(group.mean_continuity),
            "recipients": len(group.continuity),
            "recipientsUnknown": group.continuity_unknown,
            "source": group.continuity_source.value if group.continuity_source else None,
        },
        "punctuality": {
            "share": _text(group.punctual_share),
            "onTime": group.punctual,
            "visits": group.met,
        },
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "grantedMin": _text(figures.within_min),
        "grantedOre": figures.value_ore,
        "beyondMin": _text(figures.beyond_min),
        "paidMin": figures.paid_min,
        "paidOre": figures.paid_ore,
    }


def _beside(sums: Sums) -> dict[str, int]:
    return {kind.value: ore for kind, ore in sorted(sums.beside_ore.items())}


def _worked(worked: Worked) -> dict[str, Any]:
    return {
        "carerDays": worked.carer_days,
        "workedMin": worked.worked_min,
        "careMin": worked.care_min,
        "classesMin": {each.value: worked.minutes(each) for each in CLASSES},
        "restMin": worked.rest_min,
        "careTimeShare": _text(worked.share(worked.care_min)),
        "denominator": "workedMin",
    }


def _care_hour(each: CareHour) -> dict[str, Any]:
    return {
        "month": each.month,
        "kind": each.kind,
        "provider": each.provider,
        "zone": each.zone,
        "careTimeShare": _text(each.care_time_share),
        "breakEvenShare": _text(each.break_even_share),
        "cost": str(each.cost),
        "rate": None if each.rate is None else str(each.rate),
        "paidPerPerformedHour": None if each.paid is None else str(each.paid),
    }


def _text(value: Fraction | Decimal | None) -> str | None:
    if value is None:
        return None
    exact = shown(value) if isinstance(value, Fraction) else value
    return str(exact.quantize(STEP).normalize() + 0)
