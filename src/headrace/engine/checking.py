"""What must hold in and between the tables of an input, beyond the types of their columns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine.credits import CreditsError, read_credits
from headrace.engine.faults import SHOWN_FAULTS_MAX, Fault, Faults, shown
from headrace.engine.reading import Source
from headrace.engine.tables import NUMBER

DATE = pa.date32()
TEXT = pa.string()

FACTS = ("sales", "deals", "events")
DATED = ("partners", "people", "products", "customers")

# Which columns must be there and filled. Further ones are empty where they are left out.
REQUIRED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(FACTS, ("id", "partner", "on")),
    **dict.fromkeys(DATED, ("id",)),
    "targets": ("from", "to", "value"),
    "rates": ("currency", "to", "on", "rate"),
}
# Which columns name a row of which other file.
REFERENCES: tuple[tuple[str, str, str], ...] = (
    *((facts, "partner", "partners") for facts in FACTS),
    *((facts, "person", "people") for facts in FACTS),
    ("sales", "product", "products"),
    ("sales", "customer", "customers"),
    ("deals", "customer", "customers"),
    ("partners", "parent", "partners"),
    ("partners", "distributor", "partners"),
    ("people", "partner", "partners"),
    ("targets", "partner", "partners"),
    ("targets", "person", "people"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file with its rows typed; the rows stand in both in the same order."""

    name: str  # sales, partners, ...
    source: Source
    table: pa.Table

    def report(self, faults: Faults, mask: pa.ChunkedArray, column: str, found: str, right: str) -> None:
        """A fault for each row where `mask` is true; `found` may name the value as {value}."""
        rows = pc.indices_nonzero(mask)
        first = rows[:SHOWN_FAULTS_MAX].to_pylist()
        values = self.table[column].take(pa.array(first, pa.int64())).to_pylist()
        for place, value in zip(self.source.places(first), values, strict=True):
            text = found.format(value=shown(_plain(value)))
            faults.add(Fault(self.source.name, text, right, place, column))
        faults.count_unshown(len(rows) - len(first))


def check_table(loaded: Loaded, faults: Faults) -> None:
    """Required values, identity, and what the kind of table asks for."""
    for column in REQUIRED[loaded.name]:
        empty = pc.is_null(loaded.table[column])
        if pc.any(empty).as_py():
            loaded.report(faults, empty, column, "the value is empty", "each row needs one")
    for check in _CHECKS[loaded.name]:
        check(loaded, faults)


def check_references(loaded: Iterable[Loaded], faults: Faults) -> None:
    """Each row that is named must be in the file that lists such rows, if that is given."""
    by_name = {each.name: each for each in loaded}
    for name, column, target in REFERENCES:
        if name in by_name and target in by_name and column in by_name[name].table.column_names:
            listed = by_name[target]
            right = f"one of the ids in {listed.source.name} would be right"
            _check_listed(
                by_name[name],
                column,
                listed.table["id"],
                f"{{value}} is not among the {target}",
                right,
                faults,
            )


def with_closed_validity(table: pa.Table) -> pa.Table:
    """Rows of one id in their order of time: an open end closes on the day before the next row begins.

    So `valid_from` alone is enough to say how attributes changed. The order of the rows is kept.
    """
    if "valid_from" not in table.column_names or not len(table):
        return table
    times = _Times.of(table)
    before_next = pc.subtract(pc.cast(times.following, pa.int32()), pa.scalar(1, pa.int32()))
    closed = pc.coalesce(
        times.ends, pc.if_else(times.same, pc.cast(before_next, DATE), pa.scalar(None, DATE))
    )
    return _with(table, "valid_to", closed.take(pc.sort_indices(times.order)))


@dataclass(frozen=True, slots=True)
class _Times:
    """The validity of the rows of a table, by id and begin; `order` holds their rows in the table."""

    order: pa.Array
    begins: pa.Array  # null is since ever
    ends: pa.Array  # null is open
    same: pa.Array  # whether the next in this order is of the same id
    following: pa.Array  # when that one begins

    @classmethod
    def of(cls, table: pa.Table) -> Self:
        ids = table["id"].combine_chunks()
        begins = pc.fill_null(_dates(table, "valid_from"), date.min)
        keys = pa.table({"id": ids, "begins": begins})
        order = pc.sort_indices(keys, [("id", "ascending"), ("begins", "ascending")])
        ids, begins = ids.take(order), begins.take(order)
        same = pc.fill_null(pc.equal(ids[:-1], ids[1:]), False)
        return cls(
            order,
            begins,
            _dates(table, "valid_to").take(order),
            pa.concat_arrays([same, pa.array([False])]),
            pa.concat_arrays([begins[1:], pa.nulls(1, DATE)]),
        )


def _dates(table: pa.Table, name: str) -> pa.Array:
    if name in table.column_names:
        return table[name].combine_chunks()
    return pa.nulls(len(table), DATE)


def _with(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, column)
    return table.append_column(name, column)


def _check_listed(
    loaded: Loaded, column: str, ids: pa.ChunkedArray, found: str, right: str, faults: Faults
) -> None:
    values = loaded.table[column]
    if values.null_count == len(values):
        return
    unknown = pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=ids.combine_chunks())))
    if pc.any(unknown).as_py():
        loaded.report(faults, unknown, column, found, right)


def _check_ids(loaded: Loaded, faults: Faults) -> None:
    _check_unique(loaded, loaded.table["id"], "id", faults)


def _check_validity(loaded: Loaded, faults: Faults) -> None:
    """An id stands once, or several times with times of validity that do not overlap."""
    table = loaded.table
    if not {"valid_from", "valid_to"} & set(table.column_names):
        _check_ids(loaded, faults)
        return
    if not len(table):
        return
    _check_order(loaded, "valid_from", "valid_to", faults)
    times = _Times.of(table)
    overlap = pc.or_(
        pc.equal(times.begins, times.following),
        pc.fill_null(pc.greater_equal(times.ends, times.following), False),
    )
    rows = pc.indices_nonzero(pc.and_(times.same, pc.fill_null(overlap, False))).to_pylist()
    for row in rows[:SHOWN_FAULTS_MAX]:
        pair = [times.order[row].as_py(), times.order[row + 1].as_py()]
        earlier, later = loaded.source.places(pair)
        found = f"the row of {shown(table['id'][pair[0]].as_py())} overlaps in time with that on {earlier}"
        right = "end one on the day before the other begins (valid_from, valid_to)"
        faults.add(Fault(loaded.source.name, found, right, later, "valid_from"))
    faults.count_unshown(max(0, len(rows) - SHOWN_FAULTS_MAX))


def _check_supersedes(loaded: Loaded, faults: Faults) -> None:
    """A correction names a row of the same file, and a chain of corrections ends."""
    if "supersedes" not in loaded.table.column_names:
        return
    table = loaded.table
    right = "the id of the row that this one corrects would be right"
    _check_listed(loaded, "supersedes", table["id"], "no row has the id {value}", right, faults)
    is_correction = pc.is_valid(table["supersedes"])
    ids = table["id"].filter(is_correction).combine_chunks()
    # Which correction each of them corrects, in doubling steps: in the end only circles are left.
    at = pc.index_in(table["supersedes"].filter(is_correction).combine_chunks(), value_set=ids)
    for _ in range(len(at).bit_length()):
        at = at.take(at)
    if at.null_count < len(at):
        mask = pc.is_in(table["id"], value_set=ids.filter(pc.is_valid(at)))
        loaded.report(faults, mask, "supersedes", "{value} leads back to this row or into a circle", right)


def _check_returns(loaded: Loaded, faults: Faults) -> None:
    if "returns" in loaded.table.column_names:
        itself = pc.fill_null(pc.equal(loaded.table["returns"], loaded.table["id"]), False)
        if pc.any(itself).as_py():
            right = "the id of the line that was sold would be right"
            loaded.report(faults, itself, "returns", "{value} is the row itself", right)


def _check_pattern(column: str, pattern: str, right: str) -> Callable[[Loaded, Faults], None]:
    def check(loaded: Loaded, faults: Faults) -> None:
        if column in loaded.table.column_names:
            wrong = pc.invert(pc.match_substring_regex(loaded.table[column], pattern))
            if pc.any(wrong).as_py():
                loaded.report(faults, wrong, column, "{value}", right)

    return check


def _check_credits(loaded: Loaded, faults: Faults) -> None:
    """Each different text once, however many facts carry it."""
    if "credits" not in loaded.table.column_names:
        return
    texts = pc.unique(loaded.table["credits"]).drop_null().to_pylist()
    if wrong := [text for text in texts if not _is_credits(text)]:
        mask = pc.is_in(loaded.table["credits"], value_set=pa.array(wrong, TEXT))
        right = "shares as anna:60%;ben:40%, each name once and 100% at most, would be right"
        loaded.report(faults, mask, "credits", "{value}", right)


def _is_credits(text: str) -> bool:
    try:
        return bool(read_credits(text))
    except CreditsError:
        return False


def _check_targets(loaded: Loaded, faults: Faults) -> None:
    _check_order(loaded, "from", "to", faults)
    columns = [loaded.table[name] for name in ("partner", "person") if name in loaded.table.column_names]
    masks = [pc.is_null(column) for column in columns]
    nobody = (
        pc.and_(masks[0], masks[-1]) if masks else pa.chunked_array([[True] * len(loaded.table)], pa.bool_())
    )
    if pc.any(nobody).as_py():
        loaded.report(faults, nobody, "value", "the target {value} is nobody's", "name its partner or person")


def _check_rates(loaded: Loaded, faults: Faults) -> None:
    table = loaded.table
    low = pc.less_equal(table["rate"], pa.scalar(0, NUMBER))
    if pc.any(low).as_py():
        loaded.report(faults, low, "rate", "{value}", "a rate above 0 would be right")
    texts = [pc.cast(table[name], TEXT) for name in ("currency", "to", "on")]
    _check_unique(loaded, pc.binary_join_element_wise(*texts, " "), "on", faults)


def _check_order(loaded: Loaded, first: str, last: str, faults: Faults) -> None:
    if first in loaded.table.column_names and last in loaded.table.column_names:
        wrong = pc.less(loaded.table[last], loaded.table[first])
        if pc.any(wrong).as_py():
            loaded.report(faults, wrong, last, "{value} lies before " + first, f"a day not before {first}")


def _check_unique(loaded: Loaded, keys: pa.ChunkedArray, column: str, faults: Faults) -> None:
    if pc.count_distinct(keys, mode="only_valid").as_py() == len(keys) - keys.null_count:
        return
    counts = pc.value_counts(keys)
    repeated = counts.field("values").filter(pc.greater(counts.field("counts"), 1)).drop_null()
    for key in repeated[:SHOWN_FAULTS_MAX]:
        rows = pc.indices_nonzero(pc.equal(keys, key)).to_pylist()
        first, again = loaded.source.places(rows[:2])
        found = f"{shown(key.as_py())} stands on {first} already"
        faults.add(Fault(loaded.source.name, found, "each may stand once", again, column))
    faults.count_unshown(max(0, len(repeated) - SHOWN_FAULTS_MAX))


def _plain(value: object) -> str:
    """The value as a user would write it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


_CURRENCY_CODE = "^[A-Z]{3}$"
_check_currency = _check_pattern(
    "currency", _CURRENCY_CODE, "a currency's three capital letters, as EUR, would be right"
)
_FACT_CHECKS = (
    _check_ids,
    _check_supersedes,
    _check_currency,
    _check_credits,
)
_CHECKS: dict[str, tuple[Callable[[Loaded, Faults], None], ...]] = {
    "sales": (*_FACT_CHECKS, _check_returns),
    "deals": _FACT_CHECKS,
    "events": _FACT_CHECKS,
    **dict.fromkeys(DATED, (_check_validity,)),
    "targets": (_check_targets,),
    "rates": (
        _check_rates,
        _check_currency,
        _check_pattern("to", _CURRENCY_CODE, "a currency's three capital letters, as EUR, would be right"),
    ),
}
