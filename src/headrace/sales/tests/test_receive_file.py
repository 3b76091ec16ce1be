"""`receive_file`: bytes are kept by their hash, once."""

import hashlib

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
