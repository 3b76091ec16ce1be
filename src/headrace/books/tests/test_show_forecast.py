"""The page of the forecast: figures, interval, method and back-test, or why there is none."""

from datetime import date

from django.test import Client

from headrace.base.models import Job, Organisation, User
from headrace.books.forecast_console import totals
from headrace.earnings.actions import take_snapshot
from headrace.earnings.models import Forecast
from headrace.programmes.models import Programme

ADDRESS = "/console/books/forecast/"
DAY = date(2026, 3, 15)


def made(programme: Programme, *, expected: int | None = 80_00, on: date = DAY) -> Forecast:
    told = {} if expected is None else {"low_minor": 40_00, "high_minor": 120_00, "method": "proportion"}
    return Forecast.objects.create(
        organisation=programme.organisation,
        programme=programme,
        snapshot=take_snapshot(organisation=programme.organisation),
        unit="EUR",
        on=on,
        period_from=date(2026, 3, 1),
        period_to=date(2026, 3, 31),
        reached_minor=20_00,
        expected_minor=expected,
        covers=8,
        of=10,
        tests=6,
        hits=5,
        history=[],
        **told,
    )


def test_it_shows_interval_and_back_test(client: Client, rebate: Programme, channel_manager: User) -> None:
    made(rebate, on=date(2026, 3, 14), expected=77_00)
    made(rebate)
    client.force_login(channel_manager)
    page = client.get(ADDRESS).content.decode()
    for words in ("€80.00", "€40.00", "€120.00", "80%", "6</bdi>", "past periods whose final lay"):
        assert words in page
    assert "€77.00" not in page


def test_it_says_why_there_is_none(client: Client, rebate: Programme, channel_manager: User) -> None:
    client.force_login(channel_manager)
    assert "No forecast yet" in client.get(ADDRESS).content.decode()
    made(rebate, expected=None)
    page = client.get(ADDRESS).content.decode()
    assert "Too little history" in page
    assert "€20.00" in page


def test_programmes_add_up(rebate: Programme) -> None:
    (total,) = totals([made(rebate), made(rebate, on=date(2026, 3, 16))])
    assert (total.low_minor, total.expected_minor, total.high_minor) == (80_00, 160_00, 240_00)


def test_a_worker_makes_it(client: Client, market: Organisation, channel_manager: User) -> None:
    client.force_login(channel_manager)
    client.post(f"{ADDRESS}now/")
    assert Job.objects.get(kind="earnings.forecast").asked_by == channel_manager
