"""
What nobody has money for: commissions (uppdrag) and decisions, before they take effect.

A commission is funded from budget posts, each amount from a day on; the money of a unit is its
posts less what commissions have been given of them. Findings are warnings: they say what it costs
a month and a year, and on which day the money ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from pricing.book.model import Unit
from pricing.budget.counting import ONE_DAY
from pricing.budget.forecast import kronor_ore, money_ends
from pricing.budget.granted_time import month_of
from pricing.budget.model import Placement
from pricing.budget.purses import PurseLine
from pricing.budget.tariff import Tariff
from pricing.swedish import number
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.units import MINUTES_PER_HOUR, from_ore


class Per(StrEnum):
    """What a stated cost is for."""

    MONTH = "MONTH"
    YEAR = "YEAR"
    ONCE = "ONCE"


@dataclass(frozen=True, slots=True)
class Post:
    """A budget post: öre that a unit may spend from a day on."""

    id: str
    unit: str
    amount_ore: int
    first_day: date


@dataclass(frozen=True, slots=True)
class Cost:
    """
    A cost line of a commission: öre, or hours at the rate of their day.

    Parameters
    ----------
    amount_ore
        None when it is stated in hours.
    hours
        With `service` and `placement`, which decide the rate.
    """

    text: str
    per: Per
    amount_ore: int | None = None
    hours: Fraction = Fraction(0)
    service: str = ""
    placement: Placement | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """Öre of a post that are given to a commission, from a day on."""

    post: str
    amount_ore: int
    first_day: date


@dataclass(frozen=True, slots=True)
class Commission:
    """What a council or a board has resolved to have done; `last_day` None is for ever."""

    id: str
    text: str
    first_day: date
    last_day: date | None
    costs: tuple[Cost, ...]
    funding: tuple[Funding, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """
    What a commission or a new decision costs in the year, against the money there is for it.

    Parameters
    ----------
    months
        First day of month and öre, for months with a cost.
    money_ore
        Given to the commission in the year, or left of the unit's budget before the decision; None
        when the unit has no budget.
    money_ends
        The first day that is not covered; None when the money suffices.
    findings
        Empty when it is funded.
    """

    id: str
    text: str
    first_day: date
    months: tuple[tuple[date, int], ...]
    money_ore: int | None
    money_ends: date | None
    findings: tuple[Finding, ...]

    @property
    def cost_ore(self) -> int:
        """The year's cost, the sum of the months."""
        return sum(ore for _, ore in self.months)

    @property
    def gap_ore(self) -> int:
        """What the money lacks; >= 0."""
        return max(0, self.cost_ore - max(0, self.money_ore or 0))


def commission_claim(commission: Commission, year: int, tariff: Tariff) -> Claim:
    """
    The cost of a commission in `year` against its funding.

    Raises
    ------
    CareError
        When a cost in hours has no hour rate on one of its days.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    begin = max(first, commission.first_day)
    end = last if commission.last_day is None else min(last, commission.last_day)
    days = [begin + n * ONE_DAY for n in range((end - begin).days + 1)]
    by_day: dict[date, Fraction] = defaultdict(Fraction)
    by_month: dict[date, int] = defaultdict(int)
    for cost in commission.costs:
        of_month: dict[date, Fraction] = defaultdict(Fraction)
        for day in days:
            amount = _on_day(cost, day, commission.first_day, tariff)
            by_day[day] += amount * 100
            of_month[day.replace(day=1)] += amount
        for month, amount in of_month.items():
            by_month[month] += kronor_ore(amount)
    money = [(each.first_day, each.amount_ore) for each in commission.funding]
    in_year = sum(ore for day, ore in money if day <= last)
    months = tuple((month, ore) for month, ore in sorted(by_month.items()) if ore)
    return _judged(
        Claim(
            commission.id,
            commission.text,
            commission.first_day,
            months,
            in_year,
            money_ends(by_day, money),
            (),
        ),
        "commission",
        "COMMISSION_WITHOUT_FUNDING" if not in_year else "COMMISSION_UNDERFUNDED",
        "Anvisa medel från en budgetpost innan uppdraget börjar, eller skjut upp det.",
    )


def decision_claims(
    decisions: Mapping[str, Sequence[PurseLine]],
    costs: Mapping[str, Mapping[date, Fraction]],
    posts: Sequence[Post],
    commissions: Iterable[Commission],
) -> tuple[Claim, ...]:
    """
    New decisions, granted in full, against what is left of each unit's budget.

    Each takes its money before the next one, in the order of their first days.

    Parameters
    ----------
    decisions
        Id -> its purses for the rest of the year.
    costs
        Unit -> day -> öre, without the new decisions.
    """
    spent = {unit: defaultdict(Fraction, days) for unit, days in costs.items()}
    claims = []
    in_order = sorted(
        ((lines[0].first_day, id_, lines) for id_, lines in decisions.items() if lines),
        key=lambda each: each[:2],
    )
    claimed = list(commissions)
    for first_day, decision_id, lines in in_order:
        unit = lines[0].placement.unit
        money = unit_money(unit, posts, claimed)
        days = spent.setdefault(unit, defaultdict(Fraction))
        used = sum(days.values(), Fraction(0))
        before = money_ends(days, money or [])
        months: dict[date, int] = defaultdict(int)
        for line in lines:
            months[line.month] += line.amount_ore
            for day, ore in line.by_day().items():
                days[day] += ore
        total = None if money is None else sum(ore for _, ore in money)
        ends = money_ends(days, money or [])
        claims.append(
            _judged(
                Claim(
                    decision_id,
                    "",
                    first_day,
                    tuple(sorted(months.items())),
                    None if total is None else int(total - used),
                    # Money that was already at its end before the decision ends no later by it.
                    ends if before is None else max(first_day, min(before, ends or before)),
                    (),
                ),
                "decision",
                "DECISION_WITHOUT_FUNDING",
                "Anvisa medel till enheten innan beslutet börjar gälla.",
            )
        )
    return tuple(claims)


def unit_money(
    unit: str, posts: Sequence[Post], commissions: Iterable[Commission]
) -> list[tuple[date, int]] | None:
    """The money of a unit by its days, less what commissions have; None when it has no post."""
    own = [each for each in posts if each.unit == unit]
    if not own:
        return None
    ids = {each.id: each.first_day for each in own}
    money = [(each.first_day, each.amount_ore) for each in own]
    money += [
        (ids[funding.post], -funding.amount_ore)
        for each in commissions
        for funding in each.funding
        if funding.post in ids
    ]
    return money


def post_findings(posts: Sequence[Post], commissions: Iterable[Commission]) -> list[Finding]:
    """UNKNOWN_POST, POST_OVERDRAWN and FUNDING_BEFORE_POST of all commissions."""
    known = {each.id: each for each in posts}
    drawn: dict[str, int] = defaultdict(int)
    found = []
    for commission in commissions:
        for each in commission.funding:
            where = f"commission {commission.id}: post {each.post}"
            post = known.get(each.post)
            if post is None:
                found.append(
                    Finding("UNKNOWN_POST", where, "a post of the budget", "none of that id",
                            "Lägg till budgetposten eller rätta dess id.")
                )  # fmt: skip
                continue
            drawn[each.post] += each.amount_ore
            if each.first_day < post.first_day:
                found.append(
                    Finding("FUNDING_BEFORE_POST", where, f"a day from {post.first_day}",
                            each.first_day.isoformat(), "Låt medlen gälla från postens första dag.")
                )  # fmt: skip
    found += [
        Finding("POST_OVERDRAWN", f"post {post}", f"at most {kronor(known[post].amount_ore)}",
                f"{kronor(ore)} given to commissions", "Minska det som anvisas ur posten.")
        for post, ore in sorted(drawn.items())
        if ore > known[post].amount_ore
    ]  # fmt: skip
    return found


def _on_day(cost: Cost, day: date, first_day: date, tariff: Tariff) -> Fraction:
    """Kronor of a cost line on one day, exact."""
    if cost.per is Per.ONCE:
        part = Fraction(int(day == first_day))
    else:
        begin, end = month_of(day)
        if cost.per is Per.YEAR:
            begin, end = date(day.year, 1, 1), date(day.year, 12, 31)
        part = Fraction(1, (end - begin).days + 1)
    if cost.amount_ore is not None:
        return Fraction(cost.amount_ore, 100) * part
    if cost.placement is None:
        raise TypeError("A cost in hours has a placement.")
    if not part:
        return part
    hourly: list[Fraction] = []
    if not tariff.by_clock():
        minutes = MINUTES_PER_HOUR
        (whole,) = tariff.parts(day, None, minutes)
        prices = tariff.prices(cost.service, cost.placement, whole, minutes, day)
        hourly = [price.kronor for price in prices if price.unit is Unit.HOUR]
    if not hourly:
        raise InvalidInput(
            Finding(
                "NO_HOUR_RATE",
                cost.service,
                "a service paid by the hour, the same at all times of the day",
                "another",
                "Ange kostnaden i kronor.",
            )
        )
    return sum(hourly, Fraction(0)) * cost.hours * part


def _judged(claim: Claim, what: str, code: str, action: str) -> Claim:
    if claim.money_ends is None or not claim.cost_ore:
        return claim
    if code == "COMMISSION_UNDERFUNDED" and not claim.gap_ore:
        code = "FUNDING_TOO_LATE"
    _, most = max(claim.months, key=lambda each: each[1])
    money = "no budget" if claim.money_ore is None else kronor(claim.money_ore)
    finding = Finding(
        code,
        f"{what} {claim.id}",
        f"{kronor(claim.cost_ore)} for the year from {claim.first_day.isoformat()}, "
        f"at most {kronor(most)} a month",
        f"{money}; the money ends {claim.money_ends.isoformat()}",
        action,
        Severity.WARNING,
    )
    return Claim(
        claim.id, claim.text, claim.first_day, claim.months, claim.money_ore, claim.money_ends,
        (finding,),
    )  # fmt: skip


def kronor(ore: int) -> str:
    """Öre as people read kronor, in findings."""
    return f"{number(from_ore(ore))} kr"
