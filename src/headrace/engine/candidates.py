"""Which facts can matter for what one recipient earns, found without looking at all of them.

Facts too many do no harm, as the plan leaves them out; one too few would.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine.additions import TABLES
from headrace.engine.calendars import months_before
from headrace.engine.credits import read_credits
from headrace.engine.narrowing import below, looks_for_new_customers, possible_products
from headrace.engine.programme import FactKind, Programme
from headrace.engine.tables import Inputs
from headrace.kernel.period import Period

_ALWAYS = Period(date.min, date.max)
_EPOCH = date(1970, 1, 1)
# The columns by which a fact names another one: with it, that one matters too, or the other way round.
_LINKS = ("returns", "supersedes")


class Candidates:
    """The facts of a programme, and which of them can matter for a recipient."""

    def __init__(self, programme: Programme, inputs: Inputs) -> None:
        """`inputs` are in memory."""
        self._programme, self._partners = programme, inputs.partners
        self._has_new = looks_for_new_customers(programme)
        self._above = any(rule.to.startswith("partner.") for rule in programme.rules)
        self._owners: dict[FactKind, set[str]] = defaultdict(set)
        for rule in programme.rules:
            self._owners[rule.facts].add("person" if rule.to == "person" else "partner")
        self._products = _possible_products(programme, inputs.products) if self._has_new else {}
        self._buyers: dict[FactKind, Buyers] = {}
        self._facts: dict[FactKind, Facts] = {}
        for kind, name in TABLES.items():
            table = getattr(inputs, name)
            if table is not None and (kind in self._owners or (kind == "sale" and self._has_new)):
                further = {"customer"} if kind == "sale" and self._has_new else set()
                self._facts[kind] = Facts(table, self._owners[kind] | further)
                if self._has_new:
                    self._buyers[kind] = Buyers(table, self._products.get(kind))

    def add(self, kind: FactKind, table: pa.Table) -> None:
        """Takes in further facts."""
        if kind in self._facts:
            self._facts[kind].add(table)
        if kind in self._buyers:
            self._buyers[kind].add(table)

    def rows_of(self, recipient: str, days: Sequence[Period] | None) -> dict[FactKind, set[int]]:
        """The rows of each kind that can matter for what is earned by facts on some days; None: on any."""
        found: dict[FactKind, set[int]] = {}
        partners = {recipient, *(below(self._partners, [recipient]) if self._above else ())}
        for kind, facts in self._facts.items():
            rows = set(facts.credited(recipient))
            for column in self._owners[kind]:
                owners = partners if column == "partner" else {recipient}
                rows.update(facts.rows(column, owners, [_ALWAYS] if days is None else days))
            found[kind] = rows
        if self._has_new and "sale" in self._facts:
            found["sale"] |= self._bought(found, days)
        return {kind: self._facts[kind].with_linked(rows) for kind, rows in found.items()}

    def _bought(self, found: Mapping[FactKind, set[int]], days: Sequence[Period] | None) -> set[int]:
        """The sales to the customers of some facts, as long before them as is looked for new customers."""
        months = self._programme.look_back_months
        before = [Period(months_before(each.starts, months), each.ends) for each in days or ()] or [_ALWAYS]
        customers = set().union(*(self._buyers[kind].of(rows) for kind, rows in found.items()))
        return set(self._facts["sale"].rows("customer", customers, before))

    def take(self, kind: FactKind, rows: Collection[int]) -> pa.Table:
        """The facts of some rows."""
        return self._facts[kind].take(rows)


def _possible_products(programme: Programme, products: pa.Table | None) -> dict[FactKind, pa.Array]:
    """The products of facts that any rule may admit, of those kinds where that is not every product."""
    found: dict[FactKind, list[frozenset[str] | None]] = defaultdict(list)
    for rule in programme.rules:
        found[rule.facts].append(possible_products(rule, products))
    return {
        kind: pa.array(sorted({one for each in sets for one in each or ()}), pa.string())
        for kind, sets in found.items()
        if None not in sets
    }


class Buyers:
    """To whom each fact was sold, of those facts that a rule may admit, as far as their products tell."""

    def __init__(self, table: pa.Table, products: pa.Array | None) -> None:
        """`products` are those that may be admitted; None: any."""
        self._products = products
        coded = pc.dictionary_encode(_array(self._admitted(table)))
        self._names: list[str | None] = coded.dictionary.to_pylist()
        # Of nobody: the place past all names.
        self._codes = _plain(
            pa.chunked_array([pc.fill_null(coded.indices.cast(pa.int64()), len(self._names))])
        )
        self._names.append(None)
        self._later: list[str | None] = []

    def _admitted(self, table: pa.Table) -> pa.ChunkedArray:
        if "customer" not in table.column_names:
            return pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
        customers = table["customer"]
        if self._products is None or "product" not in table.column_names:
            return customers
        may_be = pc.is_in(table["product"], self._products)
        return pc.if_else(may_be, customers, pa.scalar(None, customers.type))

    def add(self, table: pa.Table) -> None:
        """Takes in further facts."""
        self._later += self._admitted(table).to_pylist()

    def of(self, rows: Collection[int]) -> set[str]:
        """The customers of some rows."""
        codes, first = self._codes, len(self._codes)
        there = {codes[row] for row in rows if row < first}
        names = {self._names[code] for code in there} | {
            self._later[row - first] for row in rows if row >= first
        }
        return {name for name in names if name}


class Facts:
    """All facts of one kind: a table with `id` and `on`, and what came later."""

    def __init__(self, table: pa.Table, columns: Collection[str]) -> None:
        """By `columns` rows are found; those that the table lacks find none."""
        self._first, self._later = table.combine_chunks(), table.slice(0, 0)
        self._linked: dict[int, set[int]] = defaultdict(set)
        self._waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._credited: dict[str, list[int]] = defaultdict(list)
        counts_on = self._first.append_column("row", pa.array(range(table.num_rows), pa.int64()))
        entries = [counts_on, *self._note_links(counts_on)]
        self._note_credits(table, 0)
        self._indexes = {
            name: Index(pa.concat_tables(each.select([name, "on", "row"]) for each in entries))
            for name in columns
            if name in table.column_names
        }

    def _note_links(self, facts: pa.Table) -> Iterable[pa.Table]:
        """Notes which row names which. A return counts on the day of its sale too: gives them as of that day."""
        for link in _LINKS:
            naming = _filled(facts, link)
            if not naming.num_rows:
                continue
            named = pc.index_in(naming[link], facts["id"])
            for row, other, name in zip(
                naming["row"].to_pylist(), named.to_pylist(), naming[link].to_pylist(), strict=True
            ):
                self._link(link, row, other) if other is not None else self._waiting[link, name].append(row)
            if link == "returns":
                is_known = pc.is_valid(named)
                sold_on = facts["on"].take(named.filter(is_known))
                place = facts.column_names.index("on")
                yield naming.filter(is_known).set_column(place, "on", sold_on)

    def _link(self, link: str, row: int, other: int) -> None:
        self._linked[other].add(row)
        if link == "returns":
            self._linked[row].add(other)

    def _note_credits(self, table: pa.Table, first: int) -> None:
        if "credits" not in table.column_names or table["credits"].null_count == table.num_rows:
            return
        for row, text in enumerate(table["credits"].to_pylist(), first):
            for recipient, _ in read_credits(text) if text else ():
                self._credited[recipient].append(row)

    def add(self, table: pa.Table) -> None:
        """Takes in further facts of the same columns."""
        first = self._first.num_rows + self._later.num_rows
        self._later = pa.concat_tables([self._later, table])
        self._note_credits(table, first)
        for row, fact in enumerate(table.to_pylist(), first):
            for name, index in self._indexes.items():
                index.add(fact[name], row)
            for link in _LINKS:
                for waiting in self._waiting.pop((link, fact["id"]), ()):
                    self._link(link, waiting, row)
                    self._index_again(waiting)
                if fact.get(link):
                    self._link_new(link, row, fact[link])

    def _link_new(self, link: str, row: int, name: str) -> None:
        for table, first in ((self._first, 0), (self._later, self._first.num_rows)):
            found = pc.index(table["id"], name).as_py()
            if found >= 0:
                self._link(link, row, first + found)
                return
        self._waiting[link, name].append(row)

    def _index_again(self, row: int) -> None:
        """The day of a return is that of its sale, which was not known before: it is found on any day now."""
        fact = self.take([row]).to_pylist()[0]
        for name, index in self._indexes.items():
            index.add(fact[name], row)

    def rows(self, column: str, values: Iterable[str], days: Iterable[Period]) -> Iterable[int]:
        """The rows with one of the values on some days; perhaps also some of other days."""
        return self._indexes[column].rows(values, days) if column in self._indexes else ()

    def credited(self, recipient: str) -> Sequence[int]:
        """The rows that name a recipient in their `credits`."""
        return self._credited.get(recipient, ())

    def with_linked(self, rows: set[int]) -> set[int]:
        """The rows with those that they take back, that take them back, and that supersede any of these."""
        waiting = list(self._linked.keys() & rows)
        found = set(rows)
        while waiting:
            new = self._linked.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def take(self, rows: Collection[int]) -> pa.Table:
        """Some rows in their order."""
        count = self._first.num_rows
        ordered = pa.array(sorted(row for row in rows if row < count), pa.int64())
        later = sorted(row - count for row in rows if row >= count)
        taken = self._first.take(ordered)
        return pa.concat_tables([taken, self._later.take(later)]) if later else taken


class Index:
    """The rows of a table by one of its columns; those of a value lie together, by day."""

    def __init__(self, entries: pa.Table) -> None:
        """`entries` have the column, `on` and `row`."""
        coded = pc.dictionary_encode(entries.columns[0].combine_chunks())
        keys = pa.table({"code": coded.indices, "on": entries["on"].cast(pa.int32()), "row": entries["row"]})
        keys = keys.filter(pc.is_valid(keys["code"]))
        keys = keys.sort_by([("code", "ascending"), ("on", "ascending")]).combine_chunks()
        runs = pc.run_end_encode(_array(keys["code"]))
        names = coded.dictionary.take(runs.values).to_pylist()
        self._spans = dict(zip(names, pairwise([0, *runs.run_ends.to_pylist()]), strict=True))
        self._days, self._rows = _plain(keys["on"]), _plain(keys["row"])
        self._later: dict[str, list[int]] = defaultdict(list)

    def add(self, value: str | None, row: int) -> None:
        """A further row; it is found on any day."""
        if value:
            self._later[value].append(row)

    def rows(self, values: Iterable[str], days: Iterable[Period]) -> list[int]:
        bounds = [((period.starts - _EPOCH).days, (period.ends - _EPOCH).days) for period in days]
        found: list[int] = []
        for value in values:
            found += self._later.get(value, ())
            start, stop = self._spans.get(value, (0, 0))
            for starts, ends in bounds:
                first = bisect_left(self._days, starts, start, stop)
                last = bisect_right(self._days, ends, first, stop)
                found += self._rows[first:last]
        return found


def _array(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _filled(table: pa.Table, column: str) -> pa.Table:
    if column not in table.column_names:
        return table.slice(0, 0)
    return table.filter(pc.not_equal(pc.fill_null(table[column], ""), ""))


def _plain(column: pa.ChunkedArray) -> "array[int]":
    """Whole numbers, none of them unknown, as Python reads them fastest."""
    numbers = pa.concat_arrays([_array(column.cast(pa.int64()))])
    assert numbers.offset == 0
    assert not numbers.null_count
    return array("q", memoryview(numbers.buffers()[1])[: 8 * len(numbers)].tobytes())
