"""
Every fixed text that people see, in Swedish and English.

Codes that come from data (zones, services) are printed as they are when no text is known, so that
a new zone never stops a report. Words follow docs/glossary.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from api.pages.formats import number, percent
from scheduler.care.errors import Finding, UnknownValue
from scheduler.care.model import Mode, ProviderKind
from scheduler.checker import Violation
from scheduler.plan import Plan, Unassigned
from scheduler.rules import Reason, Rule

# key: (Swedish, English). Blanks are filled in by name; a no-break space ties a number to its unit.
TEXTS: dict[str, tuple[str, str]] = {
    # --- headings and parts
    "day_plan": ("Dagsplan", "Day plan"),
    "day_list": ("Dagslista", "Day list"),
    "skip": ("Hoppa till innehållet", "Skip to content"),
    "overview": ("Översikt", "Overview"),
    "plan": ("Planen", "The plan"),
    "grid": ("Rutnät", "Grid"),
    "table": ("Tabell", "Table"),
    "unassigned": ("Oplanerade besök", "Unassigned visits"),
    "map": ("Karta", "Map"),
    "follow_up": ("Uppföljning", "Follow-up"),
    "hour_cost": ("Kostnad per brukartimme", "Cost per care hour"),
    "purses": ("De största påsarna", "The largest decision purses"),
    "objective": ("Målfunktion", "Objective"),
    "checks": ("Kontroll", "Check"),
    "files": ("Filer", "Files"),
    "files_in": ("{folder} ({n} filer)", "{folder} ({n} files)"),
    "on_page": ("På sidan", "On this page"),
    "legend": ("Teckenförklaring", "Legend"),
    # --- heading line
    "made_from": (
        "{decisions} beslut för {recipients} omsorgstagare · {carers} pass · frö {seed} · "
        "storlek {size} · planerad på {seconds}\u00a0s",
        "{decisions} decisions for {recipients} recipients · {carers} shifts · seed {seed} · "
        "size {size} · planned in {seconds}\u00a0s",
    ),
    "synthetic": (
        "Påhittad kommun: inga verkliga personer eller platser.",
        "Made-up municipality: no real people or places.",
    ),
    # --- visits
    "visits": ("Besök", "Visits"),
    "planned_visits": ("Planerade besök", "Visits planned"),
    "planned_sentence": (
        "{planned} av {all}\u00a0besök planerade, {left} oplanerade.",
        "{planned} of {all}\u00a0visits planned, {left} unassigned.",
    ),
    "part_of": ("{part} av {all}", "{part} of {all}"),
    "all_planned": ("Alla besök är planerade.", "All visits are planned."),
    "proven": ("bevisat omöjligt", "proven impossible"),
    "crowded": ("möjligt i sig", "possible alone"),
    "moved": ("flyttas till en annan dag", "moved to another day"),
    "unproven": ("inte bevisat", "not proven"),
    "stopped": ("inte prövat", "not tried"),
    "proven_crowded": (
        "{proven} bevisat omöjliga, {crowded} av andra skäl",
        "{proven} proven impossible, {crowded} for other reasons",
    ),
    "of_them_moved": ("{moved} flyttas till en annan dag", "{moved} moved to another day"),
    "action": ("Åtgärd", "Action"),
    "start_between": ("Start {windows}", "Start {windows}"),
    "or": ("eller", "or"),
    "checked": ("Kontrollerad: inga avvikelser", "Checked: no violations"),
    "violations": ("Avvikelser mot reglerna: {n}", "Rules broken: {n}"),
    # --- use of paid time
    "care_time": ("Brukartid", "Care time"),
    "travel": ("Restid", "Travel"),
    "waiting": ("Väntan", "Waiting"),
    "idle": ("Obokad tid", "Unbooked time"),
    "break": ("Rast", "Break"),
    "paid_short": ("Betald", "Paid"),
    "idle_short": ("Obokad", "Unbooked"),
    "breaks_short": ("Raster", "Breaks"),
    "breaks": ("Raster (obetalda)", "Breaks (unpaid)"),
    "paid": ("Betald tid", "Paid time"),
    "of_paid": (
        "av betald tid (passets längd minus rast)",
        "of paid time (shift length less break)",
    ),
    "hours_of_paid": ("av betald tid, {hours}\u00a0tim", "of paid time, {hours}\u00a0h"),
    "estimated_ways": (
        "Restid uppskattad för {share} av sträckorna",
        "Travel time estimated for {share} of the trips",
    ),
    "hours_and_share": (
        "Timmar, och andel av betald tid (passets längd minus rast)",
        "Hours, and share of paid time (shift length less break)",
    ),
    "h": ("tim", "h"),
    "minutes": ("Minuter", "Minutes"),
    "zone": ("Zon", "Zone"),
    "total": ("Totalt", "Total"),
    "planned_share": (
        "{planned} av {demanded}\u00a0tim efterfrågad besökstid ({share})",
        "{planned} of {demanded}\u00a0h of visit time asked for ({share})",
    ),
    "distinct": (
        "Olika medarbetare per omsorgstagare i dag: medel {mean}, högst {highest}",
        "Distinct carers per recipient today: mean {mean}, most {highest}",
    ),
    "distinct_in_14_days": (
        "{today}. På 14 dagar: medel {mean}, högst {highest}",
        "{today}. In 14 days: mean {mean}, most {highest}",
    ),
    "distinct_14_short": (
        "Olika medarbetare per person, 14 dagar",
        "Distinct carers per person, 14 days",
    ),
    "distinct_short": ("Olika medarbetare per person", "Distinct carers per person"),
    "fairness": (
        "Brukartid och resa av egen betald tid: minst {low}, mest {high}; i medel {deviation} från "
        "medelvärdet. Dubbelbemannade besök: högst {most} av {all} hos samma medarbetare",
        "Care and travel of each carer's own paid time: least {low}, most {high}; on average "
        "{deviation} from the mean. Double-staffed visits: at most {most} of {all} with one carer",
    ),
    "plan_cost": (
        "Personalkostnad för dagen {amount} kr, {per_hour} kr per brukartimme{zones}. Årsmedel per "
        "arbetad timme; kväll, helg och övertid kostar som andra timmar",
        "Cost of staff of the day SEK {amount}, {per_hour} per care hour{zones}. The year's mean "
        "per worked hour; evenings, weekends and overtime cost as other hours do",
    ),
    "standby_kept": (
        "Beredskap för larm: {kept} av {asked} hålls, {hours} tim, {share} av betald tid; varken "
        "brukartid eller obokad tid, och inte med i kolumnerna",
        "Standby for alarms: {kept} of {asked} kept, {hours} h, {share} of paid time; neither care "
        "nor unbooked time, and not in the columns",
    ),
    "mean_max": ("medel; högst {highest}", "mean; most {highest}"),
    # --- hour cost
    "per_care_hour": ("kr per brukartimme", "SEK per care hour"),
    "line": ("Rad", "Line"),
    "sum": ("Summa", "Sum"),
    "rate": ("Ersättning, {kind}", "Rate, {kind}"),
    "plan_rate": ("Ersättning med planens tider, {kind}", "Rate by the plan's times, {kind}"),
    "rate_unit": ("kr per timme", "SEK per hour"),
    "per_worked": ("Kostnad per arbetad timme", "Cost per worked hour"),
    "share_measured": (
        "Brukartidsandel i planen",
        "Care-time share of the plan",
    ),
    "share_stated": (
        "Brukartidsandel enligt prislistan",
        "Care-time share of the price list",
    ),
    "list_rate": ("Prislistans ersättning, {kind}", "Rate of the price list, {kind}"),
    "break_even": ("Nollpunkt brukartidsandel, {kind}", "Break-even care-time share, {kind}"),
    "verdict_over": (
        "{zone}, {kind}: med ersättningen {rate}\u00a0kr är nollpunkten {break_even} brukartid. "
        "Planen ligger {gap} procentenheter över.",
        "{zone}, {kind}: at the rate of SEK {rate} break-even is {break_even} care time. "
        "The plan is {gap} percentage points above.",
    ),
    "verdict_under": (
        "{zone}, {kind}: med ersättningen {rate}\u00a0kr är nollpunkten {break_even} brukartid. "
        "Planen ligger {gap} procentenheter under; ersättningen täcker inte kostnaden.",
        "{zone}, {kind}: at the rate of SEK {rate} break-even is {break_even} care time. "
        "The plan is {gap} percentage points below; the rate does not cover the cost.",
    ),
    "source": ("Källa", "Source"),
    "sources": ("Källor", "Sources"),
    # --- purses
    "decision": ("Beslut", "Decision"),
    "provider": ("Utförare", "Provider"),
    "hours_month": ("Tim/månad", "h/month"),
    "rate_short": ("kr/tim", "SEK/h"),
    "amount_month": ("kr/månad", "SEK/month"),
    # --- objective
    "term": ("Term", "Term"),
    "quantity": ("Mängd", "Quantity"),
    "unit": ("Enhet", "Unit"),
    "weight": ("Vikt", "Weight"),
    "points": ("Poäng", "Points"),
    "lower_better": ("Lägre är bättre.", "Lower is better."),
    "proven_best": ("Bevisat: ingen plan har färre poäng.", "Proven: no plan has fewer points."),
    "bound": (
        "Ingen plan kan ha färre än {points} poäng: högst {share} finns att vinna.",
        "No plan can have fewer than {points} points: at most {share} is left to gain.",
    ),
    "no_bound": (
        "Hur långt det är till den bästa möjliga planen är inte känt; det kan bara bevisas för små "
        "dagar.",
        "How far the best possible plan is away is not known; that can be proven for small days "
        "only.",
    ),
    # --- progress
    "progress": (
        "Planerar {elapsed}\u00a0s av högst {limit}\u00a0s · {points} poäng · "
        "{unassigned} oplanerade",
        "Planning {elapsed}\u00a0s of at most {limit}\u00a0s · {points} points · "
        "{unassigned} unassigned",
    ),
    # --- grid, table and map
    "choose": ("Visa pass", "Show shift"),
    "choose_all": ("Alla pass", "All shifts"),
    "chosen": (
        "Valt pass: {carer}, {times}, {visits}\u00a0besök.",
        "Shift shown: {carer}, {times}, {visits}\u00a0visits.",
    ),
    "none_chosen": ("Alla pass visas.", "All shifts are shown."),
    "scale": ("Skala", "Scale"),
    "narrower": ("Smalare", "Narrower"),
    "wider": ("Bredare", "Wider"),
    "grid_label": (
        "Dagsrutnät, ett pass per rad. Samma uppgifter finns under Tabell.",
        "Day grid, one shift per row. The table holds the same data.",
    ),
    "lists_label": ("Planen som tabell, ett pass i taget", "The plan as tables, shift by shift"),
    "shift": ("Pass", "Shift"),
    "time": ("Tid", "Time"),
    "recipient": ("Omsorgstagare", "Recipient"),
    "what": ("Insatser", "Services"),
    "double": ("Dubbelbemanning", "Double staffing"),
    "double_with": ("Dubbelbemanning med {partners}", "Double staffing with {partners}"),
    "n_visits": ("{n}\u00a0besök", "{n}\u00a0visits"),
    "n_min": ("{n}\u00a0min", "{n}\u00a0min"),
    "no_visits": ("Inga besök på detta pass.", "No visits on this shift."),
    "not_opened": ("Valfritt pass, öppnas inte.", "Optional shift, not opened."),
    "back": ("Åter vid slutplatsen", "Back at the end place"),
    "shift_outside": ("Utanför passet", "Outside the shift"),
    "visit_mark": ("Besök: starttid och namn", "Visit: start and name"),
    "travel_before": ("Restid till", "Travel to"),
    "map_title": ("Rutter under dagen", "Routes of the day"),
    "map_desc": (
        "Omsorgstagare som punkter med en form per zon, start- och slutplatser som kvadrater, "
        "rutter som linjer. Ordningen på varje rutt finns i tabellen.",
        "Recipients as dots with one shape per zone, start and end places as squares, routes as "
        "lines. The order of each route is in the table.",
    ),
    "map_whole": ("Hela området", "Whole area"),
    "map_detail": ("Förstorad del", "Enlarged part"),
    "map_frame": ("Ram: den förstorade delen", "Frame: the enlarged part"),
    "office": ("Kontor (delad startplats)", "Office (shared start place)"),
    "own_place": ("Egen start- eller slutplats", "Own start or end place"),
    "route": ("Rutt", "Route"),
    # --- day list
    "done": ("Klart", "Done"),
    "arrive": ("Framme", "Arrive"),
    "start": ("Start", "Start"),
    "end": ("Slut", "End"),
    "mode": ("Färdsätt", "Travels"),
    "delegation": ("Delegering", "Delegation"),
    "skill": ("Kompetens", "Skill"),
    "notes": ("Avvikelser och noteringar", "Deviations and notes"),
    "shift_end": ("Passet slutar {time}", "The shift ends at {time}"),
    "handle": (
        "Innehåller uppgifter om enskilda. Förvara säkert och förstör efter passet.",
        "Holds personal data. Keep it safe and destroy it after the shift.",
    ),
}

MODES: dict[Mode, tuple[str, str]] = {
    Mode.FOOT: ("till fots", "on foot"),
    Mode.BICYCLE: ("cykel", "bicycle"),
    Mode.CAR: ("bil", "car"),
}
KINDS: dict[ProviderKind, tuple[str, str]] = {
    ProviderKind.OWN: ("egen regi", "own provider"),
    ProviderKind.PRIVATE: ("privat utförare", "private provider"),
}
ZONES: dict[str, tuple[str, str]] = {
    "town": ("Tätort", "Town"),
    "suburb": ("Förort", "Suburb"),
    "rural": ("Landsbygd", "Rural"),
}
# The plan gives these in Swedish only.
REASONS_EN: dict[Reason, str] = {
    Reason.NO_SKILL: "No carer of the day holds the skills that the visit demands.",
    Reason.ALL_EXCLUDED: "Nobody on shift with the skills may come to this person.",
    Reason.NO_KEY: "Nobody who may come begins where the key to the home is kept.",
    Reason.TOO_SOON: "The last occasion of the same service is too near.",
    Reason.NO_SHIFT_IN_WINDOW: "Nobody who may make the visit is on shift in the time window.",
    Reason.UNREACHABLE: "Nobody who may make the visit gets there and back within the shift.",
    Reason.TOO_FEW_CARERS: "Fewer carers can start at the same time than the visit needs.",
    Reason.GAP_IMPOSSIBLE: "The least or longest time to another visit cannot be kept.",
    Reason.WINDOW_PASSED: "The time at which the visit should have begun has passed.",
    Reason.CROWDED_OUT: "Other visits took the time.",
    Reason.UNPROVEN: "Not possible alone; with a break or a way by other visits it may be.",
    Reason.STOPPED: "Planning was stopped before there was a first plan.",
}
RULES_EN: dict[Rule, str] = {
    Rule.ASSIGNED_ONCE: "Every visit is planned once or listed as unassigned.",
    Rule.SKILL: "The carer has the skill and delegation that the visit demands.",
    Rule.FORBIDDEN_CARER: "Nobody comes who is barred from this person.",
    Rule.ALLERGY: "Nobody comes who is allergic to something in the home.",
    Rule.GENDER: "The carer has the gender that the person wishes.",
    Rule.LANGUAGE: "The carer speaks a language that the person wishes.",
    Rule.PREFERRED_CARER: "The carer is one whom the person prefers.",
    Rule.FIXED_CONTACT: "The fixed care contact comes.",
    Rule.CONTINUITY: "No more distinct carers than the cap in 14 days; more cost points.",
    Rule.LOOP: "One carer makes all of a loop; more cost points.",
    Rule.PINNED_CARER: "A visit that is pinned to somebody is made by that person.",
    Rule.PINNED_TIME: "A visit that is pinned in time starts just then.",
    Rule.WINDOW: "The visit starts within one of its time windows.",
    Rule.APART: "The visit starts enough hours after the last occasion of the service.",
    Rule.DURATION: "The visit gets all of its planned time.",
    Rule.TRAVEL: "The carer has time to travel between the visits.",
    Rule.SHIFT: "The work fits in the shift, with travel from and to its places.",
    Rule.PREFERRED_TIME: "The visit starts when it is wanted; another time has a price.",
    Rule.OVERTIME: "The shift ends in time; overtime has a price.",
    Rule.BREAK: "The break is taken once, in full and within its frame.",
    Rule.STRETCH: "Nobody works longer without a break than the law allows.",
    Rule.DAILY_REST: "Overtime ends in time for the daily rest before the next shift.",
    Rule.GROUP_START: "Double-staffed visits start at the same time.",
    Rule.GROUP_CARERS: "Double-staffed visits are made by different carers.",
    Rule.GROUP_WHOLE: "Double-staffed visits are planned whole or not at all.",
    Rule.GAP: "The least and longest time between two visits is kept.",
    Rule.STANDBY: "Time asked for is kept free for alarms; else it has a price.",
    Rule.RECIPIENT_OVERLAP: "Nobody gets two different visits at the same time.",
}
ACTIONS_EN: dict[Reason, str] = {
    Reason.NO_SKILL: "Delegate the task or call in a carer with the skill.",
    Reason.ALL_EXCLUDED: "Change the person's condition or call in someone who may come.",
    Reason.NO_KEY: "Let a shift begin there, move the key, or fit a digital lock.",
    Reason.TOO_SOON: "Move the visit to later, or change the least time between occasions.",
    Reason.NO_SHIFT_IN_WINDOW: "Add a shift or widen the time window.",
    Reason.UNREACHABLE: "Widen the time window or extend a shift.",
    Reason.TOO_FEW_CARERS: "Call in one more carer at that time.",
    Reason.GAP_IMPOSSIBLE: "Change the time rule or one of the two windows.",
    Reason.WINDOW_PASSED: "Give the visit a new window, or cancel it.",
    Reason.CROWDED_OUT: "Widen the time window or add staff.",
    Reason.UNPROVEN: "Widen the time window or extend a shift.",
    Reason.STOPPED: "Plan again and let the first plan be finished.",
}
TERMS: dict[str, tuple[str, str]] = {
    "travel": ("Restid", "Travel"),
    "waiting": ("Väntan", "Waiting"),
    "overtime": ("Övertid", "Overtime"),
    "preferred_time": ("Utanför önskad tid", "Outside the preferred time"),
    "missing_slack": ("Luft som saknas före besök", "Missing slack before visits"),
    "uneven_load": ("Besökstid utöver jämn belastning", "Visits above an even load"),
    "opened_shift": ("Öppnade valfria pass", "Optional shifts opened"),
    "optional_second": ("Betald tid i valfria pass", "Paid time of optional shifts"),
    "forbidden_carer": ("Utesluten medarbetare", "Barred carer"),
    "allergy": ("Medarbetare med allergi", "Carer with an allergy"),
    "gender": ("Annat kön än det önskade", "Another gender than wished"),
    "language": ("Inget önskat språk", "No wished language"),
    "preferred_carer": ("Någon annan än de önskade", "Other than the preferred carers"),
    "fixed_contact": ("Någon annan än den fasta kontakten", "Other than the fixed contact"),
    "continuity": ("Fler olika medarbetare än taket", "More distinct carers than the cap"),
    "loop": ("Slingor som delas", "Loops that are split"),
    "moved_1": ("Flyttade, en dag kvar", "Moved, one day left"),
    "moved_2": ("Flyttade, två dagar kvar", "Moved, two days left"),
    "moved_3": ("Flyttade, minst tre dagar kvar", "Moved, three days left or more"),
    "standby": ("Beredskap som inte hålls", "Standby that is not kept"),
    "unassigned_pinned": ("Oplanerade som är låsta", "Unassigned that are pinned"),
    "unassigned_priority_1": ("Oplanerade som måste göras", "Unassigned that must be done"),
    "unassigned_priority_2": ("Oplanerade som bör göras", "Unassigned that should be done"),
    "unassigned_priority_3": ("Oplanerade som kan vänta", "Unassigned that can wait"),
}
UNITS: dict[str, tuple[str, str]] = {
    "s": ("sekunder", "seconds"),
    "visits": ("besök", "visits"),
    "shifts": ("pass", "shifts"),
    "carers": ("medarbetare", "carers"),
    "min": ("minuter", "minutes"),
}
LINES_EN: dict[str, str] = {
    "worked_hour": "Staff, per worked hour",
    "transport_share": "Travel time",
    "waiting_share": "Waiting",
    "documentation_share": "Documentation and planning",
    "meetings_share": "Meetings and training",
    "unbooked_share": "Unbooked time",
    "vehicle": "Car",
    "other": "Material and other",
    "supervision": "Supervision and coordination",
    "premises_it": "Premises, IT and telephone",
    "overhead": "Overhead",
    "vat_compensation": "VAT compensation",
    "rounding": "Rounding to whole kronor",
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language; call it with a key and what fills the braces."""

    lang: str

    def __call__(self, key: str, **values: object) -> str:
        text = self.pick(TEXTS[key])
        return text.format(**values) if values else text

    def pick(self, pair: tuple[str, str]) -> str:
        """The half of a (Swedish, English) pair that this language reads."""
        return pair[0] if self.lang == "sv" else pair[1]

    def mode(self, mode: Mode) -> str:
        """How a carer travels."""
        return self.pick(MODES[mode])

    def kind(self, kind: ProviderKind) -> str:
        """Own or private provider."""
        return self.pick(KINDS[kind])

    def zone(self, code: str) -> str:
        """A pricing zone; an unknown code as it is."""
        return self.pick(ZONES[code]) if code in ZONES else code

    def zones(self, codes: Iterable[str]) -> list[str]:
        """Zone codes in the order of this file, unknown ones last by code."""
        known = list(ZONES)
        return sorted(codes, key=lambda c: (known.index(c) if c in ZONES else len(known), c))

    def line(self, code: str, text: str) -> str:
        """A line of a price list: its own Swedish text, or the English one of its code."""
        return text if self.lang == "sv" else LINES_EN.get(code, text)

    def term(self, name: str) -> str:
        """A term of the objective; an unknown one as it is."""
        return self.pick(TERMS[name]) if name in TERMS else name

    def term_unit(self, unit: str) -> str:
        """What a term counts; an unknown unit as it is."""
        return self.pick(UNITS[unit]) if unit in UNITS else unit

    def how_far(self, plan: Plan) -> str:
        """How far the plan is from the best possible, as far as that is known."""
        if plan.bound is None:
            return self("no_bound")
        if plan.objective <= plan.bound:
            return self("proven_best")
        share = Decimal(plan.objective - plan.bound) / plan.objective
        points = number(plan.bound, lang=self.lang)
        return self("bound", points=points, share=percent(share, self.lang))

    def reason(self, left: Unassigned) -> str:
        """Why a visit is left out: the plan's own Swedish sentence, or the code's in English."""
        if self.lang == "sv":
            return left.text
        days = ", ".join(day.isoformat() for day in left.moved_to)
        return (f"Moved to another day ({days}). Today: " if days else "") + REASONS_EN[left.reason]

    def certainty(self, left: Unassigned) -> str:
        """Whether the reason is proven, and what else it is."""
        if left.moved_to:
            return self("moved")
        if left.proven:
            return self("proven")
        others = {Reason.UNPROVEN: "unproven", Reason.STOPPED: "stopped"}
        return self(others.get(left.reason, "crowded"))

    def action(self, left: Unassigned) -> str:
        """What would make the visit possible, as :meth:`reason`."""
        return left.action if self.lang == "sv" else ACTIONS_EN[left.reason]

    def violation(self, broken: Violation) -> str:
        """A broken rule: the checker's own Swedish sentence, or its parts in English."""
        if self.lang == "sv":
            return str(broken)
        whom = ", ".join((*broken.visit_ids, *broken.shift_ids))
        return (
            f"{broken.rule} {whom}: {RULES_EN[broken.rule]} "
            f"Expected: {broken.expected}. Found: {broken.found}."
        )


def texts(lang: str) -> Texts:
    """
    The texts of `lang`.

    Raises
    ------
    UnknownValue
        When `lang` is neither ``sv`` nor ``en``.
    """
    if lang not in ("sv", "en"):
        raise UnknownValue(
            Finding("UNKNOWN_LANGUAGE", "lang", "sv or en", lang[:20], "Ange sv eller en.")
        )
    return Texts(lang)
