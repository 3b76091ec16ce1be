"""The facts that a rule admits: known, dated, with the attributes of that date, each under its recipient."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from headrace.engine import sql
from headrace.engine.expressions import Aggregate, And, Attainment, Certified, Field, Growth, Increase, Node
from headrace.engine.money import Exact
from headrace.engine.plan.shapes import Loaded, Shapes
from headrace.engine.plan.values import Plain, UnsupportedError, Value, condition, mistake, parts_of
from headrace.engine.programme import FactKind, Programme, Rule
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import DIMENSIONS, STANDARD, Kind

# The column of a fact that names its partner, person, product or customer.
REFERENCES = ("partner", "person", "product", "customer")
FACT = "f"


def known_name(kind: FactKind) -> str:
    return f"known_{kind}"


def known_stage(kind: FactKind, shapes: Shapes, as_of: datetime | None) -> Stage:
    """The facts known at a moment, less those that a known one supersedes; a return with the day of its sale."""
    seen = sql.select_all(kind, FACT)
    if as_of is not None and shapes.fills(kind, "recorded_at"):
        seen = seen.where(_recorded(FACT, as_of), copy=False)
    if shapes.fills(kind, "supersedes"):
        later = sql.select({"one": sql.whole(1)}, kind, "later")
        later = later.where(sql.equal(sql.column("supersedes", "later"), sql.column("id", FACT)), copy=False)
        if as_of is not None and shapes.fills(kind, "recorded_at"):
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

    def field(self, field: Field) -> Value:
        if field == Field("customer", "is_new"):
            return Plain(self._is_new(), "truth")
        if field.namespace == "fact":
            if field.name == "on":
                return Plain(self.at, "date")
            return self._column(self.kind, field, FACT)
        if field.name == "id":
            return Plain(sql.column(field.namespace, FACT), "text")
        return self._column(field.namespace, field, field.namespace)

    def _column(self, table: str, field: Field, alias: str) -> Value:
        loaded = self.shapes.table(table)
        if field.name in loaded.columns:
            return loaded.columns[field.name].value(field.name, alias)
        kind = STANDARD[table].get(field.name)
        if kind is None and loaded.columns:
            known = ", ".join(sorted({*loaded.columns, *STANDARD[table]}))
            raise mistake(self, f"no column {field.name} of {table} is known", f"one of {known}")
        return missing(kind or "text")

    def _is_new(self) -> Sql:
        customer = sql.column("customer", FACT)
        if "customer" not in self.shapes.table(self.kind).columns:
            return sql.unknown()
        earlier = sql.select({"one": sql.whole(1)}, known_name("sale"), "earlier")
        loaded = self.shapes.table("sale").columns
        positive = sql.either(
            sql.more(sql.column(name, "earlier"), sql.whole(0))
            for name in ("quantity", "net_amount")
            if name in loaded
        )
        on = sql.column("on", "earlier")
        since = sql.months_before(self.at, self.programme.look_back_months)
        earlier = earlier.where(
            sql.equal(sql.column("customer", "earlier"), customer),
            sql.at_least(on, since),
            sql.less(on, self.at),
            positive,
            copy=False,
        )
        return sql.when(sql.is_known(customer), sql.negate(sql.exists(earlier)))

    def aggregate(self, node: Aggregate) -> Exact:
        raise mistake(self, f"{node.function} is a measure of many facts", "a condition on one fact")

    def growth(self, node: Growth) -> Exact:
        raise mistake(self, "growth is a measure of many facts", "a condition on one fact")

    def increase(self, node: Increase) -> Exact:
        raise mistake(self, "increase is a measure of many facts", "a condition on one fact")

    def attainment(self, node: Attainment) -> Exact:
        raise mistake(self, "attainment is a measure of many facts", "a condition on one fact")

    def certified(self, node: Certified) -> Sql:
        raise UnsupportedError("certified")


def missing(kind: Kind) -> Value:
    """A column that the data does not bring: nothing is known of it."""
    if kind == "number":
        return Exact(sql.cast(sql.unknown(), sql.WIDE))
    types = {"text": sql.TEXT, "date": sql.DATE, "truth": exp.DataType.build("BOOLEAN")}
    return Plain(sql.cast(sql.unknown(), types.get(kind, sql.TEXT)), kind)


def fields_in(nodes: Iterable[Node | None]) -> list[Field]:
    """The columns that expressions name, each once, in order of appearance."""
    found: dict[Field, None] = {}
    for node in nodes:
        for part in parts_of(node) if node is not None else ():
            if isinstance(part, Field):
                found[part] = None
    return list(found)


def conjuncts(node: Node | None) -> list[Node]:
    """The conditions that must all hold for the whole to hold."""
    if node is None:
        return []
    return (
        [part for operand in node.operands for part in conjuncts(operand)]
        if isinstance(node, And)
        else [node]
    )


class FactQuery:
    """Facts joined with only those dimensions that an expression names. Conditions on one dimension are EXISTS.

    A condition on the fact's partner alone picks partners, of which there are few, before any fact is looked at;
    joining instead made large groups several times slower (stack.md).
    """

    def __init__(self, programme: Programme, rule: Rule, shapes: Shapes) -> None:
        self.programme, self.rule, self.shapes = programme, rule, shapes
        self.query = sql.source(known_name(rule.facts), FACT)
        self.at = self._date()
        self.scope = FactScope(programme, rule.facts, shapes, f"earns[{rule.key}]", self.at)
        self._joined: set[str] = set()

    @property
    def takes_back(self) -> bool:
        """Whether returns of this rule take back a share, instead of being facts like others."""
        return self.rule.returns == "original_rate" and self.shapes.fills("sale", "returns")

    def _date(self) -> Sql:
        on = sql.column("on", FACT)
        follows = self.rule.facts == "sale" and self.rule.returns != "when_returned"
        if not (follows and self.shapes.fills("sale", "returns")):
            return on
        sold = sql.column("returns", FACT)
        sql.join(self.query, known_name("sale"), "sold", sql.equal(sql.column("id", "sold"), sold), left=True)
        return sql.or_else(sql.column("on", "sold"), on)

    def admit(self, condition_: Node | None) -> None:
        """Keeps the facts for which the condition is true."""
        for part in conjuncts(condition_):
            self._admit_one(part)

    def _admit_one(self, part: Node) -> None:
        only = self._only_dimension(part)
        if only is None:
            self.use(fields_in([part]))
            self.query.where(condition(part, self.scope), copy=False)
            return
        inner = sql.select({"one": sql.whole(1)}, only, only)
        inner = inner.where(self._same(only), condition(part, self.scope), copy=False)
        self.query.where(sql.exists(inner), copy=False)

    def _only_dimension(self, part: Node) -> str | None:
        """The one dimension whose attributes decide the condition, if it is so."""
        namespaces = {field.namespace for field in fields_in([part])}
        columns = {field.name for field in fields_in([part])}
        if (
            len(namespaces) != 1
            or columns & {"id", "is_new"}
            or any(isinstance(p, Certified) for p in parts_of(part))
        ):
            return None
        (namespace,) = namespaces
        loaded = self.shapes.table(namespace)
        return (
            namespace
            if namespace != "fact" and "id" in loaded.columns and columns <= set(loaded.columns)
            else None
        )

    def use(self, fields: Iterable[Field]) -> None:
        """Joins the dimensions of the fields."""
        for field in fields:
            self.join(field.namespace, field.name)

    def join(self, dimension: str, name: str) -> None:
        wanted = dimension in REFERENCES and name not in ("id", "is_new")
        loaded = self.shapes.table(dimension)
        if not wanted or dimension in self._joined or name not in loaded.columns:
            return
        self._joined.add(dimension)
        sql.join(self.query, dimension, dimension, self._same(dimension), left=True)

    def _same(self, dimension: str) -> Sql:
        """The row of the dimension that the fact names, as it held on the fact's day."""
        loaded = self.shapes.table(dimension)
        tests = [sql.equal(sql.column("id", dimension), self._reference(dimension))]
        if "valid_from" in loaded.filled:
            starts = sql.column("valid_from", dimension)
            tests.append(sql.either([sql.is_unknown(starts), sql.at_most(starts, self.at)]))
        if "valid_to" in loaded.filled:
            ends = sql.column("valid_to", dimension)
            tests.append(sql.either([sql.is_unknown(ends), sql.at_most(self.at, ends)]))
        return sql.both(tests)

    def _reference(self, dimension: str) -> Sql:
        loaded: Loaded = self.shapes.table(self.rule.facts)
        return (
            sql.column(dimension, FACT) if dimension in loaded.columns else sql.cast(sql.unknown(), sql.TEXT)
        )

    def recipient(self, to: str) -> Sql:
        """Who is named by the fact; unknown where nobody is, also for an empty text."""
        if to in ("partner", "person"):
            found = self._reference(to)
        else:
            field = Field("partner", to.removeprefix("partner."))
            self.use([field])
            named = self.scope.field(field)
            assert isinstance(named, Plain)
            found = named.value
        return sql.unless_empty(found)

    def selected(self, columns: Mapping[str, Sql]) -> exp.Select:
        return self.query.select(*sql.named(columns), copy=False)


__all__ = ["DIMENSIONS", "FactQuery", "FactScope", "fields_in", "known_name", "known_stage"]
