"""A market where North earned 1% of 8,000 in a quarter, by two lines; South earned by one."""

from datetime import date
from threading import Event
from typing import Any

import pytest
from tests.market import deliver, open_market, sale

from headrace.base import jobs, mail
from headrace.base.models import Job, Organisation, User
from headrace.disputes import jobs as handlers
from headrace.disputes.actions import RELEASE_WHEN_CALCULATED, Asked, Right, open_dispute
from headrace.disputes.models import Dispute, Reason
from headrace.earnings import jobs as earnings
from headrace.earnings.actions import refresh_programmes
from headrace.earnings.models import Earning
from headrace.ledger.models import Stage
from headrace.ledger.queries import balances
from headrace.partners.models import Person
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme
from headrace.sales.arrivals import LINES_ARRIVED
from headrace.sales.models import Product, SalesLine

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
    every: quarter
    base: sum(net_amount)
    scale:
      mode: retro
      bands: [{from: 0, rate: 1%}, {from: 10000, rate: 2%}]
"""

HANDLERS = {
    mail.SEND: jobs.Handler(mail.send, whole=False),
    LINES_ARRIVED: jobs.Handler(earnings.refresh_partners, whole=False),
    earnings.PROGRAMME_IS_LATE: jobs.Handler(earnings.refresh_programme, whole=False),
    handlers.LOOK_AFTER: jobs.Handler(handlers.look_after),
    RELEASE_WHEN_CALCULATED: jobs.Handler(handlers.release_when_calculated),
}

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(64)


@pytest.fixture
def market(organisation: Organisation) -> Organisation:
    open_market(organisation)
    deliver(
        organisation,
        "sales",
        sale("L-1", "north", "2026-02-01", "5000"),
        sale("L-2", "north", "2026-02-02", "3000"),
        sale("L-3", "south", "2026-02-03", "2000"),
    )
    launch_programme(organisation=organisation, document=REBATE)
    refresh_programmes(organisation=organisation)
    Job.objects.all().delete()  # what the files asked for is done
    return organisation


def person(code: str, user: User) -> Person:
    Person.objects.filter(code=code).update(user=user)
    return Person.objects.select_related("partner", "organisation", "user").get(code=code)


@pytest.fixture
def olga(market: Organisation, partner_owner: User) -> Person:
    return person("olga", partner_owner)


@pytest.fixture
def rita(market: Organisation, rival: User) -> Person:
    return person("rita", rival)


def earning(partner: str = "north") -> Earning:
    found = Earning.objects.select_related("programme", "run", "organisation", "partner", "person", "version")
    return found.get(partner__code=partner, corrected_by=None)


def line(name: str) -> SalesLine:
    return SalesLine.objects.get(external_id=name)


def question(olga: Person, *asked: Asked, **more: Any) -> Dispute:
    """By default: the second line isn't ours, what it brought is in question."""
    of = earning()
    given: dict[str, Any] = {"programme": of.programme, "earning": of, "words": "Look at this."}
    standard = [Asked(Reason.NOT_MINE, line("L-2"), questioned_minor=30_00)]
    return open_dispute(person=olga, asked=asked or standard, **{**given, **more})


def missing(net_amount_e4: int = 2000_0000) -> Asked:
    bike = Product.objects.get(code="bike")
    return Asked(
        Reason.MISSING_SALE,
        right=Right("Bike", bike, date(2026, 3, 1), 1_0000, net_amount_e4, "EUR", "INV-9"),
    )


def stands(stage: Stage, owner: str | None = None) -> int:
    """What is owed to North at a stage."""
    of = earning()
    found = balances(organisation=of.organisation, owner=owner or of.owner, stage=stage)
    return sum(one.owed_minor for one in found)


def work() -> None:
    jobs.work(HANDLERS, stop=Event(), until_empty=True)


def programme() -> Programme:
    return Programme.objects.get(key="rebate")
