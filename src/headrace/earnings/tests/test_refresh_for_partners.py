"""Working out anew what some partners earn gives exactly what working out everything would."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from threading import Event

import pytest
from django.core.exceptions import ValidationError
from tests.market import deliver, sale

from headrace.base import jobs
from headrace.base.models import Job, Organisation, User
from headrace.earnings import jobs as handlers
from headrace.earnings.actions import (
    calculate_programme,
    publish_run,
    refresh_for_partners,
    refresh_programmes,
    take_snapshot,
)
from headrace.earnings.models import Earning, Progress
from headrace.earnings.scopes import may_be_narrowed, scope_of
from headrace.partners.models import Partner
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme
from headrace.sales.arrivals import LINES_ARRIVED, tell_arrival

HANDLERS = {
    LINES_ARRIVED: jobs.Handler(handlers.refresh_partners, whole=False),
    handlers.PROGRAMME_IS_LATE: jobs.Handler(handlers.refresh_programme, whole=False),
}

SPIF = """
programme: spif
title: {en: Bonus for sellers}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: piece
    facts: sale
    to: person
    every: month
    base: sum(quantity)
    scale: {mode: flat, per_unit: 5}
"""

OVERRIDE = """
programme: override
title: {en: For the distributor}
currency: EUR
from: 2026-01-01
to: 2026-12-31
cap: {amount: 300, every: year}
earns:
  - key: share
    facts: sale
    to: partner.distributor
    every: month
    base: sum(net_amount)
    returns: original_rate
    scale: {mode: flat, rate: 1%}
"""

RACE = """
programme: race
title: {en: Race}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: first
    facts: sale
    to: partner
    every: year
    base: sum(net_amount)
    scale: {mode: rank, places: [{to: 1, amount: 1000}, {to: 2, amount: 500}]}
"""


@pytest.fixture
def market(organisation: Organisation) -> Organisation:
    """Three resellers below one distributor, from their first day."""
    deliver(
        organisation,
        "partners",
        {"id": "hub", "name": "Hub", "type": "distributor"},
        *(
            {"id": code, "name": code.title(), "type": "reseller", "distributor": "hub"}
            for code in ("north", "south", "west")
        ),
    )
    deliver(
        organisation,
        "people",
        {"id": "sven", "name": "Sven Seller", "partner": "north", "role": "salesperson"},
        {"id": "rita", "name": "Rita Rival", "partner": "south", "role": "owner"},
    )
    deliver(organisation, "products", {"id": "bike", "name": "Bike", "category": "Bikes"})
    return organisation


@pytest.fixture
def programmes(rebate: Programme, market: Organisation, channel_manager: User) -> list[Programme]:
    """A rebate for partners, a bonus for people, an override for the distributor above."""
    others = [
        launch_programme(organisation=market, document=text, user=channel_manager).programme
        for text in (SPIF, OVERRIDE)
    ]
    return [rebate, *others]


def keys(*codes: str) -> list[int]:
    return list(Partner.objects.filter(code__in=codes).values_list("pk", flat=True))


def refresh(programmes: Sequence[Programme], *codes: str) -> list[Earning]:
    organisation = programmes[0].organisation
    return refresh_for_partners(organisation=organisation, programmes=programmes, partners=keys(*codes))


def test_only_the_partner_is_touched(programmes: list[Programme], market: Organisation) -> None:
    deliver(
        market,
        "sales",
        sale("1", "north", "2026-02-01", "2000", person="sven"),
        sale("2", "south", "2026-02-01", "3000"),
    )
    changed = refresh(programmes, "north")
    assert {(row.programme.key, str(row.recipient), row.amount_minor) for row in changed} == {
        ("rebate", "North", 20_00),
        ("spif", "Sven Seller", 5_00),
        ("override", "Hub", 50_00),
    }
    assert refresh(programmes, "north") == []
    changed = refresh_programmes(organisation=market)
    assert {(row.programme.key, str(row.recipient), row.amount_minor) for row in changed} == {
        ("rebate", "South", 30_00)
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_some_after_others_is_all_at_once(
    programmes: list[Programme], market: Organisation, seed: int
) -> None:
    """After each delivery only its partners are worked out; at the end a full run finds nothing to change."""
    chance = random.Random(seed)
    sold: list[dict[str, str]] = []
    for delivery in range(5):
        rows = []
        for number in range(chance.randint(1, 6)):
            name = f"{delivery}-{number}"
            day = date(2026, 1, 1) + timedelta(days=chance.randint(0, 120))
            amount = str(chance.randint(1, 400) * 10)
            if sold and chance.random() < 0.3:
                # A return may come in by another partner than the one that sold.
                taken_back = chance.choice(sold)
                partner = chance.choice(["north", "south", taken_back["partner"]])
                row = sale(
                    name,
                    partner,
                    str(max(day, date.fromisoformat(taken_back["on"]))),
                    f"-{taken_back['net_amount']}",
                )
                rows.append({**row, "quantity": "-1", "returns": taken_back["id"]})
                continue
            row = sale(name, chance.choice(["north", "south", "west"]), str(day), amount)
            if chance.random() < 0.5:
                row["person"] = chance.choice(["sven", "rita"])
            rows.append(row)
            sold.append(row)
        deliver(market, "sales", *rows)
        touched = {row["partner"] for row in rows}
        touched |= {one["partner"] for one in sold for row in rows if row.get("returns") == one["id"]}
        refresh(programmes, *touched)
    assert Earning.objects.exists()
    assert refresh_programmes(organisation=market) == []


def test_progress_of_others_stays(programmes: list[Programme], market: Organisation) -> None:
    deliver(market, "sales", sale("1", "north", "2026-11-01", "200"), sale("2", "south", "2026-11-01", "300"))
    refresh_programmes(organisation=market)
    before = list(Progress.objects.filter(partner__code="south").values_list("pk", "value"))
    refresh(programmes, "north")
    assert list(Progress.objects.filter(partner__code="south").values_list("pk", "value")) == before


def test_a_run_on_earlier_facts_is_overtaken_only_where_it_is_about_the_same(
    programmes: list[Programme], market: Organisation
) -> None:
    rebate = programmes[0]
    deliver(
        market, "sales", sale("1", "north", "2026-02-01", "2000"), sale("2", "south", "2026-02-01", "3000")
    )
    scopes = [scope_of(market, keys(code)) for code in ("north", "south", "north")]
    # Both have Hub above them, which earns nothing by this programme; without it they are apart.
    scopes = [type(scope)(scope.partners - frozenset(keys("hub")), scope.people) for scope in scopes]
    runs = []
    for scope in scopes:
        deliver(market, "sales", sale(f"more-{len(runs)}", "west", "2026-02-01", "1"))
        snapshot = take_snapshot(organisation=market, scope=scope)
        runs.append(calculate_programme(programme=rebate, snapshot=snapshot, scope=scope))
    earlier, of_another, later = runs
    assert publish_run(run=later)
    assert publish_run(run=of_another)
    with pytest.raises(ValidationError, match="later sales"):
        publish_run(run=earlier)


def test_what_depends_on_everyone_waits_for_a_whole_run(
    programmes: list[Programme], market: Organisation, channel_manager: User
) -> None:
    race = launch_programme(organisation=market, document=RACE, user=channel_manager).programme
    assert not may_be_narrowed(race.current.parsed)
    assert all(may_be_narrowed(programme.current.parsed) for programme in programmes)
    deliver(
        market, "sales", sale("1", "north", "2026-02-01", "2000"), sale("2", "south", "2026-02-01", "3000")
    )
    Job.objects.all().delete()  # what the files asked for
    for _line in range(2):
        tell_arrival(organisation=market, partners=keys("north"))
    assert jobs.work(HANDLERS, stop=Event(), until_empty=True) == 1
    waiting = Job.objects.get(done_at=None)
    assert not Earning.objects.filter(programme=race).exists()
    Job.objects.update(wanted_at=waiting.asked_at)
    assert jobs.work(HANDLERS, stop=Event(), until_empty=True) == 1
    assert {str(row.recipient) for row in Earning.objects.filter(programme=race)} == {"North", "South"}
    assert {run.scope is None for run in race.runs.all()} == {True}
