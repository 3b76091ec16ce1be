"""The portable subset of SQL, as functions that build sqlglot's expression tree.

Every statement of the engine is made of these and of nothing else; `tests/test_subset.py` holds each of them on
each backend. Whole numbers are the only numbers: the wide type below is 128 bits on DuckDB, and a dialect that has
none replaces it in its backend.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlglot import exp

Sql = exp.Expr

WIDE = exp.DataType.build("INT128")
NARROW = exp.DataType.build("BIGINT")
TEXT = exp.DataType.build("TEXT")
DATE = exp.DataType.build("DATE")
TRUTH = exp.DataType.build("BOOLEAN")

# Where a node keeps what tells rows apart, for databases that need it.
KEYS = "keys"
# A whole literal past this would be read as a floating-point number by DuckDB.
_LITERAL_DIGITS_MAX = 37


class TooWideError(ArithmeticError):
    """A number does not fit the 128 bits of the plan."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A named query; `kept` ones are computed once, the others are read anew by each that names them."""

    name: str
    query: exp.Query
    kept: bool = True


def _own(part: Sql) -> Sql:
    """A part as a node of the tree it becomes part of: itself, or a copy where it is in a tree already.

    Copying all that is put together, at each level anew, took a third of the time to compile a programme.
    """
    return part if part.parent is None else part.copy()


def _identifier(name: str, quoted: bool = True) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=quoted)


def column(name: str, table: str | None = None) -> Sql:
    return exp.Column(this=_identifier(name), table=None if table is None else _identifier(table))


def table(name: str, alias: str | None = None) -> exp.Table:
    named = exp.TableAlias(this=_identifier(alias, quoted=False)) if alias is not None else None
    return exp.Table(this=_identifier(name), alias=named)


def whole(value: int) -> Sql:
    """A whole literal; `TooWideError` past 37 digits."""
    if len(str(abs(value))) > _LITERAL_DIGITS_MAX:
        raise TooWideError(f"{value} has more than {_LITERAL_DIGITS_MAX} digits")
    literal = exp.Literal.number(str(abs(value)))
    return exp.Paren(this=exp.Neg(this=literal)) if value < 0 else literal


def text(value: str) -> Sql:
    return exp.Literal.string(value)


def day(value: date) -> Sql:
    return exp.Cast(this=exp.Literal.string(value.isoformat()), to=DATE.copy())


def moment(value: datetime) -> Sql:
    stamp = exp.Literal.string(value.isoformat())
    return exp.Cast(this=stamp, to=exp.DataType.build("TIMESTAMPTZ"))


def truth(value: bool) -> Sql:
    return exp.Boolean(this=value)


def unknown() -> Sql:
    return exp.Null()


def cast(value: Sql, kind: exp.DataType) -> Sql:
    return exp.Cast(this=_own(value), to=kind.copy())


def wide(value: Sql) -> Sql:
    """The value as a wide number, cast only where it is not one already."""
    return value if _is_wide(value) else cast(value, WIDE)


def wide_column(name: str, table: str | None = None) -> Sql:
    """A column that holds wide numbers."""
    result = column(name, table)
    result.type = WIDE.copy()
    return result


def _is_wide(value: Sql) -> bool:
    inner = value.unnest()
    if isinstance(inner, exp.Cast):
        return bool(inner.to == WIDE)
    if isinstance(inner, exp.Mul | exp.Add | exp.Sub):
        return _is_wide(inner.left) or _is_wide(inner.right)
    return inner.type == WIDE


def _operand(value: Sql) -> Sql:
    """Binary operands are always bracketed: sqlglot prints a bare tree without regard to precedence."""
    if isinstance(value, exp.Binary | exp.Not | exp.Between | exp.In | exp.Neg | exp.Is):
        return exp.Paren(this=_own(value))
    return _own(value)


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    result: Sql = kind(this=_operand(left), expression=_operand(right))
    return result


def add(left: Sql, right: Sql) -> Sql:
    return binary(exp.Add, left, right)


def subtract(left: Sql, right: Sql) -> Sql:
    return binary(exp.Sub, left, right)


def multiply(left: Sql, right: Sql) -> Sql:
    return binary(exp.Mul, left, right)


def divide_down(left: Sql, right: Sql) -> Sql:
    """The whole quotient of two whole numbers that are not negative; dialects differ on negative ones."""
    return binary(exp.IntDiv, left, right)


def remainder(left: Sql, right: Sql) -> Sql:
    """What `divide_down` leaves, again of numbers that are not negative."""
    return binary(exp.Mod, left, right)


def absolute(value: Sql) -> Sql:
    return exp.Abs(this=_own(value))


def equal(left: Sql, right: Sql) -> Sql:
    return binary(exp.EQ, left, right)


def less(left: Sql, right: Sql) -> Sql:
    return binary(exp.LT, left, right)


def at_most(left: Sql, right: Sql) -> Sql:
    return binary(exp.LTE, left, right)


def more(left: Sql, right: Sql) -> Sql:
    return binary(exp.GT, left, right)


def at_least(left: Sql, right: Sql) -> Sql:
    return binary(exp.GTE, left, right)


def is_unknown(value: Sql) -> Sql:
    return exp.Is(this=_operand(value), expression=exp.Null())


def is_known(value: Sql) -> Sql:
    return negate(is_unknown(value))


def within(value: Sql, items: Sequence[Sql]) -> Sql:
    """Whether the value is one of the items, of which there is at least one."""
    return exp.In(this=_operand(value), expressions=[_own(item) for item in items])


def among(value: Sql, query: exp.Query) -> Sql:
    """Whether the value is in the only column of a query, which has no unknown ones.

    Databases look few values up faster than they try `exists` for each row.
    """
    return exp.In(this=_operand(value), query=exp.Subquery(this=_own(query)))


def negate(value: Sql) -> Sql:
    return exp.Not(this=_operand(value))


def both(conditions: Iterable[Sql]) -> Sql:
    """TRUE of none."""
    return _joined(exp.And, conditions, True)


def either(conditions: Iterable[Sql]) -> Sql:
    """FALSE of none."""
    return _joined(exp.Or, conditions, False)


def _joined(kind: type[exp.Binary], conditions: Iterable[Sql], of_none: bool) -> Sql:
    found = list(conditions)
    if not found:
        return truth(of_none)
    result = found[0]
    for condition in found[1:]:
        result = binary(kind, result, condition)
    return result


def when(condition: Sql, then: Sql, otherwise: Sql | None = None) -> Sql:
    """Unknown, or `otherwise`, where the condition is not true."""
    return cases([(condition, then)], otherwise)


def cases(pairs: Iterable[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    ifs = [exp.If(this=_own(condition), true=_own(then)) for condition, then in pairs]
    return exp.Case(ifs=ifs, default=None if otherwise is None else _own(otherwise))


def holds(condition: Sql) -> Sql:
    """The condition as yes or no: what is unknown does not hold."""
    return or_else(condition, truth(False))


def or_else(value: Sql, otherwise: Sql) -> Sql:
    return exp.Coalesce(this=_own(value), expressions=[_own(otherwise)])


def decimals_text(value: Sql, digits: int) -> Sql:
    """The decimals of a number as `.25`, nothing where there are none; value is below 10 to the digits."""
    padded = exp.Pad(this=cast(value, TEXT), expression=whole(digits), fill_pattern=text("0"), is_left=True)
    trimmed = exp.Trim(this=padded, expression=text("0"), position="TRAILING")
    return when(equal(value, whole(0)), text(""), joined_text([text("."), trimmed]))


def lists(value: Sql, item: str) -> Sql:
    """Whether a text of items parted by semicolons has one; blanks around them don't count."""
    tight = exp.RegexpReplace(
        this=exp.Trim(this=_own(value)),
        expression=text(r"\s*;\s*"),
        replacement=text(";"),
        modifiers=text("g"),
    )
    found = exp.StrPosition(this=joined_text([text(";"), tight, text(";")]), substr=text(f";{item};"))
    return more(found, whole(0))


def positive(value: Sql) -> Sql:
    """The number where it is above zero, else unknown."""
    return when(more(value, whole(0)), value)


def joined_text(parts: Sequence[Sql]) -> Sql:
    result = parts[0].copy()
    for part in parts[1:]:
        result = exp.DPipe(this=result, expression=_own(part), safe=False)
    return result


def total(value: Sql) -> Sql:
    """The sum as a wide number; unknown of nothing."""
    return exp.Cast(this=exp.Sum(this=_own(value)), to=WIDE.copy())


def count() -> Sql:
    return exp.Count(this=exp.Star())


def count_known(value: Sql) -> Sql:
    """How many rows have a value."""
    return exp.Count(this=_own(value))


def count_distinct(value: Sql) -> Sql:
    return exp.Count(this=exp.Distinct(expressions=[_own(value)]))


def smallest(value: Sql) -> Sql:
    return exp.Min(this=_own(value))


def largest(value: Sql) -> Sql:
    return exp.Max(this=_own(value))


def ordered(value: Sql, down: bool = False) -> Sql:
    return exp.Ordered(this=_own(value), desc=down, nulls_first=not down)


def over(
    function: Sql, partition: Iterable[Sql] = (), order: Iterable[Sql] = (), running: bool = False
) -> Sql:
    """A window; `running` takes the rows up to and including this one, in an order without ties."""
    found = [o if isinstance(o, exp.Ordered) else ordered(o) for o in order]
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    inner = function.this if isinstance(function, exp.Cast) else function
    window = exp.Window(
        this=_own(inner),
        partition_by=[_own(p) for p in partition],
        order=exp.Order(expressions=found) if found else None,
        spec=frame if running else None,
    )
    return cast(window, function.to) if isinstance(function, exp.Cast) else window


def row_number(partition: Iterable[Sql], order: Iterable[Sql]) -> Sql:
    return over(exp.RowNumber(), partition, order)


def numbered(keys: Iterable[Sql]) -> Sql:
    """A number of its own for each row, whatever the order; the keys tell the rows apart.

    A database that may compute rows again goes by the keys, so that a row keeps its number.
    """
    window = exp.Window(this=exp.RowNumber())
    window.meta[KEYS] = [key.copy() for key in keys]
    return window


def rank() -> Sql:
    """The place in a window; those that tie share it, and the next one is as much further."""
    return exp.Anonymous(this="RANK")


def lag(value: Sql) -> Sql:
    """The value of the row before, in a window; unknown of the first."""
    return exp.Lag(this=_own(value))


def months_before(value: Sql, months: int) -> Sql:
    """The same day so many months before, the last of the month where it has no such day."""
    interval = exp.Interval(this=exp.Literal.string(str(months)), unit=exp.var("MONTH"))
    return exp.Cast(this=exp.Sub(this=_operand(value), expression=interval), to=DATE.copy())


def exists(query: exp.Query) -> Sql:
    return exp.Exists(this=_own(query))


def named(columns: Mapping[str, Sql]) -> list[Sql]:
    return [exp.Alias(this=_own(value), alias=_identifier(name)) for name, value in columns.items()]


def select(columns: Mapping[str, Sql], name: str | exp.Query, alias: str = "t") -> exp.Select:
    return exp.Select(expressions=named(columns)).from_(_source(name, alias), copy=False)


def source(name: str | exp.Query, alias: str) -> exp.Select:
    """A query to which columns are added later."""
    return exp.Select().from_(_source(name, alias), copy=False)


def select_all(name: str | exp.Query, alias: str = "t") -> exp.Select:
    return extend(name, {}, alias)


def is_filled(value: Sql) -> Sql:
    """Whether a text is not empty, unknown where it is; databases may see that from a file's own statistics."""
    return binary(exp.NEQ, value, text(""))


def unless_empty(value: Sql) -> Sql:
    """The text, unknown where it is empty."""
    return exp.Nullif(this=_own(value), expression=text(""))


def extend(name: exp.Query | str, columns: Mapping[str, Sql], alias: str = "t") -> exp.Select:
    """All columns of the source and some more; a layer in which later ones may name earlier ones."""
    star = exp.Column(this=exp.Star(), table=exp.to_identifier(alias))
    return exp.Select(expressions=[star, *named(columns)]).from_(_source(name, alias), copy=False)


def join(query: exp.Select, name: str | exp.Query, alias: str, on: Sql, left: bool = False) -> exp.Select:
    side, kind = ("LEFT", None) if left else (None, "INNER")
    query.append("joins", exp.Join(this=_source(name, alias), side=side, kind=kind, on=_own(on)))
    return query


def going_on_from(query: exp.Select, alias: str, source: exp.Query) -> exp.Select:
    """The query, going on from another source than the one that has this alias."""
    result = query.copy()
    for part in list(result.find_all(exp.Subquery)):
        if part.alias == alias:
            part.set("this", source.copy())
    return result


def _source(name: str | exp.Query, alias: str) -> exp.Expression:
    return table(name, alias) if isinstance(name, str) else name.subquery(alias, copy=False)


def stacked(queries: Sequence[exp.Query]) -> exp.Query:
    result = queries[0]
    for query in queries[1:]:
        result = exp.union(result, query, distinct=False, copy=False)
    return result
