"""The published schema says the same as the code that reads what it lets through."""

from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from headrace.engine.documents import read
from headrace.engine.fields import Columns
from headrace.engine.parsing import check
from headrace.engine.programme import FactKind, PayKind, Recipient, Returns, Rounding
from headrace.engine.scale_parsing import PRESETS
from headrace.engine.scales import SCALES
from headrace.engine.structure import schema
from headrace.engine.tests.test_wrong_programmes import CASES, changed

PROGRAMMES = sorted((Path(__file__).parent / "programmes").glob("*.yaml"))
DEFINITIONS: dict[str, Any] = schema()["$defs"]
RULE: dict[str, Any] = DEFINITIONS["rule"]["properties"]


def numbers(part: Any) -> Any:
    """A document as an editor reads it: plain numbers are numbers, not texts."""
    if isinstance(part, dict):
        return {key: numbers(value) for key, value in part.items()}
    if isinstance(part, list):
        return [numbers(value) for value in part]
    if isinstance(part, str) and part.replace(".", "", 1).isdigit():
        return float(part) if "." in part else int(part)
    return part


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", PROGRAMMES, ids=lambda path: path.stem)
def test_a_right_programme_passes_the_schema_and_the_check(path: Path) -> None:
    document = read(path.read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema()).iter_errors(document)) == []
    brought: Columns = {"event": {"sale_ready": "truth", "fake": "truth"}}
    programme, findings = check(document, brought)  # type: ignore[arg-type]
    assert programme is not None
    assert findings == []


@pytest.mark.parametrize("path", PROGRAMMES, ids=lambda path: path.stem)
def test_an_editor_that_reads_numbers_as_numbers_agrees(path: Path) -> None:
    document = read(path.read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema()).iter_errors(numbers(document))) == []


def test_what_departs_from_the_schema_is_refused_by_the_check() -> None:
    departing = [case for case in CASES if not Draft202012Validator(schema()).is_valid(changed(case))]
    assert len(departing) > 40
    assert all(check(changed(case), {})[0] is None for case in departing)


def test_it_knows_the_same_modes_presets_and_words() -> None:
    assert DEFINITIONS["mode"]["enum"] == [name for name, _ in SCALES]
    assert DEFINITIONS["preset"]["enum"] == list(PRESETS)
    assert set(PRESETS.values()) <= {name for name, _ in SCALES}
    assert tuple(RULE["facts"]["enum"]) == get_args(FactKind)
    assert tuple(DEFINITIONS["recipient"]["enum"]) == get_args(Recipient)
    assert tuple(RULE["round"]["enum"]) == get_args(Rounding)
    assert tuple(RULE["returns"]["enum"]) == get_args(Returns)
    pays = {name for name in get_args(PayKind) if f"{name}" in str(DEFINITIONS["pays"])}
    assert pays == set(get_args(PayKind))


def test_every_mode_has_a_programme() -> None:
    used = {type(rule.scale) for path in PROGRAMMES for rule in loaded(path).rules}
    assert used == {kind for _, kind in SCALES}


def loaded(path: Path) -> Any:
    return check(path.read_text(encoding="utf-8"))[0]
