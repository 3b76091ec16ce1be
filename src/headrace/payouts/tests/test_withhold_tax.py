"""Tax withheld by the tables of the payer's country, to the cent, and what a statement says of it."""

from datetime import date
from typing import Any

import pytest

from headrace.base.models import Organisation
from headrace.ledger.models import Stage
from headrace.ledger.queries import balances
from headrace.partners.models import Partner
from headrace.payouts import told
from headrace.payouts.models import Statement, TaxProfile
from headrace.payouts.profiles import note_tax_profile
from headrace.payouts.tax.tables import countries, rules_of, vat_tables
from headrace.payouts.tax.withholding import Payment, withheld_of
from headrace.payouts.tests.conftest import FIRST_QUARTER, SECOND_QUARTER, Sell, Settle, owed
from headrace.programmes.actions import launch_programme

ON = date(2026, 3, 31)

IN_DOLLARS = """
programme: bounty
title: {en: Bounty}
currency: USD
from: 2025-01-01
earns:
  - key: each
    facts: sale
    to: partner
    every: month
    scale: {mode: flat, per_unit: 1500, on: sum(quantity)}
"""


def profile(country: str, being: str = "person", activity: str = "agent", **more: Any) -> TaxProfile:
    return TaxProfile(legal_name="X", country=country, being=being, activity=activity, **more)


@pytest.mark.parametrize(
    ("payment", "payer", "payee", "expected", "code"),
    [
        # Italy: 23% of half of a commission, half a cent up; a reseller's rebate bears none.
        (Payment(10_000, "EUR", ON), "IT", profile("IT"), 1150, "withheld"),
        (Payment(100, "EUR", ON), "IT", profile("IT"), 12, "withheld"),
        (Payment(10_000, "EUR", ON), "IT", profile("IT", activity="reseller"), 0, "none_applies"),
        (Payment(10_000, "EUR", ON), "IT", profile("DE"), 0, "none_applies"),
        # Germany: none at all.
        (Payment(10_000, "EUR", ON), "DE", profile("DE"), 0, "none_applies"),
        # Malaysia: 2% of persons who got more than 100,000 ringgit in the year before.
        (Payment(10_000, "MYR", ON, 0, 10_000_000), "MY", profile("MY"), 0, "below"),
        (Payment(10_000, "MYR", ON, 0, 10_000_001), "MY", profile("MY"), 200, "withheld"),
        (Payment(10_000, "MYR", ON, 0, 10_000_001), "MY", profile("MY", "company"), 0, "none_applies"),
        # Saudi Arabia: of those abroad.
        (Payment(10_000, "SAR", ON), "SA", profile("EG"), 1500, "withheld"),
        (Payment(10_000, "SAR", ON), "SA", profile("SA"), 0, "none_applies"),
        # The United States: of those without a number, from the year's threshold on, which rose in 2026.
        (Payment(150_000, "USD", ON, 50_000), "US", profile("US"), 0, "below"),
        (Payment(150_001, "USD", ON, 50_000), "US", profile("US"), 36_000, "withheld"),
        (Payment(60_001, "USD", date(2025, 3, 31)), "US", profile("US"), 14_400, "withheld"),
        (Payment(900_000, "USD", ON), "US", profile("US", tax_id="536-90-4399"), 0, "none_applies"),
        # A threshold in another currency can't be compared.
        (Payment(10_000, "EUR", ON), "MY", profile("MY"), 200, "withheld"),
        # Of other countries nothing is known.
        (Payment(10_000, "EUR", ON), "BR", profile("BR"), 0, "none_known"),
    ],
)
def test_it_withholds_what_the_country_asks_for(
    payment: Payment, payer: str, payee: TaxProfile, expected: int, code: str
) -> None:
    found = withheld_of(payment, profile(payer, "company"), payee)
    assert (found.amount_minor, found.told["code"]) == (expected, code)


def test_nothing_is_guessed_where_a_side_is_not_described() -> None:
    payment = Payment(10_000, "EUR", ON)
    assert withheld_of(payment, None, profile("IT")).told == {"code": "no_payer"}
    assert withheld_of(payment, profile("IT"), None).told == {"code": "no_payee"}


@pytest.mark.parametrize(("ends", "expected"), [(ON, 0), (date(2026, 3, 30), 1150)])
def test_a_certificate_exempts_as_long_as_it_holds(ends: date, expected: int) -> None:
    payee = profile("IT", exemption="A-17", exemption_from=date(2026, 1, 1), exemption_to=ends)
    assert withheld_of(Payment(10_000, "EUR", ON), profile("IT"), payee).amount_minor == expected


def test_it_is_owed_to_the_tax_office_and_told_on_the_statement(
    market: Organisation, sell: Sell, settle: Settle
) -> None:
    north = Partner.objects.get(code="north")
    note_tax_profile(organisation=market, legal_name="Acme", country="IT")
    note_tax_profile(organisation=market, partner=north, legal_name="North", country="IT", activity="agent")
    sell(("1", "north", "2026-02-01", "4001"))
    payee = settle().payees.get()
    assert (payee.gross_minor, payee.withheld_minor, payee.payable_minor) == (4001, 460, 3541)
    assert owed(market, "north") == {"payable": 3541}
    office = balances(organisation=market, owner="tax:IT", stage=Stage.PAYABLE)
    assert [balance.owed_minor for balance in office] == [460]
    statement = Statement.objects.get()
    assert statement.closing_minor == 3541
    withheld = told.lines_of(statement)[1]
    assert withheld.amount_minor == -460
    assert (
        withheld.note
        == "Ritenuta d’acconto sulle provvigioni: 23% on 50% of the amount (Certificazione Unica)"
    )


def test_the_threshold_of_a_year_counts_what_was_settled_before(
    market: Organisation, sell: Sell, settle: Settle
) -> None:
    """Each settlement releases less than the threshold of the year, both together more."""
    launch_programme(organisation=market, document=IN_DOLLARS)
    note_tax_profile(organisation=market, legal_name="Acme", country="US")
    north = Partner.objects.get(code="north")
    note_tax_profile(organisation=market, partner=north, legal_name="North", country="US", being="person")
    sell(("1", "north", "2026-02-01", "1"), ("2", "north", "2026-05-01", "1"))
    first, second = (settle(period).payees.get(unit="USD") for period in (FIRST_QUARTER, SECOND_QUARTER))
    assert (first.withheld_minor, first.tax["code"]) == (0, "below")
    assert (second.withheld_minor, second.tax["code"]) == (36_000, "withheld")


def test_every_table_can_be_read() -> None:
    assert countries() == ["DE", "IT", "MY", "SA", "US"]
    for country in countries():
        for rule in rules_of(country) or ():
            assert rule.source
            assert rule.payee in ("resident", "foreign")
            assert rule.being <= set(TaxProfile.Being.values)
            assert rule.activity <= set(TaxProfile.Activity.values)
            assert all(0 < rate.rate < 1 and 0 < rate.share <= 1 for rate in rule.rates)
            assert all(rate.of in ("", "this_year", "year_before") for rate in rule.rates)
    assert vat_tables()["DE"].rate_on(date(2020, 8, 1)) == "0.16"
    assert vat_tables()["DE"].rate_on(date(2021, 1, 1)) == "0.19"
    assert sum(table.is_eu for table in vat_tables().values()) == 27
