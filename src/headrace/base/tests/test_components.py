"""Template tags: what they write, and what they refuse."""

from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from headrace.base.menu import MenuItem, menu_lines, tabs
from headrace.base.showcase import ExampleForm


def shown(source: str, **context: Any) -> str:
    return Template("{% load headrace %}" + source).render(Context(context))


def test_an_amount_is_isolated_from_the_text_around_it() -> None:
    assert shown('{{ 1846250|money:"EUR" }}') == "<bdi>€18,462.50</bdi>"


def test_a_missing_amount_shows_nothing() -> None:
    assert shown('{{ nothing|money:"EUR" }}{{ nothing|day }}{{ none|percent }}', none=None) == ""


def test_zero_is_an_amount() -> None:
    assert shown('{{ 0|money:"EUR" }}') == "<bdi>€0.00</bdi>"


def test_fixed_point_integers_are_written_exactly() -> None:
    assert shown('{{ 125000|e4 }} {{ 123456|money_e4:"EUR" }}') == "<bdi>12.5</bdi> <bdi>€12.3456</bdi>"


def test_a_ratio_is_written_as_per_cent() -> None:
    assert shown("{{ ratio|percent }}", ratio=Decimal("0.025")) == "<bdi>2.5%</bdi>"


def test_an_icon_that_points_is_mirrored_in_arabic() -> None:
    assert 'class="icon mirrored"' in shown('{% icon "chevron-right" %}')
    assert 'class="icon"' in shown('{% icon "wallet" %}')


def test_a_badge_refuses_an_unknown_tone() -> None:
    with pytest.raises(ValueError, match="one of plain, info, good, warn, bad, not 'green'"):
        shown('{% badge "Paid" "green" %}')


def test_text_in_components_is_escaped() -> None:
    html = shown(
        "{% badge name %}{% avatar name %}{% stat name name %}{% empty_state 'inbox' name %}", name="<b>"
    )
    assert "<b>" not in html


def test_a_bar_is_filled_in_proportion_with_ticks_at_the_bands() -> None:
    html = shown('{% progress 150 200 "150 of 200" bands=bands %}', bands=(50, 100, 200))
    assert 'class="done" width="750"' in html
    assert [f'x="{place}"' in html for place in (250, 500, 1000)] == [True, True, False]


@pytest.mark.parametrize(("value", "goal", "width"), [(-5, 10, 0), (15, 10, 1000), (5, 0, 0)])
def test_a_bar_never_leaves_its_track(value: int, goal: int, width: int) -> None:
    assert f'width="{width}"' in shown("{% progress value goal 'x' %}", value=value, goal=goal)


def test_steps_show_the_rows_and_their_total() -> None:
    rows = [
        {"label": "Rebate", "amount_minor": 500},
        {"label": "Cap", "amount_minor": -100, "note": "At most 4"},
    ]
    html = shown('{% steps rows unit="EUR" total_minor=400 %}', rows=rows)
    assert [html.index(part) for part in ("€5.00", "-€1.00", "€4.00")] == sorted(
        html.index(part) for part in ("€5.00", "-€1.00", "€4.00")
    )


def test_a_field_ties_its_error_to_its_input() -> None:
    html = shown("{% field form.email %}", form=ExampleForm({"name": "x", "email": "y", "kind": "retro"}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_error"' in html
    assert 'id="id_email_error"' in html


def test_the_tab_of_this_very_view_is_marked() -> None:
    request = RequestFactory().get("/design/", {"view": "lines"})
    html = shown('{% tab_links "All" "/design/" "Lines" "/design/?view=lines" %}', request=request)
    assert '<a href="/design/?view=lines" aria-current="page">' in html
    assert html.count("aria-current") == 1


def test_the_nearest_menu_item_is_current() -> None:
    items = (MenuItem("All", "home", "house"), MenuItem("Design", "design", "palette"))
    assert [line.is_current for line in menu_lines(items, "/design/specimen.pdf")] == [False, True]


def test_a_long_menu_ends_in_a_tab_for_the_rest() -> None:
    lines = menu_lines([MenuItem("All", "home", "house")] * 7, "/")
    shown_tabs, rest = tabs(lines)
    assert (len(shown_tabs), len(rest)) == (4, 3)
    assert tabs(lines[:5]) == (lines[:5], ())


def test_numbers_follow_the_language_of_the_person() -> None:
    with override("de"):
        assert shown('{{ 1846250|money:"EUR" }}') == "<bdi>18.462,50\u00a0€</bdi>"
