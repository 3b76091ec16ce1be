"""Programmes told in five languages: complete, in agreement, and in the language's own figures."""

import re
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.engine.documents import read
from headrace.engine.expressions import parse
from headrace.engine.lint import lint
from headrace.engine.parsing import check, load
from headrace.engine.programme import Programme
from headrace.engine.tables import DIMENSIONS, FACTS
from headrace.engine.terms import LANGUAGES, sections, sections_by, tell, terms
from headrace.engine.terms.conditions import Words
from headrace.engine.terms.speaker import Message, Speaker, messages
from headrace.engine.tests.test_fuzz import EXPRESSIONS

HERE = Path(__file__).parent
PROGRAMMES = sorted((HERE / "programmes").glob("*.yaml"))
OTHERS = [language for language in LANGUAGES if language != "en"]
# Fields that no condition can speak of.
HIDDEN = {"recorded_at", "valid_from", "valid_to", "supersedes", "credits"}
# A count of none, one or two may be a word instead of a figure.
WORDS_FOR_COUNTS = {"zero", "one", "two"}


def programme(path: Path) -> Programme:
    return load(path.read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def asked(message: Message) -> set[str]:
    """The placeholders of a message in whatever form."""
    if isinstance(message, str):
        return placeholders(message)
    return set().union(*(placeholders(text) for form, text in message.items() if form != "gender"))


# The catalogues


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_message_with_the_same_placeholders(language: str) -> None:
    english, other = messages("en"), messages(language)
    assert set(other) == set(english)
    assert {name: asked(other[name]) for name in english} == {name: asked(english[name]) for name in english}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_message_has_every_plural_form_of_its_language(language: str) -> None:
    tags = Locale.parse(language).plural_form.tags | {"other"}
    for name, message in messages(language).items():
        if isinstance(message, Mapping) and "other" in message:
            assert set(message) == tags, name
            whole = placeholders(message["other"])
            for form, text in message.items():
                missing = whole - placeholders(text)
                assert not missing or (missing == {"n"} and form in WORDS_FOR_COUNTS), (name, form)
            assert isinstance(messages("en")[name], Mapping), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_by_gender_are_complete(language: str) -> None:
    for name, message in messages(language).items():
        if isinstance(message, Mapping) and "other" not in message:
            assert set(message) in ({"m", "f"}, {"text", "gender"}), name
            assert message.get("gender", "m") in ("m", "f"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_standard_field_can_be_named(language: str) -> None:
    speaker = Speaker(language)
    columns = {("fact", name) for table in FACTS.values() for name in table}
    columns |= {(table, name) for table, names in DIMENSIONS.items() for name in names}
    for namespace, name in columns:
        if name not in HIDDEN:
            assert speaker.has(f"field.{namespace}.{name}.label"), (namespace, name)
            assert speaker.noun(f"field.{namespace}.{name}.phrase").text


class Heard(dict[str, Message]):
    """A catalogue that remembers what was said of it."""

    def __init__(self, known: Mapping[str, Message], said: set[str]) -> None:
        super().__init__(known)
        self.said = said

    def __getitem__(self, name: str) -> Message:
        self.said.add(name)
        return super().__getitem__(name)


def test_the_programmes_of_the_tests_make_every_message_heard() -> None:
    said: set[str] = set()
    for path in PROGRAMMES:
        speaker = Speaker("en")
        speaker.messages = Heard(speaker.messages, said)
        sections_by(speaker, programme(path))
    of_the_data = {name for name in messages("en") if name.startswith(("field.", "value."))}
    assert set(messages("en")) - said - of_the_data == set()


# What is told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_programme_is_told_as_a_reader_of_the_language_would_write_it(language: str) -> None:
    expected = (HERE / "terms" / f"growth.{language}.txt").read_text(encoding="utf-8")
    assert terms(programme(HERE / "programmes" / "growth.yaml"), language) + "\n" == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PROGRAMMES, ids=lambda path: path.stem)
def test_all_languages_say_as_much(path: Path, language: str) -> None:
    told, english = sections(programme(path), language), sections(programme(path), "en")
    assert [len(section.paragraphs) for section in told] == [len(section.paragraphs) for section in english]
    for mine, theirs in zip(told, english, strict=True):
        items = [len(paragraph.items) for paragraph in mine.paragraphs]
        assert items == [len(paragraph.items) for paragraph in theirs.paragraphs]
    text = terms(programme(path), language)
    assert not re.search(r"[{}]|None|Decimal", text)


@pytest.mark.parametrize("path", PROGRAMMES, ids=lambda path: path.stem)
def test_arabic_is_written_with_latin_digits_throughout(path: Path) -> None:
    text = terms(programme(path), "ar")
    assert not re.search("[٠-٬۰-۹]", text)
    assert re.search("[0-9]", text)


@pytest.mark.parametrize(
    ("language", "figures"),
    [
        ("en", ["1 January 2026", "2.5%", "€20,000.00", "United States"]),
        ("de", ["1. Januar 2026", "2,5\xa0%", "20.000,00\xa0€", "Vereinigte Staaten"]),
        ("it", ["1 gennaio 2026", "2,5%", "20.000,00\xa0€", "Stati Uniti"]),
        ("ms", ["1 Januari 2026", "2.5%", "€20,000.00", "Amerika Syarikat"]),
        ("ar", ["1 يناير 2026", "2.5%", "20,000.00\xa0€", "الولايات المتحدة"]),
    ],
)
def test_figures_dates_and_countries_are_those_of_the_language(language: str, figures: list[str]) -> None:
    text = terms(programme(HERE / "programmes" / "growth.yaml"), language)
    assert [figure for figure in figures if figure not in text] == []


def test_the_title_of_the_language_is_the_heading_else_the_english_one() -> None:
    growth = programme(HERE / "programmes" / "growth.yaml")
    assert sections(growth, "de")[0].heading == "Wachstumsbonus Fahrräder"
    assert sections(growth, "it")[0].heading == "Bikes growth rebate"
    assert [section.heading for section in sections(growth, "de")][1:] == ["growth"]


def test_a_language_that_is_not_told_is_refused() -> None:
    with pytest.raises(ValueError, match='"fr" is no language of the terms; these are: en, de, it, ms, ar'):
        terms(programme(PROGRAMMES[0]), "fr")


def with_rule(changes: dict[str, str], **parts: int) -> Programme:
    scale = {"mode": "flat", "rate": "1%"}
    rule = {"key": "a", "facts": "sale", "to": "partner", "every": "month", "scale": scale, **changes}
    document = {"programme": "p", "currency": "EUR", "from": "2026-01-01", "earns": [rule], **parts}
    found, findings = check(document)
    assert found is not None, [str(finding) for finding in findings]
    return found


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("quantity > 10", "the quantity is more than 10"),
        ("net_amount >= 1000.5", "the net amount is at least €1,000.50"),
        ("10 < quantity", "the quantity is more than 10"),
        ("not quantity > 10", "the quantity is at most 10"),
        (
            'not (flow == "sell_in" or quantity < 5)',
            "the sales flow is not sell-in and the quantity is at least 5",
        ),
        ('product.brand in ["A"]', "the product’s brand is “A”"),
        ('product.brand not in ["A", "B"]', "the product’s brand is none of “A” and “B”"),
        ('on >= "2026-03-01"', "the date is 1 March 2026 or later"),
        ('partner.country == "MY"', "the partner’s country is “Malaysia”"),
        ("customer.is_new == false", "the customer is not new"),
        ("not customer.is_new", "the customer is not new"),
        ("sale.door_open", "the field “door open” is set"),
        ('not partner.certified("x")', "the partner does not hold the certificate “x”"),
        ("net_amount < list_amount * 0.8", "the net amount is less than “list amount” × 0.8"),
        ("(quantity + 1) * 2 > 5", "(“quantity” + 1) × 2 is more than 5"),
        ("quantity - (quantity - 1) > 5", "“quantity” − (“quantity” − 1) is more than 5"),
    ],
)
def test_a_condition_is_put_into_words(condition: str, told: str) -> None:
    assert Words(Speaker("en"), "sale", "EUR").condition(parse(condition, "sale")) == told


def test_arabic_verbs_agree_with_what_they_speak_of() -> None:
    feminine = terms(with_rule({"where": "quantity >= 5"}), "ar")
    masculine = terms(with_rule({"where": "net_amount >= 5"}), "ar")
    assert "الكمية لا تقل عن 5" in feminine
    assert "المبلغ الصافي لا يقل عن" in masculine


@pytest.mark.parametrize(
    ("months", "told"),
    [(1, "خلال الشهر السابق"), (2, "خلال الشهرين السابقين"), (3, "3 أشهر"), (11, "11 شهرًا")],
)
def test_arabic_counts_in_ways_of_its_own(months: int, told: str) -> None:
    assert told in terms(with_rule({"where": "customer.is_new"}, new_customer_months=months), "ar")


@pytest.mark.slow
@given(st.sampled_from(["where", "base", "gates", "on", "multiply"]), EXPRESSIONS)
@settings(max_examples=500)
def test_whatever_passes_the_check_can_be_told_and_doubted(place: str, text: str) -> None:
    document: Any = read((HERE / "programmes" / "growth.yaml").read_text(encoding="utf-8"))
    rule = document["earns"][0]
    rule["scale"] = {"mode": "flat", "amount": "1"} if place in ("on", "base") else rule["scale"]
    if place == "on":
        rule["scale"]["on"] = text
    else:
        rule[place] = {"gates": [text], "multiply": [{"where": text, "by": "2"}]}.get(place, text)
    found, _ = check(document)
    if found is not None:
        lint(found)
        for language in LANGUAGES:
            assert all(line.strip() or line == "" for line in tell(found, language))
