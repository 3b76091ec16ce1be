"""The words of an expression, each with its position; and how a number is read from its text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from headrace.engine.nodes import ExpressionError

Kind = Literal["number", "text", "name", "symbol", "end"]

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?:\ ?%)?)
      | (?P<text>"[^"\\\n]*"|'[^'\\\n]*')
      | (?P<name>[^\W\d_]\w*(?:\.[^\W\d_]\w*)*)
      | (?P<symbol>==|!=|<=|>=|[<>()\[\],+\-*/])
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[\w.]+")
# An exact decimal of 38 digits is the most that any backend holds.
DIGITS_MAX = 38

_INSTEAD = {
    "=": "== compares",
    "&": "write: and",
    "|": "write: or",
    "!": "write: not, or != to compare",
    "%": "a per cent sign stands directly after a number, as 2.5%",
    "{": "a list stands in square brackets",
    "“": 'a text stands in straight quotation marks, as "A"',
    "”": 'a text stands in straight quotation marks, as "A"',
    "’": 'a text stands in straight quotation marks, as "A"',
    "„": 'a text stands in straight quotation marks, as "A"',
}


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    position: int


def exact(text: str) -> Decimal:
    """The decimal that a text names: "20000", "0.025", or "2.5%", which is 0.025. No precision is lost."""
    if text.endswith("%"):
        return Decimal(text[:-1].rstrip() + "E-2")
    return Decimal(text)


def tokens(source: str) -> Iterator[Token]:
    """The tokens of an expression, then one of kind "end". Raises ExpressionError where there is none."""
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise _unreadable(source, position)
        position = match.end()
        if match.lastgroup == "number":
            _check_number(source, match)
        if match.lastgroup != "space":
            yield Token(cast(Kind, match.lastgroup), match.group(), match.start())
    yield Token("end", "", len(source))


def _check_number(source: str, match: re.Match[str]) -> None:
    following = source[match.end() : match.end() + 1]
    if following.isalnum() or (following in ("_", ".") and following):
        found = _WORD.findall(source, match.start())[0]
        raise ExpressionError(
            f'"{found}" is no number',
            match.start(),
            "a number is plain digits with a point, as 20000 or 0.025 or 2.5%",
        )
    if sum(sign.isdigit() for sign in match.group()) > DIGITS_MAX:
        raise ExpressionError(
            f"a number of more than {DIGITS_MAX} digits",
            match.start(),
            f"at most {DIGITS_MAX} digits are exact",
        )


def _unreadable(source: str, position: int) -> ExpressionError:
    sign = source[position]
    if sign in "\"'":
        return ExpressionError(
            "a text that does not end", position, "close it with the same quotation mark, without a backslash"
        )
    right = _INSTEAD.get(sign, "only fields, numbers, texts and operators can stand here")
    return ExpressionError(f'"{sign}" is not understood', position, right)
