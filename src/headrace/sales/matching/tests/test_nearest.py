"""The one that is meant, of many."""

import pytest

from headrace.sales.matching.nearest import Catalogue, Known


def catalogue(*names, kind="partner"):
    return Catalogue(kind, [Known(number, f"c-{number}", name) for number, name in enumerate(names, start=1)])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ware House", 1),
        ("warehouse gmbh", 1),
        ("C1", 1),
        ("c 2", 2),
        ("Smith", None),
        ("Smith GmbH", 2),
        ("Smith Ltd", 3),
        ("Smith AG", None),
        ("Warehose", None),
        ("", None),
    ],
)
def test_one_row_is_the_same_or_none(text, found):
    same = catalogue("Warehouse GmbH", "Smith GmbH", "Smith Ltd").same(text)
    assert (same.pk if same else None) == found


def test_a_name_without_legal_form_goes_before_one_with_another():
    known = catalogue("Smith", "Smith GmbH")
    assert known.same("Smith").pk == 1
    assert known.same("SMITH GmbH").pk == 2
    assert known.same("Smith Ltd").pk == 1


def test_the_best_come_first_and_no_more_than_three():
    found = catalogue("Warehouse", "Warehouse Ltd", "Wirehouse", "Wherehouse", "Bakery").nearest(
        "Warehose Ltd"
    )
    assert [one.known.pk for one in found] == [2, 1, 3]
    points = [one.score.points for one in found]
    assert points == sorted(points, reverse=True)


def test_nothing_is_like_it():
    assert catalogue("Warehouse").nearest("Zyx") == []
    assert catalogue().nearest("Zyx") == []
