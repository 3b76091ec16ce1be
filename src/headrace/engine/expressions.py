"""The language of conditions and measures: a closed subset of Python expressions.

    product.category == "Bikes" and sale.flow in ["sell_in", "sell_through"]
    sum(net_amount, where product.brand == "A") >= 5000
    growth(sum(net_amount), same_period_last_year)

Nothing can be reached from an expression but columns and the functions listed here: there is no attribute,
call, loop or name beyond them. Numbers are exact decimals read from their text, never through a float.
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Literal, cast, get_args

from headrace.engine.nodes import (
    PERIOD_BASELINES,
    Aggregate,
    And,
    Arithmetic,
    Attainment,
    Baseline,
    Certified,
    Compare,
    Comparison,
    ExpressionError,
    Field,
    Function,
    Growth,
    In,
    Increase,
    Items,
    Namespace,
    Negative,
    Node,
    Not,
    Number,
    Operator,
    Or,
    Text,
    Truth,
    children,
    contributing,
    walk,
)
from headrace.engine.tokens import Token, exact, tokens

LENGTH_MAX = 2000
NODES_MAX = 500
DEPTH_MAX = 50

AGGREGATES: tuple[Function, ...] = get_args(Function)
FUNCTIONS = (*AGGREGATES, "growth", "increase", "attainment", "partner.certified", "person.certified")
FACT_KINDS = ("sale", "deal", "event")
NAMESPACES: tuple[Namespace, ...] = ("partner", "person", "product", "customer")
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
_TRUTHS = {"true": True, "True": True, "false": False, "False": False}
# Words of the grammar; a column of that name is reached with its kind in front, as sale.where.
RESERVED = frozenset(("and", "or", "not", "in", "where", "target", *_TRUTHS))


def parse(source: str, facts: str | None = None) -> Node:
    """The tree of an expression; `facts` is the one kind whose prefix (`sale.`) may be used, or any if None.

    Raises ExpressionError with what is wrong, at which offset, and what would be right.
    """
    if len(source) > LENGTH_MAX:
        raise ExpressionError(f"{len(source)} characters", LENGTH_MAX, f"at most {LENGTH_MAX} characters fit")
    node = _Parser(source, facts).whole()
    if any(depth > DEPTH_MAX for _, depth in walk(node)):
        raise _too_deep(node.position)
    return node


def nearest(name: str, names: Iterator[str] | tuple[str, ...] | list[str], count: int = 3) -> list[str]:
    """The names most like one that was mistyped, best first, at most `count`."""
    return get_close_matches(name, list(names), n=count, cutoff=0.6)


def _too_deep(position: int) -> ExpressionError:
    return ExpressionError(
        "too many levels inside each other", position, f"at most {DEPTH_MAX} levels are read"
    )


class _Parser:
    """Recursive descent; each method reads one level of binding and leaves the next token in `self.token`."""

    def __init__(self, source: str, facts: str | None) -> None:
        self.facts = facts
        self.rest: Iterator[Token] = tokens(source)
        self.token = next(self.rest)
        self.depth = 0
        self.nodes = 0

    def whole(self) -> Node:
        if self.at_end():
            raise ExpressionError("an empty expression", 0, "a condition or measure is expected")
        node = self.disjunction()
        if not self.at_end():
            raise self.unexpected("an operator (and, or, ==, <, in, +, ...) or the end")
        return node

    def advance(self) -> Token:
        token, self.token = self.token, next(self.rest, self.token)
        return token

    def at_end(self) -> bool:
        return self.token.kind == "end"

    def at(self, *texts: str) -> bool:
        return self.token.kind in ("symbol", "name") and self.token.text in texts

    def expect(self, text: str) -> None:
        if not self.at(text):
            raise self.unexpected(f'"{text}"')
        self.advance()

    def unexpected(self, right: str) -> ExpressionError:
        found = f'"{self.token.text}" was not expected' if not self.at_end() else "it ends too early"
        return ExpressionError(found, self.token.position, f"{right} would fit here")

    def made(self, node: Node) -> Node:
        """Every node passes here, so that no more than the limit are built."""
        self.nodes += 1
        if self.nodes > NODES_MAX:
            raise ExpressionError("too many parts", node.position, f"at most {NODES_MAX} parts are read")
        return node

    # From the loosest binding to the tightest

    def disjunction(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise _too_deep(self.token.position)
        node = self.chain("or", self.conjunction, Or)
        self.depth -= 1
        return node

    def conjunction(self) -> Node:
        return self.chain("and", self.negation, And)

    def chain(self, word: str, operand: Callable[[], Node], kind: type[And] | type[Or]) -> Node:
        position = self.token.position
        operands = [operand()]
        while self.at(word):
            self.advance()
            operands.append(operand())
        return operands[0] if len(operands) == 1 else self.made(kind(tuple(operands), position=position))

    def negation(self) -> Node:
        positions = []
        while self.at("not"):
            positions.append(self.advance().position)
        node = self.comparison()
        for position in reversed(positions):
            node = self.made(Not(node, position=position))
        return node

    def comparison(self) -> Node:
        position = self.token.position
        left = self.sum()
        if self.at("in", "not"):
            return self.membership(left)
        links: list[Node] = []
        while self.at(*COMPARISONS):
            operator = cast(Comparison, self.advance().text)
            right = self.sum()
            links.append(self.made(Compare(operator, left, right, position=left.position)))
            left = right
        if not links:
            return left
        return links[0] if len(links) == 1 else self.made(And(tuple(links), position=position))

    def membership(self, operand: Node) -> Node:
        negated = self.at("not")
        if negated:
            self.advance()
        self.expect("in")
        start = self.token.position
        self.expect("[")
        values = [self.item()]
        while self.at(","):
            self.advance()
            if self.at("]"):
                break
            values.append(self.item())
        self.expect("]")
        items = cast(Items, self.made(Items(tuple(values), position=start)))
        return self.made(In(operand, items, negated, position=operand.position))

    def item(self) -> Number | Text | Truth:
        position = self.token.position
        negative = self.at("-")
        if negative:
            self.advance()
        value = self.literal() if self.token.kind in ("number", "text") or self.at(*_TRUTHS) else None
        if value is None or (negative and not isinstance(value, Number)):
            raise self.unexpected("a number or a quoted text of the list")
        if isinstance(value, Number) and negative:
            return Number(value.value.copy_negate(), value.percent, position=position)
        return value

    def sum(self) -> Node:
        return self.operation(("+", "-"), self.product)

    def product(self) -> Node:
        return self.operation(("*", "/"), self.sign)

    def operation(self, operators: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        node = operand()
        while self.at(*operators):
            operator = cast(Operator, self.advance().text)
            node = self.made(Arithmetic(operator, node, operand(), position=node.position))
        return node

    def sign(self) -> Node:
        positions = []
        while self.at("-"):
            positions.append(self.advance().position)
        node = self.atom()
        for position in reversed(positions):
            node = self.made(Negative(node, position=position))
        return node

    def atom(self) -> Node:
        if self.at("("):
            self.advance()
            node = self.disjunction()
            self.expect(")")
            return node
        if self.token.kind in ("number", "text") or self.at(*_TRUTHS):
            return self.literal()
        if self.token.kind != "name" or self.token.text in RESERVED:
            raise self.unexpected("a field, a number, a quoted text or a function")
        name = self.advance()
        return self.call(name) if self.at("(") else self.field(name)

    def literal(self) -> Number | Text | Truth:
        token = self.advance()
        node: Number | Text | Truth
        if token.kind == "number":
            node = Number(exact(token.text), token.text.endswith("%"), position=token.position)
        elif token.kind == "text":
            node = Text(token.text[1:-1], position=token.position)
        else:
            node = Truth(_TRUTHS[token.text], position=token.position)
        self.made(node)
        return node

    def field(self, token: Token) -> Node:
        prefix, dot, name = token.text.partition(".")
        if not dot:
            return self.made(Field("fact", prefix, position=token.position))
        if "." in name:
            raise ExpressionError(
                f'"{token.text}" has more than one dot',
                token.position,
                "a field is written as partner.region",
            )
        if prefix in FACT_KINDS:
            if self.facts not in (None, prefix):
                raise ExpressionError(
                    f'"{token.text}" is of another kind of fact',
                    token.position,
                    f"this rule earns on {self.facts} facts",
                )
            return self.made(Field("fact", name, position=token.position))
        if prefix not in NAMESPACES:
            known = (self.facts or "sale", *NAMESPACES)
            raise ExpressionError(
                f'"{prefix}" has no fields',
                token.position,
                f"fields are of {', '.join(known)}, as partner.region",
            )
        return self.made(Field(prefix, name, position=token.position))

    # Functions

    def call(self, name: Token) -> Node:
        self.advance()
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise _too_deep(name.position)
        node = self.function(name)
        self.expect(")")
        self.depth -= 1
        return self.made(node)

    def function(self, name: Token) -> Node:
        if name.text in AGGREGATES:
            return self.aggregate(name)
        match name.text:
            case "growth":
                return Growth(*self.compared(), position=name.position)
            case "increase":
                return Increase(*self.compared(), position=name.position)
            case "attainment":
                return self.attainment(name)
            case "partner.certified" | "person.certified":
                holder = cast(Literal["partner", "person"], name.text.partition(".")[0])
                return Certified(holder, self.quoted("the name of the certificate"), position=name.position)
        close = nearest(name.text, FUNCTIONS)
        raise ExpressionError(
            f'"{name.text}" is no function',
            name.position,
            f"the functions are {', '.join(close or FUNCTIONS)}",
        )

    def aggregate(self, name: Token) -> Node:
        function = cast(Function, name.text)
        argument = where = None
        if function == "count" and not self.at("where", ")"):
            right = "write count() or count(where ...), or count_distinct(x) for different values"
            raise ExpressionError("count() counts facts, not a field", self.token.position, right)
        if function != "count":
            argument = self.sum()
            if not self.at(")"):
                self.expect(",")
                if not self.at("where"):
                    raise self.unexpected('"where" and a condition')
        if self.at("where"):
            self.advance()
            where = self.disjunction()
        return Aggregate(function, argument, where, position=name.position)

    def compared(self) -> tuple[Node, Baseline]:
        measure = self.sum()
        self.expect(",")
        if self.token.kind == "name" and self.token.text in PERIOD_BASELINES:
            return measure, cast(Baseline, self.advance().text)
        return measure, self.sum()

    def attainment(self, name: Token) -> Node:
        measure = self.sum()
        self.expect(",")
        self.expect("target")
        target = None
        if self.at("("):
            self.advance()
            target = self.quoted("the name of the target's measure")
            self.expect(")")
        return Attainment(measure, target, position=name.position)

    def quoted(self, what: str) -> str:
        if self.token.kind != "text":
            raise self.unexpected(f"{what} in quotation marks")
        return self.advance().text[1:-1]


__all__ = [
    "AGGREGATES", "COMPARISONS", "FACT_KINDS", "FUNCTIONS", "NAMESPACES", "PERIOD_BASELINES", "RESERVED",
    "Aggregate", "And", "Arithmetic", "Attainment", "Baseline", "Certified", "Compare", "Comparison",
    "ExpressionError", "Field", "Function", "Growth", "In", "Increase", "Items", "Namespace", "Negative",
    "Node", "Not", "Number", "Operator", "Or", "Text", "Truth", "children", "contributing", "nearest", "parse",
    "walk",
]  # fmt: skip
