"""Each check holds, doesn't, or can't be told."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation
from tests.market import deliver, sale

from headrace.base.models import Organisation
from headrace.claims import checks
from headrace.claims.actions import withdraw_claim
from headrace.claims.tests.conftest import PNG, claim_of
from headrace.partners.models import Partner, Person
from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Import, Product, SalesLine

# Figures for every text, whichever a check brings itself.
ANY = {
    "on": "2026-01-01",
    "part": "0.1",
    "least": "0.5",
    "most": "1.2",
    "where": "y",
    "days": 90,
    "serial": "x",
    "text": "z",
}


def outcome(claim: Any) -> dict[str, bool | None]:
    return {one.check: one.holds for one in checks.check(claim)}


def test_a_claim_without_doubts(sven: Person) -> None:
    claim = claim_of(sven)
    assert outcome(claim) == {
        "date": True,
        "product": True,
        "serial_known": None,
        "serial_free": None,
        "invoice_free": True,
        "proof_new": True,
        "amount": True,
    }
    assert claim.doubts == 0


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        (date(2026, 3, 5), True),
        (date(2026, 3, 6), True),
        (date(2026, 3, 7), False),
        (date(2025, 12, 5), True),
        (date(2025, 12, 4), False),
    ],
)
def test_the_day_lies_at_most_ninety_days_back(sven: Person, on: date, holds: bool) -> None:
    assert outcome(claim_of(sven, sold_on=on))["date"] is holds


def test_nobody_sells_before_joining(sven: Person) -> None:
    Person.objects.filter(pk=sven.pk).update(joined_on=date(2026, 3, 3))
    assert outcome(claim_of(sven, sold_on=date(2026, 3, 2)))["date"] is False
    assert outcome(claim_of(sven, sold_on=date(2026, 3, 3)))["date"] is True


@pytest.mark.parametrize(
    ("amount", "holds"), [(499_9999, False), (500_0000, True), (1200_0000, True), (1200_0001, False)]
)
def test_the_amount_beside_the_list_price(sven: Person, amount: int, holds: bool) -> None:
    assert outcome(claim_of(sven, net_amount_e4=amount))["amount"] is holds


def test_a_product_without_a_price_tells_nothing(sven: Person) -> None:
    bell = Product.objects.get(code="bell")
    assert outcome(claim_of(sven, product=bell))["amount"] is None
    assert outcome(claim_of(sven, product=None, product_text="Bykk"))["product"] is False


def deliver_serial(market: Organisation, serial: str, flow: str) -> None:
    SalesLine.objects.create(
        organisation=market, import_run=Import.objects.earliest("pk"), row_number=1, external_id=f"{flow}-{serial}",
        partner=Partner.objects.get(code="north"), product=Product.objects.get(code="bike"), on=date(2026, 1, 1),
        currency="EUR", quantity_e4=1_0000, net_amount_e4=800_0000, serial=serial, flow=flow,
        recorded_at=Import.objects.earliest("pk").started_at,
    )  # fmt: skip


def test_a_serial_number_was_delivered_and_is_sold_once(sven: Person, market: Organisation) -> None:
    deliver_serial(market, "SN-1", "sell_in")
    found = outcome(claim_of(sven, serial="sn-1"))
    assert (found["serial_known"], found["serial_free"]) == (True, True)
    assert outcome(claim_of(sven, serial="SN-2", invoice_number="8"))["serial_known"] is False
    deliver_serial(market, "SN-3", "sell_in")
    deliver_serial(market, "SN-3", "sell_out")
    found = outcome(claim_of(sven, serial="SN-3", invoice_number="9"))
    assert (found["serial_known"], found["serial_free"]) == (True, False)


def test_two_claims_of_one_serial_number(sven: Person) -> None:
    first = claim_of(sven, serial="SN-1")
    second = claim_of(sven, serial="SN-1", invoice_number="2", content=PNG)
    assert outcome(second)["serial_free"] is False
    assert sven.user is not None
    withdraw_claim(claim=first, user=sven.user)
    assert outcome(second)["serial_free"] is True


def test_an_invoice_is_claimed_once_for_each_product(sven: Person) -> None:
    claim_of(sven)
    again = claim_of(sven, invoice_number="inv 2026 417")
    assert outcome(again)["invoice_free"] is False
    bell = claim_of(sven, product=Product.objects.get(code="bell"), product_text="Bell")
    assert outcome(bell)["invoice_free"] is True
    assert outcome(bell)["proof_new"] is True


@pytest.mark.parametrize(("on", "is_free"), [(date(2026, 3, 2), False), (date(2026, 2, 1), True)])
def test_an_invoice_that_was_reported_is_known(
    sven: Person, market: Organisation, on: date, is_free: bool
) -> None:
    deliver(market, "sales", sale("77", "north", "2026-03-04", "900", order_id="inv-2026-417"))
    assert outcome(claim_of(sven, sold_on=on))["invoice_free"] is is_free


def test_what_was_withdrawn_is_no_longer_known(sven: Person, market: Organisation) -> None:
    run = deliver(market, "sales", sale("77", "north", "2026-03-04", "900", order_id="inv-2026-417")).run
    assert run is not None
    withdraw_import(run=run, reason="sent by mistake")
    assert outcome(claim_of(sven))["invoice_free"] is True


def test_one_proof_for_two_invoices_is_doubtful(sven: Person) -> None:
    claim_of(sven)
    assert outcome(claim_of(sven, invoice_number="other"))["proof_new"] is False


def test_each_check_is_told_in_every_language(sven: Person) -> None:
    claim_of(sven)
    claim = claim_of(sven, product=None, serial="x", net_amount_e4=1, sold_on=date(2020, 1, 1))
    for language in ("en", "de", "it", "ms", "ar"):
        with translation.override(language):
            for told in claim.checks:
                for holds in (True, False, None):
                    text = checks.tell({**told, "holds": holds, "params": {**ANY, **told["params"]}})
                    assert text
                    assert "%(" not in text


def test_every_check_has_its_texts(sven: Person) -> None:
    assert set(outcome(claim_of(sven))) == set(checks.TEXTS)
