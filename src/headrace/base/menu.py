"""What a door (portal, console) offers in its menu.

A door defines `MENU: tuple[MenuItem, ...]` and a context processor that puts it (or the part its person may
use) under `portal_menu` or `console_menu`; the shells do the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise

TABS_MAX = 5  # a phone has room for five tabs; of more items, the last tab opens the rest


class MenuItem(NamedTuple):
    """A line of a menu. `icon` is a name of lucide.dev; `waiting` says how much waits there."""

    label: "str | Promise"
    url_name: str
    icon: str
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class MenuLine:
    """A menu item as one page shows it."""

    label: "str | Promise"
    url: str
    icon: str
    is_current: bool
    waiting: int


def menu_lines(items: Sequence[MenuItem], path: str) -> list[MenuLine]:
    """The items with their addresses; the one whose address is the longest beginning of `path` is current."""
    urls = [reverse(item.url_name) for item in items]
    current = max((url for url in urls if path.startswith(url)), key=len, default=None)
    return [
        MenuLine(item.label, url, item.icon, url == current, item.waiting)
        for item, url in zip(items, urls, strict=True)
    ]


def tabs(lines: Sequence[MenuLine]) -> tuple[Sequence[MenuLine], Sequence[MenuLine]]:
    """The lines that get a tab of their own on a phone, and those behind the tab "more"."""
    if len(lines) <= TABS_MAX:
        return lines, ()
    return lines[: TABS_MAX - 1], lines[TABS_MAX - 1 :]
