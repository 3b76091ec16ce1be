"""The scores that docs/reference/matching.md tells are those that come about."""

import re
from pathlib import Path

import pytest

from headrace.sales.likeness import LIKENESSES, tell_likeness
from headrace.sales.matching.scores import compare

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/matching.md"
ROW = re.compile(r"\| (.+?) \| (.+?) \| (partner|product|person|customer) \| (\d+) \| (.+?) \|")
ROWS = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "known", "kind", "points", "told"), ROWS)
def test_a_score_is_what_the_page_says(text: str, known: str, kind: str, points: str, told: str) -> None:
    score = compare(text, known, kind)
    assert (score.points, tell_likeness(score.reason, score.params)) == (int(points), told)


def test_the_page_has_every_reason() -> None:
    reasons = {compare(text, known, kind).reason for text, known, kind, _points, _told in ROWS}
    assert reasons == {*LIKENESSES, "letters_differ"}
