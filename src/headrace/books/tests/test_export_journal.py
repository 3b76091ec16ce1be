"""The journal: balanced, each posting in exactly one export, the same export the same bytes."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Transaction
from django.core.exceptions import ValidationError
from tests.market import deliver, sale

from headrace.base import files
from headrace.base.models import Organisation
from headrace.books.accounts import set_account
from headrace.books.actions import export_journal
from headrace.books.journal import commodity
from headrace.books.models import JournalExport
from headrace.books.tests.conftest import Advance
from headrace.earnings.actions import refresh_programmes
from headrace.ledger.models import Stage, Transfer

JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)


def csv_of(export: JournalExport) -> str:
    return files.path_of(export.csv_sha256).read_bytes().decode()


def rows_of(export: JournalExport) -> list[dict[str, str]]:
    return list(csv.DictReader(csv_of(export).splitlines()))


def documents(export: JournalExport) -> set[int]:
    return {int(row["document"]) for row in rows_of(export)}


def transactions(path: Path) -> list[Transaction]:
    """What beancount reads; its own checks find nothing to say."""
    entries, errors, _options = loader.load_file(str(path))
    assert errors == []
    return [entry for entry in entries if isinstance(entry, Transaction)]


def test_it_writes_a_row_for_each_side_of_each_document(market: Organisation) -> None:
    export = export_journal(organisation=market, starts=None, through=JANUARY)
    debit, credit = rows_of(export)
    assert (debit["account"], debit["debit"], debit["credit"]) == ("6300", "50.00", "")
    assert (credit["account"], credit["debit"], credit["credit"]) == ("2310", "", "50.00")
    assert (credit["partner"], credit["partner_name"]) == ("north", "North Cycles")
    assert {row["programme"] for row in (debit, credit)} == {"rebate"}
    assert {row["export"] for row in (debit, credit)} == {"1"}
    assert {row["date"] for row in (debit, credit)} == {"2026-01-31"}


def test_beancount_agrees_that_it_balances(market: Organisation, bring: Advance) -> None:
    bring(50_00, Stage.ACCRUED, Stage.APPROVED)
    export = export_journal(organisation=market, starts=None, through=MARCH)
    found = transactions(files.path_of(export.beancount_sha256))
    sums: Counter[str] = Counter()
    for transaction in found:
        for posting in transaction.postings:
            assert posting.units is not None
            assert posting.units.number is not None
            sums[posting.account] += posting.units.number
    assert sums == {
        "Expenses:6300": Decimal("63.00"),
        "Liabilities:2310": Decimal("-13.00"),
        "Liabilities:2320": Decimal("-50.00"),
    }
    assert {transaction.meta["export"] for transaction in found} == {"1"}


def test_beancount_finds_a_document_that_does_not_balance(market: Organisation, tmp_path: Path) -> None:
    export = export_journal(organisation=market, starts=None, through=JANUARY)
    broken = tmp_path / "broken.beancount"
    text = files.path_of(export.beancount_sha256).read_text(encoding="utf-8")
    assert "  -50.00 EUR" in text
    broken.write_text(text.replace("  -50.00 EUR", "  -49.99 EUR"))
    _entries, errors, _options = loader.load_file(str(broken))
    assert ["does not balance" in error.message for error in errors] == [True]


def test_each_posting_is_in_exactly_one_of_adjoining_exports(market: Organisation) -> None:
    exports = [export_journal(organisation=market, starts=None, through=JANUARY)]
    # Learned after January was exported: it belongs to January and is in February's export.
    deliver(market, "sales", sale("4", "south", "2026-01-20", "100"))
    refresh_programmes(organisation=market)
    exports.append(export_journal(organisation=market, starts=date(2026, 2, 1), through=FEBRUARY))
    exports.append(export_journal(organisation=market, starts=date(2026, 3, 1), through=MARCH))
    found = Counter(document for export in exports for document in documents(export))
    assert found == Counter(Transfer.objects.filter(organisation=market).values_list("pk", flat=True))
    assert [export.transfers for export in exports] == [1, 3, 0]
    late = [row for row in rows_of(exports[1]) if row["date"] == "2026-01-31"]
    assert [row["debit"] or row["credit"] for row in late] == ["1.00", "1.00"]


def test_exports_may_be_put_together(market: Organisation, tmp_path: Path) -> None:
    months = [export_journal(organisation=market, starts=None, through=day) for day in (JANUARY, FEBRUARY)]
    whole = tmp_path / "whole.beancount"
    includes = (f'include "{files.path_of(one.beancount_sha256)}"' for one in months)
    whole.write_text("\n".join(['plugin "beancount.plugins.auto_accounts"', *includes]))
    assert len(transactions(whole)) == 3


def test_the_same_range_again_is_the_same_bytes_whatever_happened_since(market: Organisation) -> None:
    first = export_journal(organisation=market, starts=date(2026, 1, 1), through=JANUARY)
    text = csv_of(first)
    deliver(market, "sales", sale("4", "south", "2026-01-20", "100"))
    refresh_programmes(organisation=market)
    set_account(organisation=market, stage=Stage.ACCRUED, code="70000", name="Rückstellung Boni")
    again = export_journal(organisation=market, starts=first.starts, through=JANUARY)
    assert (again, csv_of(again)) == (first, text)


def test_it_uses_the_accounts_of_the_organisation(
    market: Organisation, other_organisation: Organisation
) -> None:
    set_account(organisation=other_organisation, stage=Stage.ACCRUED, code="99", name="Another's")
    set_account(organisation=market, stage=Stage.ACCRUED, code="70000", name="Rückstellung Boni")
    export = export_journal(organisation=market, starts=None, through=JANUARY)
    assert [row["account"] for row in rows_of(export)] == ["6300", "70000"]
    assert {p.account for t in transactions(files.path_of(export.beancount_sha256)) for p in t.postings} == {
        "Expenses:6300",
        "Liabilities:70000",
    }


@pytest.mark.parametrize(
    ("starts", "through"),
    [(date(2026, 1, 15), FEBRUARY), (date(2026, 2, 2), FEBRUARY), (None, date(2026, 1, 10))],
    ids=["overlaps", "leaves a day out", "ends before it begins"],
)
def test_it_refuses_a_range_that_does_not_adjoin(
    market: Organisation, starts: date | None, through: date
) -> None:
    export_journal(organisation=market, starts=None, through=JANUARY)
    with pytest.raises(ValidationError, match="2026-02-01"):
        export_journal(organisation=market, starts=starts, through=through)
    assert JournalExport.objects.count() == 1


def test_an_empty_ledger_has_no_journal(organisation: Organisation) -> None:
    with pytest.raises(ValidationError, match="Nothing is posted"):
        export_journal(organisation=organisation, starts=None, through=JANUARY)


def test_the_command_writes_the_bytes_that_were_kept(
    market: Organisation, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    from django.core.management import call_command

    call_command("journal", "--to", "2026-01-31", "--format", "beancount")
    kept = files.path_of(JournalExport.objects.get().beancount_sha256).read_bytes()
    assert capfdbinary.readouterr().out == kept


@pytest.mark.parametrize(
    ("unit", "written"),
    [("EUR", "EUR"), ("points", "POINTS"), ("miles & more", "MILES---MORE"), ("5", "U-5-U")],
)
def test_units_become_commodities(unit: str, written: str) -> None:
    assert commodity(unit) == written
