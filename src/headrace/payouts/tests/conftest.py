"""Two partners who earn 1% of their sales each month, and how a settlement is brought about."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.market import deliver, open_market, sale
from tests.settling import settled

from headrace.base.models import Organisation, Role, RoleGrant, User
from headrace.earnings.actions import refresh_programmes
from headrace.kernel.period import Period
from headrace.ledger.models import Stage
from headrace.ledger.queries import balances
from headrace.partners.models import Partner
from headrace.payouts.models import Settlement
from headrace.programmes.actions import launch_programme

FIRST_QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
SECOND_QUARTER = Period(date(2026, 4, 1), date(2026, 6, 30))

PROGRAMME = """
programme: commission
title: {en: Commission, de: Provision}
currency: EUR
from: 2025-01-01
earns:
  - key: share
    facts: sale
    to: partner
    every: month
    base: sum(net_amount)
    scale: {mode: flat, rate: 1%}
"""

Sell = Callable[..., None]
Settle = Callable[..., Settlement]


@pytest.fixture
def market(organisation: Organisation, channel_manager: User) -> Organisation:
    open_market(organisation)
    launch_programme(organisation=organisation, document=PROGRAMME, user=channel_manager)
    return organisation


@pytest.fixture
def sell(market: Organisation) -> Sell:
    """Brings sales in and publishes what they earn: sell(("1", "north", "2026-02-01", "4000"), ...)."""

    def sell(*sales: tuple[str, str, str, str], **more: str) -> None:
        deliver(market, "sales", *(sale(*one, **more) for one in sales))
        refresh_programmes(organisation=market)

    return sell


@pytest.fixture
def settle(market: Organisation, channel_manager: User, approver: User) -> Settle:
    """Prepares in the name of the channel manager, and approves in that of the approver."""

    def settle(period: Period = FIRST_QUARTER, **more: Any) -> Settlement:
        return settled(market, period, channel_manager, approver, **more)

    return settle


def owed(organisation: Organisation, code: str) -> dict[str, int]:
    """What is owed to a partner by stage, in minor units; stages at nought are left out."""
    owner = f"partner:{Partner.objects.get(organisation=organisation, code=code).pk}"
    sums: dict[str, int] = {}
    for balance in balances(organisation=organisation, owner=owner):
        stage = Stage(balance.account.stage).value
        sums[stage] = sums.get(stage, 0) + balance.owed_minor
    return {stage: amount for stage, amount in sums.items() if amount}


@pytest.fixture
def finance(organisation: Organisation) -> User:
    """Prepares payouts, and agrees to bank accounts."""
    user = User.objects.create_user(
        "finance@acme.example", "x", name="Fatma Finance", organisation=organisation
    )
    RoleGrant.objects.create(organisation=organisation, user=user, role=Role.FINANCE)
    return user


@pytest.fixture
def partners(organisation: Organisation) -> list[Partner]:
    """Six, without sales: what they are owed is posted."""
    return [
        Partner.objects.create(
            organisation=organisation,
            code=f"p{number}",
            name=f"Händler {number}",
            email=f"p{number}@shop.example",
        )
        for number in range(6)
    ]
