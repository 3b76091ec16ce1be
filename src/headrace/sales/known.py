"""Rows whose id is known: the same sale again is a duplicate, another one under the id of a known one is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from headrace.partners.upsert import chunks
from headrace.sales import bulk
from headrace.sales.convert import Batch, column_of
from headrace.sales.intake import Intake
from headrace.sales.models import SalesLine
from headrace.sales.references import References
from headrace.sales.withdrawals import told_by_standing

# Field of a file -> where a line keeps it.
KEPT = {
    "order_id": "order_id", "on": "on", "currency": "currency",
    "quantity": "quantity_e4", "net_amount": "net_amount_e4", "list_amount": "list_amount_e4",
    "unit_cost": "unit_cost_e4", "flow": "flow", "serial": "serial", "returns": "returns",
    "supersedes": "supersedes", "partner": "partner_id", "person": "person_id", "product": "product_id",
    "customer": "customer_id",
}  # fmt: skip
PLACE = (
    "pk",
    "external_id",
    "revision",
    "import_run_id",
    "row_number",
    "withdrawal__pk",
    "withdrawal__same_as",
)
TEXTS = ("order_id", "flow", "serial", "returns", "supersedes")
DIFFERENCES_TOLD_MAX = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A line, or a row above in the file: where it came from and what it says, field by field."""

    key: int | None
    run: int
    row: int
    says: tuple[Any, ...]
    withdrawn: bool = False
    has_stead: bool = False


def note_known(intake: Intake, batch: Batch, references: References) -> dict[int, int]:
    """Notes good rows whose id a line has that stands, in the database or above in the batch.

    Gives the revision of each remaining row whose id had only lines that were withdrawn; of all others it is 0.
    """
    said = _Said(intake, batch, references)
    ids = batch.fields["id"]
    good = batch.good()
    known, next_revision = _known(intake, said, {ids[index] for index in good})
    revisions = {}
    first: dict[str, int] = {}
    for index in good:
        before = known.get(ids[index])
        if not before:
            above = first.setdefault(ids[index], index)
            if above == index:
                if ids[index] in next_revision:
                    revisions[index] = next_revision[ids[index]]
                continue
            before = [Known(None, intake.run.pk, batch.numbers[above], said.by_row(above))]
        same = next((one for one in before if one.says == said.by_row(index)), None)
        place = same or before[-1]
        params = {"id": ids[index], "row": place.row, "import": place.run}
        if same:
            batch.note(index, "id", "duplicate", **params)
        else:
            batch.note(index, "id", "known_otherwise", **params, differs=said.differs(index, place))
    return revisions


def _known(
    intake: Intake, said: _Said, ids: Collection[str]
) -> tuple[dict[str, list[Known]], dict[str, int]]:
    """The lines that tell what an id stands for, oldest first, and the next revision of each id that is free."""
    found: dict[str, list[Known]] = {}
    next_revision: dict[str, int] = {}
    for external_id, revision, known in _lines_of(intake, said, ids):
        found.setdefault(external_id, []).append(known)
        next_revision[external_id] = revision + 1
    in_doubt = [one.key for lines in found.values() for one in lines if one.has_stead and one.key]
    told = told_by_standing(in_doubt) if in_doubt else set()
    holding = {
        external_id: [one for one in lines if not one.withdrawn or one.key in told]
        for external_id, lines in found.items()
    }
    return {external_id: lines for external_id, lines in holding.items() if lines}, next_revision


def _lines_of(intake: Intake, said: _Said, ids: Collection[str]) -> Iterator[tuple[str, int, Known]]:
    organisation = intake.organisation.pk
    for chunk in chunks(bulk.known(SalesLine, "external_id", ids, organisation_id=organisation)):
        lines = SalesLine.objects.filter(organisation=intake.organisation, external_id__in=chunk)
        for values in lines.order_by("revision").values_list(*PLACE, *said.kept, "attributes"):
            key, external_id, revision, run, row, withdrawn, stead = values[: len(PLACE)]
            says = said.by_line(values[len(PLACE) :])
            known = Known(key, run, row, says, withdrawn is not None, stead is not None)
            yield external_id, revision, known


class _Said:
    """What rows and lines say, in the fields that the file brings: comparable tuples."""

    def __init__(self, intake: Intake, batch: Batch, references: References) -> None:
        self.batch = batch
        self.home = intake.organisation.currency
        # Without a column for it a line is in the organisation's own currency: that is said too.
        self.names = [name for name in KEPT if name in batch.fields or name == "currency"]
        self.kept = [KEPT[name] for name in self.names]
        self.attributes = sorted(batch.attributes)
        self.keys = {name: references.keys[name] for name in references.keys if name in self.names}

    def by_row(self, index: int) -> tuple[Any, ...]:
        return (
            *(self._value(name, self.batch.values(name)[index]) for name in self.names),
            *(self.batch.attributes[name][index] for name in self.attributes),
        )

    def _value(self, name: str, value: Any) -> Any:
        if name == "currency":
            return value or self.home
        if name in self.keys:
            # A code that nobody knows yet is nobody's.
            return value and self.keys[name].get(value, value)
        return "" if value is None and KEPT[name] in TEXTS else value

    def by_line(self, values: Sequence[Any]) -> tuple[Any, ...]:
        *fields, attributes = values
        return (*fields, *(attributes.get(name) for name in self.attributes))

    def differs(self, index: int, known: Known) -> str:
        """Which columns say something else, as “Net: 12,50 ≠ 12.0”: what the row says, then what is known."""
        pairs = enumerate(zip(self.by_row(index), known.says, strict=True))
        told = [self._told(place, index, kept) for place, (came, kept) in pairs if came != kept]
        return "; ".join(told)[:DIFFERENCES_TOLD_MAX]

    def _told(self, place: int, index: int, kept: Any) -> str:
        if place >= len(self.names):
            name = self.attributes[place - len(self.names)]
            take = self.batch.entry.attributes[name]
            return f"{column_of(take, name)}: {self.batch.attributes[name][index] or '–'} ≠ {kept or '–'}"
        name = self.names[place]
        if name not in self.batch.fields:
            return f"{name}: {self.home} ≠ {kept}"
        came = self.batch.raw(index, name) or "–"
        column = column_of(self.batch.entry.columns[name], name)
        if name in self.keys:
            return f"{column}: {came}"
        if KEPT[name].endswith("_e4") and kept is not None:
            kept = Decimal(kept).scaleb(-4).normalize()
            return f"{column}: {came} ≠ {kept:f}"
        return f"{column}: {came} ≠ {kept or '–'}"
