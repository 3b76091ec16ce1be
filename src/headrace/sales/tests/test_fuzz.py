"""Whatever bytes come, a file is taken in or refused; nothing crashes."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headrace.sales import mapping
from headrace.sales.models import Result
from headrace.sales.tests.conftest import HEADER, MAPPING, row
from headrace.sales.tests.test_import_excel import workbook

DOCUMENTS = [
    MAPPING,
    MAPPING.replace('delimiter: ";"', 'delimiter: ";", encoding: utf-16'),
    MAPPING.replace('delimiter: ";"', 'delimiter: ";", encoding: windows-1252'),
]
pieces = st.sampled_from(
    [HEADER.encode(), row().encode(), b"\n", b"\r", b'"', b";", b"\0", b"\xff\xfe", b"\xef\xbb\xbf"]
)
damaged_text = st.lists(pieces | st.binary(max_size=5), max_size=12).map(b"".join)
WORKBOOK = workbook(["L1", "p1", "28.02.2026", 2, 1])


@st.composite
def damaged_workbooks(draw):
    data = bytearray(WORKBOOK)
    for place, byte in draw(
        st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=20)
    ):
        data[place] = byte
    return bytes(data[: draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(damaged_text, st.sampled_from(DOCUMENTS))
def test_any_text(desk, content, document):
    with transaction.atomic():
        outcome = desk.take("sales.csv", content, document)
        assert outcome.result in (Result.IMPORTED, Result.REFUSED)
        assert outcome.run.rows == outcome.run.accepted + outcome.run.rejected
        transaction.set_rollback(True)


@pytest.mark.slow
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(damaged_workbooks())
def test_any_workbook(desk, content):
    with transaction.atomic():
        assert desk.take("sales.xlsx", content).result in (Result.IMPORTED, Result.REFUSED)
        transaction.set_rollback(True)


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60)
    | st.text("abc:{}[]-\n \"'&*!|>#?,", max_size=40)
    | st.sampled_from(MAPPING.splitlines())
)
def test_any_document(text):
    plan, findings = mapping.check(MAPPING[: len(MAPPING) // 2] + text)
    assert (plan is None) == bool(findings)
    plan, findings = mapping.check(text)
    assert plan is None
    assert all(str(finding) for finding in findings)
    assert findings
