"""Claims by the portal and by the console."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from headrace.base.models import User
from headrace.claims.models import ClaimProof, SaleClaim
from headrace.claims.tests.conftest import JPEG, PDF, claim_of, photo
from headrace.partners.models import Person
from headrace.sales.models import SalesLine


@pytest.fixture
def seller(sven: Person) -> Client:
    client = Client()
    assert sven.user is not None
    client.force_login(sven.user)
    return client


@pytest.fixture
def manager(channel_manager: User) -> Client:
    client = Client()
    client.force_login(channel_manager)
    return client


def fill_in(client: Client, **more: Any) -> HttpResponse:
    given = {
        "proofs": [photo()],
        "product": "bike",
        "sold_on": timezone.localdate().isoformat(),
        "quantity": "2",
        "net_amount": "1800.50",
        "invoice_number": "R-17",
        "serial": "",
        "customer": "Rossi",
    }
    return client.post(reverse("portal:new_claim"), {**given, **more}, follow=True)


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_salesperson_claims_a_sale(seller: Client, sven: Person) -> None:
    page = fill_in(seller)
    assert "Your claim is on its way." in text_of(page)
    claim = SaleClaim.objects.get()
    assert (claim.person, claim.quantity_e4, claim.net_amount_e4) == (sven, 2_0000, 1800_5000)
    assert claim.product is not None
    assert "R-17" in text_of(seller.get(reverse("portal:claims")))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"proofs": ""}, "Take a photo of the invoice"),
        ({"proofs": [photo(b"<html>")]}, "The file is no photo and no PDF."),
        ({"proofs": [photo() for _ in range(4)]}, "At most 3 files can be given."),
        ({"sold_on": "2199-01-01"}, "The day lies ahead."),
        ({"sold_on": "yesterday"}, "Enter a valid date."),
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"net_amount": "-1"}, "greater than or equal to 0"),
        ({"net_amount": "1e400"}, "digits"),
        ({"invoice_number": "///"}, "An invoice number has letters or digits"),
        ({"product": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(seller: Client, more: dict[str, Any], told: str) -> None:
    page = text_of(fill_in(seller, **more))
    assert told in page
    assert not SaleClaim.objects.exists()


def test_what_was_refused_is_claimed_again(seller: Client, sven: Person, manager: Client) -> None:
    claim = claim_of(sven)
    manager.post(
        reverse("console:claim", args=[claim.pk]), {"refuse": "", "refusal": "unreadable", "comment": "Dark"}
    )
    page = text_of(seller.get(reverse("portal:claim", args=[claim.pk])))
    assert "The proof can’t be read." in page
    assert "Dark" in page
    again = text_of(seller.get(reverse("portal:new_claim") + f"?again={claim.pk}"))
    assert 'value="INV-2026/0417"' in again
    assert 'value="2026-03-02"' in again


def test_a_claim_is_withdrawn_by_whoever_made_it(seller: Client, sven: Person, partner_owner: User) -> None:
    claim = claim_of(sven)
    Person.objects.filter(code="olga").update(user=partner_owner)
    owner = Client()
    owner.force_login(partner_owner)
    assert owner.get(reverse("portal:claim", args=[claim.pk])).status_code == 200
    assert owner.post(reverse("portal:withdraw_claim", args=[claim.pk])).status_code == 404
    assert seller.get(reverse("portal:withdraw_claim", args=[claim.pk])).status_code == 405
    assert "The claim is withdrawn." in text_of(
        seller.post(reverse("portal:withdraw_claim", args=[claim.pk]), follow=True)
    )
    assert "decided already" in text_of(
        seller.post(reverse("portal:withdraw_claim", args=[claim.pk]), follow=True)
    )


def test_a_salesperson_sees_only_their_own(sven: Person, rival: User) -> None:
    claim = claim_of(sven)
    proof = claim.proofs.get()
    other = Client()
    other.force_login(rival)
    colleague = User.objects.create_user("c@north.example", "x", name="C", organisation=sven.organisation)
    Person.objects.create(
        organisation=sven.organisation, partner=sven.partner, code="c", name="C", user=colleague
    )
    beside = Client()
    beside.force_login(colleague)
    for client in (other, beside):
        for name, pk in (("claim", claim.pk), ("claim_proof", proof.pk)):
            assert client.get(reverse(f"portal:{name}", args=[pk])).status_code == 404


@pytest.mark.parametrize(("content", "media_type"), [(JPEG, "image/jpeg"), (PDF, "application/pdf")])
def test_a_proof_is_served_as_what_it_is(
    seller: Client, sven: Person, content: bytes, media_type: str
) -> None:
    claim_of(sven, content)
    response = seller.get(reverse("portal:claim_proof", args=[ClaimProof.objects.get().pk]))
    assert response["Content-Type"] == media_type
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content == content


def test_the_inbox_and_a_decision(manager: Client, sven: Person) -> None:
    claim = claim_of(sven)
    doubtful = claim_of(sven, invoice_number="other")
    inbox = text_of(manager.get(reverse("console:claims")))
    assert "Waiting (2)" in inbox
    assert "1 doubt" in inbox
    page = text_of(manager.get(reverse("console:claim", args=[doubtful.pk])))
    assert "The same file proves another claim" in page
    done = manager.post(reverse("console:claim", args=[claim.pk]), {"approve": ""}, follow=True)
    assert "The claim is approved." in text_of(done)
    assert SalesLine.objects.count() == 1
    assert "decided already" in text_of(
        manager.post(reverse("console:claim", args=[claim.pk]), {"approve": ""})
    )
    wrong = text_of(manager.post(reverse("console:claim", args=[doubtful.pk]), {"refuse": "", "refusal": ""}))
    assert "This field is required." in wrong
    decided = text_of(manager.get(reverse("console:claims") + "?state=decided"))
    assert "Approved" in decided


def test_an_open_product_is_chosen_in_the_console(manager: Client, sven: Person) -> None:
    claim = claim_of(sven, product=None, product_text="Bykk")
    address = reverse("console:claim", args=[claim.pk])
    assert "Choose one of the list." in text_of(manager.post(address, {"approve": "", "product": "Bykk"}))
    manager.post(address, {"approve": "", "product": "Bike"})
    claim.refresh_from_db()
    assert claim.state == "approved"
