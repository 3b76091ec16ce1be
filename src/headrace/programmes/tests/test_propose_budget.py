"""A plan is refused in words that say what would be right."""

from collections.abc import Sequence
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.kernel.period import Period
from headrace.partners.models import Partner
from headrace.programmes.actions import launch_programme
from headrace.programmes.budgets.plans import Share, propose_budget
from headrace.programmes.models import Budget, Programme

DOCUMENT = """
programme: rebate
title: {en: Rebate}
currency: EUR
from: 2026-01-01
earns:
  - key: volume
    facts: sale
    to: partner
    every: quarter
    base: sum(net_amount)
    scale: {mode: flat, rate: 1%}
"""
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def rebate(organisation: Organisation) -> Programme:
    return launch_programme(organisation=organisation, document=DOCUMENT).programme


def whole(limit_minor: int) -> Share:
    return Share(limit_minor, above=None)


def propose(rebate: Programme, user: User, *shares: Share, period: Period = YEAR) -> Budget:
    return propose_budget(programme=rebate, unit="EUR", period=period, shares=shares, user=user).budget


def test_it_asks_for_an_approval_of_the_whole_plan(rebate: Programme, channel_manager: User) -> None:
    propose(rebate, channel_manager, whole(100_00), Share(40_00, True, "country", "DE"))
    request = ApprovalRequest.objects.get()
    assert (request.kind, request.amount_minor, request.unit) == ("budget", 100_00, "EUR")
    assert [figure.get("minor") for figure in request.seen["figures"][-2:]] == [100_00, 40_00]


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([], "begins with what the whole programme may cost"),
        ([Share(1_00, field="country", value="DE", above=None)], "begins with what the whole"),
        ([whole(1_00), Share(60, field="country", value="DE"), Share(41, field="country", value="IT")], "€1.01"),
        ([whole(100_00), Share(1_00, field="country", value="DE"), Share(1_00, field="country", value="DE")], "twice"),
        ([whole(100_00), Share(1_00, field="shoe_size", value="42")], "region, country, type, tier"),
        (
            [
                whole(100_00),
                Share(50_00, field="country", value="DE"),
                Share(10_00, field="tier", value="gold", above=1),
            ],
            "can’t be part",
        ),
        ([whole(100_00), Share(10_00, field="country", value="DE", above=1)], "below what it is part of"),
        ([whole(-1)], "out of bounds"),
    ],
    ids=["nothing", "no whole", "too much", "twice", "no segment", "segment in segment", "in itself", "negative"],
)  # fmt: skip
def test_it_refuses(rebate: Programme, channel_manager: User, shares: Sequence[Share], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        propose(rebate, channel_manager, *shares)
    assert not ApprovalRequest.objects.exists()


def test_partners_below_a_segment_fit_into_it(
    organisation: Organisation, rebate: Programme, channel_manager: User
) -> None:
    partners = [
        Partner.objects.create(organisation=organisation, code=code, name=code) for code in ("a", "b")
    ]
    segment = Share(50_00, field="country", value="DE")
    fits = [whole(100_00), segment, *(Share(25_00, partner=one, above=1) for one in partners)]
    propose(rebate, channel_manager, *fits)
    with pytest.raises(ValidationError, match=r"€50\.01 is allocated below “DE”, which has €50\.00"):
        propose(rebate, channel_manager, *fits[:3], Share(25_01, partner=partners[1], above=1))


def test_the_partner_of_another_organisation_is_none(
    rebate: Programme, channel_manager: User, other_organisation: Organisation
) -> None:
    theirs = Partner.objects.create(organisation=other_organisation, code="x", name="X")
    with pytest.raises(ValidationError, match="no such partner"):
        propose(rebate, channel_manager, whole(1_00), Share(1_00, partner=theirs))


def test_budgets_of_a_programme_do_not_overlap(rebate: Programme, channel_manager: User) -> None:
    propose(rebate, channel_manager, whole(1_00))
    with pytest.raises(ValidationError, match="already"):
        propose(rebate, channel_manager, whole(1_00), period=Period(date(2026, 12, 31), date(2027, 3, 31)))
    propose(rebate, channel_manager, whole(1_00), period=Period(date(2027, 1, 1), date(2027, 3, 31)))
    assert Budget.objects.count() == 2
