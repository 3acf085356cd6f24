"""
Shares of worked time: what is care time, and what every care hour has to carry beside it.

The care-time share is what the ancillary shares leave. The shares are stated in the price list, or
partly measured. A day plan knows transport and waiting; performed time knows the classes that are
registered. What neither knows is the rest, where the other stated shares, such as documentation and
meetings, must find room. What they do not fill is unbooked::

    unbooked = max(0, rest - the stated shares of what was not measured)
    care-time share = 1 - the measured shares - those stated shares - unbooked

Source: the chain of docs/pricing.md, step 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pricing.figure import Figure, Operation, Origin, total
from pricing.hour_cost import ShareSource
from pricing.recipe import TimeClass
from pricing.swedish import percent
from scheduler.care.errors import Finding, InvalidInput, Severity

SHARE_UNIT = "share"
SOURCE_TEXTS = {
    ShareSource.MEASURED: "Uppmätt i dagsplanen",
    ShareSource.PERFORMED: "Uppmätt i utförd tid",
}
REST_TEXTS = {
    ShareSource.MEASURED: "Obokad tid i planen, före dokumentation och möten",
    ShareSource.PERFORMED: "Arbetad tid utan registrering",
}


@dataclass(frozen=True, slots=True)
class MeasuredShares:
    """Shares of paid time in a day plan, each in [0, 1] and together at most 1."""

    transport: Decimal
    waiting: Decimal
    idle: Decimal

    @property
    def source(self) -> ShareSource:
        """A plan."""
        return ShareSource.MEASURED

    @property
    def known(self) -> Mapping[TimeClass, Decimal]:
        """What a plan measures."""
        return {TimeClass.TRANSPORT: self.transport, TimeClass.WAITING: self.waiting}

    @property
    def rest(self) -> Decimal:
        """What it leaves for everything else."""
        return self.idle


@dataclass(frozen=True, slots=True)
class PerformedShares:
    """
    Shares of worked time in performed days, each in [0, 1] and together with care at most 1.

    Parameters
    ----------
    known
        Time class -> share, of the classes that are registered; never UNBOOKED.
    rest
        Worked time that is neither care nor registered.
    """

    known: Mapping[TimeClass, Decimal]
    rest: Decimal

    @property
    def source(self) -> ShareSource:
        """Performed time."""
        return ShareSource.PERFORMED


AnyShares = MeasuredShares | PerformedShares


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
        STATED when all are; else that of what was measured.
    sources
        Parameter name -> where its own share comes from.
    notes
        Warnings.
    """

    ancillary: Mapping[str, Figure]
    care_time: Figure
    source: ShareSource
    sources: Mapping[str, ShareSource]
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


def time_shares(
    stated: Mapping[str, Figure],
    classes: Mapping[str, TimeClass],
    measured: AnyShares | None,
) -> TimeShares:
    """
    The shares that apply.

    Parameters
    ----------
    stated
        Ancillary shares of the price list by parameter name, each in [0, 1].
    classes
        Parameter name -> what it is measured as; a name that it lacks is always stated.
    measured
        Replaces the stated shares of what it knows, and the unbooked share; None leaves them.

    Raises
    ------
    InvalidInput
        When no care time is left; when something is measured that the price list has no line for.
    """
    if measured is None:
        sources = dict.fromkeys(stated, ShareSource.STATED)
        return TimeShares(stated, _care_time(stated), ShareSource.STATED, sources)
    names = {time_class: name for name, time_class in classes.items()}
    wanted = [*measured.known, TimeClass.UNBOOKED]
    missing = [time_class for time_class in wanted if time_class not in names]
    if missing:
        raise InvalidInput(_no_line(wanted, missing))
    replaced = {names[each]: share for each, share in measured.known.items()}
    unbooked_name = names[TimeClass.UNBOOKED]
    others = total(
        share for name, share in stated.items() if name not in {*replaced, unbooked_name}
    )
    rest = _measured("rest_share", measured.rest, REST_TEXTS[measured.source], measured.source)
    unbooked = (rest - others).at_least_zero()
    figures = {
        name: _measured(name, share, stated[name].text, measured.source)
        for name, share in replaced.items()
    } | {unbooked_name: unbooked.called(unbooked_name, stated[unbooked_name].text, SHARE_UNIT)}
    shares = {name: figures.get(name, share) for name, share in stated.items()}
    sources = {name: measured.source if name in figures else ShareSource.STATED for name in stated}
    short = rest.value < others.value
    notes = (_too_little_time(measured.source, rest.value, others.value),) if short else ()
    return TimeShares(shares, _care_time(shares), measured.source, sources, notes)


def _measured(name: str, share: Decimal, text: str, source: ShareSource) -> Figure:
    return Figure(
        share,
        Operation.INPUT,
        name=name,
        text=text,
        unit=SHARE_UNIT,
        origin=Origin(SOURCE_TEXTS[source]),
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


def _no_line(wanted: list[TimeClass], missing: list[TimeClass]) -> Finding:
    return Finding(
        "NO_LINE_FOR_MEASURED_SHARE",
        "recipe",
        f"an ancillary_share step of each time class: {', '.join(wanted)}",
        f"none of {', '.join(missing)}",
        "Lägg till stegen i prislistan eller räkna med dess angivna andelar.",
    )


def _too_little_time(source: ShareSource, rest: Decimal, others: Decimal) -> Finding:
    if source is ShareSource.PERFORMED:
        return Finding(
            "PERFORMED_LEAVES_TOO_LITTLE_TIME",
            "performed time",
            f"a rest of at least {others}",
            f"{rest:.4f}",
            f"I den utförda tiden återstår {percent(rest)} utan registrering, men det som inte "
            f"registreras är angivet till {percent(others)}. Priset räknar med hela det angivna; "
            "registrera tiden eller rätta andelarna.",
            Severity.WARNING,
        )
    return Finding(
        "PLAN_LEAVES_TOO_LITTLE_TIME",
        "measured time",
        f"an idle share of at least {others}",
        f"{rest:.4f}",
        f"Planen lämnar {percent(rest)} obokad tid, men dokumentation, planering, möten och "
        f"utbildning behöver {percent(others)}. Priset räknar med hela behovet; lägg in tid för "
        "det i planen.",
        Severity.WARNING,
    )
