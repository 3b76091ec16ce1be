"""From file to ledger and back: what a withdrawn import earned is taken back by difference."""

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.market import MAPPING, deliver, sale

from headrace.base.models import Organisation, User
from headrace.earnings.actions import refresh_programmes, take_snapshot
from headrace.earnings.models import Earning
from headrace.earnings.screens import line_shares
from headrace.earnings.withdrawing import brought_by
from headrace.ledger.models import Stage, Transfer
from headrace.ledger.queries import balances
from headrace.programmes.models import Programme
from headrace.sales.actions import import_file, keep_mapping
from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Import, LineWithdrawal, SalesLine

FEBRUARY = (sale("1", "north", "2026-02-01", "4000"), sale("2", "south", "2026-02-01", "6000"))


def owed(organisation: Organisation) -> Counter[str]:
    """Owner -> minor units the ledger owes it; whom it owes nothing is left out."""
    found = balances(organisation=organisation, stage=Stage.ACCRUED)
    return +Counter({balance.account.owner: balance.owed_minor for balance in found})


def import_again(run: Import) -> Import:
    document = keep_mapping(organisation=run.organisation, text=MAPPING)
    again = import_file(organisation=run.organisation, file=run.file, document=document).run
    assert again is not None
    return again


def test_withdrawn_imported_again_and_withdrawn(market: Organisation, rebate: Programme) -> None:
    kept = deliver(market, "sales", sale("0", "north", "2026-05-01", "1000")).run
    run = deliver(market, "sales", *FEBRUARY).run
    assert kept
    assert run
    refresh_programmes(organisation=market)
    with_both = owed(market)
    assert sum(with_both.values()) == 1000 + 4000 + 12000

    withdraw_import(run=run, reason="Sent for the wrong month.")
    assert owed(market) == with_both  # until it is calculated again
    refresh_programmes(organisation=market)
    assert sum(owed(market).values()) == 1000
    deltas = Earning.objects.order_by("pk").values_list("delta_minor", flat=True)
    assert sorted(deltas) == [-12000, -4000, 1000, 4000, 12000]
    assert Transfer.objects.count() == 5
    assert (SalesLine.objects.count(), LineWithdrawal.objects.count()) == (3, 2)

    again = import_again(run)
    refresh_programmes(organisation=market)
    assert owed(market) == with_both
    assert SalesLine.objects.filter(import_run=again, revision=1).count() == 2

    withdraw_import(run=again, reason="Once more.")
    withdraw_import(run=kept, reason="That one too.")
    refresh_programmes(organisation=market)
    assert owed(market) == Counter()


def test_what_was_known_before_stays_known_as_of_then(market: Organisation, rebate: Programme) -> None:
    run = deliver(market, "sales", *FEBRUARY).run
    assert run
    before = take_snapshot(organisation=market)
    withdraw_import(run=run, reason="Wrong.")
    moment = LineWithdrawal.objects.latest("recorded_at").recorded_at - timedelta(microseconds=1)
    assert take_snapshot(organisation=market, as_of=moment).manifest == before.manifest
    assert take_snapshot(organisation=market).manifest["sales"]["rows"] == 0


def test_an_earning_shows_the_lines_that_made_it(market: Organisation, rebate: Programme) -> None:
    run = deliver(market, "sales", *FEBRUARY).run
    assert run
    refresh_programmes(organisation=market)
    withdraw_import(run=run, reason="Wrong.")
    refresh_programmes(organisation=market)
    import_again(run)
    refresh_programmes(organisation=market)
    first, taken_back, last = Earning.objects.filter(partner__code="north").order_by("pk")
    shown = [
        [(share.line.revision, share.share_minor) for share in line_shares(one)]
        for one in (first, taken_back, last)
    ]
    assert shown == [[(0, 4000)], [], [(1, 4000)]]


def test_what_lines_brought_is_told_by_programme(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("0", "north", "2026-02-02", "6000"))
    deliver(market, "sales", *FEBRUARY)
    assert brought_by(market, ["1", "2"]) == []
    refresh_programmes(organisation=market)
    (brought,) = brought_by(market, ["1", "2", "nobody's"])
    assert (brought.programme, brought.earnings) == (rebate, 2)
    assert [(total.unit, total.amount_minor) for total in brought.totals] == [("EUR", 8000 + 12000)]
    assert brought_by(market, []) == []


@pytest.fixture
def run(market: Organisation, rebate: Programme) -> Import:
    run = deliver(market, "sales", *FEBRUARY).run
    assert run
    refresh_programmes(organisation=market)
    return run


@pytest.fixture
def manager(channel_manager: User) -> Client:
    client = Client()
    client.force_login(channel_manager)
    return client


def test_the_page_asks_twice(manager: Client, run: Import, channel_manager: User) -> None:
    address = reverse("console:withdraw_import", args=[run.pk])
    page = manager.get(address).content.decode()
    assert "2 lines that this file brought still stand." in page
    assert "160.00" in page
    assert (
        "This field is required." in manager.post(address, {"reason": "", "is_sure": "on"}).content.decode()
    )
    page = manager.post(address, {"reason": "Wrong <month>."}).content.decode()
    assert "Once more: 2 lines are about to be withdrawn." in page
    assert not LineWithdrawal.objects.exists()
    response = manager.post(address, {"reason": "Wrong <month>.", "is_sure": "on"}, follow=True)
    assert response.redirect_chain == [(reverse("console:import", args=[run.pk]), 302)]
    page = response.content.decode()
    assert "2 lines withdrawn." in page
    assert "Maria Manager" in page
    assert "Wrong &lt;month&gt;." in page
    assert LineWithdrawal.objects.filter(by=channel_manager).count() == 2
    assert address not in page
    again = manager.get(address, follow=True).content.decode()
    assert "was withdrawn already" in again
