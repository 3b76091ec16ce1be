"""The pages of budgets: proposing a plan, seeing what is spent, and being told what is wrong."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from headrace.base.approvals.actions import decide
from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.ledger.actions import post
from headrace.ledger.drafts import move
from headrace.ledger.models import AccountKey, Stage
from headrace.partners.models import Partner
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Allocation, Budget, Programme
from headrace.programmes.tests.test_propose_budget import DOCUMENT

ADDRESS = "/console/budgets/"


@pytest.fixture
def rebate(organisation: Organisation) -> Programme:
    for code in ("north", "south"):
        Partner.objects.create(organisation=organisation, code=code, name=f"{code.title()} Cycles")
    return launch_programme(organisation=organisation, document=DOCUMENT).programme


def filled_in(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    today = timezone.localdate()
    form = {
        "programme": "rebate",
        "starts": (today - timedelta(days=30)).isoformat(),
        "ends": (today + timedelta(days=30)).isoformat(),
        "limit": "100",
        "alert_at": "80, 100",
        "form-TOTAL_FORMS": len(rows),
        "form-INITIAL_FORMS": 0,
        **more,
    }
    return {
        **form,
        **{f"form-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()},
    }


def spend(programme: Programme, amount_minor: int) -> None:
    name, owner = f"programme:{programme.pk}", f"partner:{Partner.objects.get(code='north').pk}"
    post(
        organisation=programme.organisation,
        key=f"spend:{amount_minor}",
        kind="earning",
        occurred_on=timezone.localdate(),
        entries=move(
            amount_minor,
            debit=AccountKey("", "EUR", Stage.EXPENSE, name),
            credit=AccountKey(owner, "EUR", Stage.ACCRUED, name),
        ),
        details={},
    )


def approve(user: User) -> None:
    request = ApprovalRequest.objects.get(state="waiting")
    decide(request=request, user=user, decision="approve", seen_hash=request.seen_hash)


def test_from_proposal_to_bar(
    client: Client, rebate: Programme, channel_manager: User, approver: User
) -> None:
    client.force_login(channel_manager)
    north = {"what": "partner", "value": "north", "above": "DE", "limit": "30.50"}
    germany = {"what": "country", "value": "DE", "limit": "60"}
    answer = client.post(f"{ADDRESS}new/", filled_in(north, germany, is_hard="on"))
    budget = Budget.objects.get()
    assert answer["Location"] == f"{ADDRESS}{budget.pk}/"
    assert "waits for approval" in client.get(answer["Location"]).content.decode()
    approve(approver)
    spend(rebate, 42_00)
    listed = client.get(ADDRESS).content.decode()
    assert "€42.00" in listed
    assert "€100.00" in listed
    shown = client.get(answer["Location"]).content.decode()
    for words in ("Germany", "North Cycles", "€30.50", "€58.00", "Hard limit"):
        assert words in shown
    assert [one.above and one.above.place for one in Allocation.objects.order_by("pk")] == [
        None,
        "all",
        "country:DE",
    ]


def test_a_change_begins_with_what_stands(
    client: Client, rebate: Programme, channel_manager: User, approver: User
) -> None:
    client.force_login(channel_manager)
    client.post(f"{ADDRESS}new/", filled_in({"what": "partner", "value": "north", "limit": "30"}))
    approve(approver)
    address = f"{ADDRESS}{Budget.objects.get().pk}/change/"
    page = client.get(address).content.decode()
    assert 'value="north"' in page
    assert 'value="30.00"' in page
    assert 'name="programme"' not in page
    client.post(address, filled_in(limit="25", reason="Less sold"))
    approve(approver)
    (whole,) = Allocation.objects.filter(version__ended_at=None)
    assert (whole.limit_minor, whole.version.number, whole.version.reason) == (25_00, 2, "Less sold")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (filled_in({"what": "partner", "value": "west", "limit": "1"}), "no partner with the number “west”"),
        (filled_in({"what": "partner", "value": "north", "above": "FR", "limit": "1"}), "“FR” is no segment"),
        (filled_in({"what": "country", "value": "DE", "limit": "101"}), "Give less, or raise it first"),
        (filled_in({"what": "country", "value": "DE"}), "This is needed"),
        (filled_in(limit="1.005"), "no parts as small as this"),
        (filled_in(alert_at="most"), "Give whole percentages"),
        (filled_in(ends=date(2020, 1, 1).isoformat()), "lies before the first one"),
    ],
)
def test_it_says_what_would_be_right(
    client: Client, rebate: Programme, channel_manager: User, form: dict[str, Any], said: str
) -> None:
    client.force_login(channel_manager)
    assert said in client.post(f"{ADDRESS}new/", form).content.decode()
    assert not Budget.objects.exists()


def test_an_approver_sees_budgets_and_plans_none(client: Client, rebate: Programme, approver: User) -> None:
    client.force_login(approver)
    assert "New budget" not in client.get(ADDRESS).content.decode()
    assert client.get(f"{ADDRESS}new/").status_code == 404
