"""
Which places of the account a follow-up can tell of, and between which stages each lies.
"""

from __future__ import annotations

from pricing.followup.model import BEFORE_PLAN, BEFORE_VISIT, UNKNOWN, Place, Sums


def shown_places(sums: Sums) -> list[Place]:
    """
    The places that the data can tell of, in order.

    Without any day plan nobody knows what was left out or not planned, without visits nothing of
    what became of them, without settlements nothing of payment; a place that has something is
    always shown.
    """
    known = {Place.INTERRUPTED}
    if sums.known["plan"]:
        known |= set(BEFORE_PLAN)
    if sums.known["visits"]:
        known |= set(BEFORE_VISIT) - ({Place.NO_TIME} if not sums.known["plan"] else set())
    if sums.known["payment"]:
        known |= {Place.UNPAID, Place.PAID}
    found = []
    for place in Place:
        figures = sums.places.get(place)
        has = figures is not None and any(
            (figures.within_min, figures.beyond_min, figures.value_ore, figures.paid_ore)
        )
        if has or place in known:
            found.append(place)
    return found


def step_of(place: Place) -> str:
    """Between which stages a minute leaks: PLANNED, PERFORMED, PAID; DONE and UNKNOWN are none."""
    if place in UNKNOWN:
        return "UNKNOWN"
    if place in BEFORE_PLAN:
        return "PLANNED"
    if place in BEFORE_VISIT:
        return "PERFORMED"
    return "PAID" if place is Place.UNPAID else "DONE"
