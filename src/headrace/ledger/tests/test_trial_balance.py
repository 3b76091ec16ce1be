"""The trial balance of any day, its page, and the way down to each movement."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from headrace.base.models import Organisation, User
from headrace.ledger.actions import post_many
from headrace.ledger.models import Account, Stage
from headrace.ledger.queries import TrialLine, trial_balance
from headrace.ledger.tests.words import APRIL, MARCH, accrual, settlement

ONE = "programme:1"


@pytest.fixture
def posted(organisation: Organisation) -> Organisation:
    """Two partners earn in March, one of them gives some back; in April one is settled. And some points."""
    post_many(
        organisation=organisation,
        transfers=[
            accrual("a", 12_50),
            accrual("b", -2_00, owner="partner:2"),
            accrual("c", 70, owner="person:1", unit="points"),
            settlement("d", 12_00),
        ],
    )
    return organisation


@pytest.fixture
def finance(posted: Organisation, approver: User) -> Client:
    client = Client()
    client.force_login(approver)
    return client


def test_sides_are_not_netted(posted: Organisation) -> None:
    assert trial_balance(organisation=posted, on=MARCH) == [
        TrialLine("EUR", Stage.EXPENSE, ONE, 10_50, 0),
        TrialLine("EUR", Stage.ACCRUED, ONE, 2_00, 12_50),
        TrialLine("points", Stage.EXPENSE, ONE, 70, 0),
        TrialLine("points", Stage.ACCRUED, ONE, 0, 70),
    ]


def test_a_later_day_has_what_came_later(posted: Organisation) -> None:
    assert trial_balance(organisation=posted, on=APRIL)[:3] == [
        TrialLine("EUR", Stage.EXPENSE, ONE, 10_50, 0),
        TrialLine("EUR", Stage.ACCRUED, ONE, 2_00, 50),
        TrialLine("EUR", Stage.PAYABLE, ONE, 0, 12_00),
    ]


def test_before_the_first_day_there_is_nothing(posted: Organisation) -> None:
    assert trial_balance(organisation=posted, on=date(2025, 3, 30)) == []


def test_another_organisation_has_its_own(posted: Organisation, other_organisation: Organisation) -> None:
    assert trial_balance(organisation=other_organisation, on=APRIL) == []


def test_the_page_shows_equal_totals(finance: Client) -> None:
    page = finance.get(reverse("console:trial_balance"), {"on": "2025-03-31"}).content.decode()
    assert page.count("€12.50") == 3  # the accrued, and both totals
    assert "points" in page


def test_without_a_day_it_is_today(finance: Client) -> None:
    assert "€12.00" in finance.get(reverse("console:trial_balance")).content.decode()
    assert finance.get(reverse("console:trial_balance"), {"on": "yesterday"}).status_code == 200


def test_the_file_holds_the_same(finance: Client) -> None:
    response = finance.get(reverse("console:trial_balance_csv"), {"on": "2025-03-31"})
    assert response.content.decode().splitlines() == [
        "on,unit,stage,programme,debit,credit",
        "2025-03-31,EUR,expense,programme:1,10.50,0.00",
        "2025-03-31,EUR,accrued,programme:1,2.00,12.50",
        "2025-03-31,points,expense,programme:1,70,0",
        "2025-03-31,points,accrued,programme:1,0,70",
    ]


LINE = {"on": "2025-03-31", "unit": "EUR", "stage": "accrued", "programme": ONE}


def test_down_to_the_accounts_of_a_line(finance: Client) -> None:
    page = finance.get(reverse("console:ledger_accounts"), LINE).content.decode()
    assert "partner:1" in page
    assert "partner:2" in page
    assert "€12.50" in page
    assert "person:1" not in page


def test_a_line_there_is_not_holds_nothing(finance: Client) -> None:
    page = finance.get(reverse("console:ledger_accounts"), {**LINE, "stage": "lost"}).content.decode()
    assert "Nothing stood there" in page
    assert "partner:1" not in page


def test_a_part_of_a_line_has_all_its_accounts(finance: Client) -> None:
    page = finance.get(reverse("console:ledger_accounts"), {"stage": "accrued", "on": "2025-03-31"})
    assert "person:1" in page.content.decode()
    assert "partner:1" in page.content.decode()


def test_down_to_the_movements_of_an_account(finance: Client) -> None:
    account = Account.objects.get(owner="partner:1", stage=Stage.ACCRUED)
    url = reverse("console:ledger_account", args=[account.pk])
    assert "€0.50" in finance.get(url).content.decode()
    page = finance.get(url, {"on": "2025-03-31"}).content.decode()
    assert page.count("€12.50") == 2  # the balance, and the one movement up to then
    assert "€12.00" not in page


@pytest.mark.parametrize("owners", [3, 30])
def test_the_number_of_queries_does_not_grow(
    finance: Client, posted: Organisation, owners: int, django_assert_max_num_queries: object
) -> None:
    drafts = [accrual(f"more:{n}", 1, owner=f"partner:{100 + n}") for n in range(owners)]
    post_many(organisation=posted, transfers=drafts)
    for name, parameters in (("trial_balance", {}), ("ledger_accounts", LINE)):
        with django_assert_max_num_queries(9):
            assert finance.get(reverse(f"console:{name}"), parameters).status_code == 200


def test_an_account_of_another_organisation_is_not_found(finance: Client, outsider: User) -> None:
    client = Client()
    client.force_login(outsider)
    account = Account.objects.get(owner="partner:1", stage=Stage.ACCRUED)
    assert client.get(reverse("console:ledger_account", args=[account.pk])).status_code == 404
