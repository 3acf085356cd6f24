"""Rates with their denominators, groups by one yardstick, tables, and what is told as missing."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from followup_cases import BOOK, FIRST, day, decided, planned, row, sources
from test_followup_account import ten_days

from pricing.budget.model import Interruption
from pricing.followup.export import follow_up_dict
from pricing.followup.meetings import CarersFrom
from pricing.followup.model import Place
from pricing.followup.report import DIMENSIONS, FollowUp, Group, follow_up
from pricing.followup.tables import chain_table, left_out_table, place_table, stage_table
from pricing.pay.columns import columns_of
from pricing.pay.settlement import settle
from scheduler.care.errors import InvalidInput
from scheduler.care.model import ProviderKind

AWAY = Interruption(day(9), day(10), "sjukhus")


def made() -> FollowUp:
    """Ten days on paper with a second, municipal provider that has sent nothing."""
    plans, rows = ten_days()
    late = decided(3, 30, provider="p-2", kind=ProviderKind.OWN, unit="south")
    return follow_up(sources([decided(1, 60, AWAY), decided(2, 60, AWAY), late], plans, rows))


def group(found: FollowUp, dimension: str, *names: str) -> Group:
    return next(each for each in found.groups[dimension] if each.names == names)


def test_rates_are_of_granted_time_that_was_not_interrupted() -> None:
    """16 h of 20 in force; 14 h planned and 11 h 55 min performed."""
    own = group(made(), "provider", "PRIVATE", "p-1")
    assert own.planned_share == Decimal("0.875")
    assert own.execution_share == Decimal(715) / 960
    assert own.performed_of_planned == Decimal(715) / 840


def test_what_is_not_known_is_no_part_of_a_rate() -> None:
    """All together: 21 h in force, but p-2's five hours have neither plans nor visits."""
    found = made()
    assert found.total.sums.in_force_min == 21 * 60
    assert found.total.execution_share == Decimal(715) / 960
    late = group(found, "kind", "OWN")
    assert (late.planned_share, late.execution_share, late.performed_of_planned) == (None,) * 3


def test_the_yardstick_is_the_same_for_own_and_private() -> None:
    """The same visits of a municipal and a private provider give the same figures."""
    plans, rows = ten_days()
    shared = [decided(1, 60, AWAY), decided(2, 60, AWAY)]
    private = follow_up(sources(shared, plans, rows)).total
    municipal = [
        decided(number, 60, AWAY, provider="p-1", kind=ProviderKind.OWN) for number in (1, 2)
    ]
    rows = [replace(each, provider_kind="OWN") for each in rows]
    own = follow_up(sources(municipal, plans, rows)).total
    assert replace(own, names=()) == private


def test_every_dimension_has_all_of_the_time() -> None:
    found = made()
    for dimension in DIMENSIONS:
        granted = sum((each.sums.granted_min for each in found.groups[dimension]), Fraction(0))
        assert granted == found.total.sums.granted_min, dimension


def test_missing_data_is_told_once_with_its_place() -> None:
    told = {(each.code, each.where) for each in made().notes}
    assert told == {
        ("PLANS_MISSING", "p-2, south, 2026-03"),
        ("VISITS_MISSING", "p-2, 2026-03"),
        ("DAYS_WITHOUT_TIME", "p-1, 2026-03"),
        ("WORKED_TIME_MISSING", "worked time"),
    }
    without = follow_up(sources([decided()], [planned(1, 1)], [row(1, 1, 60)], [], last=day(2)))
    told = {(each.code, each.where) for each in without.notes}
    assert ("SETTLEMENT_MISSING", "2026-03") in told
    assert ("PLANS_MISSING", "p-1, north, 2026-03") in told


def test_the_chain_adds_up_in_hours_and_kronor() -> None:
    table = chain_table(made().total.sums)
    whole, parts = table.iloc[0], table.iloc[1:]
    for column in ("hours", "kronor", "share", "beyond_hours", "paid_hours", "paid_kronor"):
        assert math.isclose(parts[column].sum(), whole[column], abs_tol=1e-9), column
    assert dict(zip(table["place"], table["hours"], strict=True))["UNREPORTED"] == 5.0


def test_a_stage_without_data_is_not_a_number_and_never_zero() -> None:
    table = stage_table(made(), "provider").set_index("provider")
    missing = ["planned_h", "performed_h", "paid_h", "planned_share", "execution_share", "paid_kr"]
    assert table.loc["p-2", missing].isna().all()
    assert table.loc["p-1", missing].notna().all()
    assert table.loc["p-2", "granted_kr"] == 2500.0


def test_without_plans_the_chain_tells_of_no_planning() -> None:
    """Nobody can say that nothing was left out, so no zero stands there."""
    table = chain_table(follow_up(sources([decided()], (), [row(1, 1, 60)])).total.sums)
    assert not {"LEFT_OUT", "NOT_PLANNED", "NO_TIME"} & set(table["place"])
    assert {"NOT_TRACED", "DECLINED", "PAID"} <= set(table["place"])


def test_tables_of_groups_and_reasons() -> None:
    found = made()
    places = place_table(found, ["total", "provider"])
    assert list(dict.fromkeys(places["group"])) == ["total", "p-2", "p-1"]
    assert left_out_table(found).to_dict("list") == {"reason": ["CROWDED_OUT"], "hours": [1.0]}
    assert "continuity" not in stage_table(found, "service")


def test_a_month_of_nothing_has_tables_without_rows() -> None:
    """A municipality on its first day, and a provider that nobody has chosen yet."""
    found = follow_up(sources(()))
    for dimension in DIMENSIONS.keys() - {"total"}:
        assert stage_table(found, dimension).empty


def test_continuity_is_of_registered_carers_and_else_of_the_plans() -> None:
    plans = [planned(1, on, 30, clock, visit_id=clock, carer=f"c-{on % 3}")
             for on in range(1, 15) for clock in ("08:00", "17:00")]  # fmt: skip
    rows = [row(1, on, 30, clock) for on in range(1, 15) for clock in ("08:00", "17:00")]
    found = follow_up(sources([decided()], plans, rows, last=day(14))).total
    assert (found.mean_continuity, found.continuity_source) == (Decimal(3), CarersFrom.PLANS)
    rows = [replace(each, carer="c-1" if n % 2 else "c-2 c-8") for n, each in enumerate(rows)]
    rows[0] = replace(rows[0], staff=2)
    found = follow_up(sources([decided()], plans, rows, last=day(14))).total
    assert (found.mean_continuity, found.continuity_source) == (Decimal(3), CarersFrom.VISITS)
    rows[1] = replace(rows[1], carer="")
    found = follow_up(sources([decided()], plans, rows, last=day(14))).total
    assert (found.mean_continuity, found.continuity_unknown) == (None, 1)


def test_json_has_minutes_and_ore_and_null_for_missing() -> None:
    document = json.loads(json.dumps(follow_up_dict(made())))
    late = next(each for each in document["groups"]["provider"] if each["provider"] == "p-2")
    assert (late["grantedMin"], late["performedMin"], late["executionShare"]) == ("300", None, None)
    places = document["groups"]["total"][0]["places"]
    assert sum(Decimal(each["grantedMin"]) for each in places) == 25 * 60
    assert sum(each["grantedOre"] for each in places) == 1_250_000
    assert document["firstDay"] == FIRST.isoformat()


def test_nobody_is_named() -> None:
    """Figures are of groups: no recipient, carer, decision or visit is in the answer."""
    text = json.dumps(follow_up_dict(made()))
    assert not any(each in text for each in ("r-1", "r-2", "c-1", "1-morning", "sjukhus"))


def test_each_provider_is_settled_by_itself() -> None:
    """p-1's March is closed and p-2's is not: what p-2 performed waits, and is no leak."""
    rows = [row(1, 1, 60), row(3, 1, 30, provider="p-2", provider_kind="OWN")]
    decisions = [decided(1), decided(3, 30, provider="p-2", kind=ProviderKind.OWN)]
    known = sources(decisions, (), rows)
    both = follow_up(known)
    first = replace(known, settlements=[settle(BOOK, columns_of(rows[:1]), "2026-03")])
    apart = follow_up(replace(first, settled=frozenset({("p-1", "2026-03")})))
    assert group(both, "provider", "OWN", "p-2").sums.known["payment"]
    late = group(apart, "provider", "OWN", "p-2").sums
    assert (late.known["payment"], late.places[Place.UNSETTLED].within_min) == (0, 30)
    assert Place.UNPAID not in late.places
    told = [each.where for each in apart.notes if each.code == "SETTLEMENT_MISSING"]
    assert told == ["p-2, 2026-03"]
    # Where a settlement is every provider's, the month is.
    assert Place.UNPAID in group(follow_up(first), "provider", "OWN", "p-2").sums.places


def test_one_providers_part_is_its_own_whatever_others_cost() -> None:
    """The second placement has no price at all, and is neither asked nor told."""
    moved = decided(1)
    other = replace(moved.placements[0], first_day=day(6), provider="p-2", zone="nowhere")
    moved = replace(moved, placements=(*moved.placements, other))
    known = sources([moved], (), [row(1, 1, 60)])
    with pytest.raises(InvalidInput):
        follow_up(known)
    own = follow_up(replace(known, terms=replace(known.terms, provider="p-1")))
    assert [each.names for each in own.groups["provider"]] == [("PRIVATE", "p-1")]
    assert own.total.sums.granted_min == 5 * 60
