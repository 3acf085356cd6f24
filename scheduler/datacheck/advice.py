"""
What the data check says: one record per matter, with code, level, ids and two Swedish sentences.

Sentences hold ids, codes of skills and numbers, never names, places or other personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """
    BLOCKS: there is proof that a visit or a shift can never be in a plan, or that some visits
    cannot all be. IMPROVES: a plan is possible, but worse, more fragile or blind to something.
    """

    BLOCKS = "BLOCKS"
    IMPROVES = "IMPROVES"


class Kind(StrEnum):
    """What the ids of a piece of advice are."""

    VISITS = "VISITS"
    CARERS = "CARERS"
    SHIFTS = "SHIFTS"
    RECIPIENTS = "RECIPIENTS"


class Code(StrEnum):
    """What is said. The first ones, to CARER_WITHOUT_SKILL, block."""

    NO_VISITS = "NO_VISITS"
    NO_SKILL = "NO_SKILL"
    ALL_EXCLUDED = "ALL_EXCLUDED"
    NO_KEY = "NO_KEY"
    TOO_SOON = "TOO_SOON"
    NO_SHIFT_IN_WINDOW = "NO_SHIFT_IN_WINDOW"
    UNREACHABLE = "UNREACHABLE"
    TOO_FEW_CARERS = "TOO_FEW_CARERS"
    GAP_IMPOSSIBLE = "GAP_IMPOSSIBLE"
    VISITS_OVERLAP = "VISITS_OVERLAP"
    TOO_LITTLE_TIME = "TOO_LITTLE_TIME"
    SHIFT_TOO_SHORT = "SHIFT_TOO_SHORT"
    CARER_WITHOUT_SKILL = "CARER_WITHOUT_SKILL"

    NURSING_WITHOUT_SKILL = "NURSING_WITHOUT_SKILL"
    VISITS_ALIKE = "VISITS_ALIKE"
    PLACE_UNKNOWN = "PLACE_UNKNOWN"
    PLACE_SWAPPED = "PLACE_SWAPPED"
    PLACE_ABROAD = "PLACE_ABROAD"
    DELEGATION_ENDED = "DELEGATION_ENDED"
    HIGH_LOAD = "HIGH_LOAD"
    SKILL_HELD_BY_ONE = "SKILL_HELD_BY_ONE"
    PLACE_LONELY = "PLACE_LONELY"
    SHIFT_WITHOUT_BREAK = "SHIFT_WITHOUT_BREAK"
    PLACE_SHARED = "PLACE_SHARED"
    SHIFT_WITHOUT_VISITS = "SHIFT_WITHOUT_VISITS"
    WINDOWS_WHOLE_DAY = "WINDOWS_WHOLE_DAY"
    WINDOWS_EXACT = "WINDOWS_EXACT"
    WINDOWS_EQUAL = "WINDOWS_EQUAL"
    NO_GAPS = "NO_GAPS"
    PRIORITIES_EQUAL = "PRIORITIES_EQUAL"
    NO_PREFERRED_CARERS = "NO_PREFERRED_CARERS"
    DURATIONS_EQUAL = "DURATIONS_EQUAL"
    NO_DECISIONS = "NO_DECISIONS"
    NO_SERVICES = "NO_SERVICES"
    DELEGATION_ENDS = "DELEGATION_ENDS"
    ONE_MODE = "ONE_MODE"
    PLACE_COARSE = "PLACE_COARSE"
    NO_WISHES = "NO_WISHES"
    CARERS_WITHOUT_SHIFT = "CARERS_WITHOUT_SHIFT"
    NO_NAMES = "NO_NAMES"


BLOCKING: frozenset[Code] = frozenset(list(Code)[: list(Code).index(Code.CARER_WITHOUT_SKILL) + 1])

# What comes first within its level: safety and wrong answers, then lost time, then comfort.
# Assumed. Codes of the same weight are ordered by how many they concern.
WEIGHT: Mapping[Code, int] = {
    Code.NO_VISITS: 100,
    Code.NO_SKILL: 90,
    Code.ALL_EXCLUDED: 90,
    Code.NO_KEY: 90,
    Code.TOO_SOON: 90,
    Code.NO_SHIFT_IN_WINDOW: 90,
    Code.UNREACHABLE: 90,
    Code.TOO_FEW_CARERS: 90,
    Code.GAP_IMPOSSIBLE: 80,
    Code.VISITS_OVERLAP: 80,
    Code.TOO_LITTLE_TIME: 70,
    Code.SHIFT_TOO_SHORT: 60,
    Code.CARER_WITHOUT_SKILL: 60,
    Code.NURSING_WITHOUT_SKILL: 100,
    Code.VISITS_ALIKE: 90,
    Code.PLACE_UNKNOWN: 90,
    Code.PLACE_SWAPPED: 90,
    Code.PLACE_ABROAD: 90,
    Code.DELEGATION_ENDED: 80,
    Code.HIGH_LOAD: 80,
    Code.SKILL_HELD_BY_ONE: 70,
    Code.PLACE_LONELY: 70,
    Code.SHIFT_WITHOUT_BREAK: 70,
    Code.PLACE_SHARED: 60,
    Code.SHIFT_WITHOUT_VISITS: 60,
    Code.WINDOWS_WHOLE_DAY: 60,
    Code.WINDOWS_EXACT: 60,
    Code.WINDOWS_EQUAL: 50,
    Code.NO_GAPS: 50,
    Code.PRIORITIES_EQUAL: 50,
    Code.NO_PREFERRED_CARERS: 40,
    Code.DURATIONS_EQUAL: 40,
    Code.NO_DECISIONS: 30,
    Code.NO_SERVICES: 30,
    Code.DELEGATION_ENDS: 30,
    Code.ONE_MODE: 30,
    Code.PLACE_COARSE: 30,
    Code.NO_WISHES: 20,
    Code.CARERS_WITHOUT_SHIFT: 20,
    Code.NO_NAMES: 10,
}

# (one, many) of each kind.
WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.VISITS: ("besök", "besök"),
    Kind.CARERS: ("medarbetare", "medarbetare"),
    Kind.SHIFTS: ("pass", "pass"),
    Kind.RECIPIENTS: ("person", "personer"),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """
    One matter that the data of a day shows.

    Parameters
    ----------
    ids
        All that it concerns, of `kind`; empty when it concerns the day as a whole.
    text
        What, and why it matters; Swedish.
    action
        What to do about it; Swedish.
    """

    code: Code
    kind: Kind
    ids: tuple[str, ...]
    text: str
    action: str

    @property
    def level(self) -> Level:
        """Whether it blocks, which the code decides."""
        return Level.BLOCKS if self.code in BLOCKING else Level.IMPROVES

    @property
    def count(self) -> int:
        """How many it concerns."""
        return len(self.ids)


def ordered(found: Iterable[Advice]) -> tuple[Advice, ...]:
    """What blocks first, then by weight and by how many are concerned."""
    levels = list(Level)
    return tuple(
        sorted(
            found,
            key=lambda a: (levels.index(a.level), -WEIGHT[a.code], -a.count, a.code, a.ids),
        )
    )


def counted(count: int, kind: Kind) -> str:
    """E.g. ``1 person``, ``12 personer``."""
    one, many = WORDS[kind]
    return f"{count} {one if count == 1 else many}"


def listed(words: Iterable[str]) -> str:
    """``a``, ``a och b``, ``a, b och c``."""
    *first, last = words
    return f"{', '.join(first)} och {last}" if first else last
