"""Disputes by the portal and by the console."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from headrace.base.models import User
from headrace.disputes.actions import say
from headrace.disputes.holding import held_minor
from headrace.disputes.models import Comparison, Dispute, State
from headrace.disputes.tests.conftest import JPEG, earning, line, question
from headrace.disputes.tests.test_compare_lines import OWN
from headrace.partners.models import Person


def client_of(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner(olga: Person) -> Client:
    return client_of(olga.user)


@pytest.fixture
def desk(approver: User) -> Client:
    return client_of(approver)


def text_of(response: HttpResponse) -> str:
    return response.content.decode().replace("\u2068", "").replace("\u2069", "")


def send(client: Client, **more: Any) -> HttpResponse:
    given = {
        "reason": "not_mine",
        "words": "Not ours.",
        "held": "lines",
        "line": [line("L-2").pk],
        "evidence": [SimpleUploadedFile("note.jpg", JPEG)],
    }
    url = reverse("portal:question_earning", args=[earning().pk])
    return client.post(url, {**given, **more}, follow=True)


def test_a_line_is_questioned_from_the_receipt(owner: Client) -> None:
    receipt = text_of(owner.get(reverse("portal:earning", args=[earning().pk])))
    assert reverse("portal:question_earning", args=[earning().pk]) in receipt
    page = text_of(owner.get(reverse("portal:question_earning", args=[earning().pk])))
    assert 'name="step"' in page
    assert "L-2" in page
    assert "Your dispute is on its way." in text_of(send(owner))
    dispute = Dispute.objects.get()
    assert held_minor(dispute) == 30_00
    assert dispute.proofs.count() == 1
    assert dispute.number in text_of(owner.get(reverse("portal:disputes")))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"line": []}, "Choose the lines above"),
        ({"held": "amount"}, "Say which amount."),
        ({"held": "amount", "amount": "0.001"}, "more decimals than its unit"),
        ({"held": "amount", "amount": "500"}, "More is in question than the earning is worth."),
        ({"reason": ""}, "This field is required."),
        ({"words": ""}, "This field is required."),
        ({"evidence": [SimpleUploadedFile("a.jpg", b"<html>")]}, "The file is no photo and no PDF."),
        ({"line": ["99999"], "held": "nothing", "quantity": "2"}, "for one line at a time"),
    ],
)
def test_what_is_wrong_is_told(owner: Client, more: dict[str, Any], told: str) -> None:
    assert told in text_of(send(owner, **more))
    assert not Dispute.objects.exists()


def test_steps_and_an_amount_are_questioned(owner: Client) -> None:
    send(owner, line=[], step=["0", "77", "x"], held="amount", amount="12.50", reason="wrong_rate")
    dispute = Dispute.objects.get()
    assert held_minor(dispute) == 12_50
    assert [bool(item.step) for item in dispute.items.order_by("pk")] == [True, False]


def test_lines_are_found_by_their_number(owner: Client) -> None:
    page = text_of(owner.get(reverse("portal:question_earning", args=[earning().pk]), {"find": "l-1"}))
    assert f'value="{line("L-1").pk}"' in page
    assert f'value="{line("L-2").pk}"' not in page


def test_a_missing_sale_is_told_of(owner: Client) -> None:
    given = {
        "programme": "rebate",
        "product": "bike",
        "sold_on": "2026-03-01",
        "quantity": "1",
        "net_amount": "900",
        "order_id": "R-1",
    }
    assert "Enter a valid date." in text_of(
        owner.post(reverse("portal:missing_sale"), {**given, "sold_on": "x"})
    )
    ahead = owner.post(reverse("portal:missing_sale"), {**given, "sold_on": "2199-01-01"})
    assert "The day lies ahead." in text_of(ahead)
    owner.post(reverse("portal:missing_sale"), given)
    item = Dispute.objects.get().items.get()
    assert (item.product and item.product.code, item.net_amount_e4) == ("bike", 900_0000)


def test_both_sides_speak_and_notes_stay_inside(owner: Client, desk: Client, olga: Person) -> None:
    dispute = question(olga)
    ours, theirs = reverse("console:dispute", args=[dispute.pk]), reverse("portal:dispute", args=[dispute.pk])
    desk.post(ours, {"say": "", "text": "We look into it."})
    desk.post(ours, {"say": "", "text": "Check the depot.", "is_internal": "on"})
    owner.post(theirs, {"text": "Thank you."})
    page = text_of(owner.get(theirs))
    assert "We look into it." in page
    assert "Check the depot." not in page
    # To the partner the brand speaks as one.
    assert "Anton Approver" not in page
    desk_page = text_of(desk.get(ours))
    assert all(words in desk_page for words in ("Check the depot.", "Thank you.", "Anton Approver"))
    say(dispute=dispute, user=User.objects.get(email="approver@acme.example"), text="<b>x</b>")
    assert "<b>x</b>" not in text_of(owner.get(theirs))


def test_it_is_assigned_answered_and_reopened(
    owner: Client, desk: Client, olga: Person, channel_manager: User
) -> None:
    dispute = question(olga)
    ours = reverse("console:dispute", args=[dispute.pk])
    assert dispute.number in text_of(desk.get(reverse("console:disputes")))
    desk.post(ours, {"assign": "", "to": channel_manager.pk})
    page = desk.post(ours, {"decide": "", "answer": "", "item": []})
    assert "This field is required." in text_of(page)
    desk.post(ours, {"decide": "", "answer": "records_right", "words": "See the invoice.", "item": ["x"]})
    dispute.refresh_from_db()
    assert (dispute.state, dispute.assigned_to) == (State.REFUSED, channel_manager)
    assert dispute.number in text_of(desk.get(reverse("console:disputes"), {"state": "answered"}))
    theirs = reverse("portal:dispute", args=[dispute.pk])
    assert "See the invoice." in text_of(owner.get(theirs))
    owner.post(reverse("portal:reopen_dispute", args=[dispute.pk]), {"words": "Look again."})
    dispute.refresh_from_db()
    assert dispute.round == 2
    owner.post(reverse("portal:withdraw_dispute", args=[dispute.pk]))
    dispute.refresh_from_db()
    assert dispute.state == State.WITHDRAWN


def test_goodwill_is_asked_for(desk: Client, olga: Person) -> None:
    dispute = question(olga)
    ours = reverse("console:dispute", args=[dispute.pk])
    wrong = desk.post(ours, {"goodwill": "", "amount": "1.005", "explanation": "x"})
    assert "more decimals than its unit" in text_of(wrong)
    desk.post(ours, {"goodwill": "", "amount": "12.50", "explanation": "Our delay."})
    assert dispute.goodwills.get().amount_minor == 12_50
    assert "Our delay." not in text_of(client_of(olga.user).get(reverse("portal:dispute", args=[dispute.pk])))


def compare(client: Client, text: str) -> HttpResponse:
    given = {
        "programme": "rebate",
        "starts": "2026-01-01",
        "ends": "2026-03-31",
        "file": SimpleUploadedFile("own.csv", text.encode()),
    }
    return client.post(reverse("portal:compare"), given, follow=True)


def test_own_lines_are_compared_and_questioned(owner: Client) -> None:
    page = text_of(compare(owner, OWN))
    assert "€15.00" in page
    comparison = Comparison.objects.get()
    owner.post(reverse("portal:dispute_rows", args=[comparison.pk]), {"fact": ["L-2"]})
    assert Dispute.objects.get().items.get().net_amount_e4 == 3500_0000
    assert "own.csv" in text_of(owner.get(reverse("portal:compare")))


def test_the_table_is_downloaded_without_formulas(owner: Client) -> None:
    head = "Invoice;Date;Article;Pieces;Net\n"
    compare(owner, head + "L-1;01.02.2026;Bike;1;5000\n=1+1;03.02.2026;=cmd|x;1;7\n")
    found = owner.get(reverse("portal:comparison_csv", args=[Comparison.objects.get().pk]))
    text = text_of(found)
    assert found["Content-Type"].startswith("text/csv")
    assert ",'=cmd|x," in text
    assert ",=cmd" not in text
    assert ",'=1+1," in text


def test_columns_are_chosen_where_they_cant_be_told(owner: Client) -> None:
    page = compare(owner, "A;B;C;D\nbike;1;5000;01.02.2026\nbike;1;3000;02.02.2026\n")
    comparison = Comparison.objects.get()
    assert page.redirect_chain[-1][0] == reverse("portal:comparison_columns", args=[comparison.pk])
    wrong = owner.post(page.redirect_chain[-1][0], {"on": "A"})
    assert "This field is required." in text_of(wrong)
    chosen = {"product": "A", "quantity": "B", "net_amount": "C", "on": "D"}
    owner.post(page.redirect_chain[-1][0], chosen)
    comparison.refresh_from_db()
    assert comparison.result is not None
    assert [row["kind"] for row in comparison.result["rows"]] == ["both", "both"]


def test_another_partners_are_not_there(owner: Client, olga: Person, rita: Person) -> None:
    dispute = question(olga)
    compare(owner, OWN)
    other = client_of(rita.user)
    pk = Comparison.objects.get().pk
    for name, key in (("dispute", dispute.pk), ("comparison", pk), ("comparison_csv", pk)):
        assert other.get(reverse(f"portal:{name}", args=[key])).status_code == 404
    assert other.get(reverse("portal:question_earning", args=[earning().pk])).status_code == 404
    assert other.post(reverse("portal:dispute_rows", args=[pk])).status_code == 404
