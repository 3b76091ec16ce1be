"""Submitted with a proof, decided once, and what it earns follows."""

from collections.abc import Callable
from threading import Event

import pytest
from django.core.exceptions import ValidationError
from tests.databases import OwnDatabase
from tests.market import open_market
from tests.together import in_threads

from headrace.base import files, jobs, mail
from headrace.base.models import AuditEvent, Organisation, User
from headrace.claims import actions, checks
from headrace.claims import jobs as handlers
from headrace.claims.actions import CLAIM_SUBMITTED, approve_claim, refuse_claim, submit_claim, withdraw_claim
from headrace.claims.models import ClaimProof, Refusal, SaleClaim, State
from headrace.claims.tests.conftest import JPEG, PDF, PNG, WEBP, claim_of, photo, sold
from headrace.earnings import jobs as earnings
from headrace.earnings.models import Earning
from headrace.partners.models import Person
from headrace.programmes.actions import launch_programme
from headrace.sales.arrivals import LINES_ARRIVED
from headrace.sales.models import Product, SalesLine

HANDLERS = {
    mail.SEND: jobs.Handler(mail.send, whole=False),
    CLAIM_SUBMITTED: jobs.Handler(handlers.expect_earnings),
    LINES_ARRIVED: jobs.Handler(earnings.refresh_partners, whole=False),
}

SPIF = """
programme: spif
title: {en: Bonus for sellers}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: piece
    facts: sale
    where: product.category == "Bikes"
    to: person
    every: month
    base: sum(quantity)
    scale: {mode: flat, per_unit: 25}
"""


def work() -> None:
    jobs.work(HANDLERS, stop=Event(), until_empty=True)


def test_what_is_approved_earns(sven: Person, channel_manager: User) -> None:
    launch_programme(organisation=sven.organisation, document=SPIF, user=channel_manager)
    claim = claim_of(sven, quantity_e4=2_0000, net_amount_e4=1900_0000)
    work()
    claim.refresh_from_db()
    assert [(one["unit"], one["minor"]) for one in claim.expected] == [("EUR", 50_00)]
    assert not SalesLine.objects.exists()
    approve_claim(claim=claim, user=channel_manager)
    line = SalesLine.objects.get()
    assert (line.external_id, line.order_id, line.person, line.flow) == (
        claim.line_id,
        "INV-2026/0417",
        sven,
        "sell_out",
    )
    assert (line.quantity_e4, line.net_amount_e4, line.on) == (2_0000, 1900_0000, claim.sold_on)
    work()
    assert [(earning.person, earning.amount_minor) for earning in Earning.objects.all()] == [(sven, 50_00)]
    actions_taken = AuditEvent.objects.filter(subject=f"claim:{claim.pk}").order_by("pk")
    assert list(actions_taken.values_list("action", flat=True)) == ["claim.submit", "claim.approve"]


def test_a_claim_that_no_programme_pays_for_brings_nothing(sven: Person, channel_manager: User) -> None:
    launch_programme(organisation=sven.organisation, document=SPIF, user=channel_manager)
    claim = claim_of(sven, product=Product.objects.get(code="bell"))
    work()
    claim.refresh_from_db()
    assert claim.expected == []


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp"), (PDF, "application/pdf")],
)
def test_a_proof_is_what_its_content_is(sven: Person, content: bytes, media_type: str) -> None:
    submit_claim(person=sven, sold=sold(), uploads=[photo(content, "invoice.html")])
    proof = ClaimProof.objects.get()
    assert (proof.media_type, proof.size_bytes) == (media_type, len(content))
    assert files.path_of(proof.sha256).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"<html><script>alert(1)</script>", "no photo and no PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no photo and no PDF"),
        (b"GIF89a" + bytes(64), "no photo and no PDF"),
        (b"PK\x03\x04" + bytes(64), "no photo and no PDF"),
        (b"MZ" + bytes(64), "no photo and no PDF"),
        (b"just words", "no photo and no PDF"),
        (JPEG + bytes(10 << 20), "11 MB; at most 10 MB"),
    ],
)
def test_anything_else_is_refused(sven: Person, content: bytes, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        submit_claim(person=sven, sold=sold(), uploads=[photo(content, "invoice.jpg")])
    assert not SaleClaim.objects.exists()


@pytest.mark.parametrize("count", [0, 4])
def test_a_claim_has_one_to_three_proofs(sven: Person, count: int) -> None:
    with pytest.raises(ValidationError, match="one to 3 proofs"):
        submit_claim(person=sven, sold=sold(), uploads=[photo() for _ in range(count)])


def test_a_refusal_has_a_reason(sven: Person, channel_manager: User) -> None:
    claim = claim_of(sven)
    with pytest.raises(ValidationError, match="in a few words"):
        refuse_claim(claim=claim, user=channel_manager, refusal=Refusal.OTHER)
    refused = refuse_claim(claim=claim, user=channel_manager, refusal=Refusal.UNREADABLE, comment="Too dark")
    assert (refused.state, refused.refusal, refused.comment) == ("refused", "unreadable", "Too dark")
    assert not SalesLine.objects.exists()


Decision = Callable[[SaleClaim, User], SaleClaim]
DECISIONS: dict[State, Decision] = {
    State.APPROVED: lambda claim, user: approve_claim(claim=claim, user=user),
    State.REFUSED: lambda claim, user: refuse_claim(claim=claim, user=user, refusal=Refusal.UNREADABLE),
    State.WITHDRAWN: lambda claim, user: withdraw_claim(claim=claim, user=user),
}


@pytest.mark.parametrize("first", DECISIONS)
@pytest.mark.parametrize("second", DECISIONS)
def test_a_claim_is_decided_once(sven: Person, channel_manager: User, first: State, second: State) -> None:
    claim = claim_of(sven)
    DECISIONS[first](claim, channel_manager)
    with pytest.raises(ValidationError, match="decided already"):
        DECISIONS[second](claim, channel_manager)
    claim.refresh_from_db()
    assert claim.state == first


def test_two_who_approve_at_the_same_time_make_one_line(own_database: OwnDatabase) -> None:
    organisation = Organisation.objects.create(code="acme", name="Acme", currency="EUR")
    open_market(organisation)
    user = User.objects.create_user("m@acme.example", "x", name="M", organisation=organisation)
    claim = claim_of(Person.objects.select_related("partner", "organisation").get(code="sven"))

    def approve() -> bool:
        try:
            approve_claim(claim=claim, user=user)
        except ValidationError:
            return False
        return True

    assert sorted(in_threads([approve] * 4)) == [False, False, False, True]
    assert SalesLine.objects.count() == 1


def test_an_open_product_is_chosen_by_whoever_approves(sven: Person, channel_manager: User) -> None:
    claim = claim_of(sven, product=None, product_text="Bykk")
    with pytest.raises(ValidationError, match="Choose the product"):
        approve_claim(claim=claim, user=channel_manager)
    approve_claim(claim=claim, user=channel_manager, product=Product.objects.get(code="bike"))
    assert SalesLine.objects.get().product.code == "bike"  # type: ignore[union-attr]


def test_what_the_decision_was_based_on_stays(sven: Person, channel_manager: User) -> None:
    claim = claim_of(sven)
    later = claim_of(sven, invoice_number="INV 2026 417")
    approve_claim(claim=later, user=channel_manager)
    later.refresh_from_db()
    seen = {one["check"]: one["holds"] for one in later.checks}
    assert seen["invoice_free"] is False
    withdraw_claim(claim=claim, user=channel_manager)
    later.refresh_from_db()
    assert {one["check"]: one["holds"] for one in later.checks} == seen
    assert {one.check: one.holds for one in checks.check(later)}["invoice_free"] is False  # its own line
    assert actions.line_of(later)["id"] == later.line_id
