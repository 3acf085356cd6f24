"""Where granted time ends: every reason on paper, and each minute once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from book_cases import HOUR, book_of, rule
from followup_cases import BOOK, day, decided, planned, row, sources

from pricing.book.model import Status
from pricing.budget.model import Interruption
from pricing.followup.account import account
from pricing.followup.model import Dims, Paid, Place, PlannedVisit, Sums, grouped
from pricing.pay.columns import columns_of
from pricing.pay.settlement import SettledLines, Settlement, settle
from pricing.pay.visits import Performed
from scheduler.care.model import ProviderKind


def total(made: list[tuple[Dims, Sums]]) -> Sums:
    return grouped(made, ())[()]


def minutes(sums: Sums) -> dict[Place, tuple[int, int]]:
    """Place -> granted minutes and minutes beyond, where there are any."""
    return {
        place: (int(figures.within_min), int(figures.beyond_min))
        for place, figures in sums.places.items()
        if figures.within_min or figures.beyond_min
    }


def ten_days() -> tuple[list[PlannedVisit], list[Performed]]:
    plans = [planned(2, on) for on in range(1, 9)]
    plans += [planned(1, on) for on in (1, 2, 3, 4, 7, 8)]
    plans.append(planned(1, 5, left_out="CROWDED_OUT"))
    rows = [row(2, on, 60) for on in range(1, 9)]
    rows += [
        row(1, 1, 60),
        row(1, 2, 45),
        row(1, 3, 0, status=Status.DECLINED),
        row(1, 7, 70),
        row(1, 8, 60),
    ]
    return plans, rows


def test_ten_days_on_paper() -> None:
    """
    600 granted min of the first person are 5,000 kr. Two days in hospital are 120 min, 1,000 kr.
    Of 480 left: 60 + 45 + 70 + 60 performed = 235, 60 declined, 15 too short, 60 without time, 60
    left out by the plan; the sixth day is in no plan, less the ten minutes more on the seventh.
    """
    plans, rows = ten_days()
    away = Interruption(day(9), day(10), "sjukhus")
    made = account(sources([decided(1, 60, away), decided(2, 60, away)], plans, rows))
    sums = total([(d, s) for d, s in made.cells])
    assert minutes(sums) == {
        Place.INTERRUPTED: (240, 0),
        Place.PAID: (480 + 235, 0),
        Place.DECLINED: (60, 0),
        Place.TOO_SHORT: (15, 0),
        Place.NO_TIME: (60, 0),
        Place.LEFT_OUT: (60, 0),
        Place.NOT_PLANNED: (50, 0),
    }
    value = {place: figures.value_ore for place, figures in sums.places.items()}
    assert value[Place.INTERRUPTED] == 200_000
    assert value[Place.TOO_SHORT] == 12_500
    assert (sums.granted_min, sums.granted_ore) == (1200, 1_000_000)
    assert (sums.planned_min, sums.performed_min) == (480 + 360, 480 + 235)
    assert dict(sums.left_out_min) == {"CROWDED_OUT": 60}
    # Half an hour's price for the declined hour.
    declined = sums.places[Place.DECLINED]
    assert (declined.paid_min, declined.paid_ore) == (60, 25_000)
    assert sums.paid_ore == (480 + 235) * 50_000 // 60 + 25_000


def test_time_beyond_the_decision_stands_beside_and_hides_no_leak() -> None:
    """60 granted, 90 planned and performed: 30 beyond; the other person's hour still leaks."""
    plans = [planned(1, 1, 90), planned(2, 1)]
    made = account(sources([decided(1), decided(2)], plans, [row(1, 1, 90)], last=day(1)))
    assert minutes(total(made.cells)) == {Place.PAID: (60, 30), Place.NO_TIME: (60, 0)}


def test_what_a_plan_leaves_out_beyond_the_decision_is_nothing_beyond() -> None:
    """It was neither granted nor done."""
    plans = [planned(1, 1), planned(1, 1, 30, "15:00", left_out="CROWDED_OUT", visit_id="more")]
    made = account(sources([decided()], plans, [row(1, 1, 60)], last=day(1)))
    assert minutes(total(made.cells)) == {Place.PAID: (60, 0)}


def test_what_is_performed_on_another_day_of_the_month_is_no_leak() -> None:
    plans = [planned(1, 1), planned(1, 2)]
    rows = [row(1, 1, 60), row(1, 2, 60, "08:00"), row(1, 2, 60, "15:00")]
    made = account(sources([decided()], plans, rows, last=day(3)))
    # The third day has no plan and is a cell of its own.
    assert minutes(total(made.cells)) == {Place.PAID: (120, 60), Place.NOT_TRACED: (60, 0)}
    plans.append(planned(9, 3))
    plans[-1] = replace(plans[-1], decision="1", recipient="r-1", minutes=1)
    rows.append(row(1, 3, 1))
    made = account(sources([decided()], plans, rows, last=day(3)))
    assert minutes(total(made.cells)) == {Place.PAID: (180, 1)}


def test_without_plans_what_was_not_registered_cannot_be_told() -> None:
    """Too short is then told from what the row itself says was granted."""
    rows = [row(1, 1, 45), row(1, 2, 0, status=Status.DECLINED)]
    sums = total(account(sources([decided()], (), rows, last=day(3))).cells)
    assert minutes(sums) == {
        Place.PAID: (45, 0),
        Place.TOO_SHORT: (15, 0),
        Place.DECLINED: (60, 0),
        Place.NOT_TRACED: (60, 0),
    }
    assert (sums.known["plan"], sums.with_plan_min) == (0, 0)


def test_a_provider_that_sent_nothing_is_missing_and_never_zero() -> None:
    decisions = [decided(1), decided(2, provider="p-2", kind=ProviderKind.OWN)]
    plans = [planned(1, 1), planned(2, 1)]
    made = account(sources(decisions, plans, [row(1, 1, 60)], last=day(1)))
    by_provider = grouped(made.cells, ("provider",))
    assert minutes(by_provider["p-2",]) == {Place.UNREPORTED: (60, 0)}
    assert by_provider["p-2",].known["visits"] == 0
    assert by_provider["p-2",].with_visits_min == 0
    assert total(made.cells).with_visits_min == 60


def test_what_no_plan_has_is_not_planned_also_when_nothing_was_sent() -> None:
    """The plan is known: twenty minutes are in none, forty are planned and not reported."""
    made = account(sources([decided()], [planned(1, 1, 40)], [], last=day(1)))
    assert minutes(total(made.cells)) == {Place.UNREPORTED: (40, 0), Place.NOT_PLANNED: (20, 0)}


def test_minutes_that_two_components_pay_are_paid_once() -> None:
    """An hour with delegated nursing beside it is one paid hour, at both amounts."""
    nursing = rule("rate", "nursing", "{ 2026-01-01 = 40 }", unit='"hour"', basis='"performed"',
                   component='"nursing"', delegated="true")  # fmt: skip
    rows = [row(1, 1, 60, delegated=True)]
    paid = settle(book_of(HOUR, nursing), columns_of(rows), "2026-03")
    made = account(sources([decided()], [planned(1, 1)], rows, [paid], last=day(1)))
    sums = total(made.cells)
    assert (sums.paid_min, sums.paid_ore) == (60, 54_000)


def test_what_was_paid_for_later_days_of_the_month_is_left_aside() -> None:
    rows = [row(1, 1, 60), row(1, 5, 60)]
    made = account(sources([decided()], [planned(1, 1)], rows, last=day(1)))
    sums = total(made.cells)
    assert (sums.paid_ore, dict(sums.beside_ore)) == (50_000, {})


def test_without_a_settlement_payment_is_not_known() -> None:
    made = account(sources([decided()], [planned(1, 1)], [row(1, 1, 60)], [], last=day(1)))
    sums = total(made.cells)
    assert minutes(sums) == {Place.UNSETTLED: (60, 0)}
    assert (sums.known["payment"], sums.with_payment_min) == (0, 0)


def test_performed_and_not_paid() -> None:
    """A settlement without the row, as after a cap: its hour ends unpaid."""
    paid = settle(BOOK, columns_of([row(1, 2, 60)]), "2026-03")
    rows = [row(1, 1, 60), row(1, 2, 60)]
    made = account(sources([decided()], [planned(1, 1), planned(1, 2)], rows, [paid], last=day(2)))
    assert minutes(total(made.cells)) == {Place.UNPAID: (60, 0), Place.PAID: (60, 0)}


def test_a_correction_in_a_later_month_counts_in_the_month_of_the_visit() -> None:
    march = settle(BOOK, columns_of([row(1, 1, 60)]), "2026-03")
    rows = [row(1, 1, 30)]
    april = settle(BOOK, columns_of(rows), "2026-04", [march])
    made = account(sources([decided()], [planned(1, 1)], rows, [march, april], last=day(1)))
    sums = total(made.cells)
    assert minutes(sums) == {Place.PAID: (30, 0), Place.TOO_SHORT: (30, 0)}
    assert (sums.paid_min, sums.paid_ore) == (30, 25_000)


def test_paid_without_a_visit_in_the_files_is_told() -> None:
    """Somebody was paid for a row that is not there: shown beside, and in the sum."""
    paid = settle(BOOK, columns_of([row(1, 1, 60), row(1, 2, 60)]), "2026-03")
    made = account(sources([decided()], [planned(1, 1)], [row(1, 1, 60)], [paid], last=day(2)))
    sums = total(made.cells)
    assert dict(sums.beside_ore) == {Paid.UNKNOWN_VISIT: 50_000}
    assert sums.paid_ore == 100_000


def test_two_carers_in_one_row_are_two_planned_visits() -> None:
    plans = [planned(1, 1, visit_id="1-double-1"), planned(1, 1, visit_id="1-double-2")]
    made = account(sources([decided(staff=2)], plans, [row(1, 1, 50, staff=2)], last=day(1)))
    assert minutes(total(made.cells)) == {Place.PAID: (100, 0), Place.TOO_SHORT: (20, 0)}


def test_a_row_of_another_provider_is_no_performance_of_the_decision() -> None:
    """The grant of p-1 still leaks; what p-2 did is beyond any decision of its own."""
    made = account(
        sources([decided()], [planned(1, 1), planned(1, 2)],
                [row(1, 1, 60), row(1, 2, 60, provider="p-2")], last=day(2))
    )  # fmt: skip
    found = {key: minutes(sums) for key, sums in grouped(made.cells, ("provider",)).items()}
    assert found["p-2",] == {Place.PAID: (0, 60)}
    assert found["p-1",][Place.PAID] == (60, 0)
    units = set(grouped(made.cells, ("provider", "unit")))
    assert units == {("p-1", "north"), ("p-2", "")}
    assert sum(within for within, _ in found["p-1",].values()) == 120


@pytest.mark.parametrize("when", [date(2026, 2, 28), date(2026, 3, 2)])
def test_other_days_are_left_aside(when: date) -> None:
    rows = [row(1, 1, 60), replace(row(1, 1, 60), id="other", start=0)]
    start = rows[0].start + (when - day(1)).days * 1440
    rows[1] = replace(rows[1], start=start)
    columns = columns_of(rows)
    made = account(
        replace(sources([decided()], [planned(1, 1)], rows, [_settled(rows)], last=day(1)),
                performed=columns)
    )  # fmt: skip
    assert minutes(total(made.cells)) == {Place.PAID: (60, 0)}


def _settled(rows: list[object]) -> Settlement:
    made = settle(BOOK, columns_of([rows[0]]), "2026-03")  # type: ignore[list-item]
    return replace(made, lines=SettledLines.of(list(made.lines)))
