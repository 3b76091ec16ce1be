"""Payouts by the console and by the portal."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from headrace.base.models import AuditEvent, Organisation, User
from headrace.ledger.models import Stage
from headrace.partners.models import Partner, Person, PersonRole
from headrace.payouts.answers import receive_answer
from headrace.payouts.batches import hand_over_batch
from headrace.payouts.models import BankAccount, BankAnswer, BankAnswerEntry, PayoutBatch
from headrace.payouts.tests import desk

FEW, MANY = 2, 6


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def accountant(finance: User) -> Client:
    return client_of(finance)


@pytest.fixture
def owned(organisation: Organisation, partners: list[Partner], partner_owner: User, finance: User) -> Partner:
    """The first partner: its owner may sign in, and 100 euros are payable to its account."""
    Person.objects.create(
        organisation=organisation,
        partner=partners[0],
        code="olga",
        name="Olga",
        role=PersonRole.OWNER,
        user=partner_owner,
    )
    desk.pay_from(organisation)
    desk.owe(organisation, f"partner:{partners[0].pk}", 10_000, "1")
    desk.account(organisation, partners[0], finance)
    return partners[0]


def test_from_payable_to_paid(
    accountant: Client, owned: Partner, approver: User, partner_owner: User
) -> None:
    page = text_of(accountant.get(reverse("console:payouts")))
    assert "€100.00" in page
    day = timezone.localdate().isoformat()
    given = {"method": "sepa", "unit": "EUR", "execution_on": day}
    page = text_of(accountant.post(reverse("console:prepare_payouts"), given, follow=True))
    assert "The batch is prepared and waits for approval." in page
    batch = PayoutBatch.objects.get()
    assert accountant.get(reverse("console:payout_file", args=[batch.pk])).status_code == 404
    desk.decide_waiting(owned.organisation, "payout_batch", approver)
    page = text_of(accountant.post(reverse("console:hand_over_batch", args=[batch.pk]), follow=True))
    assert "Download the bank file" in page
    files = [accountant.get(reverse("console:payout_file", args=[batch.pk])) for _time in range(2)]
    assert files[0].content == files[1].content
    assert files[0]["Content-Disposition"] == f'attachment; filename="{batch.reference}.xml"'
    camt = SimpleUploadedFile("camt.xml", desk.camt(desk.booking(batch.payouts.get())))
    page = text_of(accountant.post(reverse("console:bank_answers"), {"file": camt}, follow=True))
    assert "Posted" in page
    assert "Paid on <bdi>10 Apr 2026</bdi>" in text_of(
        client_of(partner_owner).get(reverse("portal:payouts"))
    )


def test_the_reason_is_told_to_the_partner(
    owned: Partner, finance: User, approver: User, partner_owner: User
) -> None:
    batch = desk.send(owned.organisation, finance, approver)
    receive_answer(
        organisation=owned.organisation, name="s.xml", content=desk.pain_002(batch, list(batch.payouts.all()))
    )
    page = text_of(client_of(partner_owner).get(reverse("portal:payouts")))
    assert "The account is closed." in page
    assert "The last payout came back: needs another bank account" in page


def test_an_owner_enters_an_account(owned: Partner, partner_owner: User) -> None:
    client, address = client_of(partner_owner), reverse("portal:partner_bank_account")
    given = {"kind": "iban", "holder": "North", "iban": "DE00"}
    assert "This is no IBAN" in text_of(client.post(address, given))
    page = text_of(client.post(address, {**given, "iban": desk.IBANS[1]}, follow=True))
    assert "Your bank account is entered." in page
    assert "Waits for approval" in page
    assert desk.IBANS[1] not in page
    assert BankAccount.objects.latest("pk").entered_by == partner_owner


def test_a_salesperson_has_an_account_of_their_own_only(owned: Partner, organisation: Organisation) -> None:
    user = User.objects.create_user("sam@north.example", "x", name="Sam", organisation=organisation)
    Person.objects.create(organisation=organisation, partner=owned, code="sam", name="Sam", user=user)
    client = client_of(user)
    assert client.get(reverse("portal:partner_bank_account")).status_code == 404
    page = text_of(client.get(reverse("portal:payouts")))
    assert "€100.00" not in page
    given = {"kind": "iban", "holder": "Sam", "iban": desk.IBANS[1]}
    client.post(reverse("portal:own_bank_account"), given)
    assert BankAccount.objects.latest("pk").person == user.person


def test_the_whole_number_is_shown_to_finance_alone_and_recorded(
    accountant: Client, owned: Partner, approver: User, channel_manager: User
) -> None:
    address = reverse("console:bank_account", args=[BankAccount.objects.get().pk])
    assert desk.IBANS[0] not in text_of(accountant.get(address))
    for other in (approver, channel_manager):
        assert desk.IBANS[0] not in text_of(client_of(other).post(address))
    assert not AuditEvent.objects.filter(action="bank_account.show").exists()
    assert desk.IBANS[0] in text_of(accountant.post(address))
    assert AuditEvent.objects.get(action="bank_account.show").user == User.objects.get(
        email="finance@acme.example"
    )


def test_a_batch_is_dropped_with_a_reason(accountant: Client, owned: Partner, finance: User) -> None:
    batch = desk.prepare(owned.organisation, finance)
    address = reverse("console:drop_batch", args=[batch.pk])
    assert "Say why the batch is dropped." in text_of(accountant.post(address, follow=True))
    page = text_of(accountant.post(address, {"reason": "Wrong day"}, follow=True))
    assert "Wrong day" in page
    assert desk.standing(owned.organisation, Stage.PAYABLE) == 10_000


def test_an_unclear_entry_is_looked_at(
    accountant: Client, owned: Partner, finance: User, approver: User
) -> None:
    batch = desk.send(owned.organisation, finance, approver)
    rent = desk.booking(batch.payouts.get()).replace("HR-P", "RENT-")
    receive_answer(organisation=owned.organisation, name="c.xml", content=desk.camt(rent))
    page = text_of(accountant.get(reverse("console:bank_answers")))
    assert "No payout is known by this reference." in page
    address = reverse("console:look_at_entry", args=[BankAnswerEntry.objects.get().pk])
    accountant.post(address, {"note": "Our rent"})
    assert "No payout is known by this reference." not in text_of(
        accountant.get(reverse("console:bank_answers"))
    )
    assert "Our rent" in text_of(
        accountant.get(reverse("console:bank_answer", args=[BankAnswer.objects.get().pk]))
    )


def test_settings(accountant: Client, organisation: Organisation) -> None:
    address = reverse("console:payout_settings")
    accountant.post(address, {"waiting_days": "5"})
    given = {"unit": "eur", "kind": "iban", "holder": "Acme", "iban": "DE75512108001245126199"}
    page = text_of(accountant.post(address, given, follow=True))
    assert "DE•••• 6199" in page
    assert 'value="5"' in page
    assert "This is no currency." in text_of(accountant.post(address, {**given, "unit": "XXQ"}))


def pages(batch: PayoutBatch) -> list[str]:
    answer = BankAnswer.objects.latest("pk").pk
    return [
        "/console/payouts/",
        "/console/payouts/batches/",
        f"/console/payouts/batches/{batch.pk}/",
        "/console/payouts/answers/",
        f"/console/payouts/answers/{answer}/",
        "/console/payouts/settings/",
        "/portal/payouts/",
    ]


@pytest.fixture
def grow(
    organisation: Organisation, owned: Partner, partners: list[Partner], finance: User, approver: User
) -> Callable[[range], PayoutBatch]:
    """A batch for these partners, answered with entries that nobody knows; each is owed something again."""

    def grow(places: range) -> PayoutBatch:
        for place in (0, *places):
            if place:
                desk.account(organisation, partners[place], finance, place)
            desk.owe(organisation, f"partner:{partners[place].pk}", 500, f"a{places}{place}")
        batch = desk.prepare(organisation, finance)
        desk.decide_waiting(organisation, "payout_batch", approver)
        hand_over_batch(batch=batch, user=finance)
        unknown = [desk.booking(one).replace("HR-P", "RENT-") for one in batch.payouts.all()]
        content = desk.camt(*unknown, message=f"M{batch.pk}")
        receive_answer(organisation=organisation, name="c.xml", content=content)
        for place in (0, *places):
            desk.owe(organisation, f"partner:{partners[place].pk}", 700, f"b{places}{place}")
        return batch

    return grow


def test_lists_take_as_many_queries_for_many_rows_as_for_few(
    grow: Callable[[range], PayoutBatch], finance: User, partner_owner: User
) -> None:
    clients = {"console": client_of(finance), "portal": client_of(partner_owner)}

    def queries(batch: PayoutBatch) -> list[int]:
        found = []
        for address in pages(batch):
            client = clients[address.split("/")[1]]
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200, address
            found.append(len(asked))
        return found

    few = queries(grow(range(1, FEW)))
    many = queries(grow(range(FEW, MANY)))
    assert many == few
    assert max(few) <= 30
