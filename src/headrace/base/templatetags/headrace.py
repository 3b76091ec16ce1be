"""The components of the design system as template tags and filters: /design/ shows each.

Filters that write numbers and dates return them inside <bdi>, so that an amount keeps its own direction in
any sentence. In an attribute use the functions of headrace.base.formats instead.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import lucide
from django import template
from django.forms import BoundField, CheckboxInput
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from headrace.base import formats
from headrace.base.menu import MenuItem, menu_lines, tabs

register = template.Library()

MIRRORED = ("arrow-", "chevron-left", "chevron-right", "log-out", "log-in", "undo", "redo", "list", "reply")
TONES = ("plain", "info", "good", "warn", "bad")


def _bdi(text: str) -> SafeString:
    return format_html("<bdi>{}</bdi>", text)


def _written(write: Callable[..., str], *values: Any) -> SafeString:
    """The formatted value; nothing for nothing, as templates do with missing values."""
    return _bdi(write(*values)) if values[0] not in (None, "") else SafeString("")


@register.filter
def money(amount_minor: int | None, unit: str) -> SafeString:
    """Integer minor units in the person's language: {{ earning.amount_minor|money:earning.unit }}."""
    return _written(formats.money, amount_minor, unit)


@register.filter
def money_e4(amount_e4: int | None, unit: str) -> SafeString:
    """An amount of a sales line, an integer at 1e-4: {{ line.net_amount_e4|money_e4:line.currency }}."""
    return _written(lambda value: formats.amount(formats.from_e4(value), unit), amount_e4)


@register.filter
def decimal(value: Decimal | int | None) -> SafeString:
    """A number with every decimal it has."""
    return _written(formats.number, value)


@register.filter
def rounded(value: Decimal | None, decimals_max: int = 0) -> SafeString:
    """A number rounded for reading, as an average: 3.5."""
    return _written(formats.rounded, value, decimals_max)


@register.filter
def e4(value_e4: int | None) -> SafeString:
    """A quantity of a sales line, an integer at 1e-4."""
    return _written(lambda value: formats.number(formats.from_e4(value)), value_e4)


@register.filter
def percent(ratio: Decimal | None, decimals_max: int | None = None) -> SafeString:
    """A ratio as per cent: 0.025 is 2.5%."""
    return _written(formats.percent, ratio, decimals_max)


@register.filter
def country(code: str | None) -> str:
    """A country by its name where it is known by its code: DE is Germany."""
    return formats.country(code) if code else ""


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """A day: 2 Nov 2026."""
    return _written(formats.day, value)


@register.filter
def long_day(value: date | datetime | None) -> SafeString:
    """A day within a sentence: 2 November 2026."""
    return _written(formats.long_day, value)


@register.filter
def month(value: date | datetime | None) -> SafeString:
    """A month with its year: November 2026."""
    return _written(formats.month, value)


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A day with the time of day."""
    return _written(formats.moment, value)


@register.simple_tag
def period(starts: date | None, ends: date | None) -> SafeString:
    """The days of a period by their name: 2026, Q3 2026, July 2026, or from day to day."""
    return _written(formats.period, starts, ends)


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """An icon of lucide.dev, hidden from screen readers: the words beside it say the same."""
    classes = ["icon", css_class, "mirrored" if name.startswith(MIRRORED) else ""]
    svg = lucide._render_icon(
        str(name), None, **{"class": " ".join(filter(None, classes)), "aria-hidden": "true"}
    )
    return mark_safe(svg)


@register.simple_tag
def badge(label: str, tone: str = "plain") -> SafeString:
    """A status: plain, info (under way), good (done), warn (waits for someone), bad (failed)."""
    if tone not in TONES:
        raise ValueError(f"badge: the tone is one of {', '.join(TONES)}, not {tone!r}")
    return format_html('<span class="badge {}">{}</span>', tone, label)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """The initials of a person."""
    words = str(name).split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', initials)


@register.inclusion_tag("base/parts/stat.html")
def stat(
    label: str, value: Any, note: Any = "", icon: str = "", tone: str = "", trend: Any = ""
) -> dict[str, Any]:
    """A tile with one number: `value` is formatted already, `trend` a sparkline of headrace.base.charts."""
    return {"label": label, "value": value, "note": note, "icon": icon, "tone": tone, "trend": trend}


@register.inclusion_tag("base/parts/empty.html")
def empty_state(
    icon: str, title: str, text: str = "", action_label: str = "", action_url: str = ""
) -> dict[str, Any]:
    """What stands where nothing is yet: why, and what to do about it."""
    return {
        "icon": icon,
        "title": title,
        "text": text,
        "action_label": action_label,
        "action_url": action_url,
    }


@register.inclusion_tag("base/parts/breadcrumb.html")
def breadcrumb(*labels_and_urls: str) -> dict[str, Any]:
    """The way here: label, address, label, address, ... (the page itself is its heading, not in the list)."""
    return {"links": _pairs(labels_and_urls)}


@register.inclusion_tag("base/parts/tabs.html", takes_context=True)
def tab_links(context: Context, *labels_and_urls: str) -> dict[str, Any]:
    """Views of one thing, as links: label, address, ...; the one that is being shown is marked."""
    links = _pairs(labels_and_urls)
    path, full_path = context["request"].path, context["request"].get_full_path()
    here = next((url for _, url in links if url == full_path), path)
    return {"links": [(label, url, url == here) for label, url in links]}


def _pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(values[::2], values[1::2], strict=True))


@register.inclusion_tag("base/parts/progress.html")
def progress(
    value: Any, goal: Any, label: str, bands: Iterable[Any] = (), slim: bool = False
) -> dict[str, Any]:
    """A bar from 0 to `goal` filled up to `value` (any exact numbers of one unit), with ticks at `bands`.

    `label` tells a screen reader what the bar shows, amounts included.
    """
    return {
        "permille": _permille(value, goal),
        "is_reached": goal > 0 and value >= goal,
        "label": label,
        "bands": [_permille(band, goal) for band in bands if 0 < band < goal],
        "slim": slim,
    }


def _permille(value: Any, goal: Any) -> int:
    return max(0, min(1000, int(value * 1000 // goal))) if goal > 0 else 0


@register.inclusion_tag("base/parts/steps.html")
def steps(steps: Iterable[Any], unit: str, total_minor: int, total_label: str = "") -> dict[str, Any]:
    """A calculation: the rows (label, amount_minor or none, note) that are summed, and their total."""
    return {"steps": steps, "unit": unit, "total_minor": total_minor, "total_label": total_label}


@register.inclusion_tag("base/parts/pages.html")
def pages(previous_url: str = "", next_url: str = "", note: str = "") -> dict[str, Any]:
    """Links to the page before and after, at the foot of a card; nothing where there is only one page."""
    return {"previous_url": previous_url, "next_url": next_url, "note": note}


@register.inclusion_tag("base/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with its label, help and errors."""
    return {"field": bound, "is_choice": isinstance(bound.field.widget, CheckboxInput)}


@register.inclusion_tag("base/parts/drop.html")
def file_drop(bound: BoundField, title: str) -> dict[str, Any]:
    """A file field that files can be dropped on."""
    return {"field": bound, "title": title}


@register.inclusion_tag("base/parts/menu.html", takes_context=True)
def menu(context: Context, items: Sequence[MenuItem]) -> dict[str, Any]:
    return {"lines": menu_lines(items or (), context["request"].path)}


@register.inclusion_tag("base/parts/tabbar.html", takes_context=True)
def tabbar(context: Context, items: Sequence[MenuItem]) -> dict[str, Any]:
    shown, more = tabs(menu_lines(items or (), context["request"].path))
    return {"lines": shown, "more": more, "more_is_current": any(line.is_current for line in more)}
