"""Everything that can be wrong with the input of one day plan, gathered from its parts."""

from __future__ import annotations

from scheduler.care.errors import Finding, Severity
from scheduler.care.model import Day
from scheduler.given_travel import travel_of
from scheduler.travel import Travel
from scheduler.validation.common import duplicate_ids
from scheduler.validation.gaps import gap_findings
from scheduler.validation.groups import group_findings
from scheduler.validation.pins import pin_findings
from scheduler.validation.resources import resource_findings
from scheduler.validation.shifts import carer_findings, shift_findings
from scheduler.validation.travel import travel_findings
from scheduler.validation.visits import visit_findings

# Years in which the planned day, its eve and its morrow are all dates; assumed.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def day_findings(day: Day, travel: Travel) -> list[Finding]:
    """
    Every fault of `day`, in order of its kind and then of its position.

    Parameters
    ----------
    day
        The input of a day plan.
    travel
        Tells whether a shift has time for the way from its start to its end, where the day's own
        travel times do not.

    Returns
    -------
    list of Finding
        Empty for sound input; may hold only warnings. DAY_OUT_OF_RANGE stands alone, as nothing
        else can be judged then.
    """
    if not FIRST_YEAR <= day.date.year <= LAST_YEAR:
        return [
            Finding(
                "DAY_OUT_OF_RANGE",
                "date",
                f"a day from {FIRST_YEAR} to {LAST_YEAR}",
                day.date.isoformat(),
                "Rätta dagen som ska planeras.",
            )
        ]
    tables = list(travel_findings(day))
    if all(finding.severity is not Severity.ERROR for finding in tables):
        travel = travel_of(day, travel)
    return [
        *tables,
        *carer_findings(day.carers),
        *shift_findings(day, travel),
        *resource_findings(day),
        *visit_findings(day),
        *group_findings(day.visits),
        *gap_findings(day.visits),
        *pin_findings(day),
        *duplicate_ids("recipients", (known.recipient_id for known in day.continuity)),
    ]
