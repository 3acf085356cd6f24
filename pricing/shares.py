"""
Shares of worked time: what is care time, and what every care hour has to carry beside it.

The care-time share is what the ancillary shares leave. The shares are stated in the price list, or
partly measured: a day plan knows transport and waiting, and its idle time is where documentation,
planning, meetings and training must find room. What idle time they do not fill is unbooked::

    unbooked = max(0, idle - the other stated ancillary shares)
    care-time share = 1 - transport - waiting - unbooked - the other stated ancillary shares

Source: the chain of docs/pricing.md, step 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pricing.figure import Figure, Operation, Origin, total
from pricing.hour_cost import ShareSource
from pricing.swedish import percent
from scheduler.care.errors import Finding, InvalidInput, Severity

SHARE_UNIT = "share"
MEASURED_SOURCE = "Uppmätt i dagsplanen"

# Parameters that a measured plan replaces.
TRANSPORT = "transport_share"
WAITING = "waiting_share"
UNBOOKED = "unbooked_share"
MEASURABLE = frozenset({TRANSPORT, WAITING, UNBOOKED})


@dataclass(frozen=True, slots=True)
class MeasuredShares:
    """Shares of paid time in a day plan, each in [0, 1] and together at most 1."""

    transport: Decimal
    waiting: Decimal
    idle: Decimal


@dataclass(frozen=True, slots=True)
class TimeShares:
    """
    How worked time is divided.

    Parameters
    ----------
    ancillary
        Parameter name -> share of worked time.
    care_time
        What is left, in (0, 1].
    source
        Measured or stated.
    notes
        Warnings.
    """

    ancillary: Mapping[str, Figure]
    care_time: Figure
    source: ShareSource
    notes: tuple[Finding, ...] = ()


def measured_shares(*, paid_s: int, travel_s: int, waiting_s: int, idle_s: int) -> MeasuredShares:
    """
    Shares of paid time from the seconds of a follow-up.

    Parameters
    ----------
    paid_s
        Paid seconds, > 0.
    travel_s, waiting_s, idle_s
        Seconds of it without a recipient; >= 0 and together at most `paid_s`.

    Raises
    ------
    InvalidInput
        When a bound is broken.
    """
    without_care_s = (travel_s, waiting_s, idle_s)
    if paid_s <= 0 or min(without_care_s) < 0 or sum(without_care_s) > paid_s:
        raise InvalidInput(
            Finding(
                "IMPOSSIBLE_SECONDS",
                "measured time",
                "paid_s > 0; travel_s, waiting_s and idle_s >= 0 and together at most paid_s",
                f"paid_s {paid_s}, travel_s {travel_s}, waiting_s {waiting_s}, idle_s {idle_s}",
                "Mät om planen: tiderna går inte ihop.",
            )
        )
    return MeasuredShares(
        transport=Decimal(travel_s) / paid_s,
        waiting=Decimal(waiting_s) / paid_s,
        idle=Decimal(idle_s) / paid_s,
    )


def time_shares(stated: Mapping[str, Figure], measured: MeasuredShares | None) -> TimeShares:
    """
    The shares that apply.

    Parameters
    ----------
    stated
        Ancillary shares of the price list by parameter name, each in [0, 1].
    measured
        Replaces the stated transport, waiting and unbooked shares; None leaves them.

    Raises
    ------
    InvalidInput
        When no care time is left; when something is measured that the price list has no line for.
    """
    if measured is None:
        return TimeShares(stated, _care_time(stated), ShareSource.STATED)
    missing = sorted(MEASURABLE - stated.keys())
    if missing:
        raise InvalidInput(
            Finding(
                "NO_LINE_FOR_MEASURED_SHARE",
                "recipe",
                f"ancillary_share steps for {', '.join(sorted(MEASURABLE))}",
                f"none for {', '.join(missing)}",
                "Lägg till stegen i prislistan eller räkna med dess angivna andelar.",
            )
        )
    others = total(stated[name] for name in stated if name not in MEASURABLE)
    idle = _measured(
        "idle_share", measured.idle, "Obokad tid i planen, före dokumentation och möten"
    )
    unbooked = (idle - others).at_least_zero()
    replaced = {
        TRANSPORT: _measured(TRANSPORT, measured.transport, stated[TRANSPORT].text),
        WAITING: _measured(WAITING, measured.waiting, stated[WAITING].text),
        UNBOOKED: unbooked.called(UNBOOKED, stated[UNBOOKED].text, SHARE_UNIT),
    }
    shares = {name: replaced.get(name, share) for name, share in stated.items()}
    notes = (_too_little_time(idle.value, others.value),) if idle.value < others.value else ()
    return TimeShares(shares, _care_time(shares), ShareSource.MEASURED, notes)


def _measured(name: str, share: Decimal, text: str) -> Figure:
    return Figure(
        share,
        Operation.INPUT,
        name=name,
        text=text,
        unit=SHARE_UNIT,
        origin=Origin(MEASURED_SOURCE),
    )


def _care_time(shares: Mapping[str, Figure]) -> Figure:
    care_time = 1 - total(shares.values())
    if care_time.value <= 0 or any(share.value < 0 for share in shares.values()):
        raise InvalidInput(
            Finding(
                "NO_CARE_TIME",
                ", ".join(sorted(shares)),
                "ancillary shares >= 0 that add up to less than 1",
                ", ".join(str(shares[name].value) for name in sorted(shares)),
                "Sänk andelarna: kringtiden lämnar ingen brukartid.",
            )
        )
    return care_time.called("care_time_share", "Brukartidsandel", SHARE_UNIT)


def _too_little_time(idle: Decimal, indirect: Decimal) -> Finding:
    return Finding(
        "PLAN_LEAVES_TOO_LITTLE_TIME",
        "measured time",
        f"an idle share of at least {indirect}",
        f"{idle:.4f}",
        f"Planen lämnar {percent(idle)} obokad tid, men dokumentation, planering, möten och "
        f"utbildning behöver {percent(indirect)}. Priset räknar med hela behovet; lägg in tid för "
        "det i planen.",
        Severity.WARNING,
    )
