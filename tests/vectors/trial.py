"""A public case told as a programme of ours, and the words for telling it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Vector = Mapping[str, Any]
Row = dict[str, Any]
Part = dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """A programme, its facts and what must come of them; what is None is not looked at.

    `steps`: how many facts are known at each step, with `increments`: what each step adds to the total.
    """

    document: Part
    tables: dict[str, list[Row]]
    total: str | None = None
    shares: Mapping[str, str] | None = None
    amounts: Mapping[str, str] | None = None
    units: Sequence[str] | None = None
    bands: Sequence[str] | None = None
    steps: Sequence[int] = ()
    increments: Sequence[str] = ()
    is_refused: bool = False


def document(*rules: Part, **parts: Any) -> Part:
    """A programme of 2026 in a currency of four decimals."""
    numbered = [{"key": f"rule{place}", **rule} for place, rule in enumerate(rules)]
    return {
        "programme": "vector",
        "currency": "CLF",
        "from": "2026-01-01",
        "to": "2026-12-31",
        "earns": numbered,
        **parts,
    }


def rule(scale: Part, **parts: Any) -> Part:
    return {"facts": "sale", "to": "partner", "every": "year", "scale": scale, **parts}


def sale(place: int, **columns: Any) -> Row:
    day = columns.pop("on", f"2026-02-{place + 1:02d}")
    recorded = f"{day}T12:00:00+00:00"
    return {"id": f"f{place}", "partner": "p1", "on": day, "recorded_at": recorded, **columns}


def sales(column: str, values: Sequence[Any], **more: Any) -> dict[str, list[Row]]:
    return {"sales": [sale(place, **{column: value}, **more) for place, value in enumerate(values)]}


def percent(text: str) -> str:
    return f"{text}%"


def total_of(expected: Mapping[str, Any]) -> str:
    return str(expected["total"])
