"""What publishing a run adds to the earnings and to the ledger."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from tests.market import deliver, sale

from headrace.base.models import Organisation
from headrace.earnings.actions import (
    calculate_programme,
    close_period,
    publish_run,
    refresh_programmes,
    take_snapshot,
)
from headrace.earnings.models import Earning, Run, Snapshot
from headrace.earnings.queries import standing
from headrace.ledger.models import Stage, Transfer
from headrace.ledger.queries import balances
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme


def owed(organisation: Organisation) -> dict[str, int]:
    """Owner -> minor units the ledger owes it."""
    found = balances(organisation=organisation, stage=Stage.ACCRUED)
    return {balance.account.owner: balance.owed_minor for balance in found}


def amounts(organisation: Organisation) -> list[tuple[str, date, int]]:
    rows = standing(Earning.objects.filter(organisation=organisation)).order_by("partner__code", "period_to")
    return [(row.partner.code, row.period_to, row.amount_minor) for row in rows]


def test_it_posts_each_earning_to_its_partner(market: Organisation, rebate: Programme) -> None:
    deliver(
        market, "sales", sale("1", "north", "2026-02-01", "4000"), sale("2", "south", "2026-02-01", "6000")
    )
    refresh_programmes(organisation=market)
    end = date(2026, 3, 31)
    assert amounts(market) == [("north", end, 4000), ("south", end, 12000)]
    by_code = {earning.partner.code: earning.owner for earning in Earning.objects.all()}
    assert owed(market) == {by_code["north"]: 4000, by_code["south"]: 12000}


def test_it_posts_only_the_difference_when_more_was_sold(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    refresh_programmes(organisation=market)
    deliver(market, "sales", sale("2", "north", "2026-03-01", "1000"))
    refresh_programmes(organisation=market)
    assert [row.delta_minor for row in Earning.objects.order_by("pk")] == [4000, 6000]
    first, second = Earning.objects.order_by("pk")
    assert second.corrects == first
    assert amounts(market) == [("north", date(2026, 3, 31), 10000)]


def test_it_posts_nothing_the_second_time(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    refresh_programmes(organisation=market)
    run = Run.objects.get()
    transfers = Transfer.objects.count()
    assert publish_run(run=run) == []
    again = calculate_programme(programme=rebate, snapshot=take_snapshot(organisation=market))
    assert publish_run(run=again) == []
    assert (Transfer.objects.count(), Earning.objects.count()) == (transfers, 1)


def test_it_takes_back_what_was_returned(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    refresh_programmes(organisation=market)
    deliver(market, "sales", sale("2", "north", "2026-02-10", "-4000", quantity="-1", returns="1"))
    refresh_programmes(organisation=market)
    assert [row.delta_minor for row in Earning.objects.order_by("pk")] == [4000, -4000]
    assert amounts(market) == []
    assert set(owed(market).values()) == {0}


def test_it_refuses_a_run_that_knows_less(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    early = take_snapshot(organisation=market)
    stale = calculate_programme(programme=rebate, snapshot=early)
    deliver(market, "sales", sale("2", "north", "2026-02-02", "4000"))
    refresh_programmes(organisation=market)
    with pytest.raises(ValidationError, match="later sales"):
        publish_run(run=stale)


def test_a_closed_period_is_corrected_in_the_open_one(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    refresh_programmes(organisation=market)
    close_period(organisation=market, through=date(2026, 3, 31))
    deliver(market, "sales", sale("2", "north", "2026-03-01", "1000"))
    refresh_programmes(organisation=market)
    late = Earning.objects.latest("pk")
    assert (late.period_to, late.occurred_on) == (date(2026, 3, 31), date(2026, 4, 1))
    transfer = Transfer.objects.latest("pk")
    assert (transfer.occurred_on, transfer.corrects_period) == (date(2026, 4, 1), "2026-03-31")


def test_a_period_is_closed_once_and_in_order(market: Organisation) -> None:
    close_period(organisation=market, through=date(2026, 3, 31))
    with pytest.raises(ValidationError, match="closed already"):
        close_period(organisation=market, through=date(2026, 3, 31))


def test_a_snapshot_serves_until_something_is_learned(market: Organisation) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    first = take_snapshot(organisation=market)
    assert take_snapshot(organisation=market) == first
    deliver(market, "sales", sale("2", "north", "2026-02-02", "4000"))
    assert take_snapshot(organisation=market) != first


def test_a_snapshot_repeats_a_run_years_later(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    refresh_programmes(organisation=market)
    run = Run.objects.get()
    deliver(market, "sales", sale("2", "north", "2026-02-02", "9000"))
    again = calculate_programme(programme=rebate, snapshot=Snapshot.objects.get(pk=run.snapshot_id))
    assert again.results == run.results


def test_a_new_version_governs_the_periods_that_start_after_it(
    market: Organisation, rebate: Programme
) -> None:
    document = rebate.current.document
    better = document.replace("programme: rebate", "programme: rebate\nversion: 2")
    better = better.replace("from: 2026-01-01", "from: 2026-05-01").replace("rate: 1%", "rate: 3%")
    launch_programme(organisation=market, document=better)
    deliver(
        market,
        "sales",
        sale("1", "north", "2026-04-01", "1000"),
        sale("2", "north", "2026-06-01", "1000"),
        sale("3", "north", "2026-08-01", "1000"),
    )
    refresh_programmes(organisation=market)
    assert amounts(market) == [("north", date(2026, 6, 30), 2000), ("north", date(2026, 9, 30), 3000)]


def test_a_version_that_restates_governs_the_period_it_falls_into(
    market: Organisation, rebate: Programme
) -> None:
    document = rebate.current.document
    better = document.replace("programme: rebate", "programme: rebate\nversion: 2\nrestates: true")
    better = better.replace("from: 2026-01-01", "from: 2026-05-01").replace("rate: 1%", "rate: 3%")
    deliver(market, "sales", sale("1", "north", "2026-04-01", "1000"))
    refresh_programmes(organisation=market)
    launch_programme(organisation=market, document=better)
    refresh_programmes(organisation=market)
    assert [row.delta_minor for row in Earning.objects.order_by("pk")] == [1000, 2000]


def test_an_earning_never_changes(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    refresh_programmes(organisation=market)
    for statement in ("UPDATE earnings_earning SET amount_minor = 1", "DELETE FROM earnings_earning"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_open_quarter_is_posted_on_the_day_it_was_known(market: Organisation, rebate: Programme) -> None:
    deliver(market, "sales", sale("1", "north", "2026-10-01", "4000"))
    snapshot = take_snapshot(organisation=market, as_of=datetime.now(UTC) + timedelta(0))
    run = calculate_programme(programme=rebate, snapshot=snapshot)
    publish_run(run=run)
    earning = Earning.objects.get()
    assert earning.occurred_on == min(date(2026, 12, 31), snapshot.as_of.date())
    assert Run.objects.get().published_at is not None
