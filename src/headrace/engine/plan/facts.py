"""The facts that a rule looks at: known, dated, and joined with the attributes of that date that are named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.expressions import Certified, Field, Node
from headrace.engine.money import Exact
from headrace.engine.plan.conversion import ALIAS, Conversion
from headrace.engine.plan.days import Days
from headrace.engine.plan.shapes import FACT, Shapes
from headrace.engine.plan.values import (
    Column,
    Measure,
    Plain,
    UnsupportedError,
    Value,
    attribute,
    columns_in,
    condition,
    conjuncts,
    mistake,
)
from headrace.engine.programme import FactKind, Programme, Rule
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import DIMENSIONS, MONETARY, STANDARD, Kind
from headrace.engine.writing import written

SOLD = "sold"


def known_name(kind: FactKind) -> str:
    return f"known_{kind}"


def known_stage(kind: FactKind, shapes: Shapes, as_of: datetime | None) -> Stage:
    """The facts known at a moment, without those that a known one supersedes."""
    dated = as_of is not None and shapes.fills(kind, "recorded_at")
    seen = sql.select_all(kind, FACT)
    if dated and as_of is not None:
        seen = seen.where(_recorded(FACT, as_of), copy=False)
    if shapes.fills(kind, "supersedes"):
        later = sql.select({"one": sql.whole(1)}, kind, "later")
        later = later.where(sql.equal(sql.column("supersedes", "later"), sql.column("id", FACT)), copy=False)
        if dated and as_of is not None:
            later = later.where(_recorded("later", as_of), copy=False)
        seen = seen.where(sql.negate(sql.exists(later)), copy=False)
    return Stage(known_name(kind), seen, kept=shapes.fills(kind, "supersedes"))


def _recorded(alias: str, as_of: datetime) -> Sql:
    recorded_at = sql.column("recorded_at", alias)
    return sql.either([sql.is_unknown(recorded_at), sql.at_most(recorded_at, sql.moment(as_of))])


@dataclass(frozen=True, slots=True)
class FactScope:
    """Expressions over one fact `f`, joined with the dimensions it names."""

    programme: Programme
    kind: FactKind
    shapes: Shapes
    path: str
    at: Sql
    conversion: Conversion | None = None

    def column(self, node: Column) -> Value:
        field = attribute(node)
        if field == Field("customer", "is_new"):
            return Plain(self._is_new(), "truth")
        if field.namespace == "fact":
            return self._own(field)
        if field.name == "id":
            return Plain(self.reference(field.namespace), "text")
        found = self._of_table(field.namespace, field, field.namespace)
        return found if isinstance(node, Field) else Plain(_lists(found, node), "truth")

    def _own(self, field: Field) -> Value:
        if field.name == "on":
            return Plain(self.at, "date")
        found = self._of_table(self.kind, field, FACT)
        if self.conversion is None or field.name not in MONETARY or not isinstance(found, Exact):
            return found
        return money.multiply(found, self.conversion.rate())

    def _of_table(self, table: str, field: Field, alias: str) -> Value:
        loaded = self.shapes.table(table)
        if field.name in loaded.columns:
            return loaded.columns[field.name].value(field.name, alias)
        # That the data brings a column at all is held by checking the programme against it.
        return _missing(STANDARD[table].get(field.name))

    def _is_new(self) -> Sql:
        """No sale to the customer, by anyone, in the months before; unknown without a customer."""
        if "customer" not in self.shapes.table(self.kind).columns:
            return sql.unknown()
        customer = sql.unless_empty(sql.column("customer", FACT))
        loaded, on = self.shapes.table("sale").columns, sql.column("on", "earlier")
        if "customer" not in loaded:
            return sql.when(sql.is_known(customer), sql.truth(True))
        brought = [name for name in ("quantity", "net_amount") if name in loaded]
        earlier = sql.select({"one": sql.whole(1)}, known_name("sale"), "earlier").where(
            sql.equal(sql.column("customer", "earlier"), customer),
            sql.at_least(on, sql.months_before(self.at, self.programme.look_back_months)),
            sql.less(on, self.at),
            sql.either(sql.more(sql.column(name, "earlier"), sql.whole(0)) for name in brought),
            copy=False,
        )
        return sql.when(sql.is_known(customer), sql.negate(sql.exists(earlier)))

    def reference(self, dimension: str) -> Sql:
        """The column of the fact that names its partner, person, product or customer."""
        if dimension in self.shapes.table(self.kind).columns:
            return sql.column(dimension, FACT)
        return sql.cast(sql.unknown(), sql.TEXT)

    def measure(self, node: Measure) -> Exact:
        raise mistake(self, f"{written(node)} is a measure of many facts", "a condition on one fact")


def _lists(found: Value, node: Certified) -> Sql:
    """Whether a list as "network-pro; security" has the certificate."""
    if not isinstance(found, Plain) or found.kind not in ("text", None):
        raise UnsupportedError("certificates that are no text")
    return sql.lists(found.value, node.name)


def _missing(kind: Kind | None) -> Value:
    """A column that the data does not bring: nothing is known of it."""
    if kind == "number":
        return Exact(sql.cast(sql.unknown(), sql.WIDE))
    types = {"date": sql.DATE, "truth": sql.TRUTH}
    return Plain(sql.cast(sql.unknown(), types.get(kind or "text", sql.TEXT)), kind)


class FactQuery:
    """Facts joined with only those dimensions that an expression names. Conditions on one dimension are semi-joins.

    A condition on the fact's partner alone picks partners, of which there are few, before any fact is looked
    at; joining instead made large groups several times slower (stack.md).
    """

    def __init__(
        self,
        programme: Programme,
        rule: Rule,
        shapes: Shapes,
        conversion: Conversion | None = None,
        as_sold: bool = False,
    ) -> None:
        """With `as_sold` the day that decides for a return is that of its sale, whatever the rule says."""
        self.rule, self.shapes, self.conversion = rule, shapes, conversion
        self.query = sql.source(known_name(rule.facts), FACT)
        # A return and the line that it takes back are one row apart.
        self.follows_sale = rule.facts == "sale" and shapes.fills("sale", "returns")
        if self.follows_sale:
            same = sql.equal(sql.column("id", SOLD), sql.column("returns", FACT))
            sql.join(self.query, known_name("sale"), SOLD, same, left=True)
        at = self._date(as_sold or rule.returns == "when_sold")
        self.scope = FactScope(programme, rule.facts, shapes, f"earns[{rule.key}]", at, conversion)
        self._joined: set[str] = set()

    @property
    def at(self) -> Sql:
        """The day that decides."""
        return self.scope.at

    def _date(self, as_sold: bool) -> Sql:
        on = sql.column("on", FACT)
        if self.follows_sale and as_sold:
            return sql.or_else(sql.column("on", SOLD), on)
        return on

    def leave_out_returns(self) -> None:
        """Of a rule whose returns take back a share: keeps only what is no return of a known sale."""
        if self.follows_sale and self.rule.returns == "original_rate":
            self.query.where(sql.is_unknown(sql.column("id", SOLD)), copy=False)

    def join_days(self, days: Days) -> None:
        """The periods of each fact; rates hang on them."""
        sql.join(self.query, days.name, "d", sql.equal(sql.column("day", "d"), self.at))
        if isinstance(self.at, exp.Column) and days.bounds is not None:
            # On the bare column, a database does not even read the days before and after.
            first, last = (sql.day(end) for end in days.bounds)
            self.query.where(sql.at_least(self.at, first), sql.at_most(self.at, last), copy=False)
        if self.conversion is not None:
            sql.join(self.query, self.conversion.name, ALIAS, self.conversion.same_row(self.at), left=True)

    def admit(self, node: Node | None) -> None:
        """Keeps the facts for which the condition is true."""
        for part in conjuncts(node):
            only = self._only_dimension(part)
            if only is None:
                self.use(columns_in([part]))
                self.query.where(condition(part, self.scope), copy=False)
            else:
                self.query.where(self._is_of(only, condition(part, self.scope)), copy=False)

    def _is_of(self, dimension: str, test: Sql) -> Sql:
        """Whether the row of the dimension that the fact names passes a test."""
        if not self.shapes.table(dimension).filled & {"valid_from", "valid_to"}:
            passing = sql.select({"id": sql.column("id", dimension)}, dimension, dimension)
            return sql.among(self.scope.reference(dimension), passing.where(test, copy=False))
        passing = sql.select({"one": sql.whole(1)}, dimension, dimension)
        return sql.exists(passing.where(self._same(dimension), test, copy=False))

    def _only_dimension(self, part: Node) -> str | None:
        """The one dimension whose attributes decide the condition, if it is so."""
        fields = [attribute(column) for column in columns_in([part])]
        namespaces, names = {field.namespace for field in fields}, {field.name for field in fields}
        if len(namespaces) != 1 or namespaces == {"fact"} or names & {"id", "is_new"}:
            return None
        (namespace,) = namespaces
        return namespace if names <= set(self.shapes.table(namespace).columns) else None

    def use(self, columns: Iterable[Column]) -> None:
        """Joins the dimensions of the columns."""
        for column in columns:
            field = attribute(column)
            loaded = self.shapes.table(field.namespace).columns
            is_there = field.namespace in DIMENSIONS and field.name in loaded and field.name != "id"
            if is_there and field.namespace not in self._joined:
                self._joined.add(field.namespace)
                sql.join(self.query, field.namespace, field.namespace, self._same(field.namespace), left=True)

    def _same(self, dimension: str) -> Sql:
        """The row of the dimension that the fact names, as it held on the fact's day."""
        loaded = self.shapes.table(dimension)
        tests = [sql.equal(sql.column("id", dimension), self.scope.reference(dimension))]
        if "valid_from" in loaded.filled:
            starts = sql.column("valid_from", dimension)
            tests.append(sql.either([sql.is_unknown(starts), sql.at_most(starts, self.at)]))
        if "valid_to" in loaded.filled:
            ends = sql.column("valid_to", dimension)
            tests.append(sql.either([sql.is_unknown(ends), sql.at_most(self.at, ends)]))
        return sql.both(tests)

    def recipient(self, to: str) -> Sql:
        """Who is named by the fact; unknown or an empty text where nobody is."""
        if to in ("partner", "person"):
            return self.scope.reference(to)
        field = Field("partner", to.removeprefix("partner."))
        self.use([field])
        found = self.scope.column(field)
        assert isinstance(found, Plain), "a parent is named by a text"
        return found.value

    def selected(self, columns: Mapping[str, Sql]) -> exp.Select:
        return self.query.select(*sql.named(columns), copy=False)
