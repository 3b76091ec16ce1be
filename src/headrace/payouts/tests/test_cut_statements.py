"""Statements: opening balance and movements make the closing balance, and nothing later changes them."""

from datetime import date
from itertools import pairwise

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from headrace.base.models import Mail, Organisation, User
from headrace.earnings.actions import close_period
from headrace.kernel.period import Period
from headrace.ledger.actions import post
from headrace.ledger.drafts import advance, move
from headrace.ledger.models import AccountKey, Stage
from headrace.partners.models import Partner, Person
from headrace.payouts import screens, told
from headrace.payouts.actions import cut_statements, set_settlement_terms
from headrace.payouts.models import Statement
from headrace.payouts.queries import counted_again
from headrace.payouts.tests.conftest import FIRST_QUARTER, SECOND_QUARTER, Sell, Settle

THIRD_QUARTER = Period(date(2026, 7, 1), date(2026, 9, 30))


def statements(code: str = "north") -> list[Statement]:
    return list(Statement.objects.filter(partner__code=code).order_by("period_to"))


def kinds(statement: Statement) -> list[tuple[str, int]]:
    return [(line.kind, line.amount_minor) for line in told.lines_of(statement)]


def pay(organisation: Organisation, code: str, amount_minor: int, on: date, back: bool = False) -> None:
    """What a bank file takes out of the payable, and brings back where it was refused."""
    partner = Partner.objects.get(organisation=organisation, code=code)
    programme = organisation.programmes.get().pk
    account = AccountKey(f"partner:{partner.pk}", "EUR", Stage.PAYABLE, f"programme:{programme}")
    entries = advance(-amount_minor if back else amount_minor, account, Stage.PAID)
    post(
        organisation=organisation,
        key=f"paid:{code}:{on}:{back}",
        kind="payout",
        occurred_on=on,
        entries=entries,
        details={},
    )


def test_it_begins_where_the_one_before_ended(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"), ("2", "north", "2026-05-01", "1000"))
    settle()
    pay(market, "north", 4000, date(2026, 4, 20))
    settle(SECOND_QUARTER)
    first, second = statements()
    assert (first.opening_minor, first.closing_minor) == (0, 4000)
    assert (second.opening_minor, second.closing_minor) == (4000, 1000)
    assert kinds(second) == [("paid", -4000), ("earned", 1000)]
    assert first.content["stages"] == second.content["stages"] | {"payable": 4000}


def test_it_adds_up_and_so_does_the_ledger(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"), ("2", "south", "2026-03-01", "700"))
    settle()
    sell(("3", "north", "2026-03-01", "-1000"), quantity="-1", returns="1")
    pay(market, "north", 4000, date(2026, 4, 20))
    pay(market, "north", 4000, date(2026, 4, 25), back=True)
    settle(SECOND_QUARTER)
    settle(THIRD_QUARTER)
    assert len(statements()) == 3
    for statement in Statement.objects.all():
        moved = sum(line.amount_minor for line in told.lines_of(statement))
        assert statement.opening_minor + moved == statement.closing_minor == counted_again(statement)
        assert sum(amount for _label, amount in told.balances_of(statement)) == statement.closing_minor
    for before, after in pairwise(statements()):
        assert after.opening_minor == before.closing_minor


def test_it_tells_what_was_paid_and_what_came_back(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    pay(market, "north", 4000, date(2026, 4, 20))
    pay(market, "north", 4000, date(2026, 4, 25), back=True)
    settle(SECOND_QUARTER)
    assert kinds(statements()[1]) == [("paid", -4000), ("returned", 4000)]


def test_a_correction_names_the_period_it_corrects(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    sell(("2", "north", "2026-02-02", "500"))
    settle(SECOND_QUARTER)
    line = told.lines_of(statements()[1])[0]
    assert (line.kind, line.amount_minor, line.on) == ("corrected", 500, SECOND_QUARTER.starts)
    assert line.note == "Corrects the period that ended on 28 Feb 2026"


def test_what_is_posted_late_stands_in_the_next_one(market: Organisation, sell: Sell, settle: Settle) -> None:
    """A bank tells of March after the first quarter was closed."""
    sell(("1", "north", "2026-01-01", "4000"))
    settle()
    pay(market, "north", 4000, date(2026, 3, 30))
    settle(SECOND_QUARTER)
    first, second = statements()
    assert first.closing_minor == second.opening_minor == 4000
    assert kinds(second) == [("paid", -4000)]
    assert second.closing_minor == 0


def test_it_says_what_is_carried_and_why(market: Organisation, sell: Sell, settle: Settle) -> None:
    set_settlement_terms(organisation=market, grace_days=0, minimums={"EUR": 2500})
    sell(("1", "north", "2026-02-01", "2000"))
    settle()
    assert told.outcome_note(statements()[0]) == "€20.00 is carried forward: payouts begin at €25.00."


def test_a_period_may_be_closed_without_settling_it(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "2000"), ("2", "north", "2026-05-01", "1000"))
    cut_statements(organisation=market, period=FIRST_QUARTER)
    assert settle(SECOND_QUARTER).payees.get().payable_minor == 3000
    assert [statement.closing_minor for statement in statements()] == [2000, 3000]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_reads_the_same_years_later(
    market: Organisation, sell: Sell, settle: Settle, language: str
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    with translation.override(language):
        before = screens.statement_pdf(statements()[0])
        sell(("2", "north", "2026-02-02", "500"))
        pay(market, "north", 4000, date(2026, 3, 30))
        settle(SECOND_QUARTER)
        Partner.objects.update(name="Renamed")
        Organisation.objects.update(name="Renamed too")
        assert screens.statement_pdf(Statement.objects.get(pk=statements()[0].pk)) == before


def test_the_database_keeps_it_as_it_is(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Statement.objects.update(closing_minor=1)


def test_its_readers_are_told_in_their_language(
    market: Organisation, sell: Sell, settle: Settle, partner_owner: User, rival: User
) -> None:
    partner_owner.language = "de"
    partner_owner.save()
    Person.objects.filter(code="olga").update(user=partner_owner)
    Person.objects.filter(code="rita").update(user=rival)
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    mail = Mail.objects.get(kind="payouts.statement_cut")
    assert (mail.to, mail.language) == (partner_owner.email, "de")
    assert "40,00" in mail.body
    assert "/portal/statements/" in mail.body


def test_tax_of_the_office_has_no_statement(market: Organisation) -> None:
    close_period(organisation=market, through=date(2025, 12, 31))
    post(
        organisation=market,
        key="tax",
        kind="tax_withheld",
        occurred_on=date(2026, 1, 1),
        entries=move(
            5,
            debit=AccountKey("", "EUR", Stage.EXPENSE),
            credit=AccountKey("tax:IT", "EUR", Stage.PAYABLE),
        ),
        details={},
    )
    assert cut_statements(organisation=market, period=FIRST_QUARTER) == []
