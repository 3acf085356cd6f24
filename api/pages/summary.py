"""
The figures of a priced day plan as rows of text, the same for the terminal and for the page.

Every share states what it is a share of. The care-time share is care / paid time, and paid time is
the length of the shifts less the breaks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from api.pages.cost_table import rate_text
from api.pages.formats import clock_on, hours, long_day, number, percent, ratio
from api.pages.results import DemoResult
from api.pages.texts import Texts
from pricing.plan_cost import PlanCost
from scheduler.care.model import ProviderKind, Visit
from scheduler.care.units import from_ore
from scheduler.fairness import fairness
from scheduler.followup import FollowUp, TimeUse
from scheduler.plan import Plan

LARGEST_PURSES = 5


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure with its label and what it means; `tone` is ``good``, ``bad`` or empty."""

    label: str
    value: str
    note: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column heading; `num` columns are set flush right."""

    text: str
    num: bool = False


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows of cells under headings; with `sum` the last row is a total."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    sum: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One use of paid time: hours and share as text, seconds for drawing."""

    key: str
    seconds: int
    hours: str
    share: str
    share_of_whole: Decimal

    @property
    def wide(self) -> bool:
        """True when a bar has room for a label."""
        return self.share_of_whole >= Decimal("0.09")


@dataclass(frozen=True, slots=True)
class UseRow:
    """How the paid time of one zone, or of all, was used."""

    name: str
    paid: str
    parts: tuple[Part, ...]
    breaks: str
    visits: str
    total: bool = False


def heading(result: DemoResult, t: Texts) -> tuple[str, str]:
    """The day in words, and what the plan was made from."""
    made_from = t(
        "made_from",
        decisions=number(result.decisions, lang=t.lang),
        recipients=number(result.recipients, lang=t.lang),
        carers=number(len(result.day.shifts), lang=t.lang),
        seed=result.seed,
        size=result.size,
        seconds=number(Decimal(str(result.seconds)), 0, t.lang),
    )
    return long_day(result.day.date, t.lang), made_from


def kpis(result: DemoResult, t: Texts) -> tuple[Kpi, ...]:
    """The figures at the top of the page, most important first."""
    follow_up, lang = result.follow_up, t.lang
    total, paid_s = follow_up.total, follow_up.total.paid_s
    all_visits = number(follow_up.planned_visits + follow_up.unassigned_visits, lang=lang)
    left = result.plan.unassigned
    broken = len(result.violations)

    def of_paid(key: str, seconds: int) -> Kpi:
        share = percent(ratio(seconds, paid_s), lang)
        return Kpi(t(key), share, t("hours_of_paid", hours=hours(seconds, lang)))

    travel = of_paid("travel", total.travel_s)
    if sentence := estimated_ways(follow_up, t):
        travel = replace(travel, note=f"{travel.note}. {sentence}")
    return (
        Kpi(
            t("planned_visits"),
            t("part_of", part=number(follow_up.planned_visits, lang=lang), all=all_visits),
            demand(result, t),
        ),
        Kpi(
            t("unassigned"),
            number(follow_up.unassigned_visits, lang=lang),
            _why_left(result.plan, t) if left else t("all_planned"),
            "bad" if left else "good",
        ),
        Kpi(
            t("checks"),
            number(broken, lang=lang) if broken else "✓",
            t("violations", n=broken) if broken else t("checked"),
            "bad" if broken else "good",
        ),
        Kpi(t("care_time"), percent(total.care_time_share, lang), t("of_paid")),
        travel,
        of_paid("waiting", total.waiting_s),
        _continuity_kpi(result, t),
        *_rate_kpi(result, t),
    )


def _why_left(plan: Plan, t: Texts) -> str:
    """How many are moved, and of the others how many are proven impossible."""
    staying = [left for left in plan.unassigned if not left.moved_to]
    proven = sum(left.proven for left in staying)
    said = []
    if len(staying) < len(plan.unassigned):
        said.append(t("of_them_moved", moved=len(plan.unassigned) - len(staying)))
    if staying:
        said.append(t("proven_crowded", proven=proven, crowded=len(staying) - proven))
    return ", ".join(said)


def _rate_kpi(result: DemoResult, t: Texts) -> tuple[Kpi, ...]:
    """The own provider's rate in every zone; nothing when the price list gives none."""
    rates = {
        t.zone(zone): number(result.hour_costs[zone].rates[ProviderKind.OWN], lang=t.lang)
        for zone in t.zones(result.hour_costs)
        if ProviderKind.OWN in result.hour_costs[zone].rates
    }
    if not rates:
        return ()
    note = f"{t('rate_unit')}: {' / '.join(rates)}"
    label = rate_text(result, ProviderKind.OWN, t)
    return (Kpi(label, " / ".join(rates.values()), note),)


def continuity(result: DemoResult, t: Texts) -> str:
    """Distinct carers per recipient, today and if known in 14 days, as a sentence."""
    follow_up = result.follow_up
    mean, highest = _mean_and_most(follow_up.distinct_carers.values(), t)
    today = t("distinct", mean=mean, highest=highest)
    if not follow_up.distinct_in_14_days:
        return today
    mean, highest = _mean_and_most(follow_up.distinct_in_14_days.values(), t)
    return t("distinct_in_14_days", today=today, mean=mean, highest=highest)


def standby(measured: FollowUp, t: Texts) -> str:
    """How much of the standby is kept, as a sentence; empty where none is asked for."""
    if not measured.standby_asked:
        return ""
    total = measured.total
    return t(
        "standby_kept",
        kept=number(measured.standby_kept, lang=t.lang),
        asked=number(measured.standby_asked, lang=t.lang),
        hours=hours(total.standby_s, t.lang),
        share=percent(ratio(total.standby_s, total.paid_s), t.lang),
    )


def day_cost(cost: PlanCost | None, t: Texts) -> str:
    """What the paid time costs, in all and by zone, as a sentence; empty where it is not known."""
    if cost is None:
        return ""
    by_zone = {zone.zone: zone for zone in cost.zones}
    zones = [
        f"{t.zone(zone)} {number(by_zone[zone].amount, 0, t.lang)}" for zone in t.zones(by_zone)
    ]
    per_hour = cost.total.per_care_hour
    return t(
        "plan_cost",
        amount=number(cost.total.amount, 0, t.lang),
        per_hour="–" if per_hour is None else number(per_hour, 2, t.lang),
        zones=f" ({', '.join(zones)})" if zones else "",
    )


def evenness(measured: FollowUp, t: Texts) -> str:
    """How evenly the work is shared between the carers, as a sentence; empty for nobody."""
    spread = fairness(measured.by_carer)
    if spread is None:
        return ""
    return t(
        "fairness",
        low=percent(spread.lowest_busy_share, t.lang),
        high=percent(spread.highest_busy_share, t.lang),
        deviation=percent(spread.busy_share_deviation, t.lang),
        most=number(spread.most_double_visits, lang=t.lang),
        all=number(spread.double_visits, lang=t.lang),
    )


def _continuity_kpi(result: DemoResult, t: Texts) -> Kpi:
    """Of 14 days where the carers of the days before are known, else of the day."""
    long = result.follow_up.distinct_in_14_days
    carers = long or result.follow_up.distinct_carers
    mean, highest = _mean_and_most(carers.values(), t)
    label = t("distinct_14_short") if long else t("distinct_short")
    return Kpi(label, mean, t("mean_max", highest=highest))


def _mean_and_most(carers: Collection[int], t: Texts) -> tuple[str, int]:
    """The mean as text, a dash of nothing, and the highest."""
    if not carers:
        return "–", 0
    return number(Decimal(sum(carers)) / len(carers), 1, t.lang), max(carers)


def demand(result: DemoResult, t: Texts) -> str:
    """Planned of demanded visit time, as a sentence."""
    follow_up = result.follow_up
    return t(
        "planned_share",
        planned=hours(follow_up.planned_s, t.lang),
        demanded=hours(follow_up.demanded_s, t.lang),
        share=percent(ratio(follow_up.planned_s, follow_up.demanded_s), t.lang),
    )


def estimated_ways(measured: FollowUp, t: Texts) -> str:
    """The share of the ways whose travel time is estimated, as a sentence; empty for none."""
    if not measured.estimated_legs:
        return ""
    return t("estimated_ways", share=percent(measured.estimated_leg_share, t.lang))


def use_rows(result: DemoResult, t: Texts) -> tuple[UseRow, ...]:
    """Use of the paid time, one row per zone and one for all."""

    def row(name: str, use: TimeUse, total: bool = False) -> UseRow:
        uses = (
            ("care", use.care_s),
            ("travel", use.travel_s),
            ("waiting", use.waiting_s),
            ("idle", use.idle_s),
        )
        parts = []
        for key, seconds in uses:
            share = ratio(seconds, use.paid_s)
            text = percent(share, t.lang)
            parts.append(Part(key, seconds, hours(seconds, t.lang), text, share or Decimal(0)))
        return UseRow(
            name,
            hours(use.paid_s, t.lang),
            tuple(parts),
            hours(use.break_s, t.lang),
            number(use.visits, lang=t.lang),
            total,
        )

    by_zone = result.follow_up.by_zone
    rows = [row(t.zone(zone), by_zone[zone]) for zone in t.zones(by_zone)]
    return (*rows, row(t("total"), result.follow_up.total, total=True))


def purse_table(result: DemoResult, t: Texts) -> TextTable:
    """The largest purses, the largest first; equal ones by decision id."""
    largest = sorted(result.purses, key=lambda purse: (-purse.amount_ore, purse.decision_id))
    return TextTable(
        (
            Head(t("decision")),
            Head(t("zone")),
            Head(t("provider")),
            Head(t("hours_month"), num=True),
            Head(t("rate_short"), num=True),
            Head(t("amount_month"), num=True),
        ),
        tuple(
            (
                purse.decision_id,
                t.zone(purse.zone),
                t.kind(purse.provider_kind),
                number(purse.hours_per_month, 1, t.lang),
                number(purse.rate, lang=t.lang),
                number(from_ore(purse.amount_ore), 2, t.lang),
            )
            for purse in largest[:LARGEST_PURSES]
        ),
    )


def start_between(visit: Visit, day: date, t: Texts) -> str:
    """When the visit may start, e.g. ``Start 07:00–09:00 eller 12:00–13:00``."""
    spans = [
        f"{clock_on(window.earliest, day, t.lang)}–{clock_on(window.latest, day, t.lang)}"
        for window in visit.windows
    ]
    return t("start_between", windows=f" {t('or')} ".join(spans))


def objective_table(result: DemoResult, t: Texts) -> TextTable:
    """The terms of the objective and their sum."""

    def whole(value: int) -> str:
        return number(value, lang=t.lang)

    rows = [
        (t.term(x.name), whole(x.quantity), t.term_unit(x.unit), whole(x.weight), whole(x.points))
        for x in result.plan.score
    ]
    heads = [Head(t("term"))]
    heads += [Head(t("quantity"), num=True), Head(t("unit"))]
    heads += [Head(t("weight"), num=True), Head(t("points"), num=True)]
    total = (t("sum"), "", "", "", whole(result.plan.objective))
    return TextTable(tuple(heads), (*rows, total), sum=True)
