"""Every wrong programme is refused with the path of the mistake, what was found, and what would be right."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from headrace.engine.documents import read
from headrace.engine.parsing import check, load
from headrace.engine.programme import ProgrammeError
from headrace.engine.structure import departures

FILE: Any = read((Path(__file__).parent / "wrong_programmes.yaml").read_text(encoding="utf-8"))
RIGHT, CASES = FILE["right"], FILE["cases"]


def changed(case: dict[str, Any], right: dict[str, Any] = RIGHT) -> dict[str, Any]:
    """The right programme with the change of a case."""
    document: dict[str, Any] = copy.deepcopy(right)
    *way, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", case["at"])]
    place: Any = document
    for part in way:
        place = place[part]
    if "value" in case:
        place[last] = case["value"]
    else:
        del place[last]
    return document


def named(case: dict[str, Any]) -> str:
    return f"{case['at']}={case.get('value', 'missing')}"[:80]


def test_the_right_programme_has_no_findings() -> None:
    programme, findings = check(RIGHT, {})
    assert programme is not None
    assert findings == []


def test_there_are_many_cases_and_none_twice() -> None:
    assert len(CASES) >= 60
    assert len({str(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_mistake_is_refused_with_its_path_and_what_would_be_right(case: dict[str, Any]) -> None:
    programme, findings = check(changed(case), {})
    assert programme is None
    errors = [str(finding) for finding in findings if finding.severity == "error"]
    assert errors == case.get("findings", [case.get("finding")])
    assert all(finding.path and finding.found and finding.right for finding in findings)


def test_the_schema_finds_what_is_wrong_with_the_shape_and_nothing_else() -> None:
    """What departs from the schema is all that is said; what does not is found by the checks behind it."""
    for case in CASES:
        document = changed(case)
        shape = departures(document)
        _, findings = check(document, {})
        assert findings == shape or not shape


def test_a_field_that_is_not_standard_is_a_warning_without_data_and_an_error_with_it() -> None:
    document = copy.deepcopy(RIGHT)
    document["earns"][0]["where"] = 'sale.chanel == "web" and partner.segment == "A"'
    programme, findings = check(document)
    assert programme is not None
    assert [finding.severity for finding in findings] == ["warning", "warning"]
    columns = {"sale": {"channel": "text"}, "partner": {"segment": "text"}}
    programme, findings = check(document, columns)  # type: ignore[arg-type]
    assert programme is None
    assert [str(finding) for finding in findings] == [
        'earns[0].where: at character 1, "chanel" is no field of the data, did you mean channel?'
        '; if it is a text, write "chanel"'
    ]


def test_load_raises_with_all_errors() -> None:
    text = "programme: x\ncurrency: EUR\nfrom: 2026-01-01\nearns: [{key: a}]\n"
    with pytest.raises(ProgrammeError, match=r"earns\[0\]\.facts: this is missing") as raised:
        load(text)
    missing = [finding.path for finding in raised.value.findings]
    assert missing == ["earns[0].facts", "earns[0].to", "earns[0].every", "earns[0].scale"]
