"""A market whose first quarter is published, and more that comes in later."""

from collections.abc import Callable
from datetime import date

import pytest
from tests.market import deliver, open_market, sale

from headrace.base.models import Organisation, User
from headrace.earnings.actions import refresh_programmes
from headrace.ledger.actions import post
from headrace.ledger.drafts import advance
from headrace.ledger.models import AccountKey, Stage, Transfer
from headrace.partners.models import Partner
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme

REBATE = """
programme: rebate
title: {en: Rebate}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: volume
    facts: sale
    to: partner
    every: month
    base: sum(net_amount)
    scale: {mode: flat, rate: 1%}
"""

Advance = Callable[[int, Stage, Stage], Transfer]


@pytest.fixture
def market(organisation: Organisation, channel_manager: User) -> Organisation:
    """North earned 50.00 in January and 10.00 in February, South 3.00 in February."""
    open_market(organisation)
    deliver(
        organisation,
        "sales",
        sale("1", "north", "2026-01-10", "5000"),
        sale("2", "north", "2026-02-10", "1000"),
        sale("3", "south", "2026-02-11", "300"),
    )
    launch_programme(organisation=organisation, document=REBATE, user=channel_manager)
    refresh_programmes(organisation=organisation)
    return organisation


@pytest.fixture
def rebate(market: Organisation) -> Programme:
    return market.programmes.get(key="rebate")


@pytest.fixture
def north(market: Organisation) -> Partner:
    return Partner.objects.get(organisation=market, code="north")


@pytest.fixture
def bring(market: Organisation, rebate: Programme, north: Partner) -> Advance:
    """Brings so many cents that are owed to North to another stage, on 5 March."""

    def bring(amount_minor: int, before: Stage, after: Stage) -> Transfer:
        account = AccountKey(f"partner:{north.pk}", "EUR", before, f"programme:{rebate.pk}")
        return post(
            organisation=market,
            key=f"{before}-{after}-{amount_minor}",
            kind="test",
            occurred_on=date(2026, 3, 5),
            entries=advance(amount_minor, account, after),
            details={},
        )

    return bring
