"""
Reading the setup of exports: one TOML file, refused with every fault at once.

The format is described in docs/rate_book.md, section 8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path

from pricing.book.fields import (
    Faults,
    Table,
    choice,
    flag,
    known_keys,
    names,
    number,
    tables,
    text,
    texts_by_code,
)
from pricing.exports.identifiers import is_bankgiro, is_organisation, is_vat_number
from pricing.exports.setup import (
    Address,
    CorrectionDate,
    Dimension,
    ExportProvider,
    ExportSetup,
    Party,
    Posting,
)
from pricing.toml_file import parse_toml, read_bytes
from pricing.toml_lines import Path as Place
from scheduler.care.errors import InvalidInput

VAT_PERCENTS = (6, 12, 25)
OBJECTS = {
    Dimension.COST_CENTER: "cost_centers",
    Dimension.ACTIVITY: "activities",
    Dimension.COUNTERPART: "counterparts",
}
KEYS = (
    *("buyer", "ledger", "dimensions", "invoice", "accounts", *OBJECTS.values()),
    *("services", "zones", "provider", "posting"),
)
ADDRESS = ("street", "postal_code", "city")
PARTY = ("organisation", "endpoint", "vat_number", *ADDRESS)
PROVIDER = (
    *("id", "name", "account", "payable_account", "counterpart", "vat_liable", "invoice"),
    *(*PARTY, "f_tax", "bankgiro"),
)
LARGEST_DIMENSION = 999
MOST_DAYS = 120
_ACCOUNT = re.compile(r"[0-9]{1,10}")
_CODE = re.compile(r"[0-9A-Za-zÅÄÖåäö._-]{1,30}")


def load_setup(path: Path) -> ExportSetup:
    """The setup of one TOML file; InvalidInput with every fault of the file."""
    return parse_setup(read_bytes(path), path.name)


def parse_setup(content: bytes, name: str) -> ExportSetup:
    """As :func:`load_setup`, from the bytes of a document and its name."""
    document, lines = parse_toml(content, name)
    return _Reader(Faults(name, lines), document).read()


class _Reader:
    """Reads what it can and tells what it cannot; only a faultless file becomes a setup."""

    def __init__(self, faults: Faults, document: Table) -> None:
        self.faults, self.document = faults, document

    def read(self) -> ExportSetup:
        known_keys(self.faults, (), self.document, KEYS)
        self.accounts = self._codes("accounts", _ACCOUNT, "digits")
        self.objects = {
            each: self._codes(key, _CODE, "letters, digits, dot and hyphen")
            for each, key in OBJECTS.items()
        }
        self.services = self._codes("services")
        self.zones = self._codes("zones")
        setup = self._setup()
        if self.faults.found:
            raise InvalidInput(self.faults.found)
        return setup

    def _setup(self) -> ExportSetup:
        at, buyer = self._table("buyer", ("name", "reference", *PARTY))
        party = self._party(at, buyer)
        reference = self._line(at, buyer, "reference")
        at, ledger = self._table("ledger", ("series", "vat_account", "correction_date"))
        series = self._matching(at, ledger, "series", _CODE.fullmatch, "letters and digits")
        vat_account = self._known(at, ledger, "vat_account", self.accounts)
        correction = choice(self.faults, at, ledger, "correction_date", CorrectionDate)
        at, invoice = self._table("invoice", ("payment_days", "vat_percent", "exemption"))
        days = number(
            self.faults, (*at, "payment_days"), invoice.get("payment_days"), 0, MOST_DAYS,
            whole=True,
        )  # fmt: skip
        percent = invoice.get("vat_percent")
        if isinstance(percent, bool) or percent not in VAT_PERCENTS:
            self.faults.add(
                (*at, "vat_percent"), "OUT_OF_RANGE", "6, 12 or 25", percent, "Ange momssatsen."
            )
        return ExportSetup(
            buyer=party,
            reference=reference,
            payment_days=int(days or 0),
            vat_percent=percent if isinstance(percent, int) else 0,
            exemption=self._line(at, invoice, "exemption"),
            series=series,
            vat_account=vat_account,
            correction_date=correction or CorrectionDate.SETTLED,
            dimensions=self._dimensions(),
            accounts=self.accounts,
            objects=self.objects,
            services=self.services,
            zones=self.zones,
            providers=self._providers(),
            postings=self._postings(),
        )

    def _dimensions(self) -> dict[Dimension, int]:
        at, table = self._table("dimensions", tuple(Dimension))
        found: dict[Dimension, int] = {}
        for each in Dimension:
            value = number(
                self.faults, (*at, each), table.get(each), 1, LARGEST_DIMENSION, whole=True
            )
            if value is not None and int(value) in found.values():
                self.faults.add(
                    (*at, each),
                    "DIMENSION_TWICE",
                    "each number once",
                    str(value),
                    "Välj ett annat.",
                )
            found[each] = int(value or 0)
        return found

    def _providers(self) -> dict[str, ExportProvider]:
        found: dict[str, ExportProvider] = {}
        for at, table in self._tables("provider"):
            known_keys(self.faults, at, table, PROVIDER)
            provider = self._provider(at, table)
            if provider.id in found:
                self.faults.add(
                    (*at, "id"), "PROVIDER_TWICE", "each once", provider.id, "Ta bort den ena."
                )
            found[provider.id] = provider
        return found

    def _provider(self, at: Place, table: Table) -> ExportProvider:
        faults = self.faults
        invoiced = flag(faults, at, table, "invoice") is not False
        liable: frozenset[str] | None = frozenset()
        given = table.get("vat_liable")
        if given is None:
            faults.add(
                (*at, "vat_liable"), "MISSING_FIELD", "true, false or services", "none",
                "Ange vilka tjänster som har moms.",
            )  # fmt: skip
        elif isinstance(given, bool):
            liable = None if given else frozenset()
        else:
            liable = names(faults, at, table, "vat_liable", self.services)
        f_tax = bool(flag(faults, at, table, "f_tax"))
        party = self._party(at, table) if invoiced else None
        if party is not None and not party.vat_number and (liable != frozenset() or not f_tax):
            faults.add(
                (*at, "vat_number"),
                "MISSING_FIELD",
                "a VAT number; without VAT f_tax = true is enough",
                "none",
                "Ange momsregistreringsnummer, eller f_tax = true om godkänd för F-skatt.",
            )
        return ExportProvider(
            id=self._line(at, table, "id"),
            name=self._line(at, table, "name"),
            account=self._known(at, table, "account", self.accounts),
            payable_account=self._known(at, table, "payable_account", self.accounts),
            counterpart=self._known(
                at, table, "counterpart", self.objects[Dimension.COUNTERPART]
            ),
            vat_liable=liable,
            party=party,
            f_tax=f_tax,
            bankgiro=self._optional(at, table, "bankgiro", is_bankgiro, "7 or 8 right digits"),
        )  # fmt: skip

    def _postings(self) -> tuple[Posting, ...]:
        found: list[tuple[Place, Posting]] = []
        for at, table in self._tables("posting"):
            known_keys(self.faults, at, table, ("service", "zone", "cost_center", "activity"))
            posting = Posting(
                names(self.faults, at, table, "service", self.services),
                names(self.faults, at, table, "zone", self.zones),
                self._known(at, table, "cost_center", self.objects[Dimension.COST_CENTER]),
                self._known(at, table, "activity", self.objects[Dimension.ACTIVITY]),
            )
            found.append((at, posting))
        for (_, one), (at, other) in combinations(found, 2):
            if _meet(one.services, other.services) and _meet(one.zones, other.zones):
                self.faults.add(
                    at, "AMBIGUOUS", "one posting for each service and zone", "two that fit",
                    "Skilj dem åt med service eller zone.",
                )  # fmt: skip
        return tuple(posting for _, posting in found)

    # ------------------------------------------------------------ fields

    def _party(self, at: Place, table: Table) -> Party:
        organisation = self._matching(
            at, table, "organisation", is_organisation, "ten digits with a right check digit"
        )
        return Party(
            name=self._line(at, table, "name"),
            organisation=organisation,
            endpoint=self._optional(
                at, table, "endpoint", is_organisation, "ten digits with a right check digit"
            )
            or organisation,
            address=Address(*(self._line(at, table, key) for key in ADDRESS)),
            vat_number=self._optional(
                at, table, "vat_number", is_vat_number, "SE and 12 digits, e.g. SE556677889901"
            ),
        )

    def _table(self, key: str, known: tuple[str, ...]) -> tuple[Place, Table]:
        table = self.document.get(key)
        if isinstance(table, Mapping):
            known_keys(self.faults, (key,), table, known)
            return (key,), table
        self.faults.add((key,), "MISSING_FIELD", "a table", repr(table), f"Skriv [{key}].")
        return (key,), {}

    def _tables(self, key: str) -> list[tuple[Place, Table]]:
        found = tables(self.faults, self.document, key)
        if key not in self.document:
            self.faults.add((key,), "MISSING_FIELD", "at least one", "none", f"Skriv [[{key}]].")
        return found

    def _codes(
        self, key: str, form: re.Pattern[str] | None = None, expected: str = ""
    ) -> dict[str, str]:
        found = texts_by_code(self.faults, self.document, key)
        for code, label in found.items():
            if form is not None and not form.fullmatch(code):
                self.faults.add((key, code), "WRONG_CODE", expected, code, "Rätta koden.")
            if not (label + code).isprintable():
                self._not_a_line((key, code))
        return found

    def _line(self, at: Place, table: Table, key: str) -> str:
        found = text(self.faults, at, table, key)
        if not found.isprintable():
            self._not_a_line((*at, key))
        return found

    def _not_a_line(self, at: Place) -> None:
        self.faults.add(at, "WRONG_FIELD", "one line of text", "others", "Ta bort styrtecknen.")

    def _known(self, at: Place, table: Table, key: str, known: Mapping[str, str]) -> str:
        found = text(self.faults, at, table, key)
        if found and found not in known:
            self.faults.add(
                (*at, key), "UNKNOWN_NAME", f"one of {', '.join(sorted(known)[:12])}", found,
                "Rätta koden eller definiera den.",
            )  # fmt: skip
        return found

    def _matching(
        self, at: Place, table: Table, key: str, fits: Callable[[str], object], expected: str
    ) -> str:
        found = text(self.faults, at, table, key)
        if found and not fits(found):
            self.faults.add((*at, key), "WRONG_FIELD", expected, found, f"Rätta {key}.")
        return found

    def _optional(
        self, at: Place, table: Table, key: str, fits: Callable[[str], object], expected: str
    ) -> str:
        return self._matching(at, table, key, fits, expected) if key in table else ""


def _meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or bool(one & other)
