"""Pages that belong to no door: the components, the errors."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from headrace.base.models import User


@pytest.mark.parametrize("door", ["console", "portal"])
def test_the_channel_manager_sees_the_components(client: Client, giulia: User, door: str) -> None:
    client.force_login(giulia)
    assert client.get("/design/", {"door": door}).status_code == 200


@pytest.mark.parametrize("url", ["/design/", "/design/specimen.pdf"])
def test_for_anyone_else_they_do_not_exist(client: Client, paul: User, url: str) -> None:
    assert client.get(url).status_code == 404
    client.force_login(paul)
    assert client.get(url).status_code == 404


def test_the_specimen_is_a_document(client: Client, giulia: User) -> None:
    client.force_login(giulia)
    assert client.get("/design/specimen.pdf").content.startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_neither_database_nor_request(name: str) -> None:
    with override("ar"):
        page = render_to_string(f"{name}.html")
    assert 'dir="rtl"' in page
    assert "<h1>" in page


def test_a_forged_form_meets_a_page_in_the_same_look(giulia: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in/", {"username": giulia.email, "password": "x"})
    assert response.status_code == 403
    assert 'class="gate"' in response.content.decode()
