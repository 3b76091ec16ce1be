"""`receive_file`: bytes are kept by their hash, once."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from headrace.base import files
from headrace.base.models import AuditEvent
from headrace.base.whole_bodies import whole_bodies
from headrace.sales.models import SalesFile


def test_bytes_are_kept_by_their_hash(desk):
    file = desk.receive("sales.csv", b"a,b\n")
    assert file.sha256 == hashlib.sha256(b"a,b\n").hexdigest()
    assert files.path_of(file.sha256).read_bytes() == b"a,b\n"
    assert (file.name, file.size_bytes) == ("sales.csv", 4)
    assert AuditEvent.objects.filter(action="file.receive").count() == 1


def test_the_same_bytes_are_one_file_by_its_latest_name(desk):
    first, again = desk.receive("July.csv", b"a,b\n"), desk.receive("sales.csv", b"a,b\n")
    assert first == again
    assert SalesFile.objects.get().name == "sales.csv"


def test_another_brand_has_a_file_of_its_own(desk, desk_of, other_organisation):
    desk.receive("sales.csv", b"a,b\n")
    desk_of(other_organisation).receive("sales.csv", b"a,b\n")
    assert SalesFile.objects.count() == 2


@pytest.fixture
def kept_connection():
    """The server closes connections between requests; here one holds what the test has made."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_connection")
def test_an_upload_that_breaks_off_leaves_nothing_and_may_be_sent_again(channel_manager, settings):
    """Half of a multipart body, as when the line goes dead; then the whole."""
    content = b"Line;Net\n" + b"L1;1\n" * 100_000
    client = Client()
    client.force_login(channel_manager)
    secret = "c" * 32
    fields = {"upload": SimpleUploadedFile("sales.csv", content), "csrfmiddlewaretoken": secret}
    # The file stands last, so that all else has come when the line goes dead.
    body = encode_multipart(BOUNDARY, dict(reversed(fields.items())))

    def send(sent: bytes) -> str:
        answered: list[str] = []
        environ = {
            **RequestFactory()._base_environ(
                PATH_INFO=reverse("console:upload"), REQUEST_METHOD="POST", SERVER_NAME="localhost"
            ),
            "CONTENT_TYPE": MULTIPART_CONTENT,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_COOKIE": f"sessionid={client.cookies['sessionid'].value}; csrftoken={secret}",
            "wsgi.input": BytesIO(sent),
        }
        response = whole_bodies(get_wsgi_application())(environ, lambda status, *_: answered.append(status))
        response.close()
        return answered[0]

    def kept() -> set[Path]:
        return {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()}

    before = kept()
    assert send(body[: len(body) // 2])[:3] in ("400", "403", "500")
    assert not SalesFile.objects.exists()
    assert kept() == before
    assert send(body)[:3] == "302"
    assert files.path_of(SalesFile.objects.get().sha256).read_bytes() == content
