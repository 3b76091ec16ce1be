"""Every address: a visitor is sent to sign in, and whoever it isn't meant for gets a 404.

The addresses come from the URL map itself, so a new one fails here until it says whose object it shows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from headrace.api.urls import api
from headrace.base.actions import grant_role
from headrace.base.api.keys import Scope, make_key
from headrace.base.approvals.delegating import delegate
from headrace.base.approvals.rule_changes import Scope as RuleScope
from headrace.base.approvals.rule_changes import Step, propose_rule
from headrace.base.models import (
    ApiKey,
    ApprovalRequest,
    ApprovalRule,
    Delegation,
    Organisation,
    Role,
    User,
)
from headrace.books.actions import export_journal
from headrace.books.models import JournalExport
from headrace.claims.models import ClaimProof, SaleClaim
from headrace.claims.tests.conftest import claim_of
from headrace.disputes.actions import open_dispute
from headrace.disputes.comparison_actions import begin_comparison
from headrace.disputes.models import Comparison, Dispute, DisputeProof
from headrace.disputes.tests.conftest import JPEG, missing
from headrace.earnings.actions import refresh_programmes
from headrace.earnings.models import Earning
from headrace.kernel.period import Period
from headrace.ledger.blocks import seal_blocks
from headrace.ledger.models import Account
from headrace.partners.models import Partner, Person
from headrace.payouts.answers import receive_answer
from headrace.payouts.models import (
    BankAccount,
    BankAnswer,
    BankAnswerEntry,
    CreditNote,
    PayoutBatch,
    Settlement,
    SettlementPayee,
    Statement,
)
from headrace.payouts.tests import desk
from headrace.programmes.actions import launch_programme
from headrace.programmes.budgets.plans import Share, propose_budget
from headrace.programmes.models import Budget, Programme
from headrace.sales import deliveries
from headrace.sales.actions import receive_file
from headrace.sales.drafting.actions import begin_draft
from headrace.sales.models import (
    Alias,
    Delivery,
    Doubt,
    Draft,
    Import,
    MappingDocument,
    Product,
    Source,
    UnknownText,
)
from tests.market import deliver, open_market, sale, send
from tests.settling import describe_for_tax, settled

# Addresses that are open to visitors, or belong to whoever is signed in; they show no one's data.
WITHOUT_DATA = {"sign_in", "sign_out", "set_language", "set_theme", "home", "design", "design_document"}
# Open to whoever has the link, which is signed and for one person: see test_decide_by_link.py.
WITHOUT_DATA |= {"approve_by_link"}
POST_ONLY = {
    "console:calculate",
    "console:draft_as_before",
    "console:forecast_now",
    "console:draft_leave_out",
    "console:delivery_again",
    "console:look_again",
    "console:revoke_delegation",
    "console:settle_doubt",
    "console:prepare_payouts",
    "console:hand_over_batch",
    "console:drop_batch",
    "console:look_at_entry",
    "portal:dispute_rows",
    "portal:reopen_dispute",
    "console:waive_report",
    "portal:withdraw_claim",
    "portal:withdraw_dispute",
}

REBATE = """
programme: rebate
title: {en: Rebate}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: volume
    facts: sale
    to: partner
    every: quarter
    base: sum(net_amount)
    scale: {mode: flat, rate: 1%}
"""


@dataclass(frozen=True)
class Address:
    """An address by its name, with the names of what it is about."""

    name: str
    parameters: tuple[str, ...]


def addresses() -> Iterator[Address]:
    """All of the URL map."""

    def walk(
        patterns: list[URLPattern | URLResolver], space: str, above: tuple[str, ...]
    ) -> Iterator[Address]:
        for pattern in patterns:
            names = (*above, *pattern.pattern.converters)
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner, names)
            else:
                yield Address(f"{space}{pattern.name}", names)

    yield from walk(get_resolver().url_patterns, "", ())


ADDRESSES = [
    address for address in addresses() if address.name not in WITHOUT_DATA and address.name[:4] != "api:"
]
# What an address about an object is about, in the market below. Without an entry here its test fails.
OBJECTS: dict[str, Callable[[], dict[str, object]]] = {
    "console:programme": lambda: {"key": "rebate"},
    "console:programme_terms": lambda: {"key": "rebate"},
    "console:partner": lambda: {"code": "north"},
    "console:statements": lambda: {"code": "north"},
    "console:earning": lambda: {"pk": Earning.objects.get().pk},
    "console:earning_lines": lambda: {"pk": Earning.objects.get().pk},
    "console:earning_lines_csv": lambda: {"pk": Earning.objects.get().pk},
    "console:ledger_account": lambda: {"pk": Account.objects.earliest("pk").pk},
    "console:statement": lambda: {"pk": Statement.objects.get().pk},
    "console:statement_pdf": lambda: {"pk": Statement.objects.get().pk},
    "console:settlement": lambda: {"pk": Settlement.objects.get().pk},
    "console:settlement_payee": lambda: {"pk": SettlementPayee.objects.get().pk},
    "console:credit_note": lambda: {"pk": CreditNote.objects.get().pk},
    "console:tax_profile": lambda: {"code": "north"},
    "console:import": lambda: {"pk": Import.objects.latest("pk").pk},
    "console:delivery": lambda: {"pk": Delivery.objects.get().pk},
    "console:delivery_again": lambda: {"pk": Delivery.objects.get().pk},
    "console:draft": lambda: {"pk": Draft.objects.get().pk},
    "console:draft_columns": lambda: {"pk": Draft.objects.get().pk},
    "console:draft_source": lambda: {"pk": Draft.objects.get().pk},
    "console:draft_as_before": lambda: {"pk": Draft.objects.get().pk},
    "console:draft_leave_out": lambda: {"pk": Draft.objects.get().pk},
    "console:claim": lambda: {"pk": SaleClaim.objects.get().pk},
    "console:claim_proof": lambda: {"pk": ClaimProof.objects.get().pk},
    "console:approval": lambda: {"pk": ApprovalRequest.objects.earliest("pk").pk},
    "console:approval_rule": lambda: {"pk": ApprovalRule.objects.get().pk},
    "console:change_approval_rule": lambda: {"pk": ApprovalRule.objects.get().pk},
    "console:end_approval_rule": lambda: {"pk": ApprovalRule.objects.get().pk},
    "console:revoke_delegation": lambda: {"pk": Delegation.objects.get().pk},
    "console:revoke_api_key": lambda: {"pk": ApiKey.objects.get().pk},
    "console:budget": lambda: {"pk": Budget.objects.get().pk},
    "console:change_budget": lambda: {"pk": Budget.objects.get().pk},
    "console:journal_file": lambda: {"number": JournalExport.objects.get().number, "kind": "csv"},
    "console:rejects_csv": lambda: {"pk": Import.objects.latest("pk").pk},
    "console:withdraw_import": lambda: {"pk": Import.objects.latest("pk").pk},
    "console:repair_many": lambda: {"pk": Import.objects.latest("pk").pk},
    "console:repair_row": lambda: {
        "pk": Import.objects.latest("pk").pk,
        "row": Import.objects.latest("pk").rejects.get().row_number,
    },
    "console:settle_doubt": lambda: {"pk": Doubt.objects.get().pk},
    "console:quality_source": lambda: {"pk": Source.objects.get().pk},
    "console:quality_rows": lambda: {"pk": Source.objects.get().pk},
    "console:reporting_source": lambda: {"pk": Source.objects.get().pk},
    "console:reporting_calendar": lambda: {"pk": Source.objects.get().pk},
    "console:waive_report": lambda: {"pk": Source.objects.get().pk},
    "console:sell_through_lines": lambda: {
        "partner": Partner.objects.get(code="north").pk,
        "product": Product.objects.get(code="bike").pk,
    },
    "console:unknown_text": lambda: {"pk": UnknownText.objects.get().pk},
    "console:make_target": lambda: {"pk": UnknownText.objects.get().pk},
    "console:alias": lambda: {"pk": Alias.objects.get().pk},
    "portal:programme": lambda: {"key": "rebate"},
    "portal:earning": lambda: {"pk": Earning.objects.get().pk},
    "portal:earning_lines": lambda: {"pk": Earning.objects.get().pk},
    "portal:earning_lines_csv": lambda: {"pk": Earning.objects.get().pk},
    "portal:earning_proof": lambda: {"pk": Earning.objects.get().pk},
    "portal:claim": lambda: {"pk": SaleClaim.objects.get().pk},
    "portal:claim_proof": lambda: {"pk": ClaimProof.objects.get().pk},
    "portal:withdraw_claim": lambda: {"pk": SaleClaim.objects.get().pk},
    "console:dispute": lambda: {"pk": Dispute.objects.get().pk},
    "console:dispute_evidence": lambda: {"pk": DisputeProof.objects.get().pk},
    "portal:question_earning": lambda: {"pk": Earning.objects.get().pk},
    "portal:dispute": lambda: {"pk": Dispute.objects.get().pk},
    "portal:dispute_evidence": lambda: {"pk": DisputeProof.objects.get().pk},
    "portal:withdraw_dispute": lambda: {"pk": Dispute.objects.get().pk},
    "portal:reopen_dispute": lambda: {"pk": Dispute.objects.get().pk},
    "portal:comparison": lambda: {"pk": Comparison.objects.get().pk},
    "portal:comparison_columns": lambda: {"pk": Comparison.objects.get().pk},
    "portal:comparison_csv": lambda: {"pk": Comparison.objects.get().pk},
    "portal:dispute_rows": lambda: {"pk": Comparison.objects.get().pk},
    "portal:statement": lambda: {"pk": Statement.objects.get().pk},
    "portal:statement_pdf": lambda: {"pk": Statement.objects.get().pk},
    "portal:credit_note": lambda: {"pk": CreditNote.objects.get().pk},
}
OBJECTS |= {
    "console:new_bank_account": lambda: {"code": "north"},
    "console:payout_batch": lambda: {"pk": PayoutBatch.objects.get().pk},
    "console:hand_over_batch": lambda: {"pk": PayoutBatch.objects.get().pk},
    "console:drop_batch": lambda: {"pk": PayoutBatch.objects.get().pk},
    "console:payout_file": lambda: {"pk": PayoutBatch.objects.get().pk},
    "console:bank_account": lambda: {"pk": BankAccount.objects.get().pk},
    "console:bank_answer": lambda: {"pk": BankAnswer.objects.get().pk},
    "console:look_at_entry": lambda: {"pk": BankAnswerEntry.objects.get(outcome="unclear").pk},
}
# Where whole numbers of accounts are, or money leaves.
FOR_FINANCE = {
    "console:new_bank_account",
    "console:prepare_payouts",
    "console:hand_over_batch",
    "console:drop_batch",
    "console:payout_file",
    "console:bank_answers",
    "console:bank_answer",
    "console:look_at_entry",
    "console:payout_settings",
}
# About something that all partners of a brand share.
SHARED_BY_PARTNERS = {"portal:programme"}


@pytest.fixture
def market(
    organisation: Organisation,
    channel_manager: User,
    approver: User,
    partner_owner: User,
    rival: User,
    monkeypatch: pytest.MonkeyPatch,
) -> Organisation:
    """North earned something and has a statement; South has nothing of it."""
    open_market(organisation)
    for code, user in (("olga", partner_owner), ("rita", rival)):
        Person.objects.filter(code=code).update(user=user)
    deliver(organisation, "sales", sale("1", "north", "2026-02-01", "5000"))
    # The same invoice by another file.
    deliver(organisation, "sales", sale("1b", "north", "2026-02-01", "5000", order_id="1"))
    # One partner written otherwise, one that nobody knows.
    send(organisation, sale("2", "NORTH", "2026-02-01", "0"), sale("3", "Nroth", "2026-02-01", "0"))
    launch_programme(organisation=organisation, document=REBATE, user=channel_manager)
    refresh_programmes(organisation=organisation)
    seal_blocks(organisation)
    describe_for_tax(organisation)
    settled(organisation, Period(date(2026, 1, 1), date(2026, 3, 31)), channel_manager, approver)
    rows = b"Line,Dealer,Date,Pieces,Net\nL1,north,2026-02-28,1,5\n"
    begin_draft(
        organisation=organisation, file=receive_file(organisation=organisation, name="new.csv", chunks=[rows])
    )
    olga = Person.objects.select_related("partner", "organisation", "user").get(code="olga")
    claim_of(olga)
    question(olga)
    # A delivery that waits for a worker.
    monkeypatch.setattr(deliveries, "AT_ONCE_BYTES_MAX", 0)
    deliver_more(organisation)
    export_journal(organisation=organisation, starts=None, through=date(2026, 3, 31))
    propose(organisation, channel_manager)
    make_key(organisation=organisation, name="Till", scopes=list(Scope))
    stand_in = User.objects.create_user("stand-in@acme.example", organisation=organisation, name="Stella")
    grant_role(user=stand_in, role=Role.FINANCE)
    today = organisation.today
    delegate(delegator=channel_manager, delegate=stand_in, starts_on=today, ends_on=today)
    pay_out(organisation, stand_in, approver)
    return organisation


def deliver_more(organisation: Organisation) -> None:
    document = MappingDocument.objects.filter(name="market").latest("pk")
    file = receive_file(organisation=organisation, name="sales-3.csv", chunks=[b"id\n3\n"])
    deliveries.deliver(organisation=organisation, received=[file], document=document)


def propose(organisation: Organisation, user: User) -> None:
    """A budget and a rule of approval, both of which wait for their own approval."""
    propose_budget(
        programme=organisation.programmes.get(),
        unit="EUR",
        period=Period(date(2026, 1, 1), date(2026, 12, 31)),
        shares=[Share(1000_00, above=None)],
        user=user,
    )
    propose_rule(
        organisation=organisation,
        user=user,
        scope=RuleScope("claim"),
        steps=[Step(role=Role.APPROVER)],
    )


def pay_out(organisation: Organisation, finance: User, approver: User) -> None:
    """North's first quarter is on its way, and the bank tells of something that nobody knows."""
    desk.pay_from(organisation)
    desk.account(organisation, Partner.objects.get(code="north"), finance)
    batch = desk.send(organisation, finance, approver)
    unknown = desk.booking(batch.payouts.get()).replace("HR-P", "RENT-")
    receive_answer(organisation=organisation, name="camt.xml", content=desk.camt(unknown))


@pytest.fixture
def finance(market: Organisation) -> User:
    return User.objects.get(email="stand-in@acme.example")


def question(person: Person) -> None:
    """A dispute with a piece of evidence, and own lines laid beside those that are known."""
    programme = Programme.objects.get()
    photo = SimpleUploadedFile("invoice.jpg", JPEG)
    open_dispute(person=person, programme=programme, words="", asked=[missing()], uploads=[photo])
    own = SimpleUploadedFile("own.csv", b"Invoice;Date;Article;Pieces;Net\n1;2026-02-01;bike;1;4000\n")
    quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    begin_comparison(person=person, programme=programme, period=quarter, upload=own)


def ask(user: User | None, address: Address) -> HttpResponse:
    """What someone gets at an address."""
    client = Client()
    if user is not None:
        client.force_login(user)
    kwargs = OBJECTS[address.name]() if address.parameters else {}
    url = reverse(address.name, kwargs=kwargs)
    return client.post(url) if address.name in POST_ONLY else client.get(url)


def test_every_address_about_an_object_is_known() -> None:
    assert {address.name for address in ADDRESSES if address.parameters} == set(OBJECTS)
    assert ADDRESSES


ABOUT_OBJECTS = [address for address in ADDRESSES if address.parameters]


def answers(user: User | None, wanted: Sequence[Address]) -> dict[str, int]:
    """The status of each address for someone."""
    return {address.name: ask(user, address).status_code for address in wanted}


def of_door(name: str, *, others: bool = False) -> list[Address]:
    """The addresses of one door, or of all others."""
    return [address for address in ADDRESSES if address.name.startswith(f"{name}:") is not others]


def test_a_visitor_is_sent_to_sign_in(market: Organisation) -> None:
    for address in ADDRESSES:
        response = ask(None, address)
        assert response.status_code == 302, address
        assert response["Location"].startswith(reverse("sign_in")), address


def test_the_rival_gets_404(market: Organisation, rival: User) -> None:
    expected = {a.name: 200 if a.name in SHARED_BY_PARTNERS else 404 for a in ABOUT_OBJECTS}
    assert answers(rival, ABOUT_OBJECTS) == expected


def test_another_brand_gets_404(market: Organisation, outsider: User) -> None:
    assert set(answers(outsider, ABOUT_OBJECTS).values()) == {404}


def test_each_door_is_shut_to_the_others(
    market: Organisation, channel_manager: User, partner_owner: User
) -> None:
    assert set(answers(channel_manager, of_door("console", others=True)).values()) == {404}
    assert set(answers(partner_owner, of_door("portal", others=True)).values()) == {404}


def test_whoever_it_is_meant_for_gets_it(
    market: Organisation, channel_manager: User, partner_owner: User, finance: User
) -> None:
    of_console = of_door("console")
    found = answers(channel_manager, [one for one in of_console if one.name not in FOR_FINANCE])
    found |= answers(finance, [one for one in of_console if one.name in FOR_FINANCE])
    found |= answers(partner_owner, of_door("portal"))
    expected = {address.name: 302 if address.name in POST_ONLY else 200 for address in ADDRESSES}
    assert found == expected


def test_what_is_for_finance_is_shut_to_all_others(
    market: Organisation, channel_manager: User, approver: User
) -> None:
    wanted = [address for address in ADDRESSES if address.name in FOR_FINANCE]
    assert {address.name for address in wanted} == FOR_FINANCE
    for person in (channel_manager, approver):
        assert set(answers(person, wanted).values()) == {404}


# The API: what a program may do depends on its key alone.

OPERATIONS = [
    (method, path.replace("{", "").replace("}", ""))
    for path, methods in api.get_openapi_schema(path_prefix="api/v1/")["paths"].items()
    for method in methods
]


def test_every_operation_of_the_api_asks_for_a_key(market: Organisation, channel_manager: User) -> None:
    """Also of someone who is signed in: a session is no key, so no foreign page can use it."""
    client = Client()
    client.force_login(channel_manager)
    assert OPERATIONS
    for method, path in OPERATIONS:
        for asking in (Client(), client):
            response = asking.generic(method.upper(), path, "{}", content_type="application/json")
            assert response.status_code == 401, (method, path)
            assert response["Content-Type"] == "application/problem+json"
