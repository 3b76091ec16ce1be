"""Once a day a worker takes back what expired and seals the ledger, without anyone asking."""

from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone

from headrace.base import jobs
from headrace.base.models import Organisation
from headrace.ledger.blocks import head_of
from headrace.ledger.jobs import EXPIRE_AND_SEAL, expire_and_seal
from headrace.ledger.lots import lots_left
from headrace.ledger.models import Transfer
from headrace.ledger.queries import current_position
from headrace.ledger.tests.test_lots import credit

pytestmark = pytest.mark.django_db(transaction=True)
HANDLERS = {EXPIRE_AND_SEAL: jobs.Handler(expire_and_seal, whole=False)}


def work() -> None:
    jobs.work(HANDLERS, stop=Event(), until_empty=True, daily=(EXPIRE_AND_SEAL,))


def test_a_worker_does_it_once_a_day(organisation: Organisation) -> None:
    yesterday = organisation.today - timedelta(days=1)
    over = credit(organisation, "over", 70, expires_on=yesterday)
    credit(organisation, "last-day", 30, expires_on=organisation.today)
    work()
    owner = over.account.owner
    assert [(each.left_minor, each.lot.expires_on) for each in lots_left(organisation, owner=owner)] == [
        (30, organisation.today)
    ]
    head = head_of(organisation)
    assert head is not None
    assert head.to_position == current_position(organisation)
    count = Transfer.objects.count()
    work()
    jobs.ask_daily([EXPIRE_AND_SEAL], timezone.now() + timedelta(days=1))
    assert Transfer.objects.count() == count
