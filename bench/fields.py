"""
Reads fields of a JSON instance and keeps one sentence per fault.

A wrong field gives a stand-in (0, an empty list), so that reading goes on and all faults of a file
are told at once; :meth:`Fields.check` then refuses the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.drive import BadInstance

# Numbers above this (minutes, weights) are faults: in thousandths they would leave int32.
LARGEST = 1e6


class Fields:
    """The reader of one document."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, where: str, expected: str, found: Any) -> None:
        """Note one fault; `found` is shown shortened."""
        shown = "nothing" if found is None else json.dumps(found, default=str)
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        self.faults.append(f"{where}: expected {expected}, found {shown}.")

    def check(self) -> None:
        """Raise :class:`BadInstance` when there was any fault so far."""
        if self.faults:
            raise BadInstance(self.faults)

    def document(self, text: str) -> dict[str, Any]:
        """The JSON object; raises at once when it is none."""
        try:
            found = json.loads(text)
        except ValueError as error:
            raise BadInstance([f"not JSON: {error}."]) from None
        except RecursionError:
            raise BadInstance(["not JSON that can be read: nested too deeply."]) from None
        if not isinstance(found, dict):
            raise BadInstance(["the document: expected a JSON object."])
        return found

    def number(self, found: Any, where: str, least: float = 0) -> float:
        """A finite number in [least, LARGEST]."""
        if type(found) in (int, float) and least <= found <= LARGEST:
            return float(found)
        self.fault(where, f"a number from {least:g} to {LARGEST:g}", found)
        return 0.0

    def pair(self, found: Any, where: str, names: Sequence[str] = ()) -> tuple[float, float]:
        """Two numbers in rising order: a list, or an object with the two `names`."""
        if names and isinstance(found, dict):
            found = [found.get(name) for name in names]
        if not isinstance(found, list) or len(found) != 2:
            self.fault(where, "two numbers", found)
            return 0.0, 0.0
        low, high = (self.number(x, where) for x in found)
        if low > high:
            self.fault(where, "the smaller number first", found)
        return low, high

    def word(self, found: Any, where: str) -> str:
        """A string that is not empty."""
        if isinstance(found, str) and found:
            return found
        self.fault(where, "a name", found)
        return ""

    def flag(self, found: Any, where: str) -> bool:
        """True or false; nothing means false."""
        if found is not None and not isinstance(found, bool):
            self.fault(where, "true or false", found)
        return found is True

    def mapping(self, found: Any, where: str) -> dict[str, Any]:
        """An object."""
        if isinstance(found, dict):
            return found
        self.fault(where, "an object", found)
        return {}

    def objects(self, found: Any, where: str) -> list[dict[str, Any]]:
        """A list of objects."""
        if isinstance(found, list) and all(isinstance(item, dict) for item in found):
            return found
        self.fault(where, "a list of objects", found)
        return []

    def named(self, document: dict[str, Any], key: str) -> dict[str, dict[str, Any]]:
        """The list of objects under `key` by their ``id``, in order."""
        items: dict[str, dict[str, Any]] = {}
        for at, item in enumerate(self.objects(document.get(key), key)):
            name = self.word(item.get("id"), f"{key}[{at}].id")
            if name in items:
                self.fault(f"{key}[{at}].id", "an id of its own", name)
            items[name] = item
        return items

    def words(self, found: Any, where: str) -> frozenset[str]:
        """A list of names; nothing means none."""
        if found is None:
            return frozenset()
        if isinstance(found, list) and all(isinstance(name, str) for name in found):
            return frozenset(found)
        self.fault(where, "a list of names", found)
        return frozenset()

    def matrix(self, found: Any, size: int, where: str) -> npt.NDArray[np.float64]:
        """A square matrix of numbers in [0, LARGEST]."""
        rows = found if isinstance(found, list) else []
        if len(rows) != size or any(not isinstance(r, list) or len(r) != size for r in rows):
            self.faults.append(f"{where}: expected {size} rows of {size} numbers.")
            return np.zeros((size, size))
        for at, row in enumerate(rows):
            for to, x in enumerate(row):
                if type(x) not in (int, float) or not 0 <= x <= LARGEST:
                    self.number(x, f"{where}[{at}][{to}]")
        return np.zeros((size, size)) if self.faults else np.array(rows, dtype=np.float64)
