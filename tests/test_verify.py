"""A receipt holds, and not one of its figures can be changed unseen."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.engine.parsing import check
from headrace.engine.reference import calculate_reference
from headrace.engine.result import Receipt
from headrace.engine.seal import sealed
from headrace.engine.verify import verify

from .case_tables import all_cases

Path = tuple[str | int, ...]


@cache
def receipts() -> list[Receipt]:
    """The receipts of all cases: every mode, every step, every way of returning and limiting."""
    found = []
    for case in all_cases():
        programme, _ = check(case.document)
        assert programme is not None
        if case.error is None:
            found += list(calculate_reference(programme, case.inputs).receipts())
    return found


def figures(part: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all numbers and truths of a receipt."""
    if isinstance(part, dict | list):
        pairs = part.items() if isinstance(part, dict) else enumerate(part)
        for key, value in pairs:
            yield from figures(value, (*path, key))
    elif isinstance(part, bool | int) or (isinstance(part, str) and part.lstrip("-")[:1].isdigit()):
        yield path


def at(part: Any, path: Path) -> Any:
    for key in path:
        part = part[key]
    return part


def changed(receipt: Receipt, path: Path, draw: st.DataObject) -> Receipt:
    """A copy of the receipt with another figure at the path."""
    value = at(receipt, path)
    copy = deepcopy(receipt)
    if isinstance(value, bool):
        other: Any = not value
    elif isinstance(value, int):
        other = draw.draw(st.integers(-(10**9), 10**9).filter(lambda number: number != value))
    else:
        place = draw.draw(st.sampled_from([n for n, sign in enumerate(value) if sign.isdigit()]))
        digit = draw.draw(st.sampled_from([sign for sign in "0123456789" if sign != value[place]]))
        other = value[:place] + digit + value[place + 1 :]
    at(copy, path[:-1])[path[-1]] = other
    return copy


def is_computed(path: Path) -> bool:
    """Whether a figure follows from others of the receipt, so that it is missed even under a seal of its own."""
    match path:
        case ("amount",) | ("digits",) | ("steps", _, "amount") | ("gates", _, _):
            return True
        case ("facts", _, "weight" | "factor" | "given" | "share") | ("facts", _, "split", _, "share"):
            return True
    return False


def test_every_case_has_receipts_that_hold() -> None:
    assert len(receipts()) > 150
    assert [verify(receipt) for receipt in receipts()] == [[] for _ in receipts()]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_changed_figure_breaks_the_seal(data: st.DataObject) -> None:
    receipt = data.draw(st.sampled_from(receipts()))
    path = data.draw(st.sampled_from(list(figures(receipt))))
    assert verify(changed(receipt, path, data))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_changed_result_is_found_under_a_seal_of_its_own(data: st.DataObject) -> None:
    receipt = data.draw(st.sampled_from(receipts()))
    paths = [path for path in figures(receipt) if is_computed(path)]
    tampered = changed(receipt, data.draw(st.sampled_from(paths)), data)
    found = verify(sealed(tampered))
    assert found, tampered
    assert all("seal" not in finding for finding in found)


@pytest.mark.slow
def test_every_single_result_is_computed_anew() -> None:
    """Not by chance, but one figure after the other, over all receipts."""
    for receipt in receipts():
        for path in figures(receipt):
            if is_computed(path) and isinstance(value := at(receipt, path), str):
                copy = deepcopy(receipt)
                at(copy, path[:-1])[path[-1]] = value + "7" if "." in value else value + "1"
                assert verify(sealed(copy)), path


@pytest.mark.parametrize("name", ["document", "measures", "steps", "facts", "columns", "period"])
def test_a_receipt_that_lacks_a_part_does_not_hold(name: str) -> None:
    receipt = {part: value for part, value in receipts()[0].items() if part != name}
    (finding,) = verify(sealed(receipt))
    assert "can't be read" in finding
