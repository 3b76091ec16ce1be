"""What is counted of each row, and the score that follows."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from headrace.base.models import Organisation
from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Import, ReportedDay, ReportingCalendar, Source
from headrace.sales.quality import (
    WEIGHTS,
    Counts,
    MonthQuality,
    Ratio,
    imports_of_month,
    score_of,
    sources_quality,
)
from headrace.sales.replay import replay_rejects
from headrace.sales.tests.conftest import Desk, row, sales


def month_of(desk: Desk) -> MonthQuality:
    (found,) = sources_quality(desk.organisation)
    return found.latest


def ratios(desk: Desk) -> dict[str, tuple[int, int]]:
    return {ratio.dimension: (ratio.good, ratio.of) for ratio in month_of(desk).ratios}


def test_each_dimension_is_a_ratio_of_counted_rows(desk: Desk) -> None:
    desk.take("sales1.csv", sales(row("L1"), row("L2", Buyer="shop")))
    desk.take(
        "sales2.csv",
        sales(
            row("L1"),  # a duplicate
            row("L3", Dealer="nobody"),  # not known
            row("L4", Pieces="many"),  # wrong, but not empty
            row("L5", Order="", Seller=""),  # two empty cells, and Buyer
            row("L6", Date=""),  # needed, and empty
        ),
    )
    # Line, order, dealer, seller, article, buyer, date, pieces, net and money of the six rows that are no duplicate;
    # five have no buyer.
    assert ratios(desk) == {
        "validity": (3, 6),
        "completeness": (60 - 5 - 2 - 1, 60),
        # Dealer, seller and article; who is made where nobody knows it is no name to be found.
        "matches": (6 * 3 - 1 - 1, 6 * 3 - 1),
        "uniqueness": (6, 7),
    }
    assert Import.objects.latest("pk").empty == {"customer": 4, "on": 1, "order_id": 1, "person": 1}


def test_rows_with_their_cells_elsewhere_are_judged_by_nothing_else(desk: Desk) -> None:
    desk.take("sales.csv", sales(row("L1"), "L2;O1;p1"))
    assert ratios(desk)["completeness"] == (9, 10)
    assert ratios(desk)["validity"] == (1, 2)


def test_rows_that_come_again_are_not_judged_again(desk: Desk) -> None:
    bad = desk.take("sales.csv", sales(row("L1"), row("L2", Dealer="nobody"))).run
    assert bad
    before = ratios(desk)
    replay_rejects(run=bad, rejects=bad.rejects.all())
    assert ratios(desk) == before
    wholly_bad = sales(row("L3", Dealer="nobody"))
    desk.take("sales3.csv", wholly_bad)
    before = ratios(desk)
    again = desk.take("sales3.csv", wholly_bad).run
    assert again
    assert again.is_again
    assert ratios(desk) == before


def test_what_is_withdrawn_is_not_judged(desk: Desk) -> None:
    run = desk.take("sales.csv", sales(row("L1"))).run
    assert run
    withdraw_import(run=run, reason="The wrong file", user=None)
    assert sources_quality(desk.organisation) == []
    # The same file again counts: what came before holds no more.
    again = desk.take("sales.csv", sales(row("L1"))).run
    assert again
    assert not again.is_again


def test_rows_are_counted_by_the_day_of_the_sale(desk: Desk) -> None:
    desk.take(
        "sales.csv",
        sales(row("L1"), row("L2", Date="01.03.2026"), row("L3", Pieces="x"), row("L4", Date="31.02.2026")),
    )
    days = ReportedDay.objects.order_by("on").values_list("on", "rows")
    assert list(days) == [(date(2026, 2, 28), 2), (date(2026, 3, 1), 1)]


def test_in_time_is_what_came_by_the_day_due(desk: Desk) -> None:
    today = desk.organisation.today
    sold = {"last": today.replace(day=1) - timedelta(days=1), "this": today}
    told = [row(name, Date=f"{on:%d.%m.%Y}") for name, on in sold.items()]
    run = desk.take("sales.csv", sales(*told, row("old", Date="01.01.2020"))).run
    assert run
    assert "timeliness" not in ratios(desk), "nothing says when it is due"
    calendar = ReportingCalendar.objects.create(
        organisation=desk.organisation,
        source=run.source,
        every="month",
        starts_on=sold["last"],
        grace_days=90,
    )
    # What was sold before the first period that is expected is not judged.
    assert ratios(desk)["timeliness"] == (2, 2)
    calendar.grace_days = (today - sold["last"]).days - 1
    calendar.save()
    assert ratios(desk)["timeliness"] == (1, 2)
    calendar.grace_days += 1
    calendar.save()
    assert ratios(desk)["timeliness"] == (2, 2), "the day due is in time"
    calendar.every = ReportingCalendar.Every.NONE
    calendar.save()
    assert "timeliness" not in ratios(desk)


def test_days_between_sale_and_report_are_summed(desk: Desk) -> None:
    today = desk.organisation.today
    rows = [row(str(days), Date=f"{today - timedelta(days=days):%d.%m.%Y}") for days in (1, 2, 6)]
    desk.take("sales.csv", sales(*rows))
    assert month_of(desk).days_waited == 3


def test_the_month_is_that_of_the_import_in_the_brands_time_zone(desk: Desk) -> None:
    run = desk.take("sales.csv", sales(row("L1"))).run
    assert run
    first = desk.organisation.today.replace(day=1)
    Organisation.objects.filter(pk=desk.organisation.pk).update(time_zone="Asia/Kuala_Lumpur")
    desk.organisation.refresh_from_db()
    # An hour before midnight in UTC the month has begun there.
    eve = datetime(first.year, first.month, 1, tzinfo=ZoneInfo("UTC")) - timedelta(hours=1)
    Import.objects.update(started_at=eve)
    (found,) = sources_quality(desk.organisation)
    assert [one.month for one in found.months] == [first]
    assert list(imports_of_month(Source.objects.get(), first)) == [run]


def test_other_brands_are_not_counted(desk: Desk, other_organisation: Organisation) -> None:
    desk.take("sales.csv", sales(row("L1")))
    assert sources_quality(other_organisation) == []


def test_the_score_is_the_weighted_mean_rounded_once() -> None:
    assert sum(WEIGHTS.values()) == 100
    assert score_of([Ratio("validity", 1, 1)]) == 100
    assert score_of([Ratio("validity", 0, 5), Ratio("uniqueness", 5, 5)]) == 25
    # 99.5 exactly: half a point up; a hair less: down.
    assert score_of([Ratio("validity", 199, 200)]) == 100
    assert score_of([Ratio("validity", 1989, 2000)]) == 99
    assert score_of([]) == 0


@pytest.mark.parametrize("size", [10**6, 10**15])
def test_the_score_of_large_counts_is_exact(size: int) -> None:
    assert score_of([Ratio("validity", size * 995 // 1000, size)]) == 100
    assert score_of([Ratio("validity", size * 995 // 1000 - 1, size)]) == 99


def test_the_worst_costs_most() -> None:
    month = MonthQuality(
        date(2026, 3, 1),
        Counts(rows=100, accepted=90, rejected=10, duplicates=0, cells=100, cells_empty=14, names=10),
    )
    assert {ratio.dimension: ratio.lost for ratio in month.ratios} == {
        "validity": 3,
        "completeness": Fraction(14, 5),
        "matches": 0,
        "uniqueness": 0,
    }
    assert month.worst
    assert month.worst.dimension == "validity"
    assert MonthQuality(date(2026, 3, 1), Counts(rows=1, accepted=1)).worst is None
