"""No float near an amount: neither in the SQL that the engine compiles, nor in the Python around it."""

import ast
from collections.abc import Iterator

import pytest
from sqlglot import exp

from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.parsing import check
from headrace.engine.plan import Check, UnsupportedError
from headrace.engine.run import compiled_on
from headrace.engine.sql import TooWideError
from tests.case_tables import Case, all_cases
from tests.guards.rooms import ROOT

# What would be a floating-point number, or rounds where nobody looks.
INEXACT = (exp.Div, exp.Avg, exp.Round, exp.Median, exp.Stddev, exp.Variance, exp.Pow, exp.Sqrt)
FLOATS = {exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE, exp.DataType.Type.UDOUBLE}
# Files that may, each with its reason.
EXCEPTIONS = {
    "engine/money.py": "the one place that rounds amounts",
    "engine/expressions.py": "how alike two names must be to be suggested",
}


def inexact(query: exp.Expr) -> Iterator[str]:
    """The parts of a query that are no exact arithmetic on whole numbers."""
    for node in query.walk():
        is_fraction = isinstance(node, exp.Literal) and node.is_number and not node.is_int
        is_float = isinstance(node, exp.DataType) and node.this in FLOATS
        if isinstance(node, INEXACT) or is_fraction or is_float:
            yield node.sql()


@pytest.mark.parametrize("case", list(all_cases())[::4], ids=lambda case: case.name)
def test_compiled_sql_is_exact(case: Case) -> None:
    programme, _ = check(case.document)
    assert programme is not None
    database = DuckDB(threads=1)
    try:
        plan = compiled_on(database, programme, case.inputs, None)
    except (UnsupportedError, TooWideError):
        pytest.skip("the reference calculator works this one out")
    queries = [one.query for one in (*plan.stages, *plan.later)]
    assert any(not isinstance(one, Check) for one in plan.stages)
    assert [part for query in queries for part in inexact(query)] == []


def test_a_division_would_be_found() -> None:
    assert list(inexact(exp.select(exp.Div(this=exp.column("a"), expression=exp.column("b"))))) != []
    assert list(inexact(exp.select(exp.Literal.number("0.1")))) != []
    assert list(inexact(exp.select(exp.cast(exp.column("a"), "DOUBLE")))) != []


def engine_files() -> Iterator[tuple[str, ast.Module]]:
    for room in ("engine", "kernel"):
        for path in sorted((ROOT / "src" / "headrace" / room).rglob("*.py")):
            if "tests" not in path.parts:
                yield str(path.relative_to(ROOT / "src" / "headrace")), ast.parse(path.read_text())


def roundings(tree: ast.Module) -> Iterator[str]:
    """Calls of round, quantize and float; to ask whether something is a float is no use of one."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="round" | "float" as name)):
                yield name
            case ast.Call(func=ast.Attribute(attr="quantize" as name)):
                yield name
            case ast.Constant(value=float() as number):
                yield str(number)


def test_only_money_rounds() -> None:
    found = {name: list(roundings(tree)) for name, tree in engine_files()}
    assert {name: calls for name, calls in found.items() if calls and name not in EXCEPTIONS} == {}
    assert len(found) > 20


def test_a_rounding_would_be_found() -> None:
    assert list(roundings(ast.parse("round(x, 2); d.quantize(c); float('1'); 0.5"))) == [
        "round",
        "quantize",
        "float",
        "0.5",
    ]
