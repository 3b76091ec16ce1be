"""What the portal says of the next band."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from tests.market import deliver, sale

from headrace.base.models import Organisation
from headrace.earnings.actions import refresh_programmes, take_snapshot
from headrace.earnings.models import Progress
from headrace.earnings.progress import goals_of
from headrace.partners.models import Person
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme


@pytest.fixture
def forever(market: Organisation) -> Programme:
    """A rebate without an end, so that a quarter runs on whatever day the test does."""
    document = """
programme: forever
title: {en: Rebate without end}
currency: EUR
from: 2020-01-01
earns:
  - key: volume
    facts: sale
    to: partner
    every: year
    base: sum(net_amount)
    scale: {mode: retro, bands: [{from: 1000, rate: 1%}, {from: 5000, rate: 2%}]}
"""
    return launch_programme(organisation=market, document=document).programme


def test_it_says_what_is_missing_and_what_it_brings(market: Organisation, forever: Programme) -> None:
    this_year = take_snapshot(organisation=market).as_of.year
    deliver(market, "sales", sale("1", "north", f"{this_year}-01-01", "4000"))
    refresh_programmes(organisation=market)
    (goal,) = goals_of(Person.objects.get(code="olga"), date(this_year, 1, 1))
    assert goal.value == 4000
    assert goal.bound == 5000
    with translation.override("en"):
        (goal,) = goals_of(Person.objects.get(code="olga"), date(this_year, 1, 1))
    assert goal.sentence == f"Sell €1,000.00 more by 31 December {this_year} to earn €60.00 more."


def test_a_salesperson_sees_only_its_own(market: Organisation, forever: Programme) -> None:
    today = datetime.now(UTC).date()
    deliver(market, "sales", sale("1", "north", f"{today.year}-01-01", "4000", person="sven"))
    refresh_programmes(organisation=market)
    assert goals_of(Person.objects.get(code="sven"), today) == []


def test_the_next_calculation_replaces_it(market: Organisation, forever: Programme) -> None:
    today = datetime.now(UTC).date()
    deliver(market, "sales", sale("1", "north", f"{today.year}-01-01", "4000"))
    refresh_programmes(organisation=market)
    deliver(market, "sales", sale("2", "north", f"{today.year}-01-01", "2000"))
    refresh_programmes(organisation=market)
    assert [row.value for row in Progress.objects.filter(partner__code="north")] == []
