"""
The nouns of home care, as frozen records without behaviour of their own.

Times are aware datetimes (Europe/Stockholm on input), durations whole minutes, places degrees
WGS 84. Ids are opaque strings, unique within their kind. Names exist for printing only: nothing
decides by them and no log or error text holds them.

They stand by subject in `decision`, `people` and `day`, and are imported from here.

Source of the terms: docs/glossary.md.
"""

from __future__ import annotations

from scheduler.care.day import (
    Apart,
    Break,
    Continuity,
    Day,
    Elastic,
    Gap,
    Priority,
    Resource,
    Shift,
    TravelSource,
    TravelTimes,
    Visit,
    Window,
)
from scheduler.care.decision import (
    Band,
    Decision,
    Frequency,
    Period,
    ServiceLine,
)
from scheduler.care.people import (
    Carer,
    Delegation,
    Gender,
    Location,
    Mode,
    Provider,
    ProviderKind,
    Recipient,
    Wishes,
)

__all__ = [
    "Apart",
    "Band",
    "Break",
    "Carer",
    "Continuity",
    "Day",
    "Decision",
    "Delegation",
    "Elastic",
    "Frequency",
    "Gap",
    "Gender",
    "Location",
    "Mode",
    "Period",
    "Priority",
    "Provider",
    "ProviderKind",
    "Recipient",
    "Resource",
    "ServiceLine",
    "Shift",
    "TravelSource",
    "TravelTimes",
    "Visit",
    "Window",
    "Wishes",
]
