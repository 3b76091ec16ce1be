"""From what is payable to the file at the bank."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from headrace.base import files
from headrace.base.models import ApprovalRequest, AuditEvent, Mail, Organisation, User
from headrace.ledger.models import Stage
from headrace.partners.models import Partner
from headrace.payouts import payable
from headrace.payouts.bank_accounts import enter_bank_account
from headrace.payouts.batches import drop_batch, hand_over_batch, prepare_batch
from headrace.payouts.models import PayoutBatch
from headrace.payouts.tests import desk

State = PayoutBatch.State


@pytest.fixture
def owed(organisation: Organisation, partners: list[Partner], finance: User) -> list[Partner]:
    """100, 200 and 300 euros of three partners, two of whom have an account."""
    desk.pay_from(organisation)
    for number, partner in enumerate(partners[:3]):
        desk.owe(organisation, f"partner:{partner.pk}", 10_000 * (number + 1), str(number))
    for number in (0, 1):
        desk.account(organisation, partners[number], finance, number)
    return partners[:3]


def test_only_who_has_an_account_is_paid(
    organisation: Organisation, owed: list[Partner], finance: User
) -> None:
    blocked = {row.recipient.name: row.blocked for row in payable.payables(organisation)}
    assert blocked == {"Händler 0": "", "Händler 1": "", "Händler 2": "no_account"}
    batch = desk.prepare(organisation, finance)
    assert (batch.count, batch.total_minor, batch.state) == (2, 30_000, State.WAITING)
    assert desk.standing(organisation, Stage.HELD) == 30_000
    assert desk.standing(organisation, Stage.PAYABLE) == 30_000  # of the third


def test_what_is_held_is_not_prepared_again(
    organisation: Organisation, owed: list[Partner], finance: User
) -> None:
    desk.prepare(organisation, finance)
    with pytest.raises(ValidationError, match="Nothing in EUR"):
        desk.prepare(organisation, finance)
    assert PayoutBatch.objects.count() == 1


def test_a_debt_of_one_programme_is_netted(
    organisation: Organisation, owed: list[Partner], finance: User, approver: User
) -> None:
    owner = f"partner:{owed[0].pk}"
    desk.owe(organisation, owner, -4_000, "debt", programme="programme:2")
    batch = desk.send(organisation, finance, approver)
    assert batch.payouts.get(partner=owed[0]).amount_minor == 6_000
    assert desk.standing(organisation, Stage.PAYABLE, owner) == 0


def test_without_an_account_of_the_brand_nothing_is_held(
    organisation: Organisation, partners: list[Partner], finance: User
) -> None:
    desk.owe(organisation, f"partner:{partners[0].pk}", 100, "1")
    desk.account(organisation, partners[0], finance)
    with pytest.raises(ValidationError, match="from which account of yours"):
        desk.prepare(organisation, finance)
    assert desk.standing(organisation, Stage.HELD) == 0


def test_a_day_that_is_over_is_refused(
    organisation: Organisation, owed: list[Partner], finance: User
) -> None:
    with pytest.raises(ValidationError, match="This day is over"):
        prepare_batch(
            organisation=organisation,
            method="sepa",
            unit="EUR",
            execution_on=timezone.localdate() - timedelta(days=1),
        )


def test_who_prepared_it_may_not_approve_it(
    organisation: Organisation, owed: list[Partner], finance: User
) -> None:
    batch = desk.prepare(organisation, finance)
    with pytest.raises(ValidationError):
        desk.decide_waiting(organisation, "payout_batch", finance)
    with pytest.raises(ValidationError, match="Waits for approval"):
        hand_over_batch(batch=batch, user=finance)
    assert desk.standing(organisation, Stage.PAID) == 0


def test_the_approver_sees_what_goes_out(
    organisation: Organisation, owed: list[Partner], finance: User
) -> None:
    desk.prepare(organisation, finance)
    request = ApprovalRequest.objects.get(kind="payout_batch")
    figures = {line["label"]: line for line in request.seen["figures"]}
    assert request.amount_minor == figures["total"]["minor"] == 30_000
    assert (figures["count"]["number"], figures["new_accounts"]["number"]) == (2, 2)
    assert figures["paid_from"]["text"] == "DE•••• 6199"


def test_the_same_bytes_however_often_it_is_handed_over(
    organisation: Organisation, owed: list[Partner], finance: User, approver: User
) -> None:
    batch = desk.send(organisation, finance, approver)
    content = files.path_of(batch.file_sha256).read_bytes()
    again = hand_over_batch(batch=batch, user=finance)
    assert again.file_sha256 == batch.file_sha256
    assert content.count(b"<EndToEndId>") == 2
    assert batch.reference.encode() in content
    assert desk.standing(organisation, Stage.PAID) == 30_000
    assert desk.standing(organisation, Stage.HELD) == 0


def test_a_refused_batch_gives_back_what_it_held(
    organisation: Organisation, owed: list[Partner], finance: User, approver: User
) -> None:
    batch = desk.prepare(organisation, finance)
    desk.decide_waiting(organisation, "payout_batch", approver, "refuse")
    batch.refresh_from_db()
    assert (batch.state, batch.reason) == (State.REFUSED, "looked at it")
    assert desk.standing(organisation, Stage.PAYABLE) == 60_000
    assert set(batch.payouts.values_list("state", flat=True)) == {"void"}
    with pytest.raises(ValidationError):
        hand_over_batch(batch=batch, user=finance)


def test_a_batch_is_dropped_until_its_file_was_taken(
    organisation: Organisation, owed: list[Partner], finance: User, approver: User
) -> None:
    batch = desk.prepare(organisation, finance)
    desk.decide_waiting(organisation, "payout_batch", approver)
    drop_batch(batch=batch, user=finance, reason="Wrong day")
    assert desk.standing(organisation, Stage.PAYABLE) == 60_000
    sent = desk.send(organisation, finance, approver)
    with pytest.raises(ValidationError, match="Handed over"):
        drop_batch(batch=sent, user=finance, reason="Too late")


def test_a_new_account_stops_a_batch_before_and_after_the_approval(
    organisation: Organisation, owed: list[Partner], finance: User, approver: User
) -> None:
    batch = desk.prepare(organisation, finance)
    enter_bank_account(
        organisation=organisation, partner=owed[0], kind="iban", holder="Thief", iban=desk.IBANS[3]
    )
    with pytest.raises(ValidationError, match="has changed"):
        desk.decide_waiting(organisation, "payout_batch", approver)
    batch.refresh_from_db()
    assert batch.state == State.REFUSED
    second = desk.prepare(organisation, finance)
    assert second.count == 1
    desk.decide_waiting(organisation, "payout_batch", approver)
    enter_bank_account(
        organisation=organisation, partner=owed[1], kind="iban", holder="Thief", iban=desk.IBANS[3]
    )
    with pytest.raises(ValidationError, match="Drop the batch"):
        hand_over_batch(batch=second, user=finance)
    assert desk.standing(organisation, Stage.PAID) == 0


def test_a_credit_note_is_paid_without_a_bank(
    organisation: Organisation, partners: list[Partner], finance: User, approver: User
) -> None:
    desk.owe(organisation, f"partner:{partners[0].pk}", 5_000, "1")
    desk.account(organisation, partners[0], finance, kind="credit_note")
    batch = desk.send(organisation, finance, approver, method="credit_note")
    assert batch.file_sha256 == ""
    assert desk.standing(organisation, Stage.BANK, "method:credit_note") == 5_000
    assert batch.payouts.get().state == "paid"


def test_no_full_number_in_the_audit_trail_the_approvals_or_mail(
    organisation: Organisation, owed: list[Partner], finance: User, approver: User
) -> None:
    desk.send(organisation, finance, approver)
    told = [str(row) for row in AuditEvent.objects.values("subject", "details")]
    told += [str(row) for row in ApprovalRequest.objects.values("title", "seen")]
    told += [str(row) for row in Mail.objects.values("subject", "body")]
    assert told
    assert not [text for text in told if any(iban in text or iban[4:-4] in text for iban in desk.IBANS)]
