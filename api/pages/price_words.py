"""
Words of prices in Swedish and English. The texts of lines and parameters come from the price list.
"""

from __future__ import annotations

from decimal import Decimal

from api.pages.formats import number, percent
from pricing.chain import Chain
from pricing.hour_cost import HourCost, ShareSource
from scheduler.care.model import ProviderKind

_WORDS = {
    "line": ("Rad", "Line"),
    "input": ("Uppgift", "Input"),
    "per_care_hour": ("kr per brukartimme", "kr per care hour"),
    "calculation": ("Så räknat", "Calculation"),
    "total": ("Full kostnad", "Full cost"),
    "rate": ("Ersättning, {kind}", "Rate, {kind}"),
    "OWN": ("egen regi", "municipal"),
    "PRIVATE": ("privat utförare", "private"),
    "stated": ("angiven i prislistan", "stated in the price list"),
    "measured": ("uppmätt i planen", "measured in the plan"),
    "performed": ("uppmätt i utförd tid", "measured in performed time"),
    "care_share": (
        "Brukartidsandel {share} av arbetad tid, {source}.",
        "Care-time share {share} of worked time, {source}.",
    ),
    "share_of": ("  {line}: {source}", "  {line}: {source}"),
    "break_even": (
        "Lägsta brukartidsandel som ersättningen täcker, {kind}: {share}.",
        "Least care-time share that the rate covers, {kind}: {share}.",
    ),
    "note": ("Obs: {text}", "Note: {text}"),
    "from": ("från {day}", "from {day}"),
    "again": ("(se ovan)", "(see above)"),
    "shown_as": (
        "visas som {amount}, så att raderna går ihop",
        "shown as {amount}, so that the lines add up",
    ),
    "value": ("Värde", "Value"),
    "plus_percent": (
        "Öre per brukartimme när en uppgift ökar med en procent",
        "Öre per care hour when one input grows by one per cent",
    ),
    "plus_unit": (
        "Öre per brukartimme när en uppgift ökar med en enhet",
        "Öre per care hour when one input grows by one unit",
    ),
    "one_unit": (
        "En enhet av en andel är en procentenhet. 100 öre är en krona.",
        "One unit of a share is one percentage point. 100 öre is one krona.",
    ),
    "chart_title": (
        "Vad en procent mer av varje uppgift ändrar, öre per brukartimme",
        "What one per cent more of each input moves, öre per care hour",
    ),
    "chart_legend": (
        "Fylld stapel: dyrare. Streckad stapel: billigare.",
        "Solid bar: dearer. Hatched bar: cheaper.",
    ),
    "difference": ("Skillnad", "Difference"),
    "explained_by": (
        "{what}: vad som förklarar skillnaden",
        "{what}: what explains the difference",
    ),
    "before": ("Före", "Before"),
    "after": ("Efter", "After"),
    "sum": ("Summa", "Sum"),
    "same": ("Ingen skillnad.", "No difference."),
    "cost": ("Kostnad, {kind}", "Cost, {kind}"),
    "covered": ("Täcks av {rate} kr", "Covered by {rate} kr"),
    "draws": (
        "{draws} dragningar med frö {seed}; osäkra uppgifter: {inputs}. De dras oberoende.",
        "{draws} draws with seed {seed}; uncertain inputs: {inputs}. They are drawn independently.",
    ),
    "per_unit": ("kr per {unit}", "kr per {unit}"),
    "unit_cost": ("Kostnad per {unit}", "Cost per {unit}"),
    "used_by": ("Intern faktura, år", "Internal invoice, year"),
    "volume": ("Antal", "Volume"),
    "by_use": ("Efter förbrukning, kr", "By consumption, kr"),
    "by_budget": ("Debiterat enligt budget, kr", "Charged by budget, kr"),
    "gap": ("Inte täckt, kr", "Not covered, kr"),
    "unused": ("Levererat men inte förbrukat", "Delivered but not used"),
    "commission": ("Uppdrag till faktisk kostnad, år", "Commission at actual cost, year"),
    "actual_cost": ("Faktisk kostnad, kr", "Actual cost, kr"),
    "reimbursed": ("Ersatt, kr", "Reimbursed, kr"),
}  # fmt: skip

_SWEDISH_UNITS = {
    "kr/month": "kr/mån",
    "kr/year": "kr/år",
    "h/year": "h/år",
    "days/year": "dagar/år",
    "units/year": "st/år",
    "weight": "",
    "kr/worked hour": "kr/arbetad timme",
    "kr/care hour": "kr/brukartimme",
    "share": "",
    "change": "",
}
_ENGLISH_UNITS = {"kr/brukartimme": "kr/care hour", "weight": "", "share": "", "change": ""}


class PriceWords:
    """The words in one language, ``sv`` or ``en``."""

    def __init__(self, lang: str = "sv") -> None:
        self.lang = lang
        self._column = ("sv", "en").index(lang)

    def __call__(self, key: str, **values: object) -> str:
        return _WORDS[key][self._column].format(**values)

    def kind(self, kind: ProviderKind) -> str:
        """Kind of provider."""
        return self(kind.value)

    def target(self, kind: ProviderKind | None) -> str:
        """The full cost, or the rate of a kind of provider."""
        return self("total") if kind is None else self("rate", kind=self.kind(kind))

    def source(self, source: ShareSource) -> str:
        """Where a share comes from."""
        return self(source.value)

    def unit(self, unit: str) -> str:
        """A unit as people read it; shares are written in per cent and have none."""
        units = _SWEDISH_UNITS if self.lang == "sv" else _ENGLISH_UNITS
        return units.get(unit, unit)

    def value(self, value: Decimal | None, unit: str) -> str:
        """A value with its unit; a dash where there is none."""
        if value is None:
            return "–"
        if unit in ("share", "change"):
            return percent(value, self.lang, 2)
        return f"{number(value, 2, self.lang)} {self.unit(unit)}".strip()

    def heading(self, about: HourCost | Chain) -> str:
        """Which price it is: its price list, service, zone, band and day."""
        if isinstance(about, HourCost):
            cell, title = about, about.title
            parts = (title, cell.service, cell.zone, cell.band, cell.day.isoformat())
        else:
            terms = about.terms
            title = terms.price_list.title
            parts = (title, terms.service, terms.zone, terms.band, terms.day.isoformat())
        return " · ".join(part for part in parts if part)
