"""A price list is refused as a whole, with every fault, its file and its parameter named."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from price_cases import DEMO, PUBLISHED, ROOT, add_step, document, set_value

from pricing.price import hour_cost, load_price_parameters, parse_price_parameters
from pricing.price_list import WAGE_QUANTITY
from pricing.recipe import DEFAULT_CLASS, StepKind, TimeClass
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import ProviderKind

Doc = dict[str, Any]
DAY = "2026-01-01"


def faults(doc: Doc) -> list[Finding]:
    with pytest.raises(InvalidInput) as refused:
        parse_price_parameters(doc, "test.toml")
    return list(refused.value.findings)


def cost_step(doc: Doc, position: int) -> Doc:
    step: Doc = doc["recipe"][0]["cost"][position]
    return step


def rename_parameter(doc: Doc) -> None:
    doc["parameters"]["vehicel"] = doc["parameters"].pop("vehicle")


def second_day_twice(doc: Doc) -> None:
    doc["recipe"].append(deepcopy(doc["recipe"][0]))


def ancillary_last(doc: Doc) -> None:
    steps = doc["recipe"][0]["cost"]
    steps.append(steps.pop(1))


def rounding_first(doc: Doc) -> None:
    doc["recipe"][0]["rate"].reverse()


def no_worked_hour(doc: Doc) -> None:
    del doc["recipe"][0]["cost"][0]


def two_worked_hours(doc: Doc) -> None:
    doc["recipe"][0]["cost"].insert(0, {"kind": "worked_hour_amount", "parameter": "staff"})


def both_ancillary(doc: Doc) -> None:
    doc["recipe"][0]["cost"].insert(2, {"kind": "ancillary_amount", "parameter": "waiting"})


def vehicle_twice(doc: Doc) -> None:
    doc["recipe"][0]["cost"].append({"kind": "amount", "parameter": "vehicle"})


def one_class_twice(doc: Doc) -> None:
    steps = doc["recipe"][0]["cost"]
    steps[1]["time_class"] = "transport"
    steps.insert(2, {"kind": "ancillary_share", "parameter": "walking", "time_class": "transport"})


def set_at(*path: str | int, value: object) -> Callable[[Doc], None]:
    """A change that puts `value` at a place of the document; None removes what is there."""

    def change(doc: Doc) -> None:
        part: Any = doc
        for key in path[:-1]:
            part = part[key]
        if value is None:
            del part[path[-1]]
        else:
            part[path[-1]] = value

    return change


def values(name: str, value: object) -> Callable[[Doc], None]:
    return lambda doc: set_value(doc, name, value)


FAULTS: list[tuple[Callable[[Doc], None], str, str]] = [
    (set_at("title", value=None), "WRONG_FIELD", "title"),
    (set_at("titel", value="x"), "WRONG_FIELD", "titel"),
    (set_at("zones", value=["town", "town"]), "WRONG_FIELD", "zones"),
    (set_at("zones", value="town"), "WRONG_FIELD", "zones"),
    (set_at("services", value=[]), "WRONG_FIELD", "services"),
    (set_at("services", value=["town"]), "WRONG_FIELD", "services"),
    (set_at("providers", value=["OWN", "STATE"]), "WRONG_FIELD", "providers"),
    (set_at("providers", value=["OWN"]), "WRONG_FIELD", "recipe, step vat_compensation"),
    (set_at("recipe", value=None), "WRONG_FIELD", "recipe"),
    (set_at("recipe", value=[]), "WRONG_FIELD", "recipe"),
    (set_at("recipe", value={"first_day": DAY}), "WRONG_FIELD", "recipe"),
    (set_at("recipe", value=[5]), "WRONG_FIELD", "recipe[0]"),
    (set_at("recipe", 0, "first_day", value="soon"), "NOT_A_DAY", "recipe[0].first_day"),
    (set_at("recipe", 0, "first_day", value=2026), "NOT_A_DAY", "recipe[0].first_day"),
    (set_at("recipe", 0, "note", value="x"), "WRONG_FIELD", "recipe[0].note"),
    (set_at("recipe", 0, "cost", value=[]), "WRONG_FIELD", "recipe[0].cost"),
    (set_at("recipe", 0, "cost", 2, value="x"), "WRONG_FIELD", "recipe[0].cost[2]"),
    (
        set_at("recipe", 0, "cost", 2, "kind", value="round"),
        "WRONG_FIELD",
        "recipe[0].cost[2].kind",
    ),
    (
        set_at("recipe", 0, "cost", 2, "provider", value="OWN"),
        "WRONG_FIELD",
        "recipe[0].cost[2].provider",
    ),
    (
        set_at("recipe", 0, "rate", 0, "provider", value="STATE"),
        "WRONG_FIELD",
        "recipe[0].rate[0].provider",
    ),
    (
        set_at("recipe", 0, "rate", 1, "provider", value="OWN"),
        "WRONG_FIELD",
        "recipe[0].rate[1].provider",
    ),
    (
        set_at("recipe", 0, "cost", 2, "parameter", value=None),
        "WRONG_FIELD",
        "recipe[0].cost[2].parameter",
    ),
    (
        set_at("recipe", 0, "cost", 2, "parameter", value=""),
        "WRONG_FIELD",
        "recipe[0].cost[2].parameter",
    ),
    (
        set_at("recipe", 0, "cost", 2, "parameter", value=5),
        "WRONG_FIELD",
        "recipe[0].cost[2].parameter",
    ),
    (
        set_at("recipe", 0, "cost", 0, "parameter", value="monthly_wage"),
        "WRONG_FIELD",
        "recipe[0].cost[0].parameter",
    ),
    (set_at("recipe", 0, "cost", 2, "share", value=1), "WRONG_FIELD", "recipe[0].cost[2].share"),
    (
        set_at("recipe", 0, "cost", 1, "time_class", value="lunch"),
        "WRONG_FIELD",
        "recipe[0].cost[1].time_class",
    ),
    (
        set_at("recipe", 0, "cost", 2, "time_class", value="transport"),
        "WRONG_FIELD",
        "recipe[0].cost[2].time_class",
    ),
    (one_class_twice, "WRONG_RECIPE", "recipe[0].cost"),
    (second_day_twice, "WRONG_FIELD", "recipe"),
    (ancillary_last, "WRONG_RECIPE", "recipe[0].cost"),
    (rounding_first, "WRONG_RECIPE", "recipe[0].rate"),
    (no_worked_hour, "WRONG_RECIPE", "recipe[0].cost"),
    (two_worked_hours, "WRONG_RECIPE", "recipe[0].cost"),
    (both_ancillary, "WRONG_RECIPE", "recipe[0].cost"),
    (vehicle_twice, "WRONG_RECIPE", "recipe[0].cost"),
    (set_at("recipe", 0, "rate", 1, value=None), "WRONG_RECIPE", "recipe[0].rate"),
    (set_at("parameters", value=None), "WRONG_FIELD", "parameters"),
    (rename_parameter, "UNKNOWN_PARAMETER", "parameters.vehicle"),
    (rename_parameter, "UNUSED_PARAMETER", "parameters.vehicel"),
    (set_at("parameters", "vehicle", value=9), "MISSING_FIELD", "vehicle.values"),
    (set_at("parameters", "vehicle", "source", value=""), "MISSING_FIELD", "vehicle.source"),
    (set_at("parameters", "vehicle", "unit", value="öre"), "WRONG_UNIT", "vehicle.unit"),
    (values("vehicle", {"town": 9}), "WRONG_TABLE", f"vehicle.values.{DAY}"),
    (values("vehicle", {"town": {"town": 9, "rural": 9}, "rural": 9}), "WRONG_TABLE", "town"),
    (values("vehicle", -1), "OUT_OF_RANGE", f"vehicle.values.{DAY}"),
    (values("vehicle", 10_000_001), "OUT_OF_RANGE", f"vehicle.values.{DAY}"),
    (values("vehicle", Decimal("0.0000001")), "OUT_OF_RANGE", f"vehicle.values.{DAY}"),
    (values("vehicle", 9.5), "NOT_A_VALUE", f"vehicle.values.{DAY}"),
    (values("vehicle", "nine"), "NOT_A_VALUE", f"vehicle.values.{DAY}"),
    (values("vehicle", {"town": True, "rural": 9}), "NOT_A_VALUE", f"vehicle.values.{DAY}.town"),
    (
        values("vehicle", {"town": Decimal("NaN"), "rural": 9}),
        "NOT_A_VALUE",
        f"vehicle.values.{DAY}.town",
    ),
    (values("sick_hours", -8), "OUT_OF_RANGE", f"sick_hours.values.{DAY}"),
    (values("overhead", Decimal("1.000001")), "OUT_OF_RANGE", f"overhead.values.{DAY}"),
    (values("overhead", 3), "OUT_OF_RANGE", f"overhead.values.{DAY}"),
    (
        values("unsocial_share", {"mean": Decimal("1.000001")}),
        "OUT_OF_RANGE",
        f"unsocial_share.values.{DAY}.mean",
    ),
    (values("unsocial_rate", 12), "WRONG_TABLE", f"unsocial_rate.values.{DAY}"),
    (values("unsocial_rate", {"mean": -12}), "OUT_OF_RANGE", f"unsocial_rate.values.{DAY}.mean"),
    (values("unsocial_rate", {"night": 12}), "BANDS_DIFFER", "unsocial_share, unsocial_rate"),
    (values("rounding", 5), "OUT_OF_RANGE", f"rounding.values.{DAY}"),
    (values("vacation_hours", Decimal("1829.88")), "NO_WORKED_HOURS", "gross_hours"),
    (values("ancillary", 1), "NO_CARE_TIME", "ancillary"),
]


@pytest.mark.parametrize(("change", "code", "where"), FAULTS)
def test_each_fault_is_found_and_placed(
    change: Callable[[Doc], None], code: str, where: str
) -> None:
    """A controller must be led to the line of the file, in the first answer."""
    doc = document()
    change(doc)
    found = [(finding.code, finding.where) for finding in faults(doc)]
    assert any(c == code and w.startswith("test.toml: ") and w.endswith(where) for c, w in found), (
        found
    )


def test_the_unbroken_document_is_accepted() -> None:
    """Else the test above could not fail for the right reason."""
    assert parse_price_parameters(document(), "test.toml").zones == ("town", "rural")


def test_all_faults_come_at_once() -> None:
    """Four faults in four places: one answer, not four attempts."""
    doc = document()
    doc["titel"] = doc.pop("title")
    doc["parameters"]["vehicle"]["unit"] = "öre"
    set_value(doc, "monthly_wage", -1)
    cost_step(doc, 3)["kind"] = "amout"
    assert {finding.where.removeprefix("test.toml: ") for finding in faults(doc)} == {
        "title",
        "titel",
        "recipe[0].cost[3].kind",
    }, "with a recipe unread, what uses the parameters is unknown"
    cost_step(doc, 3)["kind"] = "amount"
    assert {finding.where.removeprefix("test.toml: ") for finding in faults(doc)} == {
        "title",
        "titel",
        "vehicle.unit",
        f"monthly_wage.values.{DAY}",
    }


def test_one_day_less_of_vacation_leaves_a_worked_hour() -> None:
    """The bound: 1,989 - 159.12 - 1,829.87 = 0.01 h is still something to divide by."""
    doc = document()
    set_value(doc, "vacation_hours", Decimal("1829.87"))
    assert parse_price_parameters(doc, "test.toml").title == "Räkneexempel, hela kedjan"


def test_a_value_that_only_breaks_next_year_is_found_today() -> None:
    """The file is checked for every day on which it changes, in every zone."""
    doc = document()
    doc["parameters"]["ancillary"]["values"]["2027-01-01"] = {"town": Decimal("0.3"), "rural": 1}
    assert [finding.code for finding in faults(doc)] == ["NO_CARE_TIME"]


def test_a_parameter_in_two_roles_must_fit_both() -> None:
    """An amount in kronor is not a share, whichever step is read last."""
    doc = document()
    cost_step(doc, 6)["parameter"] = "premises_it"
    doc["recipe"][0]["cost"].pop(5)
    del doc["parameters"]["overhead"]
    doc["recipe"][0]["rate"].insert(0, {"kind": "exempt_amount", "parameter": "premises_it"})
    assert {finding.code for finding in faults(doc)} == {"WRONG_UNIT", "OUT_OF_RANGE"}


def test_a_json_document_gives_the_same_price() -> None:
    """The API posts days as texts and tables as JSON objects; the price must not differ."""
    doc = document()
    doc["recipe"][0]["first_day"] = doc["recipe"][0]["first_day"].isoformat()
    day = date(2026, 3, 4)
    assert hour_cost(parse_price_parameters(doc, "body"), day, "town") == hour_cost(
        parse_price_parameters(document(), "file"), day, "town"
    )


@pytest.mark.parametrize("text", ["zones = [", "\x00", "a = 1\na = 2\n"])
def test_a_file_that_is_not_toml_is_refused_by_name(tmp_path: Path, text: str) -> None:
    """A broken file gets the same kind of answer as a wrong one."""
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_price_parameters(path)
    assert [(f.code, f.where) for f in refused.value.findings] == [
        ("UNREADABLE_FILE", "broken.toml")
    ]


def test_every_shipped_price_list_names_text_unit_and_source() -> None:
    """A figure without a source cannot be defended before a provider."""
    for path in (DEMO, *sorted(PUBLISHED.glob("*.toml"))):
        if "recipe" not in path.read_text(encoding="utf-8"):
            continue  # published standard times, another format
        for dated in load_price_parameters(path).parameters.items.values():
            assert min(map(len, (dated.text, dated.unit, dated.source))) > 0, dated.name


def test_the_documentation_names_every_step_and_term_of_employment() -> None:
    """Whoever writes a price list has docs/pricing.md and no code to read."""
    text = (ROOT / "docs" / "pricing.md").read_text(encoding="utf-8")
    names = {each.value for each in (*StepKind, *TimeClass)}
    names |= {*WAGE_QUANTITY, *DEFAULT_CLASS}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_ancillary_amounts_come_before_other_amounts() -> None:
    """What follows the ancillary time is the non-time cost of the break-even share."""
    doc = document(PUBLISHED / "kristianstad_2017.toml")
    steps = doc["recipe"][0]["cost"]
    steps.append(steps.pop(1))
    assert [finding.where for finding in faults(doc)] == ["test.toml: recipe[0].cost"]


def test_amounts_shares_and_rate_steps_come_in_any_order() -> None:
    """
    Overhead before the last amount and the index before the efficiency requirement, by hand:
    (600.77 x 1.03 + 10) x 1.027 x 0.99 = 639.31, which is 639.
    """
    doc = document()
    cost, rate = doc["recipe"][0]["cost"], doc["recipe"][0]["rate"]
    cost.append(cost.pop(5))
    assert [step["parameter"] for step in cost[-2:]] == ["overhead", "premises_it"]
    add_step(doc, "index_share", "index", "change", Decimal("0.027"))
    add_step(doc, "efficiency_share", "efficiency", "share", Decimal("0.01"))
    prices = parse_price_parameters(doc, "test.toml")
    assert hour_cost(prices, date(2026, 3, 4), "town").rates[ProviderKind.OWN] == 639
    assert rate[-1]["kind"] == "round"
