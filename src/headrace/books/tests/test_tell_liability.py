"""What is owed on any day: by stage, down to the partner, and the same again from a position."""

import csv
from datetime import date
from typing import Any

from django.test import Client
from tests.market import deliver, sale

from headrace.base.models import Organisation, User
from headrace.books import liability
from headrace.books.liability import OWED_STAGES, Asked
from headrace.books.names import owners_of
from headrace.books.tests.conftest import Advance
from headrace.earnings.actions import refresh_programmes
from headrace.ledger.holds import hold, post_hold
from headrace.ledger.models import AccountKey, Stage
from headrace.ledger.queries import balances, current_position
from headrace.partners.models import Partner
from headrace.programmes.models import Programme

ADDRESS = "/console/books/"


def owed(organisation: Organisation, on: date, **more: object) -> dict[str, int]:
    """Stage -> cents, of the stages at which anything stands."""
    asked = Asked(organisation, on, current_position(organisation), **more)  # type: ignore[arg-type]
    found = liability.totals(liability.lines(asked))
    return {
        stage.value: amount_minor
        for line in found
        for stage, amount_minor in zip(OWED_STAGES, line.stages, strict=True)
        if amount_minor
    }


def test_it_is_what_was_earned_up_to_the_day(market: Organisation) -> None:
    assert owed(market, date(2026, 1, 30)) == {}
    assert owed(market, date(2026, 1, 31)) == {"accrued": 50_00}
    assert owed(market, date(2026, 2, 28)) == {"accrued": 63_00}


def test_it_goes_down_only_when_value_is_paid(
    market: Organisation, bring: Advance, rebate: Programme, north: Partner
) -> None:
    bring(50_00, Stage.ACCRUED, Stage.APPROVED)
    bring(50_00, Stage.APPROVED, Stage.PAYABLE)
    march, payable = date(2026, 3, 31), f"partner:{north.pk}"
    account = AccountKey(payable, "EUR", Stage.PAYABLE, f"programme:{rebate.pk}")
    told: dict[str, Any] = {"kind": "test", "occurred_on": march, "details": {}}
    held = hold(organisation=market, key="payout", parts={account: 40_00}, **told)
    assert owed(market, march) == {"accrued": 13_00, "payable": 10_00, "held": 40_00}
    post_hold(held, to=Stage.PAID, **told)
    assert owed(market, march) == {"accrued": 13_00, "payable": 10_00}
    assert owed(market, date(2026, 3, 4)) == {"accrued": 63_00}


def test_it_is_what_the_ledger_says(market: Organisation, bring: Advance) -> None:
    """Read another way: all that stands on the accounts of owners is owed but for what was paid."""
    bring(20_00, Stage.ACCRUED, Stage.APPROVED)
    day = date(2026, 3, 31)
    stood = [one for one in balances(organisation=market, on=day) if one.account.owner]
    assert sum(owed(market, day).values()) == sum(
        one.owed_minor for one in stood if one.account.stage != Stage.PAID
    )


def test_it_narrows_to_a_programme_and_a_partner(
    market: Organisation, rebate: Programme, north: Partner
) -> None:
    day = date(2026, 12, 31)
    assert owed(market, day, owners=owners_of(north)) == {"accrued": 60_00}
    assert owed(market, day, programme=f"programme:{rebate.pk}") == {"accrued": 63_00}
    assert owed(market, day, programme="programme:0") == {}


def test_a_position_gives_what_was_known_then(market: Organisation) -> None:
    before = Asked(market, date(2026, 1, 31), current_position(market))
    deliver(market, "sales", sale("4", "south", "2026-01-20", "100"))
    refresh_programmes(organisation=market)
    assert [line.total_minor for line in liability.lines(before)] == [50_00]
    assert owed(market, date(2026, 1, 31)) == {"accrued": 51_00}


def test_another_organisation_owes_nothing(market: Organisation, other_organisation: Organisation) -> None:
    assert owed(other_organisation, date(2026, 12, 31)) == {}


def test_the_page_leads_from_programme_to_partner(
    client: Client, market: Organisation, channel_manager: User
) -> None:
    client.force_login(channel_manager)
    page = client.get(ADDRESS, {"on": "2026-02-28"})
    assert "€63.00" in page.content.decode()
    assert "?on=2026-02-28&amp;programme=rebate" in page.content.decode()
    page = client.get(ADDRESS, {"on": "2026-02-28", "programme": "rebate"})
    assert "North Cycles" in page.content.decode()
    assert "€60.00" in page.content.decode()
    page = client.get(ADDRESS, {"on": "2026-02-28", "partner": "south"})
    assert "€3.00" in page.content.decode()
    assert "€60.00" not in page.content.decode()


def test_the_page_says_which_partner_it_does_not_know(
    client: Client, market: Organisation, channel_manager: User
) -> None:
    client.force_login(channel_manager)
    page = client.get(ADDRESS, {"partner": "west"})
    assert "There is no partner with the number “west”." in page.content.decode()
    assert client.get(f"{ADDRESS}liability.csv", {"partner": "west"}).status_code == 400


def test_the_file_adds_up_to_the_page(client: Client, market: Organisation, channel_manager: User) -> None:
    client.force_login(channel_manager)
    position = current_position(market)
    asked = {"on": "2026-02-28", "position": str(position)}
    first = client.get(f"{ADDRESS}liability.csv", asked).content
    rows = list(csv.DictReader(first.decode().splitlines()))
    assert {(row["partner"], row["stage"], row["amount"]) for row in rows} == {
        ("north", "accrued", "60.00"),
        ("south", "accrued", "3.00"),
    }
    deliver(market, "sales", sale("4", "south", "2026-01-20", "100"))
    refresh_programmes(organisation=market)
    assert client.get(f"{ADDRESS}liability.csv", asked).content == first
