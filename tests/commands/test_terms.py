"""headrace terms: the programme as plain sentences, in five languages."""

import pytest

from headrace.engine.terms.speaker import LANGUAGES
from tests.commands.desk import PROGRAMME, Desk


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The programme runs from 1 January 2026 to 31 December 2026."),
        ("de", "Das Programm läuft vom 1. Januar 2026 bis zum 31. Dezember 2026."),
        ("ar", "يسري البرنامج من 1 يناير 2026 إلى 31 ديسمبر 2026."),
    ],
)
def test_it_tells_a_programme(desk: Desk, language: str, sentence: str) -> None:
    ran = desk.run("terms", "programme.yaml", "--language", language)
    assert (ran.code, ran.err) == (0, "")
    assert sentence in ran.out.splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_tells_as_much(desk: Desk, language: str) -> None:
    english = desk.run("terms", "programme.yaml").out
    assert len(desk.run("terms", "programme.yaml", "--language", language).out.splitlines()) == len(
        english.splitlines()
    )


def test_it_reads_standard_input_and_writes_utf8(desk: Desk) -> None:
    ran = desk.start("terms", "-", "--language", "ar", given=PROGRAMME.encode(), LC_ALL="C", PYTHONUTF8="0")
    assert ran.code == 0
    assert "البرنامج" in ran.out


def test_a_language_that_is_not_spoken_is_wrong_usage(desk: Desk) -> None:
    ran = desk.run("terms", "programme.yaml", "--language", "fr")
    assert (ran.code, ran.out) == (2, "")
    assert "invalid choice: 'fr'" in ran.err


def test_a_wrong_programme_is_bad_input(desk: Desk) -> None:
    desk.write("programme.yaml", PROGRAMME.replace("EUR", "EURO"))
    ran = desk.run("terms", "programme.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith('programme.yaml: currency: "EURO"; ')
