"""Functions of at most 50 lines, files of at most 500: a tripwire. The list of exceptions may only shrink."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.guards.rooms import ROOT

FUNCTION_LINES_MAX = 50
FILE_LINES_MAX = 500
# "file" or "file:function", each with its reason.
EXCEPTIONS: dict[str, str] = {}


def files() -> Iterator[Path]:
    for folder in ("src", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def too_long() -> Iterator[str]:
    for path in files():
        text = path.read_text()
        name = str(path.relative_to(ROOT))
        if len(text.splitlines()) > FILE_LINES_MAX:
            yield name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    yield f"{name}:{node.name}"


def test_functions_and_files_are_short() -> None:
    assert set(too_long()) == set(EXCEPTIONS)
