"""A brand with two partners, sales of the last quarter and of this one, all calculated; one statement cut."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from headrace.base.models import Organisation, User
from headrace.earnings.actions import refresh_programmes
from headrace.earnings.models import Earning
from headrace.earnings.queries import quarter_of
from headrace.kernel.period import Period
from headrace.partners.models import Person
from headrace.payouts.models import Statement
from headrace.programmes.actions import launch_programme
from tests.market import deliver, open_market, sale
from tests.settling import settled

REBATE = """
programme: rebate
title: {{en: Quarterly rebate, ar: الحافز ربع السنوي}}
currency: EUR
from: {starts}
earns:
  - key: volume
    title: {{en: Volume, ar: الحجم}}
    facts: sale
    to: partner
    every: quarter
    base: sum(net_amount)
    scale:
      mode: retro
      bands:
        - {{from: 1000, rate: 1%}}
        - {{from: 5000, rate: 2%}}
    multiply:
      - {{where: partner.tier == "gold", by: 1.5}}
  - key: bells
    title: {{en: Bells, ar: أجراس}}
    facts: sale
    where: product.category == "Accessories"
    to: person
    every: quarter
    gates: [sum(quantity) >= 2]
    scale: {{mode: flat, per_unit: 12, on: sum(quantity)}}
"""


@dataclass(frozen=True)
class Market:
    """What the tests ask for: the quarters, North's statement of the last one, and an earning of either partner."""

    organisation: Organisation
    quarter: Period
    last_quarter: Period

    @property
    def today(self) -> date:
        return timezone.localdate()

    @property
    def statement(self) -> Statement:
        return Statement.objects.get(partner__code="north", person=None)

    def earning(self, partner: str, period: Period) -> Earning:
        """What stands of the rebate of a partner."""
        return Earning.objects.get(
            partner__code=partner, period_from=period.starts, rule="volume", corrected_by=None
        )


def opened(
    organisation: Organisation, manager: User, approver: User, owner: User, seller: User, rival: User
) -> Market:
    """North sold for 8,000 in the last quarter and for 4,000 in this one; South for 2,000 in each."""
    quarter = quarter_of(timezone.localdate())
    last_quarter = quarter_of(quarter.starts - timedelta(days=1))
    open_market(organisation)
    for code, user in (("olga", owner), ("sven", seller), ("rita", rival)):
        Person.objects.filter(code=code).update(user=user)
    then, now = last_quarter.starts.isoformat(), quarter.starts.isoformat()
    deliver(
        organisation,
        "sales",
        sale("L-1", "north", then, "5000"),
        sale("L-2", "north", then, "3000"),
        sale("L-3", "south", then, "2000"),
        sale("L-4", "north", now, "3900", person="sven"),
        sale("L-5", "north", now, "100", person="sven", product="bell", quantity="4"),
        sale("L-6", "south", now, "2000"),
    )
    document = REBATE.format(starts=date(last_quarter.starts.year, 1, 1).isoformat())
    launch_programme(organisation=organisation, document=document, user=manager)
    refresh_programmes(organisation=organisation, user=manager)
    settled(organisation, last_quarter, manager, approver)
    return Market(organisation, quarter, last_quarter)
