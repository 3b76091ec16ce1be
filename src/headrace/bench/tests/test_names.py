"""`headrace bench names`: names written otherwise are found again, and none is taken for another."""

from __future__ import annotations

import random

import pytest

from headrace.bench import command
from headrace.bench.matching import CHANGES, made_up
from headrace.sales.matching.nearest import Catalogue
from headrace.sales.matching.scores import compare

SEED = 20261122


def test_the_table_has_a_row_for_each_way_of_writing(capsys):
    assert command.main(["names", "--known", "300", "--texts", "70"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("300 known, 70 texts, processor seconds: index ")
    ways = [line.split(" | ")[0].removeprefix("| ") for line in lines[4:]]
    assert ways == [*CHANGES, "all"]
    assert lines[-1].endswith("| 0 |")


def test_the_index_finds_what_comparing_with_each_would_find():
    chance = random.Random(SEED)
    rows = list(made_up(800, chance))
    known = Catalogue("partner", rows)
    missed = 0
    for _ in range(60):
        meant = chance.choice(rows)
        text = chance.choice(list(CHANGES.values()))(meant.name, chance)
        best = max(
            max(compare(text, told, "partner").points for told in (row.code, row.name)) for row in rows
        )
        found = known.nearest(text)
        missed += best >= 80 and (not found or found[0].score.points < best)
    assert missed <= 1


@pytest.mark.parametrize("way", list(CHANGES))
def test_nothing_is_taken_for_another(way):
    chance = random.Random(SEED)
    rows = list(made_up(500, chance))
    known = Catalogue("partner", rows)
    for meant in rows[:100]:
        same = known.same(CHANGES[way](meant.name, chance))
        assert same in (None, meant)
