"""The pages of quality and reporting: a score, the rows behind it, a calendar, a period that is waived."""

from datetime import timedelta

import pytest
from django.test import Client

from headrace.base.models import User
from headrace.sales.models import ReportingCalendar, Source
from headrace.sales.quality import DIMENSIONS
from headrace.sales.tests.conftest import Desk, row, sales

QUALITY = "/console/sales/quality/"
REPORTING = "/console/sales/reporting/"


@pytest.fixture
def source(desk: Desk) -> Source:
    """One row is rejected for a name, one had come before; all have no buyer, and came late."""
    today = desk.organisation.today
    two_months_ago = today.replace(day=1) - timedelta(days=45)
    told = {"Date": f"{two_months_ago:%d.%m.%Y}"}
    desk.take("sales1.csv", sales(row("L1", **told)))
    run = desk.take(
        "sales2.csv", sales(row("L1", **told), row("L2", Dealer="Nroth & Co", **told), row("L3", Pieces="x"))
    ).run
    assert run
    ReportingCalendar.objects.create(
        organisation=desk.organisation, source=run.source, starts_on=two_months_ago, grace_days=5
    )
    return run.source


@pytest.fixture
def manager(client: Client, channel_manager: User) -> Client:
    client.force_login(channel_manager)
    return client


def read(manager: Client, address: str) -> str:
    response = manager.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_tells_what_costs_most(manager: Client, source: Source) -> None:
    page = read(manager, QUALITY)
    assert f"{QUALITY}{source.pk}/" in page
    assert "of 100" in page
    assert "Rejected rows: 2 of 3." in page


def test_a_source_has_a_chart_with_a_table_and_every_dimension(manager: Client, source: Source) -> None:
    page = read(manager, f"{QUALITY}{source.pk}/")
    assert "Score by month: the table below has the values" in page
    assert "Values as a table" in page
    for dimension in DIMENSIONS:
        assert f"of={dimension}" in page


@pytest.mark.parametrize(
    ("dimension", "shown"),
    [
        ("validity", "There is no partner"),
        ("uniqueness", "Duplicate"),
        ("matches", "Nroth &amp; Co"),
        ("timeliness", "Days late"),
        ("completeness", "Lines without: Customer"),
    ],
)
def test_the_rows_behind_a_figure_are_shown(
    manager: Client, source: Source, dimension: str, shown: str
) -> None:
    page = read(manager, f"{QUALITY}{source.pk}/rows/?of={dimension}")
    assert shown in page
    assert "No row to show" not in page


def test_the_lines_without_a_customer_are_those_that_were_counted(manager: Client, source: Source) -> None:
    page = read(manager, f"{QUALITY}{source.pk}/rows/?of=completeness")
    query = page.split('href="/console/sales/lines/?')[1].split('"')[0].replace("&amp;", "&")
    lines = read(manager, f"/console/sales/lines/?{query}")
    assert "L1" in lines
    assert "No line found" in read(manager, f"/console/sales/lines/?{query}&empty=product")


def test_a_month_or_a_dimension_that_is_none_is_answered(manager: Client, source: Source) -> None:
    assert manager.get(f"{QUALITY}{source.pk}/rows/?of=beauty").status_code == 404
    assert "No row to show" in read(manager, f"{QUALITY}{source.pk}/rows/?month=2001-01")
    read(manager, f"{QUALITY}{source.pk}/?month=nonsense")


def test_a_calendar_is_set_and_changed(manager: Client, source: Source) -> None:
    address = f"{REPORTING}{source.pk}/calendar/"
    form = {
        "every": "week",
        "starts_on": "2026-01-01",
        "grace_days": "3",
        "contact_name": "Anna",
        "contact_email": "anna@north.example",
        "language": "ar",
        "remind_every_days": "2",
        "reminders_max": "4",
        "partner_code": "p1",
    }
    assert manager.post(address, form).status_code == 302
    calendar = ReportingCalendar.objects.get()
    assert (calendar.every, calendar.partner and calendar.partner.code, calendar.language) == (
        "week",
        "p1",
        "ar",
    )
    assert 'value="2026-01-01"' in read(manager, address)
    wrong = read_posted(manager, address, {**form, "partner_code": "nobody", "remind_every_days": "0"})
    assert "There is no partner “nobody”." in wrong
    assert ReportingCalendar.objects.get().partner == calendar.partner


def read_posted(manager: Client, address: str, form: dict[str, str]) -> str:
    return manager.post(address, form).content.decode()


def test_a_late_period_is_waived_and_expected_again(manager: Client, source: Source) -> None:
    last_month = (source.organisation.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    address = f"{REPORTING}{source.pk}/"
    manager.post(f"{address}waive/", {"period": last_month.isoformat(), "reason": "Holidays"})
    assert "Holidays" in read(manager, address)
    manager.post(f"{address}waive/", {"period": last_month.isoformat(), "decision": "expect"})
    assert "Holidays" not in read(manager, address)
    for period in ("nonsense", "2001-01-15"):
        response = manager.post(f"{address}waive/", {"period": period, "reason": "x"}, follow=True)
        assert "The reporting calendar has no such period." in response.content.decode()


def test_every_source_is_listed_the_late_ones_first(manager: Client, source: Source) -> None:
    Source.objects.create(organisation=source.organisation, code="aa", name="Aardvark")
    page = read(manager, REPORTING)
    assert page.index(source.name) < page.index("Aardvark")
    assert "Set a calendar" in page
