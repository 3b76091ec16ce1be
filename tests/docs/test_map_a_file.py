"""docs/how-to/map-a-file.md, followed in the console: the mapping that comes of it is the one that is shown."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from headrace.base.models import Organisation, User
from headrace.sales.models import Import, MappingDocument
from headrace.sales.tests.pages import Page
from tests.docs.examples import examples_of
from tests.market import open_market

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/how-to/map-a-file.md"


def test_the_page_is_true(organisation: Organisation, channel_manager: User) -> None:
    open_market(organisation)
    (example,) = (one for one in examples_of(DOCUMENT) if one.files)
    client = Client()
    client.force_login(channel_manager)
    upload = SimpleUploadedFile("report-2026-02.csv", example.files["report-2026-02.csv"].encode())
    sent = {"upload": [upload], "mapping": ""}
    found = Page(client, client.post("/console/sales/upload/", sent, follow=True))
    assert "No doubt" in found.text
    columns = found.open(found.path + "columns/")
    done = columns.send("use-0", "continue").send("new_source", new_source="North")
    assert "accepted 2, rejected 1." in done.text
    made = MappingDocument.objects.get(name="north")
    assert made.text == example.files["made.yaml"]
    assert Import.objects.latest("pk").mapping == made
