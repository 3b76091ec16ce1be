"""Charts drawn on the server: SVG for the geometry, HTML for the words, a table for whoever can't see it.

Only the geometry is SVG, in percent of the plot, so a chart fits any width without squeezing its letters,
and the words follow the direction of the page by themselves. Values are exact (integers or decimals); only
positions on the screen are rounded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Value = int | Decimal
Write = Callable[[Any], str]

NICE_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
TICKS_MAX = 5
DENSE_FROM = 8  # so many names under the bars that a phone shows every second one
SERIES_MAX = 2


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values, one for each label of the chart."""

    name: str
    values: Sequence[Value]


def bar_chart(
    *,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    write: Write = str,
    write_tick: Write | None = None,
    open_from: int | None = None,
    label_heading: str = "",
) -> SafeString:
    """Upright bars, one group a label, for one or two series; negative values hang below the zero line.

    `write` writes a value in full (tooltip, table), `write_tick` in short (scale). Bars from index
    `open_from` on are drawn lighter: their period hasn't ended yet.
    """
    _check(labels, series)
    ticks = nice_ticks(min(v for s in series for v in s.values), max(v for s in series for v in s.values))
    scale = _Scale(ticks[0], ticks[-1])
    return SafeString(
        render_to_string(
            "base/parts/bar_chart.html",
            {
                "title": title,
                "ticks": [(write_tick or write)(tick) for tick in reversed(ticks)],
                "rules": [(scale.from_top(tick), tick == 0) for tick in ticks],
                "groups": _groups(labels, series, scale, write, open_from),
                "labels": labels,
                "label_heading": label_heading,
                "is_dense": len(labels) >= DENSE_FROM,
                "series": series,
                "rows": [
                    (label, [write(s.values[place]) for s in series]) for place, label in enumerate(labels)
                ],
            },
        )
    )


def horizontal_bars(*, title: str, rows: Sequence[tuple[str, Value]], write: Write = str) -> SafeString:
    """A ranking: a line for each row with its name, its value and a bar from zero."""
    top = max((value for _, value in rows), default=0)
    lines = [
        {"name": name, "value": write(value), "permille": int(value * 1000 / top) if value > 0 else 0}
        for name, value in rows
    ]
    return SafeString(render_to_string("base/parts/bars.html", {"title": title, "lines": lines}))


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar of parts laid end to end, with a mark at what they are measured by."""

    name: str
    url: str
    parts: Sequence[Value]
    mark: Value
    is_over: bool = False


def stacked_bars(
    *,
    title: str,
    headings: Sequence[str],
    mark_heading: str,
    stacks: Sequence[Stack],
    write: Callable[[int, Value], str],
) -> SafeString:
    """A bar for each stack, scaled by itself: as long as its mark or, where its parts come to more, as they are.

    `headings` names the parts, two at the most. `write` writes a value of the stack with that place.
    """
    lines = []
    for place, stack in enumerate(stacks):
        scale = max(stack.mark, sum(stack.parts), 1)
        at, drawn = 0, []
        for value in stack.parts:
            width = _permille(max(value, 0), scale)
            drawn.append((at, width))
            at += width
        said = [write(place, value) for value in stack.parts]
        lines.append(
            {
                "stack": stack,
                "drawn": drawn,
                "mark": _permille(stack.mark, scale) if stack.mark < scale else None,
                "said": said,
                "mark_said": write(place, stack.mark),
                "labelled": list(zip(headings, said, strict=True)),
            }
        )
    context = {"title": title, "headings": headings, "mark_heading": mark_heading, "lines": lines}
    return SafeString(render_to_string("base/parts/stacked_bars.html", context))


def sparkline(
    *, title: str, values: Sequence[Value], low: Value | None = None, high: Value | None = None
) -> SafeString:
    """The course of a few values as a line without a scale; nothing for fewer than two.

    It reaches from the least of them to the greatest, unless `low` and `high` say else.
    """
    if len(values) < 2:
        return SafeString("")
    low, high = min(values) if low is None else low, max(values) if high is None else high
    span = (high - low) or 1
    last = len(values) - 1
    points = " ".join(
        f"{_permille(place, last)},{1000 - _permille(value - low, span)}"
        for place, value in enumerate(values)
    )
    return SafeString(render_to_string("base/parts/sparkline.html", {"title": title, "points": points}))


def nice_ticks(low: Value, high: Value) -> list[Decimal]:
    """Round numbers, evenly apart, from at or below `low` (at most 0) to at or above `high` (at least 0)."""
    bottom, top = min(Decimal(low), Decimal(0)), max(Decimal(high), Decimal(0))
    if bottom == top:
        top = Decimal(1)
    rough = (top - bottom) / (TICKS_MAX - 1)
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * nice for nice in NICE_STEPS if power * nice >= rough)
    first = int((bottom / step).to_integral_value(ROUND_FLOOR))
    last = int((top / step).to_integral_value(ROUND_CEILING))
    return [step * place for place in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Values of the axis as per mille of the plot's height."""

    low: Decimal
    high: Decimal

    def from_top(self, value: Value) -> str:
        return _percent(1000 - _permille(Decimal(value) - self.low, self.high - self.low))

    def bar(self, value: Value) -> tuple[str, str]:
        """The top and the height of a bar between zero and `value`."""
        zero = _permille(-self.low, self.high - self.low)
        end = _permille(Decimal(value) - self.low, self.high - self.low)
        return _percent(1000 - max(zero, end)), _percent(abs(end - zero))


def _groups(
    labels: Sequence[str], series: Sequence[Series], scale: _Scale, write: Write, open_from: int | None
) -> list[dict[str, Any]]:
    """A slot of equal width for each label; the bars fill its middle part."""
    groups = []
    for place, label in enumerate(labels):
        begins, ends = place * 1000 // len(labels), (place + 1) * 1000 // len(labels)
        width = (ends - begins) * (64 if len(series) == 1 else 76) // 100
        edge = begins + (ends - begins - width) // 2
        each = width // len(series)
        bars = []
        for number, one in enumerate(series):
            top, height = scale.bar(one.values[place])
            bars.append(
                {
                    "x": _percent(edge + number * each),
                    "width": _percent(each if len(series) == 1 else each - max(1, each // 12)),
                    "y": top,
                    "height": height,
                    "is_second": number == 1,
                    "is_open": open_from is not None and place >= open_from,
                }
            )
        said = [f"{one.name}: {write(one.values[place])}" for one in series]
        groups.append(
            {
                "x": _percent(begins),
                "width": _percent(ends - begins),
                "label": label,
                "said": said,
                "bars": bars,
            }
        )
    return groups


def _check(labels: Sequence[str], series: Sequence[Series]) -> None:
    if not labels or not 1 <= len(series) <= SERIES_MAX:
        raise ValueError(
            "a bar chart has at least one label and one or two series; show an empty state instead"
        )
    for one in series:
        if len(one.values) != len(labels):
            raise ValueError(f"series {one.name!r} has {len(one.values)} values for {len(labels)} labels")


def _permille(part: Value, whole: Value) -> int:
    return int(Decimal(part) * 1000 / Decimal(whole))


def _percent(permille: int) -> str:
    return f"{permille // 10}.{permille % 10}%"
