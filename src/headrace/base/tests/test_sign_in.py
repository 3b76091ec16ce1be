"""Signing in, and what happens to someone who guesses passwords."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from headrace.base import sign_in
from headrace.base.models import SignInFailure, User
from headrace.base.tests.conftest import PASSWORD

URL = "/sign-in/"


def attempt(client: Client, email: str, password: str, address: str = "192.0.2.1") -> str:
    """The page that comes back; empty after a redirect."""
    response = client.post(URL, {"username": email, "password": password}, REMOTE_ADDR=address)
    return response.content.decode()


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_signs_in_with_email_in_any_case(client: Client, giulia: User) -> None:
    attempt(client, "Giulia@Millwright.example", PASSWORD)
    assert is_signed_in(client)


def test_goes_on_to_the_page_that_was_asked_for(client: Client, giulia: User) -> None:
    response = client.post(URL, {"username": giulia.email, "password": PASSWORD, "next": "/design/"})
    assert response.headers["Location"] == "/design/"


def test_never_goes_on_to_another_site(client: Client, giulia: User) -> None:
    there = {"username": giulia.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(URL, there).headers["Location"] == reverse("home")


@pytest.mark.parametrize("email", ["giulia@millwright.example", "nobody@nowhere.example"])
def test_never_tells_whether_an_address_is_known(client: Client, giulia: User, email: str) -> None:
    page = attempt(client, email, "wrong")
    assert "belong together" in page
    assert not is_signed_in(client)


def test_a_switched_off_account_stays_out(client: Client, giulia: User) -> None:
    giulia.is_active = False
    giulia.save()
    attempt(client, giulia.email, PASSWORD)
    assert not is_signed_in(client)


def test_too_many_failures_lock_even_the_right_password_out(client: Client, giulia: User) -> None:
    fail(giulia.email, sign_in.FAILURES_MAX_PER_EMAIL)
    assert "Too many attempts" in attempt(client, giulia.email, PASSWORD)
    assert not is_signed_in(client)


def test_an_address_that_tries_many_people_is_locked_out(client: Client, giulia: User) -> None:
    for number in range(sign_in.FAILURES_MAX_PER_ADDRESS):
        fail(f"{number}@example.com", 1)
    assert "Too many attempts" in attempt(client, giulia.email, PASSWORD)
    assert attempt(client, giulia.email, PASSWORD, address="198.51.100.7") == ""


def test_the_lock_opens_after_a_quarter_of_an_hour(client: Client, giulia: User) -> None:
    fail(giulia.email, sign_in.FAILURES_MAX_PER_EMAIL)
    SignInFailure.objects.update(at=timezone.now() - sign_in.WINDOW - timedelta(seconds=1))
    attempt(client, giulia.email, PASSWORD)
    assert is_signed_in(client)


def test_a_failure_is_counted_and_forgotten_after_success(client: Client, giulia: User) -> None:
    attempt(client, giulia.email, "wrong")
    assert SignInFailure.objects.filter(email=giulia.email).count() == 1
    attempt(client, giulia.email, PASSWORD)
    assert not SignInFailure.objects.exists()


def fail(email: str, times: int, address: str = "192.0.2.1") -> None:
    SignInFailure.objects.bulk_create(SignInFailure(email=email, address=address) for _ in range(times))


def test_signing_out_takes_a_post(client: Client, giulia: User) -> None:
    client.force_login(giulia)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert not is_signed_in(client)
