"""`receive_file`: bytes are kept by their hash, once."""

import hashlib

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from headrace.base import files
from headrace.base.models import AuditEvent
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


def test_an_upload_that_breaks_off_leaves_nothing_and_may_be_sent_again(channel_manager, settings):
    """Half of a multipart body, as when the line goes dead; then the whole."""
    upload = SimpleUploadedFile("sales.csv", b"Line;Net\n" + b"L1;1\n" * 100_000)
    body = encode_multipart(BOUNDARY, {"upload": upload, "mapping": ""})
    client = Client(raise_request_exception=False)
    client.force_login(channel_manager)

    def send(sent: bytes) -> int:
        told = {"content_type": MULTIPART_CONTENT, "CONTENT_LENGTH": str(len(body))}
        return client.generic("POST", reverse("console:upload"), sent, **told).status_code

    assert send(body[: len(body) // 2]) in (200, 400)
    assert not SalesFile.objects.exists()
    assert not [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]
    assert send(body) == 302
    assert SalesFile.objects.get().size_bytes == len(b"Line;Net\n") + 5 * 100_000
