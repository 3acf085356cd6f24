"""
What a decision costs per hour of care, by planning the same day both ways: plan -> share -> price.

    python -m bench.loop [--size M] [--seed 1] [--seconds 20] [--most 6] [--keep 0.5]
                         [--waiting] [--json]

The generated municipality is planned as it is, with a closer continuity (at most so many distinct
carers in 14 days for each recipient), and with narrower windows (so much of each window's width,
around its middle). Each plan's travel per zone goes through the demo's price list. The rural area
needs no plan of its own: it is the zone beside the town in each of them.

The shifts of a day are given, so what a plan saves in travel shows up as idle time and not in the
price of that day. The price asked for here is that of staffing by need: shifts long enough for
care, travel and the price list's own shares of everything else. Waiting is one of these, since a
plan with time to spare waits where another idles; --waiting takes the plan's own. Two plans that
leave out different visits are not compared like with like; how many each leaves out is told. The
search runs by the clock, so a difference of some kronor may be luck: compare several seeds.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from api.flow import DEMO_PRICES
from fixtures.history import day_with_history
from fixtures.municipality import Size, generate
from pricing.analysis_export import comparison_dict
from pricing.chain import Chain, chain
from pricing.compare import compare
from pricing.price import MeasuredShares, PriceParameters, load_price_parameters
from scheduler.care.model import Day, Visit, Window
from scheduler.followup import TimeUse, follow_up
from scheduler.given_travel import travel_of
from scheduler.planner import plan_day

ON = date(2026, 3, 4)
# What idle time is for; the rest of it is a plan's own doing.
IDLE_SHARES = ("documentation_share", "meetings_share", "unbooked_share")


@dataclass(frozen=True, slots=True)
class Planned:
    """
    One way of planning the day.

    Parameters
    ----------
    zones
        Zone -> use of the paid time.
    """

    name: str
    unassigned: int
    zones: Mapping[str, TimeUse]


def closer(day: Day, most: int) -> Day:
    """`day` with at most `most` distinct carers in 14 days for everybody who is known."""
    capped = (
        replace(each, most=most if each.most is None else min(most, each.most))
        for each in day.continuity
    )
    return replace(day, continuity=tuple(capped))


def narrower(day: Day, keep: Decimal) -> Day:
    """`day` with each window cut to `keep` of its width, around its middle, to whole minutes."""
    return replace(day, visits=tuple(_narrowed(visit, keep) for visit in day.visits))


def _narrowed(visit: Visit, keep: Decimal) -> Visit:
    earliest, latest = _cut(visit.earliest, visit.latest, keep)
    more = tuple(Window(*_cut(each.earliest, each.latest, keep)) for each in visit.more_windows)
    cut = replace(visit, earliest=earliest, latest=latest, more_windows=more)
    if visit.preferred is None:
        return cut
    # A wished time outside what is left moves to its edge: nobody wishes for the impossible.
    last = more[-1].latest if more else latest
    wished, due = (
        min(max(each, earliest), last)
        for each in (visit.preferred.earliest, visit.preferred.latest)
    )
    return replace(cut, preferred=Window(wished, due))


def _cut(earliest: datetime, latest: datetime, keep: Decimal) -> tuple[datetime, datetime]:
    minutes = int((latest - earliest).total_seconds()) // 60
    off = int(minutes * (1 - keep) / 2)
    step = (latest - earliest) / minutes if minutes else latest - earliest
    return earliest + off * step, latest - off * step


def shares_by_need(
    use: TimeUse, idle_share: Decimal, waiting_share: Decimal | None
) -> MeasuredShares:
    """
    Shares of worked time when shifts are as long as the work, with `idle_share` for the rest.

    Parameters
    ----------
    use
        Of one zone; some care, travel or waiting.
    idle_share
        Documentation, meetings and unbooked time of the price list, in [0, 1).
    waiting_share
        Of the price list; None takes the plan's waiting as need. With `idle_share` below 1.
    """
    waiting_s = use.waiting_s if waiting_share is None else 0
    busy_s = use.care_s + use.travel_s + waiting_s
    worked = 1 - idle_share - (waiting_share or 0)
    waiting = worked * waiting_s / busy_s if waiting_share is None else waiting_share
    return MeasuredShares(worked * use.travel_s / busy_s, waiting, idle_share)


def priced(prices: PriceParameters, zone: str, use: TimeUse, *, own_waiting: bool = False) -> Chain:
    """The price of an hour in `zone` by a plan, staffed by need."""
    terms = prices.terms(ON, zone)
    idle = sum((terms.figure(name).value for name in IDLE_SHARES), Decimal(0))
    waiting = None if own_waiting else terms.figure("waiting_share").value
    return chain(prices, ON, zone, shares_by_need(use, idle, waiting))


def planned(name: str, day: Day, seed: int, seconds: float, threads: int) -> Planned:
    """`day` planned and measured."""
    made = plan_day(day, travel_of(day), seconds=seconds, threads=threads, seed=seed)
    measured = follow_up(day, made)
    return Planned(name, measured.unassigned_visits, measured.by_zone)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="M", choices=[size.value for size in Size])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--most", type=int, default=6)
    parser.add_argument("--keep", type=Decimal, default=Decimal("0.5"))
    parser.add_argument("--waiting", action="store_true", help="price the plan's own waiting")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    prices = load_price_parameters(DEMO_PRICES)
    day = day_with_history(generate(Size(args.size), args.seed, ON))
    ways: dict[str, Callable[[Day], Day]] = {
        "as it is": lambda each: each,
        f"at most {args.most} carers": lambda each: closer(each, args.most),
        f"windows x {args.keep}": lambda each: narrower(each, args.keep),
    }
    plans = [
        planned(name, change(day), args.seed, args.seconds, args.threads)
        for name, change in ways.items()
    ]
    costs = {
        (plan.name, zone): priced(prices, zone, use, own_waiting=args.waiting)
        for plan in plans
        for zone, use in plan.zones.items()
        if use.care_s
    }
    first = plans[0].name
    pairs = {key: compare(costs[first, key[1]], made) for key, made in costs.items()}
    if args.json:
        told = [
            {"way": way, "zone": zone} | comparison_dict(found)
            for (way, zone), found in pairs.items()
        ]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    print("| way | zone | left out | travel | waiting | kr/h | against as it is |")
    print("|---|---|---|---|---|---|---|")
    for (way, zone), found in pairs.items():
        plan = next(each for each in plans if each.name == way)
        use, (result, *_) = plan.zones[zone], found.results
        print(
            f"| {way} | {zone} | {plan.unassigned} | {use.travel_s / use.care_s:.1%} of care "
            f"| {use.waiting_s / use.care_s:.1%} of care | {result.after} "
            f"| {result.difference:+} |"
        )
    zones = sorted({zone for way, zone in costs if way == first})
    for zone in zones[1:]:
        (result, *_) = compare(costs[first, zone], costs[first, zones[0]]).results
        causes = ", ".join(f"{cause.name} {cause.amount:+}" for cause in result.causes)
        print(f"\n{zones[0]} beside {zone}: {result.difference:+} kr/h ({causes})")


if __name__ == "__main__":
    main()
