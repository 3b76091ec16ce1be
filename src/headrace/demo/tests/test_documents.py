from datetime import date

import pytest

from headrace.demo.documents import adventureworks_documents, programme_documents
from headrace.engine.parsing import check, load

DAYS = [date(2026, 1, 1), date(2026, 3, 31), date(2026, 11, 22), date(2028, 2, 29)]
LANGUAGES = {"en", "de", "it", "ms", "ar"}


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_programme_is_right_on_any_day_and_runs_on_it(today: date) -> None:
    documents = programme_documents(today)
    assert len(documents) >= 3
    for name, text in documents.items():
        programme, findings = check(text)
        assert [str(finding) for finding in findings if finding.severity == "error"] == []
        assert programme is not None
        assert f"{programme.key}.yaml" == name
        assert programme.starts <= today
        assert programme.ends is not None
        assert today <= programme.ends


def test_every_title_stands_in_five_languages() -> None:
    for text in (*programme_documents(DAYS[0]).values(), *adventureworks_documents().values()):
        assert {language for language, title in dict(load(text).title).items() if title} == LANGUAGES


def test_the_adventureworks_programmes_are_right() -> None:
    for text in adventureworks_documents().values():
        assert [finding for finding in check(text)[1] if finding.severity == "error"] == []
