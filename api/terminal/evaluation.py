"""
The judgement of a plan in the terminal: what is broken, what it costs, what it measures.

Reads well without colour, piped to a file and 80 columns wide; in Swedish.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.judgement import Judged
from api.pages.formats import hours, number, percent
from api.pages.summary import day_cost
from api.pages.texts import texts
from pricing.plan_cost import PlanCost
from scheduler.checker import Violation
from scheduler.fairness import fairness
from scheduler.followup import FollowUp
from scheduler.plan import Plan


def print_evaluation(judged: Judged, screen: Console, cost: PlanCost | None = None) -> None:
    """Broken rules first, then the score per term and the key figures."""
    _broken(judged.violations, "Avvikelser", screen)
    _broken(judged.missed, "Tillåtet till ett pris", screen)
    screen.print(_score(judged.plan))
    if judged.follow_up is not None:
        screen.print(_measures(judged.follow_up))
    if cost is not None:
        screen.print(Text(f"{day_cost(cost, texts('sv'))}."), soft_wrap=True)
    count = len(judged.violations)
    verdict = f"{count} avvikelse{'' if count == 1 else 'r'}" if count else "inga avvikelser"
    screen.print(Text(f"Kontrollerad: {verdict}."))


def _broken(found: Sequence[Violation], title: str, screen: Console) -> None:
    if not found:
        return
    screen.print(Text(f"{title} ({number(len(found))})", style="bold"))
    for each in found:
        screen.print(Text(f"- {each}"), soft_wrap=True)
    screen.print()


def _score(plan: Plan) -> Table:
    """Terms that count something; the weights of all are in the plan document."""
    t = texts("sv")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Målfunktion", overflow="fold")
    for name in ("Mängd", "Vikt", "Poäng"):
        table.add_column(name, justify="right", no_wrap=True)
    for term in plan.score:
        if term.quantity:
            quantity = f"{number(term.quantity)} {t.term_unit(term.unit)}"
            table.add_row(t.term(term.name), quantity, number(term.weight), number(term.points))
    table.add_section()
    table.add_row("Summa, lägre är bättre", "", "", number(plan.objective))
    return table


def _measures(measured: FollowUp) -> Table:
    total, most = measured.total, max(measured.distinct_carers.values(), default=0)
    rows: tuple[tuple[str, str], ...] = (
        ("Planerade besök", number(measured.planned_visits)),
        ("Oplanerade besök", number(measured.unassigned_visits)),
        ("  varav flyttas till en annan dag", number(measured.moved_visits)),
        ("Brukartid av betald tid", percent(total.care_time_share)),
        ("Betald tid, tim", hours(total.paid_s)),
        ("  varav brukartid", hours(total.care_s)),
        ("  varav restid", hours(total.travel_s)),
        ("  varav väntan", hours(total.waiting_s)),
        ("  varav obokad tid", hours(total.idle_s)),
        ("  varav beredskap för larm", hours(total.standby_s)),
        ("Sträckor med uppskattad restid", percent(measured.estimated_leg_share)),
        ("Övertid, tim", hours(measured.overtime_s)),
        ("Rast, obetald, tim", hours(total.break_s)),
        ("Olika medarbetare per person, högst", number(most)),
    )
    if measured.distinct_in_14_days:
        carers = list(measured.distinct_in_14_days.values())
        mean = number(Decimal(sum(carers)) / len(carers), 1)
        rows += (("Olika medarbetare per person på 14 dagar, medel", mean),)
    rows += _spread(measured)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Mått", overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    for name, value in rows:
        table.add_row(name, value)
    return table


def _spread(measured: FollowUp) -> tuple[tuple[str, str], ...]:
    """Between the carers who are paid; each carer's work is told of the carer's own paid time."""
    spread = fairness(measured.by_carer)
    if spread is None:
        return ()
    low, high = percent(spread.lowest_busy_share), percent(spread.highest_busy_share)
    return (
        ("Brukartid och resa av egen betald tid, minst och mest", f"{low} och {high}"),
        ("  medelavstånd från medelvärdet", percent(spread.busy_share_deviation)),
        ("Dubbelbemannade besök per medarbetare, högst", number(spread.most_double_visits)),
        ("Medarbetare med övertid", number(spread.carers_with_overtime)),
    )
