"""
The rules of the day plan: one code, one Swedish sentence each.

Every rule has one function in the model (``solve/model_rules.py``, and ``carer_rules.py`` for who
may come to whom), one in ``checker/``, which shares no code with them, and a test where it holds
and one where it is broken. A rule is hard unless it is PRICEABLE and has a price in
``parameters/objective.toml``.
"""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """Code of a rule that a plan keeps, or pays for."""

    ASSIGNED_ONCE = "ASSIGNED_ONCE"
    SKILL = "SKILL"
    KEY = "KEY"
    FORBIDDEN_CARER = "FORBIDDEN_CARER"
    ALLERGY = "ALLERGY"
    GENDER = "GENDER"
    LANGUAGE = "LANGUAGE"
    PREFERRED_CARER = "PREFERRED_CARER"
    FIXED_CONTACT = "FIXED_CONTACT"
    CONTINUITY = "CONTINUITY"
    LOOP = "LOOP"
    PINNED_CARER = "PINNED_CARER"
    PINNED_TIME = "PINNED_TIME"
    WINDOW = "WINDOW"
    APART = "APART"
    PREFERRED_TIME = "PREFERRED_TIME"
    DURATION = "DURATION"
    TRAVEL = "TRAVEL"
    SHIFT = "SHIFT"
    SHIFT_LENGTH = "SHIFT_LENGTH"
    RESOURCE = "RESOURCE"
    OVERTIME = "OVERTIME"
    BREAK = "BREAK"
    STRETCH = "STRETCH"
    DAILY_REST = "DAILY_REST"
    GROUP_START = "GROUP_START"
    GROUP_CARERS = "GROUP_CARERS"
    GROUP_WHOLE = "GROUP_WHOLE"
    GAP = "GAP"
    RECIPIENT_OVERLAP = "RECIPIENT_OVERLAP"
    STANDBY = "STANDBY"


SENTENCE: dict[Rule, str] = {
    Rule.ASSIGNED_ONCE: "Varje besök planeras en gång eller redovisas som oplanerat.",
    Rule.SKILL: "Medarbetaren har den kompetens och delegering som besöket kräver.",
    Rule.KEY: "Den som kommer har hämtat nyckeln där den förvaras.",
    Rule.FORBIDDEN_CARER: "Den som är utesluten hos personen kommer inte dit.",
    Rule.ALLERGY: "Den som är allergisk mot något i hemmet kommer inte dit.",
    Rule.GENDER: "Den som kommer har det kön som personen önskar.",
    Rule.LANGUAGE: "Den som kommer talar ett språk som personen önskar.",
    Rule.PREFERRED_CARER: "Den som kommer är någon som personen helst vill ha.",
    Rule.FIXED_CONTACT: "Den fasta omsorgskontakten kommer.",
    Rule.CONTINUITY: "Inte fler olika medarbetare än taket på 14 dagar; fler kostar.",
    Rule.LOOP: "En slinga görs av en och samma medarbetare; fler kostar.",
    Rule.PINNED_CARER: "Ett besök som är låst till någon görs av den personen.",
    Rule.PINNED_TIME: "Ett besök som är låst i tid börjar just då.",
    Rule.WINDOW: "Besöket börjar inom ett av sina tidsfönster.",
    Rule.APART: "Besöket börjar tillräckligt många timmar efter senaste tillfället av insatsen.",
    Rule.PREFERRED_TIME: "Besöket börjar när det är önskat; annan tid kostar.",
    Rule.DURATION: "Besöket får hela sin planerade tid.",
    Rule.TRAVEL: "Medarbetaren hinner resa mellan besöken.",
    Rule.SHIFT: "Arbetet ryms inom passet, med resa från och till passets platser.",
    Rule.SHIFT_LENGTH: "Ett elastiskt pass blir inte längre än det får.",
    Rule.RESOURCE: "Pass som delar på bilar används inte fler samtidigt än bilarna räcker till.",
    Rule.OVERTIME: "Passet slutar i tid; övertid kostar.",
    Rule.BREAK: "Rasten tas en gång, i full längd och inom sin ram.",
    Rule.STRETCH: "Ingen arbetar längre utan rast än lagen tillåter.",
    Rule.DAILY_REST: "Övertiden slutar så att dygnsvilan räcker till nästa pass.",
    Rule.GROUP_START: "Besök med dubbelbemanning börjar samtidigt.",
    Rule.GROUP_CARERS: "Besök med dubbelbemanning görs av olika medarbetare.",
    Rule.GROUP_WHOLE: "Besök med dubbelbemanning planeras helt eller inte alls.",
    Rule.GAP: "Minsta och längsta tid mellan två besök hålls.",
    Rule.STANDBY: "Den tid som ska vara fri för larm hålls fri; annars kostar det.",
    Rule.RECIPIENT_OVERLAP: "Samma person får inte två olika besök samtidigt.",
}

# Rules that a municipality may price instead of making them hard.
PRICEABLE: tuple[Rule, ...] = (
    Rule.FORBIDDEN_CARER,
    Rule.ALLERGY,
    Rule.GENDER,
    Rule.LANGUAGE,
    Rule.PREFERRED_CARER,
    Rule.FIXED_CONTACT,
)


class Reason(StrEnum):
    """
    Why a visit is unassigned. All but the last three are proven.

    CROWDED_OUT: possible alone, but others take the time. UNPROVEN: not possible alone, or not with
    what it is tied to, yet perhaps with a break at another's home or by way of another visit.
    STOPPED: planning was stopped before there was a first plan.
    """

    NO_SKILL = "NO_SKILL"
    ALL_EXCLUDED = "ALL_EXCLUDED"
    NO_KEY = "NO_KEY"
    TOO_SOON = "TOO_SOON"
    NO_SHIFT_IN_WINDOW = "NO_SHIFT_IN_WINDOW"
    UNREACHABLE = "UNREACHABLE"
    TOO_FEW_CARERS = "TOO_FEW_CARERS"
    GAP_IMPOSSIBLE = "GAP_IMPOSSIBLE"
    WINDOW_PASSED = "WINDOW_PASSED"
    CROWDED_OUT = "CROWDED_OUT"
    UNPROVEN = "UNPROVEN"
    STOPPED = "STOPPED"


PROVEN: frozenset[Reason] = frozenset(Reason) - {
    Reason.CROWDED_OUT,
    Reason.UNPROVEN,
    Reason.STOPPED,
}
