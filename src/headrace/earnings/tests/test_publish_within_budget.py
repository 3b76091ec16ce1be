"""Budgets guard what is committed: hard limits hold back, soft ones only tell, and each threshold is told once."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from tests.market import deliver, sale

from headrace.base.approvals.actions import decide
from headrace.base.models import ApprovalRequest, Mail, Organisation, User
from headrace.earnings.actions import refresh_programme, refresh_programmes, take_snapshot
from headrace.earnings.models import Earning
from headrace.kernel.period import Period
from headrace.ledger.actions import post
from headrace.ledger.drafts import advance
from headrace.ledger.models import AccountKey, Stage
from headrace.ledger.queries import balances
from headrace.partners.models import Partner
from headrace.programmes.budgets.guarding import OverBudgetError, budgets_in_force
from headrace.programmes.budgets.plans import Share, propose_budget, version_in_force
from headrace.programmes.budgets.spending import Spent, charged, lines, spent_by_owner
from headrace.programmes.models import Budget, BudgetAlert, BudgetRefusal, BudgetVersion, Programme

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
LATE = date(2027, 1, 1)

Plan = Callable[..., BudgetVersion]


def agree(version: BudgetVersion, user: User) -> None:
    request = ApprovalRequest.objects.get(subject=f"budget_version:{version.pk}")
    decide(request=request, user=user, decision="approve", seen_hash=request.seen_hash)
    version.refresh_from_db()


@pytest.fixture
def plan(rebate: Programme, channel_manager: User, approver: User) -> Plan:
    """Proposes a budget of 2026 in place of the one in force, and approves it."""

    def plan(*shares: Share, alert_at: Sequence[int] = (80, 100)) -> BudgetVersion:
        budget = Budget.objects.filter(programme=rebate).first()
        version = propose_budget(
            programme=rebate,
            unit="EUR",
            period=YEAR,
            shares=shares,
            replaces=version_in_force(budget) if budget else None,
            alert_at=alert_at,
            user=channel_manager,
        )
        agree(version, approver)
        return version

    return plan


def whole(limit_minor: int, *, is_hard: bool = True) -> Share:
    return Share(limit_minor, is_hard, above=None)


def sell(organisation: Organisation, number: str, partner: str, amount: str, on: str = "2026-02-10") -> None:
    deliver(organisation, "sales", sale(number, partner, on, amount))


def north(organisation: Organisation) -> Partner:
    return Partner.objects.get(organisation=organisation, code="north")


def expense(organisation: Organisation) -> int:
    found = balances(organisation=organisation, stage=Stage.EXPENSE)
    return sum(one.amount_minor for one in found)


def test_what_fits_is_published(market: Organisation, rebate: Programme, plan: Plan) -> None:
    plan(whole(20_00))
    sell(market, "1", "north", "2000")
    refresh_programmes(organisation=market)
    assert charged(Budget.objects.get()) == expense(market) == 20_00


def test_a_hard_limit_holds_back_all_of_what_exceeds_it(
    market: Organisation, rebate: Programme, plan: Plan
) -> None:
    plan(whole(19_99))
    sell(market, "1", "north", "2000")
    with pytest.raises(OverBudgetError) as told:
        refresh_programmes(organisation=market)
    (message,) = told.value.messages
    for words in ("€20.00", "€19.99", "Quarterly rebate", "Raise the limit"):
        assert words in message
    assert (Earning.objects.count(), expense(market)) == (0, 0)
    assert BudgetRefusal.objects.get().would_be_minor == 20_00


def test_once_the_limit_is_raised_the_same_is_published(
    market: Organisation, rebate: Programme, plan: Plan
) -> None:
    plan(whole(19_99))
    sell(market, "1", "north", "2000")
    with pytest.raises(OverBudgetError):
        refresh_programmes(organisation=market)
    plan(whole(20_00))
    refresh_programmes(organisation=market)
    assert expense(market) == 20_00
    assert BudgetRefusal.objects.get().ended_at is not None


def test_a_soft_limit_only_tells(market: Organisation, rebate: Programme, plan: Plan) -> None:
    plan(whole(10_00, is_hard=False))
    sell(market, "1", "north", "2000")
    refresh_programmes(organisation=market)
    assert expense(market) == 20_00
    assert list(BudgetAlert.objects.order_by("percent").values_list("percent", flat=True)) == [80, 100]


def test_what_lowers_a_charge_always_fits(market: Organisation, rebate: Programme, plan: Plan) -> None:
    sell(market, "1", "north", "6000")
    refresh_programmes(organisation=market)
    plan(whole(1_00))
    deliver(market, "sales", sale("2", "north", "2026-02-12", "-2000", quantity="-1", returns="1"))
    refresh_programmes(organisation=market)
    assert expense(market) == 40_00


def test_the_hard_limit_of_a_partner_holds_it_back_alone(
    market: Organisation, rebate: Programme, plan: Plan
) -> None:
    plan(whole(1000_00), Share(15_00, True, partner=north(market)))
    sell(market, "1", "south", "4000")
    refresh_programmes(organisation=market)
    sell(market, "2", "north", "2000")
    with pytest.raises(OverBudgetError, match="North Cycles"):
        refresh_programmes(organisation=market)
    assert expense(market) == 40_00


def test_a_segment_is_charged_with_its_partners_alone(
    market: Organisation, rebate: Programme, plan: Plan
) -> None:
    plan(
        whole(100_00), Share(50_00, field="tier", value="gold"), Share(30_00, partner=north(market), above=1)
    )
    sell(market, "1", "north", "2000")
    sell(market, "2", "south", "1000")
    refresh_programmes(organisation=market)
    ((budget, allocations),) = budgets_in_force(rebate)
    assert [line.spent.charged_minor for line in lines(budget, allocations, LATE)] == [30_00, 20_00, 20_00]
    assert [line.depth for line in lines(budget, allocations, LATE)] == [0, 1, 2]


def test_what_is_paid_pays_what_was_earned_first(
    market: Organisation, rebate: Programme, plan: Plan, channel_manager: User, approver: User
) -> None:
    sell(market, "1", "north", "2000", "2026-02-10")
    sell(market, "2", "north", "3000", "2026-05-10")
    refresh_programmes(organisation=market)
    second = Period(date(2026, 4, 1), date(2026, 6, 30))
    version = propose_budget(
        programme=rebate, unit="EUR", period=second, shares=[whole(99_00)], user=channel_manager
    )
    agree(version, approver)
    owner = f"partner:{north(market).pk}"
    account = AccountKey(owner, "EUR", Stage.ACCRUED, f"programme:{rebate.pk}")
    assert spent_by_owner(version.budget) == {owner: Spent(30_00, 0)}
    for number, expected in enumerate([Spent(30_00, 0), Spent(25_00, 5_00), Spent(0, 30_00)]):
        post(
            organisation=market,
            key=f"paid:{number}",
            kind="test",
            occurred_on=LATE,
            entries=advance([20_00, 5_00, 25_00][number], account, Stage.PAID),
            details={},
        )
        assert spent_by_owner(version.budget) == {owner: expected}


def test_each_threshold_is_told_once_by_e_mail(market: Organisation, rebate: Programme, plan: Plan) -> None:
    plan(whole(25_00))
    sell(market, "1", "north", "2000")
    refresh_programmes(organisation=market)
    letter = Mail.objects.get(kind="budget.threshold")
    assert letter.to == "manager@acme.example"
    assert "80%" in letter.subject
    assert "€20.00" in letter.body
    sell(market, "2", "north", "100")
    refresh_programmes(organisation=market)
    assert Mail.objects.filter(kind="budget.threshold").count() == 1


def test_a_raised_limit_has_thresholds_of_its_own(
    market: Organisation, rebate: Programme, plan: Plan
) -> None:
    plan(whole(25_00))
    sell(market, "1", "north", "2000")
    refresh_programmes(organisation=market)
    plan(whole(50_00))
    sell(market, "2", "north", "2500")
    refresh_programmes(organisation=market)
    found = BudgetAlert.objects.order_by("pk").values_list("limit_minor", "percent", "charged_minor")
    assert list(found) == [(25_00, 80, 20_00), (50_00, 80, 45_00)]


def test_being_held_back_is_told_once(market: Organisation, rebate: Programme, plan: Plan) -> None:
    plan(whole(1_00))
    sell(market, "1", "north", "2000")
    for _ in range(2):
        with pytest.raises(OverBudgetError):
            refresh_programme(programme=rebate, snapshot=take_snapshot(organisation=market))
    assert Mail.objects.filter(kind="budget.refusal").count() == 1


def test_a_plan_is_not_in_force_before_somebody_else_approved(
    market: Organisation, rebate: Programme, channel_manager: User
) -> None:
    version = propose_budget(
        programme=rebate, unit="EUR", period=YEAR, shares=[whole(1_00)], user=channel_manager
    )
    sell(market, "1", "north", "2000")
    refresh_programmes(organisation=market)
    with pytest.raises(ValidationError):
        agree(version, channel_manager)
    assert version_in_force(version.budget) is None


def test_of_two_changes_of_the_same_plan_the_second_is_stale(
    market: Organisation, rebate: Programme, plan: Plan, channel_manager: User, approver: User
) -> None:
    first = plan(whole(100_00))
    asked = {"programme": rebate, "unit": "EUR", "period": YEAR, "replaces": first, "user": channel_manager}
    more = propose_budget(shares=[whole(100_00), Share(80_00, partner=north(market))], **asked)
    less = propose_budget(shares=[whole(50_00)], **asked)
    agree(less, approver)
    with pytest.raises(ValidationError, match="has changed"):
        agree(more, approver)
    assert version_in_force(first.budget) == less
    with pytest.raises(ValidationError, match="changed meanwhile"):
        propose_budget(shares=[whole(70_00)], **asked)
