"""What an expression may say where it stands: known fields, and types that fit.

Every problem is a value with its position; nothing here raises.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from headrace.engine.expressions import (
    PERIOD_BASELINES,
    Aggregate,
    And,
    Arithmetic,
    Attainment,
    Certified,
    Compare,
    Comparison,
    Field,
    Growth,
    In,
    Increase,
    Negative,
    Node,
    Not,
    Or,
    Text,
    Truth,
    nearest,
    walk,
)
from headrace.engine.programme import FactKind
from headrace.engine.tables import STANDARD, Kind
from headrace.engine.writing import field_text

# Further columns that the data brings, by sale, deal, event, partner, person, product or customer.
Columns = Mapping[str, Mapping[str, Kind]]

# Facts are judged one by one, or a group of them as one.
Level = Literal["fact", "group"]

ORDERING: tuple[Comparison, ...] = ("<", "<=", ">", ">=")
# Columns that join and date the rows; a condition has no use for them.
_HIDDEN = frozenset(("recorded_at", "valid_from", "valid_to", "supersedes", "credits"))
_NAMES: Mapping[Kind, str] = {
    "text": "a text",
    "number": "a number",
    "date": "a date",
    "truth": "true or false",
    "moment": "a point in time",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an expression at an offset of its text; a doubt is only warned of."""

    position: int
    found: str
    right: str
    doubt: bool = False


@dataclass(slots=True)
class Checker:
    """Checks expressions of one rule and collects what is wrong with them in `problems`.

    `facts` is the kind of fact they speak of, None for an audience, which speaks of partners and people
    alone; `columns` is None while there is no data; `by` are the fields that all facts of a group share.
    """

    facts: FactKind | None
    columns: Columns | None
    by: frozenset[Field] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def condition(self, node: Node, level: Level) -> None:
        """A condition must be true or false."""
        self._expect(node, "truth", level)

    def measure(self, node: Node) -> None:
        """A measure is a number of the whole group, with at least one aggregate."""
        self._expect(node, "number", "group")
        if not self.problems and not any(isinstance(part, Aggregate) for part, _ in walk(node)):
            self._wrong(
                node, "no measure of the facts", "a measure adds facts up, as sum(net_amount) or count()"
            )

    def kind(self, node: Field) -> Kind | None:
        """What a field holds, None where that is not known; an unknown field is a problem."""
        if self.facts is None and node.namespace not in ("partner", "person"):
            self._wrong(
                node,
                f'"{field_text(node)}" in an audience',
                "an audience is chosen by partner or person fields",
            )
            return None
        known = self.names(node)
        if node.name not in known:
            self._unknown(node, known)
        return known.get(node.name)

    def names(self, node: Field) -> Mapping[str, Kind]:
        """The fields beside a field: the standard ones and those that the data brings."""
        table = self.facts or "sale" if node.namespace == "fact" else node.namespace
        known: dict[str, Kind] = {"is_new": "truth"} if node.namespace == "customer" else {}
        known |= {name: kind for name, kind in STANDARD[table].items() if name not in _HIDDEN}
        return known | dict((self.columns or {}).get(table, {}))

    def _unknown(self, node: Field, known: Mapping[str, Kind]) -> None:
        close = [field_text(Field(node.namespace, name)) for name in nearest(node.name, list(known))]
        meant = f"did you mean {' or '.join(close)}?" if close else ""
        if self.columns is None:
            right = f"{meant} Else the data must bring it" if close else "the data must bring this column"
            self._wrong(node, f'"{field_text(node)}" is no standard field', right, doubt=True)
        else:
            right = meant or f"the fields are {', '.join(sorted(known))}"
            if node.namespace == "fact":
                right += f'; if it is a text, write "{node.name}"'
            self._wrong(node, f'"{field_text(node)}" is no field of the data', right)

    def _wrong(self, node: Node, found: str, right: str, doubt: bool = False) -> None:
        self.problems.append(Problem(node.position, found, right, doubt))

    # Types

    def _type(self, node: Node, level: Level) -> Kind | None:
        """What a node gives, None where that is not known. What is wrong below it is noted on the way."""
        match node:
            case Field():
                return self._field(node, level)
            case Text():
                return "text"
            case Truth() | Certified():
                return "truth"
            case Not() | And() | Or() | Compare() | In():
                self._logic(node, level)
                return "truth"
            case Negative(operand=operand):
                self._expect(operand, "number", level)
            case Arithmetic(left=left, right=right):
                self._expect(left, "number", level)
                self._expect(right, "number", level)
            case Aggregate():
                self._aggregate(node, level)
            case Growth() | Increase() | Attainment():
                self._compared(node, level)
        return "number"

    def _expect(self, node: Node, kind: Kind, level: Level) -> None:
        found = self._type(node, level)
        if found not in (kind, None):
            self._wrong(node, f"{_NAMES[found]} where {_NAMES[kind]} is needed", _HINTS[kind])

    def _field(self, node: Field, level: Level) -> Kind | None:
        shared = node.namespace in ("partner", "person") or node in self.by
        if level == "group" and not shared:
            self._wrong(
                node,
                f'"{field_text(node)}" may differ from fact to fact of a group',
                f"put it into where, or inside a measure, as sum({field_text(node)}) or count(where ...)",
            )
            return None
        return self.kind(node)

    def _logic(self, node: Node, level: Level) -> None:
        match node:
            case Not(operand=operand):
                self._expect(operand, "truth", level)
            case And(operands=operands) | Or(operands=operands):
                for operand in operands:
                    self._expect(operand, "truth", level)
            case Compare(operator=operator, left=left, right=right):
                self._alike(node, left, right, level, ordered=operator in ORDERING)
            case In(operand=operand, items=items):
                for item in items.values:
                    self._alike(item, operand, item, level, ordered=False)

    def _alike(self, node: Node, left: Node, right: Node, level: Level, ordered: bool) -> None:
        """Both sides must be of one type; a text beside a date must be one."""
        one, other = self._type(left, level), self._type(right, level)
        if one is None or other is None:
            return
        for side, text in ((one, right), (other, left)):
            if side == "date" and isinstance(text, Text):
                if not is_date(text.value):
                    self._wrong(text, f'"{text.value}" is no date', 'a date is written as "2026-01-31"')
                return
        if one != other:
            self._wrong(node, f"{_NAMES[one]} compared to {_NAMES[other]}", "compare two of one type")
        elif one == "moment" or (ordered and one in ("text", "truth")):
            self._wrong(node, f"an order of {_PLURALS[one]}", "compare these with ==, != or in")

    def _aggregate(self, node: Aggregate, level: Level) -> None:
        if level == "fact":
            self._wrong(
                node,
                f"{node.function}(...) of a single fact",
                "a measure of the group stands in gates, base or on",
            )
            return
        inner = Checker(self.facts, self.columns, problems=self.problems)
        if node.argument is not None:
            if node.function == "count_distinct":
                inner._type(node.argument, "fact")
            else:
                inner._expect(node.argument, "number", "fact")
        if node.where is not None:
            inner._expect(node.where, "truth", "fact")

    def _compared(self, node: Growth | Increase | Attainment, level: Level) -> None:
        name = type(node).__name__.lower()
        if level == "fact":
            self._wrong(
                node, f"{name}(...) of a single fact", "a measure of the group stands in gates, base or on"
            )
            return
        inner = [node.measure]
        if not isinstance(node, Attainment) and isinstance(node.baseline, Node):
            if isinstance(node.baseline, Field):
                found = f'"{field_text(node.baseline)}" is nothing to compare with'
                self._wrong(node.baseline, found, f"give {' or '.join(PERIOD_BASELINES)}, or a measure")
                return
            inner.append(node.baseline)
        for part in inner:
            self._expect(part, "number", "group")
            if any(isinstance(below, get_args(Compared)) for below, _ in walk(part)):
                self._wrong(
                    part,
                    f"a comparison inside {name}(...)",
                    f"{name} compares a plain measure, as sum(net_amount)",
                )
        if not any(isinstance(below, Aggregate) for below, _ in walk(node.measure)):
            self._wrong(node, f"{name}(...) of no measure", f"{name} compares a measure, as sum(net_amount)")


Compared = Growth | Increase | Attainment

_HINTS: Mapping[Kind, str] = {
    "truth": 'compare it, as product.brand == "A" or count() >= 3',
    "number": "give a number or a field that holds numbers",
    "text": "give a text",
    "date": "give a date",
    "moment": "give a point in time",
}
_PLURALS: Mapping[Kind, str] = {
    "text": "texts",
    "number": "numbers",
    "date": "dates",
    "truth": "yes and no",
    "moment": "points in time",
}


def is_date(text: str) -> bool:
    """Whether a text is a day written as 2026-01-31, between 1900 and 2199 as every date of a document."""
    try:
        return len(text) == 10 and 1900 <= date.fromisoformat(text).year < 2200
    except ValueError:
        return False
