"""
The rules of the day plan: one code, one Swedish sentence each.

Every hard rule has one function in ``solve/model_rules.py`` (the exact model), one in
``checker/`` (which shares no code with the solver), and a test where it holds and one where it is
broken.
"""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """Code of a rule that a plan must keep."""

    ASSIGNED_ONCE = "ASSIGNED_ONCE"
    SKILL = "SKILL"
    WINDOW = "WINDOW"
    DURATION = "DURATION"
    TRAVEL = "TRAVEL"
    SHIFT = "SHIFT"
    BREAK = "BREAK"
    GROUP_START = "GROUP_START"
    GROUP_CARERS = "GROUP_CARERS"
    GROUP_WHOLE = "GROUP_WHOLE"
    GAP = "GAP"
    RECIPIENT_OVERLAP = "RECIPIENT_OVERLAP"


SENTENCE: dict[Rule, str] = {
    Rule.ASSIGNED_ONCE: "Varje besök planeras en gång eller redovisas som oplanerat.",
    Rule.SKILL: "Medarbetaren har den kompetens och delegering som besöket kräver.",
    Rule.WINDOW: "Besöket börjar inom sitt tidsfönster.",
    Rule.DURATION: "Besöket får hela sin planerade tid.",
    Rule.TRAVEL: "Medarbetaren hinner resa mellan besöken.",
    Rule.SHIFT: "Arbetet ryms inom passet, med resa från och till passets platser.",
    Rule.BREAK: "Rasten tas en gång, i full längd och inom sin ram.",
    Rule.GROUP_START: "Besök med dubbelbemanning börjar samtidigt.",
    Rule.GROUP_CARERS: "Besök med dubbelbemanning görs av olika medarbetare.",
    Rule.GROUP_WHOLE: "Besök med dubbelbemanning planeras helt eller inte alls.",
    Rule.GAP: "Minsta och längsta tid mellan två besök hålls.",
    Rule.RECIPIENT_OVERLAP: "Samma person får inte två olika besök samtidigt.",
}


class Reason(StrEnum):
    """
    Why a visit is unassigned. All but the last are proven; CROWDED_OUT means possible alone.
    """

    NO_SKILL = "NO_SKILL"
    NO_SHIFT_IN_WINDOW = "NO_SHIFT_IN_WINDOW"
    UNREACHABLE = "UNREACHABLE"
    TOO_FEW_CARERS = "TOO_FEW_CARERS"
    GAP_IMPOSSIBLE = "GAP_IMPOSSIBLE"
    CROWDED_OUT = "CROWDED_OUT"


PROVEN: frozenset[Reason] = frozenset(Reason) - {Reason.CROWDED_OUT}
