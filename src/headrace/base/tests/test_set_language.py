"""The language and the appearance that a person chose."""

import pytest
from django.test import Client

from headrace.base import actions
from headrace.base.models import AuditEvent, User


def language_of(client: Client) -> str:
    response = client.get("/design/nothing")
    assert response.status_code == 404
    page = response.content.decode()
    return page.split('<html lang="')[1].split('"')[0]


def test_is_kept_on_the_person_with_one_event(giulia: User) -> None:
    actions.set_language(user=giulia, language="ms")
    giulia.refresh_from_db()
    assert giulia.language == "ms"
    assert AuditEvent.objects.get().action == "user.set_language"


def test_pages_follow_the_person_not_the_browser(client: Client, paul: User) -> None:
    client.force_login(paul)
    client.cookies["django_language"] = "it"
    assert language_of(client) == "de"


def test_before_sign_in_a_cookie_remembers(client: Client, db: None) -> None:
    client.post("/language/", {"language": "ar"})
    assert language_of(client) == "ar"


def test_before_any_choice_the_browser_decides(client: Client, db: None) -> None:
    response = client.get("/sign-in/", headers={"accept-language": "it-CH,de;q=0.5"})
    assert '<html lang="it" dir="ltr"' in response.content.decode()


def test_arabic_pages_run_from_right_to_left(client: Client, db: None) -> None:
    client.cookies["django_language"] = "ar"
    assert '<html lang="ar" dir="rtl"' in client.get("/sign-in/").content.decode()


def test_the_view_keeps_it_on_the_person(client: Client, paul: User) -> None:
    client.force_login(paul)
    client.post("/language/", {"language": "en", "next": "/design/"})
    assert language_of(client) == "en"


@pytest.mark.parametrize("language", ["xx", "", "../../etc"])
def test_an_unknown_language_changes_nothing(client: Client, paul: User, language: str) -> None:
    client.force_login(paul)
    client.post("/language/", {"language": language})
    assert language_of(client) == "de"


def test_returns_to_the_page_but_to_no_other_site(client: Client, db: None) -> None:
    there = client.post("/language/", {"language": "de", "next": "/sign-in/?next=/design/"})
    assert there.headers["Location"] == "/sign-in/?next=/design/"
    elsewhere = client.post("/language/", {"language": "de", "next": "//evil.example/"})
    assert elsewhere.headers["Location"] == "/"


def test_the_appearance_is_remembered_and_can_follow_the_device_again(client: Client, db: None) -> None:
    client.post("/appearance/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()
    client.post("/appearance/", {"theme": ""})
    assert "data-theme" not in client.get("/sign-in/").content.decode()


def test_an_unknown_appearance_is_ignored(client: Client, db: None) -> None:
    client.cookies["theme"] = 'x" onload="'
    assert "onload" not in client.get("/sign-in/").content.decode()
