"""A market where Sven of North may claim; pictures and papers as they come from a phone."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.market import open_market

from headrace.base.models import Organisation, User
from headrace.claims.actions import Sold, submit_claim
from headrace.claims.checks import check
from headrace.claims.models import SaleClaim
from headrace.partners.models import Person
from headrace.sales.models import Product

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(64)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)
WEBP = b"RIFF\x40\x00\x00\x00WEBPVP8 " + bytes(64)
PDF = b"%PDF-1.7\n" + bytes(64)


def photo(content: bytes = JPEG, name: str = "invoice.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def market(organisation: Organisation) -> Organisation:
    open_market(organisation)
    Product.objects.filter(code="bike").update(list_price_e4=1000_0000)
    return organisation


@pytest.fixture
def sven(market: Organisation) -> Person:
    user = User.objects.create_user("sven@north.example", "x", name="Sven", organisation=market)
    Person.objects.filter(code="sven").update(user=user)
    return Person.objects.select_related("partner", "organisation", "user").get(code="sven")


def sold(**more: Any) -> Sold:
    given: dict[str, Any] = {
        "product_text": "Bike",
        "product": Product.objects.get(code="bike"),
        "sold_on": date(2026, 3, 2),
        "quantity_e4": 1_0000,
        "net_amount_e4": 900_0000,
        "invoice_number": "INV-2026/0417",
    }
    return Sold(**{**given, **more})


def claim_of(person: Person, content: bytes = JPEG, **more: Any) -> SaleClaim:
    claim = submit_claim(person=person, sold=sold(**more), uploads=[photo(content)])
    # Tests don't depend on the day they run.
    claim.submitted_at = claim.submitted_at.replace(year=2026, month=3, day=5)
    claim.checks = [one.as_json() for one in check(claim)]
    claim.save()
    return SaleClaim.objects.select_related("organisation", "partner", "person", "product").get(pk=claim.pk)
