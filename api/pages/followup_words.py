"""
Words of the follow-up in Swedish and English, and how each of its columns is shown.
"""

from __future__ import annotations

from enum import Enum

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Uppföljning {first}–{last}", "Follow-up {first}–{last}"),
    "sheet_read": ("Läs mig", "Read me"),
    "sheet_chain": ("Kedjan", "Chain"),
    "sheet_leaks": ("Läckor", "Leaks"),
    "sheet_worked": ("Arbetad tid", "Worked time"),
    "sheet_care_hour": ("Brukartimmen", "Care hour"),
    "sheet_left_out": ("Lämnat utanför plan", "Left out of plans"),
    "total": ("Alla", "All"),
    "kind": ("Regi", "Kind"),
    "provider": ("Utförare", "Provider"),
    "zone": ("Zon", "Zone"),
    "unit": ("Enhet", "Unit"),
    "month": ("Månad", "Month"),
    "service": ("Insats", "Service"),
    "dimension": ("Indelning", "Dimension"),
    "group": ("Grupp", "Group"),
    "unknown_group": ("okänd", "unknown"),
    "OWN": ("egen regi", "municipal"),
    "PRIVATE": ("privat", "private"),
    # columns
    "place": ("Var tiden tog vägen", "Where the time went"),
    "step": ("Steg", "Step"),
    "hours": ("Timmar", "Hours"),
    "share": ("Andel av beviljat", "Share of granted"),
    "kronor": ("Beviljat, kr", "Granted, kr"),
    "beyond_hours": ("Utöver beslut, h", "Beyond decision, h"),
    "paid_hours": ("Betalt, h", "Paid, h"),
    "paid_kronor": ("Betalt, kr", "Paid, kr"),
    "granted_h": ("Beviljat, h", "Granted, h"),
    "in_force_h": ("Efter avbrott, h", "In force, h"),
    "planned_h": ("Planerat, h", "Planned, h"),
    "performed_h": ("Utfört, h", "Performed, h"),
    "paid_h": ("Betalt, h", "Paid, h"),
    "planned_share": ("Planerat / beviljat", "Planned / granted"),
    "performed_of_planned": ("Utfört / planerat", "Performed / planned"),
    "execution_share": ("Utförandegrad", "Execution rate"),
    "granted_kr": ("Beviljat, kr", "Granted, kr"),
    "paid_kr": ("Betalt, kr", "Paid, kr"),
    "plan_known": ("Med plan", "With plan"),
    "visits_known": ("Med utförd tid", "With visits"),
    "payment_known": ("Med avräkning", "With settlement"),
    "continuity": ("Kontinuitet, medarbetare", "Continuity, carers"),
    "continuity_recipients": ("Brukare i måttet", "Recipients measured"),
    "continuity_unknown": ("Brukare utan uppgift", "Recipients not known"),
    "punctual_share": ("Punktlighet", "Punctuality"),
    "punctual_visits": ("Besök i måttet", "Visits measured"),
    "care_time_share": ("Brukartid / arbetad tid", "Care / worked time"),
    "worked_h": ("Arbetat, h", "Worked, h"),
    "carer_days": ("Arbetsdagar", "Carer days"),
    "care_h": ("Brukartid, h", "Care, h"),
    "transport_h": ("Transport, h", "Transport, h"),
    "indirect_h": ("Indirekt, h", "Indirect, h"),
    "staff_related_h": ("Personal, h", "Staff, h"),
    "waiting_h": ("Väntan, h", "Waiting, h"),
    "rest_h": ("Oregistrerat, h", "Unregistered, h"),
    "care_share": ("Brukartid", "Care"),
    "transport_share": ("Transport", "Transport"),
    "indirect_share": ("Indirekt brukartid", "Indirect"),
    "staff_related_share": ("Personalrelaterat", "Staff-related"),
    "waiting_share": ("Väntan", "Waiting"),
    "rest_share": ("Oregistrerat", "Unregistered"),
    "break_even_share": ("Nollpunkt", "Break-even"),
    "cost": ("Kostnad, kr/h", "Cost, kr/h"),
    "rate": ("Ersättning, kr/h", "Rate, kr/h"),
    "margin": ("Marginal, kr/h", "Margin, kr/h"),
    "paid_per_hour": ("Betalt per utförd h", "Paid per performed h"),
    "reason": ("Planens skäl", "The plan's reason"),
    # places
    "GRANTED": ("Beviljat", "Granted"),
    "INTERRUPTED": ("Avbrott i beslutet (sjukhus m.m.)", "Decision interrupted (hospital etc.)"),
    "LEFT_OUT": ("Lämnat utanför dagsplanen", "Left out of the day plan"),
    "NOT_PLANNED": ("Inte planerat", "Not planned"),
    "DECLINED": ("Avböjt", "Declined"),
    "PLANNED_ABSENCE": ("Planerad frånvaro", "Planned absence"),
    "UNPLANNED_ABSENCE": ("Oplanerad frånvaro (sjukhus m.m.)", "Unplanned absence (hospital etc.)"),
    "DECEASED": ("Avliden", "Deceased"),
    "TOO_SHORT": ("För kort besök", "Visit too short"),
    "NO_TIME": ("Ingen tid registrerad", "No time registered"),
    "UNPAID": ("Utfört men inte betalt", "Performed, not paid"),
    "PAID": ("Utfört och betalt", "Performed and paid"),
    "NOT_TRACED": (
        "Oregistrerat, plan saknas",
        "Not registered, plan missing",
    ),
    "UNREPORTED": ("Utförarens besök saknas", "The provider's visits are missing"),
    "UNSETTLED": ("Utfört, avräkning saknas", "Performed, settlement missing"),
    # steps
    "step_GRANTED": ("", ""),
    "step_PLANNED": ("beviljat → planerat", "granted → planned"),
    "step_PERFORMED": ("planerat → utfört", "planned → performed"),
    "step_PAID": ("utfört → betalt", "performed → paid"),
    "step_DONE": ("", ""),
    "step_UNKNOWN": ("underlag saknas", "data missing"),
    # beside time
    "START_UP": ("Ny brukare", "New client"),
    "UNTIMED": ("Per tillfälle, leverans, dygn, månad, km", "Occasion, delivery, day, month, km"),
    "UNKNOWN_VISIT": ("Besök som saknas i underlaget", "Visits missing in the files"),
    "beside": (
        "Betalt utöver tid: {text} {amount} kr.",
        "Paid beside time: {text} {amount} kr.",
    ),
    "untimed_purse": (
        "Påse pengar för det som inte ersätts per tid: {amount} kr.",
        "Purse of what is not paid by time: {amount} kr.",
    ),
    "heading_stages": (
        "Beviljat → planerat → utfört → betalt",
        "Granted → planned → performed → paid",
    ),
    "heading_chain": ("Var den beviljade tiden tog vägen", "Where the granted time went"),
    "heading_quality": ("Nyckeltal", "Key figures"),
    "heading_worked": ("Arbetad tid efter tidsslag", "Worked time by class"),
    "heading_care_hour": (
        "Brukartimmen: kostnad mot ersättning",
        "The care hour: cost against rate",
    ),
    "heading_left_out": ("Lämnat utanför dagsplanerna", "Left out of the day plans"),
    "heading_notes": ("Underlag som saknas eller inte stämmer", "Data missing or not agreeing"),
    "partial": (
        "* Bara den del av tiden som har underlag; andelarna har samma del som nämnare.",
        "* Only the part of the time that has data; shares have that part as denominator.",
    ),
    "dash": ("– Underlag saknas.", "– Data missing."),
    "shares_mean": (
        "Planerat / beviljat och utförandegrad (utfört / beviljat) räknas på beviljad tid efter "
        "avbrott; varje medarbetare räknas.",
        "Planned / granted and execution rate (performed / granted) are of granted time in force; "
        "each carer is counted.",
    ),
    "kronor_mean": (
        "Beviljade kronor är beslutens påse pengar. Betalt är avräknat på samma besök, även för "
        "avböjda; raderna under Beviljat summerar till den.",
        "Granted kronor are the decisions' purses. Paid is settled for the same visits, declined "
        "ones too; the rows below Granted add up to it.",
    ),
    "worked_mean": (
        "Andelarna är av arbetad tid (utan raster).",
        "Shares are of worked time (without breaks).",
    ),
    "care_hour_mean": (
        "Kostnaden är prislistans kedja med uppmätt kringtid; ersättning och nollpunkt är "
        "prislistans. Under nollpunkten täcker ersättningen inte kostnaden.",
        "The cost is the price list's chain with measured ancillary time; rate and break-even are "
        "the price list's. Below break-even the rate does not cover the cost.",
    ),
    "continuity_mean": (
        "Kontinuitet: olika medarbetare per brukare {days}, medelvärde, för brukare med minst två "
        "besök varje dag 07–22 (som Kolada U21401, utan åldersgräns). Underlag: {source}.",
        "Continuity: distinct carers per recipient {days}, mean, of recipients with two visits or "
        "more every day 07–22 (as Kolada U21401, without its age limit). Source: {source}.",
    ),
    "VISITS": ("registrerade besök", "registered visits"),
    "PLANS": ("dagsplaner", "day plans"),
    "no_fortnight": (
        "Kontinuitet saknas: måttet kräver 14 dagar i följd inom månaden.",
        "Continuity missing: the measure needs 14 days on end within the month.",
    ),
    "punctual_mean": (
        "Punktlighet: började inom tidsfönstret och högst 15 min efter planerad start, av besök "
        "som både planerats och utförts.",
        "Punctuality: begun within the window and at most 15 min after the planned start, of "
        "visits both planned and performed.",
    ),
    "missing": ("saknas", "missing"),
    "code": ("Kod", "Code"),
    "where": ("Var", "Where"),
    "expected": ("Väntat", "Expected"),
    "found": ("Funnet", "Found"),
    "action": ("Åtgärd", "Action"),
    "chart_chain": (
        "Var den beviljade tiden tog vägen, timmar",
        "Where the granted time went, hours",
    ),
    "chart_providers": (
        "Samma måttstock för alla utförare, procent",
        "The same yardstick for every provider, per cent",
    ),
    "chart_worked": (
        "Vad arbetad tid användes till, procent av arbetad tid",
        "What worked time was used for, per cent of worked time",
    ),
    "chart_break_even": ("nollpunkt", "break-even"),
    "reading": ("Läser dagsplaner", "Reading day plans"),
    "working": ("Räknar", "Working"),
    "written": ("Skrivet: {path}", "Written: {path}"),
}  # fmt: skip


class Format(Enum):
    """How a column is shown."""

    TEXT = "text"
    HOURS = "hours"
    SHARE = "share"
    KRONOR = "kronor"
    WHOLE_KRONOR = "whole kronor"
    COUNT = "count"
    MEAN = "mean"


_FORMATS = {
    "share": Format.SHARE,
    "performed_of_planned": Format.SHARE,
    "hours": Format.HOURS,
    "beyond_hours": Format.HOURS,
    "paid_hours": Format.HOURS,
    "continuity": Format.MEAN,
    **dict.fromkeys(
        ("kronor", "paid_kronor", "cost", "rate", "margin", "paid_per_hour"), Format.KRONOR
    ),
    **dict.fromkeys(
        ("continuity_recipients", "continuity_unknown", "punctual_visits", "carer_days"),
        Format.COUNT,
    ),
}
_SUFFIXES = {
    "_h": Format.HOURS,
    "_share": Format.SHARE,
    "_known": Format.SHARE,
    "_kr": Format.WHOLE_KRONOR,
}


def format_of(column: str) -> Format:
    """How a column of the follow-up's tables is shown."""
    if column in _FORMATS:
        return _FORMATS[column]
    return next(
        (shown for suffix, shown in _SUFFIXES.items() if column.endswith(suffix)), Format.TEXT
    )


def word(key: str, lang: str, **values: str) -> str:
    """The text of a code; a code without one, such as a provider's id, is shown as it is."""
    if key not in WORDS:
        return key
    text = WORDS[key][0 if lang == "sv" else 1]
    return text.format(**values) if values else text


def value_word(column: str, value: str, lang: str) -> str:
    """A text of a table: codes in words, ids as they are."""
    if column == "step":
        return word(f"step_{value}", lang)
    if not value and column in ("kind", "provider", "zone", "unit", "service", "group"):
        return word("unknown_group", lang)
    coded = column in ("kind", "place", "dimension") or (column == "group" and value in WORDS)
    return word(value, lang) if coded else value
