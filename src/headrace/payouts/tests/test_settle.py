"""Settling a period: what is posted, what is carried, and that it happens once."""

import pytest
from django.core.exceptions import ValidationError
from tests.settling import approve

from headrace.base.approvals.actions import decide
from headrace.base.models import ApprovalDecision, Organisation, User
from headrace.earnings.actions import closed_through, refresh_programmes
from headrace.kernel.period import Period
from headrace.ledger.models import Transfer
from headrace.payouts import actions
from headrace.payouts.actions import (
    prepare_settlement,
    request_settlement,
    set_settlement_terms,
)
from headrace.payouts.models import Settlement, SettlementPayee, Statement
from headrace.payouts.tests.conftest import (
    FIRST_QUARTER,
    SECOND_QUARTER,
    Sell,
    Settle,
    owed,
)
from headrace.programmes.actions import launch_programme

Outcome = SettlementPayee.Outcome


def test_it_makes_payable_what_was_earned(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"), ("2", "south", "2026-03-31", "1000"))
    assert settle().state == Settlement.State.SETTLED
    assert owed(market, "north") == {"payable": 4000}
    assert owed(market, "south") == {"payable": 1000}
    assert closed_through(market) == FIRST_QUARTER.ends


def test_it_leaves_what_was_earned_after_the_period(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"), ("2", "north", "2026-04-01", "1000"))
    settle()
    assert owed(market, "north") == {"payable": 4000, "accrued": 1000}


def test_nothing_is_posted_before_another_person_approved(
    market: Organisation, sell: Sell, channel_manager: User, approver: User
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    draft = prepare_settlement(organisation=market, period=FIRST_QUARTER, user=channel_manager)
    request = request_settlement(settlement=draft, user=channel_manager)
    with pytest.raises(ValidationError, match="You asked for this yourself"):
        approve(request, channel_manager)
    assert owed(market, "north") == {"accrued": 4000}
    approve(request, approver)
    assert owed(market, "north") == {"payable": 4000}


def test_settling_twice_posts_once(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    settlement = settle()
    transfers = Transfer.objects.count()
    actions.settle(settlement=settlement)
    actions.settle(settlement=Settlement.objects.get())
    assert Transfer.objects.count() == transfers
    assert Statement.objects.count() == 1


def test_a_draft_can_not_be_settled_without_being_asked_for(
    market: Organisation, sell: Sell, channel_manager: User
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    draft = prepare_settlement(organisation=market, period=FIRST_QUARTER, user=channel_manager)
    with pytest.raises(ValidationError):
        actions.settle(settlement=draft)
    assert owed(market, "north") == {"accrued": 4000}


def test_a_rerun_makes_the_request_stale(
    market: Organisation, sell: Sell, channel_manager: User, approver: User, settle: Settle
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    draft = prepare_settlement(organisation=market, period=FIRST_QUARTER, user=channel_manager)
    request = request_settlement(settlement=draft, user=channel_manager)
    sell(("2", "north", "2026-02-02", "100"))
    with pytest.raises(ValidationError, match="has changed since"):
        approve(request, approver)
    draft.refresh_from_db()
    assert draft.state == Settlement.State.DRAFT
    assert owed(market, "north") == {"accrued": 4100}
    settle()
    assert owed(market, "north") == {"payable": 4100}
    assert Settlement.objects.count() == 1


def test_a_rerun_that_changes_nothing_leaves_the_request_as_it_is(
    market: Organisation, sell: Sell, channel_manager: User, approver: User
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    draft = prepare_settlement(organisation=market, period=FIRST_QUARTER, user=channel_manager)
    request = request_settlement(settlement=draft, user=channel_manager)
    refresh_programmes(organisation=market)
    sell(("2", "north", "2026-04-02", "100"))  # of the next quarter
    approve(request, approver)
    assert owed(market, "north") == {"payable": 4000, "accrued": 100}


def test_a_refused_one_is_a_draft_again_and_says_why(
    market: Organisation, sell: Sell, channel_manager: User, approver: User
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    draft = prepare_settlement(organisation=market, period=FIRST_QUARTER, user=channel_manager)
    request = request_settlement(settlement=draft, user=channel_manager)
    actions_of = {"request": request, "user": approver, "seen_hash": request.seen_hash}
    decide(decision=ApprovalDecision.Choice.REFUSE, comment="South is missing", **actions_of)
    draft.refresh_from_db()
    assert (draft.state, draft.refusal) == (Settlement.State.DRAFT, "South is missing")


def test_less_than_the_minimum_is_carried_until_it_is_reached(
    market: Organisation, sell: Sell, settle: Settle
) -> None:
    set_settlement_terms(organisation=market, grace_days=0, minimums={"EUR": 2500})
    sell(("1", "north", "2026-02-01", "2499"), ("2", "south", "2026-02-01", "2500"))
    first = settle()
    assert owed(market, "north") == {"approved": 2499}
    assert owed(market, "south") == {"payable": 2500}
    assert first.payees.get(partner__code="north").outcome == Outcome.BELOW_MINIMUM
    sell(("3", "north", "2026-05-01", "1"))
    payee = settle(SECOND_QUARTER).payees.get()
    assert (payee.carried_in_minor, payee.accrued_minor, payee.payable_minor) == (2499, 1, 2500)
    assert owed(market, "north") == {"payable": 2500}


def test_what_was_taken_back_is_netted_with_what_is_earned_next(
    market: Organisation, sell: Sell, settle: Settle
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    sell(("2", "north", "2026-03-01", "-4000"), quantity="-1", returns="1")
    second = settle(SECOND_QUARTER).payees.get()
    assert (second.outcome, second.clawed_back_minor, second.carried_minor) == (Outcome.DEBT, -4000, -4000)
    assert owed(market, "north") == {"payable": 4000, "approved": -4000}
    sell(("3", "north", "2026-07-01", "5000"))
    third = settle(Period(SECOND_QUARTER.ends.replace(month=7, day=1), SECOND_QUARTER.ends.replace(month=9)))
    assert third.payees.get().payable_minor == 1000
    assert owed(market, "north") == {"payable": 5000}


def test_the_final_settlement_nets_what_the_interim_one_paid(
    market: Organisation, sell: Sell, settle: Settle
) -> None:
    sell(("1", "north", "2026-02-01", "4001"))
    interim = settle(kind=Settlement.Kind.INTERIM, share_e4=5000)
    assert interim.payees.get().payable_minor == 2000  # half a cent is not paid before its time
    assert owed(market, "north") == {"payable": 2000, "accrued": 2001}
    assert closed_through(market) is None
    sell(("2", "north", "2026-03-01", "1000"))
    again = settle(kind=Settlement.Kind.INTERIM, share_e4=8000)
    assert again.payees.get().payable_minor == 4000 - 2000
    settle()
    assert owed(market, "north") == {"payable": 5001}


def test_where_the_final_result_is_lower_what_was_paid_too_much_is_carried(
    market: Organisation, sell: Sell, settle: Settle
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    settle(kind=Settlement.Kind.INTERIM, share_e4=5000)
    sell(("2", "north", "2026-02-10", "-3000"), quantity="-1", returns="1")
    payee = settle().payees.get()
    assert (payee.outcome, payee.carried_minor) == (Outcome.DEBT, -1000)
    assert owed(market, "north") == {"payable": 2000, "approved": -1000}


def test_late_facts_have_their_grace_days(
    market: Organisation, sell: Sell, channel_manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    set_settlement_terms(organisation=market, grace_days=10, minimums={})
    draft = prepare_settlement(organisation=market, period=FIRST_QUARTER, user=channel_manager)
    monkeypatch.setattr(actions, "_today", lambda _organisation: FIRST_QUARTER.ends.replace(month=4, day=10))
    with pytest.raises(ValidationError, match="10 Apr 2026"):
        request_settlement(settlement=draft, user=channel_manager)
    monkeypatch.setattr(actions, "_today", lambda _organisation: FIRST_QUARTER.ends.replace(month=4, day=11))
    assert request_settlement(settlement=draft, user=channel_manager).is_waiting


def test_a_running_period_has_no_final_settlement(market: Organisation) -> None:
    running = Period(FIRST_QUARTER.starts, FIRST_QUARTER.ends.replace(year=2099))
    with pytest.raises(ValidationError, match="only an interim settlement"):
        prepare_settlement(organisation=market, period=running)


def test_periods_are_closed_one_after_the_other(market: Organisation, sell: Sell, settle: Settle) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    settle()
    for period in (
        FIRST_QUARTER,
        Period(SECOND_QUARTER.starts.replace(month=5), SECOND_QUARTER.ends),
    ):
        with pytest.raises(ValidationError, match="The next one starts on 1 Apr 2026"):
            prepare_settlement(organisation=market, period=period)


def test_one_settlement_is_open_at_a_time(market: Organisation, sell: Sell) -> None:
    sell(("1", "north", "2026-02-01", "4000"))
    draft = prepare_settlement(organisation=market, period=FIRST_QUARTER)
    with pytest.raises(ValidationError, match="still open"):
        prepare_settlement(organisation=market, period=SECOND_QUARTER)
    actions.drop_settlement(settlement=draft)
    prepare_settlement(organisation=market, period=SECOND_QUARTER)


def test_points_are_approved_and_no_bank_pays_them(market: Organisation, settle: Settle, sell: Sell) -> None:
    points = """
programme: points
title: {en: Points}
currency: EUR
from: 2025-01-01
earns:
  - key: points
    facts: sale
    to: partner
    every: month
    pays: points
    base: sum(net_amount)
    scale: {mode: flat, rate: 1}
"""
    launch_programme(organisation=market, document=points)
    sell(("1", "north", "2026-02-01", "40"))
    outcomes = {payee.unit: payee.outcome for payee in settle().payees.all()}
    assert outcomes == {"EUR": Outcome.PAYABLE, "points": Outcome.NOT_MONEY}
    assert owed(market, "north") == {"payable": 40, "approved": 40}
