"""The reference of reasons has every reason, in the words of the product."""

from pathlib import Path

import pytest
from django.utils import translation

from headrace.sales.reasons import FILE_REASONS, ROW_REASONS

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/reasons.md"
LINES = {line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")}


def told() -> set[str]:
    with translation.override("en"):
        rows = {f"| `{code}` | {wrong} | {right} |" for code, (wrong, right) in ROW_REASONS.items()}
        return rows | {f"| `{code}` | {text} |" for code, text in FILE_REASONS.items()}


@pytest.mark.parametrize("line", sorted(told() | LINES))
def test_each_reason_is_told(line: str) -> None:
    assert line in LINES, "the page lacks it"
    assert line in told(), "the product no longer has it"
