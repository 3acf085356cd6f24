"""
How soon a quote before a decision is answered, with warm boards.

    python -m bench.quoting --size L --seconds 5 --questions 100 --seed 1

Each day of a week of the generated municipality is planned once. A question is a decision of
another municipality of the same geography, as if it were new here: of one day, and of the week. The
full week is the same with shifts that have no room: every occasion has its reasons, and what would
help is sought. Wall time of each, in ms.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from time import perf_counter

from api.documents.decisions import Registration
from api.flow import load_terms
from api.quotes import Sample, offer
from bench.latency import row, timed_ms
from fixtures.history import day_with_history
from fixtures.municipality import Municipality, Size, generate
from scheduler.care.model import Provider, ProviderKind
from scheduler.planner import plan_day
from scheduler.recommend import Recommender
from scheduler.travel import load_travel_settings
from scheduler.visits import in_force

MONDAY = date(2026, 3, 2)
SKILL_OF_NOBODY = frozenset({"ingen har denna"})


def boards(size: Size, seed: int, days: int, seconds: float) -> tuple[list[Sample], list[float]]:
    """Days with plans, and ms that each board took to begin."""
    samples, began = [], []
    for number in range(days):
        day = day_with_history(generate(size, seed, MONDAY + timedelta(days=number)))
        travel = load_travel_settings(day.date)
        plan = plan_day(day, travel, seconds=seconds, seed=seed)
        start = perf_counter()
        asked = Recommender(day, plan, travel)
        began.append(1000 * (perf_counter() - start))
        samples.append(Sample(day.date, asked, 1, "PUBLISHED"))
        if number == 0:
            print(f"{size.value}: {len(day.visits)} visits, {len(day.shifts)} shifts, seed {seed}")
    return samples, began


def questions(other: Municipality, count: int, seed: int) -> list[Registration]:
    """Decisions in force of another municipality, under names of their own."""
    homes = {recipient.id: recipient for recipient in other.recipients}
    decisions = [d for d in other.decisions if in_force(d, other.day)]
    return [
        Registration(
            replace(d, id=f"fråga-{d.id}", recipient_id=f"fråga-{d.recipient_id}"),
            replace(homes[d.recipient_id], id=f"fråga-{d.recipient_id}"),
            Provider("own", ProviderKind.OWN),
        )
        for d in Random(seed).choices(decisions, k=count)
    ]


def impossible(asked: Registration) -> Registration:
    """The same decision with a skill that nobody has."""
    return replace(asked, recipient=replace(asked.recipient, required_skills=SKILL_OF_NOBODY))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="L", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each day's plan")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    terms = load_terms()
    samples, began = boards(Size(args.size), args.seed, args.days, args.seconds)
    other = generate(Size(args.size), args.seed + 1, MONDAY)
    asked = questions(other, args.questions, args.seed)
    fits = occasions = placed = 0

    def ask(registration: Registration, of: Sequence[Sample]) -> None:
        nonlocal fits, occasions, placed
        found = offer(registration, registration.provider, "enhet", of, MONDAY, terms)
        fits += found.fits
        occasions += len(found.occasions)
        placed += sum(each.fits for each in found.occasions)

    # What a question before this one has loaded stays loaded.
    ask(asked[0], samples)
    day = [timed_ms(lambda: ask(each, samples[:1])) for each in asked]  # noqa: B023
    fits = occasions = placed = 0
    week = [timed_ms(lambda: ask(each, samples)) for each in asked]  # noqa: B023
    told = f"\nOf the week: {fits} of {len(asked)} fit whole, {placed} of {occasions} occasions."
    none = [timed_ms(lambda: ask(impossible(each), samples)) for each in asked]  # noqa: B023
    print("\n| question | asked | median ms | p99 ms | most ms |\n|---|---|---|---|---|")
    print(row("quote, one day", day))
    print(row(f"quote, {len(samples)} days", week))
    print(row(f"quote, {len(samples)} days, nothing fits", none))
    print(row("a board that is not warm", began))
    print(told)


if __name__ == "__main__":
    main()
