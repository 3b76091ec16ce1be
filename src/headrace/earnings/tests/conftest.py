"""Programmes of the market of tests."""

import pytest
from tests.market import open_market

from headrace.base.models import Organisation, User
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme

REBATE = """
programme: rebate
title: {en: Quarterly rebate, de: Quartalsbonus}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: volume
    facts: sale
    to: partner
    every: quarter
    base: sum(net_amount)
    scale:
      mode: retro
      bands:
        - {from: 1000, rate: 1%}
        - {from: 5000, rate: 2%}
"""


@pytest.fixture
def market(organisation: Organisation) -> Organisation:
    open_market(organisation)
    return organisation


@pytest.fixture
def rebate(market: Organisation, channel_manager: User) -> Programme:
    """1% of a quarter's sales from 1,000, 2% from 5,000, on the whole volume."""
    return launch_programme(organisation=market, document=REBATE, user=channel_manager).programme
