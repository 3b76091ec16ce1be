"""Documents are read with their numbers as text, and nothing hidden in them goes through."""

from datetime import date
from decimal import Decimal

import pytest

from headrace.engine.documents import DEPTH_MAX, LENGTH_MAX, DocumentError, plain, read

TOO_DEEP = f"too many levels inside each other, at most {DEPTH_MAX} levels are read"


def test_numbers_dates_and_words_stay_what_was_written() -> None:
    document = read("a: 0.025\nb: 2.5%\nc: 20000\nd: 1e3\ne: 2026-01-01\non: no\nf: 010\ng: 1_000\nh: 12:30")
    assert document == {
        "a": "0.025",
        "b": "2.5%",
        "c": "20000",
        "d": "1e3",
        "e": "2026-01-01",
        "on": "no",
        "f": "010",
        "g": "1_000",
        "h": "12:30",
    }


def test_only_true_false_and_null_are_more_than_texts() -> None:
    assert read('[true, false, null, ~, "true", yes]') == [True, False, None, None, "true", "yes"]


def test_json_numbers_stay_text_as_well() -> None:
    assert read('{"a": 0.1, "b": 10, "c": 1e3, "d": [true, null], "e": "\\u00fc"}') == {
        "a": "0.1",
        "b": "10",
        "c": "1e3",
        "d": [True, None],
        "e": "ü",
    }


def test_a_yaml_document_may_begin_with_a_brace() -> None:
    assert read("{programme: growth, rate: 2.5%}") == {"programme": "growth", "rate": "2.5%"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "a: the key stands twice (line 3), each key stands once"),
        ("x: {a: 1, a: 2}", "x.a: the key stands twice (line 1), each key stands once"),
        ('{"a": 1, "a": 2}', 'document: the key "a" stands twice in one mapping, each key stands once'),
        ("a: &x 1\nb: *x", "a: an anchor or alias (line 1), write the part out where it is used"),
        ("a: [*x]", "a[0]: an anchor or alias (line 1), write the part out where it is used"),
        (
            "a: !!python/object:os.system 1",
            "a: the tag tag:yaml.org,2002:python/object:os.system (line 1), leave it out",
        ),
        ("a: 1\n---\nb: 2", "line 2: a second document, a file holds one programme"),
        ("? [a]\n: 1", "document: a key that is no text (line 1), keys are texts"),
        (
            "a: [1, 2",
            "line 1, column 9: expected ',' or ']', but got '<stream end>', "
            "a document is YAML or JSON; quote texts that hold : or #",
        ),
        (
            "a: \x00",
            "document: a character that YAML does not allow, "
            "unacceptable character #x0000: special characters are not allowed",
        ),
        ("[" * 50, f"document{'[0]' * DEPTH_MAX}: {TOO_DEEP}"),
        ('{"a":' * 30 + "1" + "}" * 30, f"{'.'.join('a' * DEPTH_MAX)}: {TOO_DEEP}"),
        ("a" * (LENGTH_MAX + 1), f"document: {LENGTH_MAX + 1} characters, at most {LENGTH_MAX} are read"),
    ],
)
def test_what_could_hide_something_is_refused(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(text)
    assert str(raised.value) == message


def test_json_of_endless_depth_is_refused() -> None:
    with pytest.raises(DocumentError, match="too many levels"):
        read('{"a":' * (LENGTH_MAX // 5))


def test_a_mapping_that_a_caller_built_is_read_without_floats() -> None:
    built = {"a": 5, "b": Decimal("1E+3"), "c": date(2026, 1, 31), "d": (True, None), "e": " x "}
    assert plain(built) == {"a": "5", "b": "1000", "c": "2026-01-31", "d": [True, None], "e": "x"}
    with pytest.raises(
        DocumentError, match=r"earns\[0\].rate: the binary float 0.1, a number is written as text"
    ):
        plain({"earns": [{"rate": 0.1}]})
    with pytest.raises(DocumentError, match="a set, a text, number, list or mapping is expected"):
        plain({"a": {1, 2}})
