"""headrace verify: each receipt computed anew, from itself alone."""

import json

import pytest

from tests.commands.desk import Desk


@pytest.fixture
def receipts(desk: Desk) -> list[dict[str, object]]:
    ran = desk.run(
        "calculate",
        "programme.yaml",
        "--sales",
        "sales.csv",
        "--out",
        "earnings.csv",
        "--receipts",
        "receipts.jsonl",
    )
    assert ran.code == 0
    return [json.loads(line) for line in desk.read("receipts.jsonl").splitlines()]


def test_receipts_as_written_hold(desk: Desk, receipts: list[dict[str, object]]) -> None:
    ran = desk.run("verify", "receipts.jsonl")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_changed_amount_is_found(desk: Desk, receipts: list[dict[str, object]]) -> None:
    receipts[0]["amount"] = "110.02"
    desk.write("changed.jsonl", "\n".join(json.dumps(receipt) for receipt in receipts))
    ran = desk.run("verify", "changed.jsonl")
    assert ran.code == 1
    assert ran.out.splitlines()
    assert all(line.startswith("changed.jsonl, line 1: ") for line in ran.out.splitlines())


def test_it_reads_standard_input(desk: Desk, receipts: list[dict[str, object]]) -> None:
    assert desk.run("verify", "-", given=desk.read("receipts.jsonl")).code == 0


def test_no_receipts_are_no_findings(desk: Desk) -> None:
    assert desk.run("verify", "-", given="\n").code == 0


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "standard input, line 2: no JSON ("),
        ("[]", 'standard input, line 2: "[]"; a receipt would be right'),
        ("110.01", 'standard input, line 2: "110.01"; a receipt would be right'),
    ],
)
def test_a_line_that_is_no_receipt_is_bad_input(desk: Desk, line: str, fault: str) -> None:
    ran = desk.run("verify", "-", given=f"\n{line}\n")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(fault)


def test_an_object_that_is_no_receipt_does_not_hold(desk: Desk) -> None:
    ran = desk.run("verify", "-", given='{"amount": "1.00"}\n')
    assert ran.code == 1


def test_a_file_that_is_not_there_is_bad_input(desk: Desk) -> None:
    ran = desk.run("verify", "absent.jsonl")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("absent.jsonl: can't be read (No such file")
