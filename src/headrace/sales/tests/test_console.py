"""Imports in the console: who may see them, the upload, the rejects."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from headrace.sales.models import Import, MappingDocument, SalesLine
from headrace.sales.tests.conftest import MAPPING, row, sales

UPLOAD = reverse("console:upload")


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager(channel_manager) -> Client:
    return client_of(channel_manager)


def upload(client, *files, **fields):
    sent = [SimpleUploadedFile(name, content.encode()) for name, content in files]
    return client.post(UPLOAD, {"upload": sent, **fields}, follow=True)


def own(text=MAPPING):
    return SimpleUploadedFile("north.yaml", text.encode())


@pytest.fixture
def run(desk):
    return desk.take("sales.csv", sales(row("L1"), row("L2", Net="<b>x"))).run


def addresses(run):
    return [
        reverse("console:imports"),
        UPLOAD,
        reverse("console:import", args=[run.pk]),
        reverse("console:rejects_csv", args=[run.pk]),
    ]


def test_a_channel_manager_sees_imports(manager, run):
    for address in addresses(run):
        assert manager.get(address).status_code == 200


@pytest.mark.parametrize("person", ["approver", "partner_owner", "rival"])
def test_nobody_else_does(request, run, person):
    client = client_of(request.getfixturevalue(person))
    assert [client.get(address).status_code for address in addresses(run)] == [404] * 4


def test_a_manager_of_another_brand_does_not_see_them(outsider, run):
    listed, _, detail, rejects = (client_of(outsider).get(address) for address in addresses(run))
    assert b"sales.csv" not in listed.content
    assert (detail.status_code, rejects.status_code) == (404, 404)


def test_a_visitor_is_sent_to_sign_in(run):
    for address in addresses(run):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("sign_in"))


def test_an_upload_shows_what_became_of_the_file(manager, desk, channel_manager):
    response = upload(manager, ("sales.csv", sales(row("L1"), row("L2", Net="12,x"))), own_mapping=own())
    run = Import.objects.get()
    assert response.redirect_chain == [(reverse("console:import", args=[run.pk]), 302)]
    page = response.content.decode()
    assert "sales.csv: accepted 1, rejected 1." in page
    assert "Net: “12,x” is no number." in page
    assert (run.started_by, MappingDocument.objects.get().added_by) == (channel_manager, channel_manager)


def test_a_kept_mapping_is_chosen_by_its_name(manager, desk, run):
    upload(manager, ("sales-2.csv", sales(row("L9"))), mapping="north")
    assert SalesLine.objects.filter(external_id="L9").exists()


def test_a_shipped_mapping_is_there_from_the_start(manager, organisation):
    text = (
        "ProductKey,Product,StandardCost,Color,Subcategory,EnglishProductCategoryName\n1,Bike,2.50,Red,R,B\n"
    )
    upload(manager, ("Product.csv", text), mapping="shipped:adventureworks")
    assert Import.objects.get().accepted == 1


def test_a_whole_delivery_is_uploaded_at_once(manager, desk):
    response = upload(
        manager,
        ("sales.csv", sales(row("L1", Dealer="p3"))),
        ("partners.csv", "Id,Name,Tier,Parent,From,To,City\np3,West,,,,,\n"),
        own_mapping=own(),
    )
    assert response.redirect_chain == [(reverse("console:imports"), 302)]
    assert "sales.csv: accepted 1, none rejected." in response.content.decode()


def test_a_refused_file_says_why(manager, desk):
    page = upload(manager, ("sales.csv", "no sales"), own_mapping=own()).content.decode()
    assert "The file has no column “Line”" in page
    assert "Nothing of this file was imported." in page


def test_the_same_file_again_leads_to_its_import(manager, desk, run):
    response = upload(manager, ("sales.csv", sales(row("L1"), row("L2", Net="<b>x"))), mapping="north")
    assert response.redirect_chain == [(reverse("console:import", args=[run.pk]), 302)]
    assert "nothing was imported again" in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"own_mapping": own(MAPPING.replace("partner: Dealer", "partnr: Dealer"))},
            "files[0].columns.partnr",
        ),
        ({"own_mapping": SimpleUploadedFile("m.yaml", b"\xff\xfe\x00")}, "The mapping is no text in UTF-8."),
        ({"mapping": "nowhere"}, "nowhere is not one of the available choices"),
    ],
)
def test_a_wrong_mapping_is_told_beside_its_field(manager, desk, fields, told):
    response = upload(manager, ("sales.csv", sales(row("L1"))), **fields)
    assert told in response.content.decode()
    assert not Import.objects.exists()


def test_a_file_must_be_chosen(manager, desk, run):
    assert "This field is required." in manager.post(UPLOAD, {"mapping": "north"}).content.decode()


def test_rejects_are_downloaded_under_the_name_of_their_file(manager, run):
    response = manager.get(reverse("console:rejects_csv", args=[run.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="sales.csv-rejects-{run.pk}.csv"'
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith(f"{run.pk}-3;L2;")


def test_what_a_file_holds_is_text_on_the_page(manager, run):
    page = manager.get(reverse("console:import", args=[run.pk])).content.decode()
    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page


def test_a_reject_that_was_sent_again_is_marked(manager, desk, run):
    text = f"headrace_reject;{sales(row('L2')).splitlines()[0]}\n{run.pk}-3;{row('L2')}\n"
    desk.take("sales.csv-rejects-1.csv", text)
    page = manager.get(reverse("console:import", args=[run.pk])).content.decode()
    assert "Sent again" in page
    assert "Download rejects" not in page


@pytest.mark.parametrize("kind", ["imports", "rejects"])
def test_a_longer_list_takes_no_more_queries(manager, desk, kind):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run = Import.objects.order_by("pk").last()
            address = (
                reverse("console:imports") if kind == "imports" else reverse("console:import", args=[run.pk])
            )
            assert manager.get(address).status_code == 200
        return len(captured)

    counts = []
    for size in (3, 30):
        for number in range(size):
            if kind == "imports":
                desk.take("sales.csv", sales(row(f"L{size}-{number}")))
        if kind == "rejects":
            desk.take("sales.csv", sales(*(row(f"L{size}-{number}", Net="x") for number in range(size))))
        counts.append(queries())
    assert counts[0] == counts[1]
