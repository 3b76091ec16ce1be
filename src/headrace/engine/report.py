"""Reads the leaves of a document that has the right shape, and collects what is still wrong with them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from headrace.engine.expressions import Aggregate, ExpressionError, Field, Node, parse, walk
from headrace.engine.fields import Checker, Columns, Level, Problem, is_date
from headrace.engine.programme import FactKind, Finding
from headrace.engine.tables import Kind
from headrace.engine.tokens import exact
from headrace.kernel.currency import digits


@dataclass(slots=True)
class Report:
    """Findings so far, and what the data brings (None: there is no data yet)."""

    columns: Columns | None = None
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, path: str, found: str, right: str) -> None:
        """Notes an error."""
        self.findings.append(Finding(path, found, right))

    def doubt(self, path: str, found: str, right: str) -> None:
        """Notes a warning."""
        self.findings.append(Finding(path, found, right, "warning"))

    @property
    def failed(self) -> bool:
        """Whether an error was found."""
        return any(finding.severity == "error" for finding in self.findings)

    def day(self, text: str, path: str) -> date:
        """A date of the calendar; an impossible one is noted, and the first of its year given instead."""
        if not is_date(text):
            self.wrong(
                path, f'"{text}" is no day of the calendar', "give a date from 1900-01-01 to 2199-12-31"
            )
            return date(1900, 1, 1)
        return date.fromisoformat(text)

    def fits(self, amount: Decimal | None, places: int, unit: str, path: str) -> None:
        """Notes an amount with more decimals than its unit has."""
        if amount is not None and amount != round_down(amount, places):
            right = f"{unit} has {places} decimals" if places else f"{unit} is counted in whole pieces"
            self.wrong(path, f"{amount:f} is finer than its unit", right)

    def currency(self, code: str, path: str) -> int:
        """The decimals of a currency; an unknown one is noted, and taken to have two."""
        try:
            return digits(code)
        except KeyError:
            self.wrong(path, f'"{code}" is no currency', "give a code of ISO 4217 as EUR, USD or JPY")
            return 2


def round_down(amount: Decimal, places: int) -> Decimal:
    """An amount without the decimals past so many places."""
    sign, numerals, exponent = amount.as_tuple()
    assert isinstance(exponent, int), "an amount is finite"
    kept = len(numerals) + exponent + places
    if exponent >= -places:
        return amount
    return Decimal((sign, numerals[: max(kept, 0)] or (0,), -places))


def optional(raw: Any) -> Decimal | None:
    """A number that may be left out."""
    return None if raw is None else exact(raw)


@dataclass(slots=True)
class Reader:
    """Reads the expressions of one rule; `facts` is None for those of an audience."""

    report: Report
    facts: FactKind | None
    by: frozenset[Field] = frozenset()

    def condition(self, text: str | None, path: str, level: Level = "fact") -> Node | None:
        """A condition on single facts or on the group; None where there is none or it can't be read."""
        return self._read(text, path, lambda checker, node: checker.condition(node, level))

    def factor_condition(self, text: str | None, path: str) -> Node | None:
        """The condition of a multiplier: on the group where it speaks of measures, else on each fact."""
        return self._read(text, path, lambda checker, node: checker.condition(node, level_of(node)))

    def measure(self, text: str | None, path: str) -> Node | None:
        """A measure; None where there is none or it can't be read."""
        return self._read(text, path, lambda checker, node: checker.measure(node))

    def field(self, text: str, path: str) -> Field:
        """A single field."""
        node = self._read(text, path, lambda checker, node: isinstance(node, Field) and checker.kind(node))
        if isinstance(node, Field):
            return node
        if node is not None:
            self.report.wrong(path, f'"{text}" is no field', "give a field as product.category or channel")
        return Field("fact", text)

    def kind(self, field: Field) -> Kind | None:
        """What a field holds; None where it is not known."""
        return Checker(self.facts, self.report.columns).kind(field)

    def _read(self, text: str | None, path: str, check: Callable[[Checker, Node], object]) -> Node | None:
        if text is None:
            return None
        try:
            node = parse(text, self.facts)
        except ExpressionError as error:
            self.report.wrong(path, f"at character {error.position + 1}, {error.message}", error.right)
            return None
        checker = Checker(self.facts, self.report.columns, self.by)
        check(checker, node)
        for problem in dict.fromkeys(checker.problems):
            self._note(path, problem)
        return node

    def _note(self, path: str, problem: Problem) -> None:
        note = self.report.doubt if problem.doubt else self.report.wrong
        note(path, f"at character {problem.position + 1}, {problem.found}", problem.right)


def level_of(node: Node) -> Level:
    """Whether a condition speaks of measures of the group, or of each fact."""
    return "group" if any(isinstance(part, Aggregate) for part, _ in walk(node)) else "fact"
