"""Bank accounts: right numbers, a second pair of eyes, and a waiting time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from headrace.base.models import Mail, Organisation, User
from headrace.partners.models import Partner, Person, PersonRole
from headrace.payouts.bank_accounts import Readiness, enter_bank_account, standing_of
from headrace.payouts.models import BankAccount, BankAccountDecision
from headrace.payouts.tests import desk


@pytest.fixture
def partner(organisation: Organisation, partner_owner: User) -> Partner:
    found = Partner.objects.create(
        organisation=organisation, code="north", name="North", email="box@north.example"
    )
    Person.objects.create(
        organisation=organisation,
        partner=found,
        code="olga",
        name="Olga",
        role=PersonRole.OWNER,
        user=partner_owner,
    )
    return found


def enter(partner: Partner, user: User | None = None, **more: Any) -> BankAccount:
    given = {"kind": "iban", "holder": "North GmbH", "iban": "DE89 3704 0044 0532 0130 00", **more}
    return enter_bank_account(organisation=partner.organisation, partner=partner, user=user, **given)


def readiness(partner: Partner) -> Readiness:
    return standing_of(partner.organisation, f"partner:{partner.pk}").readiness


def test_it_is_kept_compact_with_its_bic(partner: Partner) -> None:
    account = enter(partner)
    assert (account.iban, account.bic) == ("DE89370400440532013000", "COBADEFFXXX")
    assert account.masked == "DE•••• 3000"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"iban": "DE89370400440532013001"}, "iban"),
        ({"iban": "DE8937040044053201300"}, "iban"),
        ({"iban": "XX89370400440532013000"}, "iban"),
        ({"iban": ""}, "iban"),
        ({"bic": "COBADEF"}, "bic"),
        ({"bic": "BNPAFRPP"}, "bic"),
        ({"holder": "  "}, "holder"),
        ({"kind": "us", "routing": "021000022", "number": "1234567"}, "routing"),
        ({"kind": "us", "routing": "021000021", "number": "12"}, "number"),
        ({"kind": "us", "routing": "021000021", "number": "1" * 18}, "number"),
    ],
)
def test_a_wrong_number_is_told_beside_its_field(partner: Partner, more: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        enter(partner, **more)
    assert list(error.value.message_dict) == [field]
    assert not BankAccount.objects.exists()


def test_nothing_is_paid_until_it_is_approved_and_the_time_is_over(partner: Partner, finance: User) -> None:
    assert readiness(partner) == Readiness.NO_ACCOUNT
    enter(partner)
    assert readiness(partner) == Readiness.WAITS_FOR_APPROVAL
    desk.decide_waiting(partner.organisation, "bank_account", finance)
    assert readiness(partner) == Readiness.WAITING_TIME
    usable_from = BankAccountDecision.objects.get().usable_from
    assert usable_from is not None
    assert timedelta(days=2) < usable_from - timezone.now() <= timedelta(days=3)


def test_a_new_one_stops_payouts_to_the_old_one(partner: Partner, finance: User) -> None:
    desk.account(partner.organisation, partner, finance)
    assert readiness(partner) == Readiness.READY
    enter(partner, iban=desk.IBANS[1])
    assert readiness(partner) == Readiness.WAITS_FOR_APPROVAL


def test_after_a_refusal_the_old_one_holds(partner: Partner, finance: User) -> None:
    old = desk.account(partner.organisation, partner, finance)
    enter(partner, iban=desk.IBANS[1])
    desk.decide_waiting(partner.organisation, "bank_account", finance, "refuse")
    standing = standing_of(partner.organisation, f"partner:{partner.pk}")
    assert (standing.readiness, standing.account) == (Readiness.READY, old)


def test_the_last_one_that_was_entered_counts(partner: Partner, finance: User) -> None:
    enter(partner)
    second = enter(partner, iban=desk.IBANS[1])
    desk.decide_waiting(partner.organisation, "bank_account", finance)
    outcomes = list(BankAccountDecision.objects.order_by("account").values_list("outcome", flat=True))
    assert outcomes == ["replaced", "accepted"]
    assert standing_of(partner.organisation, f"partner:{partner.pk}").account == second


def test_who_entered_it_may_not_approve_it(partner: Partner, finance: User) -> None:
    enter(partner, user=finance)
    with pytest.raises(ValidationError):
        desk.decide_waiting(partner.organisation, "bank_account", finance)
    assert readiness(partner) == Readiness.WAITS_FOR_APPROVAL


def test_an_approver_without_the_role_of_finance_may_not(partner: Partner, approver: User) -> None:
    enter(partner)
    with pytest.raises(ValidationError):
        desk.decide_waiting(partner.organisation, "bank_account", approver)


def test_owners_are_told_at_once_and_again(partner: Partner, finance: User) -> None:
    enter(partner, user=finance)
    told = Mail.objects.filter(kind="payouts.bank_account_entered")
    assert set(told.values_list("to", flat=True)) == {"owner@north.example", "box@north.example"}
    assert "DE•••• 3000" in told[0].body


def test_history_can_not_be_changed(partner: Partner, finance: User) -> None:
    desk.account(partner.organisation, partner, finance)
    for rows in (BankAccount.objects, BankAccountDecision.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        BankAccount.objects.update(iban=desk.IBANS[3])
