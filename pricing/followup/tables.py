"""
The follow-up as pandas tables: hours and kronor as numbers, what is missing as NaN.

Column and row names are codes; whoever shows a table puts words to them. Hours and shares are
floats of exact figures, kronor are öre / 100, so a column adds up to what its total row says to the
öre. Every share's denominator is in its name or in :data:`DENOMINATORS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from pricing.followup.chain import shown_places, step_of
from pricing.followup.model import UNKNOWN, Place, Sums
from pricing.followup.report import DIMENSIONS, FollowUp, Group
from pricing.followup.worked import Worked
from pricing.performed_time import CLASSES
from scheduler.care.units import MINUTES_PER_HOUR, ORE_PER_KRONA

DENOMINATORS = {
    "planned_share": "in_force_h where a day plan is known",
    "performed_of_planned": "planned_h where performed visits are known",
    "execution_share": "in_force_h where performed visits are known",
    "plan_known": "in_force_h",
    "visits_known": "in_force_h",
    "payment_known": "in_force_h",
    "punctual_share": "punctual_visits",
    "continuity": "continuity_recipients",
    "care_time_share": "worked_h",
}
OF_VISITS = (
    "continuity", "continuity_recipients", "continuity_unknown", "punctual_share",
    "punctual_visits", "care_time_share", "worked_h",
)  # fmt: skip
Number = Fraction | Decimal | int | None


def chain_table(sums: Sums) -> pd.DataFrame:
    """
    Where the granted time went: GRANTED first, then each place, in hours and kronor.

    Columns: ``place``, ``step``, ``hours`` (granted), ``share`` (of GRANTED), ``kronor`` (of the
    purse), ``beyond_hours`` (beyond the decisions), ``paid_hours``, ``paid_kronor``. The rows after
    GRANTED add up to it. Places that nothing is known of are left out, those with nothing are 0.
    """
    rows: list[dict[str, object]] = [
        {
            "place": "GRANTED",
            "step": "GRANTED",
            "hours": _hours(sums.granted_min),
            "share": 1.0 if sums.granted_min else float("nan"),
            "kronor": _kr(sums.granted_ore),
            "beyond_hours": _hours(sum((f.beyond_min for f in sums.places.values()), Fraction(0))),
            "paid_hours": _hours(sums.paid_min) if sums.known["payment"] else float("nan"),
            "paid_kronor": _kr(sum(f.paid_ore for f in sums.places.values()))
            if sums.known["payment"]
            else float("nan"),
        }
    ]
    for place in shown_places(sums):
        figures = sums.places.get(place)
        rows.append(
            {
                "place": place.value,
                "step": step_of(place),
                "hours": _hours(figures.within_min if figures else 0),
                "share": _ratio(figures.within_min if figures else 0, sums.granted_min),
                "kronor": _kr(figures.value_ore if figures else 0),
                "beyond_hours": _hours(figures.beyond_min if figures else 0),
                "paid_hours": _hours(_paid(sums, place, figures.paid_min if figures else 0)),
                "paid_kronor": _kr(_paid(sums, place, figures.paid_ore if figures else 0)),
            }
        )
    return pd.DataFrame(rows)


def stage_table(follow_up: FollowUp, dimension: str) -> pd.DataFrame:
    """
    Granted, planned, performed and paid of each group, and its key figures.

    Parameters
    ----------
    dimension
        In :data:`pricing.followup.report.DIMENSIONS`; its fields are the first columns.
    """
    names = DIMENSIONS[dimension]
    rows: list[dict[str, object]] = [
        {**dict(zip(names, group.names, strict=True)), **stages(group)}
        for group in follow_up.groups[dimension]
    ]
    frame = pd.DataFrame(rows)
    # Carers and clock times belong to visits, which may have several services.
    return frame.drop(columns=list(OF_VISITS)) if rows and "service" in names else frame


def stages(group: Group) -> dict[str, float]:
    """One group's row of :func:`stage_table`; NaN is missing."""
    sums = group.sums
    plan, visits, payment = (sums.known[name] for name in ("plan", "visits", "payment"))
    return {
        "granted_h": _hours(sums.granted_min),
        "in_force_h": _hours(sums.in_force_min),
        "planned_h": _hours(sums.planned_min if plan else None),
        "performed_h": _hours(sums.performed_min if visits else None),
        "paid_h": _hours(sums.paid_min if payment else None),
        "planned_share": _float(group.planned_share),
        "performed_of_planned": _float(group.performed_of_planned),
        "execution_share": _float(group.execution_share),
        "granted_kr": _kr(sums.granted_ore + sums.untimed_ore),
        "paid_kr": _kr(sums.paid_ore if payment else None),
        "plan_known": _ratio(sums.with_plan_min, sums.in_force_min),
        "visits_known": _ratio(sums.with_visits_min, sums.in_force_min),
        "payment_known": _ratio(sums.with_payment_min, sums.in_force_min),
        "continuity": _float(group.mean_continuity),
        "continuity_recipients": len(group.continuity),
        "continuity_unknown": group.continuity_unknown,
        "punctual_share": _float(group.punctual_share),
        "punctual_visits": group.met,
        "care_time_share": _float(group.care_time_share),
        "worked_h": _hours(group.worked.worked_min if group.worked else None),
    }


def worked_table(follow_up: FollowUp, dimension: str) -> pd.DataFrame:
    """Worked hours of each group by class, and each class as a share of worked time."""
    names = DIMENSIONS[dimension]
    return pd.DataFrame(
        [
            {**dict(zip(names, group.names, strict=True)), **_worked_row(group.worked)}
            for group in follow_up.groups[dimension]
            if group.worked is not None
        ]
    )


def _worked_row(worked: Worked) -> dict[str, object]:
    parts: dict[str, int | None] = {"care": worked.care_min}
    parts |= {each.value: worked.minutes(each) for each in CLASSES}
    parts["rest"] = worked.rest_min
    return {
        "carer_days": worked.carer_days,
        "worked_h": _hours(worked.worked_min),
        **{f"{name}_h": _hours(minutes) for name, minutes in parts.items()},
        **{f"{name}_share": _float(worked.share(minutes)) for name, minutes in parts.items()},
    }


def care_hour_table(follow_up: FollowUp) -> pd.DataFrame:
    """What a care hour cost against its rate, per month, provider and zone; kronor an hour."""
    return pd.DataFrame(
        [
            {
                "month": each.month,
                "kind": each.kind,
                "provider": each.provider,
                "zone": each.zone,
                "worked_h": _hours(each.worked.worked_min),
                "care_h": _hours(each.worked.care_min),
                "care_time_share": _float(each.care_time_share),
                "break_even_share": _float(each.break_even_share),
                "cost": _float(each.cost),
                "rate": _float(each.rate),
                "margin": _float(None if each.rate is None else each.rate - each.cost),
                "paid_per_hour": _float(each.paid),
            }
            for each in follow_up.care_hours
        ]
    )


def place_table(follow_up: FollowUp, dimensions: Sequence[str]) -> pd.DataFrame:
    """The rows of :func:`chain_table` of every group of some dimensions, one under the other."""
    frames = []
    for dimension in dimensions:
        for group in follow_up.groups[dimension]:
            frame = chain_table(group.sums)
            frame.insert(0, "group", group.names[-1] if group.names else "total")
            frame.insert(0, "dimension", dimension)
            frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def left_out_table(follow_up: FollowUp) -> pd.DataFrame:
    """Hours of the visits that day plans leave out, by the plans' reason, most first."""
    reasons = follow_up.total.sums.left_out_min
    return pd.DataFrame(
        [
            {"reason": reason, "hours": _hours(minutes)}
            for reason, minutes in sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
        ],
        columns=["reason", "hours"],
    )


def _paid(sums: Sums, place: Place, value: int) -> int | None:
    """What was paid at a place; None where nothing is known of payment."""
    if not sums.known["payment"] or (place in UNKNOWN and not value):
        return None
    return value


def _hours(minutes: Fraction | int | None) -> float:
    return float("nan") if minutes is None else float(Fraction(minutes) / MINUTES_PER_HOUR)


def _kr(ore: int | None) -> float:
    return float("nan") if ore is None else ore / ORE_PER_KRONA


def _float(value: Number) -> float:
    return float("nan") if value is None else float(value)


def _ratio(part: Fraction | int, whole: Fraction | int) -> float:
    return float(Fraction(part) / whole) if whole else float("nan")
